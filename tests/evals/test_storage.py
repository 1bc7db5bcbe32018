"""Runs on disk: what was interrupted goes on, and only under the same conditions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from batonpass.escalation import GuardPolicy
from batonpass.escalation.policyfile import read_policy
from batonpass.evals.runner import RunOptions
from batonpass.evals.storage import Resumable, code_version, keep_run, read_run, slug
from batonpass.evals.suite import SuiteError, load_suite
from batonpass.ui.evaluating import conditions

from .small import QUESTIONS, lines, write_suite


def resumable(folder: Path, suite: Path, **options: Any) -> Resumable:
    return Resumable(folder, load_suite(suite), conditions(RunOptions(**options)))


def test_results_are_read_back_until_the_run_is_complete(tmp_path: Path) -> None:
    suite = write_suite(tmp_path / "s")
    kept = resumable(tmp_path / "runs", suite)
    assert kept.finished() == {}
    kept.keep("question/a/0", {"reply": "하나\u2028둘"})
    kept.keep("question/b/0", {"reply": "b"})
    again = resumable(tmp_path / "runs", suite)
    assert again.finished() == {"question/a/0": {"reply": "하나\u2028둘"}, "question/b/0": {"reply": "b"}}
    again.clear()
    assert again.finished() == {}


@pytest.mark.parametrize("torn", [b'{"key": "c", "res', b'{"key": "c"}\n', b"\xed\x95\n", b"[]\n"])
def test_a_torn_line_is_cut_off_and_the_next_one_stands_alone(tmp_path: Path, torn: bytes) -> None:
    suite = write_suite(tmp_path / "s")
    kept = resumable(tmp_path / "runs", suite)
    kept.keep("a", {"n": 1})
    with kept.path.open("ab") as file:
        file.write(torn)
    assert kept.finished() == {"a": {"n": 1}}
    kept.keep("b", {"n": 2})
    assert kept.finished() == {"a": {"n": 1}, "b": {"n": 2}}


def test_another_suite_policy_seed_or_knowledge_starts_anew_but_other_jobs_do_not(tmp_path: Path) -> None:
    suite = write_suite(tmp_path / "s")
    first = resumable(tmp_path, suite).path
    assert resumable(tmp_path, suite, jobs=2).path == first
    (suite / "run.json").write_text("{}")  # a result beside the suite is no part of it
    assert resumable(tmp_path, suite).path == first
    changed = [
        resumable(tmp_path, suite, seed=8).path,
        resumable(tmp_path, suite, policy=GuardPolicy(answer_from=0.9)).path,
        resumable(tmp_path, suite, settings={"model": "other"}).path,
    ]
    lines(suite / "questions.jsonl", QUESTIONS[:1])
    changed.append(resumable(tmp_path, suite).path)
    (suite / "kb" / "returns.md").write_text("Returns are free.")
    changed.append(resumable(tmp_path, suite).path)
    assert len({first, *changed}) == 6


def test_a_suites_name_cannot_lead_elsewhere(tmp_path: Path) -> None:
    suite = write_suite(tmp_path / "s", info="name: ../../배송 test\n")
    assert resumable(tmp_path / "runs", suite).path.parent == tmp_path / "runs"
    assert slug("../../배송 test") == "배송-test"
    assert slug("..") == "suite"


def test_a_finished_run_is_kept_with_its_policy(tmp_path: Path) -> None:
    run = {"run": {"suite": "a b", "started": "2026-01-02T03:04:05.678901+00:00"}}
    whole = {**run, "metrics": {}, "questions": [], "scenarios": []}
    rule = {"name": "night", "when": {"business_hours": "outside", "intents": "complaint"}, "then": "offer"}
    hours = {"timezone": "Asia/Seoul", "mon": "09:00-18:00"}
    policy = GuardPolicy.model_validate({"answer_from": 0.7, "business_hours": hours, "rules": [rule]})
    path = keep_run(tmp_path / "runs", whole, policy)
    assert path.name == "a-b-20260102030405678.json"
    assert read_run(path) == whole
    assert read_policy(path.with_suffix(".policy.yaml")) == policy
    assert len(code_version()) == 12


@pytest.mark.parametrize("text", ["", "[]", "{}", "[1]", '{"run": 1}'])
def test_a_file_that_is_no_run_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(SuiteError, match=r"run\.json: not a run"):
        read_run(tmp_path / "run.json")
    with pytest.raises(SuiteError, match="cannot be read"):
        read_run(tmp_path / "none.json")
