"""The ledger: what is in the knowledge base, in one SQLite file. It is the truth; the indices follow it."""

from __future__ import annotations

import gc
import sqlite3
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
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
    bindparam,
    create_engine,
    delete,
    event,
    insert,
    select,
    text,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from . import ledger_rows as rows
from .base import KnowledgeError
from .types import Chunk, Document

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


_DOCUMENTS = f"SELECT {', '.join(_documents.c.keys())} FROM documents ORDER BY id"  # noqa: S608
_CHUNKS = """
    SELECT id, document_id, ordinal, heading_path, start, "end", text FROM chunks ORDER BY document_id, ordinal
"""


@dataclass(frozen=True, slots=True)
class Contents:
    """What the ledger holds: documents by id, and their chunks in order."""

    documents: dict[str, Document] = field(default_factory=dict)
    chunks: dict[str, tuple[Chunk, ...]] = field(default_factory=dict)

    def replaced(self, remove: Iterable[str], add: Iterable[tuple[Document, Sequence[Chunk]]]) -> Contents:
        """What a ledger of these contents holds after its ``replace``, without reading it all again."""
        gone = set(remove)
        documents = {key: value for key, value in self.documents.items() if key not in gone}
        chunks = {key: value for key, value in self.chunks.items() if key not in gone}
        for document, its in add:
            documents[document.id] = (
                replace(document, meta=rows.as_json(document.meta)) if document.meta else document
            )
            if its:
                chunks[document.id] = tuple(its)
        return Contents({key: documents[key] for key in sorted(documents)}, chunks)


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
        except (SQLAlchemyError, sqlite3.Error) as error:
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
        documents: dict[str, Document] = {}
        chunks: dict[str, list[Chunk]] = {}
        try:
            with self._guarded(), _no_collection(), self._engine.begin() as connection:
                # By the driver: SQLAlchemy's rows and types cost twice as much as the reading, and a start waits.
                cursor = connection.connection.cursor()
                for row in cursor.execute(_DOCUMENTS):
                    documents[row[0]] = rows.document(row)
                for row in cursor.execute(_CHUNKS):
                    chunks.setdefault(row[1], []).append(rows.chunk(row))
                cursor.close()
        except (ValueError, TypeError, KeyError) as error:
            self.close()
            raise self._damaged(str(error)) from error
        return Contents(documents, {key: tuple(values) for key, values in chunks.items()})

    def replace(
        self, remove: Iterable[str], add: Iterable[tuple[Document, Iterable[Chunk]]], **state: str
    ) -> None:
        """Drop documents and put others in their place, with small facts, all in one transaction."""
        gone = [{"gone": document_id} for document_id in remove]
        documents, chunks = [], []
        for document, its in add:
            documents.append(rows.document_row(document))
            chunks += [rows.chunk_row(each) for each in its]
        with self._guarded(), self._engine.begin() as connection:
            if gone:
                connection.execute(delete(_chunks).where(_chunks.c.document_id == bindparam("gone")), gone)
                connection.execute(delete(_documents).where(_documents.c.id == bindparam("gone")), gone)
            if documents:
                connection.execute(insert(_documents), documents)
            if chunks:
                connection.execute(insert(_chunks), chunks)
            for key, value in state.items():
                connection.execute(delete(_state).where(_state.c.key == key))
                connection.execute(insert(_state).values(key=key, value=value))

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()


@contextmanager
def _no_collection() -> Iterator[None]:
    """Where many objects are made and none dropped: going through them all again and again took a third of it."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False}, poolclass=StaticPool)

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    return engine
