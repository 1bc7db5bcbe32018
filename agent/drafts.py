"""A model's text as a Draft: its markers read, its citations tied to retrieved passages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..escalation.smalltalk import small_talk
from ..escalation.verdict import Draft, DraftKind
from ..knowledge import Citation, Passage, SearchResult, detect_language
from ..knowledge.differing import differing
from .prompts import CLARIFY, MARK, NO_ANSWER, without_marks
from .replies import words

NEAR = 3
"""How many near articles are offered as choices."""
ASK_FROM = 0.8
"""Confidence from which one of the tied articles is taken to be right; the guard answers from there."""


def read_draft(
    text: str,
    question: str,
    results: Sequence[SearchResult],
    *,
    lang: str | None = None,
    before: str = "",
    asked: bool = False,
) -> Draft:
    """Read a model's text.

    Args:
        text: As the model wrote it, with ``[n]`` and perhaps a marker.
        question: What was asked.
        results: The turn's searches, in order; their passages are numbered through from 1.
        lang: The language to ask back in; None: that of the question.
        before: What the customer said before the question.
        asked: The turn replies to a clarifying question: another one would be too many.

    Returns:
        The draft; marks that point to no passage are gone, the rest count from 1 in order of use.
    """
    passages = [passage for result in results for passage in result.passages]
    confidence = max((result.confidence for result in results), default=0.0)
    near, near_ids = _near(passages)
    text = text.strip()
    if (talk := small_talk(question)) is not None:
        # A model that finds "thanks" in no passage says so; the customer gets an answer all the same.
        said = "" if NO_ANSWER in text else without_marks(text)
        said = said or words(detect_language(question))[talk]
        return Draft(text=said, kind=DraftKind.SMALLTALK, confidence=confidence)
    if NO_ANSWER in text or not without_marks(text):
        return Draft(text="", kind=DraftKind.NOT_FOUND, confidence=confidence, near=near, near_ids=near_ids)
    kind = DraftKind.ANSWER
    if CLARIFY in text:
        kind, near, near_ids = DraftKind.CLARIFY, (), ()
        text = text.replace(CLARIFY, "").strip()
    text, citations = _cite(text, passages)
    if kind is DraftKind.ANSWER and not asked and confidence >= ASK_FROM and len(results) == 1:
        apart = differing(results[0].query, results[0].passages, before=before)
        # An answer that rests on all of them has told them apart itself.
        if apart and not {citation.document_id for citation in citations} >= set(apart.documents):
            which = words(lang or detect_language(question))["which"]
            said = f"{apart.shared}: {which}" if apart.shared else which
            return Draft(
                text=said,
                kind=DraftKind.CLARIFY,
                confidence=confidence,
                near=apart.labels,
                near_ids=apart.documents,
            )
    return Draft(text=text, kind=kind, citations=citations, confidence=confidence, near=near, near_ids=near_ids)


def _near(passages: Sequence[Passage]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The nearest articles' titles, each once, and their ids."""
    found: dict[str, str] = {}
    for passage in passages:
        found.setdefault(passage.document.title, passage.document.id)
    return tuple(found)[:NEAR], tuple(found.values())[:NEAR]


def _cite(text: str, passages: Sequence[Passage]) -> tuple[str, tuple[Citation, ...]]:
    numbers: dict[int, int] = {}
    claims: dict[int, str] = {}
    said_until = 0

    def renumber(match: re.Match[str]) -> str:
        nonlocal said_until
        known = [int(n) for n in match[1].split(",") if 1 <= int(n) <= len(passages)]
        for n in known:
            numbers.setdefault(n, len(numbers) + 1)
            claims.setdefault(n, text[said_until : match.start()].strip())
        said_until = match.end()
        marks = "".join(f"[{numbers[n]}]" for n in dict.fromkeys(known))
        return (" " if match[0].startswith(" ") else "") + marks if marks else ""

    marked = MARK.sub(renumber, text).strip()
    return marked, tuple(_citation(n, passages[old - 1], claims[old]) for old, n in numbers.items())


def _citation(n: int, passage: Passage, claim: str) -> Citation:
    """The citation of a claim: its own words where they stand in the passage, else the whole passage."""
    chunk = passage.chunk
    place = chunk.text.find(claim) if claim else -1
    quote = claim if place >= 0 else chunk.text
    start = chunk.start + max(place, 0)
    return Citation(
        n=n,
        document_id=chunk.document_id,
        chunk_id=chunk.id,
        title=passage.document.title,
        heading_path=chunk.heading_path,
        quote=quote,
        start=start,
        end=start + len(quote),
    )
