"""Hangul as keys and back."""

from __future__ import annotations

import pytest
from batonpass.knowledge.hangul import CODAS, NEAR, ONSETS, VOWELS, across, alike, beside, completed, keys, typed
from hypothesis import given
from hypothesis import strategies as st

_SHIFTED = "ㅃㅉㄸㄲㅆㅒㅖ"
SYLLABLES = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=12)


@given(SYLLABLES)
def test_what_keys_type_is_what_they_were_of(text: str) -> None:
    assert typed(keys(text)) == text


@pytest.mark.parametrize(
    ("pressed", "text"),
    [
        ("ㅂㅐㅅㅗㅇ", "배송"),
        ("ㄷㅏㄹㄱㅇㅣ", "닭이"),
        ("ㅇㅓㅂㅅㅇㅓ", "없어"),
        ("ㅇㅓㅂㅅㅓ", "업서"),
        ("ㄱㅗㅏ", "과"),
        ("ㅂㅅㅗㅇ", "ㅂ송"),
        ("ㅂㅐㅅㅇ", "뱃ㅇ"),
        ("ㅏㄸㄸ", "ㅏㄸㄸ"),
        ("ab 1ㄱㅏ", "ab 1가"),
    ],
)
def test_keys_are_joined_as_an_input_method_does(pressed: str, text: str) -> None:
    assert typed(pressed) == text


def test_other_letters_stay() -> None:
    assert keys("A-1 값ㄳ ㅋㅋ") == "A-1 ㄱㅏㅂㅅㄱㅅ ㅋㅋ"


def test_neighbours_touch_each_other() -> None:
    plain = {key: set(others) - set(_SHIFTED) for key, others in NEAR.items() if key not in _SHIFTED}
    assert all(key in plain[other] for key, others in plain.items() for other in others)
    assert set("ㅁㅃㅈ") == set(NEAR["ㅂ"])
    assert "ㅔ" in NEAR["ㅐ"]
    assert "ㅏ" not in NEAR["ㅂ"]


def test_syllables_beside_one() -> None:
    found = beside("송")
    assert {"숑", "동", "소", "손"} <= set(found)
    assert len(found) == len(set(found)) == len(ONSETS) + len(VOWELS) + len(CODAS) - 3
    assert beside("ㅅ") == ()


def test_readings_across_two_syllables() -> None:
    assert "환불" in across("화눌")  # its ㅂ was left out
    assert "없" in across("업서")  # its second vowel is one too many
    assert all(made[0] != "배" and made[1] != "송" for made in across("배송") if len(made) == 2)


@pytest.mark.parametrize(
    ("part", "meant"), [("ㅂ송", "배송"), ("뱃ㅇ", "배송"), ("배ㅅ송", "배송"), ("자ㅏㅇ", "장"), ("ㅕㅂㄴ", "변")]
)
def test_loose_letters_are_completed(part: str, meant: str) -> None:
    assert meant in completed(part)
    assert all(typed(keys(made)) == made for made in completed(part))


def test_what_sounds_alike() -> None:
    assert alike("재") == ("제",)
    assert set(alike("왜")) == {"외", "웨"}
    assert alike("가") == alike("ㄱ") == ()
