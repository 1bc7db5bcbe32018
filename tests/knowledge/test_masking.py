from __future__ import annotations

import pytest
from batonpass.knowledge.masking import mask


@pytest.mark.parametrize(
    ("text", "names", "masked"),
    [
        ("Where is order 12345?", [], "Where is order ○○?"),
        ("SD-20261104-0312 언제 와요?", [], "○○ 언제 와요?"),
        ("주문번호 A77BC8899번이요", [], "주문번호 ○○번이요"),
        ("010-1234-5678로 전화 주세요", [], "○○로 전화 주세요"),
        ("+82 10 1234 5678 please", [], "○○ please"),
        ("card 4111 1111 1111 1111", [], "card ○○"),
        ("１２３４５ 왜 안 와요", [], "○○ 왜 안 와요"),
        ("mail me at mina.kim+x@example.co.kr now", [], "mail me at ○○ now"),
        ("see https://shop.example/o?id=1 please", [], "see ○○ please"),
        ("Is delivery 3000원 or 30,000원 in 2026?", [], "Is delivery 3000원 or 30,000원 in 2026?"),
        ("I'm MINA, Mina Kim: kimchi?", ["Mina Kim"], "I'm ○○, ○○: kimchi?"),
        ("김민아입니다, 민아 계정이요", ["김민아"], "○○입니다, ○○ 계정이요"),
        ("김 민아 고객입니다", ["김민아"], "○○ 고객입니다"),
        ("취소하고 싶어요", ["하고"], "취소하고 싶어요"),
        ("no name", ["", " "], "no name"),
        ("two\n lines \x1b[31m", [], "two lines [31m"),
    ],
)
def test_masking(text: str, names: list[str], masked: str) -> None:
    assert mask(text, names) == masked
