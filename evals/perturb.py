"""Questions as they come from a hurried thumb: with typing mistakes, or without spaces.

What it does to a question depends on the seed and on the question's id alone, so that two runs, halves and limits
meet the same mistakes.
"""

from __future__ import annotations

import itertools
import random
from typing import Any

from ..knowledge.hangul import NEAR, keys, typed

KINDS = ("typos", "nospace")
LETTERS = 12
"""Letters (a Korean syllable is one) for which a question gets one mistake; every question gets at least one."""

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEAR = dict(NEAR)
for _number, _row in enumerate(_ROWS):
    for _at, _key in enumerate(_row):
        _below = _ROWS[_number + 1][max(0, _at - 1) : _at + 1] if _number + 1 < len(_ROWS) else ""
        _above = _ROWS[_number - 1][_at : _at + 2] if _number else ""
        _NEAR[_key] = _row[max(0, _at - 1) : _at] + _row[_at + 1 : _at + 2] + _below + _above


def perturbed(item: Any, kind: str, seed: int) -> Any:
    """A question or query with its text changed; its id and what it is judged by stay.

    Args:
        item: A ``Question`` or ``Query``.
        kind: One of ``KINDS``.
        seed: Of the mistakes.

    Raises:
        ValueError: no such kind.
    """
    if kind == "nospace":
        return item.model_copy(update={"text": without_spaces(item.text)})
    if kind == "typos":
        return item.model_copy(update={"text": misspelt(item.text, random.Random(f"{seed}/{item.id}"))})
    raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}")


def without_spaces(text: str) -> str:
    """The text in one piece; words of Latin letters and numbers stay apart, as nobody joins those."""
    words = text.split()
    joined = words[:1]
    for before, word in itertools.pairwise(words):
        if before[-1].isascii() and word[0].isascii():
            joined.append(" ")
        joined.append(word)
    return "".join(joined)


def misspelt(text: str, rng: random.Random) -> str:
    """A text with a typing mistake for every twelve letters: a key left out, pressed twice, swapped or missed.

    Korean mistakes are made among the keys that type its syllables, and joined again as an input method does.
    Numbers, ids and marks stay right. What is hit instead of a key is one that touches it, or, a third of the
    time, a Korean letter that sounds nearly alike.
    """
    words = text.split(" ")
    for _ in range(max(1, round(sum(map(str.isalpha, text)) / LETTERS))):
        open_to_it = [at for at, word in enumerate(words) if _is_word(word)]
        if not open_to_it:
            break
        at = rng.choices(open_to_it, [sum(map(str.isalpha, words[at])) for at in open_to_it])[0]
        words[at] = _one_mistake(words[at], rng)
    return " ".join(words)


def _is_word(word: str) -> bool:
    return any(map(str.isalpha, word)) and not any(char.isdigit() or char in "@/_" for char in word)


_ALIKE = {
    "ㅐ": "ㅔ",
    "ㅔ": "ㅐ",
    "ㅒ": "ㅖ",
    "ㅖ": "ㅔ",
    "ㅗ": "ㅓ",
    "ㅓ": "ㅗ",
    "ㅛ": "ㅗ",
    "ㅕ": "ㅓ",
    "ㅡ": "ㅜ",
    "ㅆ": "ㅅ",
    "ㅅ": "ㅆ",
    "ㄱ": "ㅋ",
    "ㅋ": "ㄱ",
    "ㅊ": "ㅈ",
    "ㅈ": "ㅊ",
    "ㅎ": "ㄴ",
}


def _one_mistake(word: str, rng: random.Random) -> str:
    pressed = list(keys(word))
    places = [at for at, key in enumerate(pressed) if key.lower() in _NEAR]
    if not places:
        return word
    for _ in range(8):  # some mistakes leave the word as it was: 'oo' swapped
        wrong = list(pressed)
        at = rng.choice(places)
        kind = rng.choice(("left out", "twice", "swapped", "missed", "missed"))
        if kind == "left out":
            del wrong[at]
        elif kind == "twice":
            wrong.insert(at, wrong[at])
        elif kind == "swapped" and at + 1 in places:
            wrong[at], wrong[at + 1] = wrong[at + 1], wrong[at]
        elif kind == "missed":
            key = wrong[at].lower()
            alike = _ALIKE.get(key) if rng.random() < 1 / 3 else None
            wrong[at] = alike or rng.choice(_NEAR[key])
        if wrong and (made := typed(wrong)) != word:
            return made
    return word
