"""docs/live-protocol.md to the letter, over real WebSockets."""

from __future__ import annotations

import asyncio
import json
import threading
import uuid
from datetime import datetime
from typing import Any

import pytest
from batonpass.escalation import Action, Author, NewMessage, Status
from batonpass.ui.auth import CHAT_COOKIE, DESK_COOKIE

QUESTION = "How long does a delivery take?"

MESSAGE_KEYS = {
    "kind",
    "seq",
    "author",
    "name",
    "text",
    "at",
    "id",
    "citations",
    "choices",
    "decision",
    "internal",
}
STATUS_KEYS = {"kind", "seq", "action", "by_name", "at"}
VERDICT_KEYS = {"kind", "seq", "at", "decision", "reasons", "confidence", "frustration", "rule"}
CITATION_KEYS = {"n", "title", "heading_path", "chunk_id", "document_id", "quote"}
HEAD_KEYS = {"id", "status", "agent", "version", "waiting_since", "lang"}
ROW_KEYS = {
    *("id", "status", "customer", "assignee", "assignee_name", "lang", "waiting_since"),
    *("updated_at", "version", "preview", "reasons", "frustration", "priority", "queue", "skill"),
}
PACKET_KEYS = {
    *(
        "customer",
        "verified",
        "lang",
        "lang_supported",
        "reasons",
        "question",
        "also",
        "intent",
        "facts",
        "orders",
    ),
    *(
        "added",
        "tried",
        "frustration",
        "trend",
        "mood",
        "promises",
        "summary",
        "summaries",
        "wording",
        "next_step",
    ),
    *("suggested_reply", "suggested_source", "masked", "priority", "queue", "skill", "created_at"),
}


def new_id() -> str:
    return str(uuid.uuid4())


def is_bot(item: dict[str, Any]) -> bool:
    return item.get("author") == "bot"


def said(text: str):
    return lambda item: item.get("text") == text


def step(action: str):
    return lambda item: item["kind"] == "status" and item["action"] == action


def check_items(items: list[dict[str, Any]], kinds: set[str]) -> None:
    """Every item has the shape of the protocol, in order and each once."""
    shapes = {"message": MESSAGE_KEYS, "status": STATUS_KEYS, "verdict": VERDICT_KEYS}
    seqs = [item["seq"] for item in items]
    assert seqs == sorted(set(seqs)), "in order, each once"
    for item in items:
        assert item["kind"] in kinds
        assert set(item) == shapes[item["kind"]]
        assert datetime.fromisoformat(item["at"]).utcoffset() is not None
        for citation in item.get("citations", ()):
            assert set(citation) == CITATION_KEYS


# --- The customer's side ------------------------------------------------------------------------------------


def test_the_session_says_who_and_where(server):
    client = server.client()
    shown = client.post("/api/chat/session", json={"lang": "en"}).json()
    assert shown == {"company": "Testshop", "lang": "en", "customer": None}
    known = (
        server.client().post("/api/chat/session", json={"identity": server.keys.sign("identity", "C-1")}).json()
    )
    assert known == {"company": "Testshop", "lang": "ko", "customer": {"name": "Mina Kim"}}


def test_hello_of_a_new_conversation(server):
    client = server.visit()
    hello = server.chat(client).frames[0]
    assert set(hello) == {"type", "conversation", "items", "now"}
    assert hello["items"] == []
    opaque = hello["conversation"].pop("id")
    assert server.conversation(client) not in opaque
    assert (
        opaque
        == server.chat(client).frames[0]["conversation"]["id"]
        != server.chat().frames[0]["conversation"]["id"]
    )
    assert hello["conversation"] == {
        "status": "bot",
        "agent": None,
        "version": 0,
        "waiting_since": None,
        "lang": "en",
    }
    assert datetime.fromisoformat(hello["now"]).utcoffset() is not None


