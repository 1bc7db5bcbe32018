"""What every reply is held to."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from batonpass.evals.scorers import ReplyChecks, claims, same_language, sentences, supported, tone_faults
from batonpass.knowledge import Audience, make_document

KO = "국내 배송비는 주문 한 건에 3,000원이며, 상품 금액이 50,000원 이상이면 무료입니다."
EN = "You can return an item within 7 days of delivery. Return shipping costs 3,000 won."


@pytest.mark.parametrize(
    ("claim", "passage", "held"),
    [
        ("상품 금액이 50,000원 이상이면 무료예요.", KO, True),
        ("상품 금액이 30,000원 이상이면 무료입니다.", KO, False),
        ("Return shipping costs 3,000 won.", EN, True),
        ("Return shipping costs 3000 won.", EN, False),  # a number is copied, not rewritten
        ("Returns are collected by helicopter from your roof.", EN, False),
        ("You can return it within 7 days.", EN, True),
        ("네.", "", False),
    ],
)
def test_support_by_coverage_and_numbers(claim: str, passage: str, held: bool) -> None:
    assert supported(claim, [passage]) is held


def test_claims_are_the_sentences_before_each_mark() -> None:
    text = "First one. Second one. [1] Third,\nfourth [2][3]\n\nShall I connect you?"
    assert claims(text) == [("First one.", [1]), ("Second one.", [1]), ("Third,", [2, 3]), ("fourth", [2, 3])]
    assert claims("No source at all.") == []
    assert sentences("- 하나입니다. 둘이에요!\n---\n셋") == ["- 하나입니다.", "둘이에요!", "셋"]


def test_language_is_compared_where_it_can_be_told() -> None:
    assert same_language("배송비가 얼마예요?", KO) is True
    assert same_language("배송비가 얼마예요?", EN) is False
    assert same_language("네", KO) is None
    assert same_language("SD-1", EN) is None


@pytest.mark.parametrize(
    ("reply", "before", "helped", "faults"),
    [
        ("That was your own mistake.", "", True, ["blame"]),
        ("고객님 과실이라 어렵습니다.", "", True, ["blame"]),
        ("이미 말씀드렸는데요.", "", False, ["blame"]),
        ("죄송합니다.", "죄송합니다.", False, ["apology_loop"]),
        ("I'm sorry.", "I'm sorry.", True, []),  # with choices: a way on
        ("I'm sorry.", "Hello!", False, []),
        ("You can return an item that failed.", "", True, []),
    ],
)
def test_tone(reply: str, before: str, helped: bool, faults: list[str]) -> None:
    assert tone_faults(reply, before, helped=helped) == faults


def test_quoting_an_internal_or_outdated_article_is_a_leak() -> None:
    public = make_document("public", "Fees", "Delivery costs 3,000 won for each order within Korea.")
    secret = make_document("secret", "Agents", "Agents may hand out up to 5,000 points without asking anybody.")
    secret = replace(secret, audience=Audience.AGENT)
    knowledge: Any = SimpleNamespace(passage=lambda chunk_id: None)
    checks = ReplyChecks(knowledge, [public, secret])
    assert checks.leaked("Agents may hand out up to 5,000 points without asking anybody.") == ["secret"]
    assert checks.leaked("Delivery costs 3,000 won for each order within Korea.") == []
