from __future__ import annotations

import pytest
from batonpass.escalation import Decision, Draft, DraftKind, GuardPolicy, Reason, RuleGuard, Turn, Verdict
from batonpass.escalation.weighing import BARELY

from .guard_contract import GuardContract, check
from .support import ANSWER, CITED, FAINT, NOT_FOUND, SMALLTALK, UNSURE, agent, bot, customer, turn

CHAIR = "how do I return a chair?"
OFFER = bot("Shall I call a colleague?", "offer", "nothing_found")
FURY = "where is my sofa? I am sick of waiting"
SEND_BACK = "what is the fee for sending a chair back?"


@pytest.fixture
def guard() -> RuleGuard:
    return RuleGuard()


class TestRuleGuard(GuardContract):
    pass


def judged(guard: RuleGuard, judged_turn: Turn, draft: Draft = ANSWER) -> Verdict:
    verdict = guard.judge(judged_turn, draft)
    check(verdict, judged_turn)
    return verdict


def test_a_request_for_a_person_hands_off_with_its_words(guard: RuleGuard) -> None:
    verdict = judged(guard, turn(customer("배송이 안 와요"), customer("상담원 연결해주세요"), lang="ko"))
    assert (verdict.decision, verdict.reasons) == (Decision.HAND_OFF, (Reason.EXPLICIT_REQUEST,))
    assert verdict.rule == "asked_for_person"
    assert verdict.evidence[0].seq == 2
    assert verdict.evidence[0].text.startswith("상담원 연결")


def test_the_button_counts_as_asking(guard: RuleGuard) -> None:
    verdict = judged(guard, turn(customer("my order", intent="human")))
    assert (verdict.decision, verdict.reasons) == (Decision.HAND_OFF, (Reason.EXPLICIT_REQUEST,))


@pytest.mark.parametrize(
    "reply", ["네 그렇게 해주세요", "네", "yes please", "ok", "네 감사합니다", "yes, pass it on"]
)
def test_an_offer_taken_up_hands_off(guard: RuleGuard, reply: str) -> None:
    past = guard.judge(turn(customer(CHAIR)), NOT_FOUND)
    verdict = judged(guard, turn(customer(CHAIR), OFFER, customer(reply), past=(past,)), SMALLTALK)
    assert verdict.decision is Decision.HAND_OFF
    assert verdict.rule == "took_up_offer"
    assert verdict.reasons == (Reason.EXPLICIT_REQUEST, Reason.LOW_CONFIDENCE)
    assert [e.seq for e in verdict.evidence] == [3, 1]


@pytest.mark.parametrize("reply", ["네", "yes please", "ok"])
def test_a_yes_without_an_offer_is_small_talk(guard: RuleGuard, reply: str) -> None:
    verdict = judged(guard, turn(customer(CHAIR), bot("Within 7 days."), customer(reply)), SMALLTALK)
    assert verdict.decision is Decision.ANSWER


@pytest.mark.parametrize("reply", ["아니요 괜찮아요", "no thanks", "아뇨 됐어요"])
def test_an_offer_turned_down_is_left_at_that(guard: RuleGuard, reply: str) -> None:
    begin = [customer(CHAIR), OFFER, customer(reply)]
    assert judged(guard, turn(*begin), SMALLTALK).decision is Decision.ANSWER
    # Nor is it repeated in the next turn: neither for the mood nor for the question being the same.
    again = [*begin, bot("Alright.", "answer", "answer"), customer(f"{CHAIR} this is ridiculous")]
    verdict = judged(guard, turn(*again))
    assert verdict.decision is Decision.ANSWER
    assert verdict.signals["declined"] is True
    # Doubt is asked about, not answered with the same offer; and fury brings a person all the same.
    assert judged(guard, turn(*again), UNSURE).decision is Decision.CLARIFY
    assert judged(guard, turn(*again[:-1], customer(FURY))).decision is Decision.HAND_OFF
    # The turn after that it may be.
    later = [*again, bot("Within 7 days."), customer(f"{CHAIR} ridiculous")]
    verdict = judged(guard, turn(*later))
    assert (verdict.decision, verdict.signals["declined"]) != (Decision.ANSWER, True)
    assert verdict.decision in (Decision.OFFER, Decision.HAND_OFF)


