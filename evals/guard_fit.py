"""Fits the guard's combiner to scenarios: ``python -m batonpass.evals.guard_fit SUITE... --out combiner.json``.

Each scenario is played with the guard itself; where it would call a person that nobody expects, the expected
decision is taken instead, so that the turns behind it are seen too. What the combiner read on each turn, and
whether a person was due, are the examples. Weights keep the sign that ``combiner.GROUPS`` gives them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from ..escalation import Decision, Draft, GuardPolicy, RuleGuard, Turn, Verdict
from ..escalation.combiner import GROUPS, MOOD, Combiner
from ..escalation.heads.training.scenarios import half_of
from .formats import Scenario
from .runner import Bench, RunOptions
from .suite import load_suite
from .turns import talk

ESCALATED = ("offer", "hand_off")
L2 = 3e-4
"""Penalty on squared weights, relative to a mean log loss; chosen by leaving one dev suite out at a time."""


@dataclass(frozen=True, slots=True)
class Example:
    """One judged turn.

    Attributes:
        signals: What the combiner read, in the order of ``GROUPS``.
        due: Whether a person was; None where either would do.
        upset: Whether frustration is 2 or 3; None where it is not told.
        rule: That fired.
        where: Scenario and turn.
    """

    signals: tuple[float, ...]
    due: bool | None
    upset: bool | None
    rule: str
    where: str


class Guided:
    """A guard that keeps to what is expected where its own decision would end a conversation too early."""

    def __init__(self, guard: RuleGuard) -> None:
        self.guard = guard
        self.expected: tuple[str, ...] = ()
        self.seen: list[Verdict] = []

    @property
    def policy(self) -> GuardPolicy:
        """The policy in force."""
        return self.guard.policy

    def screen(self, turn: Turn) -> Verdict | None:
        """Never: each turn is judged on its draft."""
        return None

    def judge(self, turn: Turn, draft: Draft) -> Verdict:
        """The guard's verdict, or the expected decision instead of a hand-off that is not due."""
        verdict = self.guard.judge(turn, draft)
        self.seen.append(verdict)
        wanted = [name for name in self.expected if name not in (*ESCALATED, "silent")]
        if wanted and verdict.decision in ESCALATED and not set(self.expected) & set(ESCALATED):
            verdict = verdict.model_copy(update={"decision": Decision(wanted[0]), "rule": "answer"})
        elif verdict.decision is Decision.HAND_OFF and "hand_off" not in self.expected:
            verdict = verdict.model_copy(update={"decision": Decision.OFFER})
        return verdict


def due(expected: Sequence[str]) -> bool | None:
    """Whether a person is due at a turn; None where either would do."""
    if not expected or "silent" in expected:
        return None
    called = set(expected) & set(ESCALATED)
    return True if called == set(expected) else None if called else False


def collect(suites: Sequence[Path], half: int | None = None) -> list[Example]:
    """Play the scenarios of some suites.

    Args:
        suites: Their folders.
        half: Only those that heads learned with ``--left-out`` this half never saw; None: all.

    Raises:
        SuiteError: a suite cannot be read.
    """
    examples: list[Example] = []
    for path in suites:
        suite = load_suite(path)
        guided = Guided(RuleGuard())
        with Bench(suite, RunOptions(), guard=guided) as bench:
            for scenario in suite.scenarios:
                if half is not None and half_of(scenario.id) != half:
                    continue
                examples += asyncio.run(_play(scenario, bench, guided))
    return examples


async def _play(scenario: Scenario, bench: Bench, guided: Guided) -> list[Example]:
    stage = bench.stage
    customer = stage.directory.bring(scenario.customer) if scenario.customer else None
    found: list[Example] = []
    guided.seen.clear()

    def texts() -> Any:
        for number, turn in enumerate(scenario.turns):
            guided.expected = turn.expect.decision
            before = len(guided.seen)
            yield turn.text
            if len(guided.seen) > before:
                verdict = guided.seen[-1]
                values = tuple(float(verdict.signals[f"s_{name}"]) for name in GROUPS)
                gold = turn.expect.frustration
                upset = None if gold is None else gold >= 2
                where = f"{scenario.id}:{number + 1}"
                found.append(Example(values, due(turn.expect.decision), upset, verdict.rule, where))

    await talk(texts(), customer, scenario.lang, stage)
    return found


