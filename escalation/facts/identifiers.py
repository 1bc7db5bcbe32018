"""Numbers and addresses that name one person's matter: found by pattern, then held against a validator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from stdnum.kr import brn

from ..masking import MASKED
from .numbers import Setting, numbers

EMAIL = re.compile(r"(?<![\w.+@-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}(?<![-.])", re.A)
PHONE = re.compile(
    r"(?<![A-Za-z0-9_-])(?:\+82[-\s]?)?\(?0?1[016789]\)?[-\s.]?\d{3,4}[-\s.]?\d{4}(?![\d-])"
    r"|(?<![A-Za-z0-9_-])0(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|80|50\d)[-\s.)]\s?\d{3,4}[-\s.]\d{4}(?![\d-])"
    r"|(?<![A-Za-z0-9_-])1[568]\d{2}-\d{4}(?![\d-])"
)
_ABROAD = re.compile(r"(?<![A-Za-z0-9_+])\+\d[\d ().-]{6,18}\d(?!\d)")
_NATIONAL = re.compile(
    r"(?<![A-Za-z0-9_*.-])(?:07\d{3}[ -]?\d{3}[ -]?\d{3}|0[12]\d{1,3} \d{3,4} \d{3,4}|\(\d{3}\)\s?\d{3}[-.\s]\d{4}|\d{3}[-.]\d{3}[-.]\d{4})(?![\d*-])"
)
"""As they are written in Britain and North America, without their country's code."""
_CALLED = re.compile(
    r"(?:연락처|전화\s?번호|휴대폰(?:\s?번호)?|핸드폰(?:\s?번호)?|폰\s?번호|휴대\s?전화(?:\s?번호)?|\b(?:(?:phone|mobile|cell|contact|telephone|tel)(?:\s?(?:number|no\.?))?|call\sme\s(?:on|at)|ring\sme\s(?:on|at)|text\sme\s(?:on|at)|reach\sme\s(?:on|at)))"
    r"(?:는요?|은|이|가|\sis|'s)?[\s:]{0,2}(\d[\d .()-]{5,16}\d)(?![\d-])",
    re.I,
)
"""Digits that are said to be a telephone number, however they are grouped."""

_BUSINESS = re.compile(r"(?<![A-Za-z0-9_-])\d{3}-\d{2}-\d{5}(?![A-Za-z0-9_-])|(?<=등록번호)\D{0,4}(\d{10})(?!\d)")


_PLATE = re.compile(
    r"(?<![\d가-힣])(?:(?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주)\s?)?\d{2,3}\s?[가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자배하허호]\s?\d{4}(?!\s?[\d원년개명,.-])"
)
"""A Korean number plate: class, use and serial (the Motor Vehicle Management Act's list of letters)."""


def identifiers(text: str, setting: Setting | None = None) -> Iterator[tuple[str, int, int]]:
    """Slot, start and end of each identifier in a masked text; earlier ones win a span.

    Args:
        setting: What stands around the message, by which numbers without a name are told.
    """
    for slot, pattern in MASKED.items():
        for match in pattern.finditer(text):
            yield slot, *match.span()
    for match in EMAIL.finditer(text):
        yield "email", *match.span()
    for match in _BUSINESS.finditer(text):
        group = 1 if match[1] else 0
        if brn.is_valid(match[group]) and _check_digit(match[group]):
            yield "business_number", *match.span(group)
    for pattern in (PHONE, _ABROAD):
        for match in pattern.finditer(text):
            if normalise_phone(match[0]):
                yield "phone", *match.span()
    for match in _NATIONAL.finditer(text):
        yield "phone", *match.span()
    for match in _CALLED.finditer(text):
        if 7 <= sum(char.isdigit() for char in match[1]) <= 15:
            yield "phone", *match.span(1)
    for match in _PLATE.finditer(text):
        yield "vehicle_number", *match.span()
    yield from numbers(text, setting)


def _check_digit(written: str) -> bool:
    """Whether a business number's last digit is right, which python-stdnum leaves to the tax office's service.

    Weights 1 3 7 1 3 7 1 3 5; of the ninth product the tens count too (National Tax Service).
    """
    digits = [int(char) for char in written if char.isdigit()]
    total = sum(d * w for d, w in zip(digits, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=False)) + digits[8] * 5 // 10
    return (total + digits[9]) % 10 == 0


@lru_cache(maxsize=512)
def normalise_phone(text: str) -> str | None:
    """A telephone number in E.164, read as a Korean one where no country is named; None where it is none."""
    import phonenumbers  # its metadata is large: loaded with the first number

    try:
        number = phonenumbers.parse(text, "KR")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    if _NATIONAL.fullmatch(text) and not PHONE.fullmatch(text):
        return None  # a number of a country that is not said
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
