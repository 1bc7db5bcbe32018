"""XML that is safe to parse: no document type, hence no entities, and no endless nesting."""

from __future__ import annotations

from xml.parsers import expat

from .documents import Unreadable

MAX_DEPTH = 200
"""Parsers and their users recurse; documents of people nest some dozens deep."""
MAX_ELEMENTS = 500_000
"""Some hundred thousand make a book; a tree of them takes about a kilobyte each."""


def check_xml(data: bytes, name: str) -> int:
    """Parse once without building anything.

    Args:
        data: A whole XML file.
        name: What to call it.

    Returns:
        How many elements it has.

    Raises:
        Unreadable: it declares a document type or entities, nests too deeply, or is not XML.
    """
    parser = expat.ParserCreate()
    depth = elements = 0

    def refuse(*_: object) -> None:
        raise Unreadable(f"{name} declares XML entities")

    def start(*_: object) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if depth > MAX_DEPTH or elements > MAX_ELEMENTS:
            raise Unreadable(f"{name} is nested too deeply or too long")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"damaged: {name} is not XML ({error})") from error
    return elements
