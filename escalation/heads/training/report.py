"""The heads' figures on a split, with 95 % bootstrap intervals, beside what a user would otherwise build."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from ...requests import explicit_request
from ..explicit import asks_for_person
from ..model import HEADS, TOPICS, Heads
from .baseline import displeasure, keywords
from .data import Turn, labels, read_turns

DRAWS = 500
SEED = 7
Flags = NDArray[np.bool_]
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure with its interval, NaN where the split has no such turn."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def figure(measure: Callable[..., float], *columns: NDArray) -> Figure:
    """A measure of aligned columns and the percentiles 2.5 and 97.5 of it over resampled rows."""
    chance = np.random.default_rng(SEED)
    count = len(columns[0])
    drawn = []
    for _ in range(DRAWS):
        rows = chance.integers(0, count, count)
        drawn.append(measure(*(column[rows] for column in columns)))
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Figure(measure(*columns), float(low), float(high))


def recall(known: Flags, flagged: Flags) -> float:
    """Share of what is so that was flagged."""
    return float(flagged[known].mean()) if known.any() else float("nan")


def precision(known: Flags, flagged: Flags) -> float:
    """Share of what was flagged that is so."""
    return float(known[flagged].mean()) if flagged.any() else float("nan")


def f1(known: Flags, flagged: Flags) -> float:
    """Harmonic mean of the two."""
    hits = float((known & flagged).sum())
    return 2 * hits / max(float(known.sum() + flagged.sum()), 1.0)


def auc(known: Flags, scores: Scores) -> float:
    """Area under the ROC curve."""
    return float(roc_auc_score(known, scores)) if 0 < known.sum() < len(known) else float("nan")


def false_fires(traps: Flags, flagged: Flags) -> float:
    """Share of the traps that were flagged."""
    return recall(traps, flagged)


def calibration_error(known: Flags, chances: Scores, bins: int = 10) -> float:
    """Expected calibration error over bins of equal width (Guo et al. 2017)."""
    place = np.minimum((chances * bins).astype(int), bins - 1)
    parts = [(place == at) for at in range(bins)]
    return sum(abs(chances[p].mean() - known[p].mean()) * p.mean() for p in parts if p.any())


def best_threshold(known: Flags, scores: Scores) -> float:
    """The threshold of the best F1: the baseline's, chosen where it may be."""
    grid = np.unique(scores)
    grid = grid[:: max(len(grid) // 200, 1)]
    return float(max(grid, key=lambda at: f1(known, scores >= at)))


def errors(known: Flags, flagged: Flags) -> int:
    """Missed and false together."""
    return int((known != flagged).sum())


def table(heads: Heads, split: str, language: str, reviews: Path | None = None) -> list[str]:
    """The lines of one split and language.

    Args:
        heads: Which to measure.
        split: ``dev`` or ``test``.
        language: ``ko`` or ``en``.
        reviews: NSMC's file, for the Korean baseline.
    """
    turns = read_turns(split, language)
    texts = [turn.text for turn in turns]
    known = {head: labels(turns, head).astype(bool) for head in HEADS}
    chances = _chances(heads, texts)
    lines = [f"## {split} {language}: {len(turns)} turns"]
    lines += _explicit(heads, turns, known["explicit"], chances["explicit"])
    lines += _frustration(turns, known["frustration_2"], chances["frustration_2"], language, reviews)
    for head in ("abuse", *TOPICS):
        flagged = chances[head] >= 0.5
        listed = keywords(head)(texts) >= 1
        lines.append(
            f"{head}: {int(known[head].sum())} turns; AUC {figure(auc, known[head], chances[head])}, "
            f"recall {figure(recall, known[head], flagged)}, precision {figure(precision, known[head], flagged)}; "
            f"keywords {recall(known[head], listed):.3f} / {precision(known[head], listed):.3f}; "
            + _ratio(known[head], listed, flagged)
        )
    for head in HEADS[len(HEADS) - 8 :]:
        lines.append(
            f"{head}: AUC {auc(known[head], chances[head]):.3f}, F1 {f1(known[head], chances[head] >= 0.5):.3f}"
        )
    parts = (f"{head} {calibration_error(known[head], chances[head]):.3f}" for head in HEADS[:5])
    lines.append("calibration error: " + ", ".join(parts))
    return lines


def _chances(heads: Heads, texts: Sequence[str]) -> Mapping[str, Scores]:
    readings = [heads.read(text) for text in texts]
    found = {"explicit": [r.explicit for r in readings], "abuse": [r.abuse for r in readings]}
    for level in range(3):
        found[f"frustration_{level + 1}"] = [r.frustration[level] for r in readings]
    for reading in readings:
        for name, chance in {**reading.sensitive, **reading.act}.items():
            found.setdefault(name, []).append(chance)
    return {name: np.array(values) for name, values in found.items()}


def _explicit(heads: Heads, turns: Sequence[Turn], known: Flags, chances: Scores) -> list[str]:
    texts = [turn.text for turn in turns]
    traps = np.array([turn.act == "trap" for turn in turns])
    asked = np.array([asks_for_person(text, heads)[1] is not None for text in texts])
    rules = np.array([explicit_request(text) is not None for text in texts])
    listed = keywords("explicit")(texts) >= 1
    lines = [f"explicit: {int(known.sum())} requests, {int(traps.sum())} traps; AUC {figure(auc, known, chances)}"]
    for name, flagged in (("rules + head", asked), ("rules alone", rules), ("keywords", listed)):
        lines.append(
            f"  {name}: recall {figure(recall, known, flagged)}, false fires on traps "
            f"{figure(false_fires, traps, flagged)}, on all others {false_fires(~known, flagged):.3f}, "
            f"F1 {f1(known, flagged):.3f}"
        )
    return [*lines, "  " + _ratio(known, listed, asked)]


def _frustration(
    turns: Sequence[Turn], known: Flags, chances: Scores, language: str, reviews: Path | None
) -> list[str]:
    texts = [turn.text for turn in turns]
    name, scorer = displeasure(language, reviews)
    # The baseline's threshold is chosen on train and dev, as the heads' calibration is.
    seen = [turn for split in ("train", "dev") for turn in read_turns(split, language)]
    at = best_threshold(labels(seen, "frustration_2").astype(bool), scorer([turn.text for turn in seen]))
    scores = scorer(texts)
    flagged, other = chances >= 0.5, scores >= at
    lines = [f"frustration 2-3: {int(known.sum())} turns"]
    for who, values, flags in (("head", chances, flagged), (name, scores, other)):
        lines.append(f"  {who}: AUC {figure(auc, known, values)}, F1 {figure(f1, known, flags)}")
    return [*lines, "  " + _ratio(known, other, flagged)]


def _ratio(known: Flags, other: Flags, ours: Flags) -> str:
    theirs, mine = errors(known, other), errors(known, ours)
    return f"errors {theirs} against {mine} ({theirs / max(mine, 1):.1f} times)"
