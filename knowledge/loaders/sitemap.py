"""Sitemaps: the pages that a site says it has."""

from __future__ import annotations

from xml.parsers import expat

from .documents import Unreadable
from .entities import check_xml

MAX_URLS = 50_000


def read_sitemap(data: bytes) -> tuple[list[str], list[str]]:
    """Read a sitemap or an index of sitemaps.

    Args:
        data: The XML, unpacked.

    Returns:
        The pages, and further sitemaps.

    Raises:
        Unreadable: not XML, or XML with entities.
    """
    check_xml(data, "the sitemap")
    pages: list[str] = []
    sitemaps: list[str] = []
    path: list[str] = []
    words: list[str] = []

    def start(name: str, _: object) -> None:
        path.append(name.rpartition(" ")[2].lower())
        words.clear()

    def end(_: str) -> None:
        inner = path[-2:]
        address = "".join(words).strip()
        if address and len(pages) < MAX_URLS:
            if inner == ["url", "loc"]:
                pages.append(address)
            elif inner == ["sitemap", "loc"]:
                sitemaps.append(address)
        path.pop()
        words.clear()

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = words.append
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:  # such as a prefix that is declared nowhere
        raise Unreadable("damaged: the sitemap is not XML") from error
    return pages, sitemaps
