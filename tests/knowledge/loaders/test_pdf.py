from __future__ import annotations

from pathlib import Path

import pytest
from batonpass.knowledge.chunking import chunk
from batonpass.knowledge.loaders import pdf as reader

from .files import fails, one, pdf


def test_text_title_and_language(tmp_path: Path) -> None:
    document = one(tmp_path, "faq.pdf", pdf([["환불은 3일 안에 됩니다."]], title="환불 안내"))
    assert (document.id, document.title, document.lang) == ("faq.pdf", "환불 안내", "ko")
    assert document.text == "환불은 3일 안에 됩니다."
    assert document.meta == {"pages": 1}


def test_a_program_s_file_name_is_no_title(tmp_path: Path) -> None:
    assert one(tmp_path, "faq.pdf", pdf([["text"]], title="Microsoft Word - draft7.docx")).title == "faq"


def test_korean_of_older_programs(tmp_path: Path) -> None:
    assert one(tmp_path, "a.pdf", pdf([["환불은 3일 안에"]], old_korean=True)).text == "환불은 3일 안에"


def test_pages_are_in_the_locations(tmp_path: Path) -> None:
    document = one(
        tmp_path, "a.pdf", pdf([["Refunds take three days. " * 5], [], ["Parcels arrive on Monday. " * 5]])
    )
    chunks = chunk(document)
    assert [each.heading_path for each in chunks] == [("a", "p. 1"), ("a", "p. 3")]
    assert all(document.text[each.start : each.end] == each.text for each in chunks)


def test_lines_become_paragraphs_and_hyphens_go(tmp_path: Path) -> None:
    lines = [
        "Refunds are made within three business days after we re-",
        "ceive the parcel at our warehouse in Incheon, whatever the",
        "carrier was.",
        "• Cards: three days",
        "• Bank transfer: five days",
    ]
    assert one(tmp_path, "a.pdf", pdf([lines])).text == (
        "Refunds are made within three business days after we receive the parcel at our warehouse in Incheon, "
        "whatever the carrier was.\n\n- Cards: three days\n\n- Bank transfer: five days"
    )


def test_running_heads_and_page_numbers_go(tmp_path: Path) -> None:
    pages = [["Terms", f"About {word}.", "Line.", f"More {word}.", f"- {n} -"] for n, word in enumerate("abcd")]
    text = one(tmp_path, "a.pdf", pdf(pages)).text
    assert text.count("Terms") == 1
    assert "- 1 -" not in text
    assert "About d." in text


def test_an_empty_password_opens(tmp_path: Path) -> None:
    assert one(tmp_path, "a.pdf", pdf([["Hello there"]], owner="secret")).text == "Hello there"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (pdf([["x"]], password="secret"), "encrypted with a password"),
        (pdf([[], []]), "pictures"),
        (b"hello", "not a PDF"),
        (pdf([["x"]])[:300], "damaged|pictures"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 20, "damaged"),
        (b"", "not a PDF"),
    ],
    ids=["password", "pictures", "other", "cut", "noise", "empty"],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, data: bytes, reason: str) -> None:
    found = fails(tmp_path, "bad.pdf", data)
    assert any(part in found for part in reason.split("|")), found


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_PAGES", 2)
    assert fails(tmp_path, "bad.pdf", pdf([["x"]] * 3)) == "more than 2 pages"
    monkeypatch.setattr(reader, "MAX_PAGES", 5)
    monkeypatch.setattr(reader, "MAX_TEXT", 10)
    assert "longer than" in fails(tmp_path, "bad.pdf", pdf([["a long line indeed"]]))
    monkeypatch.setattr(reader, "MAX_TEXT", 1000)
    monkeypatch.setattr(reader, "MAX_SECONDS", -1.0)
    assert "took longer" in fails(tmp_path, "bad.pdf", pdf([["x"]]))
