"""Vectors in Chroma, embedded or at a server.

Chroma keeps them; searches read a copy in memory (``nearest``), which is exact and several times as fast. Each
audience has a collection of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from . import chroma, nearest
from .base import KnowledgeError
from .embedders import Vectors, unit
from .types import Audience

_SHARE = 0.05
"""Of the vectors in memory: when so many are new or gone, the file beside Chroma is written again."""

FORMAT = "vectors-1"
"""Goes up when the text that is embedded changes: an index of another format is made anew."""


class VectorIndex:
    """Two cosine collections (public and agent) in one folder.

    Chroma is always given vectors and never texts, so that its own downloaded default model has nothing to do.
    What is added is found at once; what was there at opening, when ``load`` was called.

    Args:
        path: The folder; made if missing. One process only. A file beside it, with the ending ``.npz``, spares the
            next opening to read all vectors from Chroma; nothing else depends on it.

    Raises:
        Exception: whatever Chroma raises for a damaged folder.
    """

    identity = FORMAT
    """What the ledger remembers: another identity means that the vectors lie elsewhere, or are made otherwise."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._start(
            chroma.embedded(str(path)), "batonpass", f"the folder {path}", path.with_name(f"{path.name}.npz")
        )

    def _start(self, client: Any, prefix: str, place: str, copy: Path) -> None:
        self._client = client
        self._prefix, self._place = prefix, place
        self._copy = copy
        self._near = {audience: nearest.Nearest() for audience in Audience}
        self._unsaved = 0
        try:
            self._refusing = chroma.refusing_function()
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
        """Around every use of Chroma."""
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

        for i in range(0, len(chunk_ids), self._batch):
            names, rows = list(chunk_ids[i : i + self._batch]), vectors[i : i + self._batch]
            with self._asking():
                try:
                    self._collections[audience].upsert(ids=names, embeddings=rows)
                except InvalidArgumentError as error:
                    raise KnowledgeError(
                        f"vectors of length {vectors.shape[-1]} do not fit the index ({_one_line(error)}): does "
                        f"another embedding model answer under the old name? Delete {self._place}, and all is "
                        "embedded anew"
                    ) from error
            self._take(audience, names, rows)

    def _take(self, audience: Audience, names: Sequence[str], rows: Any) -> None:
        self._near[audience].add(names, unit(np.asarray(rows, dtype=np.float32)))
        self._unsaved += len(names)

    def remove(self, chunk_ids: Sequence[str]) -> None:
        """Delete chunks, whichever audience they belong to; unknown ids are passed over."""
        for audience, collection in self._collections.items():
            with self._asking():
                for i in range(0, len(chunk_ids), self._batch):
                    collection.delete(ids=list(chunk_ids[i : i + self._batch]))
            self._unsaved += self._near[audience].remove(chunk_ids)

    def clear(self) -> None:
        """Delete everything: another embedder may have vectors of another length."""
        with self._asking():
            for audience in Audience:
                self._client.delete_collection(f"{self._prefix}-{audience.value}")
                self._collections[audience] = self._open(audience)
                self._near[audience] = nearest.Nearest()

    def load(self, wanted: Mapping[Audience, Collection[str]]) -> None:
        """Take vectors into memory, and of what an opening finds in the file beside Chroma only these.

        Args:
            wanted: Ids by audience; those that Chroma has not are passed over.
        """
        if not any(map(len, self._near.values())):
            parts = nearest.read(self._copy, self._key(), [audience.value for audience in Audience])
            self._near = {audience: parts[audience.value] for audience in Audience}
            for audience, near in self._near.items():
                self._unsaved += near.remove(set(near.rows()[0]).difference(wanted.get(audience, ())))
        for audience, ids in wanted.items():
            near = self._near[audience]
            missing = [name for name in ids if name not in near]
            for i in range(0, len(missing), self._batch):
                with self._asking():
                    got = self._collections[audience].get(ids=missing[i : i + self._batch], include=["embeddings"])
                if got["ids"]:
                    self._take(audience, got["ids"], got["embeddings"])

    def settle(self, *, closing: bool = False) -> None:
        """Call it after a change: spare memory goes, and the file beside Chroma is written where it pays.

        Args:
            closing: Write it if anything changed.
        """
        for near in self._near.values():
            near.fit()
        if self._unsaved > (0 if closing else _SHARE * sum(map(len, self._near.values()))):
            nearest.write(self._copy, self._key(), {audience.value: near for audience, near in self._near.items()})
            self._unsaved = 0

    def _key(self) -> str:
        """Collections that were made anew have other ids, and a chunk's id tells its text."""
        return " ".join([FORMAT, *(str(self._collections[audience].id) for audience in Audience)])

    def search(self, vector: Vectors, *, audience: Audience, limit: int) -> list[tuple[str, float]]:
        """The nearest chunks as (id, cosine similarity -1..1), best first; none for a vector of another length."""
        if not np.any(vector):
            return []
        hits = [hit for near in self._seen(audience) for hit in near.search(vector, limit)]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[: max(0, limit)]

    def cosines(self, vector: Vectors, chunk_ids: Sequence[str], *, audience: Audience) -> dict[str, float]:
        """Cosine similarity -1..1 of these chunks, of those that the audience may see; none for a zero vector."""
        if not np.any(vector):
            return {}
        return {
            key: cosine for near in self._seen(audience) for key, cosine in near.cosines(vector, chunk_ids).items()
        }

    def _seen(self, audience: Audience) -> list[nearest.Nearest]:
        seen = (Audience.PUBLIC, Audience.AGENT) if audience is Audience.AGENT else (Audience.PUBLIC,)
        return [self._near[each] for each in seen]

    def check(self) -> None:
        """Read one of the vectors that are there; a damaged index raises here and not in mid-sync."""
        with self._asking():
            for collection in self._collections.values():
                collection.get(limit=1, include=["embeddings"])

    def close(self) -> None:
        """Let go of the files or connections."""
        self._client.close()


class ServedVectorIndex(VectorIndex):
    """The same two collections at a Chroma server, which several knowledge bases may share.

    A server that fails later stops no search; a sync ends with one line.

    Args:
        url: ``http[s]://host:port``.
        key: Names this knowledge base's collections.
        copy: The file that spares the next opening to fetch all vectors.

    Raises:
        KnowledgeError: the server cannot be reached.
    """

    def __init__(self, url: str, key: str, copy: Path) -> None:
        self._url = url.rstrip("/")
        self.identity = f"{FORMAT} {self._url}"
        with self._asking():
            self._start(
                chroma.served(self._url), f"batonpass-{key}", f"this base's collections at {self._url}", copy
            )

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


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
