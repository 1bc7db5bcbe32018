"""docs/guard.md: its modules, files, suites, options and counts are those of the package."""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
import sys
from pathlib import Path

import batonpass
import pytest
from batonpass.escalation import GuardPolicy
from batonpass.escalation.combiner import GROUPS
from batonpass.escalation.heads import HEADS, TOPICS
from batonpass.escalation.heads.training.data import read_turns

ROOT = Path(batonpass.__file__).parent
DOC = (ROOT / "docs" / "guard.md").read_text(encoding="utf-8")
COMMANDS = [
    line.split("#")[0].strip()
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```$", DOC, re.S | re.M)
    if not language
    for line in block.splitlines()
]
MODULES = sorted({line.split()[2] for line in COMMANDS if line.split()[1] == "-m"})


@pytest.mark.parametrize("module", MODULES)
def test_modules_are_there_and_take_the_options_shown(module: str) -> None:
    assert importlib.util.find_spec(module)
    done = subprocess.run([sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    options = {word for line in COMMANDS if f" {module}" in line for word in line.split() if word.startswith("--")}
    options |= (
        {"--out"} if module.endswith("guard_fit") else {"--reviews"} if module.endswith("training") else set()
    )
    assert [option for option in options if option not in done.stdout] == []


def test_the_suites_and_files_named_are_there() -> None:
    named: list[str] = []
    for line in COMMANDS:
        for word in shlex.split(line):
            if word.startswith("examples/"):
                head, _, rest = word.partition("{")
                inner, _, tail = rest.partition("}")
                named += [f"{head}{each}{tail}" for each in inner.split(",")]
    assert len(named) >= 8
    assert [name for name in named if not (ROOT / name / "suite.yaml").is_file()] == []
    files = re.findall(r"`((?:escalation|evals)/[\w/.]+\.(?:py|json))`", DOC)
    assert files
    assert [name for name in files if not (ROOT / name).is_file()] == []


def test_suites_of_the_table_count_what_is_there() -> None:
    rows = re.findall(r"^\| `([\w-]+-test)` \((\d+)\)", DOC, re.M)
    assert rows
    for suite, count in rows:
        files = (ROOT / "examples" / "suites" / suite).glob("scenarios*.jsonl")
        assert sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files) == int(count), suite


def test_counts_are_those_of_the_package() -> None:
    turns = {split: [len(read_turns(split, lang)) for lang in ("ko", "en")] for split in ("train", "dev", "test")}
    assert f"{sum(map(sum, turns.values())):,} customer turns" in DOC
    assert f"{len(HEADS)} probabilities" in DOC
    assert f"{len(GROUPS)} signals" in DOC
    assert len(TOPICS) == 5
    assert {"offer_at", "hand_off_at", "hysteresis"} <= set(GuardPolicy.model_fields)


def test_links_lead_somewhere() -> None:
    headings = {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^## (.*)$", DOC, re.M)}
    assert set(re.findall(r"\]\(#([\w-]+)\)", DOC)) <= headings
    files = re.findall(r"\]\(([\w/.-]+\.md)(?:#[\w-]+)?\)", DOC)
    assert files
    assert [name for name in files if not (ROOT / "docs" / name).is_file()] == []
