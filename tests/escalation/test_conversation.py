from __future__ import annotations

from collections import deque

import pytest
from batonpass.escalation import (
    TRANSITIONS,
    Action,
    Author,
    InvalidTransition,
    Message,
    NotYours,
    Status,
    next_status,
)

from .support import NOW


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("action", list(Action))
def test_the_table_is_all_there_is(status: Status, action: Action) -> None:
    if (status, action) in TRANSITIONS:
        assert next_status(status, action) is TRANSITIONS[status, action]
        return
    with pytest.raises(InvalidTransition) as raised:
        next_status(status, action)
    assert (raised.value.status, raised.value.action) == (status, action)
    assert str(raised.value) == f"cannot {action} a conversation that is {status}"


def test_the_bot_speaks_only_where_it_owns_the_conversation() -> None:
    speaks = {status for status, action in TRANSITIONS if action in (Action.ANSWER, Action.HAND_OFF)}
    assert speaks == {Status.BOT}


def test_an_agent_speaks_only_where_a_human_owns_it() -> None:
    assert {status for status, action in TRANSITIONS if action is Action.REPLY} == {Status.HUMAN}


def test_a_customers_message_is_taken_in_every_status() -> None:
    for status in Status:
        next_status(status, Action.RECEIVE)


def test_a_message_leaves_a_waiting_or_human_conversation_there() -> None:
    assert next_status(Status.WAITING, Action.RECEIVE) is Status.WAITING
    assert next_status(Status.HUMAN, Action.RECEIVE) is Status.HUMAN


def test_every_status_can_be_reached_and_closed() -> None:
    for start in Status:
        seen, queue = {start}, deque([start])
        while queue:
            here = queue.popleft()
            for (status, _), after in TRANSITIONS.items():
                if status is here and after not in seen:
                    seen.add(after)
                    queue.append(after)
        assert seen == set(Status), f"from {start}"


def test_records_cannot_be_changed() -> None:
    message = Message(conversation_id="c", seq=1, author=Author.BOT, text="a", created_at=NOW)
    with pytest.raises(ValueError, match="frozen"):
        message.text = "b"  # pyright: ignore[reportAttributeAccessIssue]


def test_not_yours_says_who_holds_it() -> None:
    assert str(NotYours("mina")) == "held by mina"
    assert NotYours("mina").holder == "mina"
    assert str(NotYours(None)) == "held by nobody"
