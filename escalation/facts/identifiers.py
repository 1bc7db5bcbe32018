"""Numbers and addresses that name one person's matter: found by pattern, then held against a validator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from stdnum.kr import brn

from ..masking import MASKED

_CODE = r"(?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{3,30}(?![A-Za-z0-9-])"
_IS = r"\s*(?:는|은|가|이|:|#|is|was|number|=)?\s*#?"
EMAIL = re.compile(r"(?<![\w.+@-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}(?<![-.])", re.A)
PHONE = re.compile(
    r"(?<![A-Za-z0-9_-])(?:\+82[-\s]?)?\(?0?1[016789]\)?[-\s.]?\d{3,4}[-\s.]?\d{4}(?![\d-])"
    r"|(?<![A-Za-z0-9_-])0(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4]|70|80|50\d)[-\s.)]\s?\d{3,4}[-\s.]\d{4}(?![\d-])"
    r"|(?<![A-Za-z0-9_-])1[568]\d{2}-\d{4}(?![\d-])"
)
_ABROAD = re.compile(r"(?<![A-Za-z0-9_+])\+\d[\d ().-]{6,18}\d(?!\d)")

NUMBERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    # Behind the word for it, whatever it looks like; so they come before the look of an order number.
    (
        "policy_number",
        re.compile(rf"(?:증권\s?번호|보험\s?번호|policy(?:\s?(?:number|no\.?|id|#)){{1,2}}){_IS}({_CODE})", re.I),
    ),
    (
        "claim_number",
        re.compile(
            rf"(?:사고\s?(?:접수\s?)?번호|청구\s?(?:접수\s?)?번호|claim(?:\s?(?:number|no\.?|id|ref(?:erence)?|#)){{1,2}}){_IS}({_CODE})",
            re.I,
        ),
    ),
    (
        "booking_number",
        re.compile(
            rf"(?:예약\s?(?:번호)?|접수\s?번호|booking(?:\s?(?:number|no\.?|id|ref(?:erence)?|code))?|reservation(?:\s?(?:number|no\.?|code))?|confirmation(?:\s?(?:number|code))?|appointment(?:\s?(?:number|no\.?|id|code))){_IS}({_CODE})",
            re.I,
        ),
    ),
    ("booking_number", re.compile(r"(?<![A-Za-z0-9])(?:BK|AS|RSV|RES|APT)-?\d{4,}(?![A-Za-z0-9])", re.I)),
    (
        "tracking_number",
        re.compile(
            r"(?:운송장|송장)\s?(?:번호)?\s*(?:는|은|가|이|:)?\s*(\d{9,14})|tracking(?:\s?(?:number|no\.?|id))"
            + _IS
            + r"(\d{9,14})",
            re.I,
        ),
    ),
    # Letters, then digits in groups: SD-20261104-0312, ORD12345, KE-901; or digits behind the word "order".
    ("order_number", re.compile(r"(?<![A-Za-z0-9])[A-Z]{1,5}-?\d{4,}(?:-\d{2,})*(?![A-Za-z0-9])", re.I)),
    (
        "order_number",
        re.compile(
            r"(?:주문\s?(?:번호)?|order(?:\s?(?:number|no\.?|id|#))?)\s*(?:는|은|가|이|:|#|is|number)?\s*#?(\d{5,})",
            re.I,
        ),
    ),
)
_BUSINESS = re.compile(r"(?<![A-Za-z0-9_-])\d{3}-\d{2}-\d{5}(?![A-Za-z0-9_-])|(?<=등록번호)\D{0,4}(\d{10})(?!\d)")


def identifiers(text: str) -> Iterator[tuple[str, int, int]]:
    """Slot, start and end of each identifier in a masked text; earlier ones win a span."""
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
    for slot, pattern in NUMBERS:
        for match in pattern.finditer(text):
            group = match.lastindex or 0
            yield slot, *match.span(group)


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
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
