from __future__ import annotations

import pytest
from batonpass.escalation.question import LONGEST, excerpt, open_question, open_questions

from .support import customer, transcript


def question(*texts: str) -> str | None:
    found = open_question(transcript([customer(text) for text in texts]))
    return found.text if found else None


@pytest.mark.parametrize(
    "texts",
    [
        ("러그 색이 사진이랑 달라요, 바꿀 수 있나요?", "네", "상담사 연결해 주세요"),
        ("러그 색이 사진이랑 달라요, 바꿀 수 있나요?", "주문번호는 SD-20261101-0001이에요", "010-0000-1234"),
        ("러그 색이 사진이랑 달라요, 바꿀 수 있나요?", "장난하세요? 답답하네 진짜", "사람 불러 주세요"),
        ("안녕하세요", "러그 색이 사진이랑 달라요, 바꿀 수 있나요?", "그건 아까 봤고요 똑같아요"),
        ("러그 색이 사진이랑 달라요, 바꿀 수 있나요?", "상담사 불러 주세요", "몇 분 기다려야 돼요?"),
        ("배송비는 얼마인가요?", "고마워요", "러그 색이 사진이랑 달라요, 바꿀 수 있나요?"),
    ],
)
def test_the_matter_in_korean(texts: tuple[str, ...]) -> None:
    assert question(*texts) == "러그 색이 사진이랑 달라요, 바꿀 수 있나요?"


@pytest.mark.parametrize(
    "texts",
    [
        ("the dryer stops halfway, can you repair it?", "yes please", "agent"),
        ("the dryer stops halfway, can you repair it?", "that didn't help", "let me talk to a person"),
        ("the dryer stops halfway, can you repair it?", "oh wonderful, another link", "order DR-99120"),
        ("hi", "the dryer stops halfway, can you repair it?", "can i tlak to a humna"),
        ("the dryer stops halfway, can you repair it?", "connect me to someone", "are you there? still waiting"),
    ],
)
def test_the_matter_in_english(texts: tuple[str, ...]) -> None:
    assert question(*texts) == "the dryer stops halfway, can you repair it?"


@pytest.mark.parametrize("text", ["😡😡😡", "👍", "IMG_2034.jpg", "영수증.pdf", "...", "네", "상담원"])
def test_what_asks_nothing(text: str) -> None:
    assert question(text) is None


def test_others_stand_beside_the_main_one() -> None:
    first, second = "러그 색이 사진이랑 달라요, 바꿀 수 있나요?", "포인트는 언제 들어와요?"
    main, also = open_questions(transcript([customer(first), customer(second)]))
    assert main is not None
    assert {main.text, *(line.text for line in also)} == {first, second}


def test_of_a_long_message_the_part_that_asks_is_quoted() -> None:
    text = (
        "오늘 날씨가 참 좋았습니다. " * 700
        + "식탁 다리가 부러졌는데 교환 되나요? "
        + "그리고 산책을 했습니다. " * 700
    )
    assert len(text) > 20_000 - 2_000
    quoted = excerpt(text)
    assert "식탁 다리가 부러졌는데 교환 되나요?" in quoted
    assert len(quoted) <= LONGEST
    assert quoted in text


def test_three_hundred_turns(ends) -> None:
    lines = transcript([customer(f"{n}번째 문의인데요, 의자 높이가 안 맞아요") for n in range(300)])
    assert ends(open_question, lines).seq > 200
