"""YAML files of the evals (suite.yaml, a policy): every fault is one line that names file and line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


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

    def __init__(self, path: Path) -> None:
        self.path = path
        text = read_text(path)
        try:
            self.value: dict[str, Any] = yaml.safe_load(text) or {}
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f"{path}:{mark.line + 1}" if mark else str(path)
            raise InputError(f"{where}: not YAML: {getattr(error, 'problem', error)}") from None
        if not isinstance(self.value, dict):
            raise InputError(f"{path}:1: not a mapping of names to values")
        self._lines: dict[tuple[str, ...], int] = {}
        if isinstance(node, yaml.MappingNode):
            self._mark(node, ())

    def _mark(self, node: yaml.MappingNode, above: tuple[str, ...]) -> None:
        for key, value in node.value:
            place = (*above, str(key.value))
            self._lines[place] = key.start_mark.line + 1
            if isinstance(value, yaml.MappingNode):
                self._mark(value, place)

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
            place, why = told(error)
            raise InputError(f"{self.where(*error.errors()[0]['loc'])}: {place}: {why}") from None

    def part(self, name: str, kind: type[Model]) -> Model:
        """A mapping within the file as a record; without one its defaults.

        Raises:
            InputError: a key is unknown or a value wrong (file, line and key).
        """
        value = self.value.get(name) or {}
        if not isinstance(value, dict):
            raise InputError(f"{self.where(name)}: {name}: not a mapping of names to values")
        known = list(kind.model_fields)
        for key in value:
            if key not in known:
                raise InputError(f"{self.where(name, key)}: {name}: {unknown_key(str(key), known)}")
        try:
            return kind.model_validate(value)
        except ValidationError as error:
            place, why = told(error)
            raise InputError(f"{self.where(name, *error.errors()[0]['loc'])}: {name}.{place}: {why}") from None


def told(error: ValidationError) -> tuple[str, str]:
    """The first fault of a record: its place as a person would name it (turns count from 1), and why.

    A value that is none of those allowed is said, with the nearest one that is.
    """
    first = error.errors()[0]
    place = list(first["loc"])
    head = ""
    if len(place) > 1 and place[0] == "turns" and isinstance(place[1], int):
        head, place = f"turn {place[1] + 1} ", place[2:]
    name = (head + ".".join(str(part) for part in place if not isinstance(part, int))).strip()
    given, why = first["input"], first["msg"].removeprefix("Value error, ")
    if first["type"] in ("literal_error", "enum"):
        allowed = re.findall(r"'([^']*)'", str(first.get("ctx", {}).get("expected", "")))
        near = difflib.get_close_matches(str(given), allowed, 1)
        why = f"{given!r} is none of {', '.join(allowed)}" + (f" (did you mean {near[0]!r}?)" if near else "")
    elif first["type"] != "value_error" and isinstance(given, str | int | float):
        why += f", not {given!r}"[:80]
    return name, why


def unknown_key(key: str, known: Iterable[str]) -> str:
    """That a key is not known, and which it may have been meant for."""
    near = difflib.get_close_matches(key, list(known), 1)
    return f"unknown key {key!r}" + (f" (did you mean {near[0]!r}?)" if near else "")
