"""The store: one transaction a step, seq and version in one counter, nothing ever overwritten."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, and_, insert, select, update

from ..knowledge import Citation
from .conversation import (
    Action,
    Author,
    Conversation,
    Event,
    EventKind,
    Message,
    NotFound,
    NotYours,
    Status,
    VersionConflict,
    next_status,
)
from .database import StoreError, open_database
from .events import EventBus, LocalBus
from .schema import conversations, events, messages

__all__ = ["ConversationStore", "Item", "NewEvent", "NewMessage", "Result", "SQLStore", "StoreError"]

Item = Message | Event


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message before the store gives it its seq and time; fields as in Message."""

    author: Author
    text: str
    author_id: str | None = None
    author_name: str | None = None
    client_id: str | None = None
    internal: bool = False
    citations: tuple[Citation, ...] = ()
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event before the store gives it its seq and time."""

    kind: EventKind
    payload: dict[str, Any]
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What a step did.

    Attributes:
        items: The stored messages and events; for a repeated request, those of the first time.
        repeated: The client id was known: nothing was changed.
    """

    conversation: Conversation
    items: tuple[Item, ...]
    repeated: bool = False


@runtime_checkable
class ConversationStore(Protocol):
    """Where conversations live. Every implementation passes tests/escalation/store_contract.py."""

    bus: EventBus

    def create(self, *, customer_id: str | None = None, lang: str = "ko") -> Conversation:
        """Start a conversation under a new unguessable id."""
        ...

    def get(self, conversation_id: str) -> Conversation:
        """The head of a conversation.

        Raises:
            NotFound: there is none.
        """
        ...

    def apply(
        self,
        conversation_id: str,
        action: Action,
        items: Sequence[NewMessage | NewEvent] = (),
        *,
        expected_version: int | None = None,
        holder: str | None = None,
        assignee: str | None = None,
        by: str | None = None,
        by_name: str | None = None,
        client_id: str | None = None,
        answered: int | None = None,
        lang: str | None = None,
    ) -> Result:
        """Take one step of the state machine, in one transaction: all of it is stored, or nothing.

        A change of status or owner is recorded as a status event by itself, behind ``items`` (a reopening before).

        Args:
            expected_version: Fail unless the conversation is still at this version.
            holder: Fail unless this agent holds it.
            assignee: Who holds it afterwards (``claim``).
            by: Who acts, for the status event; ``by_name`` as people read it.
            client_id: The request's own id: a step with a known one is not taken again.
            answered: Customer messages up to this seq are answered now.
            lang: The conversation's language from now on.

        Raises:
            NotFound: there is no such conversation.
            InvalidTransition: the state machine has no such step.
            NotYours: ``holder`` does not hold it, or a claim came second.
            VersionConflict: it moved on.
        """
        ...

    def items(self, conversation_id: str, after: int = 0) -> list[Item]:
        """Messages and events behind a seq, in order."""
        ...

    def list(self, statuses: Iterable[Status] | None = None, *, limit: int | None = 500) -> list[Conversation]:
        """Conversations by status, the latest touched first; ``limit`` None: all of them."""
        ...

    def unanswered(self) -> list[str]:
        """Ids of conversations that the assistant owns and owes an answer."""
        ...

    def last_event(self, conversation_id: str, kind: EventKind) -> Event | None:
        """The newest event of a kind."""
        ...

    def close(self) -> None:
        """Release connections."""
        ...


