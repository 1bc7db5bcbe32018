"""Typing mistakes and missing spaces: the same for the same seed, and nothing else changes."""

from __future__ import annotations

import random

import pytest
from batonpass.evals.formats import Query, Question
from batonpass.evals.perturb import LETTERS, misspelt, perturbed, without_spaces
from batonpass.knowledge.hangul import keys

TEXTS = (
    "주문한 책상이 언제쯤 도착하는지 알려 주세요",
    "Could you tell me when my desk is going to arrive",
    "AB-1234 주문 취소 did not work",
)


@pytest.mark.parametrize("text", TEXTS)
def test_so_many_mistakes_of_one_key(text: str) -> None:
    for seed in range(50):
        wrong = misspelt(text, random.Random(seed))
        assert wrong != text
        assert "AB-1234" in wrong or "AB-1234" not in text
        assert len(wrong.split()) >= len(text.split()) - 1
        mistakes = max(1, round(sum(map(str.isalpha, text)) / LETTERS))
        assert abs(len(keys(wrong)) - len(keys(text))) <= mistakes


def test_korean_mistakes_are_joined_as_they_are_typed() -> None:
    made = {misspelt("환불", random.Random(seed)) for seed in range(300)}
    assert {"호나불", "환부", "환물"} <= made
    assert "환불" not in made


def test_what_has_no_letters_stays() -> None:
    assert misspelt("1234 ?!", random.Random(1)) == "1234 ?!"
    assert misspelt("", random.Random(1)) == ""


def test_without_spaces() -> None:
    assert without_spaces("책상 배송 언제 와요") == "책상배송언제와요"
    assert without_spaces("my iPhone 15 Pro 결제 취소 please") == "my iPhone 15 Pro결제취소please"
    assert without_spaces(" ") == ""


def test_an_items_mistakes_depend_on_seed_and_id_alone() -> None:
    one = Question(id="q1", text=TEXTS[0], articles=("desk",))
    changed = perturbed(one, "typos", 7)
    assert changed == perturbed(one, "typos", 7)
    assert (changed.id, changed.articles) == (one.id, one.articles)
    assert changed.text not in (one.text, perturbed(one, "typos", 8).text)
    assert changed.text != perturbed(one.model_copy(update={"id": "q2"}), "typos", 7).text
    query = Query.model_validate({"_id": "a", "text": TEXTS[0]})
    assert perturbed(query, "nospace", 7).text == TEXTS[0].replace(" ", "")
    with pytest.raises(ValueError, match="'shouting' is none of"):
        perturbed(one, "shouting", 7)
