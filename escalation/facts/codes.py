"""Where codes stand in a message: letters and digits that can be the number of something."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import dates

_UNIT = re.compile(
    r"(?:\s?(?:원|만|천|억|달러|유로|엔|won\b|usd\b|krw\b|eur\b|gbp\b|dollars?\b|pounds?\b|euros?\b|quid\b|bucks\b|개|명|분|시(?!리)|일(?!련)"
    r"|월|년|주(?!문|소)|회(?!원)|층|동|호|%|프로|퍼센트|평|살|세(?![가-힣])|장|박스|인치|km|cm|mm|kg|ml|gb|mb|mg|days?\b|weeks?\b|months?\b"
    r"|years?\b|hours?\b|minutes?\b|mins?\b|people\b|items?\b|times\b|pieces\b|pcs\b|units\b|copies\b|pairs\b|sets\b|boxes\b|points?\b|포인트|보\b|자(?:[^가-힣]|$)))",
    re.I,
)
"""Behind digits: they count something."""
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9@*_$€£₩/.-])(?=[A-Za-z-/_–]{0,12}\d)[A-Za-z0-9]+(?:[-–/_][A-Za-z0-9]+)*(?![A-Za-z0-9*@_]|[.:,]\d)",
    re.I,
)
_LETTERS_BEFORE = re.compile(
    r"(?<![A-Za-z])(?!(?:KRW|USD|EUR|GBP|AM|PM|NO|NR|ID|OK|TV|SUV|MRI|CT|I|A|IS|AT|ON|IN|OF|MY|TO|BY|FOR|THE|AND|REF|NUM|SMS|PDF|FAX|TEL|APP)\b)([A-Z]{1,5})[\s-]{1,2}$"
)
_LETTERS_NAMED = re.compile(
    r"(?:번호|넘버|number|no\.?|ref|code|id)(?:는|은|가|이|\sis|:)?\s(?!(?:is|it|my|at|on|the|for|was|no|of|to)\s)([a-z]{1,3})[\s-]{1,2}$",
    re.I,
)
_MORE_DIGITS = re.compile(r"(?:\s?[-–]\s?|\s)\d{3,7}(?![\d,:A-Za-z-]|\.\d)")


def codes(text: str) -> Iterator[tuple[int, int]]:
    """Where something that can be a number of a matter stands, letters and groups of digits written apart joined."""
    done = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if start < done:
            continue
        digits = sum(char.isdigit() for char in match[0])
        if (
            match[0][0].isdigit()
            and digits >= 3
            and (before := _LETTERS_BEFORE.search(text[max(0, start - 8) : start]))
        ):
            start -= len(before[0])
        elif (
            match[0][0].isdigit()
            and digits >= 3
            and (before := _LETTERS_NAMED.search(text[max(0, start - 24) : start]))
        ):
            start = max(0, start - 24) + before.start(1)
        while text[end - 1].isdigit() and digits >= 3 and (more := _MORE_DIGITS.match(text, end)):
            if _UNIT.match(text, more.end()):
                break
            end = more.end()
        code = text[start:end]
        if not re.search(r"[A-Za-z]", code) and _UNIT.match(text, end):
            continue
        if sum(char.isdigit() for char in code) < 3 or any(p.fullmatch(code) for p in dates.ABSOLUTE):
            continue
        done = end
        yield start, end
