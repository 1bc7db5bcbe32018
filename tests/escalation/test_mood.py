from __future__ import annotations

import pytest
from batonpass.escalation.mood import frustration

from .support import ADVERSARIAL, rows

CALM = [
    "배송이 아직 안 왔어요", "결제가 두 번 됐어요. 확인해 주세요",
    "화면이 안 켜져요", "쿠폰이 적용이 안 됩니다", "예약이 사라졌어요",
    "색이 사진이랑 달라요", "앱이 자꾸 꺼져요", "불이 꺼져요",
    "환불이 2주째 안 들어왔어요", "다른 상품이 왔네요", "화요일에 와요?",
    "고소한 원두 추천해 주세요", "화장실 수전이 고장났어요",
    "사기그릇도 환불되나요", "my parcel has not arrived", "I was charged twice",
    "the screen stays black", "The drawer arrived bent.", "the refund is two weeks late", "wrong colour was sent",
    "the app closes by itself", "is the estate lawyer template free",
    "Sue ordered it", "does the alarm go off again",
    "PLEASE SEND THE INVOICE AGAIN", "hello???", "where is it!!!",
]  # fmt: skip
UPSET = [
    "좀 불편하네요",
    "아직도 안 왔네요 ㅠㅠ",
    "I'm a bit disappointed",
    "this is annoying",
    "it still doesn't work, ugh",
]
ANGRY = [
    "진짜 짜증나네요",
    "몇 번을 말해야 하나요",
    "정말 실망입니다",
    "어이가 없네요",
    "this is unacceptable",
    "what a joke",
    "I am furious",
]
FURIOUS = [
    "사기꾼들",
    "ㅅㅂ 진짜",
    "고소하겠습니다",
    "짜증나!!! 당장 환불해",
    "what the fuck",
    "I will sue you",
    "THIS IS UNACCEPTABLE WHERE IS IT",
]


@pytest.mark.parametrize("text", CALM)
def test_a_calm_report_is_no_anger(text: str) -> None:
    assert frustration(text) <= 1


@pytest.mark.parametrize(
    ("text", "level"),
    [(t, n) for n, texts in ((1, UPSET), (2, ANGRY), (3, FURIOUS)) for t in texts],
)
def test_levels(text: str, level: int) -> None:
    assert frustration(text) == level


def test_marks_and_capitals_add_to_words_only() -> None:
    assert frustration("정말 실망입니다!!!") > frustration("정말 실망입니다")
    assert frustration("감사합니다!!!") == frustration("THANK YOU SO MUCH") == 0


def test_small_talk_and_requests_are_calm() -> None:
    assert {frustration(row.text) for row in rows("smalltalk.tsv")} <= {0, 1}
    asking = [frustration(row.text) for row in rows("requests.tsv")]
    assert sum(level >= 2 for level in asking) / len(asking) < 0.03


@pytest.mark.parametrize("text", ADVERSARIAL, ids=lambda text: f"{text[:12]!r}{text[-1]!r}")
def test_comes_to_an_end(text: str, ends) -> None:
    assert ends(lambda t: frustration(t) + 1, text) in (1, 2, 3, 4)
