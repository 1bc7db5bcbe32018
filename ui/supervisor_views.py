"""Learned questions as the supervisors' page gets them, by article."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from ..knowledge import Audience, Document, LocalKnowledgeBase
from ..knowledge.aliases import Alias, Decision
from ..knowledge.chunking import chunk


def article_views(
    aliases: Iterable[Alias],
    documents: Iterable[Document],
    names: Mapping[str, str],
    only: Collection[str] | None = None,
) -> list[dict[str, Any]]:
    """Articles with their proposed and approved questions, the most asked first.

    Args:
        aliases: All of them; rejected ones are not shown.
        documents: The knowledge base's articles; questions of one that is gone are shown under its id.
        names: Agents' names by their ids.
        only: Ids of the articles that are wanted; they come even where no question of theirs is left.
    """
    groups: dict[str, list[Alias]] = {document_id: [] for document_id in only or ()}
    for alias in aliases:
        if alias.decision is not Decision.REJECTED and (only is None or alias.document_id in only):
            groups.setdefault(alias.document_id, []).append(alias)
    known = {document.id: document for document in documents if document.id in groups}
    today = date.today()
    views = []
    for document_id, own in groups.items():
        document = known.get(document_id)
        own.sort(key=lambda alias: (-alias.times, alias.at, alias.id))
        view = {"id": document_id, "title": document.title if document else None}
        view |= {"lang": document.lang if document else None, "state": _state(document, today)}
        views.append(view | {"questions": [_row(alias, names) for alias in own]})
    return sorted(views, key=lambda view: (-sum(row["times"] for row in view["questions"]), view["id"]))


def passage_of(knowledge: LocalKnowledgeBase, alias: Alias) -> str | None:
    """Id of the chunk of the alias' article that is nearest to its question, None where the article has none."""
    found = knowledge.search(alias.text, limit=20, audience=Audience.AGENT)
    for passage in found.passages:
        if passage.document.id == alias.document_id:
            return passage.chunk.id
    for document in knowledge.documents():
        if document.id == alias.document_id and (chunks := chunk(document)):
            return chunks[0].id
    return None


def _state(document: Document | None, today: date) -> str:
    """Whether questions lead anywhere: ``live``, for ``agents`` only, ``unused`` (not answered from), ``gone``."""
    if document is None:
        return "gone"
    if not document.live(today):
        return "unused"
    return "agents" if document.audience is Audience.AGENT else "live"


def _row(alias: Alias, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": alias.id,
        "text": alias.text,
        "decision": alias.decision,
        "origin": alias.origin,
        "by": names.get(alias.by, alias.by),
        "at": alias.at,
        "times": alias.times,
        "decided_by": names.get(alias.decided_by, alias.decided_by),
        "decided_at": alias.decided_at,
    }
