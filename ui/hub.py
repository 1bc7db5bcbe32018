"""Who is listening: turns the store's notifications into items on open WebSockets.

A notification only says "look"; each connection fetches what lies behind its own last seq, so nothing is lost
or doubled however notifications come, and a slow reader delays nobody else.
"""

from __future__ import annotations

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from ..agent import Batonpass
from ..escalation import Conversation, EventKind, HumanAgent, NotFound
from .views import customer_head, customer_item, customer_record, desk_item, desk_row

log = logging.getLogger(__name__)

T = TypeVar("T")
TYPING_EVERY = 1.0
"""Seconds between two typing notices of one sender that are passed on."""


class SessionOverError(Exception):
    """The agent logged out, or their account is gone."""


class Connection(ABC):
    """One WebSocket with a pump that sends what is new whenever it is poked."""

    def __init__(self, hub: Hub, socket: WebSocket) -> None:
        self.hub = hub
        self.socket = socket
        self.poked = asyncio.Event()
        self.poked.set()
        self._sending = asyncio.Lock()

    async def send(self, frame: dict[str, Any]) -> None:
        """Send one frame; a connection that is gone is no error."""
        async with self._sending:
            if self.socket.application_state is not WebSocketState.CONNECTED:
                return
            try:
                await self.socket.send_json(frame)
            except (WebSocketDisconnect, RuntimeError):
                self.hub.remove(self)

    @abstractmethod
    async def refuse(self, request_id: Any = None) -> None:
        """Answer a frame that is none."""

    async def close(self, code: int) -> None:
        """End it; the reader of the socket sees that it is over."""
        self.hub.remove(self)
        async with self._sending:
            if self.socket.application_state is WebSocketState.CONNECTED:
                with suppress(WebSocketDisconnect, RuntimeError):
                    await self.socket.close(code)

    async def pump(self) -> None:
        """Send what is new, until there is nobody to send it to."""
        while True:
            await self.poked.wait()
            self.poked.clear()
            try:
                await self.flush()
            except (NotFound, SessionOverError):
                await self.close(4401)
                return
            except Exception:
                log.exception("cannot read on, trying again")
                await asyncio.sleep(1)
                self.poked.set()

    @abstractmethod
    async def flush(self) -> None:
        """Fetch and send what lies behind the last seq."""


class ChatConnection(Connection):
    """A customer's tab."""

    def __init__(self, hub: Hub, socket: WebSocket, conversation_id: str, after: int) -> None:
        super().__init__(hub, socket)
        self.conversation_id = conversation_id
        self._after = after
        self._greeted = False
        self._version = -1

    async def flush(self) -> None:
        """Send the head and the items behind the last seq; ``hello`` the first time."""
        head, items, name = await asyncio.to_thread(self._look)
        if self._greeted and head.version == self._version:
            return
        shown = [view for item in items if (view := customer_item(item))]
        frame: dict[str, Any] = {
            "type": "items" if self._greeted else "hello",
            "conversation": customer_head(head, name),
            "items": shown,
        }
        if not self._greeted:
            frame["now"] = self.hub.now()
        self._greeted, self._version = True, head.version
        self._after = head.version
        await self.send(frame)

    async def refuse(self, request_id: Any = None) -> None:
        """``bad_request``."""
        await self.send({"type": "error", "id": request_id, "code": "bad_request"})

    def _look(self) -> tuple[Conversation, list[Any], str | None]:
        head, items = self.hub.read(self.conversation_id, self._after)
        return head, items, self.hub.agent_name(head)


class DeskConnection(Connection):
    """An agent's tab.

    Args:
        hub: Where it is kept.
        socket: The open WebSocket.
        agent: Who it belongs to.
        session: Looks up whose session it is now; asked before anything is shown.
    """

    def __init__(
        self, hub: Hub, socket: WebSocket, agent: HumanAgent, session: Callable[[], HumanAgent | None]
    ) -> None:
        super().__init__(hub, socket)
        self.agent = agent
        self._session = session
        self.dirty: set[str] = set()
        self.open: str | None = None
        self._after = 0
        self._full = False
        self._watches = 0
        self._greeted = False

    def watch(self, conversation_id: str, after: int) -> None:
        """Show this conversation from now on."""
        self.open, self._after, self._full = conversation_id, after, True
        self._watches += 1
        self.poked.set()

    async def flush(self) -> None:
        """Send changed queue rows, and the open conversation's new items.

        Raises:
            SessionOverError: the agent is not logged in any more.
        """
        changed, self.dirty = self.dirty, set()
        try:
            if not self._greeted:
                queue = await self._fetch(self.hub.queue)
                me = self.agent.model_dump(mode="json")
                await self.send({"type": "hello", "me": me, "queue": queue, "now": self.hub.now()})
                self._greeted = True
            if changed:
                rows = await self._fetch(lambda: [row for c in changed if (row := self.hub.row(c))])
                if rows:
                    await self.send({"type": "queue", "rows": rows})
            if self.open and (self._full or self.open in changed):
                await self._show(self.open)
        except Exception:
            self.dirty |= changed  # tried again, not forgotten
            raise

    async def refuse(self, request_id: Any = None) -> None:
        """``invalid``."""
        await self.send({"type": "result", "id": request_id, "ok": False, "code": "invalid"})

    async def _fetch(self, read: Callable[[], T]) -> T:
        def look() -> T:
            found = read()
            # Asked after reading: what is shown was there while the agent was still logged in.
            if self._session() is None:
                raise SessionOverError
            return found

        return await asyncio.to_thread(look)

    async def _show(self, conversation_id: str) -> None:
        full, after, watches = self._full, self._after, self._watches
        frame = await self._fetch(lambda: self.hub.desk_frame(conversation_id, after, full))
        if watches != self._watches:
            return  # opened again meanwhile, this one or another: that is answered next, and whole
        self._full = False
        if frame is None:
            self.open = None
            await self.send({"type": "result", "id": None, "ok": False, "code": "not_found"})
            return
        self._after = frame["conversation"]["version"]
        await self.send(frame)


