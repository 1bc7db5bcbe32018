"""PDF: the text page by page. Headings are lost in this format; each page gets one that names it.

So a citation says on which page its words are. What every page repeats (running heads, page numbers) is left out,
lines are joined to paragraphs, and words that were hyphenated at a line's end are whole again.
"""

from __future__ import annotations

import io
import logging
import re
import time
from collections import Counter
from typing import TYPE_CHECKING

from ..frontmatter import FrontMatter
from .documents import MAX_TEXT, Content, Unreadable, one_line

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_PAGES = 2_000
MAX_SECONDS = 120.0
"""A file that takes longer is given up, between two pages."""

_HYPHEN = re.compile(r"(?<=[a-zà-ÿ])[-\u00ad\u2010]\Z")
_LOWER = re.compile(r"[a-zà-ÿ]")
_SENTENCE_END = re.compile(r"[.!?:;。！？…][\"'”’)\]」』]*\Z")
_ITEM = re.compile(r"\s*(?:[-*+•·▪■□●○◦※▶➢]|\(?\d{1,3}[.)]|[가-하][.)]|[①-⑳]|제\s?\d+\s?[조항장])(?=\s|\D)")
_BULLET = re.compile(r"\A\s*[•·▪■□●○◦▶➢]\s*")
_DIGITS = re.compile(r"\d+")
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\u200b\ufeff\ufffd]")
_MARKS = re.compile(r"\A(?=#{1,6}\s|>|={2,}\s*\Z|-{2,}\s*\Z|```|~~~)")


def read_pdf(data: bytes) -> Content:
    """A PDF with text in it.

    Raises:
        Unreadable: encrypted, damaged, only pictures, or beyond measure.
    """
    if b"%PDF-" not in data[:1024]:
        raise Unreadable("not a PDF")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of every oddity that it mends
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import DependencyError

    _teach_korean()
    try:
        reader = PdfReader(io.BytesIO(data))
        # Many files only forbid printing, and open with an empty password.
        if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            raise Unreadable("encrypted with a password")
        pages = _pages(reader)
        title = _title(reader)
    except Unreadable:
        raise
    except DependencyError as error:
        raise Unreadable("encrypted") from error
    except Exception as error:  # a library's many ways to stumble over a damaged file
        raise Unreadable(f"damaged: {one_line(str(error), 120) or type(error).__name__}") from error
    if not any(pages):
        raise Unreadable("no text in it: its pages are pictures (scanned?) and would need text recognition")
    texts = [(number, _paragraphs(lines)) for number, lines in enumerate(_without_running_heads(pages), start=1)]
    parts = [(f"## p. {number}\n\n{text}" if len(pages) > 1 else text) for number, text in texts if text]
    return Content("\n\n".join(parts), title, FrontMatter(meta={"pages": len(pages)}))


def _teach_korean() -> None:
    """Tell pypdf of the Korean encodings of older files; it knows those of the neighbours only."""
    from pypdf import _cmap

    known = getattr(_cmap, "_predefined_cmap", {})
    for name in ("KSC-EUC", "KSCms-UHC", "KSCms-UHC-HW", "KSCpc-EUC"):
        for direction in "HV":
            known.setdefault(f"/{name}-{direction}", "cp949")


def _pages(reader: PdfReader) -> list[list[str]]:
    if len(reader.pages) > MAX_PAGES:
        raise Unreadable(f"more than {MAX_PAGES} pages")
    pages: list[list[str]] = []
    size, give_up = 0, time.monotonic() + MAX_SECONDS
    for page in reader.pages:
        text = _UNWANTED.sub("", page.extract_text().encode("utf-8", "ignore").decode())
        size += len(text)
        if size > MAX_TEXT:
            raise Unreadable(f"its text is longer than {MAX_TEXT // 1_000_000} million characters")
        if time.monotonic() > give_up:
            raise Unreadable(f"took longer than {MAX_SECONDS:.0f} seconds")
        pages.append([line.rstrip() for line in text.split("\n") if line.strip()])
    return pages


def _title(reader: PdfReader) -> str:
    """The title in the file's properties, unless it is only what a program called the file."""
    title = one_line(str((reader.metadata and reader.metadata.title) or ""))
    named = re.search(
        r"\.(?:docx?|hwpx?|pptx?|xlsx?|pdf|indd)\Z|\AMicrosoft Word - |\A(?:untitled|제목 없음)\Z", title, re.I
    )
    return "" if named else title


def _without_running_heads(pages: list[list[str]]) -> list[list[str]]:
    """Without first and last lines that most pages share but for their numbers; a head stays where it is first."""
    for end in (0, -1):
        for _ in range(2):  # a head may have two lines
            long = [page for page in pages if len(page) > 3]
            if len(long) < 3:
                return pages
            shapes = Counter(_DIGITS.sub("#", page[end]).strip() for page in long)
            shape, count = shapes.most_common(1)[0]
            if count <= 0.6 * len(long):
                break
            same = [page for page in long if _DIGITS.sub("#", page[end]).strip() == shape]
            for page in same[0 if end or "#" in shape else 1 :]:
                del page[end]
    return pages


def _paragraphs(lines: list[str]) -> str:
    """Lines joined where the next one goes on: behind a full line that ends no sentence."""
    if not lines:
        return ""
    width = sorted(map(len, lines))[-max(1, len(lines) // 10)]  # what the long lines have
    paragraphs: list[str] = []
    previous = ""
    for line in lines:
        words = " ".join(line.split())
        goes_on = previous and len(previous) >= 0.7 * width and not _ITEM.match(words)
        if previous and _HYPHEN.search(previous.rstrip()) and _LOWER.match(words):
            paragraphs[-1] = paragraphs[-1][:-1] + words
        elif goes_on and not (_SENTENCE_END.search(previous) and len(previous) < 0.9 * width):
            paragraphs[-1] += " " + words
        else:
            paragraphs.append(_BULLET.sub("- ", words))
        previous = line
    return "\n\n".join(_MARKS.sub(r"\\", paragraph) for paragraph in paragraphs)
