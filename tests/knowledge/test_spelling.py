"""Misspelt words are read as the base's; what is known, short or an id stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from batonpass.knowledge import LocalKnowledgeBase, make_document
from batonpass.knowledge.spelling import MOST, mended


def counts(**held: int) -> Callable[[str], int]:
    return lambda stem: held.get(stem, 0)


@pytest.mark.parametrize("word", ["warrnty", "warrrantz", "wwarranty", "wararnty", "wartanty"])
def test_a_word_one_edit_away_is_mended(word: str) -> None:
    found = mended(f"is there a {word} on it?", counts(warranti=3)).split()
    assert (found[3] == "warranty") == (word != "warrrantz")  # two edits are too many


def test_of_several_words_the_one_that_more_chunks_hold_is_taken() -> None:
    assert mended("my wadget", counts(widget=2, gadget=9)) == "my gadget"
    assert mended("my wadget", counts(widget=9, gadget=2)) == "my widget"


def test_what_is_known_short_or_no_word_stays() -> None:
    held = counts(mail=5, order=5)
    for text in (
        "do you ship to Japan",  # a word of the encoder's, though not of the base's
        "where is my ordr-20394",
        "write to jon@ordr.example",
        "see https://example.com/ordr",
        "my iPhnoe",
        "the mal",
        "주문이 안 왔어요",
    ):
        assert mended(text, held) == text


def test_only_so_many_words_are_mended() -> None:
    text = " ".join(["ordrr"] * (MOST + 2))
    assert mended(text, counts(order=1)).split().count("ordrr") == 2


def test_a_search_finds_what_is_misspelt(tmp_path: Path) -> None:
    with LocalKnowledgeBase(tmp_path / "kb") as base:
        base.sync(
            [
                make_document("loom", "Looms", "The zyntherloom weaves felt in an hour."),
                make_document("kiln", "Kilns", "The brandokiln fires clay in a day."),
            ]
        )
        assert base.search("brandokilm").ranking[0] == "kiln"
        assert base.search("zyntherlom").ranking[0] == "loom"