def test_nothing_found_is_an_offer_twice_a_hand_off(guard: RuleGuard) -> None:
    first = judged(guard, turn(customer(CHAIR)), NOT_FOUND)
    assert (first.decision, first.reasons) == (Decision.OFFER, (Reason.LOW_CONFIDENCE,))
    second = judged(guard, turn(customer(CHAIR), OFFER, customer("and the warranty on lamps?")), NOT_FOUND)
    assert second.decision is Decision.HAND_OFF
    assert (second.rule, second.reasons[0]) == ("failed_again", Reason.FAILED_ATTEMPTS)


def test_an_answer_in_between_starts_the_count_again(guard: RuleGuard) -> None:
    lines = [customer(CHAIR), OFFER, customer("opening hours?"), bot("9 to 6."), customer("warranty on lamps?")]
    assert judged(guard, turn(*lines), NOT_FOUND).decision is Decision.OFFER


def test_small_talk_never_counts_as_nothing_found(guard: RuleGuard) -> None:
    for text in ("hello", "감사합니다", "are you a robot?", "ok"):
        for draft in (NOT_FOUND, SMALLTALK):
            assert judged(guard, turn(customer(text)), draft).decision is Decision.ANSWER
    lines = [
        customer(CHAIR),
        OFFER,
        customer("thanks"),
        bot("You're welcome.", "answer", "answer"),
        customer("hi"),
    ]
    assert judged(guard, turn(*lines), NOT_FOUND).decision is Decision.ANSWER


def test_the_same_question_is_an_offer_and_the_third_time_a_hand_off(guard: RuleGuard) -> None:
    said = bot("Within 7 days.")
    second = judged(guard, turn(customer(CHAIR), said, customer("How do I return a chair??")))
    assert (second.decision, second.reasons) == (Decision.OFFER, (Reason.REPETITION,))
    assert [e.seq for e in second.evidence] == [1]
    lines = [customer(CHAIR), said, customer(CHAIR), bot("Shall I?", "offer", "same_question"), customer(CHAIR)]
    third = judged(guard, turn(*lines))
    assert (third.decision, third.reasons) == (Decision.HAND_OFF, (Reason.REPETITION,))
    assert [e.seq for e in third.evidence] == [1, 3]


def test_unsure_is_a_choice_and_still_unsure_an_offer(guard: RuleGuard) -> None:
    first = judged(guard, turn(customer(SEND_BACK)), UNSURE)
    assert (first.decision, first.rule, first.reasons) == (Decision.CLARIFY, "unclear", (Reason.LOW_CONFIDENCE,))
    asked = [
        customer(SEND_BACK),
        bot("Which one?", "clarify", "unclear"),
        customer("what does sending it back cost?"),
    ]
    likely = judged(guard, turn(*asked), UNSURE)
    assert (likely.decision, likely.rule) == (Decision.CLARIFY, "unclear"), "the article is probably among them"
    second = judged(guard, turn(*asked), FAINT)
    assert (second.decision, second.rule) == (Decision.OFFER, "unclear_again")
    again = [*asked, bot("Shall I?", "offer", "unclear_again"), customer("never heard of that fee, which is it")]
    third = judged(guard, turn(*again), NOT_FOUND)
    assert (third.decision, third.rule) == (Decision.HAND_OFF, "failed_again")


def test_another_matter_is_asked_back_about_too_but_not_for_ever(guard: RuleGuard) -> None:
    lines = [customer(SEND_BACK), bot("Which one?", "clarify", "unclear"), customer("do your lamps dim?")]
    assert judged(guard, turn(*lines), UNSURE).rule == "unclear"
    lines += [bot("Which one?", "clarify", "unclear"), customer("opening hours on Sunday?")]
    assert judged(guard, turn(*lines), UNSURE).rule == "unclear", "once more than with little hope"
    assert judged(guard, turn(*lines), FAINT).rule == "unclear_again"
    lines += [bot("Which one?", "clarify", "unclear"), customer("is there a car park?")]
    assert judged(guard, turn(*lines), UNSURE).rule == "unclear_again"


@pytest.mark.parametrize(
    "reply",
    [
        "not the return, the exchange",
        "반품 말고요, 교환이요",
        "I don't mean that",
        "그게 아니라요",
        "둘 다 아니에요",
    ],
)
def test_who_turns_the_choices_down_is_offered_a_person(guard: RuleGuard, reply: str) -> None:
    lines = [customer(SEND_BACK), bot("Which one?", "clarify", "unclear"), customer(reply)]
    assert judged(guard, turn(*lines), UNSURE).rule == "unclear_again"


