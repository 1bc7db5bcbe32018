from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from batonpass.knowledge import (
    Audience,
    Chunk,
    Document,
    DocumentStatus,
    LocalKnowledgeBase,
    Passage,
    SearchResult,
    duplicates,
    make_document,
)
from batonpass.knowledge.duplicates import (
    ALIKE,
    NEAR,
    DuplicateFinder,
    as_text,
    from_text,
    preferred,
    told,
    without_twins,
)
from batonpass.knowledge.types import Twins

from .contract import TODAY

Open = Callable[..., LocalKnowledgeBase]

PARKING = (
    "The garage below the building opens at seven in the morning and closes at eleven at night. An hour costs two "
    "euros, a whole day fifteen. Take a ticket at the gate and pay at the machine beside the lift as you leave."
)
PARKING_KO = (
    "건물 지하 주차장은 아침 일곱 시에 열고 밤 열한 시에 닫습니다. 한 시간에 이천 원이고 하루 종일은 만오천 "
    "원입니다. 들어올 때 주차권을 뽑고, 나가기 전에 승강기 옆 정산기에서 요금을 내 주세요. 정산한 뒤에는 이십 분 "
    "안에 나가셔야 합니다."
)
POOL = (
    "The swimming pool on the roof is free for guests of the hotel. Towels are at the desk beside the sauna, and "
    "children under ten may swim with a grown-up. We heat the water from October until the end of April."
)


def doc(id: str, text: str, title: str = "Parking", **more: Any) -> Document:
    return make_document(id, title, text, **more)


def pairs(*documents: Document) -> list[tuple[str, str]]:
    return [(twins.kept, twins.other) for twins in DuplicateFinder().find(documents)]


@pytest.mark.parametrize("text", [PARKING, PARKING_KO])
def test_nearly_the_same_text_is_found(text: str):
    changed = text.replace("two euros", "three euros").replace("이천 원", "삼천 원")
    assert changed != text
    found = DuplicateFinder().find([doc("a", text), doc("b", changed), doc("c", POOL, "Pool")])
    assert [(twins.kept, twins.other) for twins in found] == [("a", "b")]
    assert ALIKE <= found[0].alike < 1
    assert DuplicateFinder().find([doc("a", text), doc("b", text)])[0].alike == 1


def test_case_blanks_and_marks_are_no_difference():
    assert pairs(doc("a", PARKING), doc("b", f"**{PARKING.upper()}**\n\n".replace(" ", "  "))) == [("a", "b")]


def test_other_texts_are_none():
    assert pairs(doc("a", PARKING), doc("b", POOL), doc("c", PARKING_KO)) == []
    assert pairs(doc("a", "Open daily."), doc("b", "Open daily.")) == []
    assert pairs() == []


@pytest.mark.parametrize(
    "more",
    [
        {"lang": "de"},
        {"audience": Audience.AGENT},
        {"status": DocumentStatus.DEPRECATED},
        {"status": DocumentStatus.DRAFT},
    ],
)
def test_only_articles_that_could_stand_side_by_side_are_twins(more: dict[str, Any]):
    assert pairs(doc("a", PARKING), doc("b", PARKING, **more)) == []


def test_the_newer_one_is_kept():
    old, new = doc("a", PARKING, effective=date(2024, 1, 1)), doc("b", PARKING, effective=date(2025, 1, 1))
    assert pairs(old, new) == pairs(new, old) == [("b", "a")]


@pytest.mark.parametrize(
    ("one", "other", "twins"),
    [
        ("Parking fees downtown", "Parking fees airport", False),
        ("주차 요금: 본관", "주차 요금: 별관", False),
        ("Parking fees 2024", "Parking fees 2025", True),
        ("주차 요금 (2024년)", "주차 요금 (2025년)", True),
        ("Parking", "Parking (copy)", True),
        ("Parking", "Where to leave the car", True),
    ],
)
def test_titles_that_tell_two_articles_apart(one: str, other: str, twins: bool):
    assert bool(pairs(doc("a", PARKING, one), doc("b", PARKING, other))) is twins


def test_each_version_is_read_once(monkeypatch: pytest.MonkeyPatch):
    from batonpass.knowledge import duplicates

    finder = DuplicateFinder()
    first = finder.find([doc("a", PARKING), doc("b", PARKING)])
    monkeypatch.setattr(duplicates, "_signature", lambda shingles: pytest.fail("read again"))
    assert finder.find([doc("a", PARKING), doc("b", PARKING)]) == first


def test_a_chain_leads_to_the_newest():
    chain = [Twins("b", "a", 0.9), Twins("c", "b", 0.9)]
    assert preferred(chain) == {"a": "c", "b": "c"}
    assert preferred([Twins("a", "b", 1), Twins("b", "a", 1)]).keys() == {"a", "b"}


