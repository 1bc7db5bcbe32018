"""RuleGuard where signals are weighed: mood, abuse, the combiner's score, and the operator's rules over them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from batonpass.escalation import Customer, Decision, Draft, GuardPolicy, Reason, RuleGuard, Turn, Verdict
from batonpass.escalation.combiner import GROUPS, Combiner

from .guard_contract import check
from .support import ANSWER, FAINT, NOT_FOUND, SMALLTALK, UNSURE, agent, bot, customer, turn

CHAIR = "how do I return a chair?"
FURY = "where is my sofa? I am sick of waiting"
OFFER = bot("Shall I call a colleague?", "offer", "nothing_found")


@pytest.fixture
def guard() -> RuleGuard:
    return RuleGuard()


def judged(guard: RuleGuard, judged_turn: Turn, draft: Draft = ANSWER) -> Verdict:
    verdict = guard.judge(judged_turn, draft)
    check(verdict, judged_turn)
    return verdict


def test_anger_is_an_offer_fury_a_hand_off(guard: RuleGuard) -> None:
    said = [customer("배송이 안 왔어요"), bot("3일쯤 걸려요.")]
    angry = judged(guard, turn(*said, customer("정말 화가 나네요. 이게 뭡니까"), lang="ko"))
    assert (angry.decision, angry.reasons, angry.frustration) == (Decision.OFFER, (Reason.FRUSTRATION,), 2)
    furious = judged(guard, turn(customer("hello?"), customer(FURY), customer("it is order 7")))
    assert (furious.decision, furious.rule, furious.frustration) == (Decision.HAND_OFF, "furious", 3)
    assert furious.reasons == (Reason.FRUSTRATION,)
    assert furious.evidence[0].seq == 2


def test_from_which_mood_a_person_is_offered_is_the_operators() -> None:
    calm = Combiner(-9.0, dict.fromkeys(GROUPS, 0.0))  # the score never asks for anybody
    said = [customer("배송이 안 왔어요"), bot("3일쯤 걸려요."), customer("정말 화가 나네요. 이게 뭡니까")]
    offered = judged(RuleGuard(combiner=calm), turn(*said, lang="ko"))
    assert (offered.decision, offered.rule, offered.reasons) == (Decision.OFFER, "upset", (Reason.FRUSTRATION,))
    never = RuleGuard(GuardPolicy(offer_frustration=4, hand_off_frustration=4), combiner=calm)
    assert judged(never, turn(*said, lang="ko")).decision is Decision.ANSWER
    assert judged(never, turn(customer(FURY))).decision is Decision.ANSWER


def test_the_score_offers_and_calls_and_an_offer_turned_down_raises_the_bar() -> None:
    weigh = Combiner(-2.0, dict.fromkeys(GROUPS, 0.0) | {"ungrounded": 0.0, "unsure": 4.0})
    policy = GuardPolicy(offer_at=0.2, hand_off_at=0.6, hysteresis=0.1, answer_from=0.3)
    draft = ANSWER.model_copy(update={"confidence": 0.8})  # a score of .23
    guard = RuleGuard(policy, combiner=weigh)
    assert judged(guard, turn(customer(CHAIR)), draft).rule == "weighed"
    declined = [customer("a lamp?"), OFFER, customer("no thanks"), bot("Alright."), customer("opening hours?")]
    later = turn(*declined, bot("9 to 6."), customer(CHAIR))
    assert judged(guard, later, draft).decision is Decision.ANSWER
    eager = RuleGuard(policy.model_copy(update={"hysteresis": 0.0}), combiner=weigh)
    assert judged(eager, later, draft).rule == "weighed"
    doubt = ANSWER.model_copy(update={"confidence": 0.31})  # .68
    called = judged(guard, turn(customer(CHAIR)), doubt)
    assert (called.decision, called.rule, called.reasons) == (
        Decision.HAND_OFF,
        "needs_person",
        (Reason.LOW_CONFIDENCE,),
    )


def test_a_first_insult_is_met_calmly_a_second_brings_a_person(guard: RuleGuard) -> None:
    insult = customer("how much is shipping, you idiot?")
    first = judged(guard, turn(insult))
    assert (first.decision, first.rule) == (Decision.ANSWER, "calmed")
    said = [insult, bot("3 dollars.", "answer", "calmed"), customer("read it yourself, moron")]
    again = judged(guard, turn(*said))
    assert (again.decision, again.rule, again.reasons) == (Decision.HAND_OFF, "abused_again", (Reason.ABUSE,))
    assert again.evidence[0].seq == 3
    assert judged(guard, turn(*said[:2], agent("I'm sorry."), customer(CHAIR))).rule == "answer"


@pytest.mark.parametrize(
    ("text", "lang"), [("아 그렇군요, 몰랐네요", "ko"), ("oh that's nice, my daughter will love it", "en")]
)
def test_a_remark_is_acknowledged_not_searched_for(guard: RuleGuard, text: str, lang: str) -> None:
    verdict = judged(guard, turn(customer(CHAIR), bot("Within 7 days."), customer(text), lang=lang), UNSURE)
    assert (verdict.decision, verdict.rule, verdict.reasons) == (Decision.ANSWER, "acknowledged", ())


def test_a_sensitive_topic_goes_to_the_head_of_the_queue(guard: RuleGuard) -> None:
    verdict = judged(guard, turn(customer("the lamp exploded and I burned my hand")))
    assert (verdict.decision, verdict.rule, verdict.priority) == (Decision.HAND_OFF, "sensitive", 3)
    assert verdict.signals["topic"] == "safety"
    assert guard.screen(turn(customer("the lamp exploded and I burned my hand"))) is not None


def test_small_talk_never_fires_what_is_learned(guard: RuleGuard) -> None:
    before = [customer(FURY), bot("I'm sorry.", "answer", "answer"), customer("you idiots"), bot("I see.")]
    for text in ("thanks!", "네", "hello"):
        verdict = judged(guard, turn(*before, customer(text)), SMALLTALK)
        assert (verdict.decision, verdict.rule) == (Decision.ANSWER, "small_talk")


NIGHT = GuardPolicy.model_validate(
    {
        "topics": {"recall": ["리콜", "recall"]},
        "rules": [
            {
                "name": "recalls",
                "when": {"topics": ["recall"]},
                "then": "hand_off",
                "queue": "quality",
                "skill": "electrics",
                "priority": "high",
                "message": {"ko": "품질팀이 연락드립니다.", "en": "Our quality team will answer."},
            },
            {
                "name": "vip_doubt",
                "when": {"tiers": "vip", "confidence_below": 0.7},
                "then": "offer",
                "priority": 2,
            },
            {"name": "ask_again", "when": {"reasons": ["low_confidence"], "langs": "en"}, "then": "answer"},
        ],
    }
)


def test_a_verdict_carries_all_that_a_rule_says() -> None:
    asked = turn(customer("hello"), bot("Hello!"), customer("is my kettle part of the recall?"))
    for verdict in (judged(RuleGuard(NIGHT), asked), RuleGuard(NIGHT).screen(asked)):
        assert verdict is not None
        assert (verdict.decision, verdict.rule, verdict.reasons) == (
            Decision.HAND_OFF,
            "recalls",
            (Reason.POLICY,),
        )
        assert (verdict.queue, verdict.skill, verdict.priority) == ("quality", "electrics", 2)
        assert verdict.message["ko"] == "품질팀이 연락드립니다."
        assert [(each.text, each.seq) for each in verdict.evidence] == [("recall", 3)]
        assert verdict.policy == NIGHT.version
    plain = judged(RuleGuard(NIGHT), turn(customer(CHAIR)))
    assert (plain.queue, plain.skill, plain.priority, plain.message) == (None, None, 1, {})


def test_a_rule_stands_beside_the_guards_own_reasons() -> None:
    asked = turn(customer("상담원 연결해주세요 리콜 때문에요"), lang="ko")
    verdict = judged(RuleGuard(NIGHT), asked)
    assert (verdict.rule, verdict.reasons) == ("asked_for_person", (Reason.EXPLICIT_REQUEST, Reason.POLICY))
    assert verdict.queue == "quality"


def test_a_rule_may_answer_what_the_guard_doubts_but_never_with_nothing() -> None:
    guard = RuleGuard(NIGHT)
    assert judged(guard, turn(customer(CHAIR)), UNSURE).rule == "ask_again"
    assert judged(guard, turn(customer(CHAIR)), UNSURE).decision is Decision.ANSWER
    assert judged(guard, turn(customer(CHAIR), lang="ko"), UNSURE).decision is Decision.CLARIFY
    nothing = judged(guard, turn(customer(CHAIR)), NOT_FOUND)
    assert (nothing.decision, nothing.rule) == (Decision.OFFER, "nothing_found")


def test_the_customers_tier_counts() -> None:
    asked = turn(customer(CHAIR)).model_copy(update={"customer": Customer(id="C-7", name="Ann", tier="VIP")})
    verdict = judged(RuleGuard(NIGHT), asked, FAINT)
    assert (verdict.decision, verdict.rule, verdict.priority) == (Decision.OFFER, "vip_doubt", 2)
    assert judged(RuleGuard(), asked).priority == 2
    assert judged(RuleGuard(), asked).signals["valuable"] is True


def test_the_same_history_gets_the_same_verdict_whenever_it_is_judged() -> None:
    lines = [customer("배송이 안 왔어요"), bot("3일쯤 걸려요."), customer("정말 화가 나네요. 이게 뭡니까")]
    clocks = (lambda: datetime(2026, 1, 1, 3, tzinfo=UTC), lambda: datetime(2031, 7, 9, 15, tzinfo=UTC))
    hours = {"timezone": "Asia/Seoul", "mon": "09:00-18:00"}
    rule = {"name": "open", "when": {"business_hours": "outside"}, "then": "hand_off"}
    policy = GuardPolicy.model_validate({"business_hours": hours, "rules": [rule]})
    for draft in (ANSWER, UNSURE, NOT_FOUND):
        first, second = (judged(RuleGuard(policy, now=now), turn(*lines, lang="ko"), draft) for now in clocks)
        assert first == second
