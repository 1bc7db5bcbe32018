"""Running suites: the shape of FORMATS, the same figures again, interruptions, exit codes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from batonpass.escalation import Reason
from batonpass.evals.runner import Bench, RunOptions, plan, run_suite
from batonpass.evals.suite import Suite, load_suite

from .small import QUESTIONS, SCENARIOS, batonpass, company, here, lines, timeless, write_beir, write_suite

CODES = [str(reason) for reason in Reason]
FIGURE = {"value": float, "n": int, "low": float, "high": float}
TURN = {
    "decision": ("answer", "clarify", "offer", "hand_off", "silent"),
    "reasons": [CODES],
    "reply": str,
    "citations": [str],
    "confidence": float,
    "frustration": int,
    "ms": float,
}
QUESTION = {key: shape for key, shape in TURN.items() if key != "frustration"}
PACKET = {
    "question": (str, None),
    "facts": {},
    "frustration": int,
    "summary": str,
    "tried": [str],
    "suggested_reply": (str, None),
    "unsupported": [str],
}
SHAPE = {
    "run": {
        "suite": str,
        "version": str,
        "model": str,
        "started": str,
        "seconds": float,
        "kb": {"documents": int, "chunks": int},
    },
    "metrics": {},
    "retrieval": [{"id": str, "ranking": [str], "ms": float}],
    "questions": [{"id": str, **QUESTION, "ranking": [str], "right": bool}],
    "scenarios": [{"id": str, "turns": [TURN], "handoff": (PACKET, None)}],
}
"""The run as FORMATS writes it."""
EXTRA = {"checks", "cost", "mood", "rule", "signals"}
"""Keys beyond it (see scorers.py and turns.py)."""


def misshapen(value: Any, shape: Any, place: str = "run") -> list[str]:
    """Where a value is not of a shape; ``run`` and ``metrics`` may say more, the rest may not."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{place}: {type(value).__name__}, no object"]
        found = [f"{place}.{key}: missing" for key in shape if key not in value]
        open_ended = not shape or place in ("run.run", "run.run.kb")
        known = {*shape, *EXTRA}
        found += [f"{place}.{key}: not in FORMATS" for key in value if key not in known and not open_ended]
        return found + [
            f for key in shape if key in value for f in misshapen(value[key], shape[key], f"{place}.{key}")
        ]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{place}: {type(value).__name__}, no array"]
        inner = tuple(shape[0]) if isinstance(shape[0], list) else shape[0]
        return [f for n, entry in enumerate(value) for f in misshapen(entry, inner, f"{place}[{n}]")]
    if isinstance(shape, tuple):
        return [] if any(not misshapen(value, option, place) for option in shape) else [f"{place}: {value!r}"]
    if isinstance(shape, type):
        numbers = (int, float) if shape is float else (shape,)
        fits = isinstance(value, numbers) and isinstance(value, bool) == (shape is bool)
        return [] if fits else [f"{place}: {value!r} is no {shape.__name__}"]
    return [] if value == shape else [f"{place}: {value!r} is not {shape!r}"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Suite:
    return load_suite(write_suite(tmp_path_factory.mktemp("suites") / "small"))


@pytest.fixture(scope="module")
def run(small: Suite) -> dict[str, Any]:
    return run_suite(small)


def test_a_run_has_the_shape_of_formats(run: dict[str, Any]) -> None:
    assert misshapen(json.loads(json.dumps(run)), SHAPE) == []
    for name, figure in run["metrics"].items():
        assert misshapen(figure, FIGURE, name) == []
        assert figure["low"] <= figure["value"] <= figure["high"]
    assert {"answer.right", "escalation.f1", "handoff.slot_recall", "latency.turn_p95_ms"} <= set(run["metrics"])


def test_the_shape_check_finds_faults(run: dict[str, Any]) -> None:
    broken = json.loads(json.dumps(run))
    broken["questions"][0]["right"] = 1
    broken["questions"][1]["more"] = 1
    broken["scenarios"][0]["turns"][0]["decision"] = "handoff"
    del broken["scenarios"][1]["handoff"]
    places = [fault.partition(":")[0] for fault in misshapen(broken, SHAPE)]
    assert places == [
        "run.questions[0].right",
        "run.questions[1].more",
        "run.scenarios[0].turns[0].decision",
        "run.scenarios[1].handoff",
    ]


def test_results_come_in_the_suites_order_and_are_judged(run: dict[str, Any]) -> None:
    assert [q["id"] for q in run["questions"]] == [q["id"] for q in QUESTIONS]
    assert [s["id"] for s in run["scenarios"]] == [s["id"] for s in SCENARIOS]
    assert {q["id"]: q["right"] for q in run["questions"]} == dict.fromkeys(
        ("q-fee", "q-ko", "q-return", "q-none"), True
    )
    assert run["run"]["kb"]["documents"] == 3
    assert run["run"]["model"] == "embedded"


def test_after_a_hand_off_nobody_claims_the_assistant_is_silent(run: dict[str, Any]) -> None:
    scenario = run["scenarios"][0]
    assert [t["decision"] for t in scenario["turns"]] == ["answer", "hand_off", "silent", "silent"]
    assert all(t["reply"] == "" and t["citations"] == [] for t in scenario["turns"][2:])
    assert scenario["turns"][3]["frustration"] == 3
    assert scenario["turns"][3]["mood"] == pytest.approx(3, abs=0.4)
    assert scenario["turns"][0]["mood"] < 1
    assert scenario["handoff"]["facts"]["order_number"] == "SD-20260101-0007"
    assert scenario["handoff"]["tried"] == ["delivery-fee"]
    assert scenario["handoff"]["unsupported"] == []
    assert "Ann Lee" in scenario["handoff"]["summary"]
    assert run["scenarios"][1]["handoff"] is None


def test_the_same_seed_gives_the_same_figures_over_one_process_or_two(tmp_path: Path) -> None:
    questions = [{**q, "id": f"{q['id']}-{n}"} for n in range(4) for q in QUESTIONS]
    suite = load_suite(write_suite(tmp_path, questions))
    first = run_suite(suite, RunOptions(limit=14))
    assert len(first["questions"]) == 14
    assert timeless(run_suite(suite, RunOptions(limit=14))) == timeless(first)
    assert timeless(run_suite(suite, RunOptions(limit=14, jobs=2))) == timeless(first)


def test_limit_draws_by_the_seed_and_only_picks(small: Suite) -> None:
    def ids(**options: Any) -> list[str]:
        return [key for key, _, _ in plan(small, RunOptions(**options))]

    assert ids(limit=2) == ids(limit=2)
    assert {tuple(ids(limit=2, seed=seed)) for seed in range(20)} > {tuple(ids(limit=2))}
    assert len(ids(limit=2)) == 4
    assert ids(only=("s-calm", "q-ko")) == ["question/q-ko/0", "scenario/s-calm/0"]
    assert ids(only=("q-ko",), repeat=3) == ["question/q-ko/0", "question/q-ko/1", "question/q-ko/2"]


def test_questions_can_be_asked_with_mistakes_and_scenarios_stay(small: Suite, tmp_path: Path) -> None:
    def texts(kind: str, seed: int = 7, **options: Any) -> dict[str, Any]:
        return {key: item for key, _, item in plan(small, RunOptions(perturb=kind, seed=seed, **options))}

    plain, typos = texts(""), texts("typos")
    for key, item in plain.items():
        if key.startswith("question/"):
            assert typos[key].text != item.text
            assert typos[key].id == item.id
        else:
            assert typos[key] == item
    assert typos == texts("typos")
    assert typos != texts("typos", seed=8)
    assert texts("typos", only=("q-ko",)).items() <= typos.items()
    beir = load_suite(write_beir(tmp_path / "beir"))
    run = run_suite(beir, RunOptions(perturb="typos"))
    assert run["run"]["perturb"] == "typos"


def test_repeats_are_run_and_pass_k_is_reported(small: Suite) -> None:
    found = run_suite(small, RunOptions(only=("q-fee", "s-calm"), repeat=2))
    assert [q["id"] for q in found["questions"]] == ["q-fee", "q-fee"]
    assert found["metrics"]["answer.pass^k"]["n"] == 1
    assert found["metrics"]["escalation.pass^k"]["value"] == 1


def test_results_that_are_there_are_not_run_again(small: Suite, run: dict[str, Any]) -> None:
    finished = {"question/q-fee/0": {**run["questions"][0], "reply": "kept"}}
    seen: list[str] = []
    kept: list[str] = []
    found = run_suite(
        small,
        progress=lambda done, total, what: seen.append(f"{done}/{total}"),
        finished=finished,
        keep=lambda key, result: kept.append(key),
    )
    assert found["questions"][0]["reply"] == "kept"
    assert seen == ["2/6", "3/6", "4/6", "5/6", "6/6"]
    assert "question/q-fee/0" not in kept


def test_a_beir_triple_is_ranked_and_asked(tmp_path: Path) -> None:
    found = run_suite(load_suite(write_beir(tmp_path)))
    assert misshapen(json.loads(json.dumps(found)), SHAPE) == []
    assert [r["id"] for r in found["retrieval"]] == ["b1"]
    assert found["retrieval"][0]["ranking"][0] == "refund"
    assert [q["id"] for q in found["questions"]] == ["b1", "b2"]
    assert found["run"]["kb"]["documents"] == 2
    assert found["metrics"]["retrieval.ndcg@10"]["value"] == 1


def test_the_runner_adds_little_to_its_turns(small: Suite) -> None:
    repeat = RunOptions(only=("s-asks", "s-calm"), repeat=10)
    with Bench(small, repeat) as bench:
        keys = [key for key, _, _ in plan(small, repeat)]
        bench.run(keys[:2])
        start = time.perf_counter()
        results = bench.run(keys)
        took = time.perf_counter() - start
    turns = sum(t["ms"] for r in results.values() for t in r["turns"]) / 1000
    assert took < turns * 1.2  # 3 to 6 % where nothing else runs; see docs/evals.md


def test_a_killed_run_goes_on_and_gives_the_same_figures(tmp_path: Path) -> None:
    questions = [{**q, "id": f"{q['id']}-{n}"} for n in range(40) for q in QUESTIONS]
    suite = write_suite(tmp_path / "suite", questions)
    data = tmp_path / "data"
    command = ["eval", str(suite), "--data", str(data), "--json", str(tmp_path / "run.json")]
    with subprocess.Popen([sys.executable, "-m", "batonpass", *command], stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 120
        while not any(len(p.read_bytes()) > 2000 for p in data.glob("runs/*.partial.jsonl")):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    (partial,) = data.glob("runs/*.partial.jsonl")
    before = partial.read_bytes().count(b"\n")
    assert 0 < before < len(questions)
    again = batonpass(*command)
    assert again.returncode == 0, again.stderr
    assert f"going on after {before}" in again.stderr
    assert not partial.exists()
    whole = run_suite(load_suite(suite))
    resumed = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert timeless(resumed) == json.loads(json.dumps(timeless(whole)))
    assert len(list(data.glob("runs/suite-*.json"))) == 1


def test_exit_codes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    suite = write_suite(tmp_path / "suite", info="thresholds: {answer.right: 1.0}\n")
    assert here(monkeypatch, "eval", suite, "--gate", "--data", tmp_path, "--only", "q-fee") == 0
    wrong = {**QUESTIONS[0], "contains": [["9 euros"]]}
    suite = write_suite(tmp_path / "worse", [wrong], [], info="thresholds: {answer.right: 1.0}\n")
    assert here(monkeypatch, "eval", suite, "--gate", "--data", tmp_path) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "gate: worse: answer.right is 0.0 %" in said.err
    assert here(monkeypatch, "eval", suite, "--data", tmp_path) == 0


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["nowhere"], "nowhere: no such folder"),
        (["suite", "--only", "q-feee"], "no item 'q-feee' in suite (did you mean 'q-fee'?)"),
        (
            ["suite", "--policy", "policy.yaml"],
            "policy.yaml:2: unknown key 'answer_form' (did you mean 'answer_from'?)",
        ),
        (["suite", "--baseline", "policy.yaml"], "policy.yaml: not JSON"),
        (["suite", "--limit", "0"], "limit"),
        (["suite", "--perturb", "shouting"], "--perturb is typos or nospace, not 'shouting'"),
        (["suite", "--json", "none/run.json"], "cannot write none/run.json: no such folder"),
        (
            ["suite", "--policy", "range.yaml"],
            "range.yaml:1: answer_from: Input should be less than or equal to 1, not 7",
        ),
        (
            ["misnamed"],
            "misnamed/suite.yaml:2: thresholds: no metric 'answer.rigth'; did you mean 'answer.right'?",
        ),
        (["broken"], "broken/questions.jsonl:1: not JSON"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    why: str,
) -> None:
    write_suite(tmp_path / "suite")
    company(tmp_path / "broken" / "kb")
    lines(tmp_path / "broken" / "questions.jsonl", ["{"])
    write_suite(tmp_path / "misnamed", info="thresholds:\n  answer.rigth: 0.9\n")
    (tmp_path / "policy.yaml").write_text("near_from: 0.1\nanswer_form: 0.6\n")
    (tmp_path / "range.yaml").write_text("answer_from: 7\n")
    monkeypatch.chdir(tmp_path)
    assert here(monkeypatch, "eval", *arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("batonpass: ")
    assert said.err.count("\n") == 1
    assert why in said.err


def test_a_run_stopped_by_hand_says_that_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*args: Any, keep: Any, **rest: Any) -> None:
        keep("question/q-fee/0", {"id": "q-fee"})
        raise KeyboardInterrupt

    write_suite(tmp_path / "suite", QUESTIONS[:2], [])
    monkeypatch.setattr("batonpass.evals.runner.run_suite", stopped)
    assert here(monkeypatch, "eval", tmp_path / "suite", "--data", tmp_path) == 130
    assert "stopped after 1 of 2 results; the same command goes on from there" in capsys.readouterr().err


def test_keep_going_runs_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_suite(tmp_path / "s", ["{", QUESTIONS[0]], [])
    monkeypatch.chdir(tmp_path)
    assert here(monkeypatch, "eval", "s", "--keep-going", "--json", "run.json", "--data", "d") == 0
    assert "s/questions.jsonl:1: left out: not JSON" in capsys.readouterr().err
    found = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert [q["id"] for q in found["questions"]] == ["q-fee"]
