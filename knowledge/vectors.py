"""Vectors in Chroma: the only module that imports chromadb, and only when an index is opened.

Each audience has a collection of its own: a ``where`` filter costs about thirty times a plain search.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .embedders import Vectors
from .types import Audience

FORMAT = "vectors-1"
"""Goes up when the text that is embedded changes: an index of another format is made anew."""


class VectorIndex:
    """Two cosine collections (public and agent) in one folder.

    Chroma is always given vectors and never texts, so that its own downloaded default model has nothing to do.

    Args:
        path: The folder; made if missing. One process only.

    Raises:
        Exception: whatever Chroma raises for a damaged folder.
    """

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._client = _client(str(path))
        try:
            self._refusing = _refusing_function()
            self._collections = {audience: self._open(audience) for audience in Audience}
            self._batch = min(2000, self._client.get_max_batch_size())
        except BaseException:
            self._client.close()
            raise

    def _open(self, audience: Audience) -> Any:
        return self._client.get_or_create_collection(
            f"batonpass-{audience.value}",
            embedding_function=self._refusing,
            configuration={"hnsw": {"space": "cosine"}},
        )

    def __len__(self) -> int:
        return sum(collection.count() for collection in self._collections.values())

    def ids(self) -> set[str]:
        """The ids of all indexed chunks."""
        return {chunk for collection in self._collections.values() for chunk in collection.get(include=[])["ids"]}

    def add(self, audience: Audience, chunk_ids: Sequence[str], vectors: Vectors) -> None:
        """Add or overwrite chunks of one audience."""
        for i in range(0, len(chunk_ids), self._batch):
            self._collections[audience].upsert(
                ids=list(chunk_ids[i : i + self._batch]), embeddings=vectors[i : i + self._batch]
            )

    def remove(self, chunk_ids: Sequence[str]) -> None:
        """Delete chunks, whichever audience they belong to; unknown ids are passed over."""
        for collection in self._collections.values():
            for i in range(0, len(chunk_ids), self._batch):
                collection.delete(ids=list(chunk_ids[i : i + self._batch]))

    def clear(self) -> None:
        """Delete everything: another embedder may have vectors of another length."""
        for audience in Audience:
            self._client.delete_collection(f"batonpass-{audience.value}")
            self._collections[audience] = self._open(audience)

    def search(self, vector: Vectors, *, audience: Audience, limit: int) -> list[tuple[str, float]]:
        """The nearest chunks as (id, cosine similarity -1..1), best first."""
        if limit <= 0 or not np.any(vector):
            return []
        seen = (Audience.PUBLIC, Audience.AGENT) if audience is Audience.AGENT else (Audience.PUBLIC,)
        hits: list[tuple[str, float]] = []
        for each in seen:
            collection = self._collections[each]
            wanted = min(limit, collection.count())
            if wanted:
                found = collection.query(query_embeddings=[vector], n_results=wanted, include=["distances"])
                hits += [(i, 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]
        return sorted(hits, key=lambda hit: -hit[1])[:limit]

    def check(self) -> None:
        """Search once for something that is there; a damaged index raises here and not before a customer."""
        for collection in self._collections.values():
            sample = collection.get(limit=1, include=["embeddings"])["embeddings"]
            if len(sample):
                collection.query(query_embeddings=[sample[0]], n_results=1, include=["distances"])

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()


def _client(path: str) -> Any:
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    try:
        # Chroma reports usage to its makers unless told otherwise.
        return chromadb.PersistentClient(path=path, settings=Settings(anonymized_telemetry=False))
    except BaseException:
        # Chroma keeps the half-started system of a failed opening and would hand it out for this path again.
        SharedSystemClient._identifier_to_system.pop(path, None)
        raise


def _refusing_function() -> Any:
    """An embedding function that embeds nothing.

    With none given, Chroma would fetch a model from the network on the first text it saw.
    """
    from chromadb import EmbeddingFunction

    class Refusing(EmbeddingFunction[Any]):
        def __init__(self) -> None:
            pass

        def __call__(self, input: Any) -> Any:
            raise RuntimeError("this collection takes vectors, not texts")

        @staticmethod
        def name() -> str:
            return "batonpass-vectors-only"

        def get_config(self) -> dict[str, Any]:
            return {}

        @staticmethod
        def build_from_config(config: dict[str, Any]) -> Refusing:
            return Refusing()

    return Refusing()
