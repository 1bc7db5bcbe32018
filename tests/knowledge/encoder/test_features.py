from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest
from batonpass.knowledge.concepts import Concept, Lexicon
from batonpass.knowledge.encoder.features import code, features

LEXICON = Lexicon([Concept("refund", ("환불",), ("refund",))])
NOTHING = Lexicon([])


def test_korean() -> None:
    found = features("환불이 안 되나요?", LEXICON)
    assert {"c:refund", "n:환불", "m:안", "v:되", "#환불", "#불이", "#되나"} <= found
    assert "#이안" not in found, "bigrams end with the word"
    assert not [name for name in found if name.startswith("w:")]


def test_english() -> None:
    found = features("Refunded by CARD", LEXICON)
    assert {"c:refund", "w:refund", "w:card", "#_car", "#ard_"} <= found
    assert "w:by" not in found


def test_words_that_tell_situations_apart_stay() -> None:
    assert {"w:not", "w:up", "w:without"} <= features("not up without", NOTHING)
    assert features("it is on the", NOTHING) == frozenset()


def test_numbers_count_by_their_length() -> None:
    assert features("50,000", NOTHING) == features("30,000", NOTHING) == {"d:6"}


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC"])
def test_however_a_text_is_encoded(form) -> None:
    text = "환불 café Ｒefund"
    assert features(unicodedata.normalize(form, text), LEXICON) == features(text, LEXICON)


def test_apostrophes_and_case_do_not_matter() -> None:
    assert features("I DON\u2019T", NOTHING) == features("i dont", NOTHING)


@pytest.mark.parametrize("text", ["", " \n", "😀", "\ud800", "\x00"])
def test_texts_without_words(text: str) -> None:
    assert features(text, LEXICON) == frozenset()


def test_a_very_long_word_is_cut() -> None:
    assert len(features("ab" * 5000, NOTHING)) < 50


def test_codes_are_fixed() -> None:
    """The artefact holds them: another hash would make it worthless."""
    assert code("w:refund") == 0x59612AE5EEF46100
    assert code("n:환불") == 0xECB6A98007A15C26
    assert code("#\ud800") == code("#\ud800")
    names = ["w:refund", "n:환불", "#_car", "c:refund", "d:6"]
    assert len({code(name) for name in names}) == len(names)


def test_codes_are_equal_in_every_process() -> None:
    program = "from batonpass.knowledge.encoder.features import code; print(code('c:refund'))"
    for seed in ("1", "2"):
        ended = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        )
        assert int(ended.stdout) == code("c:refund")
