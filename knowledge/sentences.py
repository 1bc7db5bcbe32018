"""Sentences of Korean and English text, as character spans."""

from __future__ import annotations

import re

_END = re.compile(r"[.!?。！？…]+[\"'”’)\]」』]*(?=\s|$)|(?<=[다요죠까음함])[.!?]+(?=[가-힣])|\n\s*\n")
_LIST_NUMBER = re.compile(r"(?:^|\n)[ \t>*+-]*(?:\d{1,3}|[A-Za-z가-하])$")
_DATE = re.compile(r"\d{4}\s*\.\s*\d{1,2}\s*\.\s*\d{1,2}$")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'“])(?:mr|mrs|ms|dr|prof|st|no|nos|vs|etc|e\.g|i\.e|inc|ltd|co|corp|approx|est|min|max|fig|vol|"
    r"dept|ext|tel|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|u\.s|u\.k|a\.m|p\.m|[a-z])$",
    re.IGNORECASE,
)
# These do end sentences at times: "until 6 p.m. Then ..." is told by the capital that follows.
_MAY_END = re.compile(r"(?:etc|a\.m|p\.m|u\.s|u\.k|inc|ltd|co|corp)$", re.IGNORECASE)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of a text, without the white space around them.

    No break is made within decimals, behind abbreviations and initials, behind list numbers (``1. Open``)
    or within Korean dates (``2026. 3. 1.``). A blank line always ends a sentence; a single line break does
    not. Every character but white space lies in exactly one span.

    Returns:
        ``(start, end)`` pairs in characters, in order.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if match.group().isspace():
            _add(spans, text, start, match.start())
            start = match.end()
        elif not _continues(text, start, match):
            _add(spans, text, start, match.end())
            start = match.end()
    _add(spans, text, start, len(text))
    return spans


def _continues(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether a full stop is only part of what it stands behind."""
    if match.group() != ".":
        return False
    before = text[start : match.start()]
    following = text[match.end() : match.end() + 8].lstrip()
    if not following:
        return False
    if _LIST_NUMBER.search(before):
        return True
    if _DATE.search(before) and "가" <= following[0] <= "힣":
        return True
    if before[-1:].isdigit() and following[0].isdigit():
        return True
    tail = before[-12:]
    if _ABBREVIATION.search(tail):
        return not (_MAY_END.search(tail) and following[0].isupper())
    return False


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    part = text[start:end]
    stripped = part.strip()
    if stripped:
        begin = start + len(part) - len(part.lstrip())
        spans.append((begin, begin + len(stripped)))
