from __future__ import annotations

import pytest
from batonpass.knowledge import make_document
from batonpass.knowledge.frontmatter import FrontMatterError, split
from batonpass.knowledge.loaders import with_hash
from batonpass.knowledge.questions import MAX_QUESTIONS, checked, distinct, key, nearest


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("배송비 얼마예요?", "배송비얼마예요"),
        ("  How MUCH is  it ?", "how much is it"),
        ("ＦＡＱ？", "faq"),
        ("배송", "배송"),
    ],
)
def test_the_same_question(first: str, second: str) -> None:
    assert key(first) == key(second)


def test_other_questions_and_none() -> None:
    assert key("refund") != key("refunds")
    assert key("?! …") == ""
    assert distinct(["a?", "A", "", "?!", "b"]) == ("a?", "b")


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("One text?", ("One text?",)),
        (["a", "A?", "b"], ("a", "b")),
        (["two\n  lines \x1b[31m"], ("two lines [31m",)),
        ([], ()),
        (["x" * 300], ("x" * 300,)),
    ],
)
def test_what_may_be_an_alias(value: object, texts: tuple[str, ...]) -> None:
    assert checked(value) == texts


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (["a", 7], "question 2 is not a text"),
        ([{"Delivery": "how long?"}], "put it in quotes"),
        ({"a": "b"}, "not a text"),
        (["a", " ?! "], "question 2 is empty"),
        ("", "is empty"),
        (["x" * 301], "longer than 300"),
        (["x"] * 101, f"101 questions where {MAX_QUESTIONS} are allowed"),
        (None, "not a text"),
    ],
)
def test_what_may_not(value: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        checked(value)


def test_front_matter() -> None:
    front, body = split("---\ntitle: Fees\nquestions:\n  - What does it cost?\n  - 얼마예요?\n---\nText")
    assert front.questions == ("What does it cost?", "얼마예요?")
    assert front.meta == {}
    assert body == "Text"
    assert split("---\nquestions: What does it cost?\n---\n")[0].questions == ("What does it cost?",)
    assert split("---\nquestions:\n---\n")[0].questions == ()


@pytest.mark.parametrize("value", ["[1, 2]", "{a: b}", "[a, ['b']]", "\n  - Delivery: how long?", "''"])
def test_front_matter_names_the_line(value: str) -> None:
    with pytest.raises(FrontMatterError, match=r"line 3: questions: "):
        split(f"---\ntitle: Fees\nquestions: {value}\n---\nText")


def test_the_hash_covers_aliases_and_is_the_old_one_without() -> None:
    plain, asked, other = (make_document("a", "A", "Text", questions=q) for q in ([], ["What?"], ["Why?"]))
    assert len({each.content_hash for each in (plain, asked, other)}) == 3
    assert asked.aliases == ("What?",)
    from dataclasses import replace

    assert with_hash(replace(plain, learned=("What?",))).content_hash != asked.content_hash
    assert with_hash(replace(asked, questions=())).content_hash == plain.content_hash


def test_the_nearest_aliases() -> None:
    document = make_document(
        "a", "A", "Text", questions=["Where is my parcel?", "Is it lost?", "무게가 몇이에요?"]
    )
    assert nearest("my parcel where", document)[0] == "Where is my parcel?"
    assert nearest("is it lost", document)[0] == "Is it lost?"
    assert nearest("bananas", document) == ()
    assert nearest("anything", make_document("b", "B", "Text")) == ()
