from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from batonpass.knowledge import KnowledgeError
from batonpass.knowledge.encoder.training.bank import FOLDER, LANGUAGES, Situation, read_bank

GOOD: dict[str, Any] = {
    "id": "a",
    "domain": "commerce",
    "article_ko": "환불: 3일 걸립니다.",
    "article_en": "Refunds: they take three days.",
    "ko": ["돈 언제 와요"],
    "en": ["where is my money", "no refund yet"],
}


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def bank() -> list[Situation]:
    return read_bank(sorted(FOLDER.glob("*.jsonl")))


def test_the_built_in_bank(bank: list[Situation]) -> None:
    assert len(bank) >= 2500
    assert len({situation.id for situation in bank}) == len(bank)
    assert {situation.part for situation in bank} == {path.stem for path in FOLDER.glob("*.jsonl")}
    for situation in bank:
        assert situation.domain, situation.id
        for lang in LANGUAGES:
            assert situation.articles[lang], situation.id
            assert len(situation.utterances[lang]) >= 10, situation.id
            assert len(set(situation.utterances[lang])) == len(situation.utterances[lang]), situation.id


@pytest.mark.parametrize("lang", LANGUAGES)
def test_situations_of_the_built_in_bank_differ(bank: list[Situation], lang: str) -> None:
    """Each has its own article; hardly an utterance ("same day?") belongs to two, and none quotes another's."""
    articles = [situation.articles[lang] for situation in bank]
    assert len(set(articles)) == len(articles)
    owners: dict[str, set[str]] = defaultdict(set)
    for situation in bank:
        for utterance in situation.utterances[lang]:
            owners[utterance.casefold()].add(situation.id)
    shared = [utterance for utterance, ids in owners.items() if len(ids) > 1]
    assert len(shared) <= 0.005 * len(owners), shared
    whole = {
        article.partition(": ")[2].casefold(): situation.id
        for article, situation in zip(articles, bank, strict=True)
    }
    assert not owners.keys() & whole.keys(), "an article is no utterance"


def test_read(tmp_path: Path) -> None:
    only = {"id": "b", "article_ko": "주차: 무료입니다.", "ko": ["차 어디 대요"]}
    first = write(tmp_path / "one.jsonl", GOOD, "", " ")
    second = write(tmp_path / "two.jsonl", "\ufeff" + json.dumps(only))
    refund, parking = read_bank([first, second])
    assert (refund.id, refund.part, refund.domain) == ("a", "one", "commerce")
    assert refund.utterances == {"ko": ("돈 언제 와요",), "en": ("where is my money", "no refund yet")}
    assert refund.articles["en"] == GOOD["article_en"]
    assert parking == Situation("b", "two", "", {"ko": "주차: 무료입니다."}, {"ko": ("차 어디 대요",)})
    assert read_bank([]) == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "not JSON"),
        ("[1]", "not an object"),
        (GOOD, "'a' occurs twice"),
        (GOOD | {"id": ""}, "id, article_LANG"),
        ({"id": "b", "ko": ["x"]}, "id, article_LANG"),
        ({"id": "b", "article_ko": "x"}, "id, article_LANG"),
        (GOOD | {"id": "b", "ko": ["x", 3]}, "texts"),
        (GOOD | {"id": "b", "ko": [" "]}, "texts"),
        (GOOD | {"id": "b", "article_ko": 3}, "texts"),
        (GOOD | {"id": "b", "ko": 3}, "id, article_LANG"),
        (GOOD | {"id": "b", "ko": "text"}, "id, article_LANG"),
        (GOOD | {"id": 3}, "id, article_LANG"),
        (GOOD | {"id": ["x"]}, "id, article_LANG"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, row: object, said: str) -> None:
    path = write(tmp_path / "own.jsonl", GOOD, "", row)
    with pytest.raises(KnowledgeError, match=r"own\.jsonl:3: ") as caught:
        read_bank([path])
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("how", ["missing", "folder", "latin"])
def test_a_file_that_cannot_be_read(tmp_path: Path, how: str) -> None:
    path = tmp_path / "own.jsonl"
    if how == "folder":
        path.mkdir()
    elif how == "latin":
        path.write_bytes("환불".encode("euc-kr"))
    with pytest.raises(KnowledgeError, match=r"own\.jsonl: ") as caught:
        read_bank([path])
    assert "\n" not in str(caught.value)
