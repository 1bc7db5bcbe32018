"""Facts a customer named: numbers, amounts, dates, contacts, each copied with the message it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from .conversation import Author, Message


class Fact(BaseModel):
    """A copied span.

    Attributes:
        slot: What it is, such as ``order_number`` or ``date``.
        value: The customer's own characters.
        seq: The message it was copied from.
    """

    model_config = ConfigDict(frozen=True)

    slot: str
    value: str
    seq: int


_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_NUM = r"(?<![\d,.])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,12}(?:\.\d+)?)"

_CORRECTS = re.compile(r"아니|말고|정정|\b(?:sorry|actually|correction|i\smean|rather|no,)", re.I)

PATTERNS: list[tuple[str, re.Pattern[str]]] = [
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("phone", re.compile(r"(?<![\d-])(?:\+82[-\s]?)?0?1[016789][-\s.]?\d{3,4}[-\s.]?\d{4}(?![\d-])")),
    # Behind the word for it, whatever it looks like; so it comes before the look of an order number.
    (
        "booking_number",
        re.compile(
            r"(?:예약\s?(?:번호)?|접수\s?번호|booking(?:\s?(?:number|no\.?|id|ref(?:erence)?))?|reservation(?:\s?(?:number|no\.?))?|confirmation(?:\s?(?:number|code))?)\s*(?:는|은|가|이|:|#|is|number)?\s*#?((?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{3,})",
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
    (
        "amount",
        re.compile(
            rf"(?:[$€£₩]\s?(?:{_NUM}))|(?:{_NUM})\s?(?:천|백|십)?\s?(?:만|천|억)?(?:\s?\d{{1,4}}\s?(?:천|백|십)?)?\s?(?:원|달러|유로|엔)(?!\S*형)|(?:{_NUM})\s?(?:won|krw|usd|dollars?|euros?|eur|bucks)\b",
            re.I,
        ),
    ),
    (
        "date",
        re.compile(
            r"\b\d{4}[-./]\d{1,2}[-./]\d{1,2}\b|(?:\d{2,4}년\s?)?\d{1,2}월\s?\d{1,2}일|(?<![\d/.])\d{1,2}/\d{1,2}(?:/\d{2,4})?(?![\d/])"
        ),
    ),
    (
        "date",
        re.compile(
            rf"\b{_MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?\b|\b\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}\b(?:\s\d{{4}})?",
            re.I,
        ),
    ),
    (
        "date",
        re.compile(
            r"오늘|어제|그저께|그제|엊그제|내일|모레|(?:지난|저번|이번|다음)\s?(?:주|달)(?:\s?[월화수목금토일]요일)?|[월화수목금토일]요일|\b(?:yesterday|today|tomorrow|(?:last|this|next)\s(?:week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|(?:on\s)(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday))\b",
            re.I,
        ),
    ),
    (
        "time",
        re.compile(
            r"(?:오전|오후|아침|저녁|밤|새벽)\s?\d{1,2}시(?:\s?\d{1,2}분|\s?반)?|\b\d{1,2}(?::\d{2})?\s?(?:am|pm)\b",
            re.I,
        ),
    ),
    (
        "name",
        re.compile(
            r"(?:제\s?이름은|이름은|저는(?=\s?[가-힣]{2,4}?(?:이라고|라고))|예약자(?:는|명은)?|주문자(?:는|명은)?)\s?([가-힣]{2,4}?)(?:이고|이에요|예요|입니다|이라고|라고|이며)"
        ),
    ),
    (
        "name",
        re.compile(
            r"(?i:my\sname\sis|name\sis|under\sthe\sname(?:\sof)?|this\sis|i'm|i\sam)\s(?!(?:A|An|At|Angry|Afraid|Calling|From|Getting|Going|Happy|Having|Her[e]?|In|Just|Korean|Looking|My|Not|On|Really|Sorry|So|Still|Sure|The|Trying|Unable|Upset|Using|Very|Waiting|Writing|Your)\b)([A-Z][a-z]+(?:\s[A-Z][a-z]+){0,2})"
        ),
    ),
]
"""Slot and pattern; where a pattern has a group, the group is the value. Earlier ones win a span."""


def find_facts(messages: Iterable[Message]) -> tuple[Fact, ...]:
    """Facts in the customer's own messages, the newest value of a slot first; each value once.

    Later mentions come first because a correction ("아니 11월 5일이에요") is what counts.
    """
    found: list[Fact] = []
    for message in messages:
        if message.author is Author.CUSTOMER:
            found += _in_text(message)
    newest_first = sorted(found, key=lambda fact: -fact.seq)
    unique: dict[tuple[str, str], Fact] = {}
    for fact in newest_first:
        unique.setdefault((fact.slot, re.sub(r"\s", "", fact.value).casefold()), fact)
    order = list(dict.fromkeys(slot for slot, _ in PATTERNS))
    return tuple(sorted(unique.values(), key=lambda fact: (order.index(fact.slot), -fact.seq)))


IDENTIFIERS = frozenset({"email", "phone", "order_number", "booking_number"})
"""Slots that name a person's own matter: no article is about them."""


def without_identifiers(text: str) -> str:
    """The text without order numbers, phone numbers and the like, which only mislead a search.

    Returns:
        The text itself where nothing else is left.
    """
    for slot, pattern in PATTERNS:
        if slot in IDENTIFIERS:
            text_left = pattern.sub(" ", text[:20_000])
            if re.search(r"\w", text_left):
                text = text_left
    return re.sub(r"[^\S\n]+", " ", text).strip()


def _in_text(message: Message) -> list[Fact]:
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, Fact]] = []
    for slot, pattern in PATTERNS:
        for match in pattern.finditer(message.text[:20_000]):
            group = 1 if pattern.groups else 0
            start, end = match.span(group)
            if any(start < b and a < end for a, b in taken):
                continue
            taken.append((start, end))
            found.append((start, Fact(slot=slot, value=match[group].strip(), seq=message.seq)))
    facts = [fact for _, fact in sorted(found, key=lambda pair: pair[0])]
    # "11월 4일, 아니 11월 5일이에요": within a message too, what corrects comes first.
    return facts[::-1] if _CORRECTS.search(message.text) else facts
