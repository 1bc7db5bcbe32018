from __future__ import annotations

import pytest
from batonpass.escalation import (
    Action,
    Author,
    Customer,
    Desk,
    Disposition,
    Event,
    EventKind,
    FileCustomerDirectory,
    HumanAgent,
    InvalidTransition,
    Message,
    NewEvent,
    NewMessage,
    NotYours,
    Role,
    SQLStore,
    Status,
)

MINA, JUNO = HumanAgent(id="mina", name="Mina Kim"), HumanAgent(id="juno", name="Juno Lee")
BOSS = HumanAgent(id="boss", name="Bo Seo", role=Role.ADMIN)


class Directory(FileCustomerDirectory):
    def get(self, customer_id: str) -> Customer | None:
        return Customer(id="C-1", name="김서연") if customer_id == "C-1" else None


@pytest.fixture
def desk(store: SQLStore) -> Desk:
    return Desk(store, Directory(), {"mina": "Mina Kim"}.get)


def calls(store: SQLStore, text: str = "my  sofa\nis late", **packet: object) -> str:
    made = store.create(customer_id="C-1", lang="en").id
    store.apply(made, Action.RECEIVE, [NewMessage(Author.CUSTOMER, text)])
    holding = NewMessage(Author.BOT, "One moment.")
    store.apply(made, Action.HAND_OFF, [holding, NewEvent(EventKind.HANDOFF, dict(packet))], answered=1)
    return made


def says(store: SQLStore, conversation_id: str) -> list[tuple[str, str, bool]]:
    return [(i.author, i.text, i.internal) for i in store.items(conversation_id) if isinstance(i, Message)]


def test_claim_reply_and_close(desk: Desk, store: SQLStore) -> None:
    made = calls(store)
    desk.claim(made, MINA)
    desk.reply(made, MINA, "Hello, Mina here.")
    after = desk.close(made, MINA, Disposition.SOLVED, "sent a new one").conversation
    assert (after.status, after.assignee) == (Status.CLOSED, None)
    assert says(store, made)[2:] == [("agent", "Hello, Mina here.", False), ("agent", "sent a new one", True)]
    events = [i.payload for i in store.items(made) if isinstance(i, Event)]
    assert {"action": "disposition", "disposition": "solved"} in events
    assert events[-1]["action"] == "close"
    assert events[-1]["by_name"] == "Mina Kim"


def test_the_loser_of_a_claim_learns_who_won(desk: Desk, store: SQLStore) -> None:
    made = calls(store)
    desk.claim(made, MINA)
    for act in (
        lambda: desk.claim(made, JUNO),
        lambda: desk.reply(made, JUNO, "me too"),
        lambda: desk.transfer(made, JUNO),
        lambda: desk.hand_back(made, JUNO),
        lambda: desk.close(made, JUNO),
    ):
        with pytest.raises(NotYours) as raised:
            act()
        assert raised.value.holder == "mina"
    assert ("agent", "me too", False) not in says(store, made)


def test_an_admin_may_transfer_and_close_but_not_speak_for_others(desk: Desk, store: SQLStore) -> None:
    made = calls(store)
    desk.claim(made, MINA)
    with pytest.raises(NotYours):
        desk.reply(made, BOSS, "hello")
    assert desk.transfer(made, BOSS, "Mina is ill").conversation.status is Status.WAITING
    desk.claim(made, JUNO)
    assert desk.close(made, BOSS).conversation.status is Status.CLOSED


def test_transfer_waits_anew_and_leaves_a_note(desk: Desk, store: SQLStore) -> None:
    made = calls(store)
    desk.claim(made, MINA)
    after = desk.transfer(made, MINA, "needs finance").conversation
    assert (after.status, after.assignee) == (Status.WAITING, None)
    assert after.waiting_since is not None
    assert says(store, made)[-1] == ("agent", "needs finance", True)


def test_what_a_human_answered_is_owed_no_more(desk: Desk, store: SQLStore) -> None:
    made = calls(store)
    desk.claim(made, MINA)
    store.apply(made, Action.RECEIVE, [NewMessage(Author.CUSTOMER, "hello?")])
    desk.reply(made, MINA, "It comes tomorrow.")
    assert desk.hand_back(made, MINA).conversation.status is Status.BOT
    assert store.unanswered() == []


def test_what_came_behind_the_last_reply_is_still_owed(desk: Desk, store: SQLStore) -> None:
    made = calls(store)
    desk.claim(made, MINA)
    desk.reply(made, MINA, "It comes tomorrow.")
    store.apply(made, Action.RECEIVE, [NewMessage(Author.CUSTOMER, "and the lamp?")])
    desk.hand_back(made, MINA, "sofa is settled")
    assert store.unanswered() == [made]


