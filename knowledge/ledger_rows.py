"""Documents and chunks as the ledger's rows, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from .types import Audience, Chunk, Document, DocumentStatus


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text_: str | None) -> date | None:
    return date.fromisoformat(text_) if text_ else None


def as_json(meta: dict[str, Any]) -> dict[str, Any]:
    """Metadata as the ledger gives it back."""
    return json.loads(json.dumps(meta, default=str))


def document_row(document: Document) -> dict[str, Any]:
    """Values by column."""
    return {
        "id": document.id,
        "title": document.title,
        "text": document.text,
        "lang": document.lang,
        "source": document.source,
        "content_hash": document.content_hash,
        "status": document.status.value,
        "audience": document.audience.value,
        "updated": _iso(document.updated),
        "effective": _iso(document.effective),
        "expires": _iso(document.expires),
        "superseded_by": document.superseded_by,
        "meta": as_json(document.meta),
        "questions": list(document.questions),
        "learned": list(document.learned),
    }


def document(row: Sequence[Any]) -> Document:
    """From a row of the columns in their order, as SQLite holds them.

    Raises:
        ValueError, TypeError: it was damaged.
    """
    key, title, body, lang, source, content_hash, status, audience, *rest = row
    updated, effective, expires, superseded_by, meta, questions, learned = rest
    return Document(
        id=key,
        title=title,
        text=body,
        lang=lang,
        source=source,
        content_hash=content_hash,
        status=DocumentStatus(status),
        audience=Audience(audience),
        updated=_day(updated),
        effective=_day(effective),
        expires=_day(expires),
        superseded_by=superseded_by,
        meta=json.loads(meta),
        questions=tuple(json.loads(questions)) if questions != "[]" else (),
        learned=tuple(json.loads(learned)) if learned != "[]" else (),
    )


def chunk_row(chunk: Chunk) -> dict[str, Any]:
    """Values by column."""
    return {
        "id": chunk.id,
        "document_id": chunk.document_id,
        "ordinal": chunk.ordinal,
        "heading_path": list(chunk.heading_path),
        "start": chunk.start,
        "end": chunk.end,
        "text": chunk.text,
    }


def chunk(row: Sequence[Any]) -> Chunk:
    """From a row of the columns in their order, as SQLite holds them.

    Raises:
        ValueError, TypeError: it was damaged.
    """
    key, document_id, ordinal, heading_path, start, end, body = row
    return Chunk(key, document_id, ordinal, tuple(json.loads(heading_path)), start, end, body)
