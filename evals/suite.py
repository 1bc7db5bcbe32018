"""Reads a suite's folder; every fault is named with its file and line."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ..escalation import Customer
from ..escalation.yamlfile import InputError, YamlFile, read_text, told, unknown_key
from .formats import (
    CorpusEntry,
    Expect,
    Goal,
    HandoffGold,
    Query,
    Question,
    Scenario,
    ScenarioTurn,
    Simulation,
    SimulationExpect,
    SuiteInfo,
)

Line = TypeVar("Line", bound=BaseModel)


class SuiteError(InputError):
    """A suite cannot be read; one line that names file and line."""


@dataclass(frozen=True, slots=True)
class Beir:
    """A BEIR triple.

    Attributes:
        qrels: Query id to the ids of its relevant documents with their grades.
    """

    corpus: tuple[CorpusEntry, ...]
    queries: tuple[Query, ...]
    qrels: dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite as it was read.

    Attributes:
        kb: Knowledge folder, None where the BEIR corpus is the knowledge base.
        warnings: Lines that tell of unknown keys and of lines left out with ``keep_going``.
    """

    name: str
    path: Path
    info: SuiteInfo
    kb: Path | None
    customers: Path | None
    questions: tuple[Question, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    simulations: tuple[Simulation, ...] = ()
    beir: Beir | None = None
    warnings: tuple[str, ...] = ()


@dataclass
class _Reader:
    keep_going: bool
    warnings: list[str] = field(default_factory=list)

    def fault(self, where: str, why: str) -> None:
        if not self.keep_going:
            raise SuiteError(f"{where}: {why}")
        self.warnings.append(f"{where}: left out: {why}")

    def lines(self, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
        for number, line in enumerate(_text(path).split("\n"), 1):  # splitlines() would cut at U+2028
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except ValueError as error:
                self.fault(f"{path}:{number}", f"not JSON: {_not_json(error)}")
                continue
            if not isinstance(value, dict):
                self.fault(f"{path}:{number}", "not a JSON object")
                continue
            yield number, value

    def read(self, paths: list[Path], kind: type[Line], check: Callable[[Line], str | None]) -> list[Line]:
        found: list[Line] = []
        seen: dict[str, str] = {}
        for path in paths:
            for number, value in self.lines(path):
                where = f"{path}:{number}"
                self.unknown_keys(where, value, kind)
                try:
                    line = kind.model_validate(value)
                except ValidationError as error:
                    self.fault(where, _first(error))
                    continue
                line_id = str(getattr(line, "id"))  # noqa: B009 - every kind of line has one
                if line_id in seen:
                    self.fault(where, f"id {line_id!r} is there already ({seen[line_id]})")
                    continue
                if problem := check(line):
                    self.fault(where, problem)
                    continue
                seen[line_id] = where
                found.append(line)
        return found

    def unknown_keys(self, where: str, value: dict[str, Any], kind: type[BaseModel]) -> None:
        known = known_keys(kind)
        self.warnings += [f"{where}: {unknown_key(key, known)}" for key in value if key not in known]
        inner = {Scenario: {"handoff": HandoffGold}, Simulation: {"goal": Goal, "expect": SimulationExpect}}
        for key, record in inner.get(kind, {}).items():
            if isinstance(value.get(key), dict):
                self.unknown_keys(f"{where} {key}", value[key], record)
        if kind is not Scenario:
            return
        for place, turn in enumerate(value["turns"] if isinstance(value.get("turns"), list) else (), 1):
            if isinstance(turn, dict):
                self.unknown_keys(f"{where} turn {place}", turn, ScenarioTurn)
                if isinstance(turn.get("expect"), dict):
                    self.unknown_keys(f"{where} turn {place}", turn["expect"], Expect)


def known_keys(kind: type[BaseModel]) -> list[str]:
    """The keys of a line, as they are written."""
    return [info.alias or name for name, info in kind.model_fields.items()]


def load_suite(path: Path, *, keep_going: bool = False) -> Suite:
    """Read a suite.

    Args:
        path: The folder.
        keep_going: Leave broken lines out with a warning, instead of stopping at the first.

    Raises:
        SuiteError: the folder holds no suite, or a line is broken (one line naming file and line).
    """
    if not path.is_dir():
        raise SuiteError(f"{path}: no such folder")
    reader = _Reader(keep_going)
    info = _info(path, reader)
    kb = _beside(path, info.kb, "kb")
    customers = _beside(path, info.customers, "customers.jsonl")
    if customers is None and kb is not None and (kb.parent / "customers.jsonl").is_file():
        customers = kb.parent / "customers.jsonl"
    beir = _beir(path, reader)
    known = _article_ids(kb, reader) if kb else {entry.id for entry in beir.corpus} if beir else None
    if kb and not known:
        reader.warnings.append(f"{kb}: no article in it")

    def article_missing(line: Question | Scenario | Simulation) -> str | None:
        if isinstance(line, Scenario):
            named = [a for t in line.turns for a in t.expect.articles]
        else:
            named = line.articles if isinstance(line, Question) else line.expect.articles
        missing = [article for article in named if known is not None and article not in known]
        if not missing:
            return None
        if kb and not known:
            return f"no article {missing[0]!r}: {kb} holds none at all"
        near = difflib.get_close_matches(missing[0], known or (), 1)
        return f"no article {missing[0]!r}" + (f" (did you mean {near[0]!r}?)" if near else "")

    def broken_talk(line: Scenario | Simulation) -> str | None:
        try:
            Customer.model_validate({"id": "anonymous", **(line.customer or {})})
        except ValidationError as error:
            return f"customer: {_first(error)}"
        return article_missing(line)

    questions = reader.read(sorted(path.glob("questions*.jsonl")), Question, article_missing)
    scenarios = reader.read(sorted(path.glob("scenarios*.jsonl")), Scenario, broken_talk)
    simulations = reader.read(sorted(path.glob("simulations*.jsonl")), Simulation, broken_talk)
    if not (questions or scenarios or simulations or beir):
        raise SuiteError(f"{path}: an empty suite: no questions, scenarios, simulations or BEIR triple with lines")
    if (questions or scenarios or simulations) and kb is None and beir is None:
        raise SuiteError(f"{path}: questions or scenarios without a knowledge base (kb/, or kb: in suite.yaml)")
    return Suite(
        name=info.name or path.resolve().name,
        path=path,
        info=info,
        kb=kb,
        customers=customers,
        questions=tuple(questions),
        scenarios=tuple(scenarios),
        simulations=tuple(simulations),
        beir=beir,
        warnings=tuple(reader.warnings),
    )


def _info(path: Path, reader: _Reader) -> SuiteInfo:
    if not (path / "suite.yaml").is_file():
        return SuiteInfo()
    try:
        file = YamlFile(path / "suite.yaml")
        reader.warnings += file.unknown(known_keys(SuiteInfo))
        _check_limits(file)
        info = file.read(SuiteInfo)
        for key, named in (("kb", info.kb), ("customers", info.customers)):
            if named and not (path / named).exists():
                raise SuiteError(f"{file.where(key)}: {key}: {named!r} is not there")
        return info
    except InputError as error:
        raise SuiteError(str(error)) from None


def _check_limits(file: YamlFile) -> None:
    """Every threshold is a number, or ``min`` and ``max`` with numbers."""
    thresholds = file.value.get("thresholds")
    for name, limit in thresholds.items() if isinstance(thresholds, dict) else ():
        for key in limit if isinstance(limit, dict) else ():
            if key not in ("min", "max"):
                where = file.where("thresholds", name, key)
                raise SuiteError(f"{where}: thresholds.{name}: {unknown_key(str(key), ('min', 'max'))}")
        for number in limit.values() if isinstance(limit, dict) else (limit,):
            try:
                float(number)
            except (TypeError, ValueError):
                where = file.where("thresholds", name)
                raise SuiteError(f"{where}: thresholds.{name}: {number!r} is not a number") from None


def _beside(path: Path, named: str | None, default: str) -> Path | None:
    found = path / (named or default)
    return found if found.exists() else None


def _beir(path: Path, reader: _Reader) -> Beir | None:
    files = [path / name for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv")]
    there = [file for file in files if file.is_file()]
    if not there:
        return None
    if len(there) < 3:
        missing = next(file.name for file in files if not file.is_file())
        raise SuiteError(f"{path}: a BEIR triple without {missing}")
    corpus = reader.read([files[0]], CorpusEntry, lambda line: None)
    queries = reader.read([files[1]], Query, lambda line: None)
    documents, asked = {entry.id for entry in corpus}, {query.id for query in queries}
    qrels: dict[str, dict[str, int]] = {}
    strange: list[tuple[int, str]] = []
    for number, line in enumerate(_text(files[2]).splitlines(), 1):
        cells = line.split("\t")
        if number == 1 and cells[0] in ("query-id", "query_id"):
            continue
        if not line.strip():
            continue
        if len(cells) != 3:
            why = "not three cells with tabs between: query-id, corpus-id, score"
            reader.fault(f"{files[2]}:{number}", why)
        elif not cells[2].strip().lstrip("-").isdecimal():
            reader.fault(f"{files[2]}:{number}", f"score {cells[2].strip()!r} is not a whole number")
        elif cells[1] not in documents:
            reader.fault(f"{files[2]}:{number}", f"no document {cells[1]!r} in corpus.jsonl")
        elif cells[0] in asked:
            qrels.setdefault(cells[0], {})[cells[1]] = int(cells[2])
        else:
            strange.append((number, cells[0]))
    if strange:
        more = f" (nor those of {len(strange) - 1} more lines)" if len(strange) > 1 else ""
        number, query = strange[0]
        reader.warnings.append(f"{files[2]}:{number}: no query {query!r}{more} in queries.jsonl; not used")
    return Beir(tuple(corpus), tuple(queries), qrels)


def _article_ids(kb: Path, reader: _Reader) -> set[str]:
    from ..knowledge import load_folders

    documents, failures = load_folders([kb])
    reader.warnings += [f"{failure.source}: not read: {failure.reason}" for failure in failures]
    return {document.id for document in documents}


def _text(path: Path) -> str:
    try:
        return read_text(path)
    except InputError as error:
        raise SuiteError(str(error)) from None


def _first(error: ValidationError) -> str:
    place, why = told(error)
    return f"{place}: {why}" if place else why


def _not_json(error: ValueError) -> str:
    """Without the decoder's own line number, which is always 1 here."""
    return f"{error.msg} (column {error.colno})" if isinstance(error, json.JSONDecodeError) else str(error)
