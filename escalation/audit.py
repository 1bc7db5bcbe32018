"""Who looked at a masked number, and when: a line before every look, in a table that is only added to."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from .accounts import HumanAgent
from .conversation import Action, ConversationError, Event, EventKind, Message, NotFound
from .masking import Vault
from .store import ConversationStore, NewEvent

LONGEST_REASON = 300
"""Characters of a reason that are kept."""


class NotAllowed(ConversationError):
    """The agent's role does not permit it."""


class Unmasked(BaseModel):
    """A sensitive number as it was written.

    Attributes:
        start: Where its mask begins in the message's text.
        end: Just behind it.
        value: None where it was not kept (a card's security code) or its key is gone.
    """

    model_config = ConfigDict(frozen=True)

    slot: str
    start: int
    end: int
    value: str | None


class AuditLine(BaseModel):
    """One look: who, at which message's numbers, of what kind, why and when."""

    model_config = ConfigDict(frozen=True)

    conversation_id: str
    seq: int
    by: str
    by_name: str
    message: int
    slots: tuple[str, ...]
    reason: str
    at: datetime


def unmask(
    store: ConversationStore,
    vault: Vault | None,
    agent: HumanAgent,
    conversation_id: str,
    seq: int,
    *,
    reason: str = "",
) -> tuple[Unmasked, ...]:
    """The true values of a message's masked numbers; the look is on record before they are returned.

    Args:
        store: Where the message is and the line goes.
        vault: Holds the key; None: nothing can be unsealed.
        agent: Must be a supervisor or an admin.
        seq: The message.
        reason: Why, in the agent's words.

    Raises:
        NotAllowed: the agent's role does not permit it.
        NotFound: no such conversation, or no masked number in that message.
    """
    if not agent.supervises:
        raise NotAllowed(f"{agent.id} may not see masked numbers")
    message = next(
        (i for i in store.items(conversation_id, seq - 1) if i.seq == seq and isinstance(i, Message)), None
    )
    sealed = message.meta.get("sealed", []) if message else []
    if not sealed:
        raise NotFound(f"nothing is masked in message {seq}")
    line = {
        "by": agent.id,
        "by_name": agent.name,
        "message": seq,
        "slots": sorted({each["slot"] for each in sealed}),
        "reason": reason.strip()[:LONGEST_REASON],
    }
    store.apply(conversation_id, Action.RECORD, [NewEvent(EventKind.UNMASK, line)])
    return tuple(
        Unmasked(
            slot=each["slot"],
            start=each["start"],
            end=each["end"],
            value=vault.unseal(conversation_id, each) if vault else None,
        )
        for each in sealed
    )


def audit_lines(store: ConversationStore, conversation_id: str) -> tuple[AuditLine, ...]:
    """Every look at a conversation's masked numbers, the oldest first."""
    return tuple(
        AuditLine(conversation_id=conversation_id, seq=item.seq, at=item.created_at, **item.payload)
        for item in store.items(conversation_id)
        if isinstance(item, Event) and item.kind is EventKind.UNMASK
    )
