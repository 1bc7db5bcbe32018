from __future__ import annotations

from pathlib import Path

import pytest
from batonpass.knowledge import KnowledgeError
from batonpass.knowledge.concepts import (
    BUILT_IN,
    Concept,
    Lexicon,
    built_in,
    read_concepts,
    stems_of,
    with_synonyms,
)

LEXICON = Lexicon(
    [
        Concept("refund", ("환불", "돈 돌려"), ("refund", "money back", "don't want it")),
        Concept("light", ("불", "안 켜져"), ("lamp",)),
        Concept("post", ("EMS",), ("p&p",)),
    ]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("카드환불은요?", {"refund"}),
        ("환 불 해 주세요", {"refund"}),
        ("돈돌려주세요", {"refund"}),
        ("전원이 안켜져요", {"light"}),
        ("불이 나갔어요", set()),
        ("ems로 보내줘요", {"post"}),
    ],
)
def test_korean_forms_are_found_inside_words_and_without_spaces(text: str, found: set[str]) -> None:
    assert LEXICON.find(text) == found


def test_decomposed_hangul_is_found() -> None:
    import unicodedata

    assert LEXICON.find(unicodedata.normalize("NFD", "환불")) == {"refund"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("REFUNDS please", {"refund"}),
        ("was it refunded?", {"refund"}),
        ("my money, back!", {"refund"}),
        ("back money", set()),
        ("money", set()),
        ("I dont want it", {"refund"}),
        ("I don\u2019t want it", {"refund"}),
        ("prefund", set()),
        ("clamps", set()),
        ("two lamps and a refund", {"light", "refund"}),
        ("P&P?", {"post"}),
        ("refund을 받고 싶어요", {"refund"}),
    ],
)
def test_english_forms_are_found_on_word_boundaries_by_stems(text: str, found: set[str]) -> None:
    assert LEXICON.find(text) == found


@pytest.mark.parametrize("text", ["", " ", "가", "😀", "\x00", "((("])
def test_nothing_to_find(text: str) -> None:
    assert LEXICON.find(text) == frozenset()


def test_groups_of_one_id_are_joined() -> None:
    lexicon = Lexicon([Concept("a", ("환불",), ("refund",), ("b",)), Concept("a", ("반환금", "환불"), (), ("c",))])
    assert lexicon.concepts["a"] == Concept("a", ("환불", "반환금"), ("refund",), ("b", "c"))
    assert lexicon.find("반환금") == lexicon.find("환불") == {"a"}


def test_read(tmp_path: Path) -> None:
    path = tmp_path / "own.tsv"
    path.write_text(
        "\ufeff# ours\n\nrefund\t환불 | 돈 돌려\tmoney back|\trefund-time\r\nlamp\t전등\n", encoding="utf-8"
    )
    assert read_concepts(path) == [
        Concept("refund", ("환불", "돈 돌려"), ("money back",), ("refund-time",)),
        Concept("lamp", ("전등",), ()),
    ]


@pytest.mark.parametrize("line", ["only-an-id", "\t환불\trefund\t", "a\tb\tc\td\te", "a, 환불, refund"])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "own.tsv"
    path.write_text(f"lamp\t전등\tlamp\t\n{line}\n")
    with pytest.raises(KnowledgeError, match=r"own\.tsv:2: ") as caught:
        read_concepts(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("how", ["missing", "folder", "latin"])
def test_a_file_that_cannot_be_read(tmp_path: Path, how: str) -> None:
    path = tmp_path / "own.tsv"
    if how == "folder":
        path.mkdir()
    elif how == "latin":
        path.write_bytes("lamp\t전등\t".encode("euc-kr"))
    with pytest.raises(KnowledgeError, match=r"own\.tsv: ") as caught:
        with_synonyms([path])
    assert "\n" not in str(caught.value)


def test_synonyms_are_added_to_the_built_in_lexicon(tmp_path: Path) -> None:
    path = tmp_path / "own.tsv"
    path.write_text("refund\t땡전환급\tmoolah\t\nzorbing\t조빙\tzorbing\t\n")
    lexicon = with_synonyms([path])
    assert "refund" in lexicon.find("땡전환급 언제")
    assert "refund" in lexicon.find("gimme the moolah")
    assert "refund" in lexicon.find("refund")
    assert "zorbing" in lexicon.find("조빙 예약")
    assert "refund" not in built_in().find("gimme the moolah"), "the built-in one stays as it is"


def test_the_built_in_lexicon_keeps_its_rules() -> None:
    concepts = read_concepts(BUILT_IN)
    ids = {concept.id for concept in concepts}
    assert len(ids) == len(concepts) >= 1500
    korean: dict[str, str] = {}
    english: dict[tuple[str, ...], str] = {}
    for concept in concepts:
        assert concept.korean, concept.id
        assert concept.english, concept.id
        assert concept.related, concept.id
        assert set(concept.related) <= ids - {concept.id}, concept.id
        for form in concept.korean:
            flat = "".join(form.split()).casefold()
            assert len(flat) >= 2, form
            assert korean.setdefault(flat, concept.id) == concept.id, form
        for form in concept.english:
            assert form == form.lower()
            assert stems_of(form), form
            assert english.setdefault(stems_of(form), concept.id) == concept.id, form


def test_the_built_in_lexicon_is_bilingual() -> None:
    assert built_in().find("환불 언제 돼요?") & built_in().find("When is my refund?")
