"""The packet that goes with a hand-off: everything an agent needs so that nobody repeats themselves.

Deterministic: every line is copied from the transcript, the customer record or the knowledge base, and points
to the message it came from. Nothing here is generated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from ..knowledge import Citation, KnowledgeBase
from ..knowledge.types import Audience
from .conversation import Author, Message
from .customers import Customer
from .facts import Fact, find_facts
from .mood import frustration
from .requests import explicit_request
from .smalltalk import small_talk
from .verdict import Evidence, Verdict


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Line(_Record):
    """A quoted message (or part of one) with its seq."""

    text: str
    seq: int


class Attempt(_Record):
    """A question that the assistant answered, and from what."""

    text: str
    seq: int
    citations: tuple[Citation, ...] = ()


class Handoff(_Record):
    """The packet.

    Attributes:
        question: The open question, verbatim; None where the customer only asked for a person.
        facts: What they named, newest value of a slot first.
        tried: What the assistant answered before, with sources.
        frustration: 0..3, the highest since the last human spoke.
        trend: The level of each customer message, in order.
        summary: Short lines for the agent.
        suggested_reply: A passage that agents may see, verbatim, or None.
    """

    customer: Customer | None
    lang: str
    reasons: tuple[Evidence, ...]
    question: Line | None
    facts: tuple[Fact, ...]
    tried: tuple[Attempt, ...]
    frustration: int
    trend: tuple[int, ...]
    summary: tuple[str, ...]
    suggested_reply: str | None = None
    suggested_source: Citation | None = None
    created_at: datetime


def build_handoff(
    messages: Sequence[Message],
    verdict: Verdict,
    *,
    lang: str,
    customer: Customer | None = None,
    knowledge: KnowledgeBase | None = None,
) -> Handoff:
    """Write the packet from the transcript.

    Args:
        messages: The whole transcript, oldest first.
        verdict: Why a person was called.
        lang: The conversation's language.
        customer: The record, where the customer is known.
        knowledge: Where a suggested reply may come from (agents' articles included).
    """
    visible = [m for m in messages if not m.internal]
    own = [m for m in visible if m.author is Author.CUSTOMER]
    question = open_question(own)
    tried = tuple(_attempts(visible))
    levels = tuple(frustration(m.text) for m in own)
    reply, source = _suggest(question, knowledge)
    facts = find_facts(own)
    return Handoff(
        customer=customer,
        lang=lang,
        reasons=verdict.evidence,
        question=question,
        facts=facts,
        tried=tried,
        frustration=max((verdict.frustration, *levels[-6:])),
        trend=levels,
        summary=_summary(lang, customer, verdict, question, facts, tried),
        suggested_reply=reply,
        suggested_source=source,
        created_at=datetime.now(UTC),
    )


def open_question(own: Sequence[Message]) -> Line | None:
    """The last thing the customer asked that is more than small talk or the wish for a person."""
    for message in reversed(own):
        if small_talk(message.text) or message.meta.get("intent") == "human":
            continue
        asked = explicit_request(message.text)
        # A bare "connect me to an agent" is no question; one with a matter beside it is.
        if asked and len(message.text) - len(asked) < 15:
            continue
        return Line(text=message.text, seq=message.seq)
    return None


def _attempts(visible: Iterable[Message]) -> Iterable[Attempt]:
    asked: list[Message] = []
    for message in visible:
        if message.author is Author.CUSTOMER:
            asked.append(message)
        elif message.author is Author.BOT:
            if asked and message.citations:
                text = " / ".join(m.text for m in asked)
                yield Attempt(text=text[:300], seq=message.seq, citations=message.citations)
            asked = []


def _suggest(question: Line | None, knowledge: KnowledgeBase | None) -> tuple[str | None, Citation | None]:
    if question is None or knowledge is None:
        return None, None
    found = knowledge.search(question.text, limit=1, audience=Audience.AGENT)
    if not found.passages or found.confidence < 0.5:
        return None, None
    passage = found.passages[0]
    chunk = passage.chunk
    source = Citation(
        n=1,
        document_id=chunk.document_id,
        chunk_id=chunk.id,
        title=passage.document.title,
        heading_path=chunk.heading_path,
        quote=chunk.text,
        start=chunk.start,
        end=chunk.end,
    )
    # An agents' article is for reading, not for sending.
    public = passage.document.audience is Audience.PUBLIC
    return (chunk.text if public else None), source


_WORDS: dict[str, dict[str, Any]] = {
    "ko": {
        "who": "{name} 고객({tier}, {verified})",
        "guest": "확인되지 않은 고객",
        "verified": ("본인 확인 전", "본인 확인됨"),
        "asks": "문의: “{text}”",
        "none": "문의 내용 없이 상담사를 요청했습니다.",
        "tried": "도우미 안내 {n}건: {titles}",
        "untried": "도우미가 안내한 문서는 없습니다.",
        "facts": "말씀하신 정보: {facts}",
    },
    "en": {
        "who": "{name} ({tier}, {verified})",
        "guest": "Customer not identified",
        "verified": ("not verified", "verified"),
        "asks": "Asks: “{text}”",
        "none": "Asked for a person without naming a question.",
        "tried": "The assistant answered {n} times, from: {titles}",
        "untried": "The assistant has given no article yet.",
        "facts": "Named: {facts}",
    },
}


def _summary(
    lang: str,
    customer: Customer | None,
    verdict: Verdict,
    question: Line | None,
    facts: Sequence[Fact],
    tried: Sequence[Attempt],
) -> tuple[str, ...]:
    words = _WORDS.get(lang, _WORDS["en"])
    lines = [words["guest"]]
    if customer:
        verified = words["verified"][customer.verified]
        lines = [words["who"].format(name=customer.name, tier=customer.tier, verified=verified)]
    lines.append(words["asks"].format(text=question.text[:200]) if question else words["none"])
    if facts:
        lines.append(words["facts"].format(facts=", ".join(dict.fromkeys(f.value for f in facts[:8]))))
    titles = dict.fromkeys(c.title for attempt in tried for c in attempt.citations)
    shown = ", ".join(list(titles)[:4])
    lines.append(words["tried"].format(n=len(tried), titles=shown) if tried else words["untried"])
    return tuple(lines)
