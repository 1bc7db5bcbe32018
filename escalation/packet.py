"""The packet's records: what goes with a hand-off, as it is stored and shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ..knowledge import Citation
from .customers import Customer
from .facts import Fact, NamedOrder
from .promises import Promise
from .question import Line
from .verdict import Evidence


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Attempt(_Record):
    """A question that the assistant answered, and from what."""

    text: str
    seq: int
    citations: tuple[Citation, ...] = ()


class SummaryLine(_Record):
    """A line of the summary and the message that it rests on (None: the record, or several)."""

    text: str
    seq: int | None = None


class NextStep(_Record):
    """What to do next.

    Attributes:
        text: One sentence in the packet's language.
        texts: The same in each language that agents read.
        source: The article it rests on, None where it follows from the reasons alone.
        internal: The article is for agents only: nothing of it is for the customer.
    """

    text: str
    texts: dict[str, str] = Field(default_factory=dict)
    source: Citation | None = None
    internal: bool = False


class Handoff(_Record):
    """The packet.

    Attributes:
        verified: Whether the customer is known to be who they are.
        lang: The conversation's language.
        lang_supported: False where they write neither Korean nor English: the guard's word rules do not read it.
        reasons: Why a person was called, with the words that show it.
        question: The open question, verbatim; None where the customer only asked for a person.
        also: Other questions that stand open beside it.
        intent: What the matter is about, one of ``intents``.
        facts: What they named, what counts now first in each slot; corrected values are kept as ``superseded``.
        orders: The numbers among them, held against the customer's record.
        added: Lines that the customer added on the receipt.
        tried: What the assistant answered before, with sources.
        frustration: 0..3, the highest since the last human spoke.
        trend: The level of each customer message, in order.
        mood: ``rising``, ``falling`` or ``steady``.
        promises: What agents or the assistant promised, verbatim.
        summary: Short lines in the conversation's language.
        summaries: The same in each language that agents read, each line with its message.
        wording: Where a model worded summaries: ``model``, ``langs`` and the call's ``usage``; empty elsewhere.
        next_step: What to do next.
        suggested_reply: A public passage, verbatim, or None.
        suggested_source: Where the reply comes from, else the nearest article.
        masked: Slots of sensitive numbers that are masked here and can be unmasked by a supervisor.
        priority: As the verdict's: 0 low, 1 normal, 2 high, 3 urgent.
        queue: Where it waits, where a rule of the operator's says so.
        skill: What its agent should know, likewise.
    """

    customer: Customer | None
    verified: bool = False
    lang: str
    lang_supported: bool = True
    reasons: tuple[Evidence, ...]
    question: Line | None
    also: tuple[Line, ...] = ()
    intent: str = "other"
    facts: tuple[Fact, ...]
    orders: tuple[NamedOrder, ...] = ()
    added: tuple[Line, ...] = ()
    tried: tuple[Attempt, ...]
    frustration: int
    trend: tuple[int, ...]
    mood: str = "steady"
    promises: tuple[Promise, ...] = ()
    summary: tuple[str, ...]
    summaries: dict[str, tuple[SummaryLine, ...]] = Field(default_factory=dict)
    wording: dict[str, Any] = Field(default_factory=dict)
    next_step: NextStep | None = None
    suggested_reply: str | None = None
    suggested_source: Citation | None = None
    masked: tuple[str, ...] = ()
    priority: int = 1
    queue: str | None = None
    skill: str | None = None
    created_at: datetime
