"""A newcomer follows docs/evals.md: its files are written and its commands run as printed."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import batonpass
import pytest
import typer.main
from batonpass.escalation import Reason
from batonpass.evals.formats import Goal, Question, Simulation, SimulationExpect, SuiteInfo
from batonpass.evals.items import METRICS
from batonpass.evals.personas import PERSONAS

ROOT = Path(batonpass.__file__).parent
DOC = (ROOT / "docs" / "evals.md").read_text(encoding="utf-8")
FILES = re.findall(r"Write `([\w./-]+)`[^\n]*\n(?:[^`\n][^\n]*\n)*\n```\w+\n(.*?)^```", DOC, re.S | re.M)
COMMANDS = [
    line
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```$", DOC, re.S | re.M)
    for line in block.splitlines()
    if not language and "SUITE..." not in line
]
TALK = """
import asyncio
from batonpass.agent import Settings
from batonpass.agent.compose import compose

with compose(Settings()) as parts:
    parts.sync([parts.settings.knowledge])
    head = parts.store.create()
    parts.assistant.receive(head.id, "배송비 얼마예요?")
    asyncio.run(parts.assistant.answer(head.id))
"""
"""A newcomer's own history."""


def run(command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("BATONPASS_", "OPENAI_"))}
    words = shlex.split(command)
    if words[0] == ".venv/bin/batonpass":
        words[:1] = [sys.executable, "-m", "batonpass"]
    return subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the document was followed from top to bottom."""
    folder = tmp_path_factory.mktemp("newcomer")
    (folder / "examples").symlink_to(ROOT / "examples")
    assert [name for name, _ in FILES] == [
        "my-suite/kb/opening-hours.md",
        "my-suite/questions.jsonl",
        "my-suite/scenarios.jsonl",
        "my-suite/suite.yaml",
        "policy.yaml",
    ]
    for command in COMMANDS:
        if command.startswith("mkdir"):
            assert run(command, folder).returncode == 0
            for name, text in FILES:
                (folder / name).write_text(text, encoding="utf-8")
            (simulation,) = re.findall(r'^({"id": "sim-.*})$', DOC, re.M)
            (folder / "my-suite" / "simulations.jsonl").write_text(simulation + "\n", encoding="utf-8")
            continue
        if " replay " in command:
            subprocess.run([sys.executable, "-c", TALK], cwd=folder, check=True, capture_output=True)
        done = run(command, folder)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        assert "did you mean" not in done.stderr
    return folder


def test_the_first_suite_runs_at_first_try_and_is_right(followed: Path) -> None:
    found = json.loads((followed / "run.json").read_text(encoding="utf-8"))
    assert all(question["right"] for question in found["questions"])
    assert [turn["decision"] for turn in found["scenarios"][0]["turns"]] == ["answer", "hand_off", "silent"]
    assert found["scenarios"][0]["handoff"]["facts"]["order_number"] == "AB-12345"
    assert all(simulation["passed"] for simulation in found["simulations"])
    assert found["metrics"]["simulation.passed"]["value"] == 1


def test_reports_and_replay_are_written(followed: Path) -> None:
    assert "<html" in (followed / "report.html").read_text(encoding="utf-8")
    assert (followed / "change.md").read_text(encoding="utf-8").strip()
    replayed = json.loads((followed / "replay.json").read_text(encoding="utf-8"))
    assert {"changes", "cost", "curve", "changed", "without_draft"} <= set(replayed)
    assert replayed["conversations"] == 1


def test_the_python_example_runs(tmp_path: Path) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", DOC, re.S | re.M)
    asked = {"id": "a", "question": "Who sings?", "answers": [{"text": "A lark"}]}
    data = {"data": [{"title": "t", "paragraphs": [{"context": "A lark sings.", "qas": [asked]}]}]}
    (tmp_path / "dev-v2.0.json").write_text(json.dumps(data))
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    assert (tmp_path / "squad-suite" / "qrels.tsv").is_file()


def test_every_option_metric_key_and_persona_is_described() -> None:
    from batonpass.ui.cli import app

    commands = typer.main.get_command(app)
    options = [o for p in commands.commands["eval"].params for o in p.opts if o.startswith("--")]  # type: ignore[attr-defined]
    assert [option for option in options if f"`{option}" not in DOC] == []
    shown = DOC.replace("`.recall`", "`escalation.recall`").replace("`.f1`", "`escalation.f1`")
    shown = shown.replace("`.missed_rate`", "`escalation.missed_rate`").replace(
        "`.turn_p95_ms`", "`latency.turn_p95_ms`"
    )
    assert [name for name in METRICS if f"`{name}`" not in shown] == []
    named = [*Question.model_fields, *SuiteInfo.model_fields, *Goal.model_fields, *Simulation.model_fields]
    named += [*SimulationExpect.model_fields, *map(str, Reason)]
    left_out = {"weights", "wrong", "goal"}
    assert [n for n in named if n not in left_out and not re.search(rf"`(?:\w+\.)?{re.escape(n)}`", DOC)] == []
    assert [name for name in PERSONAS if f"`{name}`" not in DOC] == []


def test_links_lead_somewhere() -> None:
    headings = {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^## (.*)$", DOC, re.M)}
    assert set(re.findall(r"\]\(#([\w-]+)\)", DOC)) <= headings
