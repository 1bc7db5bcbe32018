"""The open question: the message in which the customer states their matter, word for word."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from .conversation import Message
from .facts.smaller import ATTACHMENT
from .facts.types import LIMIT
from .matter import ASKS, TROUBLE, WANTS, WORD, states, worth
from .repetition import likeness, similarity
from .requests import explicit_request
from .smalltalk import accepts, declines, small_talk


class Line(BaseModel):
    """A quoted message (or part of one) with its seq."""

    model_config = ConfigDict(frozen=True)

    text: str
    seq: int


_SENTENCE = re.compile(r"[^.!?。\n]{1,600}[.!?。\n]*")


@dataclass(frozen=True, slots=True)
class _Candidate:
    message: Message
    score: float


def open_question(own: Sequence[Message]) -> Line | None:
    """The message that states the customer's matter, whole; None where they only greeted or asked for a person.

    Small talk, bare requests for a person and bare answers are passed over; of the others the one counts that most
    likely states what is still open (see ``matter``): a question, a wish or a trouble that goes on with the matter,
    rather than what says it again, blames, or gives data.
    """
    return open_questions(own)[0]


def open_questions(
    own: Sequence[Message], left: Mapping[int, float] | None = None
) -> tuple[Line | None, tuple[Line, ...]]:
    """The main question, and the others that were asked beside it (two at most, the newest first).

    Args:
        own: The customer's messages, oldest first.
        left: What those lose that the customer left behind (``closed_matters.left_behind``).
    """
    ranked = _ranked(own, left or {})
    if not ranked:
        return None, ()
    main, *rest = ranked
    others = [
        c.message
        for c in rest
        if c.score >= main.score - _NEAR and states(c.message.text) and not _same(c.message, main.message)
    ]
    also = sorted(others[:2], key=lambda message: -message.seq)
    return _line(main.message), tuple(_line(message) for message in also)


def _same(message: Message, other: Message) -> bool:
    first, second = message.text, other.text
    return likeness(first, [second]) >= _ALIKE or similarity(first, second) >= _OVERLAP


def _line(message: Message) -> Line:
    return Line(text=excerpt(message.text), seq=message.seq)


LONGEST = 600
"""Characters of a message that are quoted; of a longer one it is the part that asks."""


def excerpt(text: str) -> str:
    """A text, or of a long one the sentence that says most of a matter with what stands around it, verbatim."""
    text = text.strip()
    if len(text) <= LONGEST:
        return text
    best, top = 0, -1.0
    for match in _SENTENCE.finditer(text[:LIMIT]):
        said = match[0]
        worth = 2.0 * bool(ASKS.search(said)) + bool(WANTS.search(said)) + 2.0 * bool(TROUBLE.search(said))
        worth += min(len(WORD.findall(said)), 8) / 8
        if worth > top:
            best, top = match.start(), worth
    start = max(0, min(best - LONGEST // 3, len(text) - LONGEST))
    return text[start : start + LONGEST].strip()


_NEAR = 2.0
"""How far behind the main one (``matter.worth``) a message is still a question of its own."""
_ALIKE = 0.5
"""Likeness in meaning from which two messages ask the same."""
_OVERLAP = 0.3
"""Overlap of letters, likewise."""
_READ = 40
"""Messages that are looked through, the newest."""


def stated(own: Sequence[Message]) -> list[Message]:
    """The customer's newest messages without those that state nothing: small talk, answers, bare requests."""
    return [message for message in own[-_READ:] if not _bare(message)]


def _ranked(own: Sequence[Message], left: Mapping[int, float]) -> list[_Candidate]:
    messages = stated(own)
    scored = [
        _Candidate(message, score - left.get(message.seq, 0.0))
        for message, score in zip(messages, worth(messages), strict=True)
    ]
    return sorted(scored, key=lambda c: (-c.score, -c.message.seq))


def _bare(message: Message) -> bool:
    text = message.text
    if small_talk(text) or message.meta.get("intent") == "human":
        return True
    # Emoji, or the name of a file that was sent, ask nothing.
    if not re.search(r"\w", ATTACHMENT.sub("", text[:LIMIT])):
        return True
    if message.meta.get("receipt", {}).get("op") == "correct":
        return True
    if len(text) <= 60 and (accepts(text) or (declines(text) and not TROUBLE.search(text))):
        return True
    asked = explicit_request(text)
    # A bare "connect me to an agent" is no question; one with a matter beside it is.
    return bool(asked) and len(text) - len(asked) < 15
