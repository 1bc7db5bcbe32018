"""The receipt's routes and unmasking over HTTP."""

from __future__ import annotations

import uuid

import pytest
from batonpass.escalation import Role, audit_lines

CARD = "4242-4242-4242-4242"
MATTER = f"My card {CARD} was charged twice for order A-778899. Please connect me to a human agent"


def change(client, **body):
    return client.post("/api/chat/receipt", json={"id": str(uuid.uuid4())} | body)


def test_the_receipt_of_a_hand_off(server):
    client, _, conversation = server.waiting(MATTER)
    shown = client.get("/api/chat/receipt").json()
    lines = {line["id"].split(":")[0]: line for line in shown["lines"]}
    assert shown["lang"] == "en"
    assert lines["order_number"]["text"] == "A-778899"
    assert lines["card"]["text"] == "4***-****-****-4242"
    assert CARD not in str(shown)
    assert CARD not in str(server.parts.store.items(conversation))


def test_a_correction_reaches_the_desk(server):
    client, _, conversation = server.waiting(MATTER)
    desk = server.desk(server.agent("corrected"))
    desk.send(type="open", conversation=conversation, after=0)
    desk.until("conversation")
    answer = change(client, line="order_number:A-778899", text="A-778800")
    assert answer.status_code == 200
    assert "A-778800" in [line["text"] for line in answer.json()["receipt"]["lines"]]
    frame = desk.until("items")
    while "handoff" not in frame:
        frame = desk.until("items")
    facts = [(f["value"], f["superseded"]) for f in frame["handoff"]["facts"] if f["slot"] == "order_number"]
    assert facts == [("A-778800", False), ("A-778899", True)]


def test_a_line_is_added_once(server):
    client, _, conversation = server.waiting(MATTER)
    body = {"id": str(uuid.uuid4()), "text": "I am home after six"}
    first, again = (client.post("/api/chat/receipt", json=body) for _ in range(2))
    assert first.json()["seq"] == again.json()["seq"]
    texts = [item.text for item in server.parts.store.items(conversation) if hasattr(item, "text")]
    assert texts.count("I am home after six") == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": " "}, 422),
        ({"text": "x" * 501}, 422),
        ({"text": "x", "line": "order_number:B-1"}, 409),
        ({"text": "x", "id": ""}, 422),
        ({"text": 5}, 422),
    ],
)
def test_what_cannot_be_changed(server, body, status):
    client, _, _ = server.waiting(MATTER)
    assert change(client, **body).status_code == status


def test_nobody_called_and_no_session(server):
    client = server.visit()
    assert client.get("/api/chat/receipt").status_code == 404
    assert change(client, text="hello").status_code == 409
    assert server.client().get("/api/chat/receipt").status_code == 401


def test_only_a_supervisor_unmasks(server):
    _, _, conversation = server.waiting(MATTER)
    path = f"/api/desk/conversations/{conversation}/unmask"
    assert server.client().post(path, json={"seq": 1}).status_code == 401
    assert server.agent("plain").post(path, json={"seq": 1}).status_code == 403
    assert audit_lines(server.parts.store, conversation) == ()
    supervisor = server.agent("super", role=Role.SUPERVISOR)
    (value,) = supervisor.post(path, json={"seq": 1, "reason": "double charge"}).json()["values"]
    assert (value["slot"], value["value"]) == ("card", CARD)
    (line,) = audit_lines(server.parts.store, conversation)
    assert (line.by, line.reason) == ("super", "double charge")
    assert supervisor.post(path, json={"seq": 99}).status_code == 404
    assert supervisor.post(path, json={"seq": 0}).status_code == 422


def test_the_desk_sees_where_numbers_are_masked(server):
    _, _, conversation = server.waiting(MATTER)
    desk = server.desk(server.agent("masks"))
    desk.send(type="open", conversation=conversation, after=0)
    item = desk.until("conversation")["items"][0]
    (masked,) = item["masked"]
    assert item["text"][masked["start"] : masked["end"]] == "4***-****-****-4242"
    assert "token" not in str(item)


def test_what_is_urgent_is_first_in_the_queue(server):
    _, _, calm = server.waiting()
    _, _, hurt = server.waiting("The shelf fell on me, I am bleeding badly. Connect me to a person now")
    desk = server.desk(server.agent("ranks"))
    queue = desk.frames[0]["queue"]
    waiting = [row["id"] for row in queue if row["status"] == "waiting"]
    assert waiting.index(hurt) < waiting.index(calm)
    rows = {row["id"]: row for row in queue}
    assert (rows[hurt]["priority"], rows[calm]["priority"]) == (3, 1)
    packet = desk.open(hurt)["handoff"]
    assert (packet["priority"], packet["queue"], packet["skill"]) == (3, None, None)
    assert set(packet["next_step"]["texts"]) == {"ko", "en"}
