"""Facts in the customer's own messages: found, held against each other, corrected ones set behind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, tzinfo
from functools import lru_cache

from ..conversation import Author, Message
from ..masking import SENSITIVE, mask
from . import amounts, dates, names
from .goods import goods
from .identifiers import identifiers, normalise_phone
from .places import places
from .types import Fact, Origin

SLOTS = (
    "order_number", "booking_number", "policy_number", "claim_number", "tracking_number", "name", "phone", "email",
    "card", "resident_number", "social_security_number", "business_number", "product", "device", "quantity", "amount",
    "date", "time", "address", "attachment",
)  # fmt: skip
"""Every slot, in the order in which a packet lists them."""

IDENTIFIERS = frozenset(
    {
        "email",
        "phone",
        "order_number",
        "booking_number",
        "policy_number",
        "claim_number",
        "tracking_number",
        "card",
    }
)
"""Slots that name a person's own matter: no article is about them."""

LIMIT = 20_000
"""Characters of a message that are read."""

_CORRECTS = re.compile(
    r"아니(?!면)|말고|정정|잘못|틀렸|틀린|헷갈|다시\s?(?:보니|적|알려)|오타|바꿔서"
    r"|\b(?:sorry|actually|correction|i\smean|i\smeant|rather|no,|no\swait|typo|wrong|mistyped|not\s\d|oops|argh|instead)\b",
    re.I,
)
_SINGLE = frozenset({"order_number", "booking_number", "policy_number", "claim_number", "tracking_number", "name",
                     "phone", "email", "amount", "date", "time", "quantity", "address"})  # fmt: skip
_QUANTITY = re.compile(
    r"(?<![\d.,])\d{1,3}\s?(?:개|대|장|권|벌|켤레|박스|세트|병|명)(?![월가-힣]*(?:보험|할부))(?=[를을이가만씩는은요\s.,?!]|$)"
    r"|(?<![가-힣])(?:한|두|세|네|다섯|여섯|열)\s(?:개|대|장|권|벌|켤레|박스|세트|병)(?=[를을이가만씩는은요\s.,?!]|$)"
    r"|\b(?:\d{1,3}|two|three|four|five|six|seven|eight|ten|twelve)\s(?:units?|pieces|pcs|items|boxes|sets|pairs|of\sthem)\b",
    re.I,
)
ATTACHMENT = re.compile(
    r"(?<![\w/])[\w가-힣()-]{1,60}\.(?:jpe?g|png|gif|heic|webp|pdf|mp4|mov|docx?|xlsx?|hwpx?|zip)(?![A-Za-z0-9])",
    re.I,
)
"""The name of a file that was sent."""
_DEVICE = re.compile(
    r"(?<![\w가-힣])(?:아이폰|갤럭시|아이패드|맥북|에어팟|갤럭시\s?탭)(?:\s?[A-Za-z]?\d{1,3})?(?:\s?(?:프로|플러스|울트라|미니|맥스))*"
    r"|\b(?:iPhone|iPad|MacBook|AirPods|Galaxy|Pixel|ThinkPad|Kindle)(?:\s(?:Pro|Air|Max|Plus|Ultra|Mini|Tab|Note|Fold|Flip|[A-Z]?\d{1,3}[a-z]?))*"
    r"|(?<![가-힣])(?:윈도우?즈?|안드로이드|크롬|사파리|엣지)(?:\s?\d{1,3})?(?=[에이가은는을로\s.,!?]|$)"
    r"|\b(?:Windows\s\d{1,2}|Android\s?\d{0,2}|iOS\s?\d{0,2}|Chrome|Safari|Firefox)\b",
    re.I,
)


