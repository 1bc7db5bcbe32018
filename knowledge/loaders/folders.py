"""Folders of articles to documents: which files, which reader, which ids."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from stat import S_ISREG

from ..base import KnowledgeError
from ..types import Document, LoadFailure
from . import pairs, text
from .documents import Content, Unreadable, document_of, named_mistakes
from .successors import without_circles

MAX_BYTES = 20_000_000
"""A larger file is a failure by name: it is hardly an article."""
_BARE = (".md", ".markdown", ".txt")  # their ids are written without the ending
_TABLES = (".csv", ".tsv", ".jsonl")
_READERS: dict[str, Callable[[bytes], Content]] = {
    ".md": text.read_markdown,
    ".markdown": text.read_markdown,
    ".txt": text.read_plain,
}
_LAZY = {
    ".html": ("page", "read_page"),
    ".htm": ("page", "read_page"),
    ".pdf": ("pdf", "read_pdf"),
    ".docx": ("docx", "read_docx"),
}
"""Readers that load a library, by ending: module and function."""
_NOT_READ = (".doc", ".hwp", ".hwpx", ".odt", ".rtf", ".ppt", ".pptx", ".xls", ".xlsx")
_Read = tuple[list[Document], list[LoadFailure]]
SUFFIXES = (*_BARE, *_LAZY, *_TABLES)
"""Endings of what is read."""


_FRESH = 2.0  # seconds for which a file is read again in any case: clocks of file systems are coarse


class Known:
    """Files that were read before, so that reading a folder again reads only what has changed since."""

    def __init__(self) -> None:
        self._read: dict[tuple[Path, str], tuple[tuple[int, ...], _Read]] = {}
        self._used: dict[tuple[Path, str], tuple[tuple[int, ...], _Read]] = {}

    def read(self, path: Path, source: str) -> _Read:
        """What a file holds, read only where its size, time or identity changed.

        Raises:
            Unreadable: why it cannot be read.
        """
        try:
            status = path.stat()
        except OSError:
            return _read_file(path, source)
        stamp = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        held = self._read.get((path, source))
        found = held[1] if held and held[0] == stamp else _read_file(path, source)
        if time.time() - max(status.st_mtime, status.st_ctime) > _FRESH:
            self._used[path, source] = (stamp, found)
        return found

    def forget_the_rest(self) -> None:
        """Let go of what was not asked for since the last call."""
        self._read, self._used = self._used, {}


def load_folders(
    paths: Sequence[Path | str], *, known: Known | None = None
) -> tuple[list[Document], list[LoadFailure]]:
    """Read every article below one or more folders (or single files).

    Hidden files and files of other kinds are passed over, but office documents that cannot be read are failures.
    With several roots whose ids would clash, the ids and sources of all roots are prefixed with the root's
    folder name.

    Args:
        paths: Folders, or single article files.
        known: Kept by the caller from one reading to the next: unchanged files are not read again.

    Returns:
        The documents in order of their sources, and what failed. Of two articles with the same explicit
        id the first is kept and the second is a failure that names both.

    Raises:
        KnowledgeError: a path is missing or its folder cannot be listed.
    """
    roots = [Path(path) for path in paths]
    files = [(root, _files(root)) for root in roots]
    names = [name for root, found in files for name in dict.fromkeys(_relative(root, f) for f in found)]
    stems = [_strip_ending(name) for name in names]
    prefixed = len(roots) > 1 and len(set(stems)) < len(stems)
    labels = _labels(roots) if prefixed else [""] * len(roots)

    documents: dict[str, Document] = {}
    failures: list[LoadFailure] = []
    for (root, found), label in zip(files, labels, strict=True):
        for path in found:
            source = label + _relative(root, path)
            try:
                read, failed = known.read(path, source) if known else _read_file(path, source)
            except Unreadable as error:
                failures.append(LoadFailure(source, str(error)))
                continue
            failures += failed
            for document in read:
                twin = documents.get(document.id)
                if twin is not None:
                    reason = f"id {document.id!r} is already taken by {twin.source}"
                    failures.append(LoadFailure(source, reason))
                    continue
                documents[document.id] = document
    if known:
        known.forget_the_rest()
    kept, circles = without_circles(list(documents.values()))
    return kept, failures + circles


def load_file(path: Path, source: str) -> Document:
    """Read one article.

    Args:
        path: The file; not a table of many answers.
        source: What to call it: its path relative to the root.

    Raises:
        ValueError: why it cannot be read, with the line where there is one.
    """
    content = _reader(path.suffix.lower())(read_bytes(path))
    return document_of(content, id=_strip_ending(source), source=source, name=path.stem)


def read_bytes(path: Path) -> bytes:
    """A file's bytes.

    Raises:
        Unreadable: it is too large, may not be read, or is a pipe or device.
    """
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):
            raise Unreadable("not a regular file")  # reading a pipe would wait for ever
        if status.st_size > MAX_BYTES:
            raise Unreadable(f"larger than {MAX_BYTES // 1_000_000} MB")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(error.strerror or "cannot be read") from error


def _read_file(path: Path, source: str) -> _Read:
    suffix = path.suffix.lower()
    if suffix in _NOT_READ:
        raise Unreadable(f"{suffix[1:].upper()} files are not read: save it as DOCX, PDF or CSV")
    with named_mistakes():
        if suffix in _TABLES:
            return pairs.read_pairs(read_bytes(path), source, lines=suffix == ".jsonl")
        return [load_file(path, source)], []


def _reader(suffix: str) -> Callable[[bytes], Content]:
    if suffix in _LAZY:
        module, name = _LAZY[suffix]
        return getattr(import_module(f".{module}", __package__), name)
    return _READERS.get(suffix, text.read_markdown)  # a single file may be named without an ending


def _files(root: Path) -> list[Path]:
    if root.is_file():
        return [root]
    if not root.is_dir():
        raise KnowledgeError(f"no such folder: {root}")
    found: list[Path] = []

    def refuse(error: OSError) -> None:
        raise KnowledgeError(f"cannot read folder {error.filename}: {error.strerror}")

    for folder, subfolders, names in os.walk(root, onerror=refuse):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(names):
            # Office programs leave "~$name" beside an open document.
            if not name.startswith((".", "~$")) and name.lower().endswith((*SUFFIXES, *_NOT_READ)):
                found.append(Path(folder) / name)
    return found


def _relative(root: Path, path: Path) -> str:
    return path.name if path == root else path.relative_to(root).as_posix()


def _strip_ending(source: str) -> str:
    for suffix in _BARE:
        if source.lower().endswith(suffix):
            return source[: -len(suffix)]
    return source


def _labels(roots: Iterable[Path]) -> list[str]:
    """One distinct prefix per root: its folder's name, numbered when two are alike."""
    labels: list[str] = []
    for root in roots:
        name = root.resolve().name or "root"
        label, number = f"{name}/", 2
        while label in labels:
            label, number = f"{name}-{number}/", number + 1
        labels.append(label)
    return labels
