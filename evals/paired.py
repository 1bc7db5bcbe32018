"""Two runs over the same items: is the difference more than noise?

Items, not rows, are resampled and swapped, so that the turns of one conversation stay together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

from .items import Sample

BOOTSTRAP = 2000
PERMUTATIONS = 9999
CURVES = 999
"""Resamples for statistics that cannot be summed (AUROC, percentiles), which cost a loop."""


@dataclass(frozen=True, slots=True)
class Paired:
    """A paired difference (now less before).

    Attributes:
        low: Lower end of its 95 % bootstrap interval.
        p: Two-sided; 1.0 where no item differs.
        test: ``mcnemar`` or ``permutation``.
        changed: Items whose rows differ.
    """

    value: float
    baseline: float
    low: float
    high: float
    p: float
    test: str
    n: int
    changed: int


def paired(now: Sample, before: Sample, shared: Sequence[str], seed: int) -> Paired | None:
    """Compare one metric of two runs.

    The interval is the percentile bootstrap over items (Efron and Tibshirani 1993, ch. 13). The p-value is
    exact McNemar (McNemar 1947: a binomial test on the items that changed sides) where every item is one yes or
    no in both runs; else a permutation test that swaps an item between the runs (the sign-flip test of Fisher
    1935; for ratios and curves as in Noreen 1989), with (1 + hits) / (1 + draws) after Phipson and Smyth 2010.

    Args:
        now: Rows of the run.
        before: Rows of the baseline.
        shared: Keys of items that both runs hold.
        seed: Of resampling and swapping.

    Returns:
        None where the metric is not defined on the shared items of both runs.
    """
    keys = [key for key in shared if key in now.rows or key in before.rows]
    value, baseline = now.value(keys), before.value(keys)
    if value is None or baseline is None:
        return None
    changed = sum(sorted(now.rows.get(key, ())) != sorted(before.rows.get(key, ())) for key in keys)
    if not changed:
        return Paired(value, baseline, 0.0, 0.0, 1.0, "permutation", len(keys), 0)
    rng = np.random.default_rng(seed)
    draws, p = _ratio(now, before, keys, rng) if now.ratio else _curve(now, before, keys, rng)
    test = "permutation"
    if (exact := _mcnemar(now, before, keys)) is not None:
        p, test = exact, "mcnemar"
    low, high = np.percentile(draws, [2.5, 97.5]) if len(draws) else (value - baseline, value - baseline)
    return Paired(value, baseline, float(low), float(high), p, test, len(keys), changed)


def _mcnemar(now: Sample, before: Sample, keys: Sequence[str]) -> float | None:
    gained = lost = 0
    for key in keys:
        a, b = now.rows.get(key, []), before.rows.get(key, [])
        if not (now.ratio and len(a) == len(b) == 1 and a[0][1] == b[0][1] == 1):
            return None
        if not {a[0][0], b[0][0]} <= {0, 1}:
            return None
        gained += a[0][0] > b[0][0]
        lost += a[0][0] < b[0][0]
    return float(binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0


def _ratio(now: Sample, before: Sample, keys: Sequence[str], rng: np.random.Generator) -> tuple[np.ndarray, float]:
    """Draws of the difference, and its p; sums over resamples and swaps are matrix products."""
    a = np.array([np.sum(now.rows.get(key, [(0, 0)]), axis=0, dtype=float) for key in keys])
    b = np.array([np.sum(before.rows.get(key, [(0, 0)]), axis=0, dtype=float) for key in keys])
    counts = rng.multinomial(len(keys), np.full(len(keys), 1 / len(keys)), size=BOOTSTRAP)
    draws = _divide(counts @ a, now.empty) - _divide(counts @ b, before.empty)
    swaps = rng.integers(0, 2, size=(PERMUTATIONS, len(keys)))
    flow = swaps @ (b - a)
    chance = _divide(a.sum(axis=0) + flow, now.empty) - _divide(b.sum(axis=0) - flow, before.empty)
    seen = abs(float(_divide(a.sum(axis=0)[None], now.empty)[0] - _divide(b.sum(axis=0)[None], before.empty)[0]))
    return draws[~np.isnan(draws)], _p(chance, seen)


def _divide(sums: np.ndarray, empty: float | None) -> np.ndarray:
    nothing = np.nan if empty is None else empty
    there = sums[:, 1] > 1e-12
    return np.where(there, sums[:, 0] / np.where(there, sums[:, 1], 1), nothing)


def _curve(now: Sample, before: Sample, keys: Sequence[str], rng: np.random.Generator) -> tuple[np.ndarray, float]:
    assert now.statistic
    statistic = now.statistic
    sides = [
        [(place, row) for place, key in enumerate(keys) for row in run.rows.get(key, ())] for run in (now, before)
    ]
    owner = np.array([place for side in sides for place, _ in side], dtype=int)
    values = np.array([row for side in sides for _, row in side], dtype=float)
    ours = np.arange(len(owner)) < len(sides[0])

    def difference(counts: np.ndarray, swap: np.ndarray) -> float:
        times, left = counts[owner], ours ^ swap[owner]
        try:
            a, b = (np.repeat(values[side], times[side], axis=0) for side in (left, ~left))
            return float(statistic(a) - statistic(b))
        except (ValueError, IndexError):
            return np.nan

    once, stay = np.ones(len(keys), dtype=int), np.zeros(len(keys), dtype=bool)
    shares = np.full(len(keys), 1 / len(keys))
    draws = np.array([difference(rng.multinomial(len(keys), shares), stay) for _ in range(CURVES)])
    chance = np.array([difference(once, rng.random(len(keys)) < 0.5) for _ in range(CURVES)])
    return draws[~np.isnan(draws)], _p(chance, abs(difference(once, stay)))


def _p(chance: np.ndarray, seen: float) -> float:
    """Undefined draws count against the finding."""
    hits = int(np.sum(np.isnan(chance) | (np.abs(chance) >= seen - 1e-12)))
    return (1 + hits) / (1 + len(chance))
