"""Facts by the words about them: numbers of any firm, names, amounts, dates, in the customers' own spelling."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest
from batonpass.escalation.facts import House, find_facts, house_of
from batonpass.escalation.facts.amounts import normalise_amount
from batonpass.escalation.facts.dates import resolve_date, vagueness
from batonpass.knowledge import make_document

from .support import NOW, agent, bot, customer, transcript

DATA = Path(__file__).parent / "data"


def told(*lines, house: House | None = None) -> dict[str, str]:
    """The first value of each slot."""
    found: dict[str, str] = {}
    for fact in find_facts(transcript([customer(x) if isinstance(x, str) else x for x in lines]), house=house):
        found.setdefault(fact.slot, fact.value)
    return found


def cases(name: str) -> list[tuple[str, dict[str, str]]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()[1:]
    split = [line.split("\t") for line in lines]
    return [(text, dict(pair.split("=", 1) for pair in want.split("; ") if pair)) for text, want in split]


@pytest.mark.parametrize(("text", "wanted"), cases("numbers.tsv"))
def test_numbers_of_any_firm(text: str, wanted: dict[str, str]) -> None:
    assert told(text) == wanted


@pytest.mark.parametrize(("text", "wanted"), cases("named.tsv"))
def test_names_amounts_dates_and_places(text: str, wanted: dict[str, str]) -> None:
    assert told(text) == wanted


def test_a_code_is_of_what_was_asked_for() -> None:
    assert told("조회해 주세요", bot("증권번호를 알려 주시겠어요?"), "HB-2207-55310이요") == {
        "policy_number": "HB-2207-55310"
    }
    assert told("it is late", agent("Could I have your claim number?"), "20993") == {"claim_number": "20993"}
    # Two kinds were asked for: then it is the words about the code that tell.
    asked = agent("Your claim number or your policy number, please.")
    assert told(asked, "the premium went up on HB-2207-55310") == {"policy_number": "HB-2207-55310"}


def test_numbers_of_one_make_are_of_one_kind() -> None:
    lines = ("예약번호 WQ-33810 취소요", "아 그리고 WQ-33911도요")
    facts = find_facts(transcript([customer(line) for line in lines]))
    assert [(f.slot, f.value) for f in facts] == [("booking_number", "WQ-33911"), ("booking_number", "WQ-33810")]


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("보험금이 아직이에요. 접수번호 2611-00934", "claim_number"),
        ("세탁기 수리 접수번호 2611-00934", "booking_number"),
        ("HB-2207-55310 보험료가 올랐어요", "policy_number"),
        ("the premium on HB-2207-55310 went up", "policy_number"),
        ("my appointment, OS-771203, was moved", "booking_number"),
        ("배송이 안 와요 번호는 88231177", "order_number"),
        ("계약번호 4471-0092 보험 해지할래요", "policy_number"),
        ("the loan paper says reference RM-550318", "reference_number"),
        ("CLM-20993, nothing yet", "claim_number"),
        ("ORD123456 언제 오나요", "order_number"),
    ],
)
def test_a_code_without_a_name_is_of_what_the_matter_is(text: str, slot: str) -> None:
    assert set(told(text)) & {slot} == {slot}
    assert not set(told(text)) & ({"claim_number", "policy_number", "booking_number", "order_number"} - {slot})


class Articles:
    """A knowledge base that is no more than its articles."""

    def __init__(self, name: str, *texts: str) -> None:
        self.name, self.version = name, "1"
        self._texts = texts

    def documents(self) -> list:
        return [make_document(f"{self.name}-{n}", "Article", text) for n, text in enumerate(self._texts)]


INSURER = Articles(
    "insurer",
    "The policy starts at midnight. Your premium is due monthly, and the policy ends if it is not paid.",
    "보험료는 매달 냅니다. 보장은 보험 증권에 적혀 있습니다. 증권번호는 HB-2207-00000 형식입니다.",
)
SHOP = Articles(
    "shop", "Orders are packed at noon. An order can be returned.", "주문은 다음 날 배송됩니다. 배송비는 없습니다."
)


def test_articles_tell_what_the_house_mostly_numbers() -> None:
    insurer, shop = house_of({}, INSURER), house_of({}, SHOP)  # pyright: ignore[reportArgumentType]
    assert (insurer.mostly, shop.mostly) == ("policy_number", "order_number")
    assert insurer.makes == {"HB": "policy_number"}
    assert told("ZX-2207-55310 확인요", house=insurer) == {"policy_number": "ZX-2207-55310"}
    assert told("ZX-2207-55310 확인요", house=shop) == {"order_number": "ZX-2207-55310"}
    # 접수번호: of a claim with an insurer, of a repair with a shop.
    assert told("접수번호 77120-4요", house=insurer) == {"claim_number": "77120-4"}
    assert told("접수번호 77120-4요", house=shop) == {"booking_number": "77120-4"}


def test_records_tell_the_makes_of_their_numbers() -> None:
    record = {"bookings": [{"id": "QQ-1001"}], "policy_number": "HB-2207-1", "orders": ["SX-1"], "name": "A-1"}
    house = house_of(record)
    assert house.makes == {"QQ": "booking_number", "HB": "policy_number", "SX": "order_number"}
    assert told("QQ-20417", house=house) == {"booking_number": "QQ-20417"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1억 7,500만 원", "KRW 175000000"),
        ("1천2백만원", "KRW 12000000"),
        ("이백 달러", "USD 200"),
        ("two hundred quid", "GBP 200"),
        ("a hundred and twenty pounds", "GBP 120"),
        ("fifteen hundred dollars", "USD 1500"),
        ("1.2 million won", "KRW 1200000"),
        ("two grand", "2000"),
        ("1,480", "1480"),
        ("AUD 40", "AUD 40"),
        ("3k euros", "EUR 3000"),
        ("nothing", None),
    ],
)
def test_what_an_amount_comes_to(text: str, wanted: str | None) -> None:
    assert normalise_amount(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("다음 달 3일", "2026-04-03"),
        ("지난달 28일", "2026-02-28"),
        ("지난주 목욜", "2026-02-26"),
        ("26.11.04", "2026-11-04"),
        ("어젯밤", "2026-03-01"),
        ("오늘 저녁", "2026-03-02"),
        ("May the 4th", "2026-05-04"),
        ("4-Nov-2026", "2026-11-04"),
        ("next Friday", "2026-03-06"),
        ("Friday", None),
        ("다음 달 31일", None),
    ],
)
def test_the_day_a_span_means(text: str, wanted: str | None) -> None:
    assert resolve_date(text, NOW.date()) == wanted


def test_the_day_that_is_told_best_comes_first() -> None:
    assert [vagueness(text) for text in ("11월 4일", "4 November", "금요일", "yesterday", "today", "지난주")] == [
        0, 0, 1, 1, 2, 2,
    ]  # fmt: skip
    assert told("11월 4일에 예약했고요", "오늘 다시 보니", "금요일로 되어 있네요")["date"] == "11월 4일"
    assert told("Thursday at 4 pm", "any time today is fine")["date"] == "Thursday"


def test_a_number_of_no_country_stays_as_it_is() -> None:
    facts = find_facts(transcript([customer("my cell is (555) 010-4477")]), zone=UTC)
    assert [(f.slot, f.value, f.normalised) for f in facts] == [("phone", "(555) 010-4477", None)]


def test_a_product_that_opens_a_sentence_keeps_its_name() -> None:
    assert told("담이 식탁 설치할 때 오시나요")["product"] == "담이 식탁"
    assert told("손이 식탁에 끼었어요")["product"] == "식탁"


def test_of_two_devices_the_fuller_comes_first() -> None:
    assert told("phone is an iPhone 13", "iOS is the newest")["device"] == "iPhone 13"


def test_many_codes_come_to_an_end(ends) -> None:
    ends(lambda text: (told(text), True), "SD-1234 번호 " * 2000)
