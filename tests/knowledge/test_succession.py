from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from batonpass.knowledge import Audience, DocumentStatus, LocalKnowledgeBase, make_document
from batonpass.knowledge.succession import MOST, inherited, replaced, successor

from .contract import PARKING, TODAY

Open = Callable[..., LocalKnowledgeBase]
OLD_TEXT = "# Bonus stamps\n\n## Collecting stamps\n\nA stamp for every coffee; ten stamps give a free cake."
NEW_TEXT = "# Club points\n\nEvery euro is one point, and a hundred points pay for lunch."


def old(**more: Any) -> Any:
    values = {"status": DocumentStatus.DEPRECATED, "superseded_by": "new"} | more
    return make_document("old", "Bonus stamps", OLD_TEXT, questions=["Where is my stamp card?"], **values)


def new(**more: Any) -> Any:
    return make_document("new", "Club points", NEW_TEXT, **more)


def test_the_last_current_article_is_the_successor():
    middle = make_document("new", "Middle", "b", status=DocumentStatus.DEPRECATED, superseded_by="last")
    last = make_document("last", "Last", "c")
    documents = {d.id: d for d in (old(), middle, last)}
    assert successor(old(), documents) == last
    assert successor(last, documents) is None
    assert successor(old(), {"old": old()}) is None


def test_a_circle_ends():
    one = make_document("one", "1", "a", superseded_by="two")
    two = make_document("two", "2", "b", superseded_by="one")
    assert successor(one, {"one": one, "two": two}) == two


def test_titles_questions_and_headings_are_inherited():
    (_, taught) = inherited([old(), new()])
    assert set(taught.learned) == {"Bonus stamps", "Where is my stamp card?", "Collecting stamps"}
    assert taught.content_hash != new().content_hash
    assert inherited([old(), taught])[1] == taught
    assert inherited([new()]) == [new()]


def test_what_is_inherited_is_bounded():
    many = "\n\n".join(f"## Heading number {n}\n\ntext" for n in range(MOST * 2))
    before = make_document("old", "Old", many, status=DocumentStatus.DEPRECATED, superseded_by="new")
    assert len(inherited([before, new()])[1].learned) == MOST


def test_nothing_of_agents_goes_to_customers():
    assert inherited([old(audience=Audience.AGENT), new()])[1] == new()
    assert inherited([old(audience=Audience.AGENT), new(audience=Audience.AGENT)])[1].learned
    assert inherited([old(lang="ko"), new()])[1] == new()


@pytest.mark.parametrize(
    ("after", "audience", "gone"),
    [
        ({}, Audience.PUBLIC, True),
        ({"effective": TODAY + timedelta(days=1)}, Audience.PUBLIC, False),
        ({"expires": TODAY - timedelta(days=1)}, Audience.PUBLIC, False),
        ({"status": DocumentStatus.DRAFT}, Audience.PUBLIC, False),
        ({"audience": Audience.AGENT}, Audience.PUBLIC, False),
        ({"audience": Audience.AGENT}, Audience.AGENT, True),
    ],
)
def test_an_article_is_replaced_when_its_successor_may_be_seen(
    after: dict[str, Any], audience: Audience, gone: bool
):
    before = old(status=DocumentStatus.CURRENT)
    documents = {"old": before, "new": new(**after)}
    assert replaced(before, documents, audience, TODAY) is gone
    assert not replaced(documents["new"], documents, audience, TODAY)


@pytest.mark.parametrize("status", [DocumentStatus.CURRENT, DocumentStatus.DEPRECATED])
@pytest.mark.parametrize("query", ["bonus stamps", "Where is my stamp card?", "collecting stamps"])
def test_the_old_articles_words_find_the_new_one(open_base: Open, status: DocumentStatus, query: str):
    base = open_base()
    base.sync([old(status=status), new(), make_document("parking", "Parking", PARKING)])
    for audience in Audience:
        found = base.search(query, audience=audience)
        assert found.ranking[0] == "new"
        assert "old" not in found.ranking
        assert all("coffee" not in each.chunk.text for each in found.passages)


def test_the_old_article_answers_until_the_new_one_is_in_force(open_base: Open):
    day = [TODAY]
    base = open_base(today=lambda: day[0])
    base.sync([old(status=DocumentStatus.CURRENT), new(effective=TODAY + timedelta(days=1))])
    assert base.search("bonus stamps").ranking[0] == "old"
    day[0] = TODAY + timedelta(days=1)
    assert base.search("bonus stamps").ranking == ("new",)


def test_what_was_inherited_goes_with_the_old_article(open_base: Open):
    base = open_base()
    base.sync([old(), new()])
    base.sync(base.documents())
    assert "Bonus stamps" in next(d for d in base.documents() if d.id == "new").learned
    base.sync([new()])
    assert base.documents() == [new()]
    assert base.search("Where is my stamp card?").confidence < 0.9


@pytest.mark.parametrize(
    "more",
    [
        {"status": DocumentStatus.DEPRECATED},
        {"status": DocumentStatus.DRAFT},
        {"audience": Audience.AGENT},
        {"effective": TODAY + timedelta(days=1)},
        {"expires": TODAY - timedelta(days=1)},
    ],
)
def test_an_alias_shows_no_article_that_customers_may_not_see(open_base: Open, more: dict[str, Any]):
    base = open_base()
    question = "Where is my stamp card?"
    hidden = make_document("old", "Bonus stamps", OLD_TEXT, questions=[question], **more)
    base.sync([hidden, make_document("parking", "Parking", PARKING)])
    found = base.search(question)
    assert "old" not in found.ranking
    assert all(each.document.id != "old" for each in found.passages)