def test_a_question_is_acknowledged_searched_and_answered(server):
    chat = server.chat()
    message_id = new_id()
    ack = chat.ask(QUESTION, id=message_id)
    assert ack == {"type": "ack", "id": message_id, "seq": 1}
    answer = chat.item(is_bot)
    while not [frame for frame in chat.frames if frame["type"] == "progress" and frame["stage"] is None]:
        chat.next()
    stages = [frame["stage"] for frame in chat.frames if frame["type"] == "progress"]
    assert stages[0] == "searching"
    assert stages[-1] is None
    assert set(stages) <= {"searching", "writing", None}
    assert answer["decision"] == "answer"
    assert answer["citations"][0]["document_id"] == "delivery"
    assert answer["name"] is None
    check_items(chat.items(), {"message", "status"})
    mine = chat.items()[0]
    assert (mine["author"], mine["text"], mine["id"], mine["seq"]) == ("customer", QUESTION, message_id, 1)
    for frame in chat.frames:
        if frame["type"] == "items":
            assert set(frame) == {"type", "conversation", "items"}
            assert set(frame["conversation"]) == HEAD_KEYS


def test_a_citation_opens_its_passage(server):
    client = server.visit()
    chat = server.chat(client)
    chat.ask(QUESTION)
    citation = chat.item(is_bot)["citations"][0]
    passage = client.get(f"/api/chat/passages/{citation['chunk_id']}").json()
    assert set(passage) == {"title", "heading_path", "text", "updated"}
    assert passage["title"] == citation["title"]
    assert citation["quote"] in passage["text"]
    assert passage["updated"] == "2026-03-01"
    assert client.get("/api/chat/passages/gone").status_code == 404


def test_ping(server):
    chat, desk = server.chat(), server.desk()
    for live in (chat, desk):
        live.send(type="ping")
        assert live.until("pong") == {"type": "pong"}


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty"), ("  \n\t ", "empty"), ("\x00", "empty"), ("a" * 4001, "too_long"), ("가" * 4001, "too_long")],
)
def test_a_message_that_cannot_be_taken(server, text, code):
    client = server.visit()
    chat = server.chat(client)
    message_id = new_id()
    assert chat.ask(text, id=message_id) == {"type": "error", "id": message_id, "code": code}
    assert server.parts.store.get(server.conversation(client)).version == 0


def test_the_longest_message_is_taken_trimmed(server):
    client = server.visit()
    chat = server.chat(client)
    assert chat.ask("  " + "가" * 4000 + " \n")["type"] == "ack"
    assert chat.item(lambda item: item.get("author") == "customer")["text"] == "가" * 4000


def test_half_an_emoji_is_no_reason_to_lose_a_message(server):
    # A browser's length limit cuts emoji in two; the database takes no half, and the client would try for ever.
    chat = server.chat()
    message_id = new_id()
    chat.raw('{"type": "send", "id": "' + message_id + '", "text": "thanks \\ud83d\\ude00 \\ud83d"}')
    assert chat.until("ack")["id"] == message_id
    assert chat.item(lambda item: item.get("author") == "customer")["text"] == "thanks 😀 \ufffd"


def test_too_many_messages_are_refused_and_not_stored(server):
    client = server.visit()
    chat = server.chat(client)
    answers = [chat.ask(f"message {n}") for n in range(25)]
    taken = [answer for answer in answers if answer["type"] == "ack"]
    refused = [answer for answer in answers if answer["type"] == "error"]
    assert {answer["code"] for answer in refused} == {"rate_limited"}
    assert len(taken) >= 10
    stored = [
        m for m in server.parts.store.items(server.conversation(client)) if getattr(m, "author", "") == "customer"
    ]
    assert len(stored) == len(taken)


def test_the_limit_is_one_conversation_for_all_its_tabs(server):
    client = server.visit()
    tabs = [server.chat(client) for _ in range(3)]
    codes = [tabs[n % 3].ask(f"message {n}").get("code") for n in range(25)]
    assert "rate_limited" in codes


def test_the_same_id_twice_is_one_message_and_two_acks(server):
    client = server.visit()
    chat = server.chat(client)
    message_id = new_id()
    first, second = chat.ask(QUESTION, id=message_id), chat.ask(QUESTION, id=message_id)
    third = server.chat(client).ask("another text under the same id", id=message_id)
    assert first == second == third
    chat.item(is_bot)
    customer = [
        i for i in server.parts.store.items(server.conversation(client)) if getattr(i, "author", 0) == "customer"
    ]
    assert [message.text for message in customer] == [QUESTION]


