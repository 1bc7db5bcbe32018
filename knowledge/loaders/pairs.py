"""Tables of questions and answers, CSV or JSON lines: one document a row.

A row's id is its own or ``<path>#<n>``, n counting the rows from 1 (broken ones too, so that mending one renames
no other). The question is the title and the first heading; the answer is Markdown, or HTML as help desks export
it. A column or field "questions" holds other ways to ask: a list in JSON, lines of a cell in CSV.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from .. import frontmatter
from ..language import normalize
from ..questions import checked
from ..types import Document, LoadFailure
from .documents import Content, Unreadable, document_of, one_line
from .text import decode

MAX_ROWS = 50_000
MAX_BROKEN = 200
"""After so many broken rows the rest of a file is not looked at: it is no such table."""

_NAMES = {
    "question": ("question", "q", "질문"),
    "answer": ("answer", "a", "답변"),
    "title": ("title", "제목"),
    **{name: (name,) for name in ("id", "lang", "status", "audience", "updated", "effective", "expires")},
    "superseded_by": ("superseded_by",),
    "questions": ("questions",),
}
_FIELD = {alias: name for name, aliases in _NAMES.items() for alias in aliases}
_CHECKED = ("lang", "status", "audience", "updated", "effective", "expires", "superseded_by")
_DATES = ("updated", "effective", "expires")
_TIME_OF_DAY = re.compile(r"(?<=\d)[T ]\d.*\Z")
_HTML = re.compile(r"</(?:p|div|span|ul|ol|li|table|a|b|i|em|strong|h[1-6])\s*>|<br\s*/?>", re.IGNORECASE)
_WHITE = re.compile(r"\s")
_LINE_PREFIX = re.compile(r"^line \d+: ")

Row = tuple[int, Mapping[str, Any] | str]
"""A line number with either the row's fields or what is wrong with it."""


def read_pairs(data: bytes, source: str, *, lines: bool) -> tuple[list[Document], list[LoadFailure]]:
    """Read a table of questions and answers.

    Args:
        data: The whole file.
        source: What the file is called.
        lines: JSON lines rather than CSV.

    Returns:
        A document for each good row, and a failure with the line for each broken one.

    Raises:
        Unreadable: the file is no such table at all.
    """
    text = decode(data)
    if not text.strip():
        raise Unreadable("the table is empty")
    documents: dict[str, Document] = {}
    failures: list[LoadFailure] = []
    for number, (line, row) in enumerate(_json_rows(text) if lines else _csv_rows(text), start=1):
        if number > MAX_ROWS or len(failures) >= MAX_BROKEN:
            why = f"more than {MAX_ROWS} rows" if number > MAX_ROWS else f"{MAX_BROKEN} broken rows"
            failures.append(LoadFailure(source, f"line {line}: not read from here on: {why}"))
            break
        try:
            if isinstance(row, str):
                raise Unreadable(row)
            document = _document(row, source, number)
            if document.id in documents:
                raise Unreadable(f"id {document.id!r} is already taken by another row")
        except Unreadable as error:
            failures.append(LoadFailure(source, f"line {line}: {error}"))
            continue
        documents[document.id] = document
    if not documents and failures:
        more = f" (and {len(failures) - 1} more such)" if len(failures) > 1 else ""
        raise Unreadable(f"{failures[0].reason}{more}")
    if not documents:
        raise Unreadable("the table has no rows")
    return list(documents.values()), failures


def _csv_rows(text: str) -> Iterator[Row]:
    lines = list(io.StringIO(text))  # str.splitlines knows more line ends than the reader
    delimiter = max(",\t;", key=lines[0].count)
    header: list[str] = []
    done = 0
    while done < len(lines):
        reader = csv.reader(lines[done:], delimiter=delimiter, strict=True)
        begin = done
        try:
            for cells in reader:
                line, done = done + 1, begin + reader.line_num
                if not any(cell.strip() for cell in cells):
                    continue
                if not header:
                    header = _header(cells, line)
                elif len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
                    yield line, f"{len(cells)} cells where the header has {len(header)}"
                else:
                    yield line, {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}
        except csv.Error as error:
            if not header:
                raise Unreadable(f"line {done + 1}: {error}") from error
            # One bad quote would swallow all rows behind it: go on with the next line.
            done += 1
            yield done, _csv_problem(error)


def _csv_problem(error: csv.Error) -> str:
    message = str(error)
    unclosed = "unexpected end of data" in message or "field limit" in message
    return "a quoted cell is never closed" if unclosed else message


def _header(cells: list[str], line: int) -> list[str]:
    names = [_FIELD.get(_key(cell), _key(cell)) for cell in cells]
    for wanted in ("question", "answer"):
        if wanted not in names:
            raise Unreadable(f"line {line}: no column {wanted!r} (or {', '.join(_NAMES[wanted][1:3])})")
        if names.count(wanted) > 1:
            raise Unreadable(f"line {line}: several columns for {wanted!r}")
    return names


def _json_rows(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, f"not JSON: {error.msg if isinstance(error, json.JSONDecodeError) else 'nested or long'}"
            continue
        if not isinstance(value, dict):
            yield number, "not a JSON object"
            continue
        yield number, {_FIELD.get(_key(name), _key(name)): item for name, item in value.items()}


def _key(name: str) -> str:
    return normalize(name).strip().lower()


def _document(row: Mapping[str, Any], source: str, number: int) -> Document:
    question, answer = _words(row, "question"), _words(row, "answer")
    for name, value in (("question", question), ("answer", answer)):
        if not value:
            raise Unreadable(f"no {name}")
    if _HTML.search(answer):
        from .page import read_fragment

        answer = read_fragment(answer)
        if not answer:
            raise Unreadable("no answer")
    heading = one_line(question)
    own_id = _words(row, "id")
    if _WHITE.search(own_id):
        raise Unreadable(f"id: {own_id!r} holds white space")
    known = {name: _checked(name, _words(row, name)) for name in _CHECKED if _words(row, name)}
    meta = {name: value for name, value in row.items() if name not in _NAMES and value not in (None, "")}
    front = frontmatter.FrontMatter(
        id=own_id or None,
        title=one_line(_words(row, "title")) or None,
        questions=_questions(row.get("questions")),
        **known,
        meta=meta,
    )
    content = Content(f"# {heading}\n\n{answer}", heading, front)
    return document_of(content, id=f"{source}#{number}", source=source, name=heading)


def _questions(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [line for line in value.splitlines() if line.strip()]
    try:
        return checked(value or [])
    except ValueError as error:
        raise Unreadable(f"questions: {error}") from error


def _words(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if isinstance(value, dict | list | bool):
        raise Unreadable(f"{name}: must be a text")
    return str(value).strip()


@lru_cache(maxsize=4096)
def _checked(name: str, value: str) -> Any:
    """A field by the rules of front matter, so that both kinds of article have the same."""
    if name in _DATES:
        value = _TIME_OF_DAY.sub("", value)
    try:
        front, _ = frontmatter.split(f"---\n{name}: {json.dumps(value)}\n---\n")
    except frontmatter.FrontMatterError as error:
        raise Unreadable(_LINE_PREFIX.sub("", str(error))) from error
    return getattr(front, name)
