"""What a synchronisation has to do: the given full set against the ledger. Pure functions, no files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .base import KnowledgeError
from .types import Document, LoadFailure


@dataclass(frozen=True, slots=True)
class Plan:
    """The difference between the ledger and the wanted set.

    Attributes:
        write: New and changed documents, to be indexed.
        added: Ids that were not there.
        changed: Ids whose content hash differs.
        removed: Ids that are no longer given.
        unchanged: Ids that stay as they are, those kept after a failed load included.
        warnings: ``superseded_by`` that names an article which is not there.
    """

    write: tuple[Document, ...]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    warnings: tuple[LoadFailure, ...]


def plan(ledger: Mapping[str, Document], documents: Iterable[Document], failures: Iterable[LoadFailure]) -> Plan:
    """Reconcile the full set.

    Args:
        ledger: What is there, by id.
        documents: What shall be there.
        failures: Sources that could not be read this time; their old documents are kept.

    Raises:
        KnowledgeError: two documents share an id, or ``superseded_by`` runs in a circle.
    """
    wanted = _by_id(documents)
    given_sources = {document.source for document in wanted.values()}
    failed = {failure.source for failure in failures} - given_sources
    kept = {d.id: d for d in ledger.values() if d.id not in wanted and d.source in failed}
    final = wanted | kept
    warnings = _check_successors(final)
    added = [key for key in wanted if key not in ledger]
    changed = [key for key in wanted if key in ledger and ledger[key].content_hash != wanted[key].content_hash]
    return Plan(
        write=tuple(wanted[key] for key in (*added, *changed)),
        added=tuple(added),
        changed=tuple(changed),
        removed=tuple(key for key in ledger if key not in final),
        unchanged=tuple(key for key in final if key in ledger and key not in set(changed)),
        warnings=warnings,
    )


def _by_id(documents: Iterable[Document]) -> dict[str, Document]:
    found: dict[str, Document] = {}
    for document in documents:
        twin = found.get(document.id)
        if twin is not None:
            raise KnowledgeError(
                f"two documents share the id {document.id!r}: {twin.source} and {document.source}"
            )
        found[document.id] = document
    return found


def _check_successors(documents: Mapping[str, Document]) -> tuple[LoadFailure, ...]:
    """Follow every ``superseded_by``: a circle is an error, a missing end a warning."""
    done: set[str] = set()
    warnings = []
    for first in documents.values():
        path: list[str] = []
        document: Document | None = first
        while document is not None and document.id not in done:
            if document.id in path:
                circle = " -> ".join([*path[path.index(document.id) :], document.id])
                raise KnowledgeError(f"superseded_by runs in a circle: {circle}")
            path.append(document.id)
            successor = document.superseded_by
            if successor is not None and successor not in documents:
                reason = f"superseded_by names {successor!r}, which is not in the knowledge base"
                warnings.append(LoadFailure(document.source, reason))
            document = documents.get(successor) if successor else None
        done.update(path)
    return tuple(warnings)
