"""YAML front matter of an article: split off, checked, and every complaint with its line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import yaml

from .questions import checked
from .types import Audience, DocumentStatus

_OPEN = re.compile(r"---[ \t]*\n")
_CLOSE = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_ID = re.compile(r"[^\s\x00-\x1f]+")
_DATES = ("updated", "effective", "expires")
_KNOWN = frozenset({"id", "title", "lang", "status", "audience", "superseded_by", "questions", *_DATES})


class FrontMatterError(ValueError):
    """Front matter that cannot be used; the message names the line."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the front matter said; None where it said nothing.

    Attributes:
        meta: Keys that Batonpass does not know, as they were.
    """

    id: str | None = None
    title: str | None = None
    lang: str | None = None
    status: DocumentStatus = DocumentStatus.CURRENT
    audience: Audience = Audience.PUBLIC
    updated: date | None = None
    effective: date | None = None
    expires: date | None = None
    superseded_by: str | None = None
    questions: tuple[str, ...] = ()
    meta: dict[str, Any] = field(default_factory=dict)


def split(text: str) -> tuple[FrontMatter, str]:
    """Separate the front matter from the body.

    Args:
        text: A whole file, its lines ended by line feeds.

    Returns:
        The checked front matter and the body behind it; text without front matter comes back whole.

    Raises:
        FrontMatterError: it is not YAML, not a mapping, not closed, or a value is not allowed.
    """
    opening = _OPEN.match(text)
    if not opening:
        return FrontMatter(), text
    closing = _CLOSE.search(text, opening.end())
    if not closing:
        if _looks_like_yaml(text[opening.end() :]):
            raise FrontMatterError("line 1: front matter opened by '---' is never closed")
        return FrontMatter(), text  # a horizontal rule at the top of a plain article
    source = text[opening.end() : closing.start()]
    return _checked(source), text[closing.end() :]


def _looks_like_yaml(rest: str) -> bool:
    return re.match(r"[A-Za-z_][\w-]*:(?:\s|$)", rest) is not None


def _checked(source: str) -> FrontMatter:
    try:
        node = yaml.compose(source, Loader=yaml.SafeLoader)
        values = yaml.safe_load(source)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 2 if mark else 1  # the opening rule is line 1
        raise FrontMatterError(f"line {line}: {error.problem or 'not valid YAML'}") from error
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        # ValueError: a date such as 2026-02-30, which YAML's own constructor refuses.
        line = _date_line(source)
        raise FrontMatterError(f"line {line}: {str(error).splitlines()[0]}") from error
    if values is None:
        return FrontMatter()
    if not isinstance(values, dict) or not isinstance(node, yaml.MappingNode):
        raise FrontMatterError("line 2: front matter must be 'key: value' lines")
    lines = {str(getattr(key, "value", "")): key.start_mark.line + 2 for key, _ in node.value}
    known: dict[str, Any] = {}
    meta: dict[str, Any] = {}
    for raw_key, value in values.items():
        key = str(raw_key)
        if key not in _KNOWN:
            meta[key] = value
        elif value is not None:
            try:
                known[key] = _value(key, value)
            except ValueError as error:
                raise FrontMatterError(f"line {lines.get(key, 1)}: {key}: {error}") from error
    return FrontMatter(**known, meta=meta)


def _date_line(source: str) -> int:
    for number, line in enumerate(source.splitlines(), start=2):
        if re.match(r"(?:updated|effective|expires):", line):
            try:
                yaml.safe_load(line)
            except (yaml.YAMLError, ValueError):
                return number
    return 1


def _value(key: str, value: Any) -> Any:
    """One known key's value in its type; ValueError says what is wrong with it."""
    if key in _DATES:
        return _date(value)
    if key == "questions":
        return checked(value)
    if isinstance(value, dict | list):
        raise ValueError("must be a single value")
    text = str(value).strip()
    if key == "status":
        return _one_of(DocumentStatus, text)
    if key == "audience":
        return _one_of(Audience, text)
    if key == "lang":
        # YAML reads the bare word "no" (Norwegian) as false.
        text = "no" if value is False else text
        if not _LANGUAGE.fullmatch(text):
            raise ValueError(f"{text!r} is not a language code such as ko or en")
        return text
    if not text:
        raise ValueError("is empty")
    if key in ("id", "superseded_by") and not _ID.fullmatch(text):
        raise ValueError(f"{text!r} holds white space")
    return text


def _one_of(kind: type[DocumentStatus] | type[Audience], text: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        allowed = ", ".join(item.value for item in kind)
        raise ValueError(f"{text!r} is none of {allowed}") from None


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(f"{value!r} is not a date like 2026-01-31") from None
