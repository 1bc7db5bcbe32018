"""YAML files (a policy, a suite): every fault is one line that names file and line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)

DEEPEST = 40
"""Mappings and lists within each other; no file of ours has more than six."""
MOST = 100_000
"""Values of a file; a few lines of anchors can stand for millions."""
_COUNTED = {"turns": "turn", "rules": "rule"}
_PLAIN = {"valid tuple": "list", "valid dictionary": "mapping of names to values"}
"""Python's words, and an operator's."""


class InputError(ValueError):
    """A file that was given cannot be used; one line that names file and line."""


def read_text(path: Path) -> str:
    """A file's text.

    Raises:
        InputError: it is not there, or no UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        line = path.read_bytes()[: _first_bad_byte(path)].count(b"\n") + 1
        raise InputError(f"{path}:{line}: cannot be read: not UTF-8") from None


def _first_bad_byte(path: Path) -> int:
    try:
        path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return error.start
    return 0


class YamlFile:
    """A mapping read from a file, with the lines of its keys.

    Raises:
        InputError: the file is no YAML mapping.
    """

    def __init__(self, path: Path, text: str | None = None) -> None:
        self.path = path
        self._lines: dict[tuple[str, ...], int] = {}
        text = read_text(path) if text is None else text
        try:
            node = yaml.compose(text, Loader=_Loader)
            if node is not None:
                self._mark(node, ())
            self.value: dict[str, Any] = yaml.load(text, Loader=_Loader) or {}  # noqa: S506 (a SafeLoader)
        except yaml.YAMLError as error:
            raise InputError(f"{path}{_line(error, text)}: not YAML: {_problem(error)}") from None
        except RecursionError:
            raise InputError(f"{path}: nested too deeply") from None
        if not isinstance(self.value, dict):
            raise InputError(f"{path}:1: not a mapping of names to values")

    def _mark(self, node: yaml.Node, place: tuple[str, ...]) -> None:
        """Note the line of each key and of each item of a list."""
        line = node.start_mark.line + 1
        if len(place) > DEEPEST or len(self._lines) > MOST:
            raise InputError(f"{self.path}:{line}: nested too deeply, or too many values")
        if isinstance(node, yaml.MappingNode):
            own: set[str] = set()
            for key, value in node.value:
                name, at = str(key.value), key.start_mark.line + 1
                if name in own and name != "<<":  # YAML would silently take the last one
                    raise InputError(f"{self.path}:{at}: {'.'.join((*place, name))}: given twice")
                own.add(name)
                self._lines[(*place, name)] = at
                self._mark(value, (*place, name))
        elif isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value):
                self._lines[(*place, str(number))] = value.start_mark.line + 1
                self._mark(value, (*place, str(number)))

    def where(self, *place: object) -> str:
        """File and line of a key, or of the nearest one above it that is there."""
        names = tuple(str(part) for part in place)
        while names and names not in self._lines:
            names = names[:-1]
        return f"{self.path}:{self._lines[names]}" if names else str(self.path)

    def unknown(self, known: Iterable[str]) -> list[str]:
        """A line for each key that is not known, with the nearest one that is."""
        known = list(known)
        return [f"{self.where(key)}: {unknown_key(str(key), known)}" for key in self.value if key not in known]

    def read(self, kind: type[Model], value: dict[str, Any] | None = None) -> Model:
        """The file as a record.

        Args:
            value: What to take of the file; None: all.

        Raises:
            InputError: a value is wrong (file, line and key).
        """
        try:
            return kind.model_validate(self.value if value is None else value)
        except ValidationError as error:
            raise self._refused(error, kind) from None

    def part(self, name: str, kind: type[Model]) -> Model:
        """A mapping within the file as a record; without one its defaults.

        Raises:
            InputError: a key is unknown or a value wrong (file, line and key).
        """
        value = self.value.get(name) or {}
        if not isinstance(value, dict):
            raise InputError(f"{self.where(name)}: {name}: not a mapping of names to values")
        try:
            return kind.model_validate(value)
        except ValidationError as error:
            raise self._refused(error, kind, name) from None

    def _refused(self, error: ValidationError, kind: type[BaseModel], *above: str) -> InputError:
        """An unknown key first, as it explains what is missing; else what comes first in the file."""

        def order(fault: Any) -> tuple[bool, int]:
            place = (*above, *(str(part) for part in _place(fault)))
            while place and place not in self._lines:
                place = place[:-1]
            return fault["type"] != "extra_forbidden", self._lines.get(place, 0)

        fault = min(error.errors(), key=order)
        name, why = _told(fault, kind)
        said = ".".join(part for part in (*above, name) if part)
        return InputError(f"{self.where(*above, *_place(fault))}: {said + ': ' if said else ''}{why}")


