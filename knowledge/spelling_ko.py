"""Mends Korean that a question misspells, against the knowledge base's own wording.

A word is looked at where it reads badly: loose letters (ㅂ송), a word that Kiwi can only guess at, or one that is
very unlikely syllable by syllable. Of its spellings that are one key away (left out, put in, swapped, missed; see
``hangul``), those whose pairs of syllables the base has most often are read beside their neighbours, and the
likeliest is taken if it is likelier by far than what was typed: a noisy channel (Kernighan, Church & Gale 1990)
with Kiwi's language model as the prior. An ordinary word that the base lacks is only taken for one of the base
that sounds the same (결재, 결제). What the base itself spells like that is never touched.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Protocol

from .hangul import across, alike, beside, completed
from .korean import Morpheme, Reading, reading, scores

MOST = 4
"""Places that are mended in one question."""
LONGEST = 200
"""Characters: what is longer was pasted, not typed in a hurry."""
GAIN = 6.0
"""Nats by which a spelling must be likelier than what was typed. Chosen on the tune halves of SSIS and KorQuAD."""
LOOSE_GAIN = 0.0
"""The same where letters are loose: nobody means to write that."""
KNOWN_GAIN = 10.0
"""The same where all that was typed are words, if unlikely ones."""
UNLIKELY = -6.0
"""Log probability a syllable below which a word is looked at: 5 to 10 of 100 right words, 70 of 100 misspelt."""
ALIKE_GAIN = 3.0
"""As ``GAIN``, for a word that sounds the same: there are few of these, and people mix them up."""

_RUN = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]{2,}")
_LOOSE = re.compile(r"[ㄱ-ㅎㅏ-ㅣ]+")
_TRIED = 4  # spellings of a word that are read
_FALLOFF = 0.5  # of the best one's rank, below which a spelling is not read
_BESIDE = 8  # characters of context on either side, at most
_JUMBLE = 3  # loose letters in a row from which they are a laugh, or a slip of the whole hand

_Edit = tuple[int, int, str]
"""Start and end of a part of the question, and what is put in its place."""


class Words(Protocol):
    """What the base's wording is known by; see ``lexical.Vocabulary``."""

    def count(self, term: str) -> int:
        """How many chunks hold a term."""
        ...

    def gram_count(self, gram: str) -> int:
        """How many chunks hold a pair of syllables."""
        ...


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A place that reads badly, as typed and as it may have been meant, with the words around it."""

    edits: tuple[_Edit, ...]
    texts: tuple[str, ...]
    gain: float = GAIN


def mended(text: str, words: Words) -> str:
    """A question with its misspelt Korean words replaced.

    Args:
        text: The question.
        words: The base's.

    Returns:
        The text as it is where nothing is to mend.
    """
    plain = unicodedata.normalize("NFC", text)
    folded = plain.casefold()
    if len(plain) > LONGEST or len(folded) != len(plain) or not _RUN.search(plain):
        return text
    whole = reading(folded)
    doubts = [doubt for match in _RUN.finditer(folded) for doubt in _doubts(match, whole, words)][:MOST]
    if not doubts:
        return text
    likely = iter(scores([text for doubt in doubts for text in doubt.texts]))
    chosen: list[_Edit] = []
    for doubt in doubts:
        as_typed = next(likely)
        gains = [next(likely) - as_typed for _ in doubt.edits]
        gain, edit = max(zip(gains, doubt.edits, strict=True), key=lambda each: each[0])
        if gain >= doubt.gain and (not chosen or edit[0] >= chosen[-1][1]):
            chosen.append(edit)
    for start, end, new in reversed(chosen):
        plain = plain[:start] + new + plain[end:]
    return plain if chosen else text


def _doubts(match: re.Match[str], whole: Reading, words: Words) -> Iterator[_Doubt]:
    """The places of a word that read badly."""
    run, start = match.group(), match.start()
    if _LOOSE.search(run):
        for loose in _LOOSE.finditer(run):
            if loose.end() - loose.start() < min(_JUMBLE, len(run)):
                first, last = max(0, loose.start() - 1), min(len(run), loose.end() + 1)
                edits = [(first, last, new) for new in completed(run[first:last])]
                yield from _doubt(match, edits, words, gain=LOOSE_GAIN)
        return
    inside = [m for m in whole.morphemes if m.start < match.end() and m.end > start]
    for m in inside:
        first, last = max(0, m.start - start), m.end - start
        if len(m.form) > 1 and m.term and run[first:last] == m.form and not words.count(m.term):
            yield from _doubt(match, _sounding_alike(m, first, words), words, gain=ALIKE_GAIN)
    guessed = any(m.guessed for m in inside)
    if guessed or sum(m.score for m in inside) < UNLIKELY * len(run):
        known = [words.gram_count(run[at : at + 2]) > 0 for at in range(len(run) - 1)]
        held = _held(start, inside, words)
        # What the base spells like that is no mistake: one of the pairs that an edit touches must be new to it.
        single = [at not in held and not all(known[max(0, at - 1) : at + 1]) for at in range(len(run))]
        double = [
            not held.intersection((at, at + 1)) and not all(known[max(0, at - 1) : at + 2])
            for at in range(len(run) - 1)
        ]
        edits = _edits(run, single, double)
        yield from _doubt(match, edits, words, gain=GAIN if guessed else KNOWN_GAIN)


def _sounding_alike(m: Morpheme, first: int, words: Words) -> Iterator[_Edit]:
    """Terms of the base that sound like one it lacks."""
    for at, char in enumerate(m.form):
        for other in alike(char):
            if words.count(m.term[:at] + other + m.term[at + 1 :]):
                yield first + at, first + at + 1, other


def _held(start: int, inside: Sequence[Morpheme], words: Words) -> frozenset[int]:
    """Places within terms of the base, which nobody doubts."""
    return frozenset(
        place - start
        for m in inside
        if m.term and m.end - m.start > 1 and words.count(m.term)
        for place in range(m.start, m.end)
    )


def _edits(run: str, single: Sequence[bool], double: Sequence[bool]) -> Iterator[_Edit]:
    """Every other spelling of a word of whole syllables.

    Args:
        run: The word.
        single: For each syllable, whether it may be another one.
        double: For each syllable and the one behind it, whether both may be others.
    """
    for at, char in enumerate(run):
        if single[at]:
            for other in beside(char):
                yield at, at + 1, other
        following = run[at + 1 : at + 2]
        if char == following and (single[at] or single[at + 1]):
            yield at, at + 2, char
        if following and double[at]:
            if char != following:
                yield at, at + 2, following + char
            for other in across(char + following):
                yield at, at + 2, other


def _doubt(match: re.Match[str], edits: Iterable[_Edit], words: Words, *, gain: float = GAIN) -> Iterator[_Doubt]:
    """A place with those edits whose pairs of syllables the base has most often; nothing where it has none."""
    run = match.group()
    counts: dict[str, float] = {}
    ranked: list[tuple[float, _Edit]] = []
    for edit in dict.fromkeys(edits):
        first, last, new = edit
        around = (run[first - 1 : first] if first else "") + new + run[last : last + 1]
        total = 0.0
        for at in range(len(around) - 1):
            pair = around[at : at + 2]
            count = counts.get(pair)
            if count is None:
                count = counts[pair] = math.log1p(words.gram_count(pair))
            total += count
        if total:
            ranked.append((-total / (len(around) - 1), edit))
    if not ranked:
        return
    first_ranks = nsmallest(_TRIED, ranked)
    best = [edit for rank, edit in first_ranks if rank <= _FALLOFF * first_ranks[0][0]]
    text, start, end = match.string, match.start(), match.end()
    # Whole words beside it, as far as they are near.
    head = text[max(0, start - _BESIDE) : start]
    tail = text[end : end + _BESIDE]
    head = head if start <= _BESIDE else head.partition(" ")[2]
    tail = tail if end + _BESIDE >= len(text) else tail.rpartition(" ")[0]
    near, far = max(0, best[0][0] - 2 * _BESIDE), best[0][1] + 2 * _BESIDE  # of a text without spaces
    left, right = (head if near == 0 else ""), (tail if far >= len(run) else "")
    yield _Doubt(
        gain=gain,
        edits=tuple((start + first, start + last, new) for first, last, new in best),
        texts=(
            left + run[near:far] + right,
            *(left + run[near:first] + new + run[last:far] + right for first, last, new in best),
        ),
    )
