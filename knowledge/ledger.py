"""The ledger: what is in the knowledge base, in one SQLite file. It is the truth; the indices follow it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    insert,
    select,
    text,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from .base import KnowledgeError
from .types import Audience, Chunk, Document, DocumentStatus

FILE = "ledger.sqlite"
_SCHEMA = "1"

_LATER = ("questions", "learned")
"""Columns that the first ledgers had not: added to them at opening."""

_metadata = MetaData()
_state = Table(
    "state", _metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False)
)
_documents = Table(
    "documents",
    _metadata,
    Column("id", String, primary_key=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("lang", String, nullable=False),
    Column("source", Text, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("status", String, nullable=False),
    Column("audience", String, nullable=False),
    Column("updated", String),
    Column("effective", String),
    Column("expires", String),
    Column("superseded_by", String),
    Column("meta", JSON, nullable=False),
    *(Column(name, JSON, nullable=False, server_default="[]") for name in _LATER),
)
_chunks = Table(
    "chunks",
    _metadata,
    Column("id", String, primary_key=True),
    Column("document_id", String, ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    Column("heading_path", JSON, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything in the ledger: documents by id, and their chunks in order."""

    documents: dict[str, Document]
    chunks: dict[str, tuple[Chunk, ...]]


class Ledger:
    """One SQLite file.

    Args:
        folder: The knowledge base's folder.
        label: The knowledge base's name, for messages.

    Raises:
        KnowledgeError: the file is damaged, or was made by another version.
    """

    def __init__(self, folder: Path, label: str) -> None:
        self._path = folder / FILE
        self._label = label
        # An emptied file would pass for a new ledger, and all articles would silently be gone.
        emptied = (
            self._path.exists()
            and self._path.stat().st_size == 0
            and any(child.is_dir() for child in folder.iterdir())
        )
        if emptied:
            raise self._damaged("the file is empty")
        self._engine = _engine(self._path)
        with self._guarded():
            with self._engine.begin() as connection:
                check = connection.execute(text("PRAGMA quick_check(1)")).scalar()
                if check != "ok":
                    raise self._damaged(str(check))
            _metadata.create_all(self._engine)
            self._add_columns()
        schema = self.state().get("schema")
        if schema is None:
            self.set_state(schema=_SCHEMA)
        elif schema != _SCHEMA:
            self.close()
            raise KnowledgeError(
                f"knowledge base {label!r} was made by another version (format {schema}, this one reads "
                f"{_SCHEMA}): delete {folder} and ingest again"
            )

    def _add_columns(self) -> None:
        with self._engine.begin() as connection:
            present = {row.name for row in connection.execute(text("PRAGMA table_info(documents)"))}
            for name in _LATER:
                if name not in present:
                    added = f"ALTER TABLE documents ADD COLUMN {name} JSON NOT NULL DEFAULT '[]'"
                    connection.execute(text(added))

    def _damaged(self, why: str) -> KnowledgeError:
        return KnowledgeError(
            f"knowledge base {self._label!r} is damaged ({self._path}: {' '.join(why.split())}): "
            f"delete {self._path.parent} and ingest again"
        )

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Database errors as one clear line."""
        try:
            yield
        except KnowledgeError:
            self.close()
            raise
        except SQLAlchemyError as error:
            self.close()
            raise self._damaged(str(getattr(error, "orig", None) or error)) from error

    def state(self) -> dict[str, str]:
        """Small facts such as the embedder's name."""
        with self._guarded(), self._engine.begin() as connection:
            return {row.key: row.value for row in connection.execute(select(_state))}

    def set_state(self, **values: str) -> None:
        """Set small facts, in one transaction."""
        with self._guarded(), self._engine.begin() as connection:
            for key, value in values.items():
                connection.execute(delete(_state).where(_state.c.key == key))
                connection.execute(insert(_state).values(key=key, value=value))

    def key(self) -> str:
        """This ledger's own name among all ledgers: given once, at random, and kept."""
        key = self.state().get("key")
        if key is None:
            key = uuid.uuid4().hex
            self.set_state(key=key)
        return key

    def contents(self) -> Contents:
        """Read everything.

        Raises:
            KnowledgeError: the file is damaged.
        """
        try:
            with self._guarded(), self._engine.begin() as connection:
                documents = {
                    row["id"]: _document(row)
                    for row in connection.execute(select(_documents).order_by(_documents.c.id)).mappings()
                }
                chunks: dict[str, list[Chunk]] = {}
                in_order = select(_chunks).order_by(_chunks.c.document_id, _chunks.c.ordinal)
                for row in connection.execute(in_order).mappings():
                    chunks.setdefault(row["document_id"], []).append(_chunk(row))
        except (ValueError, TypeError, KeyError) as error:
            self.close()
            raise self._damaged(str(error)) from error
        return Contents(documents, {key: tuple(values) for key, values in chunks.items()})

    def replace(
        self, remove: Iterable[str], add: Iterable[tuple[Document, Iterable[Chunk]]], **state: str
    ) -> None:
        """Drop documents and put others in their place, with small facts, all in one transaction."""
        with self._guarded(), self._engine.begin() as connection:
            for document_id in remove:
                connection.execute(delete(_chunks).where(_chunks.c.document_id == document_id))
                connection.execute(delete(_documents).where(_documents.c.id == document_id))
            for document, chunks in add:
                connection.execute(insert(_documents).values(**_document_row(document)))
                rows = [_chunk_row(chunk) for chunk in chunks]
                if rows:
                    connection.execute(insert(_chunks), rows)
            for key, value in state.items():
                connection.execute(delete(_state).where(_state.c.key == key))
                connection.execute(insert(_state).values(key=key, value=value))

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False}, poolclass=StaticPool)

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    return engine


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text_: str | None) -> date | None:
    return date.fromisoformat(text_) if text_ else None


def _document_row(document: Document) -> dict[str, Any]:
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
        "meta": json.loads(json.dumps(document.meta, default=str)),
        "questions": list(document.questions),
        "learned": list(document.learned),
    }


def _document(row: Any) -> Document:
    return Document(
        id=row["id"],
        title=row["title"],
        text=row["text"],
        lang=row["lang"],
        source=row["source"],
        content_hash=row["content_hash"],
        status=DocumentStatus(row["status"]),
        audience=Audience(row["audience"]),
        updated=_day(row["updated"]),
        effective=_day(row["effective"]),
        expires=_day(row["expires"]),
        superseded_by=row["superseded_by"],
        meta=row["meta"],
        questions=tuple(row["questions"]),
        learned=tuple(row["learned"]),
    )


def _chunk_row(chunk: Chunk) -> dict[str, Any]:
    return {
        "id": chunk.id,
        "document_id": chunk.document_id,
        "ordinal": chunk.ordinal,
        "heading_path": list(chunk.heading_path),
        "start": chunk.start,
        "end": chunk.end,
        "text": chunk.text,
    }


def _chunk(row: Any) -> Chunk:
    return Chunk(
        id=row["id"],
        document_id=row["document_id"],
        ordinal=row["ordinal"],
        heading_path=tuple(row["heading_path"]),
        start=row["start"],
        end=row["end"],
        text=row["text"],
    )
