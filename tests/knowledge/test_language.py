from __future__ import annotations

import pytest
from batonpass.knowledge.language import detect_language, normalize


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("배송비 얼마예요?", "ko"),
        ("iPhone 15 Pro Max 256GB 환불", "ko"),
        ("AS center 연락처 please", "ko"),
        ("ㅠㅠ", "ko"),
        ("Where is 마이페이지?", "en"),
        ("What does 새벽배송 mean for me", "en"),
        ("refund", "en"),
        ("注文をキャンセルしたい", "ja"),
        ("取消订单", "zh"),
        ("أين طلبي", "ar"),
        ("Где мой заказ", "ru"),
        ("한국어 문서입니다.\n```python\nfor i in the_list and not so: is this a test\n```", "ko"),
    ],
)
def test_detects(text: str, lang: str) -> None:
    assert detect_language(text) == lang


@pytest.mark.parametrize("text", ["", "12345", "🙂🙂", "?!"])
def test_text_without_letters_gets_the_default(text: str) -> None:
    assert detect_language(text, default="xx") == "xx"


def test_normal_form() -> None:
    assert normalize("ＡＢ１２") == "AB12"
    assert normalize("한") == "한"
    assert normalize("a\ud800b") == "a?b"
