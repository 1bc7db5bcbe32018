"""Files made for the tests, and how they are read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from batonpass.knowledge import load_folders
from batonpass.knowledge.types import Document


def one(root: Path, name: str, data: bytes | str) -> Document:
    """The single document of a folder with this file."""
    documents, failures = load_folders([_written(root, name, data)])
    assert failures == []
    (document,) = documents
    return document


def fails(root: Path, name: str, data: bytes | str) -> str:
    """Why this file is not read, while the good one beside it is."""
    (root / "good.md").write_text("# Good\n\nfine")
    documents, failures = load_folders([_written(root, name, data)])
    assert [document.id for document in documents] == ["good"]
    (failure,) = failures
    assert failure.source == name
    assert "\n" not in failure.reason
    return failure.reason


def _written(root: Path, name: str, data: bytes | str) -> Path:
    (root / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return root


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def docx(body: str, *, extra: dict[str, bytes | str] | None = None, prolog: str = "") -> bytes:
    """A Word document with this body (WordprocessingML)."""
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
        f'"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
        f'ContentType="{_TYPE}.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type='
        f'"{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="s" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="n" Type="{_OFFICE}/numbering" Target="numbering.xml"/></Relationships>',
        "word/styles.xml": f'<w:styles xmlns:w="{WORD}">'
        + "".join(
            f'<w:style w:type="paragraph" w:styleId="{id}"><w:name w:val="{name}"/></w:style>'
            for id, name in (("a3", "Title"), ("1", "heading 1"), ("2", "heading 2"), ("h3", "제목 3"))
        )
        + "</w:styles>",
        "word/numbering.xml": f'<w:numbering xmlns:w="{WORD}"><w:abstractNum w:abstractNumId="0">'
        + "".join(f'<w:lvl w:ilvl="{n}"><w:numFmt w:val="bullet"/></w:lvl>' for n in (0, 1))
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>',
        "word/document.xml": f'{prolog}<w:document xmlns:w="{WORD}" xmlns:r="{_OFFICE}"><w:body>{body}</w:body>'
        "</w:document>",
        **(extra or {}),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def paragraph(text: str, style: str = "", level: int | None = None) -> str:
    """One paragraph of a Word document; with a level it is a list's item."""
    marks = f'<w:pStyle w:val="{style}"/>' if style else ""
    if level is not None:
        marks += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'
    return f'<w:p><w:pPr>{marks}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def pdf(
    pages: list[list[str]], *, title: str = "", password: str = "", owner: str = "", old_korean: bool = False
) -> bytes:
    """A PDF whose pages have these lines, in Unicode or as Korean programs long wrote them."""
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    font = writer._add_object(
        DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type0"),
                NameObject("/BaseFont"): NameObject("/Any"),
                NameObject("/Encoding"): NameObject("/KSCms-UHC-H" if old_korean else "/Identity-H"),
            }
            | ({} if old_korean else {NameObject("/ToUnicode"): writer._add_object(_as_itself(pages))})
        )
    )
    for lines in pages:
        page = writer.add_blank_page(595, 842)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        stream = DecodedStreamObject()
        codec = "cp949" if old_korean else "utf-16-be"
        shown = " T* ".join(f"<{line.encode(codec).hex()}> Tj" for line in lines)
        stream.set_data(f"BT /F1 11 Tf 14 TL 50 800 Td {shown} ET".encode())
        page[NameObject("/Contents")] = writer._add_object(stream)
    if title:
        writer.add_metadata({"/Title": title})
    if password or owner:
        writer.encrypt(password, owner or password, algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _as_itself(pages: list[list[str]]):
    """A map by which each code is the character of that number."""
    from pypdf.generic import DecodedStreamObject

    stream = DecodedStreamObject()
    used = sorted({ord(character) >> 8 for lines in pages for line in lines for character in line})
    ranges = "\n".join(f"<{high:02X}00> <{high:02X}FF> <{high:02X}00>" for high in used)
    head = "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange"
    stream.set_data(f"{head}\n{len(used)} beginbfrange\n{ranges}\nendbfrange\nendcmap".encode())
    return stream
