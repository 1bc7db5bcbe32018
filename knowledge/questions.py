"""Other ways in which customers ask for an article: its aliases. They are searched, and never quoted or cited."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from .language import normalize
from .types import Document

MAX_QUESTIONS = 100
"""An article has at most this many aliases of its own."""
MAX_CHARS = 300
"""A longer text is no question but a letter."""

_SYMBOLS = re.compile(r"[\W_]+")


def key(text: str) -> str:
    """What makes two questions the same: letters and digits, whatever the case, spacing and punctuation."""
    return _SYMBOLS.sub("", normalize(text).casefold())


def one_line(text: str) -> str:
    """A question on one line, in one normal form, without what no screen shows."""
    return " ".join("".join(char if char.isprintable() else " " for char in normalize(text)).split())


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts in order, each question once; what has no letter or digit is none."""
    found: dict[str, str] = {}
    for text in texts:
        if name := key(text):
            found.setdefault(name, text)
    return tuple(found.values())


def checked(value: Any) -> tuple[str, ...]:
    """The aliases of a file: a list of texts, or one text.

    Raises:
        ValueError: what is wrong with them.
    """
    given = value if isinstance(value, list) else [value]
    if len(given) > MAX_QUESTIONS:
        raise ValueError(f"{len(given)} questions where {MAX_QUESTIONS} are allowed")
    texts = []
    for number, item in enumerate(given, start=1):
        if not isinstance(item, str):
            # "- Delivery: how long?" is a mapping to YAML.
            raise ValueError(f"question {number} is not a text (put it in quotes)")
        text = one_line(item)
        if not key(text):
            raise ValueError(f"question {number} is empty")
        if len(text) > MAX_CHARS:
            raise ValueError(f"question {number} is longer than {MAX_CHARS} characters")
        texts.append(text)
    return distinct(texts)


def nearest(query: str, document: Document, limit: int = 2) -> tuple[str, ...]:
    """Those of an article's aliases that share the most words with a question, at most a few."""
    if not document.aliases:
        return ()
    from .analysis import analyze, analyze_query

    asked = analyze_query(query)
    wanted = {*asked.terms, *asked.grams}
    scored: list[tuple[float, str]] = []
    for text in document.aliases:
        own = analyze(text)
        held = {*own.terms, *own.grams}
        if shared := len(wanted & held):
            scored.append((2 * shared / (len(wanted) + len(held)), text))
        elif key(text) == key(query):
            scored.append((1.0, text))
    return tuple(text for _, text in sorted(scored, key=lambda pair: -pair[0])[:limit])
