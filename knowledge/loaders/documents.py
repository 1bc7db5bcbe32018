"""What the readers return: a text with what its source says of it, made into a document with its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from ..frontmatter import FrontMatter
from ..language import detect_language, normalize
from ..questions import checked
from ..types import Audience, Document, DocumentStatus

MAX_TEXT = 5_000_000
"""A longer text, in characters, is a failure by name: some kinds of files grow a lot when they are unpacked."""


_MISTAKES = (ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError)


class Unreadable(ValueError):
    """Why something cannot be taken in, in words for the operator."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader made of one file.

    Attributes:
        text: The text as Markdown or plain.
        title: Empty where the file has none.
        front: What it says of itself.
    """

    text: str
    title: str = ""
    front: FrontMatter = field(default_factory=FrontMatter)


@contextmanager
def named_mistakes() -> Iterator[None]:
    """Makes what a reader or its library stumbles over a reason: it must not keep the other articles out."""
    try:
        yield
    except Unreadable:
        raise
    except _MISTAKES as error:
        raise Unreadable(f"cannot be read: {type(error).__name__}") from error


def document_of(content: Content, *, id: str, source: str, name: str) -> Document:
    """A document from what was read.

    Args:
        content: What the reader made.
        id: Its id where the content names none.
        source: Where it was read from.
        name: Its title where the content has none.

    Raises:
        Unreadable: there is no text, or far too much.
    """
    if not content.text.strip():
        raise Unreadable("the article is empty")
    if len(content.text) > MAX_TEXT:
        raise Unreadable(f"its text is longer than {MAX_TEXT // 1_000_000} million characters")
    front = content.front
    title = front.title or content.title or name
    document = Document(
        id=front.id or id,
        title=title,
        text=content.text,
        lang=front.lang or detect_language(f"{title}\n{content.text}"),
        source=source,
        content_hash="",
        status=front.status,
        audience=front.audience,
        updated=front.updated,
        effective=front.effective,
        expires=front.expires,
        superseded_by=front.superseded_by,
        meta=_plain(front.meta),
        questions=front.questions,
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
    # Only where there are some: articles of before there were aliases keep their hash, and their vectors.
    values |= {name: own for name in ("questions", "learned") if (own := getattr(document, name))}
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
    questions: Sequence[str] = (),
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
            questions=checked(list(questions)),
        )
    )


def one_line(text: str, limit: int = 300) -> str:
    """A text from a file as a title: one line, no lone surrogates, not endless."""
    return " ".join(normalize(text[: 4 * limit]).split())[:limit]


def _plain(meta: dict[str, Any]) -> dict[str, Any]:
    """Meta as JSON gives it back from the ledger, so that equal files make equal documents."""
    return json.loads(json.dumps(meta, ensure_ascii=True, default=str))
