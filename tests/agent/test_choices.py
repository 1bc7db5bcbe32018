from __future__ import annotations

import asyncio

import pytest
from batonpass.agent.choices import LONGEST, Chosen, chosen, clarified, pick
from batonpass.agent.compose import Batonpass
from batonpass.agent.middleware import Outcome
from batonpass.escalation import Author, Decision, Turn

from .support import transcript

KO = ("카드", "계좌이체·가상계좌")
EN = ("Furniture", "Appliance", "International delivery")
TITLES = ("국내 배송 기간과 당일 출고 기준", "해외 배송비와 배송 기간 안내")


@pytest.mark.parametrize(
    ("reply", "labels", "places"),
    [
        # taps, word for word
        ("카드", KO, (0,)),
        ("계좌이체·가상계좌", KO, (1,)),
        ("international  delivery", EN, (2,)),
        *((title, TITLES, (place,)) for place, title in enumerate(TITLES)),
        # typed
        ("카드요", KO, (0,)),
        ("카드로 결제했어요", KO, (0,)),
        ("가상계좌요!", KO, (1,)),
        ("계좌 이체요", KO, (1,)),
        ("계좌이채요", KO, (1,)),
        ("해외로요", ("국내", "해외"), (1,)),
        ("국내 배송이요", TITLES, (0,)),
        ("appliance", EN, (1,)),
        ("the appliance one please", EN, (1,)),
        ("international", EN, (2,)),
        ("furnitre", EN, (0,)),
        ("I mean the furniture", EN, (0,)),
        # by its place
        ("1", KO, (0,)),
        ("2번", KO, (1,)),
        ("2번이요", KO, (1,)),
        ("이번이요", KO, (1,)),
        ("두 번째요", KO, (1,)),
        ("두번째 거요", KO, (1,)),
        ("첫 번째", KO, (0,)),
        ("네 첫번째요", KO, (0,)),
        ("후자요", KO, (1,)),
        ("위에 거요", KO, (0,)),
        ("the second one", EN, (1,)),
        ("2nd please", EN, (1,)),
        ("number 3", EN, (2,)),
        ("#1", EN, (0,)),
        ("the last one", EN, (2,)),
        ("the latter", EN, (2,)),
        # all of them, none of them
        ("둘 다요", KO, (0, 1)),
        ("both please", EN, (0, 1, 2)),
        ("둘 다 아니에요", KO, ()),
        ("다른 거예요", KO, ()),
        ("이 중에 없어요", KO, ()),
        ("아니요, 다른 내용이에요", KO, ()),
        ("그거 아니에요", KO, ()),
        ("none of these", EN, ()),
        ("neither", EN, ()),
        ("no, something else", EN, ()),
        ("that's not it", EN, ()),
    ],
)
def test_a_pick_is_understood(reply: str, labels: tuple[str, ...], places: tuple[int, ...]):
    assert pick(reply, labels) == places


@pytest.mark.parametrize(
    ("reply", "labels"),
    [
        ("비밀번호를 잊어버렸어요", KO),
        ("How would I get a fresh password?", EN),
        ("and nobody else has that card", ("card", "bank transfer")),
        ("3", KO),
        ("0", KO),
        ("세 번째요", KO),
        ("the third one", ("card", "bank transfer")),
        ("배송이요", ("국내 배송", "해외 배송")),
        ("SD-20261104-0312", KO),
        ("", KO),
        ("🙂", KO),
        ("카드 " + "정말 " * LONGEST, KO),
        ("감사합니다", KO),
    ],
)
def test_what_is_no_pick_is_a_question_of_its_own(reply: str, labels: tuple[str, ...]):
    assert pick(reply, labels) is None


def test_a_number_in_a_label_is_that_label():
    assert pick("2", ("2", "1")) == (0,)
    assert pick("2026", ("2025", "2026")) == (1,)


def turn(reply: str, meta: dict, *before: tuple[Author, str]) -> Turn:
    lines = [*before, (Author.CUSTOMER, "환불은 언제 되나요?"), (Author.BOT, "환불: 어느 쪽인가요?")]
    messages = transcript(*lines, (Author.CUSTOMER, reply))
    asked = tuple(m.model_copy(update={"meta": meta}) if m.seq == len(lines) else m for m in messages)
    return Turn(messages=asked, question=reply, lang="ko")


OFFERED = {"decision": "clarify", "choices": ["카드", "계좌이체"], "choice_ids": ["a", "b"]}


def test_the_question_before_is_what_is_answered():
    assert chosen(turn("계좌이체요", OFFERED)) == Chosen("환불은 언제 되나요?", ("b",), ("계좌이체",))
    assert chosen(turn("다른 거예요", OFFERED)) == Chosen("환불은 언제 되나요?", ())
    assert chosen(turn("배송 조회는 어디서 하나요?", OFFERED)) is None


