"""Documents to chunks: by heading, then by block, so that a passage reads as one thought.

A chunk is a slice of its document (``document.text[start:end] == chunk.text``). Its own headings are not in the
slice but in ``heading_path``; only where small sections were merged do inner headings stay in the text.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from .markdown import Block, blocks
from .sentences import sentence_spans
from .types import Chunk, Document

MAX_CHARS = 1200
"""A longer section is split at block boundaries."""
HUGE_CHARS = 2 * MAX_CHARS
"""A single block above this is split inside: lists at items, tables at rows, code at lines."""
TINY_CHARS = 80
"""A shorter section is merged with its neighbour under the same heading."""
_LEAD_IN_CHARS = 300

_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s")


@dataclass(slots=True)
class _Section:
    path: tuple[str, ...]
    heading: Block | None
    blocks: list[Block] = field(default_factory=list)
    has_children: bool = False

    @property
    def size(self) -> int:
        return self.blocks[-1].end - self.blocks[0].start if self.blocks else 0


def chunk_id(document: Document, ordinal: int) -> str:
    """Document, version and ordinal hashed (32 hex digits): a changed article shares no id with its old self."""
    key = f"{document.id}\0{document.content_hash}\0{ordinal}"
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def chunk(document: Document) -> list[Chunk]:
    """Cut a document into chunks, in reading order; blank text gives none."""
    chunks: list[Chunk] = []
    for path, start, end in _pieces(document):
        text = document.text[start:end]
        if text.strip():
            ordinal = len(chunks)
            chunks.append(Chunk(chunk_id(document, ordinal), document.id, ordinal, path, start, end, text))
    return chunks


def _pieces(document: Document) -> list[tuple[tuple[str, ...], int, int]]:
    pieces: list[tuple[tuple[str, ...], int, int]] = []
    for group in _merged(_sections(document)):
        first = group[0]
        if len(group) > 1:
            # Inner headings stay in the text; the first one too, as the path now names their parent.
            start = first.heading.start if first.heading else first.blocks[0].start
            pieces.append((first.path[:-1] or first.path, start, group[-1].blocks[-1].end))
        elif not first.blocks:
            if first.heading and not first.has_children:
                pieces.append((first.path, first.heading.start, first.heading.end))
        else:
            pieces.extend((first.path, start, end) for start, end in _split(document.text, first.blocks))
    return pieces


def _sections(document: Document) -> list[_Section]:
    title = document.title.strip()
    root = (title,) if title else ()
    sections = [_Section(root, None)]
    open_headings: list[tuple[int, str, _Section]] = []
    for block in blocks(document.text):
        if block.kind != "heading":
            sections[-1].blocks.append(block)
            continue
        while open_headings and open_headings[-1][0] >= block.level:
            open_headings.pop()
        if open_headings:
            open_headings[-1][2].has_children = True
        names = [name for _, name, _ in open_headings] + [block.title]
        # The first heading usually repeats the document's title.
        if title and names[0] == title:
            names = names[1:]
        section = _Section(root + tuple(name for name in names if name), block)
        open_headings.append((block.level, block.title, section))
        sections.append(section)
    return sections


def _merged(sections: list[_Section]) -> list[list[_Section]]:
    """Group tiny sections with a neighbour of the same parent; all others stay alone."""
    groups: list[list[_Section]] = []
    for section in sections:
        last = groups[-1] if groups else None
        if last and _mergeable(last, section):
            last.append(section)
        else:
            groups.append([section])
    return groups


def _mergeable(group: list[_Section], section: _Section) -> bool:
    previous = group[-1]
    if not (previous.blocks and section.blocks and previous.heading and section.heading):
        return False
    if previous.heading.level != section.heading.level or previous.path[:-1] != section.path[:-1]:
        return False
    if previous.has_children or section.has_children:
        return False
    total = section.blocks[-1].end - group[0].blocks[0].start
    return total <= MAX_CHARS // 2 and min(previous.size, section.size) < TINY_CHARS


def _split(text: str, section: list[Block]) -> list[tuple[int, int]]:
    """Spans of at most about MAX_CHARS, broken at blocks."""
    spans: list[tuple[int, int]] = []
    units = _units(text, section)
    start, end = units[0]
    for unit_start, unit_end in units[1:]:
        if unit_end - start > MAX_CHARS:
            spans.append((start, end))
            start = unit_start
        end = unit_end
    spans.append((start, end))
    return spans


def _units(text: str, section: list[Block]) -> list[tuple[int, int]]:
    """Spans that must not be broken: blocks, a lead-in sentence together with its list, parts of huge blocks."""
    units: list[tuple[int, int]] = []
    lead: Block | None = None
    for index, block in enumerate(section):
        start = lead.start if lead else block.start
        following = section[index + 1].kind if index + 1 < len(section) else ""
        if (
            lead is None
            and block.kind == "paragraph"
            and following in ("list", "table", "code")
            and block.end - block.start <= _LEAD_IN_CHARS
        ):
            lead = block
            continue
        lead = None
        limit = MAX_CHARS if block.kind in ("paragraph", "text", "quote", "html") else HUGE_CHARS
        if block.end - start <= limit:
            units.append((start, block.end))
        else:
            units.extend(_shatter(text, block.kind, start, block.end))
    return units


def _shatter(text: str, kind: str, start: int, end: int) -> list[tuple[int, int]]:
    """Parts of a block that is too big to stay whole."""
    if kind in ("paragraph", "text", "quote"):
        parts = [(start + a, start + b) for a, b in sentence_spans(text[start:end])]
    else:
        lines = [(start + m.start(), start + m.end()) for m in _LINE.finditer(text[start:end])]
        parts = []
        for line in lines:
            # A list breaks only where an item of the outermost level begins.
            if kind == "list" and parts and not _ITEM.match(text[line[0] : line[1]]):
                parts[-1] = (parts[-1][0], line[1])
            else:
                parts.append(line)
    return [piece for part in parts for piece in _hard_cut(text, *part)]


def _hard_cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut what has no boundary of its own, at white space where there is some."""
    pieces = []
    while end - start > HUGE_CHARS:
        low, high = start + MAX_CHARS, start + HUGE_CHARS
        cut = max(text.rfind(" ", low, high), text.rfind("\n", low, high))
        cut = cut if cut > start else start + HUGE_CHARS
        pieces.append((start, cut))
        start = cut
    pieces.append((start, end))
    return pieces
