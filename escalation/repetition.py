"""Is it the same question again?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..knowledge.encoder.embedder import built_in
from .wording import LIMIT

SAME = 0.6
"""Dice overlap of character trigrams from which two questions count as the same (rewordings score lower)."""


def _grams(text: str) -> set[str]:
    flat = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
    return {flat[i : i + 3] for i in range(len(flat) - 2)} or ({flat} if flat else set())


def similarity(a: str, b: str) -> float:
    """Dice coefficient of the character trigrams of two texts, 0..1; spacing and marks do not count."""
    first, second = _grams(a), _grams(b)
    if not first or not second:
        return 0.0
    return 2 * len(first & second) / (len(first) + len(second))


def repeats(question: str, earlier: Iterable[str]) -> list[int]:
    """Which of the earlier questions (by position) this one says again.

    Texts under 6 letters ("네", "배송") are too short to tell and never count.
    """
    if len(re.sub(r"[\W_]+", "", question)) < 6:
        return []
    return [place for place, text in enumerate(earlier) if similarity(question, text) >= SAME]


def likeness(question: str, earlier: Sequence[str]) -> float:
    """How near a question is in meaning to the nearest of the earlier ones: the encoder's cosine, 0..1."""
    if not earlier or len(re.sub(r"[\W_]+", "", question)) < 6:
        return 0.0
    own = _vector(question)
    return max(0.0, float(max(np.dot(own, _vector(text)) for text in earlier)))


@lru_cache(maxsize=2048)
def _vector(text: str) -> NDArray[np.float32]:
    """Each message is held against many later ones."""
    return built_in().encode(text[:LIMIT])
