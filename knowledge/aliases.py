"""Proposals for aliases, and what people decided about them: one JSONL file in the knowledge base's folder.

A question that an agent answered with an article, or one that a language model wrote for it, is only proposed. A
supervisor's approval makes it an alias from the next sync on. The file is written whole and put in place at once,
under a lock of its own: the command line may decide while the server proposes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout

from .base import KnowledgeError
from .loaders.documents import with_hash
from .questions import MAX_CHARS, distinct, key, one_line
from .types import Document

FILE = "aliases.jsonl"
MAX_PENDING = 2000
"""With so many undecided, the one that was asked least and longest ago makes room."""
_WAIT = 10.0  # seconds for the lock, which is held for milliseconds
_GAP = "○○"
"""Stands where something personal was, as in Korean print: no index has a word for it, no normal form another."""


class Decision(StrEnum):
    """What became of a proposal."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class Origin(StrEnum):
    """Where a proposal comes from: a reply at the desk, or a language model at ingest."""

    DESK = "desk"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Alias:
    """One proposal.

    Attributes:
        id: Hash of article and question: the same one proposed again is known.
        text: The question, without what is personal.
        by: Who answered it, or the model that wrote it.
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


class Aliases:
    """The proposals of one knowledge base.

    Args:
        folder: The knowledge base's folder.

    All methods raise KnowledgeError where the file cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        # A FileLock lets a second thread of its own process in.
        self._threads = threading.Lock()
        self._lock = FileLock(folder / f"{FILE}.lock", thread_local=False, timeout=_WAIT)

    def list(self, decision: Decision | None = None, origin: Origin | None = None) -> list[Alias]:
        """Proposals in the order in which they came."""
        return [
            alias
            for alias in self._read().values()
            if decision in (None, alias.decision) and origin in (None, alias.origin)
        ]

    def approved(self) -> dict[str, tuple[str, ...]]:
        """What was approved: questions by article id."""
        found: dict[str, list[str]] = {}
        for alias in self.list(Decision.APPROVED):
            found.setdefault(alias.document_id, []).append(alias.text)
        return {document_id: tuple(texts) for document_id, texts in found.items()}

    def stamp(self) -> tuple[int, int] | None:
        """Changes whenever the file does."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns

    def propose(self, document_id: str, texts: Iterable[str], *, origin: Origin, by: str) -> list[Alias]:
        """Put questions forward for an article.

        Args:
            document_id: The article.
            texts: Questions, masked by the caller (``mask``); what is none is passed over.
            origin: Where they come from.
            by: Who answered them, or which model wrote them.

        Returns:
            The proposals as they are now; what was decided before stays decided.
        """
        now, result = _now(), []
        wanted = [text for text in distinct(map(one_line, texts)) if len(text) <= MAX_CHARS]
        if not wanted:
            return []
        with self._changing() as aliases:
            for text in wanted:
                name = alias_id(document_id, text)
                known = aliases.get(name)
                if known is None:
                    known = Alias(name, document_id, text, Decision.PENDING, origin, by, now)
                elif origin is Origin.DESK:
                    known = replace(known, times=known.times + 1)
                aliases[name] = known
                result.append(known)
            _make_room(aliases)
        return result

    def decide(self, alias_ids: Collection[str], decision: Decision, *, by: str) -> list[Alias]:
        """Approve or reject proposals; a decision may be changed.

        Args:
            alias_ids: Their ids, or unambiguous beginnings of them.
            decision: What is decided.
            by: Who decides.

        Raises:
            KnowledgeError: there is no such proposal; nothing is decided then.
        """
        with self._changing() as aliases:
            names = [_one(aliases, alias_id) for alias_id in alias_ids]
            for name in names:
                aliases[name] = replace(aliases[name], decision=decision, decided_by=by, decided_at=_now())
            return [aliases[name] for name in names]

    def drop(self, unwanted: Callable[[Alias], bool]) -> list[Alias]:
        """Forget proposals, such as those of a model for a text that has changed."""
        with self._changing() as aliases:
            gone = [alias for alias in aliases.values() if unwanted(alias)]
            for alias in gone:
                del aliases[alias.id]
        return gone

    def _read(self) -> dict[str, Alias]:
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
    def _changing(self) -> Iterator[dict[str, Alias]]:
        """The proposals, written back at the end; on an error nothing is."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._threads, self._lock:
                aliases = self._read()
                before = dict(aliases)
                yield aliases
                if aliases != before:
                    lines = (json.dumps(asdict(alias), ensure_ascii=False) for alias in aliases.values())
                    write_whole(self.path, "".join(f"{line}\n" for line in lines))
        except Timeout:
            raise KnowledgeError(f"{self.path} is held by another process") from None
        except OSError as error:
            raise KnowledgeError(f"cannot write {self.path}: {error.strerror}") from error