def test_the_same_id_at_once_from_two_tabs_is_one_message(server):
    client = server.visit()
    one, two = server.chat(client), server.chat(client)
    message_id = new_id()
    for tab in (one, two):
        tab.send(type="send", id=message_id, text=QUESTION)
    assert one.until("ack") == two.until("ack")
    one.item(is_bot)
    customer = [
        i for i in server.parts.store.items(server.conversation(client)) if getattr(i, "author", 0) == "customer"
    ]
    assert len(customer) == 1


def test_the_button_calls_a_person(server):
    client = server.visit()
    chat = server.chat(client)
    assert chat.ask("Talk to a person", intent="human")["type"] == "ack"
    chat.item(step("hand_off"))
    holding = chat.item(is_bot)
    assert holding["decision"] == "hand_off"
    head = [frame for frame in chat.frames if frame["type"] == "items"][-1]["conversation"]
    assert head["status"] == "waiting"
    assert datetime.fromisoformat(head["waiting_since"]).utcoffset() is not None


def test_two_tabs_see_the_same_in_the_same_order(server):
    client = server.visit()
    one, two = server.chat(client), server.chat(client)
    for n in range(4):
        (one, two)[n % 2].ask(f"{QUESTION} {n}")
    store, conversation = server.parts.store, server.conversation(client)
    one.until(lambda frame: not store.unanswered() or conversation not in store.unanswered())
    version = store.get(conversation).version
    for tab in (one, two):
        while max((f["conversation"]["version"] for f in tab.frames if "conversation" in f), default=0) < version:
            tab.next()
    assert one.items() == two.items()
    check_items(one.items(), {"message", "status"})
    assert [item["text"][-1] for item in one.items() if item["author"] == "customer"] == list("0123")


def test_resuming_brings_what_came_meanwhile_and_nothing_else(server):
    client, chat, conversation = server.waiting()
    seen = max(item["seq"] for item in chat.items())
    chat.close()
    desk = server.desk()
    assert desk.act("claim", conversation)["ok"]
    assert desk.act("note", conversation, text="only for us")["ok"]
    assert desk.act("reply", conversation, text="while you were away")["ok"]
    back = server.chat(client, after=seen)
    hello = back.frames[0]
    assert [item.get("text", item.get("action")) for item in hello["items"]] == ["claim", "while you were away"]
    assert all(item["seq"] > seen for item in hello["items"])
    assert hello["conversation"]["status"] == "human"
    assert hello["conversation"]["agent"] == {"name": "Ann"}
    again = server.chat(client, after=server.parts.store.get(conversation).version)
    assert again.frames[0]["items"] == []
    whole = server.chat(client)
    assert [item["seq"] for item in whole.items()][: len(chat.items())] == [item["seq"] for item in chat.items()]


def test_a_seq_from_another_conversation_is_not_taken_for_this_one(server):
    # A tab that still knows "seq 900" of the conversation before would otherwise see nothing of this one.
    client = server.visit()
    server.chat(client).ask(QUESTION)
    late = server.chat(client, after=900)
    assert late.item(said(QUESTION))["seq"] == 1
    late.ask("and how much is it?")
    late.item(said("and how much is it?"))


def test_new_starts_another_conversation_and_keeps_the_old_one(server):
    client = server.visit(identity=server.keys.sign("identity", "C-1"))
    first = server.conversation(client)
    server.chat(client).ask(QUESTION)
    shown = client.post("/api/chat/session", json={"new": True, "lang": "en"}).json()
    assert shown["customer"] == {"name": "Mina Kim"}
    second = server.conversation(client)
    assert second != first
    assert server.parts.store.get(second).customer_id == "C-1"
    assert server.parts.store.get(first).version >= 1
    assert server.chat(client).frames[0]["items"] == []


def test_without_new_the_conversation_stays(server):
    client = server.visit()
    first = server.conversation(client)
    client.post("/api/chat/session", json={}).raise_for_status()
    assert server.conversation(client) == first


# --- The desk's side ----------------------------------------------------------------------------------------


def test_hello_at_the_desk(server):
    _, _, conversation = server.waiting()
    hello = server.desk().frames[0]
    assert set(hello) == {"type", "me", "queue", "now"}
    assert hello["me"] == {"id": "ann", "name": "Ann", "role": "agent"}
    row = next(row for row in hello["queue"] if row["id"] == conversation)
    assert set(row) == ROW_KEYS
    assert row["status"] == "waiting"
    assert row["reasons"] == ["explicit_request"]
    assert row["preview"] == "Please connect me to a human agent"
    assert (row["assignee"], row["assignee_name"], row["customer"]) == (None, None, None)


