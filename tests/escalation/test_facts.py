from __future__ import annotations

from datetime import UTC

import pytest
from batonpass.escalation import Customer
from batonpass.escalation.facts import SLOTS, find_facts, known_names, named_orders, without_identifiers
from hypothesis import given, settings
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


@settings(deadline=None)  # the first number loads what telephone numbers look like
@given(st.lists(st.text(alphabet="SD-0123456789 주문번호원월일nameis.@aAJ,$", max_size=60), max_size=4))
def test_values_are_copied_from_their_message(texts: list[str]) -> None:
    slots = set(SLOTS)
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


@pytest.mark.parametrize(
    ("text", "slot", "value", "normalised"),
    [
        ("3만 5천원 빠졌어요", "amount", "3만 5천원", "KRW 35000"),
        ("89만원짜리예요", "amount", "89만원", "KRW 890000"),
        ("백이십만 원을 냈어요", "amount", "백이십만 원", "KRW 1200000"),
        ("my basket is 42k", "amount", "42k", "42000"),
        ("refund my $35.50", "amount", "$35.50", "USD 35.5"),
        ("이틀 전에 받았어요", "date", "이틀 전", "2026-02-28"),
        ("지난주 금요일에 왔어요", "date", "지난주 금요일", "2026-02-27"),
        ("28일에 취소했어요", "date", "28일", "2026-02-28"),
        ("bought on 2 December", "date", "2 December", "2025-12-02"),
        ("came three days ago", "date", "three days ago", "2026-02-27"),
        ("2월 30일에 샀어요", "date", "2월 30일", None),
        ("새벽 3시 12분에요", "time", "새벽 3시 12분", "03:12"),
        ("오후 두 시 반쯤", "time", "오후 두 시 반", "14:30"),
        ("at 10:30 please", "time", "10:30", "10:30"),
        ("3시에 오세요", "time", "3시", None),
        ("번호는 010 2222 3333 이요", "phone", "010 2222 3333", "+821022223333"),
        ("ring +44 20 7946 0958", "phone", "+44 20 7946 0958", "+442079460958"),
        ("증권번호 LA-3390211 입니다", "policy_number", "LA-3390211", "LA-3390211"),
        ("claim number CL-20113 please", "claim_number", "CL-20113", "CL-20113"),
        ("사업자 220-81-62517 로 발행해 주세요", "business_number", "220-81-62517", "220-81-62517"),
        ("카드 4242-4242-4242-4242요", "card", "4***-****-****-4242", None),
        ("저는 윤가람이고 어제 주문했어요", "name", "윤가람", None),
        ("Hi, this is Dana Lee.", "name", "Dana Lee", None),
        ("예약자명 백서진입니다", "name", "백서진", None),
        ("my walnut desk lamp flickers", "product", "walnut desk lamp", None),
        ("바다 협탁이 흔들려요", "product", "바다 협탁", None),
        ("아이폰 15 프로에서 안 열려요", "device", "아이폰 15 프로", None),
        ("경기 수원시 팔달구 매산로 12 로 보내 주세요", "address", "경기 수원시 팔달구 매산로 12", None),
        ("의자 두 개를 샀어요", "quantity", "두 개", None),
        ("IMG_0042.jpg", "attachment", "IMG_0042.jpg", None),
    ],
)
def test_slots_with_what_they_come_to(text: str, slot: str, value: str, normalised: str | None) -> None:
    facts = [f for f in find_facts(transcript([customer(text)]), zone=UTC) if f.slot == slot]
    assert [(f.value, f.normalised) for f in facts] == [(value, normalised)]


@pytest.mark.parametrize(
    "text",
    [
        "3일 안에 오나요?",
        "배송은 10일 걸려요?",
        "10시간 기다렸어요",
        "220-81-62519 이 뭐예요",
        "I am Still waiting",
        "저는 학생이고 처음이에요",
        "접시 꺼내다가 다쳤어요",
    ],
)
def test_what_looks_like_a_fact_and_is_none(text: str) -> None:
    slots = {f.slot for f in find_facts(transcript([customer(text)]))}
    assert not slots & {"date", "time", "name", "business_number", "address", "phone"}


@pytest.mark.parametrize(
    ("texts", "current", "gone"),
    [
        (
            ("SD-20261118-0295 입니다", "아 잘못 적었어요, SD-20261118-0259예요"),
            "SD-20261118-0259",
            "SD-20261118-0295",
        ),
        (("010-0000-7145", "argh, 54 at the end: 010-0000-7154"), "010-0000-7154", "010-0000-7145"),
        (("SD-20261118-0295", "SD-20261118-0259"), "SD-20261118-0259", "SD-20261118-0295"),
    ],
)
def test_a_corrected_value_is_kept_behind(texts: tuple[str, ...], current: str, gone: str) -> None:
    facts = find_facts(transcript([customer(text) for text in texts]))
    assert [(f.value, f.superseded) for f in facts] == [(current, False), (gone, True)]


def test_two_orders_are_two_orders() -> None:
    facts = find_facts(transcript([customer("SD-20261110-0111이랑 SD-20261111-0222요")]))
    assert [f.superseded for f in facts] == [False, False]


def test_an_exact_date_comes_before_yesterday() -> None:
    assert [v for _, v, _ in found("11월 9일에 주문했어요", "어제 연락 준다더니 없어요")] == ["11월 9일", "어제"]


def test_the_fuller_name_of_a_product_counts() -> None:
    got = [v for slot, v, _ in found("바다 협탁 주문했어요", "협탁이 흔들려요") if slot == "product"]
    assert got == ["바다 협탁"]


def test_known_names_are_found_whatever_they_are() -> None:
    lines = transcript([customer("두루마리 플러스가 안 와요")])
    facts = find_facts(lines, known=("두루마리 플러스",))
    assert [(f.slot, f.value) for f in facts] == [("product", "두루마리 플러스")]


RECORD = Customer.model_validate(
    {
        "id": "C-9",
        "orders": [{"id": "SD-20261101-0001", "status": "paid", "items": [{"name": "바다 협탁", "qty": 1}]}],
    }
)


def test_a_number_in_the_record_brings_its_order() -> None:
    facts = find_facts(transcript([customer("sd-20261101-0001 언제 와요")]))
    (order,) = named_orders(facts, RECORD)
    assert (order.own, order.record["items"]) == (True, [{"name": "바다 협탁", "qty": 1}])


def test_anothers_number_is_flagged_and_shows_nothing() -> None:
    facts = find_facts(transcript([customer("SD-20261101-0002 언제 와요, 예약번호 BK-12345 도요")]))
    order, booking = named_orders(facts, RECORD)
    assert (order.own, order.record) == (False, {})
    assert booking.own is None  # the record holds no bookings to look in
    assert all(each.own is None for each in named_orders(facts, None))


def test_products_are_read_from_the_record() -> None:
    assert "바다 협탁" in known_names(RECORD.record)
