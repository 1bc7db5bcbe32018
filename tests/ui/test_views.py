"""Who may see what."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from batonpass.escalation import Author, Conversation, Customer, Event, EventKind, Message, QueueRow, Status
from batonpass.knowledge import Citation
from batonpass.ui.views import customer_head, customer_item, customer_record, desk_item, desk_row

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def message(**more: Any) -> Message:
    values: dict[str, Any] = {
        "conversation_id": "c",
        "seq": 3,
        "author": Author.CUSTOMER,
        "text": "hi",
        "created_at": NOW,
    }
    return Message(**(values | more))


def event(kind: EventKind, payload: dict[str, Any]) -> Event:
    return Event(conversation_id="c", seq=4, kind=kind, payload=payload, created_at=NOW)


def test_a_message_as_both_sides_see_it():
    citation = Citation(
        n=1, document_id="d", chunk_id="x", title="T", heading_path=("T", "H"), quote="q", start=0, end=1
    )
    bot = message(
        author=Author.BOT, citations=(citation,), meta={"choices": ["a"], "decision": "offer", "rule": "secret"}
    )
    expected = {
        "kind": "message",
        "seq": 3,
        "author": "bot",
        "name": None,
        "text": "hi",
        "at": "2026-01-02T03:04:05+00:00",
        "id": None,
        "citations": [
            {"n": 1, "title": "T", "heading_path": ["T", "H"], "chunk_id": "x", "document_id": "d", "quote": "q"}
        ],
        "choices": ["a"],
        "decision": "offer",
        "internal": False,
    }
    for view in (customer_item, desk_item):
        assert json.loads(json.dumps(view(bot))) == expected


def test_a_note_is_for_the_desk_only():
    note = message(author=Author.AGENT, author_name="Ann", internal=True)
    assert customer_item(note) is None
    shown = desk_item(note)
    assert shown is not None
    assert shown["internal"] is True


def test_only_agents_are_shown_by_name():
    for author in Author:
        shown = customer_item(message(author=author, author_id="login", author_name="Name"))
        assert shown is not None
        assert shown["name"] == ("Name" if author is Author.AGENT else None)
        assert "login" not in json.dumps(shown)


@pytest.mark.parametrize("kind", [EventKind.VERDICT, EventKind.HANDOFF])
def test_verdicts_and_packets_are_never_the_customers(kind):
    assert customer_item(event(kind, {"decision": "answer", "action": "x", "to": "bot"})) is None


def test_a_verdict_at_the_desk_shows_its_reading_and_not_its_signals():
    payload = {
        "decision": "answer",
        "reasons": [],
        "confidence": 0.5,
        "frustration": 1,
        "rule": "r",
        "signals": {"a": 1},
    }
    shown = desk_item(event(EventKind.VERDICT, payload))
    assert shown is not None
    assert set(shown) == {"kind", "seq", "at", "decision", "reasons", "confidence", "frustration", "rule"}
    assert desk_item(event(EventKind.HANDOFF, {"question": "q"})) is None, "the packet has a frame of its own"


def test_a_step_and_what_is_not_shown_of_it():
    step = event(
        EventKind.STATUS, {"action": "claim", "from": "waiting", "to": "human", "by": "login", "by_name": "Ann"}
    )
    for view in (customer_item, desk_item):
        assert view(step) == {
            "kind": "status",
            "seq": 4,
            "action": "claim",
            "by_name": "Ann",
            "at": NOW.isoformat(),
        }
    disposition = event(EventKind.STATUS, {"action": "disposition", "disposition": "spam"})
    assert customer_item(disposition) is None
    assert desk_item(disposition) is None


@pytest.mark.parametrize("status", list(Status))
def test_the_head_for_the_customer(status):
    head = Conversation(
        id="c", status=status, assignee="login", version=7, created_at=NOW, updated_at=NOW, waiting_since=NOW
    )
    shown = customer_head(head, "Ann")
    assert shown["agent"] == ({"name": "Ann"} if status is Status.HUMAN else None)
    assert shown["waiting_since"] == NOW.isoformat()
    assert "login" not in json.dumps(shown)
    assert customer_head(head, None)["agent"] is None


def test_a_row_shows_of_the_customer_only_what_the_list_needs():
    customer = Customer.model_validate(
        {"id": "C", "name": "N", "tier": "vip", "verified": True, "phone": "010", "lang": "ko"}
    )
    row = QueueRow(
        id="c",
        status=Status.WAITING,
        customer=customer,
        assignee=None,
        assignee_name=None,
        lang="ko",
        waiting_since=NOW,
        updated_at=NOW,
        version=3,
        preview="p",
        reasons=("explicit_request",),
        frustration=2,
        priority=3,
        queue="safety",
        skill="recall",
    )
    shown = json.loads(json.dumps(desk_row(row)))
    assert shown["customer"] == {"id": "C", "name": "N", "tier": "vip", "verified": True}
    assert shown["reasons"] == ["explicit_request"]
    assert (shown["priority"], shown["queue"], shown["skill"]) == (3, "safety", "recall")
    assert customer_record(customer) == {
        "id": "C",
        "name": "N",
        "tier": "vip",
        "verified": True,
        "lang": "ko",
        "phone": "010",
    }
    assert customer_record(None) is None
    assert desk_row(row.model_copy(update={"customer": None}))["customer"] is None