class Hub:
    """All open connections of this process.

    Args:
        parts: The running Batonpass.
    """

    def __init__(self, parts: Batonpass) -> None:
        self.parts = parts
        self.chats: dict[str, set[ChatConnection]] = {}
        self.desks: set[DeskConnection] = set()
        self._rows: OrderedDict[str, tuple[int, dict[str, Any]]] = OrderedDict()
        self._typed: dict[tuple[str, str | None], float] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = lambda: None

    def start(self) -> None:
        """Listen to the store's bus (in the event loop's thread)."""
        loop = self._loop = asyncio.get_running_loop()

        def listener(conversation_id: str, seq: int) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self.poke, conversation_id)

        self._stop = self.parts.store.bus.subscribe(listener)

    def stop(self) -> None:
        """Stop listening."""
        self._stop()

    def add(self, connection: Connection) -> None:
        """Take a connection in."""
        if isinstance(connection, ChatConnection):
            self.chats.setdefault(connection.conversation_id, set()).add(connection)
        elif isinstance(connection, DeskConnection):
            self.desks.add(connection)

    def remove(self, connection: Connection) -> None:
        """Forget a connection."""
        if isinstance(connection, ChatConnection):
            tabs = self.chats.get(connection.conversation_id, set())
            tabs.discard(connection)
            if not tabs:
                self.chats.pop(connection.conversation_id, None)
        elif isinstance(connection, DeskConnection):
            self.desks.discard(connection)

    def poke(self, conversation_id: str) -> None:
        """Have everybody who sees this conversation look."""
        for chat in self.chats.get(conversation_id, ()):
            chat.poked.set()
        for desk in self.desks:
            desk.dirty.add(conversation_id)
            desk.poked.set()

    def progress(self, conversation_id: str, stage: str | None) -> None:
        """Tell the customer what the assistant is doing; callable from any thread."""
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(
                self._tell_chats, conversation_id, {"type": "progress", "stage": stage}
            )

    def typing(self, conversation_id: str, name: str | None) -> None:
        """Pass on that an agent (by name) or the customer (None) is typing."""
        key, now = (conversation_id, name), time.monotonic()
        if now - self._typed.get(key, -TYPING_EVERY) < TYPING_EVERY:
            return
        self._typed[key] = now
        if len(self._typed) > 10_000:
            self._typed.clear()
        if name:
            self._tell_chats(conversation_id, {"type": "typing", "name": name})
            return
        for desk in list(self.desks):
            if desk.open == conversation_id:
                self._spawn(desk.send({"type": "typing", "conversation": conversation_id}))

    def _tell_chats(self, conversation_id: str, frame: dict[str, Any]) -> None:
        for chat in list(self.chats.get(conversation_id, ())):
            self._spawn(chat.send(frame))

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        _RUNNING.add(task)
        task.add_done_callback(_RUNNING.discard)

    def read(self, conversation_id: str, after: int) -> tuple[Conversation, list[Any]]:
        """The head and the items behind a seq, up to the head's version.

        A seq beyond the end is no place in this conversation (a tab that was in another one): all items then.
        """
        head = self.parts.store.get(conversation_id)
        after = after if after <= head.version else 0
        items = self.parts.store.items(conversation_id, after)
        return head, [item for item in items if item.seq <= head.version]

    def agent_name(self, head: Conversation) -> str | None:
        """The name of the agent who holds a conversation."""
        if not head.assignee:
            return None
        found = self.parts.accounts.get(head.assignee)
        return found.name if found else head.assignee

    def queue(self) -> list[dict[str, Any]]:
        """All rows of the queue."""
        return [desk_row(row) for row in self.parts.desk.queue()]

    def row(self, conversation_id: str) -> dict[str, Any] | None:
        """One row, worked out once a version however many agents look."""
        try:
            head = self.parts.store.get(conversation_id)
        except NotFound:
            return None
        known = self._rows.get(conversation_id)
        if known is None or known[0] != head.version:
            known = (head.version, desk_row(self.parts.desk.row(head)))
            self._rows[conversation_id] = known
            while len(self._rows) > 2000:
                self._rows.popitem(last=False)
        return known[1]

    def desk_frame(self, conversation_id: str, after: int, full: bool) -> dict[str, Any] | None:
        """The open conversation for the desk: whole, or what is behind ``after``."""
        try:
            head, items = self.read(conversation_id, 0 if full else after)
        except NotFound:
            return None
        packets = [item for item in items if getattr(item, "kind", None) is EventKind.HANDOFF]
        row = desk_row(self.parts.desk.row(head))
        after = after if after <= head.version else 0
        shown = [view for item in items if (view := desk_item(item)) and item.seq > after]
        frame: dict[str, Any] = {"conversation": row, "items": shown}
        if packets:
            frame["handoff"] = packets[-1].payload
        if not full:
            return {"type": "items", **frame}
        customer = self.parts.directory.get(head.customer_id) if head.customer_id else None
        frame.setdefault("handoff", None)
        return {"type": "conversation", **frame, "customer": customer_record(customer)}

    @staticmethod
    def now() -> str:
        """The server's time, for wait timers that do not trust the browser's clock."""
        return datetime.now(UTC).isoformat()


_RUNNING: set[Any] = set()
"""Sends under way: asyncio keeps only weak references to tasks."""
