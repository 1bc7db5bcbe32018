from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from batonpass.escalation.matter import FEATURES
from batonpass.evals.question_fit import Choice, collect, fit, main

ASKED = "the dryer stops halfway, can you repair it?"


def suite(folder: Path, name: str, *scenarios: dict) -> Path:
    made = folder / name
    (made / "kb").mkdir(parents=True)
    (made / "kb" / "dryer.md").write_text("# Dryers\n\nWe repair dryers on Mondays.\n", encoding="utf-8")
    (made / "suite.yaml").write_text(f"name: {name}\ndescription: made by a test\n", encoding="utf-8")
    lines = [json.dumps({"id": f"{name}-{n}", "lang": "en", **one}) for n, one in enumerate(scenarios)]
    (made / "scenarios.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return made


def talk(*texts: str, question: str | None) -> dict:
    turns = [{"text": text, "expect": {}} for text in texts]
    return {"turns": turns, "handoff": {"question": question, "facts": {}}}


def test_choices_are_the_messages_that_state_something(tmp_path: Path) -> None:
    folder = suite(
        tmp_path,
        "one",
        talk("hello", ASKED, "it is the third time I tell you", "agent please", question="can you repair it?"),
        talk("hello", question=None),
        talk("hello", ASKED, question="what nobody said"),
    )
    (choice,) = collect([folder])
    assert choice.suite == "one"
    assert choice.right.tolist() == [True, False]
    assert choice.rows.shape == (2, len(FEATURES))


def test_weights_find_what_decides() -> None:
    random = np.random.default_rng(3)
    choices = []
    for _ in range(200):
        rows = random.random((4, len(FEATURES)))
        choices.append(Choice("made", rows, np.arange(4) == np.argmax(3 * rows[:, 0] - 3 * rows[:, 5])))
    made = fit(choices, l2=0.1)
    assert made.weights[0] > 1
    assert made.weights[5] < -1
    assert np.abs(np.delete(made.weights, [0, 5])).max() < made.weights[0] / 2
    assert made.share(choices) > 0.9


def test_it_prints_weights_and_shares(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario = talk(ASKED, "you are no help at all", question=ASKED)
    folders = [suite(tmp_path, name, scenario, scenario) for name in ("one", "two")]
    assert main([str(folder) for folder in folders]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[: len(FEATURES)]] == list(FEATURES)
    assert lines[len(FEATURES)] == "found of 4: 1.000"
    assert lines[-1] == "two                1.000 of 2, fitted to the others"


def test_bad_input_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    empty = suite(tmp_path, "empty", talk("hello", question=None))
    assert main([str(empty)]) == 2
    assert "no scenario" in capsys.readouterr().err
