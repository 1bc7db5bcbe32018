"""Markdown as top-level blocks with character offsets, and as plain text for indexing."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_LINE_BREAK = re.compile(r"\r\n?|\n")  # what markdown-it counts as a line; str.splitlines knows more
_KINDS = {
    "paragraph_open": "paragraph",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "fence": "code",
    "code_block": "code",
    "html_block": "html",
    "blockquote_open": "quote",
    "heading_open": "heading",
    "hr": "rule",
}

_ANCHOR = re.compile(r"\s*\{#[^}\n]*\}")
_INVISIBLE = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"(?P<code>(`+)[^`\n]+?\2)|</?[A-Za-z][^<>]{0,500}>")  # a tag named in code is a word
_LINK = re.compile(r"!?\[([^\[\]]*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)")
_REFERENCE = re.compile(r"\[([^\[\]]+)\]\[[^\[\]]*\]")
_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,}).*$|^\s*:{3,}\s*(?:tip|warning|danger|info|details|note)?", re.MULTILINE)
_EMPHASIS = re.compile(r"(?<!\\)(\*\*\*|\*\*|\*|~~|`+)(?=\S)(.+?)(?<=[^\s\\])\1")
_LEADER = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+)", re.MULTILINE)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_TABLE_RULE = re.compile(r"^[ \t]*\|?[ \t:|-]*-{3,}[ \t:|-]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A top-level block of a Markdown text.

    Attributes:
        kind: ``heading, paragraph, list, table, code, html, quote, rule`` or ``text`` (such as link definitions).
        start: Offset of its first line, in characters.
        end: Offset just behind its last non-blank character.
        level: 1-6 for headings, else 0.
        title: A heading's words without markup, else empty.
    """

    kind: str
    start: int
    end: int
    level: int = 0
    title: str = ""


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    # Only blocks are wanted; leaving inline parsing out is several times faster.
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def blocks(text: str) -> list[Block]:
    """The top-level blocks of a Markdown text, in order; every non-blank line is in exactly one."""
    if not text.strip():
        return []
    starts = [0, *(match.end() for match in _LINE_BREAK.finditer(text))]
    starts.append(len(text))
    found: list[Block] = []
    covered = 0  # lines before this one are in a block already
    tokens = _parser().parse(text)
    for index, token in enumerate(tokens):
        if token.level != 0 or token.map is None or token.type not in _KINDS:
            continue
        first, last = token.map
        first, last = max(first, covered), min(last, len(starts) - 1)
        if last <= first:
            continue
        _add(found, text, starts, "text", covered, first)
        kind = _KINDS[token.type]
        if kind == "heading":
            title = heading_title(tokens[index + 1].content)
            _add(found, text, starts, kind, first, last, int(token.tag[1]), title)
        else:
            _add(found, text, starts, kind, first, last)
        covered = last
    _add(found, text, starts, "text", covered, len(starts) - 1)
    return found


def _add(
    found: list[Block],
    text: str,
    starts: list[int],
    kind: str,
    first: int,
    last: int,
    level: int = 0,
    title: str = "",
) -> None:
    """Append the block of lines first..last, without blank lines around it."""
    start, end = starts[first], starts[last]
    part = text[start:end]
    if not part.strip():
        return
    end = start + len(part.rstrip())
    lead = part[: len(part) - len(part.lstrip())]
    start += max(lead.rfind("\n"), lead.rfind("\r")) + 1  # keep an indent, drop blank lines
    found.append(Block(kind, start, end, level, title))


def heading_title(line: str) -> str:
    """A heading's words: without ``{#anchor}``, emphasis, code marks, links and tags."""
    # A closing asterisk is a footnote mark.
    return " ".join(plain_text(_ANCHOR.sub("", line)).split()).rstrip("* ")


def plain_text(text: str) -> str:
    """The words that a reader sees, for indexing and for display where Markdown is not drawn.

    Offsets are not kept. Code keeps its words, links their labels, images their alternative texts.
    """
    text = _INVISIBLE.sub(" ", text)
    text = _FENCE.sub("", text)
    text = _ANCHOR.sub("", text)
    for _ in range(2):  # an image within a link
        text = _LINK.sub(r"\1", text)
    text = _REFERENCE.sub(r"\1", text)
    text = _TAG.sub(lambda match: match["code"] or " ", text)
    text = _TABLE_RULE.sub("", text)
    text = _LEADER.sub("", text)
    for _ in range(2):  # code within bold
        text = _EMPHASIS.sub(r"\2", text)
    return html.unescape(_ESCAPE.sub(r"\1", text)).strip()
