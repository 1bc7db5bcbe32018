from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from batonpass.knowledge.aliases import Aliases, Decision, Origin

from .test_cli import check_mistake, run

__all__ = ["run"]


@pytest.fixture
def aliases(tmp_path: Path) -> Aliases:
    made = Aliases(tmp_path / ".batonpass" / "knowledge" / "default")
    made.propose("fees", ["What does it cost?"], origin=Origin.DESK, by="ann")
    for _ in range(2):
        made.propose("returns", ["반품돼요?"], origin=Origin.DESK, by="ann")
    return made


def test_list_approve_and_reject(run: Any, aliases: Aliases) -> None:
    code, out, _ = run("aliases", "list")
    rows = [line.split("\t") for line in out.splitlines()]
    assert code == 0
    assert [row[1:] for row in rows] == [
        ["pending", "2", "returns", "반품돼요?"],
        ["pending", "1", "fees", "What does it cost?"],
    ]
    code, out, err = run("aliases", "approve", rows[0][0], "--by", "bo")
    assert (code, out, err) == (0, "", "approved: 반품돼요? -> returns\n")
    run("aliases", "reject", rows[1][0])
    assert aliases.approved() == {"returns": ("반품돼요?",)}
    assert aliases.list(Decision.APPROVED)[0].decided_by == "bo"
    assert run("aliases", "list")[1:] == ("", "nothing to decide\n")
    shown = [json.loads(line) for line in run("aliases", "list", "--all", "--json")[1].splitlines()]
    assert [row["decision"] for row in shown] == ["approved", "rejected"]
    assert run("aliases", "list", "--json")[1] == ""


def test_mistakes(run: Any, aliases: Aliases, tmp_path: Path) -> None:
    check_mistake(run("aliases", "approve", "nonsense"), "nonsense")
    check_mistake(run("aliases", "approve"), "ID")
    check_mistake(run("aliases", "list", "--kb", "other"), "other")
    check_mistake(run("aliases", "list", "--data", "nowhere"), "nowhere")
    aliases.path.write_text("{}\n")
    check_mistake(run("aliases", "list"), "line 1")
