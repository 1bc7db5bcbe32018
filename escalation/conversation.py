"""A conversation's states as one pure table, and the records it is made of."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ..knowledge import Citation


class Status(StrEnum):
    """Who owns the conversation: the assistant, nobody yet (a person is called), a person, nobody any more."""

    BOT = "bot"
    WAITING = "waiting"
    HUMAN = "human"
    CLOSED = "closed"


class Author(StrEnum):
    """Who wrote a message; ``agent`` is always a person."""

    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class Action(StrEnum):
    """Everything that can happen to a conversation."""

    RECEIVE = "receive"
    ANSWER = "answer"
    HAND_OFF = "hand_off"
    CLAIM = "claim"
    REPLY = "reply"
    NOTE = "note"
    TRANSFER = "transfer"
    HAND_BACK = "hand_back"
    CLOSE = "close"
    RECORD = "record"


TRANSITIONS: dict[tuple[Status, Action], Status] = {
    (Status.BOT, Action.RECEIVE): Status.BOT,
    (Status.BOT, Action.ANSWER): Status.BOT,
    (Status.BOT, Action.HAND_OFF): Status.WAITING,
    (Status.BOT, Action.CLAIM): Status.HUMAN,
    (Status.BOT, Action.CLOSE): Status.CLOSED,
    (Status.WAITING, Action.RECEIVE): Status.WAITING,
    (Status.WAITING, Action.CLAIM): Status.HUMAN,
    (Status.WAITING, Action.NOTE): Status.WAITING,
    (Status.WAITING, Action.CLOSE): Status.CLOSED,
    (Status.HUMAN, Action.RECEIVE): Status.HUMAN,
    (Status.HUMAN, Action.REPLY): Status.HUMAN,
    (Status.HUMAN, Action.NOTE): Status.HUMAN,
    (Status.HUMAN, Action.TRANSFER): Status.WAITING,
    (Status.HUMAN, Action.HAND_BACK): Status.BOT,
    (Status.HUMAN, Action.CLOSE): Status.CLOSED,
    # A message after the end opens the conversation again: nothing a customer typed is ever lost.
    (Status.CLOSED, Action.RECEIVE): Status.BOT,
    (Status.CLOSED, Action.NOTE): Status.CLOSED,
    # Something is put on record (a newer packet, who looked at a masked number): nothing changes hands.
    (Status.BOT, Action.RECORD): Status.BOT,
    (Status.WAITING, Action.RECORD): Status.WAITING,
    (Status.HUMAN, Action.RECORD): Status.HUMAN,
    (Status.CLOSED, Action.RECORD): Status.CLOSED,
}
"""The whole state machine: what is not in it cannot happen."""


class ConversationError(Exception):
    """Base of what can be wrong with a request about a conversation.

    ConversationError
    ├── NotFound            no such conversation
    ├── InvalidTransition   the table has no such step
    ├── NotYours            somebody else holds it; says who
    └── VersionConflict     it moved on since the caller looked
    """


class NotFound(ConversationError):
    """No conversation has this id."""


class InvalidTransition(ConversationError):
    """The action cannot happen in this status."""

    def __init__(self, status: Status, action: Action) -> None:
        super().__init__(f"cannot {action} a conversation that is {status}")
        self.status, self.action = status, action


class NotYours(ConversationError):
    """Another agent holds the conversation (``holder`` is their id, None when nobody does)."""

    def __init__(self, holder: str | None) -> None:
        super().__init__(f"held by {holder}" if holder else "held by nobody")
        self.holder = holder


class VersionConflict(ConversationError):
    """The conversation's version is not the expected one any more."""


def next_status(status: Status, action: Action) -> Status:
    """The status after an action.

    Raises:
        InvalidTransition: the table has no such step.
    """
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise InvalidTransition(status, action) from None


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Conversation(_Record):
    """The head of a conversation.

    Attributes:
        version: The seq of the newest message or event; every change raises it.
        answered: Customer messages up to this seq need no answer from the assistant any more.
        assignee: Id of the human agent who holds it (status ``human``), else None.
        waiting_since: When a person was called and nobody has claimed yet.
    """

    id: str
    customer_id: str | None = None
    lang: str = "ko"
    status: Status = Status.BOT
    assignee: str | None = None
    version: int = 0
    answered: int = 0
    created_at: datetime
    updated_at: datetime
    waiting_since: datetime | None = None


class Message(_Record):
    """One line of the transcript.

    Attributes:
        seq: Place in the conversation, shared with events, from 1.
        client_id: The sender's own id of it: a retry with the same one is the same message.
        internal: A note that only agents see.
        meta: ``choices`` (texts offered as chips), ``decision``, ``holding``; ``sealed``: numbers that are masked
            in the text; ``receipt``: what of the handoff receipt this message corrects or adds.
    """

    conversation_id: str
    seq: int
    author: Author
    text: str
    author_id: str | None = None
    author_name: str | None = None
    client_id: str | None = None
    internal: bool = False
    citations: tuple[Citation, ...] = ()
    meta: dict[str, Any] = Field(default_factory=dict)
    created_at: datetime


class EventKind(StrEnum):
    """What an event records; verdict, handoff and unmask events are for agents' eyes only."""

    STATUS = "status"
    VERDICT = "verdict"
    HANDOFF = "handoff"
    UNMASK = "unmask"


class Event(_Record):
    """Something that happened besides a message.

    Attributes:
        payload: ``status``: action, from, to, by, by_name; ``verdict``: a Verdict; ``handoff``: a Handoff;
            ``unmask``: by, by_name, message (its seq), slots, reason.
    """

    conversation_id: str
    seq: int
    kind: EventKind
    payload: dict[str, Any]
    created_at: datetime