def test_the_question_before_may_lean_on_another():
    meta = OFFERED | {"choices": ["국내", "해외"]}
    messages = transcript(
        (Author.CUSTOMER, "배송비 얼마예요?"),
        (Author.BOT, "3,000원이에요."),
        (Author.CUSTOMER, "얼마나 걸려요?"),
        (Author.BOT, "어느 쪽인가요?"),
        (Author.CUSTOMER, "해외요"),
    )
    messages = tuple(m.model_copy(update={"meta": meta}) if m.seq == 4 else m for m in messages)
    found = chosen(Turn(messages=messages, question="해외요", lang="ko"))
    assert found == Chosen("배송비 얼마예요?\n얼마나 걸려요?", ("b",), ("해외",))


@pytest.mark.parametrize(
    "meta",
    [
        {},
        {"decision": "offer", "choices": ["상담사 연결", "괜찮아요"]},
        {"decision": "clarify", "choices": ["카드", "계좌이체"]},
        {"decision": "clarify", "choices": ["카드", "계좌이체"], "choice_ids": ["a"]},
        {"decision": "clarify", "choices": "카드", "choice_ids": "a"},
        {"decision": "answer", "choices": ["카드", "계좌이체"], "choice_ids": ["a", "b"]},
    ],
)
def test_without_choices_nothing_is_picked(meta: dict):
    assert chosen(turn("카드", meta)) is None


@pytest.mark.parametrize(
    ("reply", "articles"),
    [("계좌이체", ("b",)), ("2번이요", ("b",)), ("둘 다요", ("a", "b")), ("다른 거예요", ())],
)
def test_a_person_beside_the_choices_is_none_of_them(reply: str, articles: tuple[str, ...]):
    beside = {**OFFERED, "rule": "barely", "choices": [*OFFERED["choices"], "상담사 연결"]}
    picked = chosen(turn(reply, beside))
    assert picked is not None
    assert picked.articles == articles
    assert "상담사 연결" not in picked.labels
    assert chosen(turn("상담사 연결", beside)) is None
    assert chosen(turn("3번", beside)) is None, "no article stands there"


def test_a_clarifying_question_counts_until_the_next_reply():
    assert clarified(turn("카드", OFFERED))
    assert not clarified(turn("카드", {"decision": "answer"}))
    assert not clarified(Turn(messages=(), question="카드", lang="ko"))


# in the sample shop


def talk(shop: Batonpass, *turns: str) -> Outcome:
    """The last turn's outcome."""
    conversation, result = shop.store.create(), None
    for text in turns:
        shop.assistant.receive(conversation.id, text)
        result = asyncio.run(shop.assistant.answer(conversation.id))
    assert result is not None
    return result.outcome


@pytest.mark.parametrize(
    ("question", "choices"),
    [
        ("환불은 언제 되나요?", {"카드", "계좌이체·가상계좌"}),
        ("보증 기간이 얼마예요?", {"가구", "가전"}),
        ("How long is the warranty?", {"Furniture", "Appliance"}),
    ],
)
def test_what_two_articles_treat_differently_is_asked_back(shop: Batonpass, question: str, choices: set[str]):
    outcome = talk(shop, question)
    assert outcome.verdict.decision is Decision.CLARIFY
    assert set(outcome.choices) == choices
    assert len(outcome.choice_ids) == len(choices)


@pytest.mark.parametrize(
    ("question", "reply", "article"),
    [
        ("환불은 언제 되나요?", "카드요", "ko/refund-card"),
        ("환불은 언제 되나요?", "계좌이채요", "ko/refund-bank-transfer"),
        ("보증 기간이 얼마예요?", "가전이요", "ko/warranty-appliance"),
        ("How long is the warranty?", "appliance", "en/warranty-appliance"),
        ("How long is the warranty?", "furnitre", "en/warranty-furniture"),
    ],
)
def test_the_pick_is_answered_from(shop: Batonpass, question: str, reply: str, article: str):
    outcome = talk(shop, question, reply)
    assert outcome.verdict.decision is Decision.ANSWER
    assert {citation.document_id for citation in outcome.citations} == {article}


def test_a_tap_on_each_choice_is_answered_from_its_article(shop: Batonpass):
    asked = talk(shop, "환불은 언제 되나요?")
    for label, article in zip(asked.choices, asked.choice_ids, strict=True):
        outcome = talk(shop, "환불은 언제 되나요?", label)
        assert outcome.verdict.decision is Decision.ANSWER
        assert {citation.document_id for citation in outcome.citations} == {article}


@pytest.mark.parametrize(
    ("question", "reply"),
    [("환불은 언제 되나요?", "둘 다 아니에요"), ("How long is the warranty?", "none of these")],
)
def test_none_of_these_leads_to_the_offer_of_a_person(shop: Batonpass, question: str, reply: str):
    assert talk(shop, question, reply).verdict.decision is Decision.OFFER


def test_what_names_one_is_answered_at_once(shop: Batonpass):
    assert talk(shop, "카드 환불은 언제 되나요?").verdict.decision is Decision.ANSWER
