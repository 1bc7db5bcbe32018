"""Amounts of money, in digits and in Korean number words, and what they come to."""

from __future__ import annotations

import re

_NUM = r"(?<![\d,.])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,12}(?:\.\d+)?)"
_WORD = "[일이삼사오육칠팔구십백천만억]"

PATTERNS: tuple[re.Pattern[str], ...] = (
    re.compile(
        rf"[$€£₩]\s?{_NUM}(?:\s?k\b)?"
        rf"|{_NUM}\s?(?:천|백|십)?\s?(?:만|천|억)?(?:\s?\d{{1,4}}\s?(?:천|백|십)?){{0,2}}\s?(?:원|달러|유로|엔)(?!\S*형)"
        rf"|{_NUM}\s?(?:won|krw|usd|dollars?|euros?|eur|gbp|pounds?|quid|bucks)\b",
        re.I,
    ),
    # 만 오천원, 이십만 원, 백이십만원: at least two number words, or one and the unit 만; "원" behind it.
    re.compile(
        rf"(?<![가-힣]){_WORD}{{1,8}}(?:\s{_WORD}{{1,6}})?\s?원(?=[을를이가은는에도만짜정씩\s.,!?)]|인데|이|$)"
    ),
    # 3만, 89만 without the unit, where what follows shows that money is meant.
    re.compile(
        r"(?<![\d,.])\d{1,4}(?:\.\d)?만(?:\s?\d천)?(?=\s?(?:짜리|넘게|정도|이나|을?\s?(?:결제|환불|냈|청구|빠져)))"
    ),
    re.compile(r"(?<![\w.,$€£₩])\d{1,4}(?:\.\d+)?k(?![a-z0-9])", re.I),
)

_DIGITS = {word: n for n, word in enumerate("일이삼사오육칠팔구", 1)}
_UNITS = {"십": 10, "백": 100, "천": 1_000}
_CURRENCIES = (
    ("KRW", re.compile(r"원|₩|won|krw", re.I)),
    ("USD", re.compile(r"\$|달러|usd|dollar|buck", re.I)),
    ("EUR", re.compile(r"€|유로|eur", re.I)),
    ("GBP", re.compile(r"£|gbp|pound|quid", re.I)),
    ("JPY", re.compile(r"엔")),
)


def normalise_amount(text: str) -> str | None:
    """An amount as ``KRW 35000``; the currency is left out where none is named ("42k" is "42000").

    Returns:
        None where the text is no number.
    """
    currency = next((code for code, pattern in _CURRENCIES if pattern.search(text)), "")
    if not currency and re.search(r"[만억]", text):
        currency = "KRW"  # counted in myriads: nobody counts other money like that
    value = _value(re.sub(r"[,\s]", "", text.lower()))
    if value is None:
        return None
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{currency} {shown}".strip()


def _value(text: str) -> float | None:
    if found := re.search(r"(\d+(?:\.\d+)?)k(?![a-z])", text):
        return float(found[1]) * 1_000
    pieces = re.findall(r"\d+(?:\.\d+)?|[일이삼사오육칠팔구십백천만억]", text)
    if not pieces:
        return None
    total = group = 0.0
    number: float | None = None
    for piece in pieces:
        if piece in _DIGITS:
            number = float(_DIGITS[piece])
        elif piece in _UNITS:
            group += (1 if number is None else number) * _UNITS[piece]
            number = None
        elif piece in "만억":
            group += number or 0
            total += (group or 1) * (10_000 if piece == "만" else 100_000_000)
            group, number = 0.0, None
        else:
            number = float(piece)
    return total + group + (number or 0)
