"""Learning the heads: logistic regressions over grouped features, calibrated on folds that left the trade out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from ....knowledge.encoder.embedder import built_in
from ..artefact import LANGUAGES, Weights
from ..features import code, see, shortened
from ..model import HEADS
from .data import Turn, labels, speaks_of

SEED = 20


@dataclass(frozen=True, slots=True)
class Recipe:
    """What training can be told; the defaults were chosen by folds over train and dev (see docs/guard.md).

    Attributes:
        groups: What each family of features counts beside the others.
        dense: What the encoder's vector counts.
        strength: Inverse of the L2 penalty.
        fewest: Turns that a feature must occur in.
        folds: Of the calibration, by trade.
        faintest: Weights (of 127) that a feature must reach in some head to be kept.
    """

    groups: tuple[float, ...] = (2.0, 2.0, 2.0, 2.0, 2.0, 0.5, 1.0)
    dense: float = 1.0
    strength: float = 10.0
    fewest: int = 2
    folds: int = 5
    faintest: int = 4


@dataclass(frozen=True, slots=True)
class Matrix:
    """Turns as numbers.

    Attributes:
        sparse: float32 (turns, features), each family scaled and weighted.
        dense: float32 (turns, d), the encoder's vectors.
        codes: uint32 (features,), ascending.
    """

    sparse: sp.csr_matrix
    dense: NDArray[np.float32]
    codes: NDArray[np.uint32]


def vocabulary(texts: Sequence[str], fewest: int) -> NDArray[np.uint32]:
    """The features that at least ``fewest`` texts share."""
    counts: Counter[int] = Counter()
    for text in texts:
        counts.update({code(feature) for group in see(text).groups for feature in group})
    return np.array(sorted(c for c, n in counts.items() if n >= fewest), dtype=np.uint32)


def matrix(texts: Sequence[str], codes: NDArray[np.uint32], recipe: Recipe) -> Matrix:
    """Texts as numbers, as ``Heads`` sees them."""
    place = {int(c): at for at, c in enumerate(codes)}
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        for weight, group in zip(recipe.groups, see(text).groups, strict=True):
            for feature in group:
                if (at := place.get(code(feature))) is not None:
                    rows.append(row)
                    columns.append(at)
                    values.append(weight / len(group) ** 0.5)
    sparse = sp.csr_matrix((np.array(values, np.float32), (rows, columns)), shape=(len(texts), len(codes)))
    encoder = built_in()
    return Matrix(sparse, np.stack([encoder.encode(shortened(text)) for text in texts]), codes)


def inputs(found: Matrix, recipe: Recipe) -> sp.csr_matrix:
    """Features and the encoder's vector side by side (turns, features + d)."""
    return sp.csr_matrix(sp.hstack([found.sparse, sp.csr_matrix(found.dense * recipe.dense)]))


def folds(turns: Sequence[Turn], recipe: Recipe) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Splits of the turns in which no trade is on both sides."""
    return list(GroupKFold(recipe.folds).split(turns, groups=[turn.trade for turn in turns]))


def platt(logits: NDArray[np.float64], known: NDArray[np.int8]) -> tuple[float, float]:
    """Slope and offset of the calibrated logit (Platt 1999), the slope never falling below a twentieth."""
    model = LogisticRegression(C=100.0).fit(logits[:, None], known)
    return max(float(model.coef_[0, 0]), 0.05), float(model.intercept_[0])


def _fitted(seen: sp.csr_matrix, turns: Sequence[Turn], head: str, rows: NDArray[np.intp], recipe: Recipe):
    """A head learned from those of the rows that speak of it."""
    rows = np.array([row for row in rows if speaks_of(turns[row], head)])
    model = LogisticRegression(C=recipe.strength, solver="liblinear", max_iter=500, random_state=SEED)
    known = labels([turns[row] for row in rows], head)
    return model.fit(seen[rows], known, sample_weight=[turns[row].weight for row in rows])


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What models that saw no turn of its trade say of each labelled turn.

    Attributes:
        turns: The labelled ones.
        chances: Calibrated probabilities by head, (turns,). Calibrated on the same turns: two numbers a head.
    """

    turns: Sequence[Turn]
    chances: dict[str, NDArray[np.float64]]


def learn(turns: Sequence[Turn], extra: Sequence[Turn], recipe: Recipe) -> tuple[Weights, LeftOut]:
    """All heads from labelled turns; calibration and thresholds from folds that leave the trade out.

    Args:
        turns: Labelled by hand.
        extra: Weak examples, learned from and never judged.
        recipe: How.
    """
    every = [*turns, *extra]
    codes = vocabulary([turn.text for turn in every], recipe.fewest)
    seen = inputs(matrix([turn.text for turn in every], codes, recipe), recipe)
    beside = np.arange(len(turns), len(every))
    splits = list(GroupKFold(recipe.folds).split(turns, groups=[turn.trade for turn in turns]))
    languages = np.array([turn.language for turn in turns])
    traps = np.array([turn.act == "trap" for turn in turns])
    columns, bias, left_out = [], [], {}
    slopes = np.zeros((len(LANGUAGES), len(HEADS)), np.float32)
    offsets = np.zeros_like(slopes)
    thresholds = np.full(len(LANGUAGES), 0.5, np.float32)
    for at, head in enumerate(HEADS):
        model = _fitted(seen, every, head, np.arange(len(every)), recipe)
        columns.append(model.coef_[0])
        bias.append(float(model.intercept_[0]))
        logits, known = np.zeros(len(turns)), labels(list(turns), head)
        for rows, judged in splits:
            part = _fitted(seen, every, head, np.concatenate([rows, beside]), recipe)
            logits[judged] = part.decision_function(seen[judged])
        for row, language in enumerate(LANGUAGES):
            there = languages == language
            slopes[row, at], offsets[row, at] = platt(logits[there], known[there])
            logits[there] = slopes[row, at] * logits[there] + offsets[row, at]
        left_out[head] = 1 / (1 + np.exp(-logits))
        if head == "explicit":
            for row, language in enumerate(LANGUAGES):
                there = languages == language
                thresholds[row] = fairest(left_out[head][there], known[there], traps[there])
    table = np.stack(columns, axis=1)
    sparse, dense = table[: len(codes)], table[len(codes) :] * recipe.dense
    scales = np.maximum(np.abs(sparse).max(axis=0), 1e-9) / 127
    rows = np.rint(sparse / scales).astype(np.int8)
    kept = np.abs(rows).max(axis=1) >= recipe.faintest  # a feature that says next to nothing to any head goes
    weights = Weights(
        HEADS,
        codes[kept],
        rows[kept],
        scales.astype(np.float32),
        dense.astype(np.float16),
        np.array(bias, np.float32),
        np.array(recipe.groups, np.float32),
        slopes,
        offsets,
        built_in().table.version,
        thresholds,
    )
    return weights, LeftOut(turns, left_out)


def fairest(chances: NDArray[np.float64], known: NDArray[np.int8], traps: NDArray[np.bool_]) -> float:
    """The threshold at which the share of requests missed plus the share of traps that fire is least."""
    grid = np.round(np.linspace(0.05, 0.95, 91), 2)
    costs = [np.mean((chances < at)[known == 1]) + np.mean((chances >= at)[traps]) for at in grid]
    return float(grid[int(np.argmin(costs))])