def test_a_known_customer_in_the_row_and_in_full_when_opened(server):
    client = server.visit(identity=server.keys.sign("identity", "C-1"))
    server.chat(client).ask(QUESTION)
    desk = server.desk()
    row = next(row for row in desk.frames[0]["queue"] if row["id"] == server.conversation(client))
    assert row["customer"] == {"id": "C-1", "name": "Mina Kim", "tier": "vip", "verified": True}
    opened = desk.open(server.conversation(client))
    assert opened["customer"]["orders"] == ["A-778899"]


def test_opening_shows_everything_with_the_packet(server):
    _, _, conversation = server.waiting()
    desk = server.desk()
    opened = desk.open(conversation)
    assert set(opened) == {"type", "conversation", "items", "handoff", "customer"}
    assert set(opened["conversation"]) == ROW_KEYS
    check_items(opened["items"], {"message", "status", "verdict"})
    assert {item["kind"] for item in opened["items"]} == {"message", "status", "verdict"}
    packet = opened["handoff"]
    assert set(packet) == PACKET_KEYS
    assert packet["question"] is None or set(packet["question"]) == {"text", "seq"}
    assert packet["reasons"][0]["reason"] == "explicit_request"
    assert opened["customer"] is None


def test_opening_behind_a_seq_brings_the_rest_and_the_packet_all_the_same(server):
    _, _, conversation = server.waiting()
    desk = server.desk()
    whole = desk.open(conversation)
    after = whole["items"][1]["seq"]
    rest = desk.open(conversation, after=after)
    assert rest["items"] == [item for item in whole["items"] if item["seq"] > after]
    assert rest["handoff"] == whole["handoff"]


def test_a_conversation_without_a_packet(server):
    client = server.visit()
    chat = server.chat(client)
    chat.ask(QUESTION)
    chat.item(is_bot)
    assert server.desk().open(server.conversation(client))["handoff"] is None


def test_opening_what_is_not_there_is_said(server):
    desk = server.desk()
    desk.send(type="open", conversation="nothing", after=0)
    assert desk.until("result") == {"type": "result", "id": None, "ok": False, "code": "not_found"}


def test_items_follow_until_another_conversation_is_opened(server):
    _, one, first = server.waiting()
    _, two, second = server.waiting()
    desk = server.desk()
    desk.open(first)
    one.ask("thank you")  # nothing for the packet, which would come along at once or a moment later
    frame = desk.until("items")
    assert set(frame) >= {"type", "conversation", "items"}
    assert frame["conversation"]["id"] == first
    assert "handoff" not in frame, "the packet comes when it is new"
    desk.open(second)
    seen = len(desk.frames)
    one.ask("again about the first")
    two.ask("now about the second")
    desk.item(said("now about the second"))
    later = [frame for frame in desk.frames[seen:] if frame["type"] == "items"]
    assert {frame["conversation"]["id"] for frame in later} == {second}


def test_a_new_packet_comes_with_the_items(server):
    client = server.visit()
    chat = server.chat(client)
    chat.ask(QUESTION)
    chat.item(is_bot)
    desk = server.desk()
    desk.open(server.conversation(client))
    chat.ask("I want a human agent")
    frame = desk.until(lambda frame: frame["type"] == "items" and "handoff" in frame)
    assert frame["handoff"]["question"]["text"]


def test_the_queue_moves_for_everybody(server):
    watching = server.desk(server.agent("watcher"))
    _, _, conversation = server.waiting()
    seen = watching.until(
        lambda f: (
            f["type"] == "queue" and any(r["id"] == conversation and r["status"] == "waiting" for r in f["rows"])
        )
    )
    assert set(seen) == {"type", "rows"}
    assert all(set(row) == ROW_KEYS for row in seen["rows"])
    desk = server.desk()
    desk.act("claim", conversation)
    claimed = watching.until(
        lambda f: (
            f["type"] == "queue" and any(r["id"] == conversation and r["status"] == "human" for r in f["rows"])
        )
    )
    row = next(row for row in claimed["rows"] if row["id"] == conversation)
    assert (row["assignee"], row["assignee_name"], row["waiting_since"]) == ("ann", "Ann", None)
    desk.act("close", conversation, disposition="solved")
    watching.until(
        lambda f: (
            f["type"] == "queue" and any(r["id"] == conversation and r["status"] == "closed" for r in f["rows"])
        )
    )


