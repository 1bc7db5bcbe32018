"""Fits which message is the open question: ``python -m batonpass.evals.question_fit SUITE...``.

The customer's messages of each scenario whose packet has a gold question are the choices, the one that holds it is
the right one. A conditional logit over ``escalation.matter.FEATURES`` is fitted; printed are the weights for
``matter.WEIGHTS``, the share that they find, and that found in each suite by weights fitted to the others.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from ..escalation import Author, Message
from ..escalation.heads import Heads, HeadsError
from ..escalation.masking import mask
from ..escalation.matter import FEATURES, seen
from ..escalation.question import stated
from .scoring import flat
from .suite import SuiteError, load_suite

L2 = 5.0
"""Penalty on squared weights of standardised columns, in log losses of whole scenarios; the best leaving one dev
suite out at a time, of 2, 5, 10 and 20."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A scenario: what is seen of each message, and which of them hold the gold question (some may repeat it)."""

    suite: str
    rows: NDArray[np.float64]
    right: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fit:
    """Weights of the columns as they are (not standardised)."""

    weights: NDArray[np.float64]

    def share(self, choices: Sequence[Choice]) -> float:
        """Of how many scenarios the right message comes first."""
        return float(np.mean([c.right[np.argmax(c.rows @ self.weights)] for c in choices]))


def collect(folders: Sequence[Path]) -> list[Choice]:
    """The scenarios of some suites that have a gold question which a message holds.

    Raises:
        SuiteError: a suite cannot be read.
    """
    found: list[Choice] = []
    for folder in folders:
        suite = load_suite(folder)
        for scenario in suite.scenarios:
            if scenario.handoff is None or not scenario.handoff.question:
                continue
            own = stated([_message(n, turn.text) for n, turn in enumerate(scenario.turns, 1)])
            right = np.array([flat(scenario.handoff.question) in flat(m.text) for m in own])
            if right.any():
                found.append(Choice(suite.name, np.array(seen(own), dtype=np.float64), right))
    return found


def _message(seq: int, text: str) -> Message:
    now = datetime.now(UTC)
    return Message(conversation_id="", seq=seq, author=Author.CUSTOMER, text=mask(text)[0], created_at=now)


def fit(choices: Sequence[Choice], l2: float = L2) -> Fit:
    """Weights that make the right messages most likely."""
    spread = np.concatenate([choice.rows for choice in choices]).std(0)
    spread = np.where(spread > 0, spread, 1.0)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = l2 * float(weights @ weights), 2 * l2 * weights
        for choice in choices:
            rows = choice.rows / spread
            scores = rows @ weights
            odds = np.exp(scores - scores.max())
            odds /= odds.sum()
            right = odds * choice.right
            total -= float(np.log(right.sum()))
            slope = slope + rows.T @ (odds - right / right.sum())
        return total, slope

    solved = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B")
    return Fit(solved.x / spread)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and print; 2 where a suite or the heads cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m batonpass.evals.question_fit", description=__doc__)
    parser.add_argument("suites", nargs="+", type=Path, help="folders of suites whose scenarios are learned from")
    options = parser.parse_args(arguments)
    try:
        Heads.load()  # without them the product goes by the words alone: nothing to fit to
        choices = collect(options.suites)
    except (SuiteError, HeadsError) as error:
        print(error, file=sys.stderr)
        return 2
    if not choices:
        print("no scenario of these suites has a gold question", file=sys.stderr)
        return 2
    whole = fit(choices)
    for name, weight in zip(FEATURES, whole.weights, strict=True):
        print(f"{name:18} {weight:6.2f}")
    print(f"found of {len(choices)}: {whole.share(choices):.3f}")
    names = list(dict.fromkeys(choice.suite for choice in choices))
    for name in names if len(names) > 1 else []:
        others = [c for c in choices if c.suite != name]
        own = [c for c in choices if c.suite == name]
        print(f"{name:18} {fit(others).share(own):.3f} of {len(own)}, fitted to the others")
    return 0


if __name__ == "__main__":
    sys.exit(main())
