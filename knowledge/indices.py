"""The two indices as one thing: opened, mended from the ledger, added to and removed from together."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from . import lexical as lexical_module
from .analysis import Analysis, analyze
from .base import KnowledgeError, Progress
from .embedders import Embedder, EmbeddingError, Vectors
from .korean import prepare
from .language import normalize
from .lexical import Entry, LexicalIndex
from .markdown import plain_text
from .names import Names
from .types import Audience, Chunk, Document
from .vectors import ServedVectorIndex, VectorIndex

_log = logging.getLogger(__name__)
_BATCH = 64
_EMBEDDED_ALIASES = 1000  # characters: models read a few hundred words, and the passage is one of them

_NONE = Names()

Pair = tuple[Chunk, Document]
_Index = TypeVar("_Index", LexicalIndex, VectorIndex)


def indexed_text(chunk: Chunk, aliases: Sequence[str] = ()) -> str:
    """What is embedded: the heading path in front, then the aliases, then the passage without its markup."""
    asked = "".join(f"{text}\n" for text in aliases)[:_EMBEDDED_ALIASES]
    return f"{_heading(chunk)}\n{asked}{_plain(chunk.text)}"


def entry(chunk: Chunk, document: Document, names: Names = _NONE) -> Entry:
    """What is indexed lexically: the passage, with its names and the aliases' own words behind it, each once.

    A field of their own would be empty for most chunks, and BM25 takes a text for long by its field's average.
    """
    plain, heading = _plain(chunk.text), _heading(chunk)
    body = names.added(analyze(plain), plain)
    if texts := _aliases(chunk, document):
        asked = [names.added(analyze(text), text) for text in texts]
        terms = dict.fromkeys(term for each in asked for term in each.terms)
        grams = dict.fromkeys(gram for each in asked for gram in each.grams)
        body = Analysis((*body.terms, *terms), (*body.grams, *grams))
    return Entry(chunk.id, document.audience, body, names.added(analyze(heading), heading))


def mentioning(pairs: Iterable[Pair], names: Names) -> list[Pair]:
    """Those chunks that hold one of the names, in heading, text or aliases."""
    found = []
    for pair in pairs if len(names) else ():
        texts = "\n".join((_heading(pair[0]), pair[0].text, *_aliases(*pair)))
        if names.likely_in(texts) and names.found(plain_text(texts)):
            found.append(pair)
    return found


def _aliases(chunk: Chunk, document: Document) -> tuple[str, ...]:
    """An article's first chunk carries them."""
    return document.aliases if chunk.ordinal == 0 else ()


def _heading(chunk: Chunk) -> str:
    # A heading is one line, or the embedder could not tell it from the text.
    return " ".join(" > ".join(chunk.heading_path).split())


@lru_cache(maxsize=4 * _BATCH)
def _plain(text: str) -> str:
    return plain_text(text)


def _batches(pairs: Sequence[Pair]) -> Iterator[Sequence[Pair]]:
    """The chunks in batches whose Korean is read, by all processors, while the batch before is stored.

    Reading Korean is more than half of the work, and Kiwi does it without holding up Python.
    """
    batches = [pairs[start : start + _BATCH] for start in range(0, len(pairs), _BATCH)]
    with ThreadPoolExecutor(1, "reading-korean") as reader:
        reading = reader.submit(_read_ahead, batches[0]) if batches else None
        for at, batch in enumerate(batches):
            if reading is not None:
                reading.result()
            # One ahead and no more: what has been read is soon forgotten (see ``korean.prepare``).
            reading = reader.submit(_read_ahead, batches[at + 1]) if at + 1 < len(batches) else None
            yield batch


def _read_ahead(batch: Sequence[Pair]) -> None:
    prepare(normalize(text).casefold() for each, _ in batch for text in (_plain(each.text), _heading(each)))


