"""What is a customer's own, taken out of their question before it is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .questions import one_line

_GAP = "○○"
"""Stands where something personal was, as in Korean print: no index has a word for it, no normal form another."""

_ADDRESS = re.compile(r"https?://\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)*", re.IGNORECASE)
_SPACED = re.compile(r"\+?\(?\d(?:[-./() ]{0,2}\d){7,}")  # telephone and card numbers
_TOKEN = re.compile(r"[A-Za-z0-9][\w#./-]*", re.ASCII)
_LONGEST = 4  # digits of a number that is nobody's own: a price, a size, a year


def mask(text: str, names: Iterable[str] = ()) -> str:
    """A customer's question without what is theirs alone.

    Args:
        text: As they typed it.
        names: Their names; parts of a name count as well.

    Returns:
        The question on one line; e-mail and web addresses, words with five or more digits (such as order numbers),
        longer numbers with blanks in them, and the names are gone.
    """
    text = _ADDRESS.sub(_GAP, one_line(text))
    text = _SPACED.sub(_GAP, _TOKEN.sub(_without_number, text))
    for name in sorted({part for given in names for part in _name_parts(given)}, key=len, reverse=True):
        pattern = r"\s?".join(map(re.escape, name)) if name[0] >= "가" else re.escape(name)
        if name[0].isascii():
            pattern = rf"(?<![^\W\d_]){pattern}(?![^\W\d_])"
        elif len(name) < 3:
            pattern = rf"(?<![가-힣]){pattern}"  # a given name: two syllables also meet within words
        text = re.sub(pattern, _GAP, text, flags=re.IGNORECASE)
    return " ".join(re.sub(rf"{_GAP}(?:[\s\-]*{_GAP})+", _GAP, text).split())


def _without_number(token: re.Match[str]) -> str:
    return _GAP if sum(map(str.isdigit, token[0])) > _LONGEST else token[0]


def _name_parts(name: str) -> Iterator[str]:
    name = one_line(name)
    parts = name.split()
    if len(name) > 1:
        yield name
        yield "".join(parts)
    if re.fullmatch(r"[가-힣]{3,4}", "".join(parts)):
        yield "".join(parts)[-2:]
    for part in parts:
        if len(part) > 1:
            yield part
