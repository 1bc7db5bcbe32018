"""The two WebSockets: /ws/chat for customers, /ws/desk for agents (docs/live-protocol.md)."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeGuard

from starlette.websockets import WebSocket, WebSocketDisconnect

from ..agent import Batonpass, TurnWorker
from ..agent.turn import MAX_MESSAGE, MessageError
from ..escalation import (
    ConversationError,
    Disposition,
    HumanAgent,
    NotFound,
    NotYours,
    Result,
    Status,
)
from .auth import Keys
from .hub import ChatConnection, Connection, DeskConnection, Hub
from .security import RateLimiter, client_address

log = logging.getLogger(__name__)

MAX_FRAME = 64 * 1024
MAX_ID = 64
_TEXTS = ("text", "disposition")
FRAMES = 200
"""Frames that a connection may send at a burst; far more than typing and pinging make."""

TABS = 10
"""Open WebSockets that one conversation, or one agent, may have."""


class Live:
    """Serves the WebSockets.

    Args:
        parts: The running Batonpass.
        hub: Where connections are kept.
        worker: Woken when the assistant owes an answer.
        keys: Reads the cookies.
        trusted_proxies: Whose X-Forwarded-For counts.
    """

    def __init__(
        self,
        parts: Batonpass,
        hub: Hub,
        worker: TurnWorker,
        keys: Keys,
        trusted_proxies: tuple[str, ...] = (),
    ) -> None:
        self._parts, self._hub, self._worker, self._keys = parts, hub, worker, keys
        self._proxies = trusted_proxies
        self._connects = RateLimiter(rate=2, burst=60)
        self._sends = RateLimiter(rate=1, burst=10)
        self._desk_sends = RateLimiter(rate=5, burst=30)

    async def chat(self, socket: WebSocket) -> None:
        """A customer's connection, keyed by their signed cookie and nothing else."""
        await socket.accept()
        if not self._connects.allow(client_address(socket, self._proxies)):
            await socket.close(4429)
            return
        conversation_id = self._keys.conversation(socket)
        try:
            if conversation_id is None:
                raise NotFound("no cookie")
            await asyncio.to_thread(self._parts.store.get, conversation_id)
        except NotFound:
            await socket.close(4401)
            return
        if len(self._hub.chats.get(conversation_id, ())) >= TABS:
            await socket.close(4429)
            return
        after = socket.query_params.get("after", "0")
        connection = ChatConnection(
            self._hub, socket, conversation_id, int(after) if after.isdecimal() and len(after) < 10 else 0
        )

        async def handle(frame: dict[str, Any]) -> None:
            await self._from_customer(connection, frame)

        await self._serve(connection, handle)

    async def desk(self, socket: WebSocket) -> None:
        """An agent's connection; the session is looked up again for every action."""
        await socket.accept()
        if not self._connects.allow(client_address(socket, self._proxies)):
            await socket.close(4429)
            return
        agent = await asyncio.to_thread(self._keys.agent, socket, self._parts.accounts)
        if agent is None:
            await socket.close(4401)
            return
        if sum(desk.agent.id == agent.id for desk in self._hub.desks) >= TABS:
            await socket.close(4429)
            return

        def session() -> HumanAgent | None:
            return self._keys.agent(socket, self._parts.accounts)

        connection = DeskConnection(self._hub, socket, agent, session)

        async def handle(frame: dict[str, Any]) -> None:
            now = await asyncio.to_thread(session)
            if now is None:
                await connection.close(4401)
                raise WebSocketDisconnect(4401)
            await self._from_agent(connection, now, frame)

        await self._serve(connection, handle)

    async def _serve(self, connection: Connection, handle: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self._hub.add(connection)
        pump = asyncio.create_task(connection.pump())
        frames = RateLimiter(rate=20, burst=FRAMES, keys=1)
        try:
            while True:
                message = await connection.socket.receive()
                if message["type"] == "websocket.disconnect":
                    break
                if not frames.allow("all"):
                    await connection.close(4429)
                    break
                text = message.get("text")
                if text is None:  # a binary frame is no client of ours
                    await connection.close(1003)
                    break
                frame = _parse(text)
                if frame is None:
                    await connection.refuse()
                else:
                    await handle(frame)
        except WebSocketDisconnect:
            pass
        except Exception:
            log.exception("a connection failed")
            await connection.close(1011)
        finally:
            self._hub.remove(connection)
            pump.cancel()
            with suppress(asyncio.CancelledError):
                await pump

    async def _from_customer(self, connection: ChatConnection, frame: dict[str, Any]) -> None:
        conversation_id, kind = connection.conversation_id, frame["type"]
        if kind == "ping":
            await connection.send({"type": "pong"})
            return
        if kind == "typing":
            self._hub.typing(conversation_id, None)
            return
        message_id, text = frame.get("id"), frame.get("text")
        if kind != "send" or not _is_id(message_id) or not isinstance(text, str):
            await connection.refuse(message_id if _is_id(message_id) else None)
            return
        error = {"type": "error", "id": message_id}
        if not self._sends.allow(conversation_id):
            await connection.send({**error, "code": "rate_limited"})
            return
        intent = "human" if frame.get("intent") == "human" else None
        try:
            result = await asyncio.to_thread(
                self._parts.assistant.receive, conversation_id, text, client_id=message_id, intent=intent
            )
        except MessageError as problem:
            await connection.send({**error, "code": problem.code})
            return
        except ConversationError:
            await connection.send({**error, "code": "bad_request"})
            return
        except Exception:  # the client keeps it in its outbox and sends it again
            log.exception("cannot store a message of %s", conversation_id)
            await connection.send({**error, "code": "unavailable"})
            return
        await connection.send({"type": "ack", "id": message_id, "seq": result.items[-1].seq})
        self._wake(result, at_once=intent == "human")

    async def _from_agent(self, connection: DeskConnection, agent: HumanAgent, frame: dict[str, Any]) -> None:
        kind, conversation_id, request_id = frame["type"], frame.get("conversation"), frame.get("id")
        if kind == "ping":
            await connection.send({"type": "pong"})
        elif not _is_id(conversation_id):
            await connection.refuse(request_id if _is_id(request_id) else None)
        elif kind == "open":
            after = frame.get("after", 0)
            connection.watch(conversation_id, after if isinstance(after, int) and after >= 0 else 0)
        elif kind == "typing":
            with suppress(NotFound):
                head = await asyncio.to_thread(self._parts.store.get, conversation_id)
                if head.assignee == agent.id:
                    self._hub.typing(conversation_id, agent.name)
        elif not _is_id(request_id):
            await connection.refuse()
        else:
            outcome = await self._act(agent, kind, conversation_id, frame)
            await connection.send({"type": "result", "id": request_id, **outcome})

    async def _act(
        self, agent: HumanAgent, kind: str, conversation_id: str, frame: dict[str, Any]
    ) -> dict[str, Any]:
        request_id, text = frame["id"], frame.get("text", "")
        if not isinstance(text, str):
            return {"ok": False, "code": "invalid"}
        text = text.replace("\x00", "").strip()
        if len(text) > MAX_MESSAGE:
            return {"ok": False, "code": "too_long"}
        if kind in ("reply", "note") and not text:
            return {"ok": False, "code": "empty"}
        if not self._desk_sends.allow(agent.id):
            return {"ok": False, "code": "rate_limited"}
        try:
            result = await asyncio.to_thread(
                self._do, kind, conversation_id, agent, text, request_id, frame.get("disposition", "solved")
            )
        except NotYours as problem:
            holder = None
            if problem.holder:
                holder = await asyncio.to_thread(self._parts.accounts.get, problem.holder)
            if kind == "claim":
                return {"ok": False, "code": "taken", "holder": holder.name if holder else problem.holder}
            return {"ok": False, "code": "not_yours", "holder": holder.name if holder else None}
        except NotFound:
            return {"ok": False, "code": "not_found"}
        except (ConversationError, ValueError):
            return {"ok": False, "code": "invalid"}
        except Exception:
            log.exception("cannot %s %s", kind, conversation_id)
            return {"ok": False, "code": "unavailable"}
        self._wake(result)
        return {"ok": True}

    def _do(
        self, kind: str, conversation_id: str, agent: HumanAgent, text: str, request_id: str, disposition: Any
    ) -> Result:
        desk = self._parts.desk
        match kind:
            case "claim":
                return desk.claim(conversation_id, agent, client_id=request_id)
            case "reply":
                return desk.reply(conversation_id, agent, text, client_id=request_id)
            case "note":
                return desk.note(conversation_id, agent, text, client_id=request_id)
            case "transfer":
                return desk.transfer(conversation_id, agent, text, client_id=request_id)
            case "hand_back":
                return desk.hand_back(conversation_id, agent, text, client_id=request_id)
            case "close":
                return desk.close(conversation_id, agent, Disposition(disposition), text, client_id=request_id)
        raise ValueError(f"unknown action {kind!r}")

    def _wake(self, result: Result, *, at_once: bool = False) -> None:
        if result.conversation.status is Status.BOT:
            self._worker.wake(result.conversation.id, at_once=at_once)


def _parse(text: str) -> dict[str, Any] | None:
    if len(text) > MAX_FRAME:
        return None
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        return None
    for name in _TEXTS:
        if isinstance(value := frame.get(name), str):
            frame[name] = _whole(value)
    return frame


def _whole(text: str) -> str:
    """Without halves of emoji, which a browser's length limit leaves behind and no database takes."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_id(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= MAX_ID and value.isascii() and value.isprintable()