def find_facts(
    messages: Iterable[Message], *, known: Iterable[str] = (), zone: tzinfo | None = None
) -> tuple[Fact, ...]:
    """Facts in the customer's own messages, slot by slot, what counts now before what was corrected.

    Of two values of a slot the later comes first; an exact date comes before "yesterday", the fuller name of a
    product before the shorter. Each value comes once, at its newest place.

    Args:
        messages: Any part of a transcript; what others than the customer wrote is passed over.
        known: Names of products from the record and the knowledge base.
        zone: Where "today" is (default: the machine's own).
    """
    own = [m for m in messages if m.author is Author.CUSTOMER]
    names_ = tuple(known)
    found: list[Fact] = []
    for message in own:
        new = list(_in_message(message, names_, zone))
        found = [*_corrected(found, new, message), *new]
    return tuple(sorted(_once(found), key=_rank))


def _once(found: list[Fact]) -> list[Fact]:
    """Each value once: where it is newest, within a message where it comes first."""
    unique: dict[tuple[str, str], Fact] = {}
    for fact in sorted(found, key=lambda fact: -fact.seq):  # stable: within a message the first comes first
        unique.setdefault((fact.slot, _bare(fact.value)), fact)
    products = [f for f in unique.values() if f.slot == "product"]
    # "식탁" beside "담이 식탁" says nothing more.
    short = {
        f.value
        for f in products
        for other in products
        if _bare(f.value) != _bare(other.value)
        and _stem(f.value) in _bare(other.value)
        and len(other.value) > len(f.value)
    }
    return [f for f in unique.values() if not (f.slot == "product" and f.value in short)]


def _rank(fact: Fact) -> tuple[int, bool, bool, int]:
    vague = fact.slot == "date" and any(p.fullmatch(fact.value) for p in dates.RELATIVE)
    plain = fact.slot == "product" and not re.search(r"\s", fact.value)  # "shelf" beside "Oak Storage Cabinet"
    return SLOTS.index(fact.slot), fact.superseded, vague or plain, -fact.seq


@lru_cache(maxsize=4096)
def _bare(value: str) -> str:
    return re.sub(r"[\s-]", "", value).casefold()


def _stem(value: str) -> str:
    bare = _bare(value)
    return bare[:-1] if bare.isascii() and bare.endswith("s") and len(bare) > 4 else bare


def _corrected(found: list[Fact], new: list[Fact], message: Message) -> list[Fact]:
    """The facts so far, those marked that a message corrects.

    It does where it says so, or where a number differs in so few characters that it must be the same one.
    """
    receipt = message.meta.get("receipt") or {}
    says = bool(_CORRECTS.search(message.text[:LIMIT]))
    slots = {fact.slot for fact in new if fact.slot in _SINGLE}
    newest = {fact.slot: fact.seq for fact in found}  # the last of a slot wins: they come in order
    marked: list[Fact] = []
    for fact in found:
        if fact.slot not in slots and receipt.get("slot") != fact.slot:
            marked.append(fact)
            continue
        others = [n for n in new if n.slot == fact.slot and _bare(n.value) != _bare(fact.value)]
        by_receipt = receipt.get("slot") == fact.slot and _bare(receipt.get("old", "")) == _bare(fact.value)
        by_words = says and bool(others) and fact.seq == newest[fact.slot]
        near = any(_mistyped(fact, other) for other in others)
        if by_receipt or by_words or near:
            fact = fact.model_copy(update={"superseded": True})
        marked.append(fact)
    return marked


def _mistyped(old: Fact, new: Fact) -> bool:
    if old.slot not in ("order_number", "booking_number", "policy_number", "claim_number", "phone"):
        return False
    a, b = _bare(old.value), _bare(new.value)
    if len(a) != len(b) or len(a) < 6 or old.seq == new.seq:
        return False
    wrong = [n for n, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    # Two neighbours swapped. One other digit is as likely the next order: that must be said.
    return (
        len(wrong) == 2 and wrong[1] == wrong[0] + 1 and a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]
    )