def test_with_little_hope_a_person_stands_beside_the_choices(guard: RuleGuard) -> None:
    faint = UNSURE.model_copy(update={"confidence": (guard.policy.near_from + BARELY) / 2})
    verdict = judged(guard, turn(customer(SEND_BACK)), faint)
    assert (verdict.decision, verdict.rule) == (Decision.CLARIFY, "barely")
    lost = faint.model_copy(update={"near": ()})
    assert judged(guard, turn(customer(SEND_BACK)), lost).rule == "nothing_found"
    shown = [customer(SEND_BACK), bot("Is it one of these?", "clarify", "barely")]
    for reply in ("네 그렇게 해주세요", "yes, do that"):
        taken = judged(guard, turn(*shown, customer(reply)), SMALLTALK)
        assert (taken.decision, taken.rule) == (Decision.HAND_OFF, "took_up_offer")
    # A bare "ok" may be about the choices, and a "no" about both.
    for reply in ("ok", "아니요"):
        assert judged(guard, turn(*shown, customer(reply)), SMALLTALK).decision is Decision.ANSWER


def test_a_choice_that_helped_is_answered(guard: RuleGuard) -> None:
    asked = [customer("the fee?"), bot("Which one?", "clarify", "unclear"), customer("Returns")]
    assert judged(guard, turn(*asked)).decision is Decision.ANSWER


def test_the_articles_own_doubt_is_a_choice(guard: RuleGuard) -> None:
    draft = Draft(text="Domestic or international?", kind=DraftKind.CLARIFY, citations=(CITED,), confidence=0.9)
    assert judged(guard, turn(customer("how long is shipping?")), draft).decision is Decision.CLARIFY


@pytest.mark.parametrize("between", [[agent("It is on its way.")], [bot("One moment.", "hand_off", "too_long")]])
def test_what_a_human_settled_counts_no_more(guard: RuleGuard, between: list) -> None:
    before = [customer(CHAIR), bot("Within 7 days."), customer(CHAIR), bot("Shall I?", "offer", "same_question")]
    verdict = judged(guard, turn(*before, *between, customer(CHAIR)))
    assert verdict.decision is Decision.ANSWER
    assert verdict.signals["repeats"] == 0
    assert verdict.signals["offered"] is False
    failed = [customer("a lamp?"), OFFER]
    assert judged(guard, turn(*failed, *between, customer(CHAIR)), NOT_FOUND).decision is Decision.OFFER


def test_a_long_conversation_calls_a_person(guard: RuleGuard) -> None:
    lines = []
    for n in range(guard.policy.max_answers):
        lines += [customer(f"question number {n * 7919} about {chr(97 + n) * 6}"), bot(f"answer {n}")]
    verdict = judged(guard, turn(*lines, customer("and what about the sofa?")))
    assert (verdict.decision, verdict.reasons) == (Decision.HAND_OFF, (Reason.POLICY,))
    assert judged(guard, turn(*lines, customer("thanks!")), SMALLTALK).decision is Decision.ANSWER
    assert judged(guard, turn(*lines, agent("Hi."), customer("and the sofa?"))).decision is Decision.ANSWER


def test_the_policy_is_what_is_gone_by() -> None:
    strict = RuleGuard(GuardPolicy(failed_attempts=1, answer_from=0.95))
    assert judged(strict, turn(customer(CHAIR)), NOT_FOUND).decision is Decision.HAND_OFF
    assert judged(strict, turn(customer(CHAIR)), UNSURE).decision is Decision.CLARIFY
    assert RuleGuard().policy.version == GuardPolicy().version != strict.policy.version
    with pytest.raises(ValueError, match="extra"):
        GuardPolicy.model_validate({"answer_fron": 0.5})


def test_internal_notes_are_not_read(guard: RuleGuard) -> None:
    plain = turn(customer(CHAIR), bot("Within 7 days."), customer("and a lamp?"))
    note = plain.messages[1].model_copy(update={"internal": True})
    with_note = plain.model_copy(
        update={"messages": (plain.messages[0], plain.messages[1], note, plain.messages[2])}
    )
    assert guard.judge(with_note, ANSWER) == guard.judge(plain, ANSWER)
