"""What the heads see of a message: words, pieces of words, morphemes, shapes, manner and the rules' findings.

A feature is a name such as ``w:human`` with the stretch of the text it was read from, so that a decision can be
traced to words. Names are hashed to 32 bits by CRC-32, equal in every process.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ...knowledge.analysis import stem
from ...knowledge.korean import korean_tokens
from ..mood import frustration as listed_frustration
from ..mood import listed_words
from ..requests import explain_request
from ..wording import normalise
from . import around

LIMIT = 1_600
"""Characters that are read of a message: of a longer one its beginning and its end, where the point is made."""

GROUPS = ("words", "pieces", "morphemes", "english", "korean", "manner", "rules")
"""Families of features; each is scaled to one length by itself, so that long words do not drown the rest."""

_WORD = re.compile(r"[a-zÀ-ɏ]+(?:'[a-zÀ-ɏ]+)?|[가-힣]+|[ㄱ-ㆎ]+|\d+(?:[.,:]\d+)*|[^\w\s]", re.IGNORECASE)
_EMOJI = re.compile(r"[\U0001F000-\U0001FAFF☀-➿⭐]")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_SOFT = re.compile(r"[ㅠㅜ]+")
_LAUGH = re.compile(r"ㅋ+|ㅎ+")
_HANGUL = re.compile(r"[가-힣]")
_LATIN = re.compile(r"[a-z]{2}")
_LEAD = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWEL = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAIL = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_FIRST = ord("가")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Seen:
    """The features of one text.

    Attributes:
        text: What was read, evened out; spans count in it.
        groups: For each of ``GROUPS``, its features and where each first stood.
    """

    text: str
    groups: tuple[dict[str, Span], ...]


def shortened(text: str) -> str:
    """A long message's beginning and end, joined by a line break; others as they are."""
    if len(text) <= LIMIT:
        return text
    half = LIMIT // 2
    return f"{text[:half]}\n{text[-half:]}"


def code(feature: str) -> int:
    """A feature's 32-bit hash."""
    return zlib.crc32(feature.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=8192)
def see(text: str) -> Seen:
    """The features of a message in any language, at most ``LIMIT`` characters of it."""
    plain = normalise(shortened(text).encode("utf-8", "replace").decode("utf-8"))
    low = "".join(char.lower()[:1] for char in plain)  # one character stays one: spans are kept
    words = [(match[0], match.span()) for match in _WORD.finditer(low)]
    found = (
        _first(_words(words)),
        _first(_pieces(low, words)),
        _first(_morphemes(plain)),
        _first(around.english(words) if _LATIN.search(low) else iter(())),
        _first(around.korean(low)),
        _first(_manner(plain, words)),
        _first(_rules(plain)),
    )
    return Seen(plain, found)


def _first(features: Iterator[tuple[str, Span]]) -> dict[str, Span]:
    kept: dict[str, Span] = {}
    for name, span in features:
        kept.setdefault(name, span)
    return kept


def _tame(word: str) -> str:
    """Drawn-out letters at two, digits by their count."""
    if word[0].isdigit():
        return f"<{min(len(word), 6)}>"
    return _DRAWN_OUT.sub(r"\1\1", word)


def _words(words: list[tuple[str, Span]]) -> Iterator[tuple[str, Span]]:
    """Words and runs of two and three, with the ends of the message marked; stems of English."""
    tame = [("^", (0, 0)), *((_tame(word), span) for word, span in words)]
    end = words[-1][1][1] if words else 0
    tame.append(("$", (end, end)))
    for at, (word, span) in enumerate(tame):
        yield f"w:{word}", span
        if word.isascii() and word.isalpha() and len(word) > 3:
            yield f"s:{stem(word)}", span
        if at + 1 < len(tame):
            yield f"w2:{word} {tame[at + 1][0]}", (span[0], tame[at + 1][1][1])
        if at + 2 < len(tame):
            yield f"w3:{word} {tame[at + 1][0]} {tame[at + 2][0]}", (span[0], tame[at + 2][1][1])
            yield f"g:{word} {tame[at + 2][0]}", (span[0], tame[at + 2][1][1])


