"""Mends English words that a question misspells, against the knowledge base's own vocabulary.

A word that neither the base nor the encoder knows and that is one edit away from a word of the base (Damerau's
edits: a letter left out, put in, changed, or two swapped) is read as that word; of several, as the one that most
chunks hold. Korean is mended in ``spelling_ko``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .analysis import stem
from .encoder.embedder import built_in

SHORTEST = 4
"""Letters: almost any shorter word is an edit away from another."""
MOST = 4
"""Words that are mended in one question: what holds more is in another language."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORD = re.compile(rf"(?<![\w@./:-])[A-Za-z]{{{SHORTEST},20}}(?![\w@]|[./:-]\w)")


def mended(text: str, count: Callable[[str], int]) -> str:
    """A question with its misspelt words replaced.

    Args:
        text: The question.
        count: How many chunks hold a stem; see ``Vocabulary.count``.

    Returns:
        The text as it is where nothing is to mend. Ids, addresses and inner capitals are left alone.
    """
    left = MOST

    def mend(match: re.Match[str]) -> str:
        nonlocal left
        word = match.group()
        if left == 0 or not word[1:].islower() or _known(word.lower(), count):
            return word
        left -= 1
        best = max(_edits(word.lower()), key=lambda candidate: (count(stem(candidate)), candidate))
        return best if count(stem(best)) else word

    return _WORD.sub(mend, text)


def _known(word: str, count: Callable[[str], int]) -> bool:
    return count(stem(word)) > 0 or built_in().knows(f"w:{stem(word)}")


def _edits(word: str) -> Iterator[str]:
    """Every word one edit away."""
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
