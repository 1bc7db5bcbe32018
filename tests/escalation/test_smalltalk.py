from __future__ import annotations

import pytest
from batonpass.escalation.smalltalk import SmallTalk, accepts, declines, small_talk
from hypothesis import given
from hypothesis import strategies as st

from .support import ADVERSARIAL, rows

TALK, REPLIES = rows("smalltalk.tsv"), rows("replies.tsv")
PARTS = [(lang, part) for lang in ("ko", "en") for part in ("dev", "test")]


@pytest.mark.parametrize(("lang", "part"), PARTS)
def test_kinds(lang: str, part: str) -> None:
    mine = [row for row in TALK if (row.lang, row.part) == (lang, part)]
    assert len(mine) >= 30
    judged = [(row.text, row.label, str(small_talk(row.text) or "none")) for row in mine]
    wrong = [(text, label, kind) for text, label, kind in judged if kind != label]
    assert len(wrong) / len(mine) <= 0.04, wrong


@pytest.mark.parametrize(("lang", "part"), PARTS)
def test_replies_to_an_offer(lang: str, part: str) -> None:
    def label(text: str) -> str:
        return "accept" if accepts(text) else "decline" if declines(text) else "neither"

    mine = [row for row in REPLIES if (row.lang, row.part) == (lang, part)]
    assert len(mine) >= 16
    wrong = [(row.text, row.label, label(row.text)) for row in mine if label(row.text) != row.label]
    assert len(wrong) / len(mine) <= 0.05, wrong


@pytest.mark.parametrize("row", REPLIES, ids=lambda row: row.text)
def test_nobody_accepts_and_declines(row) -> None:
    assert not (accepts(row.text) and declines(row.text))


def test_nothing_is_no_small_talk() -> None:
    for text in ("", " ", "\n", "?", "!!!", "😀", "ㅠㅠ", "x" * 121, "안녕 " * 60):
        assert small_talk(text) is None


def test_letters_and_marks_do_not_matter() -> None:
    assert small_talk("ㅇㅇ") is SmallTalk.YES
    assert small_talk("감사합니다ㅠㅠ!!! 🙏🙏") is SmallTalk.THANKS
    assert small_talk("HELLO…") is SmallTalk.GREETING
    assert accepts("Ｙｅｓ")


@pytest.mark.parametrize("text", [*ADVERSARIAL, *(text[:119] + "x" for text in ADVERSARIAL)])
def test_comes_to_an_end(text: str, ends) -> None:
    ends(lambda t: (small_talk(t), accepts(t), declines(t)), text)


@given(st.text(alphabet="네예응 아니요감사합니다연결해주세요그렇게okyesnotha'?!x", max_size=120))
def test_any_mixture_is_judged(text: str) -> None:
    assert small_talk(text) in (None, *SmallTalk)
    assert not (accepts(text) and declines(text))
