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
        agreement: 1 / rank of the best lexical document in the dense ranking (0: not there).
        title: Idf-weighted share of the query's terms in the best passage's headings: what it is about, while a
            body also mentions things in passing.
    """

    strength: float = 0.0
    coverage: float = 0.0
    grams: float = 0.0
    known: float = 0.0
    lead: float = 0.0
    agreement: float = 0.0
    title: float = 0.0


@dataclass(frozen=True, slots=True)
class Coefficients:
    """A fitted logistic: intercept and one weight per feature, in the order of ``Features``.

    Attributes:
        slope: Platt's scaling of the fitted logit to another kind of question, with ``shift`` (Platt 1999).
    """

    intercept: float
    weights: tuple[float, ...]
    slope: float = 1.0
    shift: float = 0.0


_GRAM_WEIGHT = 0.3  # as in the lexical score
_STRONGEST = 3.0  # BM25 reaches k1 + 1 = 2.2 times the idf in the body, and more with the title

DEFAULT = Coefficients(-4.78, (1.20, 1.17, 1.56, 1.55, 2.96, 1.23, 1.62), slope=0.45, shift=1.59)
"""Fitted by ``calibration.fit`` (l2 = .001) on questions of SQuAD 2.0 (CC BY-SA 4.0) and CLAPNQ (Apache-2.0), a
third of the articles left out (of SQuAD also half of the topics), with out-of-scope questions of CLINC150
(CC BY 3.0). Positive: an article that answers is among the first three found. Each set and label weighs the
same; unanswerable questions about topics that are there weigh .3. Slope and shift were then fitted on the 154
questions of examples/suites/shop-dev: customers share fewer words with an article than those sets' questions."""


def features(
    terms: Mapping[str, float],
    grams: Mapping[str, float],
    unknown: frozenset[str],
    held: Held,
    lexical: Sequence[tuple[str, float]],
    dense: Sequence[str],
) -> Features:
    """Compute the features of one search.

    Args:
        terms: The query's different terms with their idf.
        grams: Its different n-grams with their idf.
        unknown: Terms that occur nowhere in the base.
        held: What the best passage is indexed under.
        lexical: (document, best lexical score), best first.
        dense: Documents of the dense ranking, best first.
    """
    total = sum(terms.values()) + _GRAM_WEIGHT * sum(grams.values())
    if total <= 0 or not lexical:
        return Features()
    best = lexical[0][1]
    mean_later = sum(score for _, score in lexical[1:5]) / 4  # documents that are not there count as zero
    rank = dense.index(lexical[0][0]) + 1 if lexical[0][0] in dense else 0
    coverage = _share(terms, held.terms)
    return Features(
        strength=min(best / total / _STRONGEST, 1.0),
        coverage=coverage,
        grams=_share(grams, held.grams),
        known=_share(terms, terms.keys() - unknown),
        lead=coverage * (best - mean_later) / best if best > 0 else 0.0,
        agreement=1.0 / rank if rank else 0.0,
        title=_share(terms, held.title),
    )


def _share(weights: Mapping[str, float], held: Set[str]) -> float:
    total = sum(weights.values())
    return sum(weight for key, weight in weights.items() if key in held) / total if total > 0 else 0.0


def confidence(values: Features, coefficients: Coefficients = DEFAULT) -> float:
    """The probability 0..1 that the base answers the query; 0 where nothing matched a word."""
    if values.strength <= 0:
        return 0.0
    z = coefficients.intercept + sum(w * x for w, x in zip(coefficients.weights, astuple(values), strict=True))
    return 1.0 / (1.0 + math.exp(-(coefficients.slope * z + coefficients.shift)))
