"""The two indices as one thing: opened, mended from the ledger, added to and removed from together."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from . import lexical as lexical_module
from . import vectors as vectors_module
from .analysis import analyze
from .base import KnowledgeError, Progress
from .embedders import Embedder
from .lexical import Entry, LexicalIndex
from .markdown import plain_text
from .types import Audience, Chunk, Document
from .vectors import VectorIndex

_log = logging.getLogger(__name__)
_BATCH = 64

Pair = tuple[Chunk, Document]
_Index = TypeVar("_Index", LexicalIndex, VectorIndex)


def indexed_text(chunk: Chunk) -> str:
    """What is embedded: the heading path in front, then the passage without its markup."""
    return f"{_heading(chunk)}\n{plain_text(chunk.text)}"


def entry(chunk: Chunk, document: Document) -> Entry:
    """What is indexed lexically."""
    body = analyze(plain_text(chunk.text))
    return Entry(chunk.id, document.audience, body, analyze(_heading(chunk)))


def _heading(chunk: Chunk) -> str:
    # A heading is one line, or the embedder could not tell it from the text.
    return " ".join(" > ".join(chunk.heading_path).split())


def _batches(pairs: Sequence[Pair]) -> Iterator[Sequence[Pair]]:
    for start in range(0, len(pairs), _BATCH):
        yield pairs[start : start + _BATCH]


class Indices:
    """tantivy and Chroma side by side in a knowledge base's folder.

    A damaged index is thrown away and comes back empty; ``reconcile`` fills it from the ledger.

    Raises:
        KnowledgeError: an index can neither be opened nor made anew.
    """

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self.embedder = embedder
        self.lexical = _open(LexicalIndex, folder / "lexical")
        try:
            self.vectors = _open(VectorIndex, folder / "vectors")
        except BaseException:
            self.lexical.close()
            raise

    def state(self) -> dict[str, str]:
        """What binds the indices: their formats and the embedder."""
        return {
            "lexical": lexical_module.FORMAT,
            "vectors": vectors_module.FORMAT,
            "embedder": self.embedder.name,
        }

    def sizes(self) -> tuple[int, int]:
        """Chunks in the lexical and in the vector index."""
        return len(self.lexical), len(self.vectors)

    def add(self, pairs: Sequence[Pair], progress: Callable[[int], None] | None = None) -> None:
        """Index chunks in both; ``progress`` hears how many are done."""
        if not pairs:
            return
        with self.lexical.changing() as change:
            # Batch by batch through both, so that the embedder finds the batch's analysis still cached.
            for batch in _batches(pairs):
                change.add(entry(*pair) for pair in batch)
                self._add_vectors(batch)
                if progress:
                    progress(len(batch))

    def remove(self, chunk_ids: Iterable[str]) -> None:
        """Drop chunks from both."""
        ids = list(chunk_ids)
        if ids:
            with self.lexical.changing() as change:
                change.remove(ids)
            self.vectors.remove(ids)

    def reconcile(
        self, wanted: Mapping[str, Pair], state: Mapping[str, str], progress: Progress | None = None
    ) -> None:
        """Make both hold exactly the wanted chunks: orphans go, missing ones come back.

        Args:
            wanted: Chunks by id.
            state: The ledger's facts; another format or embedder than ours means starting over.
            progress: Hears how many chunks are embedded.
        """
        mine = self.state()
        present = self.lexical.ids()
        stale = present if state.get("lexical", mine["lexical"]) != mine["lexical"] else present - wanted.keys()
        with self.lexical.changing() as change:
            change.remove(stale)
            change.add(entry(*wanted[key]) for key in wanted if key in stale or key not in present)
        if any(state.get(key, mine[key]) != mine[key] for key in ("vectors", "embedder")):
            self.vectors.clear()
        present = self.vectors.ids()
        self.vectors.remove(sorted(present - wanted.keys()))
        missing = [pair for key, pair in wanted.items() if key not in present]
        done = 0
        for batch in _batches(missing):
            self._add_vectors(batch)
            done += len(batch)
            if progress:
                progress(done, len(missing), f"embedding with {self.embedder.name}")

    def _add_vectors(self, batch: Sequence[Pair]) -> None:
        vectors = self.embedder.embed_documents([indexed_text(chunk) for chunk, _ in batch])
        for audience in Audience:
            rows = [row for row, (_, document) in enumerate(batch) if document.audience is audience]
            if rows:
                self.vectors.add(audience, [batch[row][0].id for row in rows], vectors[rows])

    def close(self) -> None:
        """Let go of the files."""
        self.lexical.close()
        self.vectors.close()


def _open(kind: type[_Index], path: Path) -> _Index:
    """Open an index; a damaged one is deleted, as all in it is in the ledger too."""
    try:
        return _checked(kind, path)
    except BaseException as error:
        if not _is_damage(error):
            raise
        _log.warning("the index %s is damaged (%s) and is made anew", path, _one_line(error))
    try:
        shutil.rmtree(path, ignore_errors=True)
        return _checked(kind, path)
    except BaseException as error:
        if not _is_damage(error):
            raise
        raise KnowledgeError(
            f"the index {path} cannot be opened ({_one_line(error)}): check the folder's permissions and free "
            f"space, or delete it; it is made anew from the ledger"
        ) from error


def _checked(kind: type[_Index], path: Path) -> _Index:
    index = kind(path)
    try:
        index.check()
    except BaseException:
        index.close()
        raise
    return index


def _is_damage(error: BaseException) -> bool:
    # A panic in Rust code arrives as PanicException, which is no Exception.
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
