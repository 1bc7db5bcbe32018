"""The routes about packets: the customer's receipt, and unmasking for supervisors (docs/live-protocol.md)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field

from ..agent import Batonpass
from ..escalation import NotAllowed, NotFound, ReceiptError, Result
from ..escalation.receipt import open_receipt
from .auth import Keys
from .security import RateLimiter

_STATUS = {"no_receipt": 409, "no_line": 409, "empty": 422, "too_long": 422}
_RETRIES = r"^[\x21-\x7e]+$"


class Correction(BaseModel):
    """Body of ``POST /api/chat/receipt``: with ``line`` that line is corrected, else a line is added."""

    id: str = Field(min_length=1, max_length=64, pattern=_RETRIES)
    text: str = Field(max_length=4_000)
    line: str | None = Field(default=None, max_length=600)


class Look(BaseModel):
    """Body of ``POST /api/desk/conversations/{id}/unmask``."""

    seq: int = Field(ge=1)
    reason: str = Field(default="", max_length=300)


def build_packet_router(parts: Batonpass, keys: Keys) -> APIRouter:
    """The routes over a running Batonpass."""
    router = APIRouter()
    reads = RateLimiter(rate=2, burst=30)
    writes = RateLimiter(rate=0.5, burst=10)
    looks = RateLimiter(rate=0.5, burst=20)

    def chat(request: Request, limit: RateLimiter) -> str:
        conversation_id = keys.conversation(request)
        if conversation_id is None:
            raise HTTPException(401, "no session")
        if not limit.allow(conversation_id):
            raise HTTPException(429, "too many requests")
        return conversation_id

    @router.get("/api/chat/receipt")
    def shown(request: Request) -> dict[str, Any]:
        try:
            found = open_receipt(parts.store, chat(request, reads))
        except NotFound:
            found = None
        if found is None:
            raise HTTPException(404, "nothing was passed on")
        return found.model_dump(mode="json")

    @router.post("/api/chat/receipt")
    def change(request: Request, body: Correction) -> dict[str, Any]:
        conversation_id = chat(request, writes)
        try:
            result = _changed(parts, conversation_id, body)
            found = open_receipt(parts.store, conversation_id)
        except ReceiptError as error:
            raise HTTPException(_STATUS[error.code], error.code) from None
        except NotFound:
            raise HTTPException(401, "no session") from None
        return {"seq": result.items[-1].seq, "receipt": found.model_dump(mode="json") if found else None}

    @router.post("/api/desk/conversations/{conversation_id}/unmask")
    def unmask(request: Request, conversation_id: str, body: Look) -> dict[str, Any]:
        agent = keys.agent(request, parts.accounts)
        if agent is None:
            raise HTTPException(401, "log in first")
        if not looks.allow(agent.id):
            raise HTTPException(429, "too many requests")
        try:
            found = parts.desk.unmask(conversation_id, agent, body.seq, reason=body.reason)
        except NotAllowed:
            raise HTTPException(403, "only a supervisor may see this") from None
        except NotFound:
            raise HTTPException(404, "nothing is masked there") from None
        return {"values": [each.model_dump(mode="json") for each in found]}

    return router


def _changed(parts: Batonpass, conversation_id: str, body: Correction) -> Result:
    packets = parts.assistant.packets
    if body.line is None:
        return packets.add(conversation_id, body.text, client_id=body.id)
    return packets.correct(conversation_id, body.line, body.text, client_id=body.id)
