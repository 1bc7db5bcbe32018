"""One customer's turns through the product, written down as FORMATS has them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..agent import Batonpass
from ..escalation import Author, Customer, CustomerDirectory, EventKind, Message
from ..escalation.frustration import heard, level_of
from .scorers import ReplyChecks
from .support import unsupported_facts


class SuiteDirectory:
    """The suite's own customers, and those that its scenarios bring along."""

    def __init__(self, base: CustomerDirectory) -> None:
        self._base = base
        self._brought: dict[str, Customer] = {}

    def bring(self, record: dict[str, Any]) -> str:
        """Take a scenario's customer in; what the directory knows of them is kept beneath."""
        known = self._base.get(str(record.get("id", "")))
        merged = (known.model_dump() if known else {}) | record
        customer = Customer.model_validate({"id": "anonymous", **merged})
        self._brought[customer.id] = customer
        return customer.id

    def get(self, customer_id: str) -> Customer | None:
        """The record, or None."""
        return self._brought.get(customer_id) or self._base.get(customer_id)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where items run: the product's parts, its customers, and the checks on what is said."""

    parts: Batonpass
    directory: SuiteDirectory
    checks: ReplyChecks


async def say(
    text: str, conversation_id: str, stage: Stage, before: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Say something in a conversation and write down what came of it.

    Args:
        before: The turn before.
    """
    start = time.perf_counter()
    stage.parts.assistant.receive(conversation_id, text)
    result = await stage.parts.assistant.answer(conversation_id)
    took = milliseconds(start)
    if result is None:
        silent = {
            "decision": "silent",
            "reasons": [],
            "reply": "",
            "citations": [],
            "confidence": 0.0,
        }
        # No verdict: how upset they sound is what the packet's trend would say.
        said = [m for m in stage.parts.store.items(conversation_id) if isinstance(m, Message)]
        earlier = [m.text for m in said if m.author is Author.CUSTOMER][:-1]
        mood = heard(text, earlier)
        return {**silent, "frustration": level_of(mood), "mood": round(mood, 2), "ms": took, "cost": 0.0}
    verdict = result.outcome.verdict
    return {
        "decision": str(verdict.decision),
        "reasons": [str(reason) for reason in verdict.reasons],
        "reply": result.outcome.text,
        "citations": list(dict.fromkeys(c.document_id for c in result.outcome.citations)),
        "confidence": verdict.confidence,
        "frustration": verdict.frustration,
        # The guard's own finer number where it has one: 0..3 too, and ranked better than by levels.
        "mood": verdict.signals.get("frustration", verdict.frustration),
        "ms": took,
        "cost": result.cost,
        "rule": verdict.rule,
        "signals": verdict.model_dump(mode="json")["signals"],
        "checks": stage.checks.of(text, result.outcome, before["reply"] if before else ""),
    }


async def talk(
    texts: Iterable[str], customer_id: str | None, lang: str, stage: Stage
) -> tuple[list[dict[str, Any]], str]:
    """Say one text after another in a new conversation; returns its turns and its id."""
    conversation = stage.parts.store.create(customer_id=customer_id, lang=lang)
    turns: list[dict[str, Any]] = []
    for text in texts:
        turns.append(await say(text, conversation.id, stage, turns[-1] if turns else None))
    return turns, conversation.id


def packet_of(conversation_id: str, parts: Batonpass) -> dict[str, Any] | None:
    """The newest packet of a conversation; None without a hand-off."""
    event = parts.store.last_event(conversation_id, EventKind.HANDOFF)
    if event is None:
        return None
    packet = event.payload
    facts: dict[str, str] = {}
    for fact in packet["facts"]:
        facts.setdefault(fact["slot"], fact["value"])  # newest first: a correction wins
    messages = [item for item in parts.store.items(conversation_id) if isinstance(item, Message)]
    said = [message.text for message in messages if message.author is Author.CUSTOMER]
    return {
        "question": packet["question"]["text"] if packet["question"] else None,
        "facts": facts,
        "frustration": packet["frustration"],
        "summary": "\n".join(packet["summary"]),
        "tried": list(dict.fromkeys(c["document_id"] for a in packet["tried"] for c in a["citations"])),
        "suggested_reply": packet["suggested_reply"],
        "unsupported": unsupported_facts(packet, said, parts.knowledge),
    }


def milliseconds(start: float) -> float:
    """Since ``start`` of ``time.perf_counter``."""
    return round((time.perf_counter() - start) * 1000, 3)
