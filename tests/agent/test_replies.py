from __future__ import annotations

from string import Formatter

import pytest
from batonpass.agent.holding import TEXTS as HOLDING
from batonpass.agent.replies import TEXTS, compose_reply, words
from batonpass.escalation import Decision, Draft, DraftKind, Reason, Verdict
from batonpass.escalation.smalltalk import SmallTalk
from batonpass.knowledge import Citation

CITATION = Citation(n=1, document_id="d", chunk_id="d#0", title="배송비")
ANSWER = Draft(text="3,000원이에요 [1]", citations=(CITATION,), near=("배송비", "반품"), confidence=0.9)
NOTHING = Draft(text="", kind=DraftKind.NOT_FOUND, near=("배송비",))


def verdict(decision: Decision, *reasons: Reason, rule: str = "") -> Verdict:
    return Verdict(decision=decision, reasons=reasons, rule=rule)


def test_every_text_is_there_in_both_languages():
    assert TEXTS["ko"].keys() == TEXTS["en"].keys()
    assert set(SmallTalk) <= TEXTS["ko"].keys()


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_text_is_in_its_language_and_has_no_holes(lang: str):
    for key, text in TEXTS[lang].items():
        assert text.strip(), key
        assert any("가" <= char <= "힣" for char in text) is (lang == "ko"), key
        assert [field for _, field, _, _ in Formatter().parse(text) if field] == [], key


def test_languages_without_texts_get_english():
    assert words("de") is TEXTS["en"]


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize(
    ("reason", "key"),
    [
        (Reason.EXPLICIT_REQUEST, "plain"),
        (Reason.POLICY, "plain"),
        (Reason.FRUSTRATION, "upset"),
        (Reason.ABUSE, "upset"),
        (Reason.GUARD_ERROR, "trouble"),
        (Reason.TOOL_FAILURE, "trouble"),
        (Reason.FAILED_ATTEMPTS, "trouble"),
    ],
)
def test_holding_messages(lang: str, reason: Reason, key: str):
    reply = compose_reply(verdict(Decision.HAND_OFF, reason), ANSWER, lang)
    assert (reply.text, reply.cited, reply.choices) == (HOLDING[lang][key], False, ())


def test_an_answer_is_the_draft():
    reply = compose_reply(verdict(Decision.ANSWER), ANSWER, "ko")
    assert (reply.text, reply.cited) == (ANSWER.text, True)


def test_unsure_offers_the_near_articles():
    reply = compose_reply(verdict(Decision.CLARIFY), ANSWER, "ko")
    assert (reply.text, reply.choices, reply.cited) == (TEXTS["ko"]["clarify"], ("배송비", "반품"), False)


def test_what_sets_articles_apart_are_choices_with_their_articles():
    draft = Draft(
        text="환불: 어느 쪽인가요?", kind=DraftKind.CLARIFY, near=("카드", "계좌이체"), near_ids=("a", "b")
    )
    reply = compose_reply(verdict(Decision.CLARIFY), draft, "ko")
    assert (reply.text, reply.choices, reply.choice_ids) == (draft.text, ("카드", "계좌이체"), ("a", "b"))


def test_near_articles_are_choices_with_their_ids():
    draft = ANSWER.model_copy(update={"near_ids": ("a", "b")})
    assert compose_reply(verdict(Decision.CLARIFY), draft, "ko").choice_ids == ("a", "b")
    assert compose_reply(verdict(Decision.OFFER), draft, "ko").choice_ids == ()


def test_the_models_own_question_is_asked():
    draft = Draft(text="국내인가요?", kind=DraftKind.CLARIFY)
    assert compose_reply(verdict(Decision.CLARIFY), draft, "ko").text == "국내인가요?"


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_with_little_hope_a_person_stands_beside_the_choices(lang: str):
    draft = ANSWER.model_copy(update={"near_ids": ("a", "b")})
    reply = compose_reply(verdict(Decision.CLARIFY, Reason.LOW_CONFIDENCE, rule="barely"), draft, lang)
    assert (reply.text, reply.cited) == (TEXTS[lang]["barely"], False)
    assert reply.choices == ("배송비", "반품", TEXTS[lang]["choice_yes"])
    assert reply.choice_ids == ("a", "b")


@pytest.mark.parametrize(
    ("act", "key"),
    [
        ("thanks", SmallTalk.THANKS),
        ("decline_offer", SmallTalk.NO),
        ("accept_offer", SmallTalk.YES),
        ("chitchat", "chat"),
        ("other", "acknowledged"),
        (None, "acknowledged"),
    ],
)
def test_a_remark_gets_a_friendly_word_and_no_search_result(act: str | None, key: str):
    seen = Verdict(decision=Decision.ANSWER, rule="acknowledged", signals={"act": act})
    reply = compose_reply(seen, ANSWER, "ko")
    assert (reply.text, reply.cited, reply.choices) == (TEXTS["ko"][key], False, ())


def test_a_first_insult_is_answered_calmly():
    reply = compose_reply(verdict(Decision.ANSWER, rule="calmed"), ANSWER, "ko")
    assert (reply.text, reply.cited) == (f"{TEXTS['ko']['calm']}\n\n{ANSWER.text}", True)
    reply = compose_reply(verdict(Decision.CLARIFY, rule="calmed"), ANSWER, "en")
    assert reply.text == f"{TEXTS['en']['calm']}\n\n{TEXTS['en']['clarify']}"
    assert reply.choices == ANSWER.near


@pytest.mark.parametrize("rule", ["nothing_found", "unclear_again"])
def test_an_offer_without_an_answer(rule: str):
    for draft in (NOTHING, ANSWER):
        reply = compose_reply(verdict(Decision.OFFER, Reason.LOW_CONFIDENCE, rule=rule), draft, "en")
        assert (reply.text, reply.cited) == (TEXTS["en"]["not_found"], False)
        assert reply.choices == ("Talk to a person", "No, thanks")


@pytest.mark.parametrize(
    ("reason", "key"), [(Reason.FRUSTRATION, "offer_upset"), (Reason.REPETITION, "offer_repeat")]
)
def test_an_offer_with_an_answer(reason: Reason, key: str):
    reply = compose_reply(verdict(Decision.OFFER, reason), ANSWER, "ko")
    assert reply.text.split("\n\n") == [TEXTS["ko"][key], ANSWER.text, TEXTS["ko"]["offer_end"]]
    assert reply.cited


@pytest.mark.parametrize("decision", [Decision.ANSWER, Decision.CLARIFY, Decision.OFFER, Decision.HAND_OFF])
@pytest.mark.parametrize("kind", list(DraftKind))
def test_no_guard_can_make_an_empty_bubble_or_choices_of_nothing(decision: Decision, kind: DraftKind):
    reply = compose_reply(verdict(decision), Draft(text="", kind=kind), "ko")
    assert reply.text.strip()
    assert reply.text != TEXTS["ko"]["clarify"]
