"""From scores of turns to calls of a person: a threshold for the first call of a dialogue, one for later calls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .golden_transfer import golden_transfer
from .turn_learning import Floats, Places, Turns

_SHARES = np.linspace(0.72, 0.95, 8)  # of turns that score less: the thresholds that are tried
_TOLERANCE = 2


@dataclass(frozen=True, slots=True)
class CallRule:
    """When a person is called.

    Attributes:
        first: The score from which one is called where none was before.
        later: The same once one was: lower, as what is stuck stays stuck, or higher, as one call may do.
    """

    first: float
    later: float

    def calls(self, turns: Turns, scores: Floats) -> Places:
        """1 or 0 for each turn, decided on what was decided before it."""
        called = np.zeros(len(scores), dtype=np.int64)
        for places in turns.each():
            above = np.flatnonzero(scores[places] >= self.first)
            if len(above):
                after = places[above[0] + 1 :]
                called[places[above[0]]] = 1
                called[after] = scores[after] >= self.later
        return called


def best_rule(turns: Turns, scores: Floats, train: Places) -> CallRule:
    """The rule with the greatest sum of F1 and GT-II on training turns, whole dialogues of them."""
    steps = np.unique(np.quantile(scores[train], _SHARES))
    known = set(turns.dialogue[train].tolist())
    dialogues = [places for places in turns.each() if turns.dialogue[places[0]] in known]

    def worth(rule: CallRule) -> float:
        called = rule.calls(turns, scores)
        near = [golden_transfer(called[p] > 0, turns.truth[p] > 0, _TOLERANCE) for p in dialogues]
        hits, both = int((called & turns.truth)[train].sum()), int((called + turns.truth)[train].sum())
        return 2 * hits / max(1, both) + float(np.mean(near))

    return max((CallRule(float(first), float(later)) for first in steps for later in steps), key=worth)