def test_of_two_agents_at_once_one_wins_and_the_other_is_told_who(server):
    for round_number in range(5):
        _, _, conversation = server.waiting()
        pair = [server.desk(server.agent("racer-a", name="Anna")), server.desk(server.agent("racer-b", name="Bo"))]
        barrier = threading.Barrier(2)
        results: list[dict[str, Any]] = [{}, {}]

        def claim(n: int, pair=pair, barrier=barrier, results=results, conversation=conversation) -> None:
            barrier.wait()
            results[n] = pair[n].act("claim", conversation)

        threads = [threading.Thread(target=claim, args=(n,)) for n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        won = [result["ok"] for result in results]
        assert sorted(won) == [False, True], round_number
        winner = "Anna" if won[0] else "Bo"
        loser = results[1] if won[0] else results[0]
        assert {k: v for k, v in loser.items() if k != "id"} == {
            "type": "result",
            "ok": False,
            "code": "taken",
            "holder": winner,
        }
        claims = [i for i in server.parts.store.items(conversation) if getattr(i, "kind", "") == "status"]
        assert [item.payload["action"] for item in claims].count("claim") == 1
        for live in pair:
            live.close()


def test_the_same_request_twice_happens_once(server):
    _, chat, conversation = server.waiting()
    desk = server.desk()
    claim, reply, note, close = new_id(), new_id(), new_id(), new_id()
    for _ in range(2):
        assert desk.act("claim", conversation, id=claim)["ok"]
    for _ in range(2):
        assert desk.act("reply", conversation, id=reply, text="Hello!")["ok"]
        assert desk.act("note", conversation, id=note, text="a note")["ok"]
    for _ in range(2):
        assert desk.act("close", conversation, id=close, disposition="solved", text="done")["ok"]
    items = server.parts.store.items(conversation)
    assert [m.text for m in items if getattr(m, "author", "") == "agent"] == ["Hello!", "a note", "done"]
    chat.item(step("close"))
    assert chat.texts("agent") == ["Hello!"]


def test_an_agents_reply_reaches_the_customer_with_their_name(server):
    _, chat, conversation = server.waiting()
    desk = server.desk(server.agent("minji", name="민지"))
    desk.act("claim", conversation)
    claimed = chat.item(step("claim"))
    assert claimed["by_name"] == "민지"
    reply_id = new_id()
    desk.act("reply", conversation, id=reply_id, text="안녕하세요, 민지입니다.")
    reply = chat.item(said("안녕하세요, 민지입니다."))
    assert (reply["author"], reply["name"], reply["id"], reply["internal"]) == ("agent", "민지", reply_id, False)
    head = [frame for frame in chat.frames if frame["type"] == "items"][-1]["conversation"]
    assert head["agent"] == {"name": "민지"}
    assert "minji" not in json.dumps(chat.frames), "the customer gets no login"


@pytest.mark.parametrize("kind", ["reply", "hand_back", "transfer", "close"])
def test_who_does_not_hold_it_cannot(server, kind):
    _, _, conversation = server.waiting()
    server.desk(server.agent("keeper", name="Kay")).act("claim", conversation)
    result = server.desk(server.agent("stranger")).act(kind, conversation, text="hi", disposition="solved")
    assert (result["ok"], result["code"]) == (False, "not_yours")


def test_replying_to_what_nobody_holds(server):
    _, _, conversation = server.waiting()
    result = server.desk().act("reply", conversation, text="hi")
    assert (result["ok"], result["code"]) == (False, "not_yours")


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        ("reply", {"text": ""}, "empty"),
        ("reply", {"text": "  \n"}, "empty"),
        ("reply", {}, "empty"),
        ("note", {"text": ""}, "empty"),
        ("reply", {"text": "a" * 4001}, "too_long"),
        ("transfer", {"text": "a" * 4001}, "too_long"),
        ("close", {"disposition": "nonsense"}, "invalid"),
        ("close", {"disposition": ["solved"]}, "invalid"),
        ("close", {"disposition": None}, "invalid"),
        ("reply", {"text": 5}, "invalid"),
        ("dance", {"text": "x"}, "invalid"),
    ],
)
def test_what_an_agent_cannot_do(server, kind, more, code):
    _, _, conversation = server.waiting()
    desk = server.desk()
    desk.act("claim", conversation)
    before = server.parts.store.get(conversation).version
    result = desk.act(kind, conversation, **more)
    assert (result["ok"], result["code"]) == (False, code)
    assert server.parts.store.get(conversation).version == before


