"""Bytes to text, and Markdown or plain text to content."""

from __future__ import annotations

import re

from .. import frontmatter
from ..markdown import blocks
from .documents import Content, Unreadable

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HIGH = re.compile(rb"[\x80-\xff]")
_UHC_PAIR = re.compile(rb"[\x81-\xfe]([\x41-\x5a\x61-\x7a\x81-\xfe])")
_PLAUSIBLE = re.compile(r"[\t\n\r -~가-힣ㄱ-ㆎ\u2000-\u206f\u3000-\u303f\uff00-\uffef]")


def read_markdown(data: bytes) -> Content:
    """Markdown with optional front matter.

    Raises:
        Unreadable: not text, or its front matter cannot be used.
    """
    try:
        front, text = frontmatter.split(decode(data))
    except frontmatter.FrontMatterError as error:
        raise Unreadable(str(error)) from error
    title = "" if front.title else next((b.title for b in blocks(text) if b.kind == "heading" and b.title), "")
    return Content(text, title, front)


def read_plain(data: bytes) -> Content:
    """Plain text, which has neither title nor front matter.

    Raises:
        Unreadable: not text.
    """
    return Content(decode(data))


def decode(data: bytes, charset: str = "") -> str:
    """Text of whatever encoding is usual here; never binary.

    UTF-16, UTF-8, else as declared, else CP949 (which holds EUC-KR) as Korean Windows writes it, or Windows-1252
    as Western Windows does.

    Args:
        data: The whole file.
        charset: What the file or its server declares; not relied upon.

    Returns:
        The text, its lines ended by line feeds.

    Raises:
        Unreadable: binary, or of no such encoding.
    """
    for encoding in _encodings(data, charset):
        text = _decoded(data, encoding)
        if text is None:
            continue
        if _CONTROL.search(text):
            raise Unreadable("binary, not text")
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise Unreadable("binary, not text" if b"\0" in data else "neither UTF-8 nor CP949 text")


def _encodings(data: bytes, charset: str) -> list[str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    declared = [_known(charset)] if charset else []
    if b"\0" in data[:10_000]:
        return [name for name in (*declared, *_unmarked_utf16(data)) if name.startswith("utf-16")]
    # What is UTF-8 by chance is rarer than what is declared wrongly.
    found = ["utf-8-sig", *declared]
    if _looks_korean(data):
        found.append("cp949")
    if len(_HIGH.findall(data)) * 5 <= len(data):
        found.append("cp1252")  # which nearly every text would pass for
    return found


def _known(charset: str) -> str:
    """A declared name as its writers mean it: browsers have long read these as the wider ones."""
    name = charset.strip().lower().replace("_", "-")
    if name in ("euc-kr", "ks-c-5601-1987", "ks-c-5601", "ksc5601", "korean", "x-windows-949", "windows-949"):
        return "cp949"
    return "cp1252" if name in ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii") else name


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
    # Some names, such as "hex", are codecs but no text encodings.
    return text if isinstance(text, str) else None


def _unmarked_utf16(data: bytes) -> list[str]:
    """The byte order in which the text makes sense, if there is one."""
    sample = data[:4000]
    for encoding in ("utf-16-le", "utf-16-be"):
        text = sample.decode(encoding, "ignore")
        if text and len(_PLAUSIBLE.findall(text)) >= 0.9 * len(text):
            return [encoding]
    return []


def _looks_korean(data: bytes) -> bool:
    """Whether high bytes pair up as in Korean text.

    An accented letter or curly quote of Windows-1252 in front of a Latin letter also makes a CP949 pair, one of
    the rare syllables that KS X 1001 left out.
    """
    pairs = [match[1][0] for match in _UHC_PAIR.finditer(data[:200_000])]
    return sum(trail >= 0xA1 for trail in pairs) * 2 >= len(pairs)
