from __future__ import annotations

import pytest
from batonpass.escalation.facts import PATTERNS, find_facts, without_identifiers
from hypothesis import given
from hypothesis import strategies as st

from .support import ADVERSARIAL, Row, agent, bot, customer, rows, transcript

ROWS = rows("facts.tsv")


def found(*texts: str) -> list[tuple[str, str, int]]:
    return [(f.slot, f.value, f.seq) for f in find_facts(transcript([customer(text) for text in texts]))]


def wrong(row: Row) -> str | None:
    pairs = dict(pair.split("=", 1) for pair in row.label.split("; ") if pair)
    got = {slot: value for slot, value, _ in found(row.text)}
    return None if got == pairs else f"{row.text}: {got}"


@pytest.mark.parametrize(("lang", "part"), [("ko", "dev"), ("ko", "test"), ("en", "dev"), ("en", "test")])
def test_slots_and_values(lang: str, part: str) -> None:
    mine = [row for row in ROWS if (row.lang, row.part) == (lang, part)]
    assert len(mine) >= 10
    mistakes = [mistake for row in mine if (mistake := wrong(row))]
    assert len(mistakes) <= len(mine) // 20, mistakes


def test_a_later_value_comes_first() -> None:
    assert found("11월 4일 예약이에요", "아니 11월 5일이에요") == [
        ("date", "11월 5일", 2),
        ("date", "11월 4일", 1),
    ]
    got = found("order number 1111111", "sorry, order number 2222222", "and my name is Daniel Park")
    assert got == [("order_number", "2222222", 2), ("order_number", "1111111", 1), ("name", "Daniel Park", 3)]


def test_within_a_message_the_later_value_comes_first() -> None:
    assert found("11월 4일, 아니 11월 5일이에요")[0] == ("date", "11월 5일", 1)


def test_a_value_said_again_is_one_fact_at_its_newest_place() -> None:
    assert found("SD-20261104-0312", "sd-20261104-0312 please") == [("order_number", "sd-20261104-0312", 2)]


def test_only_the_customer_states_facts() -> None:
    lines = [bot("Order ORD99999 costs $10."), agent("Call 010-1234-5678."), customer("ok")]
    assert find_facts(transcript(lines)) == ()


def test_a_span_is_one_fact() -> None:
    assert found("010-1234-5678") == [("phone", "010-1234-5678", 1)]
    assert found("2026-11-04") == [("date", "2026-11-04", 1)]


@pytest.mark.parametrize("text", ADVERSARIAL, ids=lambda text: f"{text[:12]!r}{text[-1]!r}")
def test_comes_to_an_end(text: str, ends) -> None:
    ends(lambda t: (found(t), True), text)


@given(st.lists(st.text(alphabet="SD-0123456789 주문번호원월일nameis.@aAJ,$", max_size=60), max_size=4))
def test_values_are_copied_from_their_message(texts: list[str]) -> None:
    slots = {slot for slot, _ in PATTERNS}
    for slot, value, seq in found(*texts):
        assert slot in slots
        assert value in texts[seq - 1]
        assert value == value.strip() != ""


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("SD-20261112-0312 주문 취소해 주세요", "주문 취소해 주세요"),
        ("where is my order SD-20261112-0312?", "where is my order ?"),
        ("mina@saedam.example 로 영수증 보내 주세요", "로 영수증 보내 주세요"),
        ("SD-20261112-0312", "SD-20261112-0312"),
        ("배송비 얼마예요?", "배송비 얼마예요?"),
    ],
)
def test_identifiers_stay_out_of_a_search(text: str, left: str) -> None:
    assert without_identifiers(text) == left
