"""Amounts of money, in digits and in Korean number words, and what they come to."""

from __future__ import annotations

import re

_NUM = r"(?<![\d,.])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,12}(?:\.\d+)?)"
_WORD = "[일이삼사오육칠팔구십백천만억]"
_UNIT_KO = r"(?:원|달러|불(?![가-힣])|유로|엔|위안|파운드|바트|페소|루피)"
_CODES = "krw|usd|eur|gbp|jpy|cny|rmb|aud|cad|nzd|sgd|hkd|twd|vnd|thb|php|inr|chf"
_UNIT_EN = rf"(?:won(?!['’]?t\b)|dollars?|euros?|pounds?(?:\ssterling)?|quid|bucks|yen|yuan|baht|rupees?|pesos?|francs?|{_CODES})"
_SIGN = r"(?:(?:US|AU?|CA?|NZ|HK|S)?\$|[€£₩¥])"
_TIMES = r"(?:k|thousand|grand|mil(?:lion)?|m|bn|billion)"
_SAID = (
    r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million)"
)

PATTERNS: tuple[re.Pattern[str], ...] = (
    re.compile(
        rf"{_SIGN}\s?{_NUM}(?:\s?{_TIMES}\b)?"
        rf"|\b(?:{_CODES})\s?{_NUM}(?:\s?{_TIMES}\b)?"
        # 3만 5천원, 1억 7,500만 원, 1천2백만원: digits and units in turns, "원" behind them.
        rf"|{_NUM}(?:\s?[십백천만억]{{1,2}}(?:\s?\d{{1,3}}(?:,\d{{3}})?|\s?\d{{1,4}})?){{0,4}}\s?{_UNIT_KO}(?!\S*형)"
        rf"|{_NUM}(?:\s?{_TIMES})?\s?(?:(?:US|Canadian|Australian|Korean|British)\s)?{_UNIT_EN}\b"
        rf"|{_NUM}\s?[€£$₩¥]"
        rf"|\b(?:{_SAID}[\s-](?:and\s)?){{1,7}}{_UNIT_EN}\b"
        rf"|\b(?:an?|one|two|three|four|five|six|ten|twenty|{_NUM})\sgrand\b",
        re.I,
    ),
    # 만 오천원, 이십만 원, 백이십만원: number words with a unit among them, "원" behind it.
    re.compile(
        rf"(?<![가-힣])(?={_WORD}{{0,8}}\s?[일-힣]?[십백천만억]){_WORD}{{1,8}}(?:\s{_WORD}{{1,6}})?\s?(?:원|달러|불|유로|파운드)"
        r"(?=[을를이가은는에도만짜정씩\s.,!?)]|인데|인가|요|예|입|어치|이|돈|밖|넘|쯤|가량|까지|$)"
    ),
    # 3만, 1억 2천, 89만 without the unit, where what follows shows that money is meant.
    re.compile(
        r"(?<![\d,.])\d{1,4}(?:[.,]\d{1,3})?(?:만|억)(?:\s?\d{1,4}(?:천|만))?"
        r"(?=\s?(?:짜리|넘게|넘는|정도|이나|가량|쯤|씩|돈|한도|을?\s?(?:결제|환불|냈|내고|낸|냄|청구|빠져|빠졌|나왔|나와|들었|줬|주고|썼|입금|이체|송금|날렸|받았|더\s?(?:냈|내라|나왔))))"
    ),
    re.compile(r"(?<![\w.,$€£₩¥])\d{1,4}(?:\.\d+)?k(?![a-z0-9])", re.I),
)
"""Whole matches are amounts."""

