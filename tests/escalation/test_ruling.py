"""Which rule decides, and what it may not decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from batonpass.escalation import Decision, GuardPolicy, Reason
from batonpass.escalation.ruling import RuleHit, Seen, decide, settle

TOPICS = {"wholesale": ["대량 구매", "bulk order"], "strike": ["파업"]}
HOURS = {"timezone": "Asia/Seoul", "mon": "09:00-18:00"}
OPEN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CLOSED = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SEEN = Seen(
    texts=("창고를 옮기느라 의자를 많이 사려고요", "대량구매 견적 부탁드려요"),
    topics=frozenset({"privacy"}),
    reasons=frozenset({Reason.LOW_CONFIDENCE}),
    acts=frozenset({"question"}),
    tier="VIP",
    verified=True,
    lang="ko",
    amounts=(30_000.0, 2_500_000.0),
    now=OPEN,
    frustration=1,
    confidence=0.5,
    articles=("ko/wholesale",),
)


def policy(*rules: dict[str, Any]) -> GuardPolicy:
    named = [{"name": f"r{n}", "then": "hand_off", **rule} for n, rule in enumerate(rules)]
    return GuardPolicy.model_validate({"topics": TOPICS, "business_hours": HOURS, "rules": named})


def fired(seen: Seen, *rules: dict[str, Any]) -> str | None:
    hit = decide(policy(*rules), seen)
    return hit.rule if hit else None


@pytest.mark.parametrize(
    ("when", "other"),
    [
        ({"topics": ["privacy", "fraud"]}, {"topics": frozenset()}),
        ({"topics": "wholesale"}, {"texts": ("의자 하나만 살게요",)}),
        ({"reasons": ["low_confidence", "abuse"]}, {"reasons": frozenset({Reason.REPETITION})}),
        ({"intents": "question"}, {"acts": frozenset({"thanks"})}),
        ({"tiers": ["gold", "vip"]}, {"tier": "standard"}),
        ({"verified": True}, {"verified": False}),
        ({"langs": "ko"}, {"lang": "en"}),
        ({"amount_from": 2_500_000}, {"amounts": (2_499_999.0,)}),
        ({"keywords": ["견적"]}, {"texts": ("창고 주소 알려 주세요",)}),
        ({"business_hours": "inside"}, {"now": CLOSED}),
        ({"business_hours": "inside"}, {"now": None}),
        ({"frustration_from": 1}, {"frustration": 0}),
        ({"confidence_below": 0.6}, {"confidence": 0.6}),
        ({"confidence_below": 0.6}, {"confidence": None}),
        ({"articles": ["ko/wholesale"]}, {"articles": ()}),
    ],
)
def test_each_condition_holds_and_does_not(when: dict[str, Any], other: dict[str, Any]) -> None:
    assert fired(SEEN, {"when": when}) == "r0"
    assert fired(replace(SEEN, **other), {"when": when}) is None


def test_the_other_side_of_a_switch() -> None:
    assert fired(SEEN, {"when": {"verified": False}}) is None
    assert fired(SEEN, {"when": {"business_hours": "outside"}}) is None
    assert fired(replace(SEEN, now=CLOSED), {"when": {"business_hours": "outside"}}) == "r0"
    assert fired(replace(SEEN, now=None), {"when": {"business_hours": "outside"}}) is None


def test_all_conditions_must_hold() -> None:
    both = {"topics": "wholesale", "amount_from": 1_000_000}
    assert fired(SEEN, {"when": both}) == "r0"
    assert fired(replace(SEEN, amounts=()), {"when": both}) is None
    assert fired(SEEN, {"when": {**both, "keywords": ["영수증"]}}) is None


def test_the_first_that_holds_decides_and_always_comes_first() -> None:
    rules = ({"when": {"langs": "en"}}, {"when": {"langs": "ko"}}, {"when": {"tiers": "vip"}})
    assert fired(SEEN, *rules) == "r1"
    assert fired(SEEN, *rules, {"when": {"verified": True}, "always": True}) == "r3"
    always = ({"when": {"verified": True}, "always": True}, {"when": {"langs": "ko"}, "always": True})
    assert fired(SEEN, *rules, *always) == "r3"
    assert decide(GuardPolicy(), SEEN) is None


def test_a_hit_carries_where_to_and_the_customers_own_words() -> None:
    hit = decide(
        policy(
            {
                "when": {"topics": ["strike", "wholesale"], "keywords": ["견적"]},
                "queue": "b2b",
                "skill": "quotes",
                "priority": "high",
                "message": {"ko": "곧 이어서 안내해 드릴게요"},
                "reason": "high_value",
            }
        ),
        SEEN,
    )
    assert hit is not None
    assert (hit.decision, hit.reason) == (Decision.HAND_OFF, Reason.HIGH_VALUE)
    assert (hit.queue, hit.skill, hit.priority) == ("b2b", "quotes", 2)
    assert hit.message == {"ko": "곧 이어서 안내해 드릴게요"}
    assert [(found.phrase, found.text, found.place) for found in hit.evidence] == [
        ("대량 구매", "대량구매", 1),
        ("견적", "견적", 1),
    ]
    for found in hit.evidence:
        assert SEEN.texts[found.place][found.start : found.end] == found.text


@pytest.mark.parametrize(
    "changed",
    [
        {"reasons": frozenset({Reason.EXPLICIT_REQUEST})},
        {"topics": frozenset({"self_harm"})},
        {"topics": frozenset({"safety", "privacy"})},
    ],
)
@pytest.mark.parametrize("then", ["answer", "clarify", "offer"])
def test_nothing_keeps_who_needs_a_person_from_one(changed: dict[str, Any], then: str) -> None:
    seen = replace(SEEN, **changed)
    weak = {"when": {"langs": "ko"}, "then": then, "always": True}
    assert fired(seen, weak) is None
    assert fired(seen, weak, {"when": {"langs": "ko"}, "queue": "care"}) == "r1"
    hit = RuleHit("r0", Decision(then), Reason.POLICY, always=True)
    assert settle(Decision.HAND_OFF, hit, seen) is Decision.HAND_OFF


def test_with_self_harm_the_guards_own_message_stays() -> None:
    told = {"when": {"langs": "ko"}, "message": {"ko": "담당 부서로 연결합니다"}}
    assert (hit := decide(policy(told), SEEN)) is not None
    assert hit.message
    assert (hit := decide(policy(told), replace(SEEN, topics=frozenset({"self_harm"})))) is not None
    assert not hit.message


@pytest.mark.parametrize("own", list(Decision))
@pytest.mark.parametrize("then", list(Decision))
def test_a_rule_decides_but_takes_a_hand_off_back_only_with_always(own: Decision, then: Decision) -> None:
    hit = RuleHit("r0", then, Reason.POLICY)
    assert settle(own, None, SEEN) is own
    assert settle(own, hit, SEEN) is (own if own is Decision.HAND_OFF else then)
    assert settle(own, replace(hit, always=True), SEEN) is then


def test_a_rule_about_hours_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        fired(replace(SEEN, now=datetime(2026, 11, 23, 9, 0)), {"when": {"business_hours": "inside"}})
