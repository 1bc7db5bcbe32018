"""The retrieval measurement: reading, scoring, and what bad input is told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from batonpass.evals import retrieval

CORPUS = [
    {"_id": "refund", "title": "Refunds", "text": "A refund reaches your card in three days."},
    {"_id": "parking", "title": "Parking", "text": "The garage opens at seven."},
    {"_id": "gift", "title": "Gifts", "text": "Gift wrapping costs one euro.\u2028Ribbons are free."},
]
QUERIES = [
    {"_id": "q1", "text": "when does my refund arrive"},
    {"_id": "q2", "text": "garage opening"},
    {"_id": "q3", "text": "black holes", "answerable": False},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\trefund\t1\nq2\tgift\t1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "corpus.jsonl", CORPUS)
    write(tmp_path, "queries.jsonl", QUERIES)
    (tmp_path / "qrels.tsv").write_text(QRELS)
    return tmp_path


def write(folder: Path, name: str, rows: Sequence[Mapping[str, object]]) -> None:
    (folder / name).write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )


def test_run_writes_metrics_and_rankings(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.json"
    assert retrieval.main([str(folder), "--json", str(out)]) == 0
    result = json.loads(out.read_text())
    assert result["run"]["kb"] == {"documents": 3, "chunks": 3}
    # q1 is found at the top; q2's relevant article shares no word with it and is found last or not at all.
    assert 0.5 <= result["metrics"]["retrieval.mrr"]["value"] < 1
    assert result["metrics"]["retrieval.recall@5"]["n"] == 2
    rankings = {row["id"]: row["ranking"] for row in result["retrieval"]}
    assert rankings["q1"][0] == "refund"
    assert rankings["q2"][0] == "parking"
    assert set(rankings) == {"q1", "q2"}
    assert "retrieval.ndcg@10" in capsys.readouterr().out


def test_scores_are_the_published_ones() -> None:
    qrels = {"a": {"x": 1}, "b": {"x": 1, "y": 1}, "c": {"x": 1}}
    runs = [
        {"id": "a", "ranking": ["z", "x"]},
        {"id": "b", "ranking": ["x", "y"]},
        {"id": "c", "ranking": []},
    ]
    metrics = retrieval.score(qrels, runs)
    assert metrics["retrieval.mrr"].value == pytest.approx((0.5 + 1 + 0) / 3, abs=1e-4)
    assert metrics["retrieval.ndcg@10"].value == pytest.approx((0.63093 + 1 + 0) / 3, abs=1e-4)
    assert metrics["retrieval.recall@5"].value == pytest.approx(2 / 3, abs=1e-4)
    interval = metrics["retrieval.mrr"]
    assert interval.low <= interval.value <= interval.high
    assert interval.n == 3


def test_halves_never_meet_and_samples_repeat() -> None:
    queries = {f"q{i}": "text" for i in range(200)}
    tune = retrieval.sample(queries, limit=500, seed=7, half="tune")
    report = retrieval.sample(queries, limit=500, seed=7, half="report")
    assert set(tune) | set(report) == set(queries)
    assert not set(tune) & set(report)
    assert min(len(tune), len(report)) > 50
    assert retrieval.sample(queries, limit=5, seed=7) == retrieval.sample(queries, limit=5, seed=7)
    assert retrieval.sample(queries, limit=5, seed=7) != retrieval.sample(queries, limit=5, seed=8)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("corpus.jsonl", None, "corpus.jsonl: No such file"),
        ("corpus.jsonl", b'{"_id": "a", "text": "x"}\n{broken\n', "corpus.jsonl:2: not JSON"),
        ("corpus.jsonl", b'{"_id": "a", "text": "x"}\n\n["list"]\n', "corpus.jsonl:3: not a JSON object"),
        ("corpus.jsonl", b'{"_id": "a"}\n', "corpus.jsonl:1: 'text' is missing"),
        ("corpus.jsonl", b'{"_id": 1, "text": "x"}\n', "corpus.jsonl:1: '_id' is missing or no text"),
        (
            "corpus.jsonl",
            b'{"_id":"a","text":"x"}\n{"_id":"a","text":"y"}\n',
            "corpus.jsonl:2: _id 'a' occurs twice",
        ),
        ("queries.jsonl", b"\xff\xff", "queries.jsonl: not UTF-8"),
        ("qrels.tsv", b"query-id\tcorpus-id\tscore\nq1 refund 1\n", "qrels.tsv:2: not"),
        ("qrels.tsv", b"query-id\tcorpus-id\tscore\nq1\tnone\t1\n", "qrels.tsv:2: no document 'none'"),
        ("qrels.tsv", b"query-id\tcorpus-id\tscore\n", "qrels.tsv: no query"),
    ],
)
def test_bad_input_is_named_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, message: str
) -> None:
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    assert retrieval.main([str(folder)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_limit_must_be_positive(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert retrieval.main([str(folder), "--limit", "0"]) == 2
    assert "--limit" in capsys.readouterr().err


def test_confidence_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[dict[str, object]] = [
        {"_id": f"d{i}", "title": f"Thing{i}", "text": f"About thing{i} we say word{i}."} for i in range(12)
    ]
    write(folder, "corpus.jsonl", rows)
    write(folder, "queries.jsonl", [{"_id": f"q{i}", "text": f"what of thing{i} word{i}"} for i in range(12)])
    (folder / "qrels.tsv").write_text("".join(f"q{i}\td{i}\t1\n" for i in range(12)))
    assert retrieval.main([str(folder), "--confidence"]) == 0
    assert "confidence.auroc" in capsys.readouterr().out