class SQLStore:
    """The store on SQLAlchemy: SQLite (WAL) by default, any transactional database by its URL.

    Args:
        url: ``sqlite:///file``, ``sqlite://`` (memory) or another SQLAlchemy URL.
        bus: Told after every commit.
        durable: Wait for the disk at each commit; False for stores that are thrown away.

    Raises:
        StoreError: the database cannot be opened or migrated.
    """

    def __init__(self, url: str = "sqlite://", bus: EventBus | None = None, *, durable: bool = True) -> None:
        self.engine: Engine = open_database(url, durable=durable)
        self.bus: EventBus = bus or LocalBus()

    def create(self, *, customer_id: str | None = None, lang: str = "ko") -> Conversation:
        """Start a conversation under a new unguessable id."""
        now = datetime.now(UTC)
        made = Conversation(
            id=secrets.token_urlsafe(18), customer_id=customer_id, lang=lang, created_at=now, updated_at=now
        )
        with self._write() as connection:
            connection.execute(insert(conversations).values(**made.model_dump()))
        return made

    def get(self, conversation_id: str) -> Conversation:
        """The head of a conversation."""
        with self.engine.connect() as connection:
            return self._head(connection, conversation_id)

    def apply(
        self,
        conversation_id: str,
        action: Action,
        items: Sequence[NewMessage | NewEvent] = (),
        *,
        expected_version: int | None = None,
        holder: str | None = None,
        assignee: str | None = None,
        by: str | None = None,
        by_name: str | None = None,
        client_id: str | None = None,
        answered: int | None = None,
        lang: str | None = None,
    ) -> Result:
        """Take one step of the state machine, in one transaction (see ConversationStore)."""
        with self._write() as connection:
            head = self._head(connection, conversation_id, lock=True)
            keys = {client_id, *(item.client_id for item in items)} - {None}
            if keys and (known := self._known(connection, conversation_id, keys)):
                return Result(head, tuple(known), repeated=True)
            if expected_version is not None and head.version != expected_version:
                raise VersionConflict(f"{conversation_id} is at {head.version}, not at {expected_version}")
            if action is Action.CLAIM and head.status is Status.HUMAN:
                raise NotYours(head.assignee)
            if holder is not None and (head.status is not Status.HUMAN or head.assignee != holder):
                raise NotYours(head.assignee)
            after = self._after(head, action, assignee)
            new: list[NewMessage | NewEvent] = list(items)
            if (after["status"], after["assignee"]) != (head.status, head.assignee):
                step = "reopen" if action is Action.RECEIVE else str(action)
                payload = {"action": step, "from": head.status, "to": after["status"]}
                payload |= {"by": by, "by_name": by_name}
                change = NewEvent(EventKind.STATUS, payload, client_id)
                # Read in order: reopened, then the message; the holding message, then "waiting".
                new = [change, *new] if action is Action.RECEIVE else [*new, change]
            stored = [self._put(connection, head, head.version + n, item) for n, item in enumerate(new, 1)]
            after |= {
                "version": head.version + len(new),
                "answered": head.answered,
                "lang": lang or head.lang,
            }
            if answered is not None:
                after["answered"] = max(head.answered, answered)
            connection.execute(update(conversations).where(conversations.c.id == head.id).values(**after))
        moved = head.model_copy(update=after)
        self.bus.publish(moved.id, moved.version)
        return Result(moved, tuple(stored))

    def items(self, conversation_id: str, after: int = 0) -> list[Item]:
        """Messages and events behind a seq, in order."""
        with self.engine.connect() as connection:
            # The version first: a step between the two look-ups (PostgreSQL) must not show its events alone.
            version = connection.execute(
                select(conversations.c.version).where(conversations.c.id == conversation_id)
            ).scalar()
            return self._items(connection, conversation_id, lambda c: and_(c.seq > after, c.seq <= (version or 0)))

    def list(self, statuses: Iterable[Status] | None = None, *, limit: int | None = 500) -> list[Conversation]:
        """Conversations by status, the latest touched first; ``limit`` None: all of them."""
        query = select(conversations).order_by(conversations.c.updated_at.desc()).limit(limit)
        if statuses is not None:
            query = query.where(conversations.c.status.in_([str(status) for status in statuses]))
        with self.engine.connect() as connection:
            return [Conversation.model_validate(dict(row)) for row in connection.execute(query).mappings()]

    def unanswered(self) -> list[str]:
        """Ids of conversations that the assistant owns and owes an answer."""
        waiting = and_(
            messages.c.conversation_id == conversations.c.id,
            messages.c.author == Author.CUSTOMER,
            messages.c.seq > conversations.c.answered,
        )
        query = select(conversations.c.id).where(
            conversations.c.status == Status.BOT, select(messages.c.seq).where(waiting).exists()
        )
        with self.engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def last_event(self, conversation_id: str, kind: EventKind) -> Event | None:
        """The newest event of a kind."""
        query = select(events).where(events.c.conversation_id == conversation_id, events.c.kind == kind)
        with self.engine.connect() as connection:
            row = connection.execute(query.order_by(events.c.seq.desc()).limit(1)).mappings().first()
        return _event(row) if row else None

    def close(self) -> None:
        """Release connections."""
        self.engine.dispose()

    def _write(self):
        return self.engine.execution_options(write=True).begin()

    def _head(self, connection: Connection, conversation_id: str, *, lock: bool = False) -> Conversation:
        query = select(conversations).where(conversations.c.id == conversation_id)
        row = connection.execute(query.with_for_update() if lock else query).mappings().first()
        if row is None:
            raise NotFound(f"no conversation {conversation_id!r}")
        return Conversation.model_validate(dict(row))

    def _known(self, connection: Connection, conversation_id: str, keys: set[str | None]) -> list[Item]:
        return self._items(connection, conversation_id, lambda c: c.client_id.in_(keys))

    def _items(
        self, connection: Connection, conversation_id: str, wanted: Callable[[Any], ColumnElement[bool]]
    ) -> list[Item]:
        found = [
            build(row)
            for table, build in ((messages, _message), (events, _event))
            for row in connection.execute(
                select(table).where(table.c.conversation_id == conversation_id, wanted(table.c))
            ).mappings()
        ]
        return sorted(found, key=lambda item: item.seq)

    def _after(self, head: Conversation, action: Action, assignee: str | None) -> dict[str, Any]:
        status = next_status(head.status, action)
        now = datetime.now(UTC)
        waiting_since = None
        if status is Status.WAITING:
            waiting_since = head.waiting_since or now
        holder = None
        if status is Status.HUMAN:
            holder = assignee or head.assignee
        return {"status": status, "assignee": holder, "updated_at": now, "waiting_since": waiting_since}

    def _put(self, connection: Connection, head: Conversation, seq: int, item: NewMessage | NewEvent) -> Item:
        now = datetime.now(UTC)
        base = {"conversation_id": head.id, "seq": seq, "created_at": now, "client_id": item.client_id}
        if isinstance(item, NewEvent):
            row: dict[str, Any] = base | {"kind": str(item.kind), "payload": item.payload}
            connection.execute(insert(events).values(**row))
            return Event.model_validate(row)
        row = base | {
            "author": str(item.author),
            "text": item.text,
            "author_id": item.author_id,
            "author_name": item.author_name,
            "internal": item.internal,
            "citations": [citation.model_dump(mode="json") for citation in item.citations],
            "meta": item.meta,
        }
        connection.execute(insert(messages).values(**row))
        return Message.model_validate(row)


def _message(row: RowMapping) -> Message:
    return Message.model_validate(dict(row))


def _event(row: RowMapping) -> Event:
    return Event.model_validate(dict(row))
