"""Does the customer ask for a person? Phrase rules for Korean and English, with the traps.

"Agent" and "사람" mean many things: an agent's hours, what an agent said last week, a travel agent, "in person",
"상담원 없이 혼자". So a text is cut into clauses; a clause about one of these as a whole is left out
(``dropped``), a trap within a clause is blotted out (``masked``), and only what is left can ask (``asks``).
The patterns live in ``requests_ko`` and ``requests_en``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from . import requests_en, requests_ko
from .wording import Mapped, normalise


class _Language(Protocol):
    """What a language's module offers: named patterns, a comment each."""

    @staticmethod
    def clauses(text: str) -> Iterator[Mapped]: ...

    DROPPED: requests_ko.Patterns
    MASKED: requests_ko.Patterns
    ASKS: requests_ko.Patterns


LANGUAGES: tuple[_Language, ...] = (requests_ko, requests_en)


_MISSPELT = re.compile("상당[원언]|상담언|상단[원언]|샹담원|상담온|살담원|상닭원|삼당원|상담뤈")
"""Slips of the finger for 상담원, as long as the word itself: what is found still stands where it stood."""


def explicit_request(text: str) -> str | None:
    """The words in which a customer asks for a person, or None.

    Args:
        text: One message in any language; the rules know Korean and English.

    Returns:
        The matched words, verbatim but NFKC-normalised.
    """
    found = explain_request(text)
    return found[1] if found else None


def explain_request(text: str) -> tuple[str, str] | None:
    """The name of the pattern that asks for a person and the words it matched, or None."""
    text = _MISSPELT.sub("상담원", normalise(text))
    for language in LANGUAGES:
        for clause in language.clauses(text):
            if any(pattern.search(clause.text) for pattern in language.DROPPED.values()):
                continue
            for pattern in language.MASKED.values():
                clause = clause.masked(pattern)
            for name, pattern in language.ASKS.items():
                if match := pattern.search(clause.text):
                    return name, clause.verbatim(*match.span()) or match[0]
    return None


def only_named(text: str) -> bool:
    """Whether people are spoken of without being asked for: only traps are in it, and no pattern asks."""
    text = normalise(text)
    if explain_request(text):
        return False
    for language in LANGUAGES:
        for clause in language.clauses(text):
            traps = (*language.DROPPED.values(), *language.MASKED.values())
            if any(pattern.search(clause.text) for pattern in traps):
                return True
    return False
