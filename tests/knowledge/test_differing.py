from __future__ import annotations

import pytest
from batonpass.knowledge import Chunk, Passage, make_document
from batonpass.knowledge.differing import MARGIN, differing, labels_of


def passage(
    title: str, score: float = 0.9, text: str = "", *, id: str = "", path: tuple[str, ...] = ()
) -> Passage:
    text = text or title
    document = make_document(id or title, title, text)
    return Passage(Chunk(f"{title}#0", document.id, 0, path or (title,), 0, len(text), text), document, score, {})


CARD = "카드로 결제했어요. 환불은 언제 되나요?"
BANK = "계좌이체로 결제했어요. 환불은 언제 되나요?"


@pytest.mark.parametrize(
    ("titles", "shared", "labels"),
    [
        (("환불: 카드 결제", "환불: 계좌이체"), "환불", ("카드 결제", "계좌이체")),
        ((CARD, BANK), "환불은 언제 되나요", ("카드", "계좌이체")),
        (("가전 보증 기간", "가구 보증 기간"), "보증 기간", ("가전", "가구")),
        (("국내 배송비 안내", "해외 배송비와 배송 기간 안내"), "배송비 안내", ("국내", "해외")),
        (("국내 배송비", "해외 배송비", "제주·도서 지역 배송비"), "배송비", ("국내", "해외", "제주·도서 지역")),
        (("성인 검진 예약", "어린이 검진 예약"), "검진 예약", ("성인", "어린이")),
        (
            ("When is my card refund paid?", "When is my gift voucher refund paid?"),
            "refund paid",
            ("card", "gift voucher"),
        ),
        (
            ("Delivery fees within Korea", "Delivery fees for Jeju, islands and hills"),
            "Delivery fees",
            ("within Korea", "Jeju, islands and hills"),
        ),
        (("Kettle warranty: how long", "Sofa warranty: how long"), "warranty", ("Kettle", "Sofa")),
        (("Adult passport", "Child passport"), "passport", ("Adult", "Child")),
        (
            ("Delivery times within Korea and same-day shipping", "International delivery times"),
            "Delivery times",
            ("within Korea", "International"),
        ),
    ],
)
def test_titles_that_differ_in_one_attribute(titles: tuple[str, ...], shared: str, labels: tuple[str, ...]):
    assert labels_of(titles) == (shared, labels)
    assert all(label in title for label, title in zip(labels, titles, strict=True))


@pytest.mark.parametrize(
    "titles",
    [
        ("배송비 안내", "해외 배송비 안내"),
        ("쿠폰 사용 안내", "포인트 사용 안내"),
        ("쿠폰 등록하기", "비밀번호 재설정"),
        ("How to return an item", "Return a standard item you dislike"),
        ("I forgot my password or my account is locked", "How would I delete my account?"),
        ("Gift cards", "gift cards"),
        ("", "!!!"),
        ("1", "2"),
    ],
)
def test_other_titles_have_no_choice_in_them(titles: tuple[str, ...]):
    assert labels_of(titles) is None


def test_a_question_that_leaves_it_open():
    found = differing("환불은 언제 되나요?", [passage(CARD, 0.9), passage(BANK, 0.87)])
    assert found is not None
    assert found.labels == ("카드", "계좌이체")
    assert found.documents == (CARD, BANK)
    assert found.shared == "환불은 언제 되나요"


@pytest.mark.parametrize(
    "question",
    ["카드 환불은 언제 되나요?", "신용카드로 샀는데 환불은요?", "계좌이체 환불 언제 돼요?", "체크카드환불"],
)
def test_a_question_that_names_one_is_not_asked_back(question: str):
    assert differing(question, [passage(CARD, 0.9), passage(BANK, 0.9)]) is None


def test_what_was_said_before_settles_it():
    tied = [passage(CARD), passage(BANK)]
    assert differing("환불은 언제 되나요?", tied, before="어제 주문했어요") is not None
    assert differing("환불은 언제 되나요?", tied, before="카드로 냈어요") is None


def test_a_word_that_speaks_for_one_article_settles_it():
    kettle = passage("Appliance warranty", text="The warranty covers a kettle and a toaster.")
    sofa = passage("Furniture warranty", text="The warranty covers a sofa and a table.")
    assert differing("How long is the warranty?", [kettle, sofa]) is not None
    assert differing("How long is the warranty of a toaster?", [kettle, sofa]) is None
    assert differing("How long is the warranty?", [kettle, sofa], before="my toaster broke") is None
    assert differing("Does the warranty cover scratches?", [kettle, sofa]) is None


def test_another_word_for_an_attribute_names_it():
    home, abroad = passage("Domestic delivery fees"), passage("International delivery fees")
    assert differing("delivery fees?", [home, abroad]) is not None
    assert differing("delivery fees overseas?", [home, abroad]) is None


@pytest.mark.parametrize(("gap", "asked"), [(0.0, True), (MARGIN - 0.01, True), (MARGIN + 0.01, False)])
def test_one_that_leads_is_answered_from(gap: float, asked: bool):
    found = differing("환불은 언제 되나요?", [passage(CARD, 0.9), passage(BANK, 0.9 - gap)])
    assert (found is not None) is asked


def test_articles_of_one_title_are_told_apart_by_their_headings():
    card = passage("환불", id="a", path=("환불", "카드 결제"))
    bank = passage("환불", id="b", path=("환불", "계좌이체"))
    found = differing("환불", [card, bank])
    assert found is not None
    assert (found.labels, found.documents) == (("카드 결제", "계좌이체"), ("a", "b"))


def test_parts_of_one_article_and_other_languages_are_no_choice():
    assert differing("환불", [passage(CARD, path=("환불", "가")), passage(CARD, path=("환불", "나"))]) is None
    assert differing("refund", [passage("Card refund"), passage("카드 환불")]) is None
    assert differing("환불은 언제 되나요?", []) is None


def test_three_articles_are_three_choices_and_a_stranger_is_left_out():
    three = [passage(f"{where} 배송비", 0.9) for where in ("국내", "해외", "제주")]
    found = differing("배송비", three)
    assert found is not None
    assert found.labels == ("국내", "해외", "제주")
    found = differing("배송비", [*three[:2], passage("비밀번호 재설정", 0.89)])
    assert found is not None
    assert found.labels == ("국내", "해외")
