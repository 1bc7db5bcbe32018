"""Superseded articles lead to their successors: what was asked for under the old title finds the new article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from .loaders.documents import with_hash
from .markdown import blocks
from .questions import MAX_CHARS, distinct, one_line
from .types import Audience, Document, DocumentStatus

MOST = 20
"""Texts that an article inherits at most: titles, questions and headings of those that it supersedes."""


def successor(document: Document, documents: Mapping[str, Document]) -> Document | None:
    """The current article that stands in for one at the end of its ``superseded_by``, if there is one."""
    passed = {document.id}
    found: Document | None = None
    while document.superseded_by and (after := documents.get(document.superseded_by)) and after.id not in passed:
        passed.add(after.id)
        if after.status is DocumentStatus.CURRENT:
            found = after
        document = after
    return found


def replaced(document: Document, documents: Mapping[str, Document], audience: Audience, today: date) -> bool:
    """Whether an article has a successor that the same people may see today."""
    if not document.superseded_by:
        return False
    after = successor(document, documents)
    public = after is not None and after.audience is Audience.PUBLIC
    return after is not None and after.live(today) and (public or audience is Audience.AGENT)


def inherited(documents: Iterable[Document]) -> list[Document]:
    """Articles with the titles, questions and headings of those that they supersede as further aliases.

    Those are searched and never quoted, as all aliases; nothing of an article for agents goes to a public one.
    """
    given = list(documents)
    by_id = {document.id: document for document in given}
    left: dict[str, list[str]] = {}
    for document in given:
        if document.superseded_by and (after := successor(document, by_id)):
            public = document.audience is Audience.PUBLIC
            if document.lang == after.lang and (public or after.audience is Audience.AGENT):
                left.setdefault(after.id, []).extend(_names(document))
    return [_taught(document, left[document.id]) if document.id in left else document for document in given]


def _names(document: Document) -> list[str]:
    return [document.title, *document.questions, *(block.title for block in blocks(document.text) if block.title)]


def _taught(document: Document, texts: list[str]) -> Document:
    known = set(document.aliases) | {document.title}
    more = [one_line(text) for text in texts if len(text) <= MAX_CHARS]
    fresh = [text for text in distinct(more) if text not in known][:MOST]
    return with_hash(replace(document, learned=(*document.learned, *fresh))) if fresh else document
