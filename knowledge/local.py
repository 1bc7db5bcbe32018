"""The knowledge base of one machine: a ledger, two indices and an in-memory snapshot in one folder."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

from filelock import FileLock, Timeout

from .aliases import Aliases, learned
from .asked import asked_exactly
from .base import KnowledgeError, Progress
from .chunking import chunk
from .confidence import Features
from .duplicates import DuplicateFinder, as_text, from_text, preferred, without_twins
from .embedders import Embedder
from .encoder import LearnedEmbedder
from .indices import Indices, Pair, mentioning
from .ledger import Ledger
from .names import Names, names_in
from .names import as_text as as_json
from .names import from_text as names_from
from .search import find, search
from .snapshot import Snapshot
from .succession import inherited
from .sync import plan
from .types import (
    Audience,
    Document,
    DocumentStatus,
    LoadFailure,
    Passage,
    SearchResult,
    SyncReport,
    Twins,
)


class LocalKnowledgeBase:
    """Articles in a folder of their own, searched by BM25 and vectors. Implements ``KnowledgeBase``.

    Aliases that people approved (``aliases``) become part of their articles at each sync.

    Opening mends what a crash left behind: the indices are made to match the ledger. ``search`` may be
    called from many threads, also while ``sync`` runs: it sees the base before or after, never half.

    Args:
        path: The folder; made if missing. It belongs to one process at a time.
        name: Shown in messages and reports.
        embedder: Default: the learned encoder. Another one than last time re-embeds all.
        today: The day by which ``effective`` and ``expires`` are judged.
        progress: Hears how an embedding anew at opening goes on.
        chroma_url: A Chroma server (``http[s]://host:port``) for the vectors; empty: embedded in the folder.
            A copy of the folder means the same vectors at the server: do not open both.

    Raises:
        KnowledgeError: another process owns the folder, or it is damaged beyond mending.
    """

    def __init__(
        self,
        path: Path,
        *,
        name: str = "default",
        embedder: Embedder | None = None,
        today: Callable[[], date] = date.today,
        progress: Progress | None = None,
        chroma_url: str = "",
    ) -> None:
        self._name = name
        self._today = today
        self._path = Path(path)
        self.aliases = Aliases(self._path)
        self._writing = threading.RLock()
        self._closed = False
        self._finder = DuplicateFinder()
        self._lock = _own(self._path, name)
        opened: list[Ledger | Indices] = []
        try:
            self._ledger = Ledger(self._path, name)
            opened.append(self._ledger)
            self._snapshot = self._opened()
            self._indices = Indices(
                self._path, embedder or LearnedEmbedder(), chroma_url=chroma_url, key=self._ledger.key()
            )
            opened.append(self._indices)
            self._recover(progress)
            self._take_twins(from_text(self._ledger.state().get("twins", ""), self.version))
            self._indices.load(
                (one, self._snapshot.documents[one.document_id]) for one in self._snapshot.chunks.values()
            )
            self._indices.settle()
        except BaseException:
            for part in reversed(opened):
                with suppress(Exception):
                    part.close()
            self._lock.release()
            raise

    @property
    def name(self) -> str:
        """The knowledge base's name."""
        return self._name

    @property
    def version(self) -> str:
        """Digest of all articles' ids and content hashes (hex)."""
        return self._snapshot.version

    def search(
        self, query: str, *, limit: int = 8, audience: Audience = Audience.PUBLIC, lang: str | None = None
    ) -> SearchResult:
        """Find the passages nearest to a query; see ``KnowledgeBase.search``."""
        self._check_open()
        for _ in range(3):
            snapshot = self._snapshot
            result = self._search(snapshot, query, limit, audience, lang)
            # A sync that finished meanwhile may have taken chunks of the old snapshot out of the indices.
            if snapshot is self._snapshot:
                return result
        with self._writing:
            return self._search(self._snapshot, query, limit, audience, lang)

    def _search(
        self, snapshot: Snapshot, query: str, limit: int, audience: Audience, lang: str | None
    ) -> SearchResult:
        today = self._today()
        newest = self._newest
        # Room for what goes because something nearly the same is there.
        wide = limit + min(limit, len(newest))
        found = search(snapshot, self._indices, query, limit=wide, audience=audience, lang=lang, today=today)
        found = asked_exactly(found, snapshot, limit=wide, audience=audience, lang=lang, today=today)
        return without_twins(found, newest, limit)

    def features(self, query: str, *, audience: Audience = Audience.PUBLIC) -> tuple[Features, list[str]]:
        """What the confidence in a query rests on, and the found documents' ids: for calibration and reports."""
        self._check_open()
        snapshot = self._snapshot
        found = find(snapshot, self._indices, query, limit=8, audience=audience, lang=None, today=self._today())
        documents = dict.fromkeys(snapshot.chunks[each.chunk_id].document_id for each in found.fused)
        return found.features, list(documents)

    def passage(self, chunk_id: str, *, audience: Audience = Audience.PUBLIC) -> Passage | None:
        """The passage behind a citation, or None where it is gone or not for this audience."""
        snapshot = self._snapshot
        if not snapshot.visible(chunk_id, audience, self._today()):
            return None
        found = snapshot.chunks[chunk_id]
        return Passage(found, snapshot.documents[found.document_id], 1.0, {})

    def documents(self) -> list[Document]:
        """All documents in the ledger, whatever their status, in order of their ids."""
        return list(self._snapshot.documents.values())

    def sync(
        self,
        documents: Iterable[Document],
        *,
        failures: Iterable[LoadFailure] = (),
        progress: Progress | None = None,
    ) -> SyncReport:
        """Make the base hold exactly these documents; see ``KnowledgeBase.sync``.

        New chunks enter the indices first, then the ledger and the snapshot change at once, then old chunks
        leave the indices. Killed in between, the next opening mends the indices by the ledger. What was embedded
        until a failure is kept, and the next sync goes on from there.
        """
        failed = tuple(failures)
        with self._writing:
            self._check_open()
            todo = plan(self._snapshot.documents, inherited(learned(documents, self.aliases.approved())), failed)
            unfinished = self._ledger.state().get("dirty") == "1"
            if unfinished:
                self._recover(progress)
            if todo.write or todo.removed:
                self._apply(todo.write, (*todo.changed, *todo.removed), progress, resume=unfinished)
            if unfinished:
                self._indices.remove(self._indices.left_over(self._snapshot.chunks))
            if todo.write or todo.removed:
                there = self._snapshot.documents
                left = tuple(pair for pair in self._twins if pair.kept in there and pair.other in there)
                self._take_twins(left if not todo.write else None)
            if unfinished or todo.write or todo.removed:
                self._ledger.set_state(dirty="0")
                self._indices.settle()
            return SyncReport(
                added=todo.added,
                changed=todo.changed,
                removed=todo.removed,
                unchanged=todo.unchanged,
                failed=(*failed, *todo.warnings),
                chunks=len(self._snapshot.chunks),
                twins=self._twins,
            )

    def relearn(self) -> SyncReport:
        """Take in what was decided about aliases since the last sync: only their articles are indexed again.

        Raises:
            KnowledgeError: the aliases cannot be read, or the articles not be indexed; nothing has changed then.
        """
        with self._writing:  # or another thread's sync between the two would be taken back
            return self.sync(self.documents())

    def _take_twins(self, known: tuple[Twins, ...] | None) -> None:
        """Take note of the near-duplicates, and look for them where they are not known."""
        found = self._finder.find(self._snapshot.documents.values()) if known is None else known
        self._twins, self._newest = found, preferred(found)
        if (text := as_text(found, self.version)) != self._ledger.state().get("twins"):
            self._ledger.set_state(twins=text)

    def close(self) -> None:
        """Release files and locks; closing twice is fine."""
        with self._writing:
            if self._closed:
                return
            self._closed = True
            for part in (self._indices, self._ledger):
                with suppress(Exception):
                    part.close()
            self._lock.release()

    def __enter__(self) -> LocalKnowledgeBase:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _apply(
        self, write: tuple[Document, ...], drop: tuple[str, ...], progress: Progress | None, *, resume: bool
    ) -> None:
        cut = [(document, chunk(document)) for document in write]
        fresh: list[Pair] = [(each, document) for document, chunks in cut if _current(document) for each in chunks]
        self._ledger.set_state(dirty="1")
        old = self._snapshot
        gone = {*drop, *(document.id for document in write)}
        names_of = {key: own for key, own in self._names_of.items() if key not in gone}
        names_of |= {document.id: names_in(document) for document in write if _current(document)}
        names = _all(names_of)
        new = names - old.names
        again = mentioning((p for p in self._pairs().values() if p[1].id not in gone), new) if len(new) else []
        told = _article_progress(fresh, progress)
        self._indices.add(fresh, told, names=names, again=again, resume=resume)
        self._ledger.replace(drop, cut, names=as_json(names_of))
        self._names_of = names_of
        self._snapshot = Snapshot.of(old.contents.replaced(drop, cut), names)
        self._indices.remove(old.chunks.keys() - self._snapshot.chunks.keys())

    def _opened(self) -> Snapshot:
        """The ledger's contents; names are looked for where another version of this program left none."""
        contents = self._ledger.contents()
        found = names_from(self._ledger.state().get("names", ""))
        if found is None:
            found = {key: names_in(each) for key, each in contents.documents.items() if _current(each)}
            self._ledger.set_state(names=as_json(found))
        self._names_of = found
        return Snapshot.of(contents, _all(found))

    def _recover(self, progress: Progress | None) -> None:
        """Make the indices match the ledger, if a crash, a damage or another embedder parted them."""
        state = self._ledger.state()
        mine = self._indices.state()
        count = len(self._snapshot.chunks)
        bound = all(state.get(key) == value for key, value in mine.items())
        if bound and state.get("dirty") != "1" and self._indices.sizes() == (count, count):
            return
        self._ledger.set_state(dirty="1")
        wanted = self._pairs()
        # Bound before it is filled: stopped half-way, the next try goes on instead of starting over.
        self._indices.reconcile(
            wanted, state, progress, lambda: self._ledger.set_state(**mine), names=self._snapshot.names
        )
        # Left-overs are what a sync embedded before it failed: the next one uses them, and then cleans up.
        self._ledger.set_state(dirty="1" if self._indices.left_over(wanted) else "0")

    def _pairs(self) -> dict[str, Pair]:
        """What may be found: each chunk by its id, with its document."""
        snapshot = self._snapshot
        return {key: (each, snapshot.documents[each.document_id]) for key, each in snapshot.chunks.items()}

    def _check_open(self) -> None:
        if self._closed:
            raise KnowledgeError(f"knowledge base {self._name!r} is closed")


def _current(document: Document) -> bool:
    return document.status is DocumentStatus.CURRENT


def _all(names_of: Mapping[str, tuple[str, ...]]) -> Names:
    return Names(name for own in names_of.values() for name in own)


def _own(path: Path, name: str) -> FileLock:
    """Take the folder for this process."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path / "lock", thread_local=False)  # closed from any thread
        lock.acquire(timeout=0)
    except Timeout:
        raise KnowledgeError(
            f"knowledge base {name!r} is in use by another process ({path}): stop it, or use its API"
        ) from None
    except OSError as error:
        raise KnowledgeError(f"cannot use folder {path} for knowledge base {name!r}: {error.strerror}") from error
    return lock


def _article_progress(fresh: list[Pair], progress: Progress | None) -> Callable[[int], None] | None:
    """Chunk counts told as articles, which is what people count in."""
    if progress is None:
        return None
    positions = list(dict.fromkeys(document.id for _, document in fresh))
    order = {key: number for number, key in enumerate(positions, start=1)}

    done = 0

    def tell(more: int) -> None:
        nonlocal done
        done += more
        document = fresh[done - 1][1]
        progress(order[document.id], len(order), document.title)

    return tell
