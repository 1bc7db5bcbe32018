from __future__ import annotations

import pytest
from batonpass.escalation import matter
from batonpass.escalation.heads import Heads, HeadsError
from batonpass.escalation.matter import FEATURES, WEIGHTS, seen, states, worth

from .support import customer, transcript


def said(*texts: str) -> dict[str, list[float]]:
    """Each feature over the messages."""
    rows = seen(transcript([customer(text) for text in texts]))
    return {name: [float(row[at]) for row in rows] for at, name in enumerate(FEATURES)}


def first(*texts: str) -> str:
    scores = worth(transcript([customer(text) for text in texts]))
    return texts[max(range(len(texts)), key=lambda at: scores[at])]


def test_each_feature_has_its_weight() -> None:
    assert len(FEATURES) == len(WEIGHTS)
    assert all(len(row) == len(FEATURES) for row in seen(transcript([customer("where is it?")])))
    assert worth(()) == []


def test_what_is_seen_of_messages() -> None:
    found = said("the dryer stops halfway, can you repair it?", "why was I charged 12,000 won for the visit?")
    assert found["asks"] == [1, 1]
    assert found["later_asks"] == [0, 1]
    assert found["own"] == [0, 1]
    assert found["place"] == [0, 1]
    assert found["like_before"][0] == found["like_after"][1] == 0
    assert found["like_before"][1] == pytest.approx(found["like_after"][0], abs=1e-6)


def test_a_wish_for_a_person_asks_nothing_of_the_matter() -> None:
    found = said("말이 통하는 직원으로 바꿔 주실 수 있나요?", "사진을 설명해 주실 분으로 연결해 주세요")
    assert found["asks"] == [0, 0]
    assert found["wants"] == [0, 0]


@pytest.mark.parametrize(
    "texts",
    [
        ("약정은 몇 달이에요?", "제 동의 없이 회선이 하나 더 개통됐어요. 누가 제 이름을 쓴 것 같아요"),
        ("how do I return a rug?", "actually someone has used my card for three rugs I never bought"),
        ("문이 안 닫혀요, 어떻게 고치나요?", "네 감사합니다", "잘하는 짓이네요 정말 대단하십니다"),
    ],
)
def test_what_is_graver_or_says_more_comes_first(texts: tuple[str, ...]) -> None:
    wanted = {"약": texts[1], "h": texts[1], "문": texts[0]}[texts[0][0]]
    assert first(*texts) == wanted


@pytest.mark.parametrize("text", ["환불 언제 되나요", "it never arrived", "I'd like a new one"])
def test_what_states_something(text: str) -> None:
    assert states(text)


@pytest.mark.parametrize("text", ["알겠습니다", "brill", "010-0000-1234"])
def test_what_states_nothing(text: str) -> None:
    assert not states(text)


def test_without_heads_the_words_are_gone_by(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Heads:
        raise HeadsError("no artefact")

    monkeypatch.setattr(matter.Heads, "load", broken)
    assert first("the dryer stops halfway, can you repair it?", "fine, thank you for that") == (
        "the dryer stops halfway, can you repair it?"
    )
