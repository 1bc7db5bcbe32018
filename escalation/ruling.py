"""What the operator's rules make of a turn: a pure function of the policy and of what the turn shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .phrases import Found, find
from .policy import GuardPolicy, Rule, When
from .verdict import Decision, Reason

PROTECTED = frozenset({"self_harm", "safety"})
"""Topics that no rule may keep from a person."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a turn shows.

    Attributes:
        texts: The customer's unanswered messages, oldest first.
        topics: Sensitive ones that the guard found; the operator's own are found here.
        reasons: Why the guard itself would call or offer a person.
        acts: What the turn does (``policy.Intent``).
        tier: Of the customer record; empty: nobody known.
        verified: Whether it is known that the customer is who they say.
        lang: Of the turn.
        amounts: That they name or that are at stake, in the customer's currency.
        now: With its time zone; None: rules about hours do not hold.
        frustration: 0 calm to 3 furious.
        confidence: Of the draft, 0 to 1; None: there is none yet.
        articles: Ids of what was found for the question.
    """

    texts: tuple[str, ...] = ()
    topics: frozenset[str] = frozenset()
    reasons: frozenset[Reason] = frozenset()
    acts: frozenset[str] = frozenset()
    tier: str = ""
    verified: bool = False
    lang: str = ""
    amounts: tuple[float, ...] = ()
    now: datetime | None = None
    frustration: int = 0
    confidence: float | None = None
    articles: tuple[str, ...] = ()

    @property
    def protected(self) -> bool:
        """Whether a person must come, whatever the operator's rules say."""
        return Reason.EXPLICIT_REQUEST in self.reasons or bool(PROTECTED & self.topics)


@dataclass(frozen=True, slots=True)
class RuleHit:
    """The rule that fired.

    Attributes:
        rule: Its name.
        always: Whether it wins over the guard's own hand-off.
        message: What the customer reads on a hand-off, by language; empty: the guard's own words.
        evidence: Phrases that made it fire, with the customer's own characters.
    """

    rule: str
    decision: Decision
    reason: Reason
    always: bool = False
    queue: str | None = None
    skill: str | None = None
    priority: int | None = None
    message: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[Found, ...] = ()


def decide(policy: GuardPolicy, seen: Seen) -> RuleHit | None:
    """The rule that decides on a turn.

    Rules with ``always`` come first, then the others, each in the order of the file; the first that holds decides.
    Where a person must come (``Seen.protected``) only rules that hand off are looked at. With self-harm a rule's
    message is left out: the guard's own names the hotlines.

    Raises:
        ValueError: a rule asks for the hours, and ``seen.now`` has no time zone.
    """
    topics: dict[str, Found | None] = {}
    for rule in sorted(policy.rules, key=lambda rule: not rule.always):
        if seen.protected and rule.then is not Decision.HAND_OFF:
            continue
        evidence = _evidence(rule.when, policy, seen, topics)
        if evidence is not None:
            return _hit(rule, seen, evidence)
    return None


def settle(own: Decision, hit: RuleHit | None, seen: Seen) -> Decision:
    """The guard's decision and a rule's, as one.

    A rule decides in place of the guard's answer, clarifying question or offer; in place of its hand-off only with
    ``always``. Nothing takes a hand-off back where a person must come (``Seen.protected``).

    Args:
        own: What the guard decides without the rules.
        hit: From ``decide``.
        seen: As ``decide`` saw it.
    """
    if hit is None:
        return own
    if own is Decision.HAND_OFF and (seen.protected or not hit.always):
        return own
    return hit.decision


def _hit(rule: Rule, seen: Seen, evidence: tuple[Found, ...]) -> RuleHit:
    return RuleHit(
        rule=rule.name,
        decision=rule.then,
        reason=rule.reason,
        always=rule.always,
        queue=rule.queue,
        skill=rule.skill,
        priority=rule.priority,
        message={} if "self_harm" in seen.topics else dict(rule.message),
        evidence=evidence,
    )


def _evidence(
    when: When, policy: GuardPolicy, seen: Seen, topics: dict[str, Found | None]
) -> tuple[Found, ...] | None:
    """The words that make a rule hold (none where it rests on no words); None where it does not hold."""
    if not _holds(when, policy, seen):
        return None
    words: list[Found] = []
    if when.topics:
        about = [topic for topic in when.topics if topic not in seen.topics]
        said = [found for topic in about if (found := _topic(topic, policy, seen, topics))]
        if len(about) == len(when.topics) and not said:
            return None
        words += said[:1]
    if when.keywords:
        found = find(when.keywords, seen.texts)
        if found is None:
            return None
        words.append(found)
    return tuple(words)


def _topic(topic: str, policy: GuardPolicy, seen: Seen, topics: dict[str, Found | None]) -> Found | None:
    """Where one of the operator's own topics is spoken of; looked for once a turn."""
    if topic not in topics:
        topics[topic] = find(policy.topics.get(topic, ()), seen.texts)
    return topics[topic]


def _holds(when: When, policy: GuardPolicy, seen: Seen) -> bool:
    """Whether all conditions but those on words hold."""
    if when.business_hours:
        if policy.business_hours is None or seen.now is None:
            return False
        if policy.business_hours.inside(seen.now) != (when.business_hours == "inside"):
            return False
    tier, tiers = seen.tier.casefold(), {name.casefold() for name in when.tiers}
    return (
        (not when.reasons or not seen.reasons.isdisjoint(when.reasons))
        and (not when.intents or not seen.acts.isdisjoint(when.intents))
        and (not tiers or tier in tiers)
        and (when.verified is None or seen.verified == when.verified)
        and (not when.langs or seen.lang in when.langs)
        and (when.amount_from is None or any(amount >= when.amount_from for amount in seen.amounts))
        and (when.frustration_from is None or seen.frustration >= when.frustration_from)
        and (
            when.confidence_below is None
            or (seen.confidence is not None and seen.confidence < when.confidence_below)
        )
        and (not when.articles or not set(when.articles).isdisjoint(seen.articles))
    )