@pytest.mark.parametrize("kind", ["claim", "reply", "note", "hand_back", "transfer", "close"])
def test_actions_on_what_is_not_there(server, kind):
    result = server.desk().act(kind, "nothing", text="x", disposition="solved")
    assert (result["ok"], result["code"]) == (False, "not_found")


def test_an_agent_who_types_too_fast_is_slowed_down(server):
    _, _, conversation = server.waiting()
    desk = server.desk(server.agent("fast"))
    results = [desk.act("note", conversation, text=f"n{n}") for n in range(60)]
    refused = [result for result in results if not result["ok"]]
    assert {result["code"] for result in refused} == {"rate_limited"}
    stored = [m for m in server.parts.store.items(conversation) if getattr(m, "internal", False)]
    assert len(stored) == 60 - len(refused)


def test_typing_goes_both_ways(server):
    _, chat, conversation = server.waiting()
    desk, idle = server.desk(), server.desk(server.agent("idle"))
    desk.act("claim", conversation)
    desk.open(conversation)
    desk.send(type="typing", conversation=conversation)
    assert chat.until("typing") == {"type": "typing", "name": "Ann"}
    chat.send(type="typing")
    assert desk.until("typing") == {"type": "typing", "conversation": conversation}
    idle.ping()
    assert not [frame for frame in idle.frames if frame["type"] == "typing"], "only who has it open"


def test_typing_of_who_does_not_hold_it_is_not_passed_on(server):
    _, chat, conversation = server.waiting()
    desk = server.desk()
    desk.send(type="typing", conversation=conversation)
    desk.send(type="typing", conversation="nothing")
    desk.ping()
    chat.ping()
    assert not [frame for frame in chat.frames if frame["type"] == "typing"]


def test_typing_in_a_conversation_that_is_not_there_is_survived(server):
    desk = server.desk()
    desk.send(type="typing", conversation="nothing")
    assert desk.ping() is not None


# --- Who speaks ---------------------------------------------------------------------------------------------


def test_the_assistant_is_silent_while_somebody_waits_or_talks(server):
    _, chat, conversation = server.waiting()
    before = len(chat.texts("bot"))
    assert chat.ask(QUESTION)["type"] == "ack"
    desk = server.desk()
    desk.act("claim", conversation)
    assert chat.ask(f"{QUESTION} please")["type"] == "ack"
    desk.act("reply", conversation, text="I am looking")
    chat.item(said("I am looking"))
    assert conversation not in server.parts.store.unanswered()
    asyncio.run(server.parts.assistant.answer(conversation))
    chat.ping()
    assert len(chat.texts("bot")) == before
    assert not [frame for frame in chat.frames[-6:] if frame["type"] == "progress" and frame["stage"]]


def test_handed_back_the_assistant_answers_what_was_left_open(server):
    _, chat, conversation = server.waiting()
    desk = server.desk()
    desk.act("claim", conversation)
    desk.act("reply", conversation, text="Hello!")
    chat.ask(QUESTION)
    before = len(chat.texts("bot"))
    assert desk.act("hand_back", conversation, text="just a delivery question")["ok"]
    chat.item(step("hand_back"))
    chat.item(lambda item: is_bot(item) and item["citations"])
    assert len(chat.texts("bot")) == before + 1
    assert server.parts.store.get(conversation).status is Status.BOT


def test_handed_back_with_nothing_open_the_assistant_says_nothing(server):
    _, chat, conversation = server.waiting()
    desk = server.desk()
    desk.act("claim", conversation)
    desk.act("reply", conversation, text="All done")
    before = len(chat.texts("bot"))
    desk.act("hand_back", conversation)
    chat.item(step("hand_back"))
    asyncio.run(server.parts.assistant.answer(conversation))
    chat.ping()
    assert len(chat.texts("bot")) == before