class _Loader(yaml.SafeLoader):
    """Says where a value stands that cannot be one, such as the 32nd of a month."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except ValueError as error:
            raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from None


def _line(error: yaml.YAMLError, text: str) -> str:
    if isinstance(error, yaml.reader.ReaderError):
        return f":{text[: error.position].count(chr(10)) + 1}"
    mark = getattr(error, "problem_mark", None)
    return f":{mark.line + 1}" if mark else ""


def _problem(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.reader.ReaderError):
        return f"character {error.character!r} is not allowed"
    return " ".join(str(getattr(error, "problem", None) or error).split())


def _place(fault: Any) -> tuple[int | str, ...]:
    """Where a fault lies; one across several keys names the one to look at (``policy.misplaced``)."""
    return fault["ctx"]["place"] if fault["type"] == "misplaced" else fault["loc"]


def _model_at(kind: Any, place: Iterable[int | str]) -> type[BaseModel] | None:
    """The record that stands at a place within another one."""
    for part in place:
        if isinstance(part, int):
            continue
        field = kind.model_fields.get(part) if kind else None
        kind = _record_in(field.annotation) if field else None
    return kind


def _record_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _record_in(part))), None)


def told(error: ValidationError) -> tuple[str, str]:
    """The first fault of a record: its place as a person would name it (turns count from 1), and why.

    A value that is none of those allowed is said, with the nearest one that is.
    """
    return _told(error.errors()[0])


def _told(fault: Any, kind: type[BaseModel] | None = None) -> tuple[str, str]:
    place = [part for part in _place(fault) if part != "[key]"]
    head = ""
    if len(place) > 1 and place[0] in _COUNTED and isinstance(place[1], int):
        head, place = f"{_COUNTED[place[0]]} {place[1] + 1} ", place[2:]
    given, why = fault["input"], fault["msg"].removeprefix("Value error, ")
    for jargon, plain in _PLAIN.items():
        why = why.replace(jargon, plain)
    if fault["type"] == "extra_forbidden" and kind:
        record = _model_at(kind, fault["loc"][:-1])
        key, place = str(place[-1]), place[:-1]
        why = unknown_key(key, record.model_fields if record else ())
    elif fault["type"] in ("literal_error", "enum"):
        allowed = re.findall(r"'([^']*)'", str(fault.get("ctx", {}).get("expected", "")))
        near = difflib.get_close_matches(str(given), allowed, 1)
        why = f"{given!r} is none of {', '.join(allowed)}" + (f" (did you mean {near[0]!r}?)" if near else "")
    elif fault["type"] not in ("value_error", "misplaced") and isinstance(given, str | int | float):
        why += f", not {given!r}"[:80]
    name = (head + ".".join(str(part) for part in place if not isinstance(part, int))).strip()
    return name, why


def unknown_key(key: str, known: Iterable[str]) -> str:
    """That a key is not known, and which it may have been meant for."""
    near = difflib.get_close_matches(key, list(known), 1)
    return f"unknown key {key!r}" + (f" (did you mean {near[0]!r}?)" if near else "")
