"""Customers' spelling, evened out for pattern rules without losing where each character stood."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LIMIT = 4_000
"""Characters of a message that pattern rules read: what says more is not said in passing."""

# NFKC turns single Hangul letters (ㅠ, ㄱㄱ, ㅅㅂ) into conjoining ones, which no pattern is written with.
NOT_JAMO = re.compile(r"[^\u3130-\u318F]+")
INVISIBLE = re.compile(r"[\u200B-\u200D\u2060\uFEFF\u00AD]")
QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


def normalise(text: str) -> str:
    """NFKC with straight quotes and no invisible characters; single Hangul letters stay as they were typed."""
    text = NOT_JAMO.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text[:LIMIT])
    return INVISIBLE.sub("", text).translate(QUOTES)[:LIMIT]


@dataclass(frozen=True, slots=True)
class Mapped:
    """A rewritten text that knows its source.

    Attributes:
        text: The rewritten text.
        source: The text it was made from.
        places: For each character of ``text``, where it stood in ``source``.
    """

    text: str
    source: str
    places: tuple[int, ...]

    @classmethod
    def keep(cls, source: str, pattern: re.Pattern[str]) -> Mapped:
        """Only the characters that match ``pattern``, in lower case."""
        places = tuple(place for place, char in enumerate(source) if pattern.match(char))
        # One character stays one character: "İ".lower() is two.
        return cls("".join(source[place].lower()[:1] for place in places), source, places)

    @classmethod
    def respell(cls, source: str, corrections: dict[tuple[int, int], str]) -> Mapped:
        """The source in lower case, with some spans written otherwise."""
        text, places, at = [], [], 0
        for (start, end), new in sorted(corrections.items()):
            text.append("".join(char.lower()[:1] for char in source[at:start]) + new)
            places += range(at, start)
            places += [min(start + n, end - 1) for n in range(len(new) - 1)] + [end - 1] * bool(new)
            at = end
        text.append("".join(char.lower()[:1] for char in source[at:]))
        places += range(at, len(source))
        return cls("".join(text), source, tuple(places))

    def masked(self, pattern: re.Pattern[str]) -> Mapped:
        """The same with every match blotted out (each character becomes ``§``)."""
        return Mapped(pattern.sub(lambda m: "§" * len(m[0]), self.text), self.source, self.places)

    def verbatim(self, start: int, end: int) -> str:
        """What stood in the source where ``text[start:end]`` is."""
        return self.source[self.places[start] : self.places[end - 1] + 1].strip() if start < end else ""
