"""How much of a question a few texts share with it: idf-weighted, over terms and character n-grams."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from .analysis import Analysis

_GRAM_SHARE = 0.3  # n-grams forgive spelling and endings, but also meet by chance


class Overlap:
    """Measures texts against one question.

    Args:
        query: The analysed question.
        units: The texts among which words are rare or common.
    """

    def __init__(self, query: Analysis, units: Sequence[Analysis]) -> None:
        self._terms = _weights(query.terms, [frozenset(unit.terms) for unit in units])
        self._grams = _weights(query.grams, [frozenset(unit.grams) for unit in units])
        self._total = sum(self._terms.values())
        self._gram_total = sum(self._grams.values())

    def share(self, texts: Iterable[Analysis]) -> float:
        """The share 0..1 of the question's weight that occurs in any of the texts."""
        terms: set[str] = set()
        grams: set[str] = set()
        for text in texts:
            terms.update(text.terms)
            grams.update(text.grams)
        by_terms = _covered(self._terms, terms) / self._total if self._total else 0.0
        by_grams = _covered(self._grams, grams) / self._gram_total if self._gram_total else 0.0
        if not self._total:
            return by_grams
        if not self._gram_total:
            return by_terms
        return (1 - _GRAM_SHARE) * by_terms + _GRAM_SHARE * by_grams


def _weights(features: Iterable[str], units: Sequence[frozenset[str]]) -> dict[str, float]:
    """BM25's idf of each feature among the units."""
    wanted = set(features)
    counts = Counter(feature for unit in units for feature in unit & wanted)
    size = len(units)
    return {f: math.log(1 + (size - counts[f] + 0.5) / (counts[f] + 0.5)) for f in sorted(wanted)}


def _covered(weights: dict[str, float], held: set[str]) -> float:
    return sum(weight for feature, weight in weights.items() if feature in held)
