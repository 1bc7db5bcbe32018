"""Records as the pages get them (docs/live-protocol.md): who may see what is decided here."""

from __future__ import annotations

import hashlib
from typing import Any

from ..escalation import (
    Author,
    Conversation,
    Customer,
    Event,
    EventKind,
    Message,
    QueueRow,
    Status,
)
from ..escalation.store import Item

_CITATION_FIELDS = {"n", "title", "heading_path", "chunk_id", "document_id", "quote"}
_VERDICT_FIELDS = ("decision", "reasons", "confidence", "frustration", "rule")


def customer_item(item: Item) -> dict[str, Any] | None:
    """An item for the customer's page, None where it is not for them."""
    if isinstance(item, Message):
        return None if item.internal else _message(item, internal=False)
    return _status(item)


def desk_item(item: Item) -> dict[str, Any] | None:
    """An item for the desk."""
    if isinstance(item, Message):
        return _message(item, internal=item.internal)
    if item.kind is EventKind.VERDICT:
        seen = {name: item.payload.get(name) for name in _VERDICT_FIELDS}
        return {"kind": "verdict", "seq": item.seq, "at": item.created_at.isoformat(), **seen}
    return _status(item)


def _message(message: Message, *, internal: bool) -> dict[str, Any]:
    return {
        "kind": "message",
        "seq": message.seq,
        "author": message.author,
        "name": message.author_name if message.author is Author.AGENT else None,
        "text": message.text,
        "at": message.created_at.isoformat(),
        "id": message.client_id,
        "citations": [
            citation.model_dump(mode="json", include=_CITATION_FIELDS) for citation in message.citations
        ],
        "choices": message.meta.get("choices", []),
        "decision": message.meta.get("decision"),
        "internal": internal,
        # Where numbers are masked: a supervisor may have them shown. Their sealed values stay here.
        **({"masked": _masked(message)} if _masked(message) else {}),
    }


def _masked(message: Message) -> list[dict[str, Any]]:
    return [{name: each[name] for name in ("slot", "start", "end")} for each in message.meta.get("sealed", [])]


def _status(event: Event) -> dict[str, Any] | None:
    if event.kind is not EventKind.STATUS or "to" not in event.payload:
        return None
    return {
        "kind": "status",
        "seq": event.seq,
        "action": event.payload["action"],
        "by_name": event.payload.get("by_name"),
        "at": event.created_at.isoformat(),
    }


def customer_head(conversation: Conversation, agent_name: str | None) -> dict[str, Any]:
    """The conversation's head for the customer: no ids of agents."""
    held = conversation.status is Status.HUMAN
    return {
        # Opaque: lets a page see that its cookie leads to another conversation now; the key is the cookie.
        "id": hashlib.sha256(conversation.id.encode()).hexdigest()[:16],
        "status": conversation.status,
        "agent": {"name": agent_name} if held and agent_name else None,
        "version": conversation.version,
        "waiting_since": conversation.waiting_since.isoformat() if conversation.waiting_since else None,
        "lang": conversation.lang,
    }


def desk_row(row: QueueRow) -> dict[str, Any]:
    """A queue row; of the customer only what the list shows."""
    shown = row.model_dump(mode="json", exclude={"customer"})
    customer = row.customer
    shown["customer"] = None
    if customer:
        shown["customer"] = {name: getattr(customer, name) for name in ("id", "name", "tier", "verified")}
    return shown


def customer_record(customer: Customer | None) -> dict[str, Any] | None:
    """The whole record, for the agent who opened the conversation."""
    return customer.model_dump(mode="json") if customer else None
