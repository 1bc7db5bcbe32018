"""A parsed HTML tree drawn as Markdown: headings, lists, tables and code kept, links and images as their words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ..language import word_set

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MAX_DEPTH = 150
"""Below this the words alone are taken."""
_MAX_SPAN = 50  # a cell that claims to span more is not believed

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_INLINE = word_set(
    "a abbr acronym b bdi bdo big button cite code data del dfn em font i ins kbd label mark nobr output q rp rt "
    "ruby s samp small span strike strong sub sup time tt u var wbr"
)
_SPACE = re.compile(r"[ \t\n\f\r\xa0]+")
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")
_TAG_LIKE = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY_LIKE = re.compile(r"&(?=#?\w{1,40};)")
_MARKS = re.compile(r"[*`]|~~|\\(?=[!-/:-@\[-`{-~])")
_LINE_START = re.compile(r"^(?=(?:#{1,6}(?:\s|$)|>|={2,}\s*$|-{2,}\s*$|_{3,}\s*$))", re.MULTILINE)

Skip = Callable[["LexborNode"], bool]


def draw(root: LexborNode, skip: Skip) -> str:
    """The Markdown of what is below a node.

    Args:
        root: An element.
        skip: Says of an element that nothing of it is wanted.
    """
    return "\n\n".join(_Drawing(skip).blocks(root, 0))


def words(root: LexborNode, skip: Skip) -> str:
    """The words below a node in one line, as they are."""
    return " ".join("".join(_words(root, skip)).split())


def children(node: LexborNode) -> Iterator[LexborNode]:
    """Child nodes in order, texts included."""
    child = node.child
    while child is not None:
        yield child
        child = child.next


def _words(root: LexborNode, skip: Skip) -> Iterator[str]:
    stack = list(children(root))[::-1]
    while stack:
        node = stack.pop()
        if node.is_text_node:
            yield _UNSEEN.sub("", node.text_content or "")
        elif node.is_element_node and not skip(node):
            if node.tag == "img":
                yield f" {node.attributes.get('alt') or ''} "
            if node.tag not in _INLINE:
                yield " "
            stack += list(children(node))[::-1]


def _escaped(text: str) -> str:
    """Words that would be taken for markup made words again."""
    text = _ENTITY_LIKE.sub("&amp;", text)
    return _MARKS.sub(r"\\\g<0>", _TAG_LIKE.sub("&lt;", text))


class _Drawing:
    def __init__(self, skip: Skip) -> None:
        self._skip = skip

    def blocks(self, node: LexborNode, depth: int) -> list[str]:
        found: list[str] = []
        inline: list[str] = []
        self._flow(node, depth, found, inline)
        _flush(found, inline)
        return found

    def _flow(self, node: LexborNode, depth: int, found: list[str], inline: list[str]) -> None:
        if depth > MAX_DEPTH:
            inline.append(_escaped(words(node, self._skip)))
            return
        for child in children(node):
            if child.is_text_node:
                inline.append(_escaped(_SPACE.sub(" ", _UNSEEN.sub("", child.text_content or ""))))
            elif not child.is_element_node or self._skip(child):
                continue
            elif child.tag == "br":
                inline.append("\n")
            elif child.tag == "img":
                inline.append(_escaped(f" {words_of(child.attributes.get('alt'))} "))
            elif child.tag in _INLINE:
                self._flow(child, depth + 1, found, inline)
            else:
                _flush(found, inline)
                found += self._block(child, depth + 1)

    def _block(self, node: LexborNode, depth: int) -> list[str]:
        tag = node.tag or ""
        if tag in _HEADINGS:
            line = _escaped(words(node, self._skip))
            return [f"{'#' * _HEADINGS[tag]} {line}"] if line else []
        if tag in ("ul", "ol", "menu"):
            return self._list(node, tag == "ol", depth)
        if tag == "table":
            return self._table(node, depth)
        if tag == "pre":
            return _code(node)
        if tag == "blockquote":
            return [re.sub("^", "> ", block, flags=re.MULTILINE) for block in self.blocks(node, depth)]
        if tag in ("dt", "summary", "caption"):
            line = _escaped(words(node, self._skip))
            return [f"**{line}**"] if line else []
        return self.blocks(node, depth)

    def _list(self, node: LexborNode, numbered: bool, depth: int) -> list[str]:
        items: list[str] = []
        start = node.attributes.get("start") or ""
        number = int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1
        for child in children(node):
            if not child.is_element_node or self._skip(child):
                continue
            parts = self.blocks(child, depth) if child.tag == "li" else self._block(child, depth)
            if not parts:
                continue
            mark = f"{number}. " if numbered else "- "
            body = "\n".join(parts).replace("\n", "\n" + " " * len(mark))
            if child.tag != "li" and items:  # a list straight within a list belongs to the item before it
                items[-1] += "\n" + " " * len(mark) + body
                continue
            number += 1
            items.append(mark + body)
        return ["\n".join(line.rstrip() for line in "\n".join(items).split("\n") if line.strip())] if items else []

    def _table(self, table: LexborNode, depth: int) -> list[str]:
        caption = [block for row in children(table) if row.tag == "caption" for block in self._block(row, depth)]
        rows = self._rows(table)
        cells = [cell for row in rows for cell in row]
        layout = max(map(len, rows), default=0) < 2 or any(
            cell.css_first("table, h1, h2, h3, h4") is not None for cell in cells
        )
        if layout:
            return caption + [block for cell in cells for block in self.blocks(cell, depth)]
        lines = [f"| {' | '.join(row)} |" for row in self._grid(rows)]
        if not lines:
            return caption
        columns = len(self._grid(rows[:1])[0])
        lines.insert(1, f"|{' --- |' * columns}")
        return [*caption, "\n".join(lines)]

    def _rows(self, table: LexborNode) -> list[list[LexborNode]]:
        rows = []
        for part in children(table):
            inner = children(part) if part.tag in ("thead", "tbody", "tfoot") and not self._skip(part) else (part,)
            for row in inner:
                if row.tag == "tr" and not self._skip(row):
                    rows.append([c for c in children(row) if c.tag in ("td", "th") and not self._skip(c)])
        return [row for row in rows if row]

    def _grid(self, rows: list[list[LexborNode]]) -> list[list[str]]:
        """Cells by column; what spans rows is said again in each, what spans columns once."""
        grid: list[list[str]] = []
        hanging: dict[int, tuple[int, str]] = {}  # column: rows left, words
        for row in rows:
            line: list[str] = []

            def hang(line: list[str] = line) -> None:
                while len(line) in hanging:
                    left, text = hanging.pop(len(line))
                    if left > 1:
                        hanging[len(line)] = (left - 1, text)
                    line.append(text)

            for cell in row:
                hang()
                text = _escaped(words(cell, self._skip)).replace("|", "\\|")
                for column in range(_span(cell, "colspan")):
                    shown = "" if column else text
                    if (down := _span(cell, "rowspan")) > 1:
                        hanging[len(line)] = (down - 1, shown)
                    line.append(shown)
            hang()
            grid.append(line)
        width = max(map(len, grid), default=0)
        return [line + [""] * (width - len(line)) for line in grid if any(line)]


def words_of(value: str | None) -> str:
    """An attribute's value in one line."""
    return " ".join((value or "").split())


def _flush(found: list[str], inline: list[str]) -> None:
    """End a paragraph."""
    lines = (" ".join(line.split()) for line in "".join(inline).split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    inline.clear()
    if text:
        found.append(_LINE_START.sub(r"\\", text))


def _code(node: LexborNode) -> list[str]:
    text = (node.text(deep=True) or "").strip("\n")
    if not text.strip():
        return []
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return [f"{fence}\n{text}\n{fence}"]


def _span(cell: LexborNode, name: str) -> int:
    value = cell.attributes.get(name) or ""
    return min(_MAX_SPAN, max(1, int(value))) if value.isascii() and value.isdigit() and len(value) < 6 else 1
