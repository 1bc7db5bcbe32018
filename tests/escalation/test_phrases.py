"""An operator's phrases in customers' spelling."""

from __future__ import annotations

import pytest
from batonpass.escalation.phrases import LIMIT, find, folded
from batonpass.escalation.wording import normalise
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("phrase", "text", "words"),
    [
        ("gift card", "Can I pay half with a GIFT  card?", "GIFT  card"),
        ("gift card", "giftcard balance", None),
        ("press", "It came by express.", None),
        ("press", "Press\nenquiry here", "Press"),
        ("refund", "refund해 주실 수 있나요", "refund"),
        ("환불", "어제 산 컵 환불해주세요", "환불"),
        ("대량 구매", "대량구매하면 더 싼가요", "대량구매"),
        ("환불", "교환 불만 접수요", None),
        ("vip 라운지", "ＶＩＰ라운지는 몇 층이죠", "ＶＩＰ라운지"),
        ("don't renew", "Please don’t renew it", "don’t renew"),
        ("strasse", "in der Hauptstraße 5", None),
        ("hauptstrasse", "in der Hauptstraße 5", "Hauptstraße"),
        ("ㅅㅂ", "아 ㅅㅂ 또 늦네", "ㅅㅂ"),
        ("café", "the cafe\u0301 table", "cafe\u0301"),
        ("리콜", "침대 리\u200b콜 맞죠", "리\u200b콜"),
        ("리콜", "침대 " + "".join(map(chr, (0x1105, 0x1175, 0x110F, 0x1169, 0x11AF))) + " 대상인가요", "리콜"),
        ("c++", "is there a C++ course", "C++"),
        ("119", "I paid 1190", None),
        ("119", "Apt 119, please", "119"),
    ],
)
def test_a_phrase_is_found_as_it_was_written(phrase: str, text: str, words: str | None) -> None:
    found = find([phrase], [text])
    if words is None:
        assert found is None
        return
    assert found is not None
    assert (found.phrase, text[found.start : found.end]) == (phrase, found.text)
    assert folded(found.text).split() == folded(words).split()


def test_the_first_phrase_that_stands_anywhere_is_told_with_its_message() -> None:
    texts = ["무드등이 깨져서 왔어요", "교환이 안 되면 반품할게요"]
    found = find(["반품", "교환"], texts)
    assert found is not None
    assert (found.phrase, found.place, found.start) == ("반품", 1, 9)
    assert find([], texts) is None
    assert find(["반품"], []) is None


def test_the_end_of_a_long_message_is_read_and_what_is_beyond_is_not() -> None:
    assert find(["파손"], ["가" * (LIMIT - 2) + "파손"]) is not None
    assert find(["파손"], ["가" * LIMIT + "파손"]) is None


@given(st.text(alphabet="환불교 aZß\u200b’éＡ１ㅠ한글\u0301\u1112\u1161\u11abİ", max_size=30))
def test_every_character_that_is_found_stands_where_it_is_said_to_stand(text: str) -> None:
    for phrase in ("환불", "a z", "é", "ss"):
        if found := find([phrase], [text]):
            assert text[found.start : found.end] == found.text
            assert folded(phrase).replace(" ", "") in folded(found.text).replace(" ", "")


@given(st.text(alphabet="환불한글 abcXYZ’“”ㅠㅋ1२%", max_size=40))
def test_texts_are_evened_out_as_pattern_rules_read_them(text: str) -> None:
    assert folded(text) == normalise(text).casefold()


def test_a_phrase_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="without a word"):
        find(["\u200b "], ["text"])
