"""The handoff receipt: what the customer sees was passed on, and how they correct it or add to it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from .conversation import Action, Author, ConversationError, EventKind, Status
from .masking import Vault, mask
from .packet import Handoff
from .store import ConversationStore, NewMessage, Result
from .summary import LANGUAGES
from .summary_words import SLOTS

LONGEST = 500
"""Characters of a correction or of an added line."""
_OPEN = (Status.WAITING, Status.HUMAN)

_WORDS = {
    "ko": {
        "title": "상담사에게 이렇게 전달했어요",
        "name": "고객님 성함",
        "question": "문의 내용",
        "also": "함께 물으신 내용",
        "tried": "지금까지 안내해 드린 글",
        "added": "덧붙이신 내용",
        "correct": "정정합니다. {label}: {value}",
        "add": "{value}",
    },
    "en": {
        "title": "This is what we passed on",
        "name": "Your name",
        "question": "Your question",
        "also": "You also asked",
        "tried": "Articles you have been given",
        "added": "You added",
        "correct": "Correction, {label}: {value}",
        "add": "{value}",
    },
}


class ReceiptLine(BaseModel):
    """One line of the receipt.

    Attributes:
        id: Names the line in a correction; stays the same while the line says the same.
        label: What it is, in the receipt's language.
        text: What was passed on.
        seq: The customer's message it comes from; None for what is on record or was answered.
        editable: Whether it can be corrected.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    label: str
    text: str
    seq: int | None = None
    editable: bool = True


class Receipt(BaseModel):
    """What the customer sees of a packet: their own matter, and no judgement of theirs."""

    model_config = ConfigDict(frozen=True)

    title: str
    lang: str
    lines: tuple[ReceiptLine, ...]


class ReceiptError(ConversationError):
    """A receipt cannot be changed as asked.

    Attributes:
        code: ``no_receipt`` (nobody was called, or it is over), ``no_line`` (it says something else by now),
            ``empty`` or ``too_long``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def receipt(packet: Handoff, lang: str) -> Receipt:
    """What the customer is shown: question, facts and articles; sensitive numbers masked as in the packet.

    Why a person was called, the mood, notes and advice to the agent stay inside.

    Args:
        lang: ``ko`` or ``en``; English where it is neither.
    """
    lang = lang if lang in LANGUAGES else "en"
    words, lines = _WORDS[lang], list[ReceiptLine]()
    if packet.customer and packet.customer.name:
        lines.append(ReceiptLine(id="name", label=words["name"], text=packet.customer.name, editable=False))
    if packet.question:
        lines.append(
            ReceiptLine(id="question", label=words["question"], text=packet.question.text, seq=packet.question.seq)
        )
    lines += [
        ReceiptLine(id=f"also:{a.seq}", label=words["also"], text=a.text, seq=a.seq, editable=False)
        for a in packet.also
    ]
    lines += [
        ReceiptLine(
            id=f"{fact.slot}:{fact.value}",
            label=SLOTS[lang].get(fact.slot, fact.slot),
            text=fact.value,
            seq=fact.seq,
        )
        for fact in packet.facts
        if not fact.superseded
    ]
    titles = dict.fromkeys(c.title for attempt in packet.tried for c in attempt.citations)
    lines += [
        ReceiptLine(id=f"tried:{n}", label=words["tried"], text=title, editable=False)
        for n, title in enumerate(titles, 1)
    ]
    lines += [
        ReceiptLine(id=f"added:{a.seq}", label=words["added"], text=a.text, seq=a.seq, editable=False)
        for a in packet.added
    ]
    return Receipt(title=words["title"], lang=lang, lines=tuple(lines))


def newest_packet(store: ConversationStore, conversation_id: str) -> Handoff | None:
    """The conversation's newest packet; None where there is none, or another version wrote it."""
    event = store.last_event(conversation_id, EventKind.HANDOFF)
    if event is None:
        return None
    try:
        return Handoff.model_validate(event.payload)
    except ValidationError:
        return None


def open_receipt(store: ConversationStore, conversation_id: str) -> Receipt | None:
    """The receipt of a conversation that waits for a person or is with one; None otherwise.

    Raises:
        NotFound: no such conversation.
    """
    head = store.get(conversation_id)
    packet = newest_packet(store, conversation_id) if head.status in _OPEN else None
    return receipt(packet, head.lang) if packet else None


def correct_line(
    store: ConversationStore,
    conversation_id: str,
    line_id: str,
    text: str,
    *,
    vault: Vault | None = None,
    client_id: str | None = None,
) -> Result:
    """The customer puts a line right: a message of theirs, so that it stands in the transcript for everybody.

    Args:
        line_id: As the receipt names it.
        text: What is right.
        client_id: The request's own id: sent twice, it happens once.

    Raises:
        ReceiptError: see there.
        NotFound: no such conversation.
    """
    shown = open_receipt(store, conversation_id)
    if shown is None:
        raise ReceiptError("no_receipt")
    line = next((each for each in shown.lines if each.id == line_id and each.editable), None)
    if line is None:
        raise ReceiptError("no_line")
    value = _checked(text)
    change: dict[str, Any] = {"op": "correct", "line": line.id.split(":")[0], "old": line.text}
    if line.id != "question":
        change["slot"] = line.id.split(":")[0]
    said = _WORDS[shown.lang]["correct"].format(label=line.label, value=value)
    return _say(store, conversation_id, said, change | {"value": mask(value)[0]}, vault, client_id)


def add_line(
    store: ConversationStore,
    conversation_id: str,
    text: str,
    *,
    vault: Vault | None = None,
    client_id: str | None = None,
) -> Result:
    """The customer adds what is missing, as a message of theirs.

    Raises:
        ReceiptError: see there.
        NotFound: no such conversation.
    """
    if open_receipt(store, conversation_id) is None:
        raise ReceiptError("no_receipt")
    return _say(store, conversation_id, _checked(text), {"op": "add"}, vault, client_id)


def _checked(text: str) -> str:
    text = " ".join(text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8").split())
    if not text:
        raise ReceiptError("empty")
    if len(text) > LONGEST:
        raise ReceiptError("too_long")
    return text


def _say(
    store: ConversationStore,
    conversation_id: str,
    text: str,
    change: dict[str, Any],
    vault: Vault | None,
    client_id: str | None,
) -> Result:
    masked, secrets = mask(text)
    meta: dict[str, Any] = {"receipt": change}
    if secrets and vault:
        meta["sealed"] = vault.seal(conversation_id, secrets)
    message = NewMessage(Author.CUSTOMER, masked, client_id=client_id, meta=meta)
    return store.apply(conversation_id, Action.RECEIVE, [message])
