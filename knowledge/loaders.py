"""Folders of articles to documents; what cannot be read is named, and the rest comes in."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from . import frontmatter
from .base import KnowledgeError
from .language import detect_language
from .markdown import blocks
from .types import Audience, Document, DocumentStatus, LoadFailure

SUFFIXES = (".md", ".markdown", ".txt")
MAX_BYTES = 20_000_000
"""A larger file is a failure by name: it is hardly an article."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class _Unreadable(ValueError):
    """Why a file cannot be taken in."""


def load_folders(paths: Sequence[Path | str]) -> tuple[list[Document], list[LoadFailure]]:
    """Read every article below one or more folders (or single files).

    Hidden files and files of other kinds are passed over. With several roots whose ids would clash, the ids
    and sources of all roots are prefixed with the root's folder name.

    Args:
        paths: Folders, or single article files.

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
                document = load_file(path, source)
            except _Unreadable as error:
                failures.append(LoadFailure(source, str(error)))
                continue
            twin = documents.get(document.id)
            if twin is not None:
                reason = f"id {document.id!r} is already taken by {twin.source}"
                failures.append(LoadFailure(source, reason))
                continue
            documents[document.id] = document
    return list(documents.values()), failures


def load_file(path: Path, source: str) -> Document:
    """Read one article.

    Args:
        path: The file.
        source: What to call it: its path relative to the root.

    Raises:
        ValueError: why it cannot be read, with the line where there is one.
    """
    text = _decode(_read(path))
    front = frontmatter.FrontMatter()
    if path.suffix.lower() != ".txt":
        try:
            front, text = frontmatter.split(text)
        except frontmatter.FrontMatterError as error:
            raise _Unreadable(str(error)) from error
    if not text.strip():
        raise _Unreadable("the article is empty")
    title = front.title or _first_heading(path, text) or path.stem
    document = Document(
        id=front.id or _strip_ending(source),
        title=title,
        text=text,
        lang=front.lang or detect_language(f"{title}\n{text}"),
        source=source,
        content_hash="",
        status=front.status,
        audience=front.audience,
        updated=front.updated,
        effective=front.effective,
        expires=front.expires,
        superseded_by=front.superseded_by,
        meta=_plain(front.meta),
    )
    return with_hash(document)


def with_hash(document: Document) -> Document:
    """The document with its content hash filled in: SHA-256 over metadata and text."""
    values: dict[str, Any] = {
        "title": document.title,
        "lang": document.lang,
        "source": document.source,
        "status": document.status.value,
        "audience": document.audience.value,
        "updated": document.updated,
        "effective": document.effective,
        "expires": document.expires,
        "superseded_by": document.superseded_by,
        "meta": document.meta,
        "text": document.text,
    }
    encoded = json.dumps(values, ensure_ascii=True, sort_keys=True, default=str)
    return replace(document, content_hash=hashlib.sha256(encoded.encode()).hexdigest())


def make_document(
    id: str,
    title: str,
    text: str,
    *,
    lang: str | None = None,
    source: str | None = None,
    status: DocumentStatus = DocumentStatus.CURRENT,
    audience: Audience = Audience.PUBLIC,
    effective: date | None = None,
    expires: date | None = None,
    superseded_by: str | None = None,
) -> Document:
    """A document from values in hand rather than from a file; language and hash are filled in."""
    return with_hash(
        Document(
            id=id,
            title=title,
            text=text,
            lang=lang or detect_language(f"{title}\n{text}"),
            source=source or id,
            content_hash="",
            status=status,
            audience=audience,
            effective=effective,
            expires=expires,
            superseded_by=superseded_by,
        )
    )


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
            if not name.startswith(".") and name.lower().endswith(SUFFIXES):
                found.append(Path(folder) / name)
    return found


def _relative(root: Path, path: Path) -> str:
    return path.name if path == root else path.relative_to(root).as_posix()


def _strip_ending(source: str) -> str:
    for suffix in SUFFIXES:
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


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _Unreadable(f"larger than {MAX_BYTES // 1_000_000} MB")
        return path.read_bytes()
    except OSError as error:
        raise _Unreadable(error.strerror or "cannot be read") from error


def _decode(data: bytes) -> str:
    """UTF-8 (with or without a mark), else CP949 as Korean Windows writes it; never binary."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp949")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            raise _Unreadable("binary, not text")
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise _Unreadable("neither UTF-8 nor CP949 text")


def _first_heading(path: Path, text: str) -> str:
    if path.suffix.lower() == ".txt":
        return ""
    return next((block.title for block in blocks(text) if block.kind == "heading" and block.title), "")


def _plain(meta: dict[str, Any]) -> dict[str, Any]:
    """Meta as JSON gives it back from the ledger, so that equal files make equal documents."""
    return json.loads(json.dumps(meta, ensure_ascii=True, default=str))
