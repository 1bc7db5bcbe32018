"""How far a passage says a question's words in the question's order: what a bag of words cannot see.

After the ordered and unordered pairs of the sequential dependence model (Metzler and Croft, "A Markov random field
model for term dependencies", 2005), as a share of the question instead of a likelihood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

_NEAR = (2, 3, -1)
"""Steps from the first word at which the second still counts half: a word or two between, or turned round."""


def in_order(asked: Sequence[str], weights: Mapping[str, float], passage: Sequence[str]) -> float:
    """The weighted share, 0..1, of a question's neighbouring words that are neighbours in a passage too.

    The share of n pairs counts n / (n + 1): a single pair says little, and headings hold it as well as any text.

    Args:
        asked: The question's terms in reading order.
        weights: Its terms that count with their idf; a pair weighs the sum of both.
        passage: The passage's terms in reading order.
    """
    pairs = list(pairwise(term for term in asked if term in weights))
    total = sum(weights[first] + weights[second] for first, second in pairs)
    if total <= 0:
        return 0.0
    places: dict[str, set[int]] = defaultdict(set)
    for place, term in enumerate(passage):
        if term in weights:
            places[term].add(place)
    found = sum(
        (weights[first] + weights[second]) * _beside(places[first], places[second])
        for first, second in pairs
        if first in places and second in places
    )
    return found / total * len(pairs) / (len(pairs) + 1)


def _beside(first: set[int], second: set[int]) -> float:
    if any(place + 1 in second for place in first):
        return 1.0
    return 0.5 if any(place + step in second for place in first for step in _NEAR) else 0.0
