"""The file of proposals for aliases: one JSON object a line, written whole and put in place at once.

Under a lock of its own: the command line may decide while the server proposes.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout

from .base import KnowledgeError

FILE = "aliases.jsonl"
_WAIT = 10.0  # seconds for the lock, which is held for milliseconds


class Decision(StrEnum):
    """What became of a proposal."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class Origin(StrEnum):
    """Where a proposal comes from: a reply at the desk, a model at ingest, or a person who reworded one."""

    DESK = "desk"
    MODEL = "model"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Alias:
    """One proposal.

    Attributes:
        id: Hash of article and question: the same one proposed again is known.
        text: The question, without what is personal.
        by: Who answered it, the model that wrote it, or who reworded it.
        times: How often it was proposed.
        decided_by: Who approved or rejected it.
    """

    id: str
    document_id: str
    text: str
    decision: Decision
    origin: Origin
    by: str
    at: str
    times: int = 1
    decided_by: str = ""
    decided_at: str = ""


class AliasFile:
    """The proposals of one knowledge base, by id, in the order in which they came.

    Args:
        folder: The knowledge base's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        # A FileLock lets a second thread of its own process in.
        self._threads = threading.Lock()
        self._lock = FileLock(folder / f"{FILE}.lock", thread_local=False, timeout=_WAIT)

    def stamp(self) -> tuple[int, int] | None:
        """Changes whenever the file does."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns

    def read(self) -> dict[str, Alias]:
        """What is in it.

        Raises:
            KnowledgeError: it cannot be read, or a line of it is no alias.
        """
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
            raise KnowledgeError(f"cannot read {self.path}: {reason}") from error
        found: dict[str, Alias] = {}
        for number, line in enumerate(text.split("\n"), start=1):
            if not line.strip():
                continue
            try:
                alias = _alias(json.loads(line))
            except (ValueError, TypeError, KeyError, RecursionError) as error:
                raise KnowledgeError(f"{self.path}: line {number} is no alias: mend or delete it") from error
            found[alias.id] = alias
        return found

    @contextmanager
    def changing(self) -> Iterator[dict[str, Alias]]:
        """The proposals, written back at the end; on an error nothing is.

        Raises:
            KnowledgeError: it cannot be read or written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._threads, self._lock:
                aliases = self.read()
                before = dict(aliases)
                yield aliases
                if aliases != before:
                    lines = (json.dumps(asdict(alias), ensure_ascii=False) for alias in aliases.values())
                    write_whole(self.path, "".join(f"{line}\n" for line in lines))
        except Timeout:
            raise KnowledgeError(f"{self.path} is held by another process") from None
        except OSError as error:
            raise KnowledgeError(f"cannot write {self.path}: {error.strerror}") from error


def _alias(row: dict[str, object]) -> Alias:
    times = row["times"]
    texts = {name: row[name] for name in ("id", "document_id", "text", "by", "at", "decided_by", "decided_at")}
    if not isinstance(times, int) or not all(isinstance(value, str) for value in texts.values()):
        raise TypeError("a field of another type")
    return Alias(
        decision=Decision(str(row["decision"])),
        origin=Origin(str(row["origin"])),
        times=times,
        **texts,  # type: ignore[arg-type]
    )


def write_whole(path: Path, text: str) -> None:
    """Replace a file at once: whoever reads it sees the old one or the new one.

    Raises:
        OSError: it cannot be written; the old one is as it was.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
