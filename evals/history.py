"""Stored conversations as the guard met them: turns with their verdicts, and what it saw of each draft."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from ..escalation import (
    Author,
    Conversation,
    ConversationStore,
    Decision,
    Draft,
    Event,
    EventKind,
    Message,
    Reason,
    Status,
    Verdict,
)
from ..escalation.store import Item
from ..escalation.verdict import DraftKind
from ..knowledge import Citation


def _cited(n: int, document_id: str = "") -> Citation:
    return Citation(n=n, document_id=document_id, chunk_id="", title="", heading_path=(), quote="", start=0, end=0)


@dataclass(slots=True)
class Step:
    """One turn that the guard judged, or would have judged had a person not been called before.

    Attributes:
        before: What was said since the last step, the owed messages of the customer among it.
        verdict: As stored; None while a person was waited for.
        reply: The assistant's stored message.
    """

    before: tuple[Message, ...]
    verdict: Verdict | None
    reply: Message | None = None

    @property
    def seq(self) -> int:
        """Where its last message stands."""
        return self.before[-1].seq


@dataclass(slots=True)
class Part:
    """A conversation up to where a person took it, gave it back or closed it.

    Attributes:
        number: From 1 in its conversation.
        customer_id: Whose it is, where that is known.
        earlier: What was said in the parts before.
        helped: A person wrote to the customer at its end.
    """

    conversation_id: str
    number: int
    lang: str
    earlier: tuple[Message, ...] = ()
    steps: list[Step] = field(default_factory=list)
    helped: bool = False
    customer_id: str | None = None

    @property
    def stored(self) -> list[str]:
        """What was decided."""
        return [str(step.verdict.decision) if step.verdict else "silent" for step in self.steps]

    @property
    def needed(self) -> int | None:
        """The turn from which a person was needed, as far as history shows; None where none was.

        The first at which the customer asked for one (or took up an offer); else, where a person wrote to them
        afterwards, the one at which that person was called.
        """
        for place, step in enumerate(self.steps):
            if step.verdict and Reason.EXPLICIT_REQUEST in step.verdict.reasons:
                return place
        if not self.helped:
            return None
        called = [n for n, decision in enumerate(self.stored) if decision == Decision.HAND_OFF]
        return called[0] if called else len(self.steps) - 1


def read_history(store: ConversationStore) -> list[Part]:
    """All stored conversations in parts; those without a judged turn are left out."""
    parts: list[Part] = []
    for head in store.list(limit=10_000_000):
        parts += _parts(head, store.items(head.id))
    return sorted(parts, key=lambda part: (part.conversation_id, part.number))


def _parts(head: Conversation, items: Iterable[Item]) -> list[Part]:
    parts = [Part(head.id, 1, head.lang, customer_id=head.customer_id)]
    heard: list[Message] = []
    since: list[Message] = []
    status = Status.BOT
    for item in items:
        part = parts[-1]
        if isinstance(item, Message):
            heard.append(item)
            if item.author is Author.BOT and part.steps and part.steps[-1].reply is None:
                part.steps[-1].reply = item
                continue
            since.append(item)
            if item.author is Author.AGENT and not item.internal:
                part.helped = True
            if status is Status.WAITING and item.author is Author.CUSTOMER:
                part.steps.append(Step(tuple(since), None))
                since = []
        elif item.kind is EventKind.VERDICT and (verdict := _read(item)) and since:
            part.steps.append(Step(tuple(since), verdict))
            since = []
        elif item.kind is EventKind.STATUS:
            was, status = status, Status(item.payload.get("to", status))
            if status is Status.BOT and was in (Status.HUMAN, Status.CLOSED):
                parts.append(replace(part, number=part.number + 1, earlier=tuple(heard), steps=[], helped=False))
                since = []
    return [part for part in parts if any(step.verdict for step in part.steps)]


def _read(event: Event) -> Verdict | None:
    try:
        return Verdict.model_validate(event.payload)
    except ValidationError:  # written by another version
        return None


def draft_of(step: Step) -> Draft | None:
    """What the guard saw of the draft; None where none was made (a hard rule had decided).

    Verdicts of before these facts were stored: read from the rule that fired and from the reply.
    """
    verdict = step.verdict
    if verdict is None:
        return None
    signals = verdict.signals
    kind, cited, near = signals.get("draft"), signals.get("cited", 0), signals.get("near", 0)
    if "draft" not in signals:
        kind, cited, near = _guessed(verdict, step.reply)
    if kind is None:
        return None
    found = [citation.document_id for citation in step.reply.citations] if step.reply else []
    confidence = float(signals.get("confidence", verdict.confidence))
    return Draft(
        text="",
        kind=DraftKind(kind),
        citations=tuple(_cited(n + 1, found[n] if n < len(found) else "") for n in range(cited)),
        confidence=confidence,
        near=("",) * near,
    )


def _guessed(verdict: Verdict, reply: Message | None) -> tuple[str | None, int, int]:
    cited = len(reply.citations) if reply else 0
    if verdict.signals.get("small_talk"):
        return DraftKind.SMALLTALK, 0, 0
    if verdict.rule in ("nothing_found", "ungrounded"):
        return DraftKind.NOT_FOUND, 0, 0
    if verdict.rule in ("unclear", "unclear_again"):
        return DraftKind.ANSWER, 1, 1
    return (
        (DraftKind.ANSWER, max(cited, 1), 1)
        if verdict.rule in ("answer", "same_question", "upset")
        else (None, 0, 0)
    )