def _in_message(message: Message, known: tuple[str, ...], zone: tzinfo | None) -> Iterator[Fact]:
    text, _ = mask(message.text[:LIMIT])
    receipt = message.meta.get("receipt") or {}
    day = message.created_at.astimezone(zone).date()
    taken: list[tuple[int, int, str]] = []
    spans: list[tuple[int, int, str]] = []
    if receipt.get("slot") in SLOTS and (value := str(receipt.get("value", ""))) and value in text:
        start = text.rindex(value)
        spans.append((start, start + len(value), receipt["slot"]))
        taken.append(spans[0])
    for slot, start, end in _spans(text, known):
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start < end and not any(start < b and a < end for a, b, _ in taken):
            taken.append((start, end, slot))
            spans.append((start, end, slot))
    facts = [
        Fact(
            slot=slot,
            value=text[start:end],
            seq=message.seq,
            normalised=_normalised(slot, text[start:end], day),
            origin=Origin.RECEIPT if receipt else Origin.CHAT,
        )
        for start, end, slot in sorted(spans)
    ]
    yield from _corrected_within(facts, text, sorted(spans))


def _corrected_within(facts: list[Fact], text: str, spans: list[tuple[int, int, str]]) -> Iterator[Fact]:
    """Within a message too, what corrects comes first: "11월 4일, 아니 11월 5일이에요"."""
    last: dict[str, int] = {}
    out = list(facts)
    for n, (start, _, slot) in enumerate(spans):
        if slot in _SINGLE and slot in last:
            between = text[spans[last[slot]][1] : start]
            if len(between) <= 24 and _CORRECTS.search(between) and out[n].value != out[last[slot]].value:
                out[last[slot]] = out[last[slot]].model_copy(update={"superseded": True})
        last[slot] = n
    yield from sorted(out, key=lambda fact: fact.superseded)


def _spans(text: str, known: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    """Candidates, what is surest first: a later one that overlaps an earlier one is dropped."""
    yield from (("attachment", *m.span()) for m in ATTACHMENT.finditer(text))
    yield from identifiers(text)
    for pattern in amounts.PATTERNS:
        yield from (("amount", *m.span()) for m in pattern.finditer(text))
    for pattern in (*dates.ABSOLUTE, *dates.RELATIVE):
        yield from (("date", *m.span()) for m in pattern.finditer(text))
    for pattern in dates.TIMES:
        yield from (("time", *m.span()) for m in pattern.finditer(text))
    for pattern in names.PATTERNS:
        yield from (("name", *m.span(1)) for m in pattern.finditer(text) if names.is_name(m[1]))
    yield from (("address", *span) for span in places(text))
    yield from (("device", *m.span()) for m in _DEVICE.finditer(text))
    things = sorted(goods(text, known), key=lambda span: span[0] - span[1])
    yield from (("product", *span) for span in things)
    yield from (("quantity", *m.span()) for m in _QUANTITY.finditer(text))


def _normalised(slot: str, value: str, day: date) -> str | None:
    if slot == "phone":
        return normalise_phone(value)
    if slot == "amount":
        return amounts.normalise_amount(value)
    if slot == "date":
        return dates.resolve_date(value, day)
    if slot == "time":
        return dates.resolve_time(value)
    if slot.endswith("_number") and slot not in SENSITIVE:
        return re.sub(r"\s", "", value).upper()
    if slot == "email":
        return value.lower()
    return None


def without_identifiers(text: str) -> str:
    """The text without order numbers, phone numbers and the like, which only mislead a search.

    Returns:
        The text itself where nothing else is left.
    """
    kept, masked = text[:LIMIT], mask(text[:LIMIT])[0]
    for slot, start, end in sorted(identifiers(masked), key=lambda found: -found[1]):
        if slot in IDENTIFIERS:
            left = kept[:start] + " " * (end - start) + kept[end:]
            if re.search(r"\w", left):
                kept = left
    return re.sub(r"[^\S\n]+", " ", kept + text[LIMIT:]).strip()