def _pieces(low: str, words: list[tuple[str, Span]]) -> Iterator[tuple[str, Span]]:
    """Latin letters by threes to fives within words; Hangul syllables by twos to fours and letters by fives to
    sevens, both across spaces: they see through typing errors and missing spaces.
    """
    for word, (start, end) in words:
        if word[0].isalpha() and not _HANGUL.match(word[0]):
            framed = f"_{word[:40]}_"
            for size in (3, 4, 5):
                for at in range(len(framed) - size + 1):
                    yield "#" + framed[at : at + size], (start + max(at - 1, 0), min(start + at + size - 1, end))
    kept = [place for place, char in enumerate(low) if "가" <= char <= "힣" or "ㄱ" <= char <= "ㆎ"]
    syllables = "".join(low[place] for place in kept)
    for size in (1, 2, 3, 4):
        for at in range(len(syllables) - size + 1):
            yield "h" + syllables[at : at + size], (kept[at], kept[at + size - 1] + 1)
    letters, places = _letters(syllables)
    for size in (5, 7):
        for at in range(len(letters) - size + 1):
            yield "j" + letters[at : at + size], (kept[places[at]], kept[places[at + size - 1]] + 1)


def _letters(syllables: str) -> tuple[str, list[int]]:
    """Hangul syllables to their letters, and for each letter its syllable's place."""
    letters: list[str] = []
    places: list[int] = []
    for place, char in enumerate(syllables):
        if "가" <= char <= "힣":
            number = ord(char) - _FIRST
            spelt = _LEAD[number // 588] + _VOWEL[number % 588 // 28] + _TAIL[number % 28].strip()
        else:
            spelt = char
        letters.append(spelt)
        places += [place] * len(spelt)
    return "".join(letters), places


def _morphemes(plain: str) -> Iterator[tuple[str, Span]]:
    """Korean morphemes by ones to threes, endings and particles too: they carry the tone."""
    tokens = korean_tokens(plain)
    everywhere = (0, len(plain))
    names = [f"{form}/{tag[0]}" for form, tag in tokens]
    # A name says little of what is asked for; that a noun stands there says more.
    shapes = ["N" if tag in ("NNG", "NNP") else name for name, (_, tag) in zip(names, tokens, strict=True)]
    for size in (1, 2, 3):
        for at in range(len(names) - size + 1):
            yield f"m{size}:" + " ".join(names[at : at + size]), everywhere
    for size in (2, 3, 4):
        for at in range(len(shapes) - size + 1):
            run = shapes[at : at + size]
            if "N" in run:
                yield "n:" + " ".join(run), everywhere


def _manner(plain: str, words: list[tuple[str, Span]]) -> Iterator[tuple[str, Span]]:
    """How it is said: marks, capitals, ㅠㅠ, ㅋㅋ, emoji, length."""
    everywhere = (0, len(plain))
    for mark in "!?.~,":
        if count := plain.count(mark):
            yield f"{mark}{min(count, 4)}", everywhere
    for pattern, name in ((_SOFT, "cry"), (_LAUGH, "laugh"), (_DRAWN_OUT, "drawn"), (_EMOJI, "emoji")):
        if match := pattern.search(plain):
            yield f"{name}{min(len(match[0]), 3)}", match.span()
    for match in _EMOJI.finditer(plain):
        yield f"e:{match[0]}", match.span()
    for match in re.finditer(r"[!?]{2,}|\.{2,}|…", plain):
        yield f"run:{match[0][:3]}", match.span()
    letters = [char for char in plain if char.isascii() and char.isalpha()]
    if len(letters) > 3:
        capitals = sum(map(str.isupper, letters)) / len(letters)
        yield f"caps{0 if capitals < 0.06 else 1 if capitals < 0.3 else 2 if capitals < 0.7 else 3}", everywhere
    for match in re.finditer(r"\b[A-Z]{3,}\b", plain):
        yield "shout", match.span()
    yield f"long{min(len(words) // 4, 8)}", everywhere
    if plain.strip():
        yield f"last:{plain.strip()[-1]}", (len(plain) - 1, len(plain))
    yield "one", everywhere


def _rules(plain: str) -> Iterator[tuple[str, Span]]:
    """What the phrase rules and the word list of anger say."""
    if found := explain_request(plain):
        start = max(plain.find(found[1]), 0)
        span = (start, start + len(found[1]))
        yield "asks", span
        yield f"asks:{found[0]}", span
    if level := listed_frustration(plain):
        span = listed_words(plain) or (0, len(plain))
        for step in range(1, level + 1):
            yield f"anger{step}", span
