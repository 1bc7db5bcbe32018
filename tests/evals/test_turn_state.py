import pytest
from batonpass.evals.turn_state import AGENT, CUSTOMER, Said, ngrams, overlap, turn_state


def said(role: str, text: str) -> Said:
    return Said(role, tuple(text.split()))


DIALOGUE = [
    said(CUSTOMER, "where is my parcel"),
    said(AGENT, "please type your order number"),
    said(CUSTOMER, "it is 4471"),
    said(AGENT, "please type your order number"),
    said(AGENT, "please type your order number"),
    said(CUSTOMER, "where is my parcel"),
    said(AGENT, "a colleague will look"),
]


def test_repetition_by_side() -> None:
    state = turn_state(DIALOGUE)
    assert [turn["again_exact"] for turn in state] == [0, 0, 0, 1, 2, 1, 0]
    assert state[5]["again_distance"] == 5
    assert state[4]["again_distance"] == 1
    assert [turn["agent_repeats"] for turn in state] == [0, 0, 0, 1, 2, 2, 2]
    assert [turn["customer_repeats"] for turn in state] == [0, 0, 0, 0, 0, 1, 1]


def test_failures_in_a_row_end_with_a_new_answer() -> None:
    assert [turn["failed_in_a_row"] for turn in turn_state(DIALOGUE)] == [0, 0, 0, 1, 2, 2, 0]


def test_what_the_other_side_just_said() -> None:
    state = turn_state(DIALOGUE)
    assert state[5]["other_again_count"] == 2
    assert state[0]["other_again"] == 0
    assert state[2]["echo"] == 0
    assert turn_state([said(AGENT, "open the box"), said(CUSTOMER, "open the box")])[1]["echo_last"] == 1


def test_position_length_and_slope() -> None:
    state = turn_state([said(CUSTOMER, "a b c"), said(CUSTOMER, "a"), said(AGENT, "d")])
    assert [turn["in_a_row"] for turn in state] == [1, 2, 1]
    assert [turn["own_position"] for turn in state] == [0, 1, 0]
    assert state[1]["slope"] < 0
    assert [turn["new"] for turn in state] == [1, 0, 1]


def test_a_turn_sees_nothing_that_follows() -> None:
    whole = turn_state(DIALOGUE)
    assert all(turn_state(DIALOGUE[:end]) == whole[:end] for end in range(len(DIALOGUE)))


def test_a_turn_without_words() -> None:
    state = turn_state([Said(CUSTOMER, ()), Said(CUSTOMER, ())])
    assert state[1]["length"] == state[1]["again"] == state[1]["new"] == 0


def test_overlap() -> None:
    assert overlap(frozenset("abc"), frozenset("bcd")) == pytest.approx(0.5)
    assert overlap(frozenset(), frozenset()) == 0


def test_ngrams_mark_ends_and_place() -> None:
    assert list(ngrams(said(CUSTOMER, "7 9"), "c", 2)) == [
        *("c1:^", "c1:7", "c1:9", "c1:$"),
        *("c2:^ 7", "c2:7 9", "c2:9 $"),
    ]
