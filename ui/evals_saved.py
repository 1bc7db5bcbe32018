"""What evaluators add: labels marked as wrong, and real conversations kept as tests."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from ..escalation import Author, Conversation, ConversationStore, EventKind, HumanAgent, Message, Status
from ..evals.formats import Scenario

Turn = dict[str, Any]


class Labels:
    """Marks on suites' items, in a file that is only ever added to; the suites themselves stay as they are.

    Args:
        file: ``labels.jsonl``.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()

    def mark(self, suite: str, key: str, *, wrong: bool, why: str, by: HumanAgent) -> dict[str, Any]:
        """Mark an item's label as wrong, or take the mark back."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        entry = {
            "suite": suite,
            "item": key,
            "wrong": wrong,
            "why": why,
            "by": by.id,
            "by_name": by.name,
            "at": at,
        }
        with self._lock:
            _append(self._file, entry)
        return entry

    def wrong(self, suite: str) -> dict[str, dict[str, Any]]:
        """The marks that stand, by item."""
        found: dict[str, dict[str, Any]] = {}
        for entry in _lines(self._file):
            if entry.get("suite") == suite and isinstance(entry.get("item"), str):
                found[entry["item"]] = entry
        return {key: entry for key, entry in found.items() if entry.get("wrong")}


class SavedScenarios:
    """The suite of saved conversations.

    Args:
        folder: The suite's.
        kb: The knowledge base that it is run against.
    """

    def __init__(self, folder: Path, kb: Path) -> None:
        self._folder, self._kb = folder, kb
        self._lock = threading.Lock()

    @property
    def file(self) -> Path:
        """Where the scenarios are."""
        return self._folder / "scenarios.jsonl"

    def of(self, conversation_id: str) -> list[str]:
        """Ids of scenarios that were made from a conversation."""
        stem = scenario_id(conversation_id)
        ids = [str(entry.get("id", "")) for entry in _lines(self.file)]
        return [found for found in ids if found == stem or found.startswith(f"{stem}-")]

    def add(self, conversation: Conversation, turns: Sequence[Turn], tags: Sequence[str]) -> Scenario:
        """Write a scenario down.

        Args:
            conversation: Where it comes from; of its customer only the id is kept.
            turns: ``text`` and ``expect``, as in a suite.
            tags: The evaluator's.
        """
        with self._lock:
            taken = {str(entry.get("id", "")) for entry in _lines(self.file)}
            stem = scenario_id(conversation.id)
            number, found = 1, stem
            while found in taken:
                number += 1
                found = f"{stem}-{number}"
            line = {
                "id": found,
                "lang": conversation.lang,
                "customer": {"id": conversation.customer_id} if conversation.customer_id else None,
                "turns": list(turns),
                "handoff": None,
                "tags": ["saved", *tags],
            }
            scenario = Scenario.model_validate(line)
            self._folder.mkdir(parents=True, exist_ok=True)
            info = self._folder / "suite.yaml"
            if not info.exists():
                about = {
                    "name": self._folder.name,
                    "description": "Conversations saved at /evals",
                    "kb": self._place(),
                }
                info.write_text(yaml.safe_dump(about, allow_unicode=True, sort_keys=False), encoding="utf-8")
            _append(self.file, line)
        return scenario

    def _place(self) -> str:
        kb, folder = self._kb.resolve(), self._folder.resolve()
        try:
            return os.path.relpath(kb, folder)
        except ValueError:  # another drive
            return str(kb)


def scenario_id(conversation_id: str) -> str:
    """The id that a conversation's first scenario gets."""
    return f"saved-{conversation_id[:12]}"


def draft(conversation: Conversation, store: ConversationStore) -> dict[str, Any]:
    """A conversation as a scenario to be edited: what happened is what is expected.

    It ends where a person gave the conversation back: in a run nobody claims.
    """
    turns: list[Turn] = []
    status, cut = Status.BOT, False
    by_seq: dict[int, Turn] = {}
    for item in store.items(conversation.id):
        if isinstance(item, Message):
            if item.author is Author.CUSTOMER:
                held = status in (Status.WAITING, Status.HUMAN)
                turn = {
                    "text": item.text,
                    "decision": ["silent"] if held else [],
                    "reasons": [],
                    "confidence": None,
                    "rule": "",
                }
                turns.append(turn)
                by_seq[item.seq] = turn
            continue
        if item.kind is EventKind.VERDICT:
            turn = by_seq.get(item.payload.get("question_seq") or -1) or (turns[-1] if turns else None)
            if turn is not None and turn["decision"] != ["silent"]:
                turn |= {
                    "decision": [item.payload["decision"]],
                    "reasons": list(item.payload.get("reasons") or ()),
                    "confidence": item.payload.get("confidence"),
                    "rule": item.payload.get("rule") or "",
                }
        elif item.kind is EventKind.STATUS and "to" in item.payload:
            was, status = status, Status(item.payload["to"])
            if was in (Status.WAITING, Status.HUMAN) and status in (Status.BOT, Status.CLOSED):
                cut = True
                break
    return {"lang": conversation.lang, "customer": conversation.customer_id, "turns": turns, "cut": cut}


def _append(file: Path, entry: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+b") as out:
        out.seek(0, os.SEEK_END)
        if out.tell():
            out.seek(-1, os.SEEK_END)
            if out.read(1) != b"\n":  # somebody's editor left the last line open
                out.write(b"\n")
        out.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")


def _lines(file: Path) -> list[dict[str, Any]]:
    try:
        text = file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return []
    found = []
    for line in text.split("\n"):
        try:
            entry = json.loads(line) if line.strip() else None
        except ValueError:
            continue
        if isinstance(entry, dict):
            found.append(entry)
    return found