def test_transfer_puts_it_back_in_the_queue(server):
    _, chat, conversation = server.waiting()
    desk = server.desk()
    desk.act("claim", conversation)
    assert desk.act("transfer", conversation, text="needs billing")["ok"]
    chat.item(step("transfer"))
    head = server.parts.store.get(conversation)
    assert (head.status, head.assignee) == (Status.WAITING, None)
    other = server.desk(server.agent("second"))
    assert other.act("claim", conversation)["ok"]
    notes = [item for item in other.open(conversation)["items"] if item.get("internal")]
    assert [note["text"] for note in notes] == ["needs billing"]


def test_a_message_after_the_end_opens_it_again(server):
    _, chat, conversation = server.waiting()
    desk = server.desk()
    desk.act("claim", conversation)
    assert desk.act("close", conversation, disposition="solved")["ok"]
    chat.item(step("close"))
    assert chat.ask(QUESTION)["type"] == "ack"
    chat.item(step("reopen"))
    chat.item(lambda item: is_bot(item) and item["citations"])
    assert server.parts.store.get(conversation).status is Status.BOT
    assert desk.act("reply", conversation, text="x")["code"] == "not_yours"


def test_an_agent_may_take_over_from_the_assistant(server):
    client = server.visit()
    chat = server.chat(client)
    chat.ask(QUESTION)
    chat.item(is_bot)
    assert server.desk().act("claim", server.conversation(client))["ok"]
    chat.item(step("claim"))


# --- Others are not held up ---------------------------------------------------------------------------------


def test_a_client_that_reads_nothing_holds_nobody_up(server):
    client, chat, conversation = server.waiting()
    stuck = server.socket("/ws/chat", cookies={CHAT_COOKIE: client.cookies[CHAT_COOKIE]})
    agent = server.agent("patient")
    stuck_desk = server.socket("/ws/desk", cookies={DESK_COOKIE: agent.cookies[DESK_COOKIE]})
    stuck_desk.send(type="open", conversation=conversation, after=0)
    desk = server.desk()
    desk.act("claim", conversation)
    for n in range(20):
        # Megabytes that the stuck ones do not take: their buffers fill up.
        server.parts.store.apply(
            conversation, Action.REPLY, [NewMessage(Author.AGENT, "x" * 500_000 + str(n), author_name="Ann")]
        )
    assert desk.act("reply", conversation, text="the last one")["ok"]
    chat.item(said("the last one"))
    assert server.chat().ask("somebody else")["type"] == "ack"
    assert stuck.item(said("the last one")), "and when it reads again, nothing is missing"
    check_items(stuck.items(), {"message", "status"})


def test_clients_that_vanish_are_forgotten(server):
    import gc

    from batonpass.ui.hub import ChatConnection, Connection

    def living() -> list[Connection]:
        gc.collect()
        return [thing for thing in gc.get_objects() if isinstance(thing, Connection)]

    client, chat, conversation = server.waiting()
    for _ in range(5):
        tab = server.chat(client)
        tab.connection.socket.close()  # no goodbye
    for _ in range(5):
        server.chat(client).close()
    chat.ask("are you still there?")
    chat.item(said("are you still there?"))
    for _ in range(500):
        chat.ping()
        mine = [c for c in living() if isinstance(c, ChatConnection) and c.conversation_id == conversation]
        if len(mine) == 1:
            return
    pytest.fail("connections are kept after their clients are gone")


def test_many_customers_at_once(server):
    chats = [server.chat() for _ in range(20)]
    for n, chat in enumerate(chats):
        chat.send(type="send", id=f"id-{n}", text=f"{QUESTION} ({n})")
    for n, chat in enumerate(chats):
        chat.item(is_bot)
        assert chat.texts("customer") == [f"{QUESTION} ({n})"], "each sees their own"


# --- Restarts -----------------------------------------------------------------------------------------------