def test_closing_settles_everything(desk: Desk, store: SQLStore) -> None:
    made = calls(store)
    store.apply(made, Action.RECEIVE, [NewMessage(Author.CUSTOMER, "hello?")])
    desk.close(made, MINA, Disposition.SPAM)
    store.apply(made, Action.RECEIVE, [NewMessage(Author.CUSTOMER, "new matter")])
    head = store.get(made)
    assert head.answered < head.version
    owed = [i.text for i in store.items(made, head.answered) if isinstance(i, Message)]
    assert owed == ["new matter"]


def test_the_same_request_twice_happens_once(desk: Desk, store: SQLStore) -> None:
    made = calls(store)
    for _ in range(2):
        desk.claim(made, MINA, client_id="1")
    for _ in range(2):
        desk.reply(made, MINA, "hi", client_id="2")
    for _ in range(2):
        desk.note(made, MINA, "careful", client_id="3")
    for _ in range(2):
        desk.hand_back(made, MINA, "done", client_id="4")
    assert [text for _, text, _ in says(store, made)[2:]] == ["hi", "careful", "done"]
    assert desk.hand_back(made, MINA, "done", client_id="4").repeated


def test_a_bot_conversation_can_be_claimed_and_closed(desk: Desk, store: SQLStore) -> None:
    made = store.create().id
    store.apply(made, Action.RECEIVE, [NewMessage(Author.CUSTOMER, "hi")])
    assert desk.claim(made, MINA).conversation.assignee == "mina"
    other = store.create().id
    assert desk.close(other, MINA).conversation.status is Status.CLOSED


def test_steps_that_make_no_sense(desk: Desk, store: SQLStore) -> None:
    made = store.create().id
    for act in (
        lambda: desk.transfer(made, MINA),
        lambda: desk.hand_back(made, MINA),
        lambda: desk.note(made, MINA, "x"),
    ):
        with pytest.raises(InvalidTransition):
            act()
    with pytest.raises(NotYours):
        desk.reply(made, MINA, "x")


def test_the_queue_puts_who_waits_longest_first(desk: Desk, store: SQLStore) -> None:
    store.create()  # nothing said yet: not shown
    bots = store.create().id
    store.apply(bots, Action.RECEIVE, [NewMessage(Author.CUSTOMER, "hi")])
    first, second, held = calls(store), calls(store), calls(store)
    desk.claim(held, MINA)
    gone = calls(store)
    desk.close(gone, MINA)
    store.apply(first, Action.RECEIVE, [NewMessage(Author.CUSTOMER, "still here")])
    assert [row.id for row in desk.queue()] == [first, second, held, bots]


def test_what_is_urgent_goes_before_who_waits_longer(desk: Desk, store: SQLStore) -> None:
    plain, low, urgent = (
        calls(store),
        calls(store, priority=0),
        calls(store, priority=3, queue="safety", skill="recall"),
    )
    later, high = calls(store, priority=3), calls(store, priority=2)
    rows = desk.queue()
    assert [row.id for row in rows] == [urgent, later, high, plain, low]
    assert (rows[0].priority, rows[0].queue, rows[0].skill) == (3, "safety", "recall")
    assert (rows[3].priority, rows[3].queue, rows[3].skill) == (1, None, None)
    desk.claim(urgent, MINA)
    assert desk.queue()[0].id == later
    assert desk.row(store.get(urgent)).priority == 3
    desk.hand_back(urgent, MINA)
    assert desk.row(store.get(urgent)).priority == 1, "the assistant's own are not ranked"


def test_a_row_of_the_queue(desk: Desk, store: SQLStore) -> None:
    reasons = [
        {"reason": "frustration", "text": "a"},
        {"reason": "frustration", "text": "b"},
        {"reason": "repetition"},
    ]
    made = calls(store, "my  sofa\nis " + "very " * 60, reasons=reasons, frustration=2)
    row = desk.row(store.get(made))
    assert row.preview.startswith("my sofa is very very")
    assert len(row.preview) == 140
    assert (row.reasons, row.frustration) == (("frustration", "repetition"), 2)
    assert row.customer is not None
    assert row.customer.name == "김서연"
    desk.claim(made, MINA)
    assert desk.row(store.get(made)).assignee_name == "Mina Kim"
    desk.hand_back(made, MINA)
    assert desk.row(store.get(made)).reasons == ()