class Indices:
    """tantivy and Chroma side by side in a knowledge base's folder.

    A damaged index is thrown away and comes back empty; ``reconcile`` fills it from the ledger. Embedding may cost
    minutes or money: vectors of a change that did not come to its end stay, and the next one does not embed them
    again. Nobody sees them, as a search shows only what the ledger has.

    Args:
        folder: Where they lie.
        embedder: Makes the vectors.
        chroma_url: A Chroma server for the vectors; empty: embedded in the folder.
        key: Names the collections at the server.

    Raises:
        KnowledgeError: an index can neither be opened nor made anew.
    """

    def __init__(self, folder: Path, embedder: Embedder, *, chroma_url: str = "", key: str = "") -> None:
        self.embedder = embedder
        self._folder = folder
        self.lexical = _open(LexicalIndex, folder / "lexical")
        try:
            self.vectors: VectorIndex = (
                ServedVectorIndex(chroma_url, key, folder / "vectors.npz")
                if chroma_url
                else _open(VectorIndex, folder / "vectors")
            )
        except BaseException:
            self.lexical.close()
            raise

    def state(self) -> dict[str, str]:
        """What binds the indices: their formats and the embedder."""
        return {
            "lexical": lexical_module.FORMAT,
            "vectors": self.vectors.identity,
            "embedder": self.embedder.name,
        }

    def sizes(self) -> tuple[int, int]:
        """Chunks in the lexical and in the vector index."""
        return len(self.lexical), len(self.vectors)

    def add(
        self,
        pairs: Sequence[Pair],
        progress: Callable[[int], None] | None = None,
        *,
        names: Names = _NONE,
        again: Sequence[Pair] = (),
        resume: bool = False,
    ) -> None:
        """Index chunks in both.

        Args:
            pairs: The chunks; a chunk's id tells its text, so that no vector of that id can be another's.
            progress: Hears how many are done.
            names: That the base knows with them.
            again: Chunks that are there already and hold a name that is new. It becomes one more term of theirs,
                for which nobody asks who does not know it yet.
            resume: An unfinished change may have left vectors of some of them; these are not embedded again.
        """
        if not pairs and not again:
            return
        held = self.vectors.ids() if resume else frozenset()
        with self.lexical.changing() as change:
            # Batch by batch through both, so that the embedder finds the batch's analysis still cached.
            for batch in _batches(pairs):
                change.add(entry(*pair, names) for pair in batch)
                self._add_vectors([pair for pair in batch if pair[0].id not in held])
                if progress:
                    progress(len(batch))
            for batch in _batches(again):
                change.add(entry(*pair, names) for pair in batch)
        if held:
            self.load(pairs)

    def load(self, pairs: Iterable[Pair]) -> None:
        """Take vectors into memory, where searches read them.

        Args:
            pairs: All chunks that may be found, when an index has just been opened; later those to be added.

        Raises:
            KnowledgeError: they cannot be read.
        """
        wanted: dict[Audience, list[str]] = {audience: [] for audience in Audience}
        for each, document in pairs:
            wanted[document.audience].append(each.id)
        try:
            self.vectors.load(wanted)
        except BaseException as error:
            if isinstance(error, KnowledgeError) or not _is_damage(error):
                raise
            raise _unusable(self._folder / "vectors", error) from error

    def settle(self, *, closing: bool = False) -> None:
        """After a change: let go of what only the change needed."""
        self.vectors.settle(closing=closing)

    def remove(self, chunk_ids: Iterable[str]) -> None:
        """Drop chunks from both."""
        ids = list(chunk_ids)
        if ids:
            with self.lexical.changing() as change:
                change.remove(ids)
            self.vectors.remove(ids)

    def reconcile(
        self,
        wanted: Mapping[str, Pair],
        state: Mapping[str, str],
        progress: Progress | None = None,
        emptied: Callable[[], None] = lambda: None,
        names: Names = _NONE,
    ) -> None:
        """Make both hold the wanted chunks: missing ones come back, what an unfinished change left may stay.

        Args:
            wanted: Chunks by id.
            state: The ledger's facts; another format or embedder than ours means starting over.
            progress: Hears how many chunks are embedded.
            emptied: Called when vectors of another format or embedder are gone, before the first new one comes.
            names: That the base knows; chunks that hold one are indexed by words anew.
        """
        mine = self.state()
        present = self.lexical.ids()
        stale = present if state.get("lexical", mine["lexical"]) != mine["lexical"] else present - wanted.keys()
        with self.lexical.changing() as change:
            change.remove(stale)
            named = {pair[0].id for pair in mentioning(wanted.values(), names)}
            missing = [pair for key, pair in wanted.items() if key in stale or key not in present or key in named]
            for batch in _batches(missing):
                change.add(entry(*pair, names) for pair in batch)
        if any(state.get(key, mine[key]) != mine[key] for key in ("vectors", "embedder")):
            self.vectors.clear()
        emptied()
        present = self.vectors.ids()
        missing = [pair for key, pair in wanted.items() if key not in present]
        done = 0
        for batch in _batches(missing):
            self._add_vectors(batch)
            done += len(batch)
            if progress:
                progress(done, len(missing), f"embedding with {self.embedder.name}")

    def left_over(self, wanted: Collection[str]) -> list[str]:
        """Vectors that are not of the wanted chunks: an unfinished change left them."""
        return sorted(self.vectors.ids().difference(wanted))

    def _add_vectors(self, batch: Sequence[Pair]) -> None:
        if not batch:
            return
        try:
            self._store(
                batch, self.embedder.embed_documents([indexed_text(pair[0], _aliases(*pair)) for pair in batch])
            )
        except EmbeddingError as error:
            if error.done is not None:
                self._store(batch[: len(error.done)], error.done)
            raise

    def _store(self, batch: Sequence[Pair], vectors: Vectors) -> None:
        for audience in Audience:
            rows = [row for row, (_, document) in enumerate(batch) if document.audience is audience]
            if rows:
                self.vectors.add(audience, [batch[row][0].id for row in rows], vectors[rows])

    def close(self) -> None:
        """Let go of the files."""
        self.lexical.close()
        try:
            self.settle(closing=True)
        finally:
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
        raise _unusable(path, error) from error


def _unusable(path: Path, error: BaseException) -> KnowledgeError:
    return KnowledgeError(
        f"the index {path} cannot be opened ({_one_line(error)}): check the folder's permissions and free "
        f"space, or delete it; it is made anew from the ledger"
    )


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
