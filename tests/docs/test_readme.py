"""What the documents tell people to type is typed here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import batonpass
import pytest

ROOT = Path(batonpass.__file__).parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str = "") -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.S | re.M)


def run(command: list[str], cwd: Path, *, talk: bool = False) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("BATONPASS_", "OPENAI_"))}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr if talk else done.stdout


def test_readme_starts_with_two_make_commands_that_exist() -> None:
    commands = [line.split("#")[0].strip() for line in blocks()[0].splitlines()]
    assert commands == ["make serve", "make test"]
    for command in commands:
        run(["make", "-n", *command.split()[1:]], ROOT)


@pytest.mark.parametrize(
    "line",
    [line for block in blocks() for line in block.splitlines() if line.startswith(".venv/bin/batonpass ")],
)
def test_every_command_of_the_readme_runs(line: str, tmp_path: Path) -> None:
    words = re.findall(r'"[^"]*"|\S+', line)
    command = [sys.executable, "-m", "batonpass", *(word.strip('"') for word in words[1:])]
    if command[3] == "serve":  # would run for ever: its options are checked instead
        text = run([*command[:4], "--help"], tmp_path)
        assert all(option in text for option in command if option.startswith("--"))
        return
    if command[3] in ("ingest", "eval"):
        command += ["--data", str(tmp_path)]
    if command[3] == "bench":
        command += ["--rounds", "1", "--chunks", "0"]
    assert run(command, ROOT, talk=True).strip()


def test_the_plugin_example_runs_as_printed(tmp_path: Path) -> None:
    (code,) = blocks("python")
    code = code.replace('Path("examples/shop/kb")', f"Path({str(ROOT / 'examples/shop/kb')!r})")
    out = run([sys.executable, "-c", code], tmp_path)
    assert "3,000원" in out
    assert out.strip().endswith("answer")


def test_pictures_and_links_are_there() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert targets
    missing = [target for target in targets if not (ROOT / target).exists()]
    assert not missing


def test_every_setting_of_the_readme_exists_and_every_setting_is_known() -> None:
    from batonpass.agent.settings import Settings

    named = {name.lower() for name in re.findall(r"BATONPASS_([A-Z_]+)", README)}
    assert named <= set(Settings.model_fields), named - set(Settings.model_fields)
