"""All signals of a turn to one number, whether a person is needed now: a small logistic that gives reasons."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from .heads import Reading
from .policy import GuardPolicy
from .verdict import Draft, DraftKind, Reason

if TYPE_CHECKING:
    from .state import TurnState

BUILT_IN = Path(__file__).with_name("combiner.json")

GROUPS: dict[str, Reason | None] = {
    "unsure": Reason.LOW_CONFIDENCE,
    "not_found": Reason.LOW_CONFIDENCE,
    "still_unsure": Reason.LOW_CONFIDENCE,
    "ungrounded": Reason.LOW_CONFIDENCE,
    "failures": Reason.FAILED_ATTEMPTS,
    "not_helped": Reason.FAILED_ATTEMPTS,
    "not_helped_before": Reason.FAILED_ATTEMPTS,
    "again": Reason.REPETITION,
    "alike": Reason.REPETITION,
    "same_source": Reason.REPETITION,
    "annoyed": Reason.FRUSTRATION,
    "upset": Reason.FRUSTRATION,
    "furious": Reason.FRUSTRATION,
    "rising": Reason.FRUSTRATION,
    "peak": Reason.FRUSTRATION,
    "complaint": Reason.FRUSTRATION,
    "abuse": Reason.ABUSE,
    "abuse_before": Reason.ABUSE,
    "sensitive": Reason.SENSITIVE_TOPIC,
    "explicit": Reason.EXPLICIT_REQUEST,
    "high_value": Reason.HIGH_VALUE,
    "closing": None,
    "declined": None,
}
"""Each signal with the reason that it speaks for; None: it speaks against a person."""


MOOD = (
    "annoyed",
    "upset",
    "furious",
    "rising",
    "peak",
    "again",
    "alike",
    "not_helped",
    "not_helped_before",
    "complaint",
    "abuse",
    "abuse_before",
    "explicit",
    "sensitive",
    "closing",
)
"""Signals that tell how upset a customer is; none of them needs a draft."""


@dataclass(frozen=True, slots=True)
class Combiner:
    """A fitted logistic.

    Attributes:
        intercept: Log odds where every signal is 0.
        weights: By signal; none below 0 where it has a reason, none above 0 where it has not.
    """

    intercept: float
    weights: Mapping[str, float]

    @classmethod
    def load(cls, name: str = "person") -> Combiner:
        """A built-in one: ``person`` (one is needed) or ``mood`` (frustration of 2 or 3)."""
        return _loaded()[name]

    def score(self, signals: Mapping[str, float]) -> float:
        """The probability 0..1 of what it was fitted to."""
        z = self.intercept + sum(weight * signals.get(name, 0.0) for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))

    def reasons(self, signals: Mapping[str, float]) -> tuple[Reason, ...]:
        """Why: what adds most to the log odds, and what adds at least half as much, most first."""
        added: dict[Reason, float] = {}
        for name, weight in self.weights.items():
            reason = GROUPS[name]
            if reason is not None:
                added[reason] = added.get(reason, 0.0) + weight * signals[name]
        top = max(added.values(), default=0.0)
        if top <= 0:
            return ()
        return tuple(sorted((r for r, value in added.items() if value >= top / 2), key=lambda r: -added[r]))


def of_readings(now: Sequence[Reading], before: Sequence[Reading], abuse_at: float = 0.5) -> dict[str, float]:
    """What the heads alone tell of a turn, each 0..1.

    Args:
        now: Of the turn's messages, at least one.
        before: Of the customer's last messages before them, oldest first.
        abuse_at: Probability from which an earlier message counts as abuse.
    """
    earlier = [reading.frustration[1] for reading in before]
    upset = max(reading.frustration[1] for reading in now)
    recent = sum(earlier[-3:]) / len(earlier[-3:]) if earlier else upset

    def act(name: str) -> float:
        return max(reading.act[name] for reading in now)

    return {
        "not_helped": act("not_helped"),
        "not_helped_before": min(sum(reading.act["not_helped"] >= 0.5 for reading in before), 2) / 2,
        "annoyed": max(reading.frustration[0] for reading in now),
        "upset": upset,
        "furious": max(reading.frustration[2] for reading in now),
        "rising": max(0.0, upset - recent),
        "peak": max(earlier, default=0.0),
        "complaint": act("complaint"),
        "abuse": max(reading.abuse for reading in now),
        "abuse_before": float(any(reading.abuse >= abuse_at for reading in before)),
        "explicit": max(reading.explicit for reading in now),
        "sensitive": max(max(reading.sensitive.values()) for reading in now),
        # Of the message that closes least: a "hello?" before it takes nothing off an outburst.
        "closing": min(max(each.act[name] for name in ("thanks", "chitchat", "decline_offer")) for each in now),
    }


def of_turn(state: TurnState, policy: GuardPolicy) -> dict[str, float]:
    """What the turn tells without a draft: ``of_readings``, and what it repeats."""
    heard = of_readings([state.reading, *state.readings], state.before, policy.abuse_at)
    if state.injected:
        heard |= dict.fromkeys(("annoyed", "upset", "furious", "rising", "complaint", "abuse", "not_helped"), 0.0)
    return {
        **heard,
        "again": min(len(state.again), 2) / 2,
        "alike": max(0.0, state.likeness - 0.5) * 2,
        "explicit": state.asking,
        "sensitive": max(state.sensitive.values()),
    }


def signals(state: TurnState, policy: GuardPolicy, draft: Draft, valuable: bool) -> dict[str, float]:
    """All that the combiner reads, each 0..1.

    Args:
        valuable: Whether customer or amount are what the policy calls high value.
    """
    doubt = 0.0 if draft.kind is DraftKind.SMALLTALK or state.talk else 1.0 - draft.confidence
    lost = draft.kind is DraftKind.NOT_FOUND or draft.confidence < policy.near_from
    asks = state.asks
    unclear = float(draft.confidence < policy.answer_from and doubt > 0)
    sources = {citation.document_id for citation in draft.citations}
    shown = {citation.document_id for message in state.said[-1:] for citation in message.citations}
    blamed = max(state.act("not_helped"), state.act("complaint"))
    return {
        **of_turn(state, policy),
        "unsure": doubt * asks,
        "not_found": float(lost and doubt > 0) * asks,
        "still_unsure": float(state.doubts > 0 and state.same_matter) * unclear * asks,
        "ungrounded": float(draft.kind is DraftKind.ANSWER and not draft.citations and state.talk is None),
        "failures": min(state.failures, 2) / 2 * max(asks, unclear),
        "same_source": float(bool(sources & shown)) * max(blamed, state.likeness if state.likeness > 0.5 else 0.0),
        "high_value": float(valuable) * max(state.act("problem_report"), state.act("complaint"), unclear * asks),
        "declined": float(state.declines_now or state.declined_before),
    }


@lru_cache(maxsize=1)
def _loaded() -> dict[str, Combiner]:
    found = json.loads(BUILT_IN.read_text(encoding="utf-8"))
    names = {"person": tuple(GROUPS), "mood": MOOD}
    return {
        kind: Combiner(float(found[kind]["intercept"]), {n: float(found[kind]["weights"][n]) for n in names[kind]})
        for kind in names
    }
