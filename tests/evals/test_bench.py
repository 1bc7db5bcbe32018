"""``batonpass bench``: the arithmetic, both sides on a small scale, and what is said where a side is missing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import batonpass
import pytest
from batonpass.evals import bench, bench_load, bench_search, stock
from batonpass.evals.bench_corpus import corpus, pairs, questions, shop
from batonpass.evals.bench_figures import ratios, rows
from batonpass.evals.bench_load import Ask, one_level, summary
from batonpass.evals.bench_process import BenchError, clean_environment, cpu_seconds, peak_mb
from batonpass.evals.bench_search import compare, quality
from batonpass.knowledge import Audience
from batonpass.ui import cli

ROOT = Path(batonpass.__file__).parent
SIDES = [
    "ours",
    pytest.param(
        "stock", marks=pytest.mark.skipif(not stock.available(), reason="the extra bench is not installed")
    ),
]


def test_ratios_divide_ours_by_theirs_and_leave_counts_alone() -> None:
    ours = {"search": {"n": 5, "p50_ms": 2.0, "p95_ms": 9.0}, "judged": 4, "top1": 0.9, "cpu": None, "only": 1}
    theirs = {"search": {"n": 5, "p50_ms": 8.0, "p95_ms": 3.0}, "judged": 4, "top1": 0.6, "cpu": 2.0}
    assert ratios(ours, theirs) == {"search": {"p50_ms": 0.25, "p95_ms": 3.0}, "top1": 1.5, "cpu": None}
    assert ratios({"top1": 0.5}, {"top1": 0.0}) == {"top1": None}
    assert ratios({"answer": {"p50_ms": 1.0}}, {"answer": None}) == {"answer": None}


def test_rows_show_every_figure_once_with_its_ratio() -> None:
    figures = {
        "sync": {"chunks": 3},
        "compare": [
            {
                "chunks": 30,
                "ours": {"turn": {"p50_ms": 3.0}, "peak_mb": 5.0},
                "stock": {"turn": {"p50_ms": 2.0}, "peak_mb": 5.0},
                "ratios": {"turn": {"p50_ms": 1.5}, "peak_mb": 1.0},
            }
        ],
        "load": [{"customers": 2, "model_s": 1.0, "ours": {"sent": 4}, "stock": None, "ratios": None}],
    }
    assert rows(figures) == [
        ("sync", "chunks", "3", "", ""),
        ("30 chunks", "turn p50_ms", "3.0", "2.0", "1.5"),
        ("30 chunks", "peak_mb", "5.0", "5.0", "1.0"),
        ("load, 2 customers, a model of 1.0 s", "sent", "4", "", ""),
    ]


def test_quality_by_hand() -> None:
    judged = [
        (["a", "b"], ("a",)),  # first
        (["x", "b", "y"], ("b", "c")),  # second, and one of two
        (["1", "2", "3", "4", "5", "d"], ("d",)),  # too late
        ([], ("e",)),
    ]
    assert quality(judged) == {"judged": 4, "top1": 0.25, "hit_at_5": 0.5, "recall_at_5": 0.375}
    assert quality([]) == {}


def test_summary_counts_what_was_never_sent_as_unanswered() -> None:
    figures = summary([0.1, 0.3, None], planned=8)
    assert (figures["sent"], figures["answered"]) == (3, 0.25)
    assert figures["answer"]["n"] == 2
    assert figures["answer"]["p50_ms"] == 200.0
    assert summary([None], planned=4) == {"sent": 1, "answered": 0.0, "answer": None}


def test_a_process_is_measured_by_itself() -> None:
    peak, spent = peak_mb(), cpu_seconds(os.getpid())
    assert peak is not None
    assert peak > 10
    if sys.platform == "linux":
        assert spent is not None
        assert spent > 0
    code = "from batonpass.evals.bench_process import peak_mb; print(peak_mb())"
    ballast = b"x" * 200_000_000  # a child must not inherit its parent's peak
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    del ballast
    if sys.platform == "linux":
        assert float(done.stdout) < 150


def test_children_get_none_of_the_users_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "BATONPASS_MODEL", "LANGSMITH_TRACING"):
        monkeypatch.setenv(name, "x")
    assert not [name for name in clean_environment() if name.startswith(("OPENAI", "BATONPASS", "LANGSMITH"))]


def test_the_corpus_is_the_shop_filled_up_and_always_the_same() -> None:
    documents = corpus(400)
    assert documents == corpus(400)
    assert documents[: len(shop())] == shop()
    assert 400 <= len(pairs(documents)) < 420
    assert len({document.id for document in documents}) == len(documents)
    assert {document.lang for document in documents} == {"ko", "en"}
    assert {one.lang for one in documents if one.audience is Audience.AGENT} == {"ko", "en"}
    assert len(corpus(30)) < len(shop())


def test_questions_without_their_article_are_left_out(tmp_path: Path) -> None:
    documents = corpus(30)
    there = documents[0].id
    lines = [
        {"text": "one", "articles": [there, "gone"]},
        {"text": "two", "articles": ["gone"]},
        {"text": "three", "articles": []},
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert [(one.text, one.articles) for one in questions(documents, path)] == [("one", (there,)), ("three", ())]
    assert questions(documents, tmp_path / "none.jsonl") == []


@pytest.mark.skipif(not stock.available(), reason="the extra bench is not installed")
def test_both_sides_index_and_search_the_same_thirty_chunks() -> None:
    (figures,) = compare([30], 1, stock=True, progress=lambda what: None)
    assert 30 <= figures["chunks"] < 40
    for side in ("ours", "stock"):
        assert figures[side]["search"]["n"] == figures[side]["search_agent"]["n"] == figures["questions"] > 50
        assert figures[side]["turn"]["n"] == 20
        assert figures[side]["peak_mb"] > 50
        assert figures[side]["index_peak_mb"] > 50
        assert figures[side]["chunks_per_s"] == pytest.approx(
            figures["chunks"] / figures[side]["index_s"], rel=0.05
        )
        assert 0 < figures[side]["start_s"] < figures[side]["first_search_s"]
        assert figures[side]["gone_s"] > 0, "the article was found, and then it was not"
        assert figures[side]["top1"] > 0.2, "chance finds one in nine"
        assert figures[side]["recall_at_5"] <= figures[side]["hit_at_5"]
    expected = figures["ours"]["top1"] / figures["stock"]["top1"]
    assert figures["ratios"]["top1"] == pytest.approx(expected, abs=1e-3)
    assert json.loads(json.dumps(figures)) == figures


@pytest.mark.skipif(not stock.available(), reason="the extra bench is not installed")
def test_the_stock_retriever_is_found_again_and_forgets_what_is_taken_out(tmp_path: Path) -> None:
    documents = corpus(30)
    built = stock.retriever(pairs(documents), tmp_path)
    first = documents[0]
    again = stock.reopened(tmp_path)
    before = stock.ranking(again.invoke(first.title))
    assert sorted(before) == sorted(stock.ranking(built.invoke(first.title)))
    assert first.id in before
    stock.remove(again, first.id)
    assert first.id not in stock.ranking(again.invoke(first.title))


@pytest.mark.skipif(not stock.available(), reason="the extra bench is not installed")
def test_the_stock_chain_answers_with_the_passage_it_found(tmp_path: Path) -> None:
    chain = stock.chain(stock.retriever(pairs(corpus(30)), tmp_path))
    answer = chain.invoke(corpus(30)[0].title)
    assert len(answer) > 10
    assert "Question:" not in answer


def test_a_side_that_fails_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_search, "LIMIT", 0.01)
    with pytest.raises(BenchError, match=r"took more than") as raised:
        compare([30], 1, stock=False, progress=lambda what: None)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("side", SIDES)
def test_two_customers_are_answered(side: str) -> None:
    figures = one_level(side, 2, messages=2, think=(0.0, 0.1), model_seconds=0.3)
    assert figures["sent"] == 4
    assert figures["answered"] == 1.0
    assert figures["answer"]["n"] == 4
    assert figures["answer"]["p50_ms"] >= 300, "the model's time is part of it"
    if sys.platform == "linux":
        assert figures["server_cpu_s"] > 0
        assert figures["server_peak_mb"] > 50


@pytest.mark.parametrize("side", SIDES)
def test_a_server_ends_with_whoever_started_it(side: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "batonpass.ui.load_target", side, "0", str(tmp_path), "0"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdin
        server.stdin.close()
        assert server.wait(60) == 0


@pytest.mark.parametrize("how", ["silent", "refused", "broken", "no session"])
def test_a_lost_message_is_counted_and_its_customer_leaves(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_load, "LIMIT", 0.05)
    asked: list[str] = []

    async def ask(text: str) -> bool:
        asked.append(text)
        if len(asked) == 1:
            return True
        if how == "silent":
            await asyncio.sleep(30)
        if how == "broken":
            raise ConnectionResetError
        return False

    @contextlib.asynccontextmanager
    async def customer() -> AsyncIterator[Ask]:
        if how == "no session":
            raise OSError("no session: 429")
        yield ask

    times = asyncio.run(bench_load._talk(customer(), 3, 4, (0.0, 0.0)))
    assert times[-1] is None
    assert len(times) == (1 if how == "no session" else 2)
    assert len(set(asked)) == len(asked)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """``batonpass bench`` in this process: exit code, stdout, stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["batonpass", "bench", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
        out, err = capfd.readouterr()
        return int(end.value.code or 0), out, err

    return run


@pytest.mark.parametrize("load", ["0", "ten", "10,", "10,5000", "-3"])
def test_wrong_load_is_one_line(load: str, command) -> None:
    code, out, err = command(f"--load={load}")
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert "10,50,200" in err


@pytest.mark.parametrize("chunks", ["-1", "many", "10000,", "2000000"])
def test_wrong_chunks_are_one_line(chunks: str, command) -> None:
    code, out, err = command(f"--chunks={chunks}")
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert "10000,100000" in err


def test_without_the_extra_ours_is_measured_and_one_line_says_how_to_get_the_rest(
    command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(stock, "available", lambda: False)
    for name in ("importing", "syncing", "searching", "turning", "claiming"):
        monkeypatch.setattr(bench, name, lambda *_, **__: {"n": 1})
    code, out, err = command("--chunks", "30", "--rounds", "1", "--json", str(tmp_path / "figures.json"))
    assert code == 0
    assert err.strip().splitlines()[-1] == stock.HOW_TO_GET
    figures = json.loads((tmp_path / "figures.json").read_text())
    (compared,) = figures["compare"]
    assert compared["stock"] is None
    assert compared["ratios"] is None
    assert compared["ours"]["search"]["n"] > 50
    assert "p50_ms" in out
    assert "batonpass[bench]" not in command("--chunks", "0", "--rounds", "1")[2]


def test_the_extra_that_is_named_holds_what_is_needed() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    names = {line.split(">")[0].replace("-", "_") for line in extras["bench"]}
    assert names == set(stock.NEEDED)
    assert "batonpass[bench]" in stock.HOW_TO_GET
