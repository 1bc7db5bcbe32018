"""docs/knowledge.md: its commands run, its links and settings exist, its counts are those of the package."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import batonpass
import pytest
from batonpass.agent import Settings
from batonpass.knowledge.concepts import BUILT_IN as LEXICON
from batonpass.knowledge.concepts import read_concepts
from batonpass.knowledge.encoder.model import BUILT_IN, read_table
from batonpass.knowledge.encoder.training.bank import FOLDER, read_bank

ROOT = Path(batonpass.__file__).parent
DOC = (ROOT / "docs" / "knowledge.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", DOC, re.S | re.M)
COMMANDS = [line for language, block in BLOCKS if not language for line in block.splitlines()]


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_run_as_printed(command: str, tmp_path: Path) -> None:
    program, *arguments = shlex.split(command)
    assert program == ".venv/bin/batonpass"
    if arguments[0] == "eval":
        arguments += ["--limit", "2", "--data", str(tmp_path)]
    env = {name: value for name, value in os.environ.items() if not re.match("BATONPASS_|OPENAI_", name)}
    env["BATONPASS_DATA"] = str(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "batonpass", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_links_and_settings_exist() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", DOC):
        assert (ROOT / "docs" / target).exists(), target
    for name in re.findall(r"BATONPASS_([A-Z_]+)", DOC):
        assert name.lower() in Settings.model_fields


def test_the_model_card_counts_what_is_there() -> None:
    assert f"{len(read_bank(sorted(FOLDER.glob('*.jsonl')))):,} service situations" in DOC
    assert f"{len(read_concepts(LEXICON)):,}\n  groups" in DOC
    table = read_table(BUILT_IN)
    assert f"{len(table.codes):,} features of {table.dimensions} dimensions" in DOC
