"""What the tests of escalation/ share: transcripts in a line each, data files, and texts that hurt."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from batonpass.escalation import Author, Draft, DraftKind, GuardPolicy, Message, Turn, Verdict
from batonpass.escalation.weighing import BARELY
from batonpass.knowledge import Citation

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CITED = Citation(n=1, document_id="returns", chunk_id="returns-0", title="Returns", quote="Within 7 days.")
ANSWER = Draft(text="Within 7 days. [1]", citations=(CITED,), confidence=0.9)
NOT_FOUND = Draft(text="I cannot find it.", kind=DraftKind.NOT_FOUND, confidence=0.0)
_BETWEEN = (BARELY + GuardPolicy().answer_from) / 2
UNSURE = Draft(text="Perhaps.", citations=(CITED,), confidence=_BETWEEN, near=("Returns", "Refunds"))
FAINT = UNSURE.model_copy(update={"confidence": BARELY - 0.05})
SMALLTALK = Draft(text="Hello!", kind=DraftKind.SMALLTALK)


def customer(text: str, **meta: Any) -> tuple[Author, str, dict[str, Any]]:
    return Author.CUSTOMER, text, meta


def bot(text: str, decision: str = "answer", rule: str = "answer") -> tuple[Author, str, dict[str, Any]]:
    return Author.BOT, text, {"decision": decision, "rule": rule}


def agent(text: str) -> tuple[Author, str, dict[str, Any]]:
    return Author.AGENT, text, {}


def transcript(lines: Iterable[tuple[Author, str, dict[str, Any]]], *, start: int = 1) -> tuple[Message, ...]:
    return tuple(
        Message(conversation_id="c", seq=seq, author=author, text=text, meta=meta, created_at=NOW)
        for seq, (author, text, meta) in enumerate(lines, start)
    )


def turn(*lines: tuple[Author, str, dict[str, Any]], lang: str = "en", past: tuple[Verdict, ...] = ()) -> Turn:
    messages = transcript(lines)
    tail: list[str] = []
    for message in reversed(messages):
        if message.author is not Author.CUSTOMER:
            break
        tail.insert(0, message.text)
    return Turn(messages=messages, question="\n".join(tail), lang=lang, past=past)


class Row(NamedTuple):
    """One line of a data file."""

    text: str
    lang: str
    label: str
    part: str


def rows(name: str) -> list[Row]:
    """A file of data/ with the columns text, lang, the label, (a note,) part."""
    path = Path(__file__).parent / "data" / name
    header, *lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    assert header[:2] == ["text", "lang"]
    assert header[-1] == "part"
    assert all(len(line) == len(header) for line in lines)
    return [Row(line[0], line[1], line[2], line[-1]) for line in lines]


ADVERSARIAL = [
    piece * (4000 // len(piece)) + end
    for piece in (
        "a", " ", "네", "상담원", "상담원 ",
        "연결해주세요", "그렇게 해주세요", "아니요 괜찮아요 ", "사람이니", "사람 다른사람",
        "human ", "an agent to talk to ", "talk to the ", "don't want to ", "connect me to ", "no ", "ok okay ",
        "thanks a lot ", "are you a real ", "!?", "ㅠ", "1-", "0-1",
        "A1-", "a.b@", "010-1234-", "jan 1 ", "1,000,", "주문 ",
        "call me back ", "몇 번 ", "is there any ", "\n", "😡", "e\u0301", "\ufdfa",
    )
    for end in ("", "x", "?!")
]  # fmt: skip
"""4,000 characters that start to match a pattern over and over."""
