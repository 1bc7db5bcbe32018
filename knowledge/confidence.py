"""How sure the knowledge base is that it answers a query: a logistic over scale-free features.

Raw BM25 scores grow with the base and with the question, so each feature is a share, a ratio or a rank.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import astuple, dataclass

from .lexical import Held


@dataclass(frozen=True, slots=True)
class Features:
    """What the confidence rests on; each about 0..1, whatever the size of the base.

    Attributes:
        strength: Best lexical score over the query's sum of idf (terms and n-grams), capped at 1.
        coverage: Idf-weighted share of the query's terms that the best passage holds.
        grams: The same of its character n-grams, which see through spelling and Korean compounds.
        known: Idf-weighted share of the query's terms that occur anywhere in the base.
        lead: Coverage times how far the first document's score lies above the mean of the next four (as a share of
            it). The lead alone would trust a single chance hit most.
        agreement: 1 / rank of the best document in the lexical ranking, times the same in the dense one (0: none).
        title: Idf-weighted share of the query's terms in the best passage's headings: what it is about, while a
            body also mentions things in passing.
        near: Cosine of the best document, 0..1.
        clear: How far the best cosine lies above the mean of the next four documents of its language.
    """

    strength: float = 0.0
    coverage: float = 0.0
    grams: float = 0.0
    known: float = 0.0
    lead: float = 0.0
    agreement: float = 0.0
    title: float = 0.0
    near: float = 0.0
    clear: float = 0.0


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Two fitted logistics and how they are mixed (see ``logit``): intercept, then a weight for each feature.

    Attributes:
        literal: For a question in the articles' words.
        everyday: For one in the customer's own words.
        slope: Platt's scaling of the fitted logit to another kind of question, with ``shift`` (Platt 1999).
    """

    literal: tuple[float, ...]
    everyday: tuple[float, ...]
    slope: float = 1.0
    shift: float = 0.0


MIDDLE, WIDTH = 0.19, 0.05
"""Lexical strength at which a question counts as half literal, and how fast that turns: as in the fusion."""

_CHANCE = 0.3  # cosine below which a single word in common is chance
_GRAM_WEIGHT = 0.3  # as in the lexical score
_STRONGEST = 3.0  # BM25 reaches k1 + 1 = 2.2 times the idf in the body, and more with the title

DEFAULT = Coefficients(
    literal=(-2.79, 1.88, 1.27, 0.0, 0.0, 3.09, 0.24, 0.0, 0.87, 0.59),
    everyday=(-4.51, 0.0, 0.0, 0.0, 0.0, 1.61, 0.56, 0.0, 9.30, 3.33),
    slope=1.24,
    shift=1.30,
)
"""Fitted by ``python -m batonpass.evals.confidence_fit`` to shop-dev, words-shop, -bank, -telecom and -travel, and
300 questions each of the tune halves of SQuAD 2.0 (CC BY-SA 4.0) and CLAPNQ (Apache-2.0), with all articles there
and, in two draws, with a third of them left out. Positive: an article that answers is among the first three found.
Slope, shift and the first intercept follow our own suites with all articles there: most ask what is answered."""


def features(
    terms: Mapping[str, float],
    grams: Mapping[str, float],
    unknown: frozenset[str],
    held: Held,
    lexical: Sequence[tuple[str, float]],
    dense: Sequence[tuple[str, float]],
    best: str,
) -> Features:
    """Compute the features of one search.

    Args:
        terms: The query's different terms with their idf.
        grams: Its different n-grams with their idf.
        unknown: Terms that occur nowhere in the base.
        held: What the best passage is indexed under.
        lexical: (document, best lexical score), best first.
        dense: (document, best cosine), best first; of the best document's language.
        best: The document that the search found best.
    """
    if not lexical and not dense:
        return Features()
    top = lexical[0][1] if lexical else 0.0
    mean_later = sum(score for _, score in lexical[1:5]) / 4  # documents that are not there count as zero
    coverage = _share(terms, held.terms)
    cosines = dict(dense)
    near = max(0.0, cosines.get(best, 0.0))
    # One word that is there says little where the meaning is elsewhere: 비 is rain and fee.
    chance = len(terms) <= 1 and near < _CHANCE and bool(dense)
    return Features(
        strength=0.0 if chance else strength(terms, grams, top),
        coverage=coverage,
        grams=_share(grams, held.grams),
        known=_share(terms, terms.keys() - unknown),
        lead=coverage * (top - mean_later) / top if top > 0 and not chance else 0.0,
        agreement=_place(best, lexical) * _place(best, dense),
        title=_share(terms, held.title),
        near=near,
        clear=max(0.0, dense[0][1] - sum(score for _, score in dense[1:5]) / 4) if dense else 0.0,
    )


def strength(terms: Mapping[str, float], grams: Mapping[str, float], best: float) -> float:
    """A lexical score over the query's sum of idf, 0..1: how much of the question the words hold.

    Args:
        terms: The query's different terms with their idf.
        grams: Its different n-grams with their idf.
        best: The best lexical score.
    """
    total = sum(terms.values()) + _GRAM_WEIGHT * sum(grams.values())
    return min(best / total / _STRONGEST, 1.0) if total > 0 else 0.0


def _place(document: str, ranking: Sequence[tuple[str, float]]) -> float:
    """1 / rank; 0 where it is not there."""
    return next((1.0 / rank for rank, (name, _) in enumerate(ranking, 1) if name == document), 0.0)


def _share(weights: Mapping[str, float], held: Set[str]) -> float:
    total = sum(weights.values())
    return sum(weight for key, weight in weights.items() if key in held) / total if total > 0 else 0.0


def literal_share(values: Features) -> float:
    """How far a question counts as one in the articles' words, 0..1."""
    return 1.0 / (1.0 + math.exp((MIDDLE - values.strength) / WIDTH))


def logit(values: Features, coefficients: Coefficients = DEFAULT) -> float:
    """The mixed logistics' logit, before slope and shift.

    What coverage or a lead tells depends on whether the question is in the articles' words or in its own; the two
    are mixed by the same curve as the rankings (see ``fusion``). No weight is negative: at equal strength, nothing
    that speaks for an article lowers the confidence in it.
    """
    plain = (1.0, *astuple(values))
    share = literal_share(values)
    literal = sum(w * x for w, x in zip(coefficients.literal, plain, strict=True))
    everyday = sum(w * x for w, x in zip(coefficients.everyday, plain, strict=True))
    return share * literal + (1.0 - share) * everyday


def confidence(values: Features, coefficients: Coefficients = DEFAULT) -> float:
    """The probability 0..1 that the base answers the query; 0 where nothing was found."""
    if values.strength <= 0 and values.near <= 0:
        return 0.0
    return 1.0 / (1.0 + math.exp(-(coefficients.slope * logit(values, coefficients) + coefficients.shift)))