def alias_id(document_id: str, text: str) -> str:
    """Article and question hashed (10 hex digits)."""
    return hashlib.sha256(f"{document_id}\0{key(text)}".encode("utf-8", "replace")).hexdigest()[:10]


def learned(documents: Iterable[Document], approved: Mapping[str, Sequence[str]]) -> list[Document]:
    """Documents with what was approved for them, and nothing that is not approved any more."""
    result = []
    for document in documents:
        own = {key(text) for text in document.questions}
        texts = tuple(text for text in distinct(approved.get(document.id, ())) if key(text) not in own)
        result.append(document if texts == document.learned else with_hash(replace(document, learned=texts)))
    return result


_ADDRESS = re.compile(r"https?://\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)*", re.IGNORECASE)
_SPACED = re.compile(r"\+?\(?\d(?:[-./() ]{0,2}\d){7,}")  # telephone and card numbers
_TOKEN = re.compile(r"[A-Za-z0-9][\w#./-]*", re.ASCII)
_LONGEST = 4  # digits of a number that is nobody's own: a price, a size, a year


def mask(text: str, names: Iterable[str] = ()) -> str:
    """A customer's question without what is theirs alone.

    Args:
        text: As they typed it.
        names: Their names; parts of a name count as well.

    Returns:
        The question on one line; e-mail and web addresses, words with five or more digits (such as order numbers),
        longer numbers with blanks in them, and the names are gone.
    """
    text = _ADDRESS.sub(_GAP, one_line(text))
    text = _SPACED.sub(_GAP, _TOKEN.sub(_without_number, text))
    for name in sorted({part for given in names for part in _name_parts(given)}, key=len, reverse=True):
        pattern = r"\s?".join(map(re.escape, name)) if name[0] >= "가" else re.escape(name)
        if name[0].isascii():
            pattern = rf"(?<![^\W\d_]){pattern}(?![^\W\d_])"
        elif len(name) < 3:
            pattern = rf"(?<![가-힣]){pattern}"  # a given name: two syllables also meet within words
        text = re.sub(pattern, _GAP, text, flags=re.IGNORECASE)
    return " ".join(re.sub(rf"{_GAP}(?:[\s\-]*{_GAP})+", _GAP, text).split())


def _without_number(token: re.Match[str]) -> str:
    return _GAP if sum(map(str.isdigit, token[0])) > _LONGEST else token[0]


def _name_parts(name: str) -> Iterator[str]:
    name = one_line(name)
    parts = name.split()
    if len(name) > 1:
        yield name
        yield "".join(parts)
    if re.fullmatch(r"[가-힣]{3,4}", "".join(parts)):
        yield "".join(parts)[-2:]
    for part in parts:
        if len(part) > 1:
            yield part


def _one(aliases: Mapping[str, Alias], given: str) -> str:
    found = [name for name in aliases if given and name.startswith(given)]
    if given in aliases:
        return given
    if len(found) != 1:
        raise KnowledgeError(f"{'no' if not found else 'more than one'} alias {given!r}")
    return found[0]


def _make_room(aliases: dict[str, Alias]) -> None:
    pending = [alias for alias in aliases.values() if alias.decision is Decision.PENDING]
    if len(pending) > MAX_PENDING:
        for alias in sorted(pending, key=lambda each: (each.times, each.at))[: len(pending) - MAX_PENDING]:
            del aliases[alias.id]


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


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


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
