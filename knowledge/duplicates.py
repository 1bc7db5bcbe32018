"""Near-duplicates: articles whose texts are nearly the same, found by MinHash and checked by their shingles.

Signatures after Broder (1997), candidates by banding as in Leskovec, Rajaraman & Ullman, "Mining of Massive
Datasets", chapter 3. Articles from one template that differ in a named attribute ("card" and "bank transfer") are
no duplicates, whatever their texts have in common.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from .differing import labels_of
from .language import normalize
from .types import Document, DocumentStatus, Passage, SearchResult, Twins

ALIKE = 0.8
"""Jaccard similarity of two texts' character 5-grams from which they count as nearly the same."""
NEAR = 0.005
"""Fused scores this near are equal; of two such articles the newer one comes first."""

MOST = 5_000
"""Articles up to which near-duplicates are looked for: each takes a millisecond, and help centres are smaller."""

_CROWD = (
    40  # articles in one bucket from which they are of one template, and comparing all pairs would take for ever
)
_GRAM = 5
_SHORTEST = 80  # letters: two short notes share their phrases by chance
_BANDS, _ROWS = 16, 4  # candidates from a similarity of about (1/16)^(1/4) = .5 on
_AT_ONCE = 2048  # shingles: their hashes take a megabyte
_MARKS = re.compile(r"[\W_]+")
_BASE = np.uint64(0x9E3779B97F4A7C15)
_RANDOM = np.random.default_rng(20240501)
_FACTORS = _RANDOM.integers(1, 2**63, _BANDS * _ROWS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_SHIFTS = _RANDOM.integers(0, 2**63, _BANDS * _ROWS, dtype=np.uint64)


class DuplicateFinder:
    """Finds near-duplicates again and again, reading each version of an article once."""

    def __init__(self) -> None:
        self._signatures: dict[str, NDArray[np.uint64] | None] = {}

    def find(self, documents: Iterable[Document]) -> tuple[Twins, ...]:
        """All pairs among the articles that may be answered from: of one language and one audience.

        Returns:
            The newer article of each pair first; pairs in order of likeness, then of ids. None where there are
            more than ``MOST`` articles.
        """
        current = {d.id: d for d in documents if d.status is DocumentStatus.CURRENT}
        if len(current) > MOST:
            return ()
        self._signatures = {
            d.content_hash: self._signatures[d.content_hash]
            if d.content_hash in self._signatures
            else _signature(_shingles(d.text))
            for d in current.values()
        }
        found: list[Twins] = []
        for one, other in sorted(self._candidates(current.values())):
            a, b = current[one], current[other]
            alike = _jaccard(_shingles(a.text), _shingles(b.text))
            if alike >= ALIKE and not _told_apart(a, b):
                kept, left = sorted((a, b), key=lambda d: (_age(d), d.id))
                found.append(Twins(kept.id, left.id, alike))
        return tuple(sorted(found, key=lambda pair: (-pair.alike, pair.kept, pair.other)))

    def _candidates(self, documents: Iterable[Document]) -> Iterator[tuple[str, str]]:
        buckets: dict[tuple[object, ...], list[str]] = defaultdict(list)
        for document in documents:
            signature = self._signatures[document.content_hash]
            if signature is None:
                continue
            for band in range(_BANDS):
                part = signature[band * _ROWS : (band + 1) * _ROWS].tobytes()
                buckets[band, part, document.lang, document.audience].append(document.id)
        seen: set[tuple[str, str]] = set()
        for ids in buckets.values():
            if len(ids) > _CROWD:
                continue
            for pair in combinations(sorted(ids), 2):
                if pair not in seen:
                    seen.add(pair)
                    yield pair


def preferred(twins: Iterable[Twins]) -> dict[str, str]:
    """For each article that has a newer near-duplicate, the newest of them."""
    newer: dict[str, str] = {}
    for pair in twins:
        newer.setdefault(pair.other, pair.kept)

    def last(name: str) -> str:
        passed = {name}
        while name in newer and newer[name] not in passed:
            name = newer[name]
            passed.add(name)
        return name

    return {name: last(name) for name in newer}


def without_twins(result: SearchResult, newest: Mapping[str, str], limit: int) -> SearchResult:
    """A search result in which no article stands beside its near-duplicate.

    Args:
        result: Made with room to spare.
        newest: See ``preferred``.
        limit: Passages at most.
    """
    place = {name: at for at, name in reversed([*enumerate(p.document.id for p in result.passages)])}
    there = {passage.document.id: passage.document for passage in result.passages}

    def stands_for(name: str) -> str:
        """The newer one; of two of one day the one that was found first, which says best what was asked."""
        better = newest.get(name, name)
        alike = [other for other in there if newest.get(other, other) == better]
        if better in there and any(_day(there[better]) > _day(there[other]) for other in alike):
            return better
        return min(alike, key=place.__getitem__) if alike else name

    kept = result.passages
    if any(stands_for(name) != name for name in there):
        # The newer one takes the best place that either had.
        score: dict[str, float] = {}
        for passage in kept:
            name = stands_for(passage.document.id)
            score[name] = max(score.get(name, 0.0), passage.score)
        raised: set[str] = set()
        moved: list[Passage] = []
        for passage in kept:
            name = passage.document.id
            if stands_for(name) != name:
                continue
            first = name not in raised
            raised.add(name)
            moved.append(replace(passage, score=score[name]) if first else passage)
        kept = tuple(sorted(moved, key=lambda each: -each.score))
    # In the ranking one of the same day stays, behind the one that stands for it.
    shown = {name: stands_for(name) if name in there else newest.get(name, name) for name in result.ranking}
    ranking = tuple(
        dict.fromkeys(
            each
            for name in result.ranking
            for each in (shown[name], name)
            if each == shown[name] or (name in there and _day(there[shown[name]]) <= _day(there[name]))
        )
    )
    return _newer_first(replace(result, passages=kept[:limit], ranking=ranking))


def _newer_first(result: SearchResult) -> SearchResult:
    """Of the two best articles that score the same, the newer one first, where they are in one language."""
    if len(result.passages) < 2:
        return result
    one, other = result.passages[:2]
    tied = one.document.id != other.document.id and one.score - other.score <= NEAR
    same = one.document.lang == other.document.lang
    if not tied or not same or _day(other.document) <= _day(one.document) or one.scores.keys() == {"alias"}:
        return result
    swapped = (replace(other, score=one.score), replace(one, score=other.score), *result.passages[2:])
    ranking = [name for name in result.ranking if name != other.document.id]
    return replace(result, passages=swapped, ranking=(other.document.id, *ranking))


def _day(document: Document) -> date:
    return max(document.effective or date.min, document.updated or date.min)


def _age(document: Document) -> int:
    """Smaller is newer."""
    return -_day(document).toordinal()


def _told_apart(one: Document, other: Document) -> bool:
    """Whether the titles name an attribute that differs; a year or a version number is none."""
    if one.title == other.title:
        return False
    split = labels_of((one.title, other.title))
    return split is not None and all(any(char.isalpha() for char in _unnumbered(label)) for label in split[1])


def _unnumbered(label: str) -> str:
    return " ".join(word for word in label.split() if not any(char.isdigit() for char in word))


def _shingles(text: str) -> NDArray[np.uint64]:
    """Hashes of a text's character 5-grams, each once and sorted; blanks, case and marks do not count."""
    letters = _MARKS.sub("", normalize(text).casefold())
    codes = np.frombuffer(letters.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    if len(codes) < _SHORTEST:
        return np.empty(0, dtype=np.uint64)
    count = len(codes) - _GRAM + 1
    hashed = np.zeros(count, dtype=np.uint64)
    for place in range(_GRAM):  # a polynomial in the code points, modulo 2^64
        hashed = hashed * _BASE + codes[place : place + count]
    hashed ^= hashed >> np.uint64(29)
    return np.unique(hashed * _BASE)


def _signature(shingles: NDArray[np.uint64]) -> NDArray[np.uint64] | None:
    """The smallest value of each hash function over the shingles; None for a text that is too short to judge."""
    if not len(shingles):
        return None
    least = np.full(len(_FACTORS), np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, len(shingles), _AT_ONCE):
        part = shingles[start : start + _AT_ONCE]
        hashed = (part[:, None] * _FACTORS + _SHIFTS) >> np.uint64(16)
        np.minimum(least, hashed.min(axis=0), out=least)
    return least


def _jaccard(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    if not len(one) or not len(other):
        return 0.0
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)


def as_text(twins: Iterable[Twins], version: str) -> str:
    """Pairs as JSON, bound to the base's version, so that opening it need not look again."""
    return json.dumps({"version": version, "twins": [(t.kept, t.other, t.alike) for t in twins]})


def from_text(text: str, version: str) -> tuple[Twins, ...] | None:
    """What ``as_text`` wrote; None where it is of another version, or nothing was written."""
    try:
        found = json.loads(text or "{}")
        if found.get("version") != version:
            return None
        return tuple(Twins(str(kept), str(other), float(alike)) for kept, other, alike in found["twins"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def told(twins: Sequence[Twins]) -> list[str]:
    """A line a pair, for the operator."""
    return [f"nearly the same ({pair.alike:.0%}): {pair.kept} (answered from) and {pair.other}" for pair in twins]