def test_the_operator_is_told():
    assert told([Twins("new", "old", 0.934)]) == ["nearly the same (93%): new (answered from) and old"]


# in results


def passage(id: str, score: float, ordinal: int = 0, **more: Any) -> Passage:
    document = doc(id, PARKING, **more)
    return Passage(Chunk(f"{id}#{ordinal}", id, ordinal, (id,), 0, 3, "The"), document, score, {})


def dated(passage: Passage, updated: date) -> Passage:
    return replace(passage, document=replace(passage.document, updated=updated))


def result(*passages: Passage) -> SearchResult:
    return SearchResult("parking", "en", passages, 0.9, tuple(dict.fromkeys(p.document.id for p in passages)))


def ids(found: SearchResult) -> list[str]:
    return [each.chunk.id for each in found.passages]


def test_the_newer_twin_takes_the_place():
    found = without_twins(
        result(
            passage("old", 0.9),
            passage("pool", 0.7),
            dated(passage("new", 0.6), date(2026, 5, 1)),
            passage("old", 0.5, 1),
        ),
        {"old": "new"},
        8,
    )
    assert ids(found) == ["new#0", "pool#0"]
    assert [each.score for each in found.passages] == [0.9, 0.7]
    assert found.ranking == ("new", "pool")


def test_of_two_of_one_day_the_one_that_was_found_first_stands():
    found = without_twins(result(passage("b", 0.9), passage("pool", 0.7), passage("a", 0.6)), {"b": "a"}, 8)
    assert ids(found) == ["b#0", "pool#0"]
    assert found.ranking == ("b", "pool", "a")


def test_a_twin_alone_stays():
    given = result(passage("old", 0.9), passage("pool", 0.7))
    assert without_twins(given, {"old": "new"}, 8) == given
    assert ids(without_twins(given, {}, 1)) == ["old#0"]


@pytest.mark.parametrize(("gap", "first"), [(0.0, "new"), (NEAR / 2, "new"), (2 * NEAR, "old")])
def test_of_equals_the_newer_comes_first(gap: float, first: str):
    old = passage("old", 0.9, effective=date(2024, 1, 1))
    new = passage("new", 0.9 - gap, effective=date(2025, 1, 1))
    found = without_twins(result(old, new), {}, 8)
    assert found.passages[0].document.id == found.ranking[0] == first
    assert found.passages[0].score >= found.passages[1].score


def test_without_dates_nothing_moves():
    given = result(passage("a", 0.9), passage("b", 0.9))
    assert without_twins(given, {}, 8) == given


# in a base


def test_a_base_shows_one_of_two(open_base: Open):
    base = open_base()
    old = doc("old", PARKING, effective=date(2024, 1, 1))
    new = doc("new", PARKING.replace("two", "three"), effective=date(2025, 1, 1))
    report = base.sync([old, new, doc("pool", POOL, "Pool")])
    assert [(twins.kept, twins.other) for twins in report.twins] == [("new", "old")]
    found = base.search("what does the garage cost an hour")
    assert found.ranking[0] == "new"
    assert "old" not in {each.document.id for each in found.passages} | set(found.ranking)
    base.close()
    again = open_base().search("what does the garage cost an hour")
    assert "old" not in again.ranking
    base = open_base("second")
    assert base.sync([old]).twins == ()
    assert base.search("garage").ranking == ("old",)


def test_the_older_twin_answers_until_the_newer_one_is_live(open_base: Open):
    base = open_base()
    later = doc("new", PARKING, effective=date(TODAY.year + 1, 1, 1))
    base.sync([doc("old", PARKING, effective=date(2024, 1, 1)), later])
    assert base.search("garage").ranking == ("old",)


def test_twins_are_kept_with_the_version_that_they_are_of() -> None:
    pairs = (Twins("new", "old", 0.93),)
    assert from_text(as_text(pairs, "v1"), "v1") == pairs
    assert from_text(as_text((), "v1"), "v1") == ()
    assert from_text(as_text(pairs, "v1"), "v2") is None
    assert from_text("", "v1") is None
    assert from_text("[1]", "v1") is None
    assert from_text('{"version": "v1", "twins": [[1]]}', "v1") is None


def test_a_template_of_many_articles_is_not_compared_pair_by_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []
    monkeypatch.setattr(duplicates, "_jaccard", lambda one, other: compared.append(1) or 0.0)
    text = "# Form\n\n" + "The same long template text stands in every single one of these articles here. " * 3
    DuplicateFinder().find([make_document(f"a-{n}", f"Form {n}", text) for n in range(60)])
    assert compared == []
    monkeypatch.setattr(duplicates, "MOST", 3)
    assert DuplicateFinder().find([make_document(f"b-{n}", "Form", text) for n in range(4)]) == ()
