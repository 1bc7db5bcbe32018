"""An operator's phrases, found in what customers write, with the words as they stood there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from .wording import INVISIBLE, NOT_JAMO, QUOTES

LIMIT = 20_000
"""Characters of a message that are searched: a rule of the operator's holds at the end of a long one too."""

_UNSPACED = "\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7ff"
"""Scripts in which a word carries its particles or has no spaces around it (Thai, Hangul, Kana, Han)."""
_WORD = rf"[^\W_{_UNSPACED}]"
_SPACED = re.compile(_WORD)
_CLUSTER = re.compile(r".[\u1160-\u11ff\uff9e-\uffdc\u0300-\u036f]*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase that was found.

    Attributes:
        phrase: As the operator wrote it.
        text: The customer's own characters.
        place: Which of the texts it stands in, counted from 0.
        start: Where in that text it begins; ``end``: where it ends (characters).
    """

    phrase: str
    text: str
    place: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text evened out, and where each of its characters came from (None: from its own place)."""

    text: str
    spans: tuple[tuple[int, int], ...] | None = None

    def source(self, start: int, end: int) -> tuple[int, int]:
        return (start, end) if self.spans is None else (self.spans[start][0], self.spans[end - 1][1])


def folded(text: str) -> str:
    """A text as phrases are compared: ``wording.normalise``, and in folded case (ß as ss)."""
    return _fold(text).text


def find(phrases: Iterable[str], texts: Iterable[str]) -> Found | None:
    """The first of the phrases that stands in one of the texts.

    Latin, Cyrillic and the like are matched as whole words, with any run of white space between them; Hangul also
    within words (환불 in 환불해주세요), and where its spaces are missing (환불 규정 in 환불규정). Not where there
    are more of them: 환불 would be in 교환 불만.

    Args:
        phrases: As the operator wrote them, in order.
        texts: The customer's messages, in order.
    """
    texts = [text[:LIMIT] for text in texts]
    read = [_fold(text) for text in texts]
    for phrase in phrases:
        pattern = _pattern(phrase)
        for place, said in enumerate(read):
            if hit := pattern.search(said.text):
                start, end = said.source(*hit.span())
                return Found(phrase, texts[place][start:end], place, start, end)
    return None


@lru_cache(maxsize=4096)
def _pattern(phrase: str) -> re.Pattern[str]:
    pieces = folded(phrase).split()
    if not pieces:
        raise ValueError("a phrase without a word in it")
    body = re.escape(pieces[0])
    for before, after in pairwise(pieces):
        open_ = not (_SPACED.match(before[-1]) and _SPACED.match(after[0]))
        body += (r"\s*" if open_ else r"\s+") + re.escape(after)
    head = rf"(?<!{_WORD})" if _SPACED.match(pieces[0][0]) else ""
    tail = rf"(?!{_WORD})" if _SPACED.match(pieces[-1][-1]) else ""
    return re.compile(head + body + tail)


def _fold(text: str) -> _Folded:
    lowered = text.translate(QUOTES).casefold()
    if text.isascii() or (
        len(lowered) == len(text)  # no character folds to fewer, so that each folded to one
        and not INVISIBLE.search(text)
        and all(unicodedata.is_normalized("NFKC", run) for run in NOT_JAMO.findall(text))
    ):
        return _Folded(lowered)
    # Cluster by cluster, so that each character knows its source: letters with their marks, syllables in parts.
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    for cluster in _CLUSTER.finditer(text):
        raw = cluster[0]
        even = raw if NOT_JAMO.match(raw) is None else unicodedata.normalize("NFKC", raw)
        even = INVISIBLE.sub("", even).translate(QUOTES).casefold()
        parts.append(even)
        spans += [cluster.span()] * len(even)
    return _Folded("".join(parts), tuple(spans))
