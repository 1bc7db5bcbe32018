"""Statistics with 95 % intervals: the percentile bootstrap, drawn for all resamples at once.

Values come from scikit-learn where it has them. Its functions would take seconds for a thousand resamples, so
the draws are computed from how often each row was drawn; tests hold both ways against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

RESAMPLES = 1000
"""Bootstrap resamples (Efron and Tibshirani 1993 take 1,000 for percentile intervals)."""

_AT_ONCE = 100

Metric = dict[str, float | int]
Value = Callable[[np.ndarray], float]


@dataclass(frozen=True, slots=True)
class Statistic:
    """A number from rows.

    Attributes:
        value: From rows to the number; may raise ValueError where it is not defined on them.
        draws: From rows, and how often each was drawn (resamples x rows), to a number for each resample, NaN where
            it is not defined; None: ``value`` is called for each.
    """

    value: Value
    draws: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None


def metric(rows: Sequence[Any] | np.ndarray, statistic: Statistic, seed: int) -> Metric | None:
    """A statistic with its interval.

    Args:
        rows: The sample; the first axis is resampled.
        statistic: What to compute.
        seed: Of the resampling.

    Returns:
        ``value``, ``n``, ``low``, ``high``; None without rows or where the statistic is not defined on them.
    """
    values = np.asarray(rows, dtype=float)
    if not len(values):
        return None
    value = _safe(statistic.value, values)
    if value is None:
        return None
    draws: list[float] = []
    for picks in _picks(len(values), seed):
        if statistic.draws is None:
            found = [_safe(statistic.value, values[pick]) for pick in picks]
            draws += [draw for draw in found if draw is not None]
        else:
            with np.errstate(divide="ignore", invalid="ignore"):
                some = statistic.draws(values, _counts(picks))
            draws += some[~np.isnan(some)].tolist()
    low, high = np.percentile(draws, [2.5, 97.5]) if draws else (value, value)
    return {"value": value, "n": len(values), "low": float(low), "high": float(high)}


def _picks(n: int, seed: int) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(seed)
    for _ in range(RESAMPLES // _AT_ONCE):
        yield rng.integers(0, n, (_AT_ONCE, n))


def _counts(picks: np.ndarray) -> np.ndarray:
    """How often each row was drawn, resample by resample."""
    resamples, n = picks.shape
    places = picks + np.arange(resamples)[:, None] * n
    return np.bincount(places.ravel(), minlength=resamples * n).reshape(resamples, n)


def _safe(statistic: Value, values: np.ndarray) -> float | None:
    try:
        value = float(statistic(values))
    except (ValueError, ZeroDivisionError):
        return None
    return None if np.isnan(value) else value


MEAN = Statistic(lambda v: float(v.mean()), lambda v, counts: counts @ v / len(v))
"""The mean of numbers."""


def _binary(
    score: Callable[..., Any], ratio: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
) -> Statistic:
    """A score of truth (first column) and finding (second), 0 where it is not defined."""

    def draws(pairs: np.ndarray, counts: np.ndarray) -> np.ndarray:
        truth, found = pairs[:, 0] > 0, pairs[:, 1] > 0
        hit, needless, missed = counts @ (truth & found), counts @ (~truth & found), counts @ (truth & ~found)
        return np.nan_to_num(ratio(hit, needless, missed))

    return Statistic(lambda v: float(score(v[:, 0], v[:, 1], zero_division=0)), draws)


PRECISION = _binary(precision_score, lambda hit, needless, missed: hit / (hit + needless))
RECALL = _binary(recall_score, lambda hit, needless, missed: hit / (hit + missed))
F1 = _binary(f1_score, lambda hit, needless, missed: 2 * hit / (2 * hit + needless + missed))


def auroc(truth: int, score: int) -> Statistic:
    """Area under the ROC curve.

    Args:
        truth: Column of the truth.
        score: Column of the score; ties count half (Mann and Whitney 1947).
    """

    def value(rows: np.ndarray) -> float:
        if len(np.unique(rows[:, truth])) < 2:
            raise ValueError("one class only")
        return float(roc_auc_score(rows[:, truth], rows[:, score]))

    def draws(rows: np.ndarray, counts: np.ndarray) -> np.ndarray:
        order = np.argsort(rows[:, score], kind="stable")
        sorted_scores = rows[order, score]
        starts = np.flatnonzero(np.append(True, sorted_scores[1:] != sorted_scores[:-1]))
        drawn, yes = counts[:, order], rows[order, truth] > 0
        positive = np.add.reduceat(drawn * yes, starts, axis=1)
        negative = np.add.reduceat(drawn * ~yes, starts, axis=1)
        below = np.cumsum(negative, axis=1) - negative
        wins = (positive * (below + negative / 2)).sum(axis=1)
        return wins / (positive.sum(axis=1) * negative.sum(axis=1))

    return Statistic(value, draws)


def calibration_error(pairs: np.ndarray) -> float:
    """Expected calibration error over ten equal-width bins (Guo et al. 2017); columns: confidence, truth."""
    return float(_calibration_draws(pairs, np.ones((1, len(pairs))))[0])


def _calibration_draws(pairs: np.ndarray, counts: np.ndarray) -> np.ndarray:
    bins = np.minimum((pairs[:, 0] * 10).astype(int), 9)
    gaps = np.zeros((len(pairs), 10))
    gaps[np.arange(len(pairs)), bins] = pairs[:, 0] - pairs[:, 1]
    return np.abs(counts @ gaps).sum(axis=1) / len(pairs)


CALIBRATION = Statistic(calibration_error, _calibration_draws)


def recall_at_precision(pairs: np.ndarray, precision: float = 0.95) -> float:
    """The greatest recall at which the precision still holds, 0 where it never does; columns as above."""
    order = np.argsort(-pairs[:, 0], kind="stable")
    truth, scores = pairs[order, 1], pairs[order, 0]
    hits = np.cumsum(truth)
    right = hits / np.arange(1, len(truth) + 1)
    last_of_ties = np.append(scores[1:] != scores[:-1], True)
    good = (right >= precision) & last_of_ties
    return float((hits[good] / max(1.0, truth.sum())).max(initial=0.0))


RECALL_AT_95 = Statistic(recall_at_precision)


def percentile(q: float) -> Statistic:
    """A percentile of numbers."""
    return Statistic(lambda v: float(np.percentile(v, q)))
