"""Names of people, as customers introduce themselves or name who ordered."""

from __future__ import annotations

import re

_SURNAME = (
    r"(?:[김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추"
    r"도소석선설마길연위표명기반왕금옥육인맹제모]|남궁|황보|제갈|선우|사공|독고)"
)
_IS_KO = r"(?:이고|이구|이에|이예|예요|에요|입니|이라|라고|라구|라는|이며|인데|요\b|고요|구요|이요|님|$|\s|,|\.)"
_NOT = (
    r"(?!(?:A|An|At|Angry|Afraid|Also|About|Absolutely|Calling|Done|Fine|From|Getting|Glad|Going|Good"
    r"|Great|Happy|Having|Her[e]?|Hoping|I|In|It|Just|"
    r"Korean|Looking|Lost|Monday|My|New|No|Not|Now|Okay|On|One|Only|Out|Outrageous|Really|Ridiculous"
    r"|Sorry|So|Still|Sure|The|That|This|Too|Trying|Unable|Unacceptable|Upset|"
    r"Using|Very|Waiting|What|Why|Writing|Wrong|Your|Mr|Mrs|Ms|Dr)\b)"
)
_NAME_EN = (
    rf"{_NOT}([A-Z][a-z]+(?:['-][A-Z][a-z]+)?(?:\s(?!(?:And|From|Here|On|With|I"
    rf"|At)\b)[A-Z][a-z]+(?:['-][A-Z][a-z]+)?){{0,2}})"
)

PATTERNS: tuple[re.Pattern[str], ...] = (
    re.compile(
        rf"(?:제\s?이름은|이름은|이름이|성함은|예약자(?:\s?(?:명|이름))?(?:은|는|이|가)?|주문자(?:\s?(?:명|이름))?(?:은|는|이|가)?"
        rf"|수령인(?:은|이)?|받는\s?(?:사람|분)(?:은|이)?|가입자(?:명)?(?:은|는)?|환자(?:명|\s이름)?(?:은|는)?|계약자(?:명)?(?:은|는)?)"
        rf"\s?:?\s?({_SURNAME}[가-힣]{{2}}(?={_IS_KO}|구요|고요)|{_SURNAME}[가-힣]{{1,3}}?(?={_IS_KO}))"
    ),
    re.compile(rf"(?:^|[\s,.!?])(?:저는|전|저)\s({_SURNAME}[가-힣]{{1,2}}?)(?=이라고|라고|이고|인데요?|입니다|이에요|예요)"),
    re.compile(rf"(?:^|[.!?\n]\s?|안녕하세요[,.!]?\s?)({_SURNAME}[가-힣]{{2}})(?=입니다|이에요|예요|이라고\s?합니다|라고\s?합니다)"),
    re.compile(
        rf"(?i:\bmy\sname\sis|\bmy\sname's|\bname\sis|\bname's|\bunder\sthe\sname(?:\sof)?|\bthis\sis"
        rf"|\bi'm|\bi\sam|\bbooked\s(?:under|for)|\bname:)\s{_NAME_EN}"
    ),
    re.compile(rf"(?:^|[.!?,]\s){_NAME_EN}(?=\shere\b)"),
    re.compile(
        r"(?i:\bmy\sname\sis|\bmy\sname's|\bname\sis|\bname's)\s(?!not\b|wrong\b|still\b|on\b|in\b|the\b|a\b"
        r"|being\b|missing\b|spel\w+)([a-z]{2,14}\s[a-z]{2,14})(?=\s*(?:[,.!?]|$|and\b))"),
)  # fmt: skip
"""The name is the first group. A Korean one starts with a surname (of the 100 that name nearly everybody)."""

_NO_NAMES = frozenset(
    [
        "이거",
        "이건",
        "이게",
        "제가",
        "제품",
        "주문",
        "전화",
        "문의",
        "안내",
        "고객",
        "회원",
        "남편",
        "아내",
        "엄마",
        "아빠",
        "어머니",
        "아버지",
        "동생",
        "친구",
        "현재",
        "정말",
        "지금",
        "하나",
        "오늘",
        "어제",
        "우리",
        "학생",
        "여기",
        "직원",
        "사람",
        "환불",
        "취소",
        "교환",
        "반품",
        "배송",
    ]
)


def is_name(value: str) -> bool:
    """Whether a found word can be a name at all."""
    return value not in _NO_NAMES
