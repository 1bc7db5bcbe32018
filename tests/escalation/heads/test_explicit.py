from __future__ import annotations

import pytest
from batonpass.escalation.heads import asks_for_person


@pytest.mark.parametrize(
    "text",
    [
        "상담원 바꿔 주세요",
        "여기 책임지는 분이랑 통화하고 싶습니다",
        "수의사 선생님 좀 불러 주시겠어요",
        "봇 말고 사람이요",
        "점장나오라고하세요",
        "please put me through to a human",
        "have the caretaker ring me",
        "get me your supervisor",
        "I'd like a word with the chef",
    ],
)
def test_asks(text: str) -> None:
    chance, words = asks_for_person(text)
    assert chance > 0.5
    assert words is not None
    assert words in text


@pytest.mark.parametrize(
    "text",
    [
        "상담원 근무 시간이 어떻게 되나요",
        pytest.param(
            "직원 연결 안 해 주셔도 됩니다",
            marks=pytest.mark.xfail(
                reason="known limit: the head overlooks a polite 'need not' (docs/guard.md)", strict=True
            ),
        ),
        "어제 기사님이 친절하게 설치해 주셨어요",
        "네 그렇게 해 주세요",
        "your agent was very kind yesterday",
        "how many people fit in the tent",
        "no need to call me",
        "where is my order",
        "",
    ],
)
def test_does_not_ask(text: str) -> None:
    assert asks_for_person(text)[1] is None
