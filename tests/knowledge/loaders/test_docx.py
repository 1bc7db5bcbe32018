from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from batonpass.knowledge.loaders import archive
from batonpass.knowledge.loaders import docx as reader

from .files import docx, fails, one, paragraph

_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>속성의 제목</dc:title></cp:coreProperties>'
)


def row(*cells: str) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in cells) + "</w:tr>"


def test_headings_lists_and_tables(tmp_path: Path) -> None:
    body = (
        paragraph("반품 안내", "1")
        + paragraph("반품은 7일 안에 됩니다.")
        + paragraph("절차", "2")
        + paragraph("신청", level=0)
        + paragraph("앱에서", level=1)
        + paragraph("수거", level=0)
        + paragraph("요금", "h3")
        + f"<w:tbl>{row('지역', '요금')}{row('제주', '3,000원')}</w:tbl>"
    )
    document = one(tmp_path, "return.docx", docx(body))
    assert (document.id, document.title, document.lang) == ("return.docx", "반품 안내", "ko")
    assert document.text == (
        "# 반품 안내\n\n반품은 7일 안에 됩니다.\n\n## 절차\n\n- 신청\n  - 앱에서\n- 수거\n\n### 요금\n\n"
        "| 지역 | 요금 |\n| --- | --- |\n| 제주 | 3,000원 |"
    )


def test_title_styles_and_properties(tmp_path: Path) -> None:
    assert one(tmp_path, "a.docx", docx(paragraph("약관", "a3") + paragraph("본문"))).text == "# 약관\n\n본문"
    (tmp_path / "a.docx").unlink()
    document = one(tmp_path, "b.docx", docx(paragraph("본문"), extra={"docProps/core.xml": _CORE}))
    assert document.title == "속성의 제목"


def test_markup_in_words_stays_words(tmp_path: Path) -> None:
    text = one(tmp_path, "a.docx", docx(paragraph("&lt;script&gt;x&lt;/script&gt; *별* 하나"))).text
    assert text == r"&lt;script>x&lt;/script> \*별\* 하나"


def test_a_linked_picture_is_not_fetched(tmp_path: Path) -> None:
    picture = (
        '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/'
        'wordprocessingDrawing"><wp:docPr descr="그림 설명"/><a:graphic xmlns:a="http://schemas.openxmlformats.org/'
        'drawingml/2006/main"><a:graphicData><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/'
        'picture"><pic:blipFill><a:blip r:link="p"/></pic:blipFill></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r></w:p>"
    )
    relationships = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="p" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" TargetMode="External" '
        'Target="file:///etc/passwd"/></Relationships>'
    )
    body = paragraph("본문") + picture
    document = one(tmp_path, "a.docx", docx(body, extra={"word/_rels/document.xml.rels": relationships}))
    assert document.text.startswith("본문")
    assert "root:" not in document.text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no zip at all", "damaged: not a zip archive"),
        (docx(paragraph("x"))[:400], "damaged: not a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "encrypted with a password"),
        (docx(""), "no text"),
        (docx(paragraph("x"), prolog='<!DOCTYPE w [<!ENTITY a "aaaa">]>'), "declares XML entities"),
        (
            docx(paragraph("x"), prolog='<!DOCTYPE w SYSTEM "file:///etc/passwd">'),
            "declares XML entities",
        ),
        (docx(paragraph("x"), extra={"word/styles.xml": "<w:styles"}), "damaged: word/styles.xml is not XML"),
        (
            docx(paragraph("x"), extra={"word/a.bin": b" <!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}),
            "declares XML entities",
        ),
        (docx("<w:tbl>" * 400 + "</w:tbl>" * 400), "nested too deeply"),
        (docx(paragraph("x"), extra={"word/media/a.bin": bytes(60_000_000)}), "zip bomb"),
        (docx(paragraph("x"), extra={f"word/{n}.xml": "<a/>" for n in range(5001)}), "zip bomb"),
    ],
    ids=["no-zip", "cut", "encrypted", "empty", "entity", "external", "xml", "hidden", "deep", "bomb", "members"],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, data: bytes, reason: str) -> None:
    assert reason in fails(tmp_path, "bad.docx", data)


def test_a_bomb_of_many_members_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED", 50_000)
    assert "zip bomb" in fails(tmp_path, "bad.docx", docx(paragraph("x"), extra={"word/b.xml": b" " * 60_000}))


def test_endless_xml_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_ELEMENTS", 100)
    assert fails(tmp_path, "bad.docx", docx(paragraph("x") * 30)) == "its XML is too long"


def test_a_zip_that_is_no_word_document(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive_:
        archive_.writestr("a.txt", "hello")
    assert fails(tmp_path, "bad.docx", made.getvalue()) == "not a Word document"


def test_a_member_that_lies_about_its_size(tmp_path: Path) -> None:
    data = bytearray(docx(paragraph("x" * 5000)))
    # The central directory says 10 bytes for every part.
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 24 : at + 28] = (10).to_bytes(4, "little")
        at = data.find(b"PK\x01\x02", at + 1)
    assert "damaged" in fails(tmp_path, "bad.docx", bytes(data))
