"""Dates and times as customers write them, and the day or hour they mean.

The spans are found by pattern and resolved here: dateparser, the library for it, reads "28일" as month and day of
another month, does not know "이틀 전", "그저께" or "지난주 화요일" and takes up to 180 ms for a first look.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

_MONTHS = {
    name: n
    for n, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAYS_EN = {name: n for n, name in enumerate(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])}
_DAY_EN = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)day"
_COUNT_KO = {"하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7, "일주일": 7, "보름": 15}
_COUNT_EN = {
    w: n for n, w in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1)
} | {"a": 1}
_NEAR_KO = {"오늘": 0, "금일": 0, "어제": -1, "그저께": -2, "그제": -2, "엊그제": -2, "내일": 1, "모레": 2}
_NEAR_EN = {"today": 0, "yesterday": -1, "tomorrow": 1}
_NEAR_EN |= {"the day before yesterday": -2, "the day after tomorrow": 2}

ABSOLUTE: tuple[re.Pattern[str], ...] = (
    re.compile(
        r"(?<![\d-])\d{4}[-./]\s?\d{1,2}[-./]\s?\d{1,2}(?![\d-])|(?<!\d)(?:(?:\d{4}|\d{2})년\s?)?\d{1,2}월\s?\d{1,2}일"
        r"|(?<![\d./-])\d{2}([./-])(?:0?[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?![\d./-])"
        r"|(?:지난|저번|이번|다음)\s?달\s\d{1,2}일"
        r"|(?<![\d/.])\d{1,2}/\d{1,2}(?:/\d{2,4})?(?![\d/%])"
    ),
    re.compile(
        rf"\b{_MONTH}\.?\s(?:the\s)?\d{{1,2}}(?:st|nd|rd|th)?\b(?!\s?(?:am|pm|o'clock|:))(?:,?\s\d{{4}})?"
        rf"|\b\d{{1,2}}(?:st|nd|rd|th)?[\s-]?(?:of\s)?{_MONTH}\b(?:[\s,-]{{1,2}}\d{{4}})?",
        re.I,
    ),
    # A day alone: 28일에, 지난 10일, on the 14th. "3일 안에", "10일 걸려요" are spans of time and no dates.
    re.compile(
        r"(?<![\d월년])(?:[1-9]|[12]\d|3[01])일(?=에|날|부터|까지|자(?![가-힣])|이에요|입니다|\s?\(?[월화수목금토일]요일|\s(?:오전|오후|아침|저녁|밤|주문|결제|예약|방문|배송|진료|수술|출발|입금))"
        r"|(?<=지난\s)(?:[1-9]|[12]\d|3[01])일|(?<=오는\s)(?:[1-9]|[12]\d|3[01])일|(?<=이번\s)(?:[1-9]|[12]\d|3[01])일"
        # "25일 전까지" by itself is a day; "출발 3일 전까지" counts back from another one.
        r"|(?:^|(?<=[.!?,]\s)|(?<=매달\s)|(?<=매월\s))(?:1[1-9]|2\d|3[01])일(?=\s?(?:전까지|이전|안으로|까지))"
        r"|\bthe\s(?:[1-9]|[12]\d|3[01])(?:st|nd|rd|th)\b(?!\s(?:time|floor|order|one|person|attempt|parcel|visit))",
        re.I,
    ),
)
RELATIVE: tuple[re.Pattern[str], ...] = (
    re.compile(
        r"(?:지난|저번|이번|다음)\s?(?:주말|주|달)(?:\s?[월화수목금토일](?:요일|욜))?|(?:담주|차주)(?:\s?[월화수목금토일](?:요일|욜))?"
        r"|엊그제|그저께|(?<!도)어제(?:\s?(?:밤|저녁|아침))?|어젯밤|(?<![가-힣])그제(?!야|서)"
        r"|오늘(?:\s?(?:밤|저녁|아침|오전|오후))?|금일|내일|(?<![가-힣])모레|(?<!매주\s)[월화수목금토일](?:요일|욜)(?!마다)|(?<![가-힣\d])(?:하루|이틀|사흘|나흘|닷새|일주일|보름|한\s?달|두\s?달|세\s?달)\s?전(?!까지)"
        r"|(?<!\d)\d{1,2}(?:일|주일?|달|개월|년)\s?전(?!까지|에\s?(?:취소|변경))|(?<![가-힣])(?:작년|재작년|올해|내년)(?!마다)|(?<!\d)(?:1[0-2]|[1-9])월(?:\s?(?:초|중순|말))?(?=에|부터|까지|\s|이|달)(?!\s?\d{1,2}일)"
    ),
    re.compile(
        rf"\bthe\sday\s(?:before\syesterday|after\stomorrow)\b|\b(?:yesterday|today|tonight|tomorrow)\b"
        rf"|\b(?:last|this|next)\s(?:week(?:end)?|month|year|night|morning|afternoon|evening|{_DAY_EN})\b"
        rf"|(?<!every\s)(?<!each\s)\b{_DAY_EN}\b(?!\sto\s|[-–])"
        r"|\b(?:\d{1,2}|an?|one|two|three|four|five|six|seven|eight|nine|ten)\s(?:days?|weeks?|months?|years?)\sago\b"
        rf"|\b(?:early|late|mid)[\s-]{_MONTH}\b|(?<=\bin\s){_MONTH}(?:\s\d{{4}})?\b(?!\s?\d)|(?<=since\s){_MONTH}(?:\s\d{{4}})?\b(?!\s?\d)",
        re.I,
    ),
)
_EXACT = re.compile(
    rf"\d일(?!\s?전)|\d(?:st|nd|rd|th)\b|\d[-./]\s?\d|{_MONTH}\.?\s(?:the\s)?\d{{1,2}}(?!\d)|\d[\s-]?(?:of\s)?{_MONTH}",
    re.I,
)
_BROAD = re.compile(
    r"오늘.*|금일|(?:지난|저번|이번|다음)\s?(?:주말|주|달)|담주|차주|작년|재작년|올해|내년|\d{1,2}월.*"
    rf"|today|tonight|(?:last|this|next)\s(?:week(?:end)?|month|year|night|morning|afternoon|evening)|(?:(?:early|late|mid)[\s-])?{_MONTH}(?:\s\d{{4}})?",
    re.I,
)


def vagueness(text: str) -> int:
    """0: a day by its date; 1: one by its place in the week or from today; 2: no one day, or today itself."""
    return 0 if _EXACT.search(text) else 2 if _BROAD.fullmatch(text) else 1


_COUNT = r"(?:\d{1,3}|한|두|세|석|네|넉|다섯|여섯|몇)"
_COUNTED_EN = r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|several)"
PERIODS: tuple[re.Pattern[str], ...] = (
    re.compile(
        rf"(?<![가-힣\d])(?:(?:{_COUNT}\s?(?:주일|주|달|개월|년|시간)|\d{{1,3}}(?:영업일|일|분)|하루|이틀|사흘|나흘|닷새|보름|일주일)(?:\s?반)?)"
        r"(?=(?:이|가)?\s?(?:째|동안|넘게|넘도록|넘었|넘어|가까이|다\s?(?:돼|되어)|지났|지나|됐|되었|만에|기다렸|기다리고))"
    ),
    re.compile(
        rf"(?:(?<=\bfor\s)|(?<=\bover\s)|(?<=\bnearly\s)|(?<=\balmost\s)|(?<=\bbeen\s)){_COUNTED_EN}\s(?:(?:working|business|whole|full)\s)?(?:hours?|days?|weeks?|months?|years?)\b(?!\sago)"
        rf"|\b{_COUNTED_EN}\s(?:hours?|days?|weeks?|months?|years?)(?=\s(?:now|late|overdue|already|and\s(?:still|nothing|counting))\b)",
        re.I,
    ),
)
"""How long something has gone on; what is only asked about ("3일 안에 오나요?") is none."""
TIMES: tuple[re.Pattern[str], ...] = (
    re.compile(
        r"(?:오전|오후|아침|점심|저녁|밤|새벽|낮)\s?(?:\d{1,2}|열한|열두|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열)\s?시"
        r"(?:\s?\d{1,2}분|\s?반)?"
        r"|(?<![\d:])(?:[01]?\d|2[0-3])시(?!간)(?:\s?\d{1,2}분|\s?반)?"
        r"|(?<![\d:.])(?:[01]?\d|2[0-3]):[0-5]\d(?![\d:])(?:\s?[ap]\.?m\b)?"
        r"|\b(?:1[0-2]|0?[1-9])(?:\.[0-5]\d)?\s?(?:[ap]m\b|[ap]\.m\.|o'clock\b)"
        r"|\b(?:half|quarter)\s(?:past|to)\s(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|1[0-2]|[1-9])\b"
        r"|\b(?:noon|midday|midnight)\b|(?<![가-힣])(?:정오|자정)(?![가-힣]{2})",
        re.I,
    ),
)
_NAMED_HOURS = {"noon": "12:00", "midday": "12:00", "정오": "12:00", "midnight": "00:00", "자정": "00:00"}
_HOURS_KO = {
    w: n
    for n, w in enumerate(
        ["한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열", "열한", "열두"], 1
    )
}


def resolve_date(text: str, base: date) -> str | None:
    """The day a span means, as an ISO date.

    A date without a year is the one nearest to the day it was written; so is a day of the month.

    Args:
        text: A span that a pattern here found.
        base: The day on which it was written.

    Returns:
        None where it names no one day ("지난주", "금요일") or none there is ("2월 30일").
    """
    low = re.sub(r"\s+", " ", text.strip().lower())
    try:
        return (found.isoformat()) if (found := _absolute(low, base) or _relative(low, base)) else None
    except (ValueError, OverflowError):
        return None


def _absolute(low: str, base: date) -> date | None:
    if m := re.fullmatch(r"(\d{4})[-./] ?(\d{1,2})[-./] ?(\d{1,2})", low):
        return date(int(m[1]), int(m[2]), int(m[3]))
    if m := re.fullmatch(r"(\d{2})([./-])(\d{1,2})\2(\d{1,2})", low):
        return _dated(m[1], int(m[3]), int(m[4]), base)
    if m := re.fullmatch(r"(지난|저번|이번|다음) ?달 (\d{1,2})일", low):
        months = base.year * 12 + base.month - 1 + {"지난": -1, "저번": -1, "이번": 0, "다음": 1}[m[1]]
        return date(months // 12, months % 12 + 1, int(m[2]))
    if m := re.fullmatch(r"(?:(\d{2,4})년 ?)?(\d{1,2})월 ?(\d{1,2})일", low):
        return _dated(m[1], int(m[2]), int(m[3]), base)
    if m := re.fullmatch(r"(\d{1,2})/(\d{1,2})(?:/(\d{2,4}))?", low):
        first, second = int(m[1]), int(m[2])
        # 3/4 is March 4 in Korea and April 3 in Britain: only where one reading is possible is it taken.
        if first > 12 >= second:
            first, second = second, first
        elif first <= 12 and second <= 12 and first != second:
            return None
        return _dated(m[3], first, second, base)
    if m := re.fullmatch(rf"({_MONTH})\.? (?:the )?(\d{{1,2}})(?:st|nd|rd|th)?(?:,? (\d{{4}}))?", low):
        return _dated(m[3], _MONTHS[m[1][:3]], int(m[2]), base)
    if m := re.fullmatch(rf"(\d{{1,2}})(?:st|nd|rd|th)?[ -]?(?:of )?({_MONTH})(?:[ ,-]{{1,2}}(\d{{4}}))?", low):
        return _dated(m[3], _MONTHS[m[2][:3]], int(m[1]), base)
    if m := re.fullmatch(r"(?:the )?(\d{1,2})(?:일|st|nd|rd|th)", low):
        return _day_of_month(int(m[1]), base)
    return None


def _dated(year: str | None, month: int, day: int, base: date) -> date:
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    around = [made for y in (-1, 0, 1) if (made := _valid(base.year + y, month, day))]
    if not around:
        raise ValueError(f"no day {month}-{day}")
    return min(around, key=lambda made: abs((made - base).days))


def _day_of_month(day: int, base: date) -> date | None:
    months = ((base.replace(day=1) + timedelta(days=shift)).replace(day=1) for shift in (-1, 0, 31))
    around = [made for first in months if (made := _valid(first.year, first.month, day))]
    return min(around, key=lambda made: abs((made - base).days)) if around else None


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _relative(low: str, base: date) -> date | None:
    near = {**_NEAR_KO, **_NEAR_EN}
    if low in near:
        return base + timedelta(days=near[low])
    if low.startswith("오늘"):
        return base
    if low.startswith(("어제", "어젯밤")):
        return base - timedelta(days=1)
    if m := re.fullmatch(r"(하루|이틀|사흘|나흘|닷새|일주일|보름) ?전", low):
        return base - timedelta(days=_COUNT_KO[m[1]])
    if m := re.fullmatch(r"(\d{1,2})(일|주일?) ?전", low):
        return base - timedelta(days=int(m[1]) * (1 if m[2] == "일" else 7))
    if m := re.fullmatch(r"(\w+) (day|week)s? ago", low):
        count = int(m[1]) if m[1].isdigit() else _COUNT_EN.get(m[1], 1)
        return base - timedelta(days=count * (1 if m[2] == "day" else 7))
    if m := re.fullmatch(r"(지난|저번|이번|다음|담|차) ?주 ?([월화수목금토일])(?:요일|욜)", low):
        monday = base - timedelta(days=base.weekday())
        weeks = {"지난": -1, "저번": -1, "이번": 0, "다음": 1, "담": 1, "차": 1}[m[1]]
        return monday + timedelta(weeks=weeks, days="월화수목금토일".index(m[2]))
    if m := re.fullmatch(rf"(last|next) ({_DAY_EN})", low):
        away = (_DAYS_EN[m[2][:3]] - base.weekday()) % 7
        return base + timedelta(days=(away or 7) if m[1] == "next" else (away - 7))
    return None


def resolve_time(text: str) -> str | None:
    """The hour a span means, as ``HH:MM``; None where morning or afternoon is open ("3시") or there is no such hour."""
    low = text.strip().lower()
    if low in _NAMED_HOURS:
        return _NAMED_HOURS[low]
    if m := re.fullmatch(r"(\d{1,2})(?:[:.](\d{2}))?\s?(?:([ap])\.?m\.?|o'clock)?", low):
        hour, minute, half = int(m[1]), int(m[2] or 0), m[3]
        if half is None and not m[2]:
            return None
        if half:
            hour = hour % 12 + (12 if half == "p" else 0)
        return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None
    m = re.fullmatch(
        r"(오전|오후|아침|점심|저녁|밤|새벽|낮)?\s?(\d{1,2}|[가-힣]+)\s?시(?:\s?(\d{1,2})분|\s?(반))?", low
    )
    if not m:
        return None
    hour = int(m[2]) if m[2].isdigit() else _HOURS_KO.get(m[2], 99)
    minute = 30 if m[4] else int(m[3] or 0)
    if m[1] is None and hour <= 12:
        return None
    if m[1] in ("오후", "점심", "저녁", "낮") and hour < 12 and not (m[1] in ("점심", "낮") and hour == 11):
        hour += 12
    elif m[1] == "밤":
        hour = hour % 12 + (12 if hour % 12 >= 6 else 0)
    elif m[1] in ("오전", "새벽", "아침") and hour == 12:
        hour = 0
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None
