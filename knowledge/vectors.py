"""Vectors in Chroma, embedded or at a server: the only module that imports chromadb, when an index is opened.

Each audience has a collection of its own: a ``where`` filter costs about thirty times a plain search.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from http import HTTPStatus
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from .base import KnowledgeError
from .embedders import Vectors
from .types import Audience

_log = logging.getLogger(__name__)
_TIMEOUT = 10.0  # seconds for one request to a server

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

    identity = FORMAT
    """What the ledger remembers: another identity means that the vectors lie elsewhere, or are made otherwise."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._start(_embedded(str(path)), "batonpass", f"the folder {path}")

    def _start(self, client: Any, prefix: str, place: str) -> None:
        self._client = client
        self._prefix, self._place = prefix, place
        try:
            self._refusing = _refusing_function()
            self._collections = {audience: self._open(audience) for audience in Audience}
            self._batch = min(2000, self._client.get_max_batch_size())
        except BaseException:
            self._client.close()
            raise

    def _open(self, audience: Audience) -> Any:
        return self._client.get_or_create_collection(
            f"{self._prefix}-{audience.value}",
            embedding_function=self._refusing,
            configuration={"hnsw": {"space": "cosine"}},
        )

    def _asking(self) -> AbstractContextManager[None]:
        """Around every use of Chroma but a search."""
        return nullcontext()

    def __len__(self) -> int:
        with self._asking():
            return sum(collection.count() for collection in self._collections.values())

    def ids(self) -> set[str]:
        """The ids of all indexed chunks."""
        with self._asking():
            found = [collection.get(include=[])["ids"] for collection in self._collections.values()]
        return {chunk for ids in found for chunk in ids}

    def add(self, audience: Audience, chunk_ids: Sequence[str], vectors: Vectors) -> None:
        """Add or overwrite chunks of one audience.

        Raises:
            KnowledgeError: the vectors are of another length than those that are there.
        """
        from chromadb.errors import InvalidArgumentError

        with self._asking():
            for i in range(0, len(chunk_ids), self._batch):
                try:
                    self._collections[audience].upsert(
                        ids=list(chunk_ids[i : i + self._batch]), embeddings=vectors[i : i + self._batch]
                    )
                except InvalidArgumentError as error:
                    raise KnowledgeError(
                        f"vectors of length {vectors.shape[-1]} do not fit the index ({_one_line(error)}): does "
                        f"another embedding model answer under the old name? Delete {self._place}, and all is "
                        "embedded anew"
                    ) from error

    def remove(self, chunk_ids: Sequence[str]) -> None:
        """Delete chunks, whichever audience they belong to; unknown ids are passed over."""
        with self._asking():
            for collection in self._collections.values():
                for i in range(0, len(chunk_ids), self._batch):
                    collection.delete(ids=list(chunk_ids[i : i + self._batch]))

    def clear(self) -> None:
        """Delete everything: another embedder may have vectors of another length."""
        with self._asking():
            for audience in Audience:
                self._client.delete_collection(f"{self._prefix}-{audience.value}")
                self._collections[audience] = self._open(audience)

    def search(self, vector: Vectors, *, audience: Audience, limit: int) -> list[tuple[str, float]]:
        """The nearest chunks as (id, cosine similarity -1..1), best first; none for a vector of another length."""
        from chromadb.errors import InvalidArgumentError

        if limit <= 0 or not np.any(vector):
            return []
        seen = (Audience.PUBLIC, Audience.AGENT) if audience is Audience.AGENT else (Audience.PUBLIC,)
        try:
            hits = [hit for each in seen for hit in self._nearest(self._collections[each], vector, limit)]
        except InvalidArgumentError as error:
            _log.warning("searching without vectors: %s", _one_line(error))
            return []
        return sorted(hits, key=lambda hit: -hit[1])[:limit]

    def cosines(self, vector: Vectors, chunk_ids: Sequence[str], *, audience: Audience) -> dict[str, float]:
        """Cosine similarity -1..1 of these chunks, of those that the audience may see; none for a zero vector."""
        if not chunk_ids or not np.any(vector):
            return {}
        seen = (Audience.PUBLIC, Audience.AGENT) if audience is Audience.AGENT else (Audience.PUBLIC,)
        found: dict[str, float] = {}
        with self._asking():
            for each in seen:
                got = self._collections[each].get(ids=list(chunk_ids), include=["embeddings"])
                rows = np.asarray(got["embeddings"], dtype=np.float32)
                if len(got["ids"]) and rows.shape[1] == len(vector):
                    # Rows are normalised when they are made, as is a question's vector.
                    found |= dict(zip(got["ids"], (rows @ vector).tolist(), strict=True))
        return found

    @staticmethod
    def _nearest(collection: Any, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        wanted = min(limit, collection.count())
        if not wanted:
            return []
        found = collection.query(query_embeddings=[vector], n_results=wanted, include=["distances"])
        return [(i, 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def check(self) -> None:
        """Search once for something that is there; a damaged index raises here and not before a customer."""
        with self._asking():
            for collection in self._collections.values():
                sample = collection.get(limit=1, include=["embeddings"])["embeddings"]
                if len(sample):
                    collection.query(query_embeddings=[sample[0]], n_results=1, include=["distances"])

    def close(self) -> None:
        """Let go of the files or connections."""
        self._client.close()


class ServedVectorIndex(VectorIndex):
    """The same two collections at a Chroma server, which several knowledge bases may share.

    A server that fails later makes searches go on without vectors, and a sync end with one line.

    Args:
        url: ``http[s]://host:port``.
        key: Names this knowledge base's collections.

    Raises:
        KnowledgeError: the server cannot be reached.
    """

    def __init__(self, url: str, key: str) -> None:
        self._url = url.rstrip("/")
        self.identity = f"{FORMAT} {self._url}"
        with self._asking():
            self._start(_served(self._url), f"batonpass-{key}", f"this base's collections at {self._url}")

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except KnowledgeError:
            raise
        except Exception as error:
            raise KnowledgeError(
                f"the Chroma server {self._url} cannot be used ({_one_line(error)}): start it with `chroma run`, "
                "or do without a server"
            ) from error

    def cosines(self, vector: Vectors, chunk_ids: Sequence[str], *, audience: Audience) -> dict[str, float]:
        """As ``VectorIndex.cosines``; nothing where the server fails."""
        try:
            return super().cosines(vector, chunk_ids, audience=audience)
        except KnowledgeError as error:
            _log.warning("searching without vectors: %s", error)
            return {}

    def search(self, vector: Vectors, *, audience: Audience, limit: int) -> list[tuple[str, float]]:
        """As ``VectorIndex.search``; nothing where the server fails."""
        try:
            return super().search(vector, audience=audience, limit=limit)
        except Exception as error:
            _log.warning("searching without vectors: the Chroma server %s: %s", self._url, _one_line(error))
            return []


def _served(url: str) -> Any:
    import chromadb
    from chromadb.config import Settings

    parts = urlsplit(url)
    ssl = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if ssl else 8000)
    # Chroma's client waits for ever and does not say why it could not connect.
    asked = (HTTPSConnection if ssl else HTTPConnection)(host, port, timeout=_TIMEOUT)
    try:
        asked.request("GET", "/api/v2/heartbeat")
        answer = asked.getresponse()
        if answer.status != HTTPStatus.OK:
            raise OSError(f"answers {answer.status} {answer.reason}")
    finally:
        asked.close()
    named = f"[{host}]" if ":" in host else host
    client = chromadb.HttpClient(named, port, ssl=ssl, settings=Settings(anonymized_telemetry=False))
    session = getattr(getattr(client, "_server", None), "_session", None)
    if session is not None:
        session.timeout = _TIMEOUT
    return client


def _embedded(path: str) -> Any:
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


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
