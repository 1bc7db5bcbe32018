"""The passage that says the question's words in its order comes before one that merely holds them."""

from __future__ import annotations

from pathlib import Path

import pytest
from batonpass.knowledge import LocalKnowledgeBase, make_document

RED_LAMP = "The red lamp belongs to the blue table in our catalogue."
BLUE_LAMP = "The blue lamp belongs to the red table in our catalogue."


@pytest.mark.parametrize(
    ("question", "first"),
    [("is there a red lamp", "one"), ("is there a blue lamp", "two"), ("a red table", "two")],
)
def test_words_in_order_come_first(tmp_path: Path, question: str, first: str) -> None:
    with LocalKnowledgeBase(tmp_path / "kb") as base:
        base.sync([make_document("one", "Furniture", RED_LAMP), make_document("two", "Furniture", BLUE_LAMP)])
        assert base.search(question).ranking[0] == first
