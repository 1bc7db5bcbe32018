from __future__ import annotations

from pathlib import Path

import pytest
from batonpass.escalation import (
    TRANSITIONS,
    Action,
    Author,
    ConversationError,
    Event,
    EventKind,
    Message,
    NewEvent,
    NewMessage,
    SQLStore,
    Status,
)
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from .store_contract import StoreContract, says, snapshot, waiting


class TestSQLStore(StoreContract):
    """SQLite in a file and in memory (the ``store`` fixture)."""


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    first = SQLStore(url)
    made = waiting(first)
    before = snapshot(first, made)
    first.close()
    second = SQLStore(url)
    assert snapshot(second, made) == before
    second.close()


def test_two_stores_on_one_file_agree(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.sqlite'}"
    one, two = SQLStore(url), SQLStore(url)
    made = one.create().id
    for n in range(10):
        (one, two)[n % 2].apply(made, Action.RECEIVE, [says(str(n), client_id=str(n))])
    assert [item.seq for item in one.items(made)] == list(range(1, 11))
    assert one.items(made) == two.items(made)
    assert two.apply(made, Action.RECEIVE, [says("0", client_id="0")]).repeated
    one.close()
    two.close()


def test_a_step_that_breaks_in_the_middle_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = SQLStore(f"sqlite:///{tmp_path / 'x.sqlite'}")
    made = waiting(store)
    before = snapshot(store, made)
    unstorable = NewEvent(EventKind.STATUS, {"value": object()})
    with pytest.raises(Exception, match=r"."):
        store.apply(made, Action.CLAIM, [says("first"), unstorable], assignee="mina")
    assert snapshot(store, made) == before
    assert store.apply(made, Action.CLAIM, assignee="mina").conversation.assignee == "mina"
    store.close()


def test_a_listener_that_fails_does_not_undo_the_step(store: SQLStore) -> None:
    def broken(conversation_id: str, seq: int) -> None:
        raise RuntimeError("listener")

    store.bus.subscribe(broken)
    made = store.create().id
    assert store.apply(made, Action.RECEIVE, [says("hi")]).conversation.version == 1


WALKED = SQLStore("sqlite://")
"""One store for all walks: each has its own conversation."""

AGENTS = st.sampled_from(["mina", "juno"])


class Walk(RuleBasedStateMachine):
    """Any sequence of steps either follows the table or raises and changes nothing."""

    @initialize()
    def begin(self) -> None:
        self.store = WALKED
        self.id = self.store.create().id
        self.sent: dict[str, tuple] = {}
        self.count = 0

    @rule(
        action=st.sampled_from(list(Action)),
        agent=AGENTS,
        checks_holder=st.booleans(),
        texts=st.integers(0, 3),
        late=st.sampled_from([None, 0, -1]),
        answered=st.one_of(st.none(), st.integers(0, 40)),
    )
    def step(
        self, action: Action, agent: str, checks_holder: bool, texts: int, late: int | None, answered: int | None
    ) -> None:
        head, items = snapshot(self.store, self.id)
        self.count += 1
        key = f"k{self.count}"
        new = [NewMessage(Author.AGENT, f"{key}/{n}", client_id=f"{key}/{n}") for n in range(texts)]
        heard: list[int] = []
        stop = self.store.bus.subscribe(lambda _, seq: heard.append(seq))
        try:
            result = self.store.apply(
                self.id,
                action,
                new,
                expected_version=None if late is None else head.version + late,
                holder=agent if checks_holder else None,
                assignee=agent if action is Action.CLAIM else None,
                client_id=key,
                answered=answered,
            )
        except ConversationError:
            assert snapshot(self.store, self.id) == (head, items)
            assert heard == []
            forbidden = (head.status, action) not in TRANSITIONS
            not_holder = checks_holder and (head.status is not Status.HUMAN or head.assignee != agent)
            assert forbidden or not_holder or late == -1
            return
        finally:
            stop()
        after = result.conversation
        assert after.status is TRANSITIONS[head.status, action]
        assert after.version >= head.version
        assert after.version == head.version + len(result.items)
        assert heard == [after.version]
        assert self.store.items(self.id) == [*items, *result.items]
        changed = (after.status, after.assignee) != (head.status, head.assignee)
        assert len(result.items) == texts + changed
        if result.items:
            self.sent[key] = (action, new, result.items)

    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        if not self.sent:
            return
        key = data.draw(st.sampled_from(sorted(self.sent)))
        action, new, stored = self.sent[key]
        before = snapshot(self.store, self.id)
        again = self.store.apply(self.id, action, new, client_id=key)
        assert again.repeated
        assert list(again.items) == list(stored)
        assert snapshot(self.store, self.id) == before

    @invariant()
    def seqs_have_no_gap(self) -> None:
        if not hasattr(self, "store"):
            return
        head, items = snapshot(self.store, self.id)
        assert [item.seq for item in items] == list(range(1, head.version + 1))
        assert (head.assignee is not None) == (head.status is Status.HUMAN)
        assert (head.waiting_since is not None) == (head.status is Status.WAITING)
        moves = [i for i in items if isinstance(i, Event) and i.kind is EventKind.STATUS]
        assert not moves or moves[-1].payload["to"] == head.status
        assert all(isinstance(item, Message | Event) for item in items)


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
