"""What customers of ``batonpass bench`` ask, and how long whole turns take."""

from __future__ import annotations

import asyncio
import time

from ..agent import Batonpass
from .timing import percentiles

QUESTIONS = {
    "ko": (
        "배송비 얼마예요?",
        "소파 반품하려면 어떻게 해야 돼요",
        "포인트 유효기간이 어떻게 되나요?",
        "비밀번호를 잊어버렸는데 로그인이 안 돼요",
        "무이자 할부 되는 카드 알려주세요",
        "제주도도 배송되나요? 추가 요금 있어요?",
        "의자 나사가 하나 없어요",
        "안녕하세요",
        "해외로 보내면 얼마나 걸려요?",
        "오늘 점심 뭐 먹을까요",
    ),
    "en": (
        "How much is delivery?",
        "I want to send the sofa back, what does it cost?",
        "my points are gone, do they expire",
        "locked out of my account",
        "can i pay in installments",
        "the kettle stopped working after 5 months",
        "a screw is missing from the table I bought",
        "hello there",
        "do you ship to Japan?",
        "who won the match last night",
    ),
}
"""Everyday questions of this program's own, some of them outside the articles."""


def turning(parts: Batonpass, rounds: int) -> dict[str, float]:
    """Whole turns: stored, searched, drafted, judged, posted; each in a conversation of its own."""

    async def measure() -> list[float]:
        times = []
        for round_number in range(rounds + 1):
            for lang, texts in QUESTIONS.items():
                for text in texts:
                    conversation = parts.store.create(lang=lang)
                    start = time.perf_counter()
                    parts.assistant.receive(conversation.id, text)
                    await parts.assistant.answer(conversation.id)
                    if round_number:  # the first round warms up
                        times.append(time.perf_counter() - start)
        return times

    return percentiles(asyncio.run(measure()))
