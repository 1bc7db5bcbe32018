from __future__ import annotations

import pytest
from batonpass.escalation.repetition import SAME, repeats, similarity
from hypothesis import given
from hypothesis import strategies as st

from .support import ADVERSARIAL


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("환불 언제 되나요?", "환불 언제 되나요"),
        ("환불 언제 되나요?", "환불언제되나요!!"),
        ("배송비가 얼마예요", "배송비가 얼마예요??? ㅠ"),
        ("where is my order?", "WHERE IS MY ORDER"),
        ("How do I return a chair", "how do i return the chair"),
        ("ｗｈｅｒｅ is my order", "where is my order"),
    ],
)
def test_the_same_again(one: str, other: str) -> None:
    assert repeats(other, ["something else entirely", one]) == [1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("환불 언제 되나요?", "교환 비용은 얼마인가요?"),
        ("배송비가 얼마예요", "의자 무게가 몇 킬로예요"),
        ("where is my order?", "can I change the colour?"),
        ("How do I return a chair", "how do I clean a velvet sofa"),
    ],
)
def test_another_question(one: str, other: str) -> None:
    assert repeats(other, [one]) == []


def test_short_texts_never_count() -> None:
    assert repeats("네", ["네", "네"]) == []
    assert repeats("배송?", ["배송?"]) == []
    assert repeats("!!!???...", ["!!!???..."]) == []
    assert repeats("", [""]) == []


def test_all_places_are_told() -> None:
    assert repeats("where is my order", ["where is my order", "hi", "Where is my order?"]) == [0, 2]


@given(st.text(max_size=80), st.text(max_size=80))
def test_similarity_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert 0 <= similarity(one, other) <= 1
    assert similarity(one, other) == similarity(other, one)


@given(st.text(alphabet="가나다라마바사아자차abcdefgh", min_size=6, max_size=60))
def test_a_text_repeats_itself(text: str) -> None:
    assert similarity(text, text) == 1 >= SAME
    assert repeats(text, [text]) == [0]


@pytest.mark.parametrize("text", ADVERSARIAL[::5])
def test_comes_to_an_end(text: str, ends) -> None:
    ends(lambda t: (repeats(t, [t] * 20), True), text)
