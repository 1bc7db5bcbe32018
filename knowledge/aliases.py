"""Proposals for aliases, and what people decided about them.

A question that an agent answered with an article, or one that a language model wrote for it, is only proposed. A
supervisor's approval makes it an alias from the next sync on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from .alias_file import Alias, AliasFile, Decision, Origin
from .base import KnowledgeError
from .loaders.documents import with_hash
from .questions import MAX_CHARS, distinct, key, one_line
from .types import Document

__all__ = [
    "Alias",
    "Aliases",
    "Change",
    "DecidedError",
    "Decision",
    "Origin",
    "UnknownAliasError",
    "alias_id",
    "learned",
]

MAX_PENDING = 2000
"""With so many undecided, the one that was asked least and longest ago makes room."""


class UnknownAliasError(KnowledgeError):
    """There is no such proposal, or the given beginning of an id is of several."""


class DecidedError(KnowledgeError):
    """Somebody else decided a proposal in between; ``alias`` is how it is now, None where it is gone."""

    def __init__(self, alias_id: str, alias: Alias | None) -> None:
        super().__init__(f"alias {alias_id!r} was decided by somebody else")
        self.alias = alias


@dataclass(frozen=True, slots=True)
class Change:
    """A decision that can be taken back.

    Attributes:
        before: The proposals as they were, by id; None for one that the decision made.
        after: The same as they are since.
    """

    before: dict[str, Alias | None]
    after: dict[str, Alias]


class Aliases:
    """The proposals of one knowledge base.

    Args:
        folder: The knowledge base's folder.

    All methods raise KnowledgeError where the file cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self._file = AliasFile(folder)
        self.path = self._file.path

    def list(self, decision: Decision | None = None, origin: Origin | None = None) -> list[Alias]:
        """Proposals in the order in which they came."""
        return [
            alias
            for alias in self._file.read().values()
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
        return self._file.stamp()

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
        with self._file.changing() as aliases:
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
            UnknownAliasError: there is no such proposal; nothing is decided then.
        """
        return list(self.change(alias_ids, decision, by=by).after.values())

    def change(
        self, alias_ids: Collection[str], decision: Decision, *, by: str, expected: Decision | None = None
    ) -> Change:
        """As ``decide``; the result can be given to ``undo``.

        Args:
            alias_ids: Their ids, or unambiguous beginnings of them.
            decision: What is decided.
            by: Who decides.
            expected: What the one who decides saw; where one of them is something else, nothing is decided.

        Raises:
            UnknownAliasError: there is no such proposal; nothing is decided then.
            DecidedError: one is not as expected.
        """
        with self._file.changing() as aliases:
            names = dict.fromkeys(_one(aliases, alias_id) for alias_id in alias_ids)
            before = {name: _as_expected(aliases[name], expected) for name in names}
            after = {name: _decided(alias, decision, by) for name, alias in before.items()}
            aliases |= after
        return Change(dict(before), after)

    def reword(self, proposal: str, text: str, *, by: str, expected: Decision | None = None) -> Change:
        """Approve a proposal in other words; the words that were proposed are not proposed again.

        Args:
            proposal: Its id, or an unambiguous beginning of it.
            text: The question as it shall be.
            by: Who decides.
            expected: As in ``change``.

        Raises:
            ValueError: the text is no question, or too long for one.
            UnknownAliasError: there is no such proposal.
            DecidedError: it is not as expected.
        """
        text = one_line(text)
        if not key(text):
            raise ValueError("the question is empty")
        if len(text) > MAX_CHARS:
            raise ValueError(f"the question is longer than {MAX_CHARS} characters")
        with self._file.changing() as aliases:
            old = _as_expected(aliases[_one(aliases, proposal)], expected)
            name = alias_id(old.document_id, text)
            before: dict[str, Alias | None] = {old.id: old, name: aliases.get(name)}
            after = {old.id: _decided(old, Decision.REJECTED, by)}
            if name == old.id:  # only its spacing, case or punctuation
                new = replace(old, text=text)
            else:
                # Not the model's any more: its next run would drop what it did not write.
                new = before[name] or replace(old, id=name, text=text, origin=Origin.PERSON, by=by)
                new = replace(new, text=text)
            after[name] = _decided(new, Decision.APPROVED, by)
            aliases |= after
        return Change(before, after)

    def undo(self, change: Change) -> list[Alias]:
        """Take a decision back: the proposals are as they were, but for how often they were proposed since.

        Raises:
            DecidedError: one of them was decided anew since; nothing is taken back then.
        """
        with self._file.changing() as aliases:
            for name, then in change.after.items():
                now = aliases.get(name)
                if now is None or replace(now, times=then.times) != then:
                    raise DecidedError(name, now)
            back = []
            for name, was in change.before.items():
                if was is None:
                    del aliases[name]
                else:
                    aliases[name] = replace(was, times=max(was.times, aliases[name].times))
                    back.append(aliases[name])
        return back

    def drop(self, unwanted: Callable[[Alias], bool]) -> list[Alias]:
        """Forget proposals, such as those of a model for a text that has changed."""
        with self._file.changing() as aliases:
            gone = [alias for alias in aliases.values() if unwanted(alias)]
            for alias in gone:
                del aliases[alias.id]
        return gone


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


def _one(aliases: Mapping[str, Alias], given: str) -> str:
    found = [name for name in aliases if given and name.startswith(given)]
    if given in aliases:
        return given
    if len(found) != 1:
        raise UnknownAliasError(f"{'no' if not found else 'more than one'} alias {given!r}")
    return found[0]


def _as_expected(alias: Alias, expected: Decision | None) -> Alias:
    if expected not in (None, alias.decision):
        raise DecidedError(alias.id, alias)
    return alias


def _decided(alias: Alias, decision: Decision, by: str) -> Alias:
    return replace(alias, decision=decision, decided_by=by, decided_at=_now())


def _make_room(aliases: dict[str, Alias]) -> None:
    pending = [alias for alias in aliases.values() if alias.decision is Decision.PENDING]
    if len(pending) > MAX_PENDING:
        for alias in sorted(pending, key=lambda each: (each.times, each.at))[: len(pending) - MAX_PENDING]:
            del aliases[alias.id]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
