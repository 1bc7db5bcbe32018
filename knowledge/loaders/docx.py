"""Word documents: headings, lists and tables as Markdown, behind checks of the archive and its XML."""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.parsers import expat

from .archive import open_archive
from .documents import Content, Unreadable, one_line
from .entities import MAX_ELEMENTS, check_xml
from .page import read_fragment

# Word names its own styles in English whatever its language; Hancom writes Korean names.
_STYLES = "\n".join(
    (
        "p[style-name='Title'] => h1:fresh",
        "p[style-name='제목'] => h1:fresh",
        *(
            f"p[style-name='{name} {level}'] => h{level}:fresh"
            for name in ("제목", "개요")
            for level in range(1, 7)
        ),
    )
)
_ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_docx(data: bytes) -> Content:
    """A Word document; pictures, comments, deleted text and the styles it brings along are left out.

    Raises:
        Unreadable: damaged, encrypted, a zip bomb, XML with entities, or no Word document.
    """
    if data.startswith(_ENCRYPTED):
        raise Unreadable("encrypted with a password, or in Word's old format: save it as a plain DOCX")
    title = _checked(data)
    import mammoth

    nothing = mammoth.images.img_element(lambda image: {})
    try:
        markup = mammoth.convert_to_html(
            io.BytesIO(data),
            style_map=_STYLES,
            include_embedded_style_map=False,
            external_file_access=False,
            convert_image=nothing,
        ).value
        text = read_fragment(markup)
    except Unreadable:
        raise
    except Exception as error:  # a library's many ways to stumble over a damaged file
        raise Unreadable(f"damaged: {type(error).__name__}") from error
    if not text:
        raise Unreadable("the document has no text (it may be all pictures)")
    heading = _first_heading(text)
    return Content(text, heading or title)


def _checked(data: bytes) -> str:
    """The title in the document's properties, once everything in it was found harmless."""
    title, elements = "", 0
    with open_archive(data) as archive:
        names = archive.namelist()
        if "[Content_Types].xml" not in names or not any(n.lower().endswith("document.xml") for n in names):
            raise Unreadable("not a Word document")
        if len(set(names)) < len(names):
            raise Unreadable("damaged: two parts share a name")
        for name in names:
            # Whatever a relationship may point to as XML, but not pictures and fonts.
            if name.lower().endswith((".xml", ".rels")) or not name.startswith(("word/media/", "word/fonts/")):
                part = _part(archive, name)
                if name.lower().endswith((".xml", ".rels")) or part.lstrip()[:1] == b"<":
                    elements += check_xml(part, name)
                    if elements > MAX_ELEMENTS:
                        raise Unreadable("its XML is too long")
                if name == "docProps/core.xml":
                    title = _property(part)
    return title


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
    ) as error:
        raise Unreadable(f"damaged: {name} cannot be unpacked") from error


def _property(part: bytes) -> str:
    """The Dublin Core title."""
    words: list[str] = []
    inside = False
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(name: str, _: object) -> None:
        nonlocal inside
        inside = name == "http://purl.org/dc/elements/1.1/ title"

    def end(_: str) -> None:
        nonlocal inside
        inside = False

    def text(data: str) -> None:
        if inside:
            words.append(data)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.Parse(part, True)
    return one_line("".join(words))


def _first_heading(text: str) -> str:
    from ..markdown import blocks

    return next((block.title for block in blocks(text) if block.kind == "heading" and block.title), "")
