"""What every ConversationStore must do. A test module subclasses it and has a fixture named ``store``."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from batonpass.escalation import (
    Action,
    Author,
    ConversationStore,
    Event,
    EventKind,
    InvalidTransition,
    Message,
    NewEvent,
    NewMessage,
    NotFound,
    NotYours,
    Result,
    Status,
    VersionConflict,
)

from .support import CITED


def says(text: str, author: Author = Author.CUSTOMER, **fields) -> NewMessage:
    return NewMessage(author, text, **fields)


def snapshot(store: ConversationStore, conversation_id: str) -> tuple:
    return store.get(conversation_id), store.items(conversation_id)


def waiting(store: ConversationStore, *, client_id: str | None = None) -> str:
    """A conversation whose customer asked for a person."""
    made = store.create(customer_id="C-1", lang="en").id
    store.apply(made, Action.RECEIVE, [says("a person please", client_id=client_id)])
    packet = NewEvent(EventKind.HANDOFF, {"reasons": []})
    store.apply(made, Action.HAND_OFF, [says("One moment.", Author.BOT), packet], answered=1)
    return made


class StoreContract:
    """Subclass it as ``class TestMine(StoreContract)``."""

    def test_is_a_store(self, store: ConversationStore) -> None:
        assert isinstance(store, ConversationStore)

    def test_a_new_conversation_is_the_bots_and_empty(self, store: ConversationStore) -> None:
        made = store.create(customer_id="C-1", lang="en")
        assert (made.status, made.version, made.answered, made.assignee) == (Status.BOT, 0, 0, None)
        assert (made.customer_id, made.lang, made.waiting_since) == ("C-1", "en", None)
        assert store.get(made.id) == made
        assert store.items(made.id) == []

    def test_ids_cannot_be_guessed(self, store: ConversationStore) -> None:
        ids = {store.create().id for _ in range(20)}
        assert len(ids) == 20
        assert min(map(len, ids)) >= 22  # 128 bits in base 64

    def test_unknown_ids_are_not_found(self, store: ConversationStore) -> None:
        with pytest.raises(NotFound):
            store.get("nobody")
        with pytest.raises(NotFound):
            store.apply("nobody", Action.RECEIVE, [says("hi")])
        assert store.items("nobody") == []
        assert store.last_event("nobody", EventKind.STATUS) is None

    def test_what_was_typed_comes_back_as_it_was(self, store: ConversationStore) -> None:
        text = "  한글 🙋‍♀️ \u200b <b>x</b> '; DROP TABLE messages; -- \n\tzweite Zeile  "
        made = store.create().id
        sent = says(
            text,
            author_id="C-1",
            author_name="김서연",
            client_id="k1",
            meta={"choices": ["가", 1]},
            citations=(CITED,),
        )
        result = store.apply(made, Action.RECEIVE, [sent])
        (stored,) = store.items(made)
        assert result.items == (stored,)
        assert isinstance(stored, Message)
        assert (stored.text, stored.author, stored.seq) == (text, Author.CUSTOMER, 1)
        assert (stored.author_id, stored.author_name, stored.client_id) == ("C-1", "김서연", "k1")
        assert stored.meta == {"choices": ["가", 1]}
        assert stored.citations == (CITED,)
        assert stored.created_at.utcoffset() == timedelta(0)

    def test_events_share_the_counter_with_messages(self, store: ConversationStore) -> None:
        made = store.create().id
        store.apply(made, Action.RECEIVE, [says("q")])
        verdict = NewEvent(EventKind.VERDICT, {"decision": "answer", "signals": {"repeats": 0}})
        after = store.apply(made, Action.ANSWER, [verdict, says("a", Author.BOT)], answered=1).conversation
        items = store.items(made)
        assert [item.seq for item in items] == [1, 2, 3]
        assert [type(item) for item in items] == [Message, Event, Message]
        assert after.version == 3
        assert after.answered == 1
        assert items[1] == store.last_event(made, EventKind.VERDICT)

    def test_items_start_behind_a_seq(self, store: ConversationStore) -> None:
        made = store.create().id
        for n in range(5):
            store.apply(made, Action.RECEIVE, [says(str(n))])
        assert [item.seq for item in store.items(made, 3)] == [4, 5]
        assert store.items(made, 5) == []

    def test_conversations_do_not_mix(self, store: ConversationStore) -> None:
        one, two = store.create().id, store.create().id
        store.apply(one, Action.RECEIVE, [says("one", client_id="same")])
        result = store.apply(two, Action.RECEIVE, [says("two", client_id="same")])
        assert not result.repeated
        assert [item.text for item in store.items(two) if isinstance(item, Message)] == ["two"]

    def test_a_change_of_status_is_recorded_behind_the_items(self, store: ConversationStore) -> None:
        made = waiting(store)
        *_, packet, change = store.items(made)
        assert isinstance(packet, Event)
        assert packet.kind is EventKind.HANDOFF
        assert isinstance(change, Event)
        assert change.payload["action"] == "hand_off"
        assert (change.payload["from"], change.payload["to"]) == ("bot", "waiting")
        assert store.get(made).waiting_since is not None

    def test_a_claim_records_who(self, store: ConversationStore) -> None:
        made = waiting(store)
        after = store.apply(made, Action.CLAIM, assignee="mina", by="mina", by_name="Mina Kim").conversation
        assert (after.status, after.assignee, after.waiting_since) == (Status.HUMAN, "mina", None)
        change = store.last_event(made, EventKind.STATUS)
        assert change is not None
        assert change.payload == {
            "action": "claim", "from": "waiting", "to": "human", "by": "mina", "by_name": "Mina Kim",
        }  # fmt: skip

    def test_closing_and_writing_again_reopens_before_the_message(self, store: ConversationStore) -> None:
        made = waiting(store)
        store.apply(made, Action.CLOSE, by="mina")
        before = store.get(made).version
        result = store.apply(made, Action.RECEIVE, [says("one more thing")])
        reopened, message = result.items
        assert isinstance(reopened, Event)
        assert reopened.payload["action"] == "reopen"
        assert isinstance(message, Message)
        assert (reopened.seq, message.seq) == (before + 1, before + 2)
        assert result.conversation.status is Status.BOT
        assert store.unanswered() == [made]

    def test_a_forbidden_step_changes_nothing(self, store: ConversationStore) -> None:
        made = waiting(store)
        before = snapshot(store, made)
        with pytest.raises(InvalidTransition):
            store.apply(made, Action.ANSWER, [says("I know!", Author.BOT)])
        with pytest.raises(InvalidTransition):
            store.apply(made, Action.REPLY, [says("hello", Author.AGENT)])
        assert snapshot(store, made) == before

    def test_a_late_draft_is_refused_whole(self, store: ConversationStore) -> None:
        made = store.create().id
        seen = store.apply(made, Action.RECEIVE, [says("q")]).conversation.version
        store.apply(made, Action.RECEIVE, [says("q, more exactly")])
        before = snapshot(store, made)
        with pytest.raises(VersionConflict):
            store.apply(made, Action.ANSWER, [says("a", Author.BOT)], expected_version=seen, answered=1)
        assert snapshot(store, made) == before

    def test_only_the_holder_may_act(self, store: ConversationStore) -> None:
        made = waiting(store)
        with pytest.raises(NotYours) as nobody:
            store.apply(made, Action.REPLY, [says("x", Author.AGENT)], holder="mina")
        assert nobody.value.holder is None
        store.apply(made, Action.CLAIM, assignee="mina")
        before = snapshot(store, made)
        with pytest.raises(NotYours) as raised:
            store.apply(made, Action.REPLY, [says("x", Author.AGENT)], holder="juno")
        assert raised.value.holder == "mina"
        with pytest.raises(NotYours):
            store.apply(made, Action.CLAIM, assignee="juno")
        assert snapshot(store, made) == before

    def test_a_repeated_client_id_happens_once(self, store: ConversationStore) -> None:
        made = store.create().id
        first = store.apply(made, Action.RECEIVE, [says("hi", client_id="k1")])
        before = snapshot(store, made)
        again = store.apply(made, Action.RECEIVE, [says("hi (sent again)", client_id="k1")])
        assert again.repeated
        assert again.items == first.items
        assert snapshot(store, made) == before

    def test_a_repeat_is_known_even_where_the_step_is_forbidden_now(self, store: ConversationStore) -> None:
        made = waiting(store)
        store.apply(made, Action.CLAIM, assignee="mina", client_id="claim-1")
        again = store.apply(made, Action.CLAIM, assignee="mina", client_id="claim-1")
        assert again.repeated
        assert again.conversation.assignee == "mina"

    def test_a_repeated_step_returns_all_of_its_items_in_order(self, store: ConversationStore) -> None:
        made = waiting(store)
        store.apply(made, Action.CLAIM, assignee="mina")
        note = says("done", Author.AGENT, internal=True, client_id="n1")
        first = store.apply(made, Action.HAND_BACK, [note], holder="mina", client_id="b1")
        again = store.apply(made, Action.HAND_BACK, [note], holder="mina", client_id="b1")
        assert again.repeated
        assert list(again.items) == list(first.items)

    def test_answered_never_falls(self, store: ConversationStore) -> None:
        made = store.create().id
        store.apply(made, Action.RECEIVE, [says("q")])
        store.apply(made, Action.ANSWER, [says("a", Author.BOT)], answered=1)
        assert store.apply(made, Action.ANSWER, [says("b", Author.BOT)], answered=0).conversation.answered == 1

    def test_the_language_stays_until_it_changes(self, store: ConversationStore) -> None:
        made = store.create(lang="ko").id
        assert store.apply(made, Action.RECEIVE, [says("hi")], lang="en").conversation.lang == "en"
        assert store.apply(made, Action.RECEIVE, [says("ok")]).conversation.lang == "en"

    def test_waiting_counts_from_the_first_call(self, store: ConversationStore) -> None:
        made = waiting(store)
        since = store.get(made).waiting_since
        store.apply(made, Action.RECEIVE, [says("hello?")])
        assert store.get(made).waiting_since == since

    def test_unanswered_is_what_the_bot_owes(self, store: ConversationStore) -> None:
        owed, answered, human = store.create().id, store.create().id, waiting(store)
        store.create()
        for made in (owed, answered, human):
            store.apply(made, Action.RECEIVE, [says("q")])
        store.apply(answered, Action.ANSWER, [says("a", Author.BOT)], answered=1)
        assert store.unanswered() == [owed]

    def test_list_by_status_latest_first(self, store: ConversationStore) -> None:
        first, second, third = store.create().id, waiting(store), store.create().id
        store.apply(first, Action.RECEIVE, [says("now")])
        assert store.list()[0].id == first
        assert {c.id for c in store.list()} == {first, second, third}
        assert [c.id for c in store.list([Status.WAITING])] == [second]
        assert store.list([]) == []
        assert len(store.list(limit=2)) == 2

    def test_the_bus_hears_of_every_change_after_it_is_stored(self, store: ConversationStore) -> None:
        made = store.create().id
        heard: list[tuple[int, int]] = []
        stop = store.bus.subscribe(lambda cid, seq: heard.append((seq, len(store.items(cid)))))
        store.apply(made, Action.RECEIVE, [says("a", client_id="k")])
        store.apply(made, Action.RECEIVE, [says("b")])
        store.apply(made, Action.RECEIVE, [says("a", client_id="k")])  # a repeat is no change
        stop()
        store.apply(made, Action.RECEIVE, [says("c")])
        assert heard == [(1, 1), (2, 2)]

    def test_of_a_hundred_claims_one_wins_and_all_learn_who(self, store: ConversationStore) -> None:
        made = waiting(store)
        start = threading.Barrier(100)

        def claim(n: int) -> str:
            start.wait()
            try:
                return f"won:{store.apply(made, Action.CLAIM, assignee=f'agent-{n}').conversation.assignee}"
            except NotYours as lost:
                return f"lost:{lost.holder}"

        with ThreadPoolExecutor(100) as pool:
            results = list(pool.map(claim, range(100)))
        (winner,) = [result.removeprefix("won:") for result in results if result.startswith("won:")]
        assert results.count(f"lost:{winner}") == 99
        assert store.get(made).assignee == winner
        claims = [i for i in store.items(made) if isinstance(i, Event) and i.payload.get("action") == "claim"]
        assert len(claims) == 1

    def test_a_reader_sees_each_seq_once_and_in_order_while_others_write(self, store: ConversationStore) -> None:
        made = store.create().id
        writers, each = 6, 15
        done = threading.Event()
        seen: list[int] = []

        def write(n: int) -> None:
            for k in range(each):
                store.apply(made, Action.RECEIVE, [says(f"{n}/{k}", client_id=f"{n}/{k}")])

        def read() -> None:
            last = False
            while not last:
                last = done.wait(0.001)  # one more look after the last writer
                seen.extend(item.seq for item in store.items(made, seen[-1] if seen else 0))

        reader = threading.Thread(target=read)
        reader.start()
        with ThreadPoolExecutor(writers) as pool:
            list(pool.map(write, range(writers)))
        done.set()
        reader.join(60)
        assert seen == list(range(1, writers * each + 1))
        texts = [item.text for item in store.items(made) if isinstance(item, Message)]
        for n in range(writers):  # nobody's messages change places
            assert [t for t in texts if t.startswith(f"{n}/")] == [f"{n}/{k}" for k in range(each)]

    def test_the_same_message_sent_by_many_threads_is_stored_once(self, store: ConversationStore) -> None:
        made = store.create().id

        def send(_: int) -> Result:
            return store.apply(made, Action.RECEIVE, [says("hi", client_id="k1")])

        with ThreadPoolExecutor(16) as pool:
            results = list(pool.map(send, range(16)))
        assert [result.repeated for result in results].count(False) == 1
        assert len(store.items(made)) == 1