BARE: tuple[re.Pattern[str], ...] = (
    re.compile(
        r"(?:금액|요금|수수료|결제액|청구액|견적|비용|보험료|위약금)(?:은|는|이|가)?\s?:?\s?(\d{1,3}(?:,\d{3})+|\d{4,9})(?![\d,]|\s?[-~년월일번])"
        r"|(?<![\d,.])(\d{1,3}(?:,\d{3})+)(?=\s?(?:결제|환불|청구|빠져|빠졌|나왔|입금|이체|송금|냈))"
    ),
    re.compile(
        r"\b(?:paid|pay|charged|billed|refunded|owed?|cost|costs|spent|debited|transferred|total|fee|premium|price|bill|quote|quoted|deducted|took)"
        r"\s(?:(?:me|us|him|her|you|out|of|for|was|is|were|a|the|my|about|nearly|almost|over|another|exactly|full)\s){0,3}(\d{1,3}(?:,\d{3})+(?:\.\d\d)?|\d{2,6}\.\d\d)(?![\d,.]?\d|\s?(?:people|items|points|km|miles))",
        re.I,
    ),
)
"""A group is the amount: no currency is named, but what stands beside it says that it is money."""

_DIGITS = {word: n for n, word in enumerate("일이삼사오육칠팔구", 1)}
_UNITS = {"십": 10, "백": 100, "천": 1_000}
_SMALL = {
    word: n
    for n, word in enumerate(
        ["a", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
    )
} | {"a": 1, "an": 1}  # fmt: skip
_TENS = {
    word: 10 * n
    for n, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_LARGE = {
    "k": 1_000, "thousand": 1_000, "grand": 1_000, "m": 1_000_000, "mil": 1_000_000, "million": 1_000_000,
    "bn": 1_000_000_000, "billion": 1_000_000_000,
}  # fmt: skip
_CURRENCIES = (
    ("USD", re.compile(r"달러|불|(?<![A-Z])(?:US)?\$|usd|dollar|buck", re.I)),
    ("EUR", re.compile(r"€|유로|eur", re.I)),
    ("GBP", re.compile(r"£|파운드|gbp|pound|quid", re.I)),
    ("JPY", re.compile(r"엔|jpy|yen", re.I)),
    ("CNY", re.compile(r"위안|cny|rmb|yuan", re.I)),
    ("KRW", re.compile(r"원|₩|won|krw", re.I)),
)
_NAMED = re.compile(rf"\b({_CODES})\b|(?<![A-Z])({_CODES})(?=\s?\d)|(?<=\d)({_CODES})\b", re.I)


def normalise_amount(text: str) -> str | None:
    """An amount as ``KRW 35000``; the currency is left out where none is named ("42k" is "42000").

    Returns:
        None where the text is no number.
    """
    if named := _NAMED.search(text):
        currency = (named[1] or named[2] or named[3]).upper().replace("RMB", "CNY")
    else:
        currency = next((code for code, pattern in _CURRENCIES if pattern.search(text)), "")
    if not currency and re.search(r"[만억]", text):
        currency = "KRW"  # counted in myriads: nobody counts other money like that
    value = _value(re.sub(r"[,\s]", "", text.lower())) if re.search(r"[\d가-힣]", text) else None
    value = _english(text.lower()) if value is None else value
    if value is None:
        return None
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{currency} {shown}".strip()


def _english(text: str) -> float | None:
    """An amount in English number words: "a hundred and twenty pounds" is 120, "fifteen hundred" 1500."""
    total = group = 0.0
    read = False
    for word in re.findall(r"[a-z]+", text):
        if word in _SMALL or word in _TENS:
            group += _SMALL.get(word, 0) or _TENS.get(word, 0)
        elif word == "hundred":
            group = (group or 1) * 100
        elif word in ("thousand", "million", "grand"):
            total, group = total + (group or 1) * _LARGE[word], 0.0
        else:
            continue
        read = True
    return total + group if read else None


def _value(text: str) -> float | None:
    if found := re.search(
        r"(\d+(?:\.\d+)?)(k|thousand|grand|million|billion|mil|bn|m)(?=$|[^a-z]|won|dollar|euro|pound|quid|buck|yen|krw|usd|eur|gbp)",
        text,
    ):
        return float(found[1]) * _LARGE[found[2]]
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
