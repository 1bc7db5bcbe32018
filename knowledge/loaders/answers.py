"""A web server's answer to content, by its content type."""

from __future__ import annotations

from collections.abc import Callable

from .documents import Content, Unreadable, named_mistakes
from .fetching import Fetched


def _page(answer: Fetched) -> Content:
    from .page import read_page

    return read_page(answer.data, answer.charset)


def _pdf(answer: Fetched) -> Content:
    from .pdf import read_pdf

    return read_pdf(answer.data)


def _docx(answer: Fetched) -> Content:
    from .docx import read_docx

    return read_docx(answer.data)


def _plain(answer: Fetched) -> Content:
    from .text import decode

    return Content(decode(answer.data, answer.charset))


PAGES = ("text/html", "application/xhtml+xml")
_KINDS: dict[str, Callable[[Fetched], Content]] = {
    **dict.fromkeys(PAGES, _page),
    "application/pdf": _pdf,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": _docx,
    "text/plain": _plain,
    "text/markdown": _plain,
}


def content_of(answer: Fetched) -> Content:
    """What its content type's reader makes of an answer.

    Raises:
        Unreadable: no reader, or the reader's reason.
    """
    reader = _KINDS.get(answer.kind)
    if reader is None:
        raise Unreadable(f"content type {answer.kind[:80]!r} is not read")
    with named_mistakes():
        return reader(answer)
