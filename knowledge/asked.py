"""A question that is one of an article's aliases, word for word: the search's own order gives way to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from .language import detect_language
from .questions import key
from .snapshot import Snapshot
from .types import Audience, Passage, SearchResult

SURE = 0.95
"""Confidence in a question that somebody wrote down as one of the article's."""


def asked_exactly(
    result: SearchResult,
    snapshot: Snapshot,
    *,
    limit: int,
    audience: Audience,
    lang: str | None,
    today: date,
) -> SearchResult:
    """Put an article first whose alias is the very question, however few words it shares with the article.

    Args:
        result: What the search found.
        snapshot: What it searched.
        limit: Passages at most.
        audience: Who asks.
        lang: The language asked for; of several such articles its own come first.
        today: The day by which articles are live.
    """
    known = snapshot.asked.get(key(result.query), ()) if snapshot.asked else ()
    places = [chunk_id for chunk_id in known if snapshot.visible(chunk_id, audience, today)]
    if not places or limit <= 0:
        return result
    lang = lang or detect_language(result.query, default=result.lang)
    ranks = {document_id: rank for rank, document_id in enumerate(result.ranking)}

    def order(chunk_id: str) -> tuple[bool, int]:
        document = snapshot.documents[snapshot.chunks[chunk_id].document_id]
        return document.lang != lang, ranks.get(document.id, len(ranks))

    first: list[Passage] = []
    for chunk_id in sorted(places, key=order):
        chunk = snapshot.chunks[chunk_id]
        document = snapshot.documents[chunk.document_id]
        # The part of the article that answers best, where the search found one.
        best = next((each for each in result.passages if each.document.id == document.id), None)
        first.append(replace(best, score=1.0) if best else Passage(chunk, document, 1.0, {"alias": 1.0}))
    taken = {each.chunk.id for each in first}
    rest = [each for each in result.passages if each.chunk.id not in taken]
    ids = [each.document.id for each in first]
    return replace(
        result,
        passages=tuple([*first, *rest][:limit]),
        confidence=max(result.confidence, SURE),
        ranking=tuple(dict.fromkeys([*ids, *result.ranking])),
    )
