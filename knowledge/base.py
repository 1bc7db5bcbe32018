"""The seam between knowledge and everything to its right."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, runtime_checkable

from .types import Audience, Document, LoadFailure, Passage, SearchResult, SyncReport

Progress = Callable[[int, int, str], None]
"""Called as ``progress(done, total, what)`` while a sync indexes articles."""


class KnowledgeError(Exception):
    """Something the operator can mend: the message says what and where, in one line."""


@runtime_checkable
class KnowledgeBase(Protocol):
    """Articles that can be searched. Every implementation passes tests/knowledge/contract.py."""

    @property
    def name(self) -> str:
        """The knowledge base's name."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the indexed content does (hex digest)."""
        ...

    def search(
        self, query: str, *, limit: int = 8, audience: Audience = Audience.PUBLIC, lang: str | None = None
    ) -> SearchResult:
        """Find the passages nearest to a query; only live articles that the audience may see.

        Args:
            query: Free text in any language; empty text finds nothing.
            limit: How many passages at most.
            audience: ``agent`` sees public and agent articles, ``public`` only public ones.
            lang: Prefer articles of this language (default: the query's own).
        """
        ...

    def passage(self, chunk_id: str, *, audience: Audience = Audience.PUBLIC) -> Passage | None:
        """The passage behind a citation, or None where it is gone or not for this audience."""
        ...

    def documents(self) -> list[Document]:
        """All documents in the ledger, whatever their status."""
        ...

    def sync(
        self,
        documents: Iterable[Document],
        *,
        failures: Iterable[LoadFailure] = (),
        progress: Progress | None = None,
    ) -> SyncReport:
        """Make the index hold exactly these documents: the full set is reconciled.

        A document whose source failed to load this time keeps its old version.

        Raises:
            KnowledgeError: two documents share an id, or superseded_by runs in a circle.
        """
        ...

    def close(self) -> None:
        """Release files and locks."""
        ...
