"""A small company and suites over it, for tests that run the real pipeline."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

ARTICLES = {
    "delivery-fee": ("Delivery fees", "Standard delivery costs 4 euros. Delivery is free from 60 euros."),
    "returns": ("Returning an item", "You can return an item within 21 days of delivery. Returns cost 3 euros."),
    "ko/delivery": ("배송비 안내", "기본 배송비는 4,200원이며 70,000원 이상 주문하면 무료입니다."),
}
QUESTIONS: list[dict[str, Any]] = [
    {
        "id": "q-fee",
        "text": "how much is standard delivery?",
        "articles": ["delivery-fee"],
        "contains": [["4 euros"]],
    },
    {"id": "q-ko", "text": "기본 배송비 얼마예요?", "articles": ["ko/delivery"], "contains": [["4,200원"]]},
    {
        "id": "q-return",
        "text": "how long can I return an item?",
        "articles": ["returns"],
        "contains": [["21 days"]],
    },
    {"id": "q-none", "text": "do you sell helicopters to governments?", "answerable": False},
]
SCENARIOS: list[dict[str, Any]] = [
    {
        "id": "s-asks",
        "lang": "en",
        "customer": {"id": "C-1", "name": "Ann Lee", "tier": "vip", "verified": True},
        "turns": [
            {"text": "how much is standard delivery?", "expect": {"decision": ["answer"], "frustration": 0}},
            {
                "text": "My order SD-20260101-0007 is late, connect me to a human agent please.",
                "expect": {"decision": ["hand_off"], "reasons": ["explicit_request"], "frustration": 0},
            },
            {"text": "hello?", "expect": {"decision": ["silent"], "frustration": 0}},
            {"text": "This is unacceptable!!!", "expect": {"decision": ["silent"], "frustration": 3}},
        ],
        "handoff": {"facts": {"order_number": "SD-20260101-0007"}, "frustration": 0},
    },
    {
        "id": "s-calm",
        "lang": "ko",
        "turns": [{"text": "기본 배송비 얼마예요?", "expect": {"decision": ["answer"], "frustration": 0}}],
        "handoff": None,
    },
]


def lines(path: Path, rows: Sequence[Mapping[str, Any] | str]) -> Path:
    """Write rows as JSON lines; a string is written as it is."""
    text = "".join((r if isinstance(r, str) else json.dumps(r, ensure_ascii=False)) + "\n" for r in rows)
    path.write_text(text, encoding="utf-8")
    return path


def company(folder: Path) -> Path:
    """The articles as a knowledge folder."""
    for name, (title, text) in ARTICLES.items():
        file = folder / f"{name}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"---\ntitle: {title}\n---\n{text}\n", encoding="utf-8")
    return folder


def write_suite(
    folder: Path,
    questions: Sequence[Mapping[str, Any] | str] | None = None,
    scenarios: Sequence[Mapping[str, Any] | str] | None = None,
    info: str | None = None,
) -> Path:
    """A suite in a folder; by default the questions and scenarios above."""
    company(folder / "kb")
    lines(folder / "questions.jsonl", QUESTIONS if questions is None else questions)
    lines(folder / "scenarios.jsonl", SCENARIOS if scenarios is None else scenarios)
    if info is not None:
        (folder / "suite.yaml").write_text(info, encoding="utf-8")
    return folder


def write_beir(folder: Path) -> Path:
    """A BEIR triple with one answerable and one unanswerable question."""
    folder.mkdir(parents=True, exist_ok=True)
    corpus = [
        {"_id": "refund", "title": "Refunds", "text": "A refund reaches your card in three days."},
        {"_id": "parking", "title": "Parking", "text": "The garage opens at seven in the morning."},
    ]
    queries = [
        {"_id": "b1", "text": "when does a refund reach my card", "answerable": True, "answers": ["three days"]},
        {"_id": "b2", "text": "who won the chess championship", "answerable": False},
    ]
    lines(folder / "corpus.jsonl", corpus)
    lines(folder / "queries.jsonl", queries)
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nb1\trefund\t1\n")
    return folder


def batonpass(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, with no settings from outside."""
    env = {name: value for name, value in os.environ.items() if not re.match("BATONPASS_|OPENAI_", name)}
    command = [sys.executable, "-m", "batonpass", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=300)


def here(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """The command in this process; returns its exit status."""
    from batonpass.ui.cli import main

    monkeypatch.setattr(sys, "argv", ["batonpass", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def timeless(value: Any) -> Any:
    """A run without what time (and somebody who edits the code meanwhile) does to it."""
    if isinstance(value, dict):
        dropped = {"ms", "started", "seconds", "code", "latency.turn_p50_ms", "latency.turn_p95_ms"}
        return {key: timeless(entry) for key, entry in value.items() if key not in dropped}
    return [timeless(entry) for entry in value] if isinstance(value, list) else value
