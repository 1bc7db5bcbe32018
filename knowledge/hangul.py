"""Hangul as it is typed: syllables to the keys of the two-set keyboard and back, as an input method joins them.

A typing mistake is one of keys and not of syllables: with one key left out, 배송 becomes 배소, ㅂ송 or 뱃ㅇ. The
layout is that of KS X 5002 (the usual Korean keyboard); the arithmetic of syllables that of the Unicode standard,
section 3.12.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
CODAS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")

_TWO_KEYS = {
    "ㅘ": "ㅗㅏ",
    "ㅙ": "ㅗㅐ",
    "ㅚ": "ㅗㅣ",
    "ㅝ": "ㅜㅓ",
    "ㅞ": "ㅜㅔ",
    "ㅟ": "ㅜㅣ",
    "ㅢ": "ㅡㅣ",
    "ㄳ": "ㄱㅅ",
    "ㄵ": "ㄴㅈ",
    "ㄶ": "ㄴㅎ",
    "ㄺ": "ㄹㄱ",
    "ㄻ": "ㄹㅁ",
    "ㄼ": "ㄹㅂ",
    "ㄽ": "ㄹㅅ",
    "ㄾ": "ㄹㅌ",
    "ㄿ": "ㄹㅍ",
    "ㅀ": "ㄹㅎ",
    "ㅄ": "ㅂㅅ",
}
_JOINED = {keys: letter for letter, keys in _TWO_KEYS.items()}
_FIRST, _LAST = 0xAC00, 0xD7A3

VOWEL_KEYS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ"
CONSONANT_KEYS = ONSETS
_ROWS = ("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ")
_ALIKE = ("ㅐㅔ", "ㅒㅖ", "ㅙㅚㅞ")
_SHIFTED = {"ㅂ": "ㅃ", "ㅈ": "ㅉ", "ㄷ": "ㄸ", "ㄱ": "ㄲ", "ㅅ": "ㅆ", "ㅐ": "ㅒ", "ㅔ": "ㅖ"}


def keys(text: str) -> str:
    """The keys that type a text, as letters (ㄱ, ㅏ); what is no Hangul stays as it is.

    Args:
        text: NFC; a loose compound letter (ㄳ) gives both its keys.
    """
    found: list[str] = []
    for char in text:
        code = ord(char) - _FIRST
        if 0 <= code <= _LAST - _FIRST:
            parts = (ONSETS[code // 588], VOWELS[code // 28 % 21], CODAS[code % 28])
            found.extend(_TWO_KEYS.get(part, part) for part in parts)
        else:
            found.append(_TWO_KEYS.get(char, char))
    return "".join(found)


def typed(pressed: Iterable[str]) -> str:
    """What an input method makes of keys; letters that fit into no syllable stay loose."""
    done: list[str] = []
    onset = vowel = coda = ""

    def flush() -> None:
        nonlocal onset, vowel, coda
        done.append(syllable(onset, vowel, coda) if onset and vowel else onset or vowel)
        onset = vowel = coda = ""

    for key in pressed:
        if key in VOWELS:
            if coda:  # a coda's last key was the next syllable's onset all along
                kept, moved = _split(coda)
                coda = kept
                flush()
                onset, vowel = moved, key
            elif vowel and (joined := _JOINED.get(vowel + key)):
                vowel = joined
            elif vowel:
                flush()
                vowel = key
            else:
                vowel = key
        elif key in ONSETS:
            if onset and vowel and not coda and key in CODAS:
                coda = key
            elif coda and (joined := _JOINED.get(coda + key)):
                coda = joined
            else:
                flush()
                onset = key
        else:
            flush()
            done.append(key)
    flush()
    return "".join(done)


def syllable(onset: str, vowel: str, coda: str = "") -> str:
    """One syllable of its letters.

    Raises:
        ValueError: one of them is no such letter.
    """
    return chr(_FIRST + ONSETS.index(onset) * 588 + VOWELS.index(vowel) * 28 + CODAS.index(coda))


def parts(char: str) -> tuple[str, str, str] | None:
    """Onset, vowel and coda (or nothing) of a syllable; None for anything else."""
    code = ord(char) - _FIRST
    if not 0 <= code <= _LAST - _FIRST:
        return None
    return ONSETS[code // 588], VOWELS[code // 28 % 21], CODAS[code % 28]


def _split(coda: str) -> tuple[str, str]:
    pressed = _TWO_KEYS.get(coda, coda)
    return pressed[:-1], pressed[-1]


def _neighbours() -> dict[str, str]:
    """Keys beside, above and below, and the same key with or without shift."""
    near: dict[str, set[str]] = {key: set() for key in CONSONANT_KEYS + VOWEL_KEYS}
    for number, row in enumerate(_ROWS):
        for at, key in enumerate(row):
            beside = row[at + 1 : at + 2]
            below = _ROWS[number + 1][max(0, at - 1) : at + 1] if number + 1 < len(_ROWS) else ""
            for other in beside + below:
                near[key].add(other)
                near[other].add(key)
    for plain, shifted in _SHIFTED.items():
        near[shifted] |= {plain, *near[plain]}
        near[plain].add(shifted)
    return {key: "".join(sorted(others)) for key, others in near.items()}


NEAR = _neighbours()
"""For each key those that a finger hits in its stead."""


_LOOSE = re.compile(r"[ㄱ-ㅎㅏ-ㅣ]")


@lru_cache(maxsize=4096)
def beside(char: str) -> tuple[str, ...]:
    """Syllables that differ from one in its onset, its vowel or its coda; none for a loose letter."""
    own = parts(char)
    if own is None:
        return ()
    onset, vowel, coda = own
    return (
        *(syllable(other, vowel, coda) for other in ONSETS if other != onset),
        *(syllable(onset, other, coda) for other in VOWELS if other != vowel),
        *(syllable(onset, vowel, other) for other in CODAS if other != coda),
    )


@lru_cache(maxsize=16_384)
def across(pair: str) -> tuple[str, ...]:
    """Other readings of two syllables where keys of both are swapped, or one was left out or put in between them.

    Both syllables differ, or there are more or fewer of them; what differs in one alone is in ``beside``.
    """
    pressed = keys(pair)
    found: dict[str, None] = {}
    for at in range(len(pressed)):
        rest = pressed[at + 1 :]
        found[typed(pressed[:at] + rest)] = None
        found[typed(pressed[:at] + rest[:1] + pressed[at] + rest[1:])] = None
    one, other = parts(pair[0]), parts(pair[1])
    if one and other and not one[2] and other[0] in CODAS:  # 화눌 for 환불
        closed = syllable(one[0], one[1], other[0])
        found.update(dict.fromkeys(closed + syllable(onset, other[1], other[2]) for onset in ONSETS))
    return tuple(
        made
        for made in found
        if not _LOOSE.search(made) and (len(made) != 2 or (made[0] != pair[0] and made[1] != pair[1]))
    )


@lru_cache(maxsize=4096)
def completed(part: str) -> tuple[str, ...]:
    """Syllables and loose letters as whole syllables: a key left out, put in, swapped, or hit for another."""
    pressed = keys(part)
    found: dict[str, None] = {}
    for at, key in enumerate(pressed):
        rest = pressed[at + 1 :]
        found[typed(pressed[:at] + rest)] = None
        found[typed(pressed[:at] + rest[:1] + key + rest[1:])] = None
        for other in NEAR.get(key, ""):
            found[typed(pressed[:at] + other + rest)] = None
    for at in range(len(pressed) + 1):
        after_consonant = at > 0 and pressed[at - 1] in CONSONANT_KEYS
        for key in VOWEL_KEYS if after_consonant else CONSONANT_KEYS:
            found[typed(pressed[:at] + key + pressed[at:])] = None
    return tuple(made for made in found if made and not _LOOSE.search(made))


@lru_cache(maxsize=4096)
def alike(char: str) -> tuple[str, ...]:
    """Syllables that sound like one: 재 and 제, 왜 and 웨."""
    own = parts(char)
    if own is None:
        return ()
    onset, vowel, coda = own
    same = next((group for group in _ALIKE if vowel in group), vowel)
    return tuple(syllable(onset, other, coda) for other in same if other != vowel)
