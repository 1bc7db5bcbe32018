"""Which articles say the same in another language: by their ids, as folders and endings name the language."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from .types import Document

_PART = re.compile(r"([/._-])")


def translations(documents: Iterable[Document]) -> dict[str, tuple[str, ...]]:
    """Pair articles whose ids differ only in the language that they name: ``ko/refund`` and ``en/refund``.

    Args:
        documents: Those that count (current ones).

    Returns:
        The ids of the others, by id; only documents that have any. Two in one language are no translations of
        each other.
    """
    groups: dict[tuple[str, ...], list[Document]] = defaultdict(list)
    for document in documents:
        if (name := _without_language(document.id, document.lang)) is not None:
            groups[name].append(document)
    found: dict[str, tuple[str, ...]] = {}
    for group in groups.values():
        for document in group:
            others = tuple(other.id for other in group if other.lang != document.lang)
            if others:
                found[document.id] = others
    return found


def _without_language(name: str, lang: str) -> tuple[str, ...] | None:
    """The id's parts with the first one that is the language's code blotted out; None where there is none."""
    parts = _PART.split(name)
    for place, part in enumerate(parts):
        if part.casefold() == lang:
            return (*parts[:place], "", *parts[place + 1 :])
    return None


def with_translations(
    cosines: Mapping[str, float],
    document_of: Mapping[str, str],
    pairs: Mapping[str, tuple[str, ...]],
    share: float,
) -> dict[str, float]:
    """Let an article's translation speak for it: a weighted mean of both cosines.

    Args:
        cosines: By chunk.
        document_of: The document of each chunk.
        pairs: As ``translations`` returns them.
        share: Weight of the translation beside the chunk's own 1.

    Returns:
        The same chunks; as they were where there is no translation, or none was compared.
    """
    best: dict[str, float] = {}
    for chunk_id, cosine in cosines.items():
        document = document_of[chunk_id]
        best[document] = max(best.get(document, 0.0), cosine)
    mixed = {}
    for chunk_id, cosine in cosines.items():
        others = [best[other] for other in pairs.get(document_of[chunk_id], ()) if other in best]
        mixed[chunk_id] = (cosine + share * max(others)) / (1 + share) if others else cosine
    return mixed
