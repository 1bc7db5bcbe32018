"""A run with all that is said about it: cards, comparison, gate. What every writer of reports takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .cards import Card, cards
from .compare import Comparison, compare
from .gate import GateFailure, gate
from .suite import Suite


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run, judged.

    Attributes:
        comparison: With the baseline; None without one.
        failures: Of the gate; empty when it holds or when there is none.
    """

    suite: Suite
    run: dict[str, Any]
    cards: tuple[Card, ...]
    comparison: Comparison | None
    failures: tuple[GateFailure, ...]

    @property
    def gated(self) -> bool:
        """Whether there is anything to hold the run to: thresholds or a baseline."""
        return bool(self.suite.info.thresholds or self.comparison)

    @property
    def failing(self) -> list[Card]:
        """Cards with faults: what broke since the baseline first, then by gravity."""
        broke = {flip.now.key for flip in self.comparison.broke} if self.comparison else set()
        return sorted(
            (card for card in self.cards if card.failed), key=lambda card: (card.key not in broke, -card.severity)
        )


def judge(run: dict[str, Any], suite: Suite, baseline: dict[str, Any] | None = None, *, seed: int = 7) -> Outcome:
    """Compare, gate and card a run.

    Args:
        run: As ``run_suite`` returns it.
        suite: What was run.
        baseline: An older run of the suite.
        seed: Of the comparison's resampling.

    Raises:
        GateError: a threshold of the suite names no known metric.
    """
    comparison = compare(run, baseline, suite, seed=seed) if baseline else None
    failures = gate(run, suite.info.thresholds, comparison, suite=suite)
    return Outcome(suite, run, tuple(cards(suite, run)), comparison, tuple(failures))
