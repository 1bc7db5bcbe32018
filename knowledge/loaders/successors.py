"""Articles that supersede each other in a circle: none of them can be the newest."""

from __future__ import annotations

from collections.abc import Sequence

from ..types import Document, LoadFailure


def without_circles(documents: Sequence[Document]) -> tuple[list[Document], list[LoadFailure]]:
    """Leave out the articles whose ``superseded_by`` runs in a circle.

    An article that merely leads into a circle stays.

    Returns:
        The others in their order, and a failure for each article of a circle that names the whole circle.
    """
    successor = {document.id: document.superseded_by for document in documents}
    circles: dict[str, str] = {}
    done: set[str] = set()
    for first in successor:
        path: dict[str, None] = {}
        current: str | None = first
        while current in successor and current not in done and current not in path:
            path[current] = None
            current = successor[current]
        if current is not None and current in path:
            names = list(path)
            round_trip = names[names.index(current) :]
            for id in round_trip:
                circles[id] = " -> ".join([*round_trip, round_trip[0]])
        done.update(path)
    failures = [
        LoadFailure(document.source, f"superseded_by runs in a circle: {circles[document.id]}")
        for document in documents
        if document.id in circles
    ]
    return [document for document in documents if document.id not in circles], failures