def fit(examples: Sequence[Example], kind: str = "person", l2: float = L2) -> Combiner:
    """Fit a combiner by maximum likelihood (L-BFGS-B), each weight on its side of 0.

    Args:
        examples: Those that say nothing about it are passed over.
        kind: ``person`` or ``mood``.
        l2: Penalty on squared weights, relative to a mean log loss.

    Raises:
        ValueError: all examples have the same label.
    """
    names = tuple(GROUPS) if kind == "person" else MOOD
    told = [(values_of(e), e.due if kind == "person" else e.upset) for e in examples]
    rows = [(signals, label) for signals, label in told if label is not None]
    y = np.array([label for _, label in rows], dtype=float)
    if len(set(y.tolist())) < 2:
        raise ValueError(f"{kind}: turns of both kinds are needed")
    x = np.array([[1.0, *(signals[name] for name in names)] for signals, _ in rows])
    penalty = np.array([1e-9, *[l2] * len(names)])

    def loss(beta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = x @ beta
        value = float(np.mean(np.logaddexp(0, z) - y * z) + penalty @ beta**2)
        return value, x.T @ (expit(z) - y) / len(y) + 2 * penalty * beta

    sides = [(0.0, None) if GROUPS[name] else (None, 0.0) for name in names]
    found = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", bounds=[(None, None), *sides])
    weights = {name: round(float(w), 3) for name, w in zip(names, found.x[1:], strict=True)}
    return Combiner(round(float(found.x[0]), 3), weights)


def values_of(example: Example) -> dict[str, float]:
    """The signals by name."""
    return dict(zip(GROUPS, example.signals, strict=True))


def calibration_error(scores: Sequence[float], labels: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error: the mean gap between score and share of positives, in equal-width bins."""
    p, y = np.asarray(scores), np.asarray(labels, dtype=float)
    place = np.minimum((p * bins).astype(int), bins - 1)
    return float(sum((place == b).mean() * abs(p[place == b].mean() - y[place == b].mean()) for b in set(place)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and write; prints the weights and how well they fit."""
    parser = argparse.ArgumentParser(prog="python -m batonpass.evals.guard_fit", description=__doc__)
    parser.add_argument("suites", nargs="+", type=Path)
    parser.add_argument(
        "--half", type=int, choices=(0, 1), help="only scenarios that the heads did not learn from"
    )
    parser.add_argument(
        "--examples", type=Path, action="append", default=[], help="examples of earlier runs, added"
    )
    parser.add_argument("--keep", type=Path, help="where to keep this run's examples (JSON)")
    parser.add_argument("--out", type=Path, help="where to write the weights (default: only print)")
    chosen = parser.parse_args(arguments)
    examples = collect(chosen.suites, chosen.half)
    if chosen.keep:
        chosen.keep.write_text(json.dumps([asdict(example) for example in examples]), encoding="utf-8")
    for path in chosen.examples:
        examples += [
            Example(**{**kept, "signals": tuple(kept["signals"])})
            for kept in json.loads(path.read_text(encoding="utf-8"))
        ]
    found: dict[str, Any] = {}
    for kind in ("person", "mood"):
        combiner = fit(examples, kind)
        found[kind] = {"intercept": combiner.intercept, "weights": dict(combiner.weights)}
        told = [(combiner.score(values_of(e)), e.due if kind == "person" else e.upset) for e in examples]
        pairs = [(score, label) for score, label in told if label is not None]
        error = calibration_error([score for score, _ in pairs], [label for _, label in pairs])
        print(
            f"{kind}: {len(pairs)} turns, {sum(y for _, y in pairs)} of them; calibration error {error:.3f}",
            file=sys.stderr,
        )
    text = json.dumps(found, indent=1)
    print(text)
    if chosen.out:
        chosen.out.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
