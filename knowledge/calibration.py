"""Learning how far to trust a search: leave articles out, see what confidence that leaves, fit a logistic.

A question whose article is gone must come out low, one whose article is there and found must come out high.
The shipped coefficients (``confidence.DEFAULT``) were made with this module.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from .confidence import Coefficients, Features, literal_share
from .local import LocalKnowledgeBase
from .translations import translations
from .types import Document

FOUND_WITHIN = 3
"""A question counts as answered when one of its articles is among this many first documents."""


@dataclass(frozen=True, slots=True)
class Example:
    """One question put to a base with articles left out.

    Attributes:
        kind: ``in`` (its article is there), ``out`` (left out) or ``off`` (off topic).
        answered: Whether an article that answers it was found.
    """

    features: Features
    kind: str
    answered: bool


def leave_out(
    documents: Sequence[Document],
    questions: Mapping[str, frozenset[str]],
    *,
    off_topic: Iterable[str] = (),
    share: float = 1 / 3,
    seed: int = 7,
) -> list[Example]:
    """Put questions to a temporary base from which some articles were left out, each with its translations.

    Args:
        documents: All articles.
        questions: The ids of the articles that answer each question.
        off_topic: Questions that no article answers.
        share: How many of the articles are left out, 0..1.
        seed: Which ones.
    """
    pairs = translations(documents)
    groups = sorted({tuple(sorted((document.id, *pairs.get(document.id, ())))) for document in documents})
    left = random.Random(seed).sample(groups, round(len(groups) * share))  # noqa: S311 (no secret)
    gone = frozenset(name for group in left for name in group)
    examples = []
    with TemporaryDirectory() as folder, LocalKnowledgeBase(Path(folder) / "kb") as base:
        base.sync(document for document in documents if document.id not in gone)
        for text, answers in questions.items():
            there = answers - gone
            features, found = base.features(text)
            kind = "in" if there else "out"
            examples.append(Example(features, kind, not there.isdisjoint(found[:FOUND_WITHIN])))
        examples += [Example(base.features(text)[0], "off", False) for text in off_topic]
    return examples


def fit(examples: Sequence[Example], *, weights: Sequence[float] | None = None, l2: float = 1e-3) -> Coefficients:
    """Fit the mixed logistics by maximum likelihood with an L2 penalty and no negative weight (L-BFGS-B).

    Args:
        examples: Both answered and unanswered ones.
        weights: One per example (default: both labels weigh the same in sum).
        l2: Penalty on the squared weights, relative to a mean log loss.

    Raises:
        ValueError: all examples have the same label.
    """
    labels = np.array([example.answered for example in examples], dtype=float)
    if len(set(labels.tolist())) < 2:
        raise ValueError("calibration needs answered and unanswered examples")
    if weights is None:
        share = labels.mean()
        weight = np.where(labels == 1, 0.5 / share, 0.5 / (1 - share))
    else:
        weight = np.asarray(weights, dtype=float)
    weight = weight / weight.sum()
    plain = np.array([[1.0, *astuple(example.features)] for example in examples])
    mixed = np.array([literal_share(example.features) for example in examples])[:, None]
    x = np.hstack([mixed * plain, (1 - mixed) * plain])
    half = plain.shape[1]
    intercepts = (0, half)
    penalty = np.full(2 * half, l2)
    penalty[list(intercepts)] = 1e-9  # keeps one that no example needs from running away

    def loss(beta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = x @ beta
        value = weight @ (np.logaddexp(0, z) - labels * z) + penalty @ beta**2
        return float(value), x.T @ (weight * (expit(z) - labels)) + 2 * penalty * beta

    bounds = [(None, None) if place in intercepts else (0.0, None) for place in range(2 * half)]
    found = minimize(
        loss, np.zeros(2 * half), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 3000}
    )
    beta = [float(value) for value in found.x]
    return Coefficients(tuple(beta[:half]), tuple(beta[half:]))


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The chance that a positive scores above a negative, ties counting half (Mann-Whitney U).

    Raises:
        ValueError: one side is empty.
    """
    if not positive or not negative:
        raise ValueError("AUROC needs scores of both kinds")
    high: NDArray[np.float64] = np.sort(np.asarray(negative, dtype=float))
    scores = np.asarray(positive, dtype=float)
    below = np.searchsorted(high, scores, side="left")
    upto = np.searchsorted(high, scores, side="right")
    return float(((below + upto) / 2).mean() / len(high))
