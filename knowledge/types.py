"""The words of retrieval: what goes in (Document), what is indexed (Chunk), what comes out (Passage)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict


class DocumentStatus(StrEnum):
    """Whether an article may be answered from; only ``current`` ones are."""

    CURRENT = "current"
    DEPRECATED = "deprecated"
    DRAFT = "draft"


class Audience(StrEnum):
    """Who may see an article: everybody, or agents at the desk only."""

    PUBLIC = "public"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Document:
    """One article as it was read from its source.

    Attributes:
        id: Unique in its knowledge base; by default the path without its ending.
        title: Shown on citations.
        text: The body as Markdown or plain text; chunk offsets count in it, in characters.
        lang: ISO 639-1 code.
        source: The path it was read from, relative to its root, for messages and links.
        content_hash: SHA-256 (hex) over metadata and text; a change of it re-indexes the article.
        questions: Other ways to ask for it, as its source names them: searched, never quoted.
        learned: The same, as people approved them in use (see ``aliases``).
    """

    id: str
    title: str
    text: str
    lang: str
    source: str
    content_hash: str
    status: DocumentStatus = DocumentStatus.CURRENT
    audience: Audience = Audience.PUBLIC
    updated: date | None = None
    effective: date | None = None
    expires: date | None = None
    superseded_by: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    questions: tuple[str, ...] = ()
    learned: tuple[str, ...] = ()

    @property
    def aliases(self) -> tuple[str, ...]:
        """All other ways to ask for it."""
        return self.questions + self.learned

    def live(self, today: date) -> bool:
        """Whether the article may be answered from on that day (status and dates)."""
        return (
            self.status is DocumentStatus.CURRENT
            and (self.effective is None or self.effective <= today)
            and (self.expires is None or today <= self.expires)
        )


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a document: ``document.text[start:end] == text``.

    Attributes:
        id: Document, version and ordinal hashed; an unchanged chunk keeps its id.
        heading_path: Titles from the document's down to the chunk's own heading.
    """

    id: str
    document_id: str
    ordinal: int
    heading_path: tuple[str, ...]
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved chunk with its scores.

    Attributes:
        score: Fused score in 0..1, comparable within one search only.
        scores: Each part's own normalised score by name, such as ``lexical`` and ``dense``.
    """

    chunk: Chunk
    document: Document
    score: float
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found.

    Attributes:
        query: The text that was searched for.
        lang: The query's detected language.
        passages: Best first; at most the asked-for number.
        confidence: 0..1, that the knowledge base answers the query.
        ranking: Ids of the found documents, best first, each once (at least 10 where so many match).
    """

    query: str
    lang: str
    passages: tuple[Passage, ...]
    confidence: float
    ranking: tuple[str, ...] = ()


class Citation(BaseModel):
    """A reply's pointer to the passage it rests on; a snapshot that outlives the article.

    Attributes:
        n: The number used in the reply's text, ``[n]``, from 1.
        start: Offset of the quote in the document's text, in characters.
        end: Offset just behind it.
        quote: The passage's words as they were when the reply was given.
    """

    model_config = ConfigDict(frozen=True)

    n: int
    document_id: str
    chunk_id: str
    title: str
    heading_path: tuple[str, ...] = ()
    quote: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class LoadFailure:
    """A file that could not be read: named with the reason, while the rest is ingested."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Twins:
    """Two articles that are nearly the same; see ``duplicates``.

    Attributes:
        kept: The id of the newer one, which is answered from.
        other: The id of the other one.
        alike: How alike their texts are, 0..1.
    """

    kept: str
    other: str
    alike: float


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one synchronisation did, as document ids (failures: files with their reasons).

    Attributes:
        twins: Near-duplicates among all articles that may be answered from.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    failed: tuple[LoadFailure, ...] = ()
    chunks: int = 0
    twins: tuple[Twins, ...] = ()