def test_a_restart_restores_everything(serve):
    with serve() as server:
        client, chat, conversation = server.waiting()
        agent = server.agent()
        desk = server.desk(agent)
        desk.act("claim", conversation)
        desk.act("reply", conversation, text="Hello from before")
        chat.item(said("Hello from before"))
        cookie, session = client.cookies[CHAT_COOKIE], agent.cookies[DESK_COOKIE]
        items, last = chat.items(), max(item["seq"] for item in chat.items())
    with serve() as server:
        back = server.socket(f"/ws/chat?after={last}", cookies={CHAT_COOKIE: cookie})
        hello = back.until("hello")
        assert hello["items"] == []
        assert hello["conversation"]["agent"] == {"name": "Ann"}
        whole = server.socket("/ws/chat", cookies={CHAT_COOKIE: cookie}).until("hello")
        assert whole["items"] == items
        desk = server.socket("/ws/desk", cookies={DESK_COOKIE: session})
        assert [row["assignee"] for row in desk.until("hello")["queue"]] == ["ann"]
        assert desk.act("reply", conversation, text="Hello from after")["ok"]
        back.item(said("Hello from after"))


def test_what_was_stored_but_not_answered_is_answered_once_after_a_crash(serve):
    with serve() as server:
        client = server.visit()
        conversation = server.conversation(client)
        cookie = client.cookies[CHAT_COOKIE]
        # As a crash leaves it: stored and acknowledged, but nobody was woken.
        server.parts.assistant.receive(conversation, QUESTION, client_id="before")
        assert server.parts.store.unanswered() == [conversation]
    with serve() as server:
        chat = server.socket("/ws/chat", cookies={CHAT_COOKIE: cookie})
        chat.item(is_bot)
        assert server.parts.store.unanswered() == []
    with serve() as server:
        chat = server.socket("/ws/chat", cookies={CHAT_COOKIE: cookie})
        chat.until("hello")
        assert chat.ask(QUESTION, id="before")["seq"] == 1, "sent again after the crash: still the same message"
        chat.ping()
        assert len(chat.texts("bot")) == 1
        assert len(chat.texts("customer")) == 1


def test_a_crash_in_the_middle_of_an_answer_calls_nobody_and_is_made_up_for(serve):
    started, finish = threading.Event(), threading.Event()

    def hang(parts) -> None:
        async def never(turn, progress, meter):
            started.set()
            await asyncio.Event().wait()

        parts.assistant._draft = never

    with serve(change=hang) as server:
        client = server.visit()
        chat = server.chat(client)
        chat.ask(QUESTION)
        assert started.wait(60)
        cookie = client.cookies[CHAT_COOKIE]
    finish.set()
    with serve() as server:
        chat = server.socket("/ws/chat", cookies={CHAT_COOKIE: cookie})
        answer = chat.item(is_bot)
        assert answer["decision"] == "answer"
        assert len(chat.texts("bot")) == 1


def test_a_failing_turn_calls_a_person(serve):
    def break_it(parts) -> None:
        async def broken(turn, progress, meter):
            raise RuntimeError("the model is gone")

        parts.assistant._draft = broken

    with serve(change=break_it) as server:
        chat = server.chat()
        chat.ask(QUESTION)
        chat.item(step("hand_off"))
        assert "RuntimeError" not in json.dumps(chat.frames)
        assert "the model is gone" not in json.dumps(chat.frames)


def test_a_message_that_cannot_be_stored_is_kept_by_the_client(serve, monkeypatch):
    with serve() as server:
        chat = server.chat()
        message_id = new_id()
        real = server.parts.assistant.receive

        def full(*args, **more):
            raise OSError("no space left on device")

        monkeypatch.setattr(server.parts.assistant, "receive", full)
        assert chat.ask("hello", id=message_id) == {"type": "error", "id": message_id, "code": "unavailable"}
        monkeypatch.setattr(server.parts.assistant, "receive", real)
        assert chat.ask("hello", id=message_id)["type"] == "ack", "the same connection, the same id"


def test_a_look_for_owed_answers_that_fails_is_not_the_last(serve, monkeypatch):
    # Ended by the first locked database, nobody would be answered whose notification was lost.
    monkeypatch.setattr("batonpass.ui.app.SWEEP", 0.05)
    looks: list[int] = []

    def change(parts) -> None:
        real = parts.store.unanswered

        def flaky() -> list[str]:
            looks.append(1)
            if len(looks) < 3:
                raise OSError("database is locked")
            return real()

        parts.store.unanswered = flaky

    with serve(change=change) as server:
        client = server.visit()
        server.parts.assistant.receive(server.conversation(client), QUESTION)  # nobody is woken
        assert server.chat(client).item(is_bot)["decision"] == "answer"
    assert len(looks) >= 3
