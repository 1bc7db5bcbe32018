"""What a policy may say, and that it fits together."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from batonpass.escalation.policy import SENSITIVE, GuardPolicy
from pydantic import ValidationError


def rule(**changed: Any) -> dict[str, Any]:
    return {"name": "one", "when": {"verified": True}, "then": "offer", **changed}


def test_flat_files_of_before_still_mean_the_same() -> None:
    flat = {"answer_from": 0.7, "near_from": 0.3, "offer_repeats": 2, "failed_attempts": 3}
    flat |= {"max_answers": 9, "offer_frustration": 1, "hand_off_frustration": 2}
    policy = GuardPolicy.model_validate(flat)
    assert policy.model_dump(include=set(flat)) == flat
    usual = GuardPolicy().model_dump(exclude=set(flat))
    assert policy.model_dump(exclude=set(flat)) == usual


@pytest.mark.parametrize(
    "changed",
    [
        {"hysteresis": 0.2},
        {"high_value": {"amount": None}},
        {"high_value": {"tiers": []}},
        {"topics": {"strike": "파업"}},
        {"business_hours": {"timezone": "Asia/Seoul"}},
        {"rules": [rule()]},
        {"rules": [rule(message={"en": "One moment."})]},
        {"rules": [rule(message={"en": "A moment."})]},
        {"rules": [rule(always=True)]},
    ],
)
def test_the_version_changes_with_anything(changed: dict[str, Any]) -> None:
    policy = GuardPolicy.model_validate(changed)
    assert policy.version == GuardPolicy.model_validate(changed).version
    assert policy.version != GuardPolicy().version
    assert policy.model_copy(update={"rules": (), "answer_from": 0.1}).version != policy.version


def test_a_default_written_down_is_the_same_policy() -> None:
    written = yaml.safe_load("answer_from: 0.8\nhigh_value: {tiers: [vip], amount: 1000000}\n")
    assert GuardPolicy.model_validate(written).version == GuardPolicy().version


def test_a_policy_survives_yaml() -> None:
    policy = GuardPolicy.model_validate(
        {
            "topics": {"strike": ["파업", "strike"]},
            "business_hours": {"timezone": "Asia/Seoul", "mon": "09:00-18:00", "holidays": ["12-25"]},
            "rules": [
                rule(when={"topics": "strike", "reasons": "abuse"}, priority="urgent", message={"ko": "잠시만요"})
            ],
        }
    )
    assert GuardPolicy.model_validate(yaml.safe_load(yaml.safe_dump(policy.model_dump(mode="json")))) == policy


def test_one_value_stands_for_a_list_and_priorities_have_names() -> None:
    policy = GuardPolicy.model_validate({"rules": [rule(when={"langs": "ko"}, priority="high")]})
    (only,) = policy.rules
    assert (only.when.langs, only.priority) == (("ko",), 2)
    assert GuardPolicy.model_validate({"rules": [rule(priority=2)]}) != policy
    assert GuardPolicy.model_validate({"rules": [rule(when={"langs": ["ko"]}, priority=2)]}) == policy


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"answer_fron": 0.5}, "answer_fron"),
        ({"answer_from": 1.2}, "less than or equal to 1"),
        ({"near_from": float("nan")}, "finite"),
        ({"offer_at": 0.9}, "below offer_at"),
        ({"hand_off_at": 0.3}, "below offer_at"),
        ({"topics": {"fraud": ["card trick"]}}, "by itself"),
        ({"topics": {"strike": []}}, "no phrase"),
        ({"topics": {"strike": ["  "]}}, "without a word"),
        ({"topics": {"strike": [False]}}, "quotes"),
        ({"topics": {"Strike now": ["strike"]}}, "a-z"),
        ({"rules": [rule(when={})]}, "every turn"),
        ({"rules": [rule(when={"tiers": []})]}, "every turn"),
        ({"rules": [rule(), rule()]}, "called 'one'"),
        ({"rules": [rule(when={"topics": "legl"})]}, "did you mean 'legal'"),
        ({"rules": [rule(when={"business_hours": "inside"})]}, "no business_hours"),
        ({"rules": [rule(when={"langs": ["Korean"]})]}, "no language"),
        ({"rules": [rule(when={"intents": ["shouting"]})]}, "problem_report"),
        ({"rules": [rule(when={"amount_from": 0})]}, "greater than 0"),
        ({"rules": [rule(then="ignore")]}, "hand_off"),
        ({"rules": [rule(priority="hgh")]}, "did you mean 'high'"),
        ({"rules": [rule(priority=4)]}, "less than or equal to 3"),
        ({"rules": [rule(queue="Front desk")]}, "a-z"),
        ({"rules": [rule(message={"en": ""})]}, "at least 1"),
        ({"rules": [rule(message={"en": "x" * 501})]}, "at most 500"),
    ],
)
def test_what_does_not_fit_is_refused(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        GuardPolicy.model_validate(changed)


def test_rules_may_name_the_guards_topics_and_the_operators() -> None:
    topics = [*SENSITIVE, "strike"]
    policy = GuardPolicy.model_validate({"topics": {"strike": "파업"}, "rules": [rule(when={"topics": topics})]})
    assert policy.rules[0].when.topics == tuple(topics)
