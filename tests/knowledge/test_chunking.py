from __future__ import annotations

import pytest
from batonpass.knowledge import Chunk, make_document
from batonpass.knowledge.chunking import HUGE_CHARS, MAX_CHARS, chunk
from batonpass.knowledge.markdown import blocks
from hypothesis import given
from hypothesis import strategies as st


def cut(text: str, title: str = "Doc") -> list[Chunk]:
    document = make_document("doc", title, text)
    chunks = chunk(document)
    for each in chunks:
        assert document.text[each.start : each.end] == each.text
    return chunks


BODY = "This section says something of its own, at a length that stands by itself without its neighbours."


def test_sections_and_heading_paths() -> None:
    chunks = cut(f"# Doc\n\n{BODY}\n\n## A\n\n{BODY}\n\n### B {{#b}}\n\n{BODY}\n\n## C\n\n{BODY}\n")
    assert [each.heading_path for each in chunks] == [("Doc",), ("Doc", "A"), ("Doc", "A", "B"), ("Doc", "C")]
    assert {each.text for each in chunks} == {BODY}
    assert [each.ordinal for each in chunks] == [0, 1, 2, 3]


def test_title_that_is_no_heading_leads_the_path() -> None:
    assert [each.heading_path for each in cut(f"# Other\n\n{BODY}")] == [("Doc", "Other")]


def test_headings_in_code_are_no_headings() -> None:
    assert len(cut(f"{BODY}\n\n```\n# comment\n## more\n```\n")) == 1


def test_long_section_breaks_between_blocks() -> None:
    paragraph = "Sentence number one of this paragraph. " * 12
    chunks = cut("\n\n".join([paragraph.strip()] * 8))
    assert len(chunks) > 2
    assert all(len(each.text) <= MAX_CHARS for each in chunks)
    assert all(each.text.startswith("Sentence") and each.text.endswith(".") for each in chunks)


@pytest.mark.parametrize(
    "block",
    [
        "\n".join(f"- item number {i} with some words" for i in range(50)),
        "| a | b |\n| --- | --- |\n" + "\n".join(f"| row {i} | some words here |" for i in range(50)),
        "```\n" + "\n".join(f"line {i} of the code" for i in range(70)) + "\n```",
    ],
)
def test_lists_tables_and_code_stay_whole_with_their_lead_in(block: str) -> None:
    assert MAX_CHARS < len(block) < HUGE_CHARS
    chunks = cut(f"{'Before. ' * 100}\n\nYou need the following:\n\n{block}\n\n{'After. ' * 100}")
    holder = [each for each in chunks if block in each.text]
    assert len(holder) == 1
    assert "You need the following:" in holder[0].text


def test_huge_list_breaks_at_its_items() -> None:
    chunks = cut("\n".join(f"- item {i} has words\n  and a second line" for i in range(200)))
    assert len(chunks) > 1
    assert all(each.text.startswith("- item") for each in chunks)
    assert all(len(each.text) <= HUGE_CHARS for each in chunks)


def test_endless_word_is_cut_hard() -> None:
    chunks = cut("x" * 9000)
    assert "".join(each.text for each in chunks) == "x" * 9000
    assert max(len(each.text) for each in chunks) <= HUGE_CHARS


def test_tiny_siblings_are_merged_and_keep_their_headings() -> None:
    chunks = cut("# Doc\n\n## Mail\n\nhelp@example.com\n\n## Phone\n\n555 1234\n")
    assert len(chunks) == 1
    assert chunks[0].heading_path == ("Doc",)
    assert chunks[0].text.startswith("## Mail")
    assert "## Phone" in chunks[0].text


def test_question_sections_stay_apart() -> None:
    assert len(cut(f"## Q1?\n\n{BODY}\n\n## Q2?\n\n{BODY}\n")) == 2


def test_heading_without_text_is_kept_only_where_nothing_carries_it() -> None:
    assert [each.text for each in cut("# Doc\n\n## Empty\n")] == ["## Empty"]
    assert [each.text for each in cut(f"# Doc\n\n## Parent\n\n### Child\n\n{BODY}")] == [BODY]


def test_ids_follow_the_version() -> None:
    old, same, new = (chunk(make_document("a", "A", text))[0].id for text in ("text", "text", "Text"))
    assert old == same != new


@pytest.mark.parametrize("text", ["", " \n\n\t"])
def test_blank_text_gives_none(text: str) -> None:
    assert cut(text) == []


PIECES = st.sampled_from(
    [
        "# Doc",
        "## 제목 {#x}",
        "### Deep",
        "- item\n- item two",
        "1. a\n2. b",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "```\n# code\n```",
        "<div>\nhtml\n</div>",
        "> quote",
        ":::tip\ntext\n:::",
        "문장입니다. 두 번째 문장.",
        "word " * 90,
        "x" * 3000,
        "",
        "---",
        "[a]: http://b",
        "\ttab",
        "Setext\n===",
    ]
)


@given(st.lists(PIECES, max_size=14), st.sampled_from(["\n\n", "\n", "\r\n\r\n"]))
def test_no_text_is_lost(pieces: list[str], joint: str) -> None:
    document = make_document("doc", "Doc", joint.join(pieces))
    chunks = chunk(document)
    covered: set[int] = set()
    for each in chunks:
        assert document.text[each.start : each.end] == each.text
        assert covered.isdisjoint(range(each.start, each.end))
        covered.update(range(each.start, each.end))
    paths = {name for each in chunks for name in each.heading_path}
    for block in blocks(document.text):
        missing = "".join(document.text[i] for i in range(block.start, block.end) if i not in covered)
        if block.kind == "heading" and block.start not in covered:
            assert block.title in paths or not chunks or block.title == "Doc"
        else:
            assert not missing.strip()
