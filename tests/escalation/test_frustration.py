from __future__ import annotations

import pytest
from batonpass.escalation.combiner import GROUPS
from batonpass.escalation.frustration import UPSET_AT, frustration, heard, level_of, mood, scale, trend

from .support import agent, bot, customer, transcript

ANGRY = "where is my sofa? I am sick of waiting"
CALM = "do you sell oak shelves?"


def test_the_scale_by_hand() -> None:
    assert scale(0.0, 0.9) == 0.0
    assert scale(UPSET_AT / 2, 0.9) == 1.0
    assert scale(UPSET_AT * 0.98, 1.0) == pytest.approx(1.96), "furious words alone make nobody upset"
    assert scale(UPSET_AT, 0.0) == 2.0
    assert scale(0.9, 0.6) == pytest.approx(2.6)
    assert scale(1.0, 1.0) == 3.0


@pytest.mark.parametrize(
    ("value", "level"),
    [(-0.1, 0), (0.0, 0), (0.99, 0), (1.0, 1), (1.99, 1), (2.0, 2), (2.59, 2), (2.6, 3), (3.0, 3)],
)
def test_levels(value: float, level: int) -> None:
    assert level_of(value) == level


def test_the_scale_never_falls_as_the_mood_rises() -> None:
    values = [scale(step / 100, 0.3) for step in range(101)]
    assert values == sorted(values)


@pytest.mark.parametrize(("text", "least"), [(ANGRY, 2), ("사기꾼들아 당장 돈 돌려내", 2)])
def test_anger_is_heard(text: str, least: int) -> None:
    assert frustration(text) >= least


@pytest.mark.parametrize("text", [CALM, "매장 영업시간 알려주세요", "thanks a lot!", "", "😀", "ᄀ" * 4000])
def test_calm_is_calm(text: str) -> None:
    assert frustration(text) == 0


def test_the_same_words_weigh_more_where_nothing_helped() -> None:
    said = "아직도 안 왔네요, 좀 실망이에요"
    assert heard(said, [ANGRY, "배송이 안 왔어요"]) > heard(said)
    assert heard(CALM, [ANGRY, "벌써 세 번이나 말했잖아요 어이가 없네"]) > heard(CALM)


def test_only_the_last_messages_count() -> None:
    calm = [f"{CALM} ({n})" for n in range(6)]
    assert heard(CALM, [ANGRY, *calm]) == heard(CALM, calm)


def test_the_signals_of_a_turn_and_the_text_agree() -> None:
    quiet = dict.fromkeys(GROUPS, 0.0)
    assert level_of(mood(quiet)) == 0
    assert level_of(mood(quiet | dict.fromkeys(("annoyed", "upset", "furious", "complaint", "peak"), 1.0))) == 3


def test_the_trend_is_the_customers_alone() -> None:
    lines = transcript([customer(CALM), bot("Yes."), agent(ANGRY), customer(ANGRY), customer("감사합니다")])
    hidden = lines[3].model_copy(update={"internal": True})
    assert len(trend(lines)) == 3
    assert trend(lines)[0] == 0
    assert trend(lines)[1] >= 2
    assert trend((*lines[:3], hidden, lines[4])) == (0, 0)
    assert trend(()) == ()
