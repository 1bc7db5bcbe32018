"""Facts in the customer's own messages: found, held against each other, corrected ones set behind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, tzinfo

from ..conversation import Author, Message
from ..masking import SENSITIVE, mask
from . import amounts, dates, names, smaller
from .corrections import bare, corrected, corrected_within
from .goods import goods
from .identifiers import identifiers, normalise_phone
from .numbers import House, Setting, about, asked_for, named
from .places import places
from .types import LIMIT, NUMBERS, SLOTS, Fact, Origin

IDENTIFIERS = frozenset({"email", "phone", "card", *NUMBERS}) - {"model_number", "flight_number"}
"""Slots that name a person's own matter: no article is about them."""


def find_facts(
    messages: Iterable[Message],
    *,
    known: Iterable[str] = (),
    zone: tzinfo | None = None,
    house: House | None = None,
) -> tuple[Fact, ...]:
    """Facts in the customer's own messages, slot by slot, what counts now before what was corrected.

    Of two values of a slot the later comes first; an exact date comes before "yesterday", the fuller name of a
    product before the shorter. Each value comes once, at its newest place.

    Args:
        messages: Any part of a transcript; of what others than the customer wrote only which number they ask for
            is read.
        known: Names of products from the record and the knowledge base.
        zone: Where "today" is (default: the machine's own).
        house: What is known of the firm's numbers.
    """
    names_ = tuple(known)
    found: list[Fact] = []
    for message, setting in _settings(list(messages), house or House()):
        new = list(_in_message(message, names_, zone, setting))
        found = [*corrected(found, new, message), *new]
    return tuple(sorted(_once(found), key=_rank))


def _settings(messages: list[Message], house: House) -> Iterator[tuple[Message, Setting]]:
    """Each of the customer's messages and what stands around it."""
    own = [m.text[:LIMIT] for m in messages if m.author is Author.CUSTOMER]
    makes = dict(house.makes)
    matter: Counter[str] = Counter()
    for text in own:
        makes |= named(text)
        matter += about(text)
    asked = ""
    for message in messages:
        if message.author is Author.CUSTOMER:
            yield message, Setting(makes=makes, asked=asked, about=matter, mostly=house.mostly)
        else:
            asked = asked_for(message.text[:LIMIT])


def _once(found: list[Fact]) -> list[Fact]:
    """Each value once: where it is newest, within a message where it comes first."""
    unique: dict[tuple[str, str], Fact] = {}
    for fact in sorted(found, key=lambda fact: -fact.seq):  # stable: within a message the first comes first
        unique.setdefault((fact.slot, bare(fact.value)), fact)
    products = [f for f in unique.values() if f.slot == "product"]
    # "식탁" beside "담이 식탁" says nothing more.
    short = {
        f.value
        for f in products
        for other in products
        if bare(f.value) != bare(other.value)
        and _stem(f.value) in bare(other.value)
        and len(other.value) > len(f.value)
    }
    return [f for f in unique.values() if not (f.slot == "product" and f.value in short)]


def _rank(fact: Fact) -> tuple[int, bool, int, int]:
    vague = dates.vagueness(fact.value) if fact.slot == "date" else 0
    # "shelf" beside "Oak Storage Cabinet", "iOS" beside "iPhone 13"
    plain = fact.slot in ("product", "device") and not re.search(r"\s", fact.value)
    return SLOTS.index(fact.slot), fact.superseded, vague or int(plain), -fact.seq


def _stem(value: str) -> str:
    flat = bare(value)
    return flat[:-1] if flat.isascii() and flat.endswith("s") and len(flat) > 4 else flat


def _in_message(message: Message, known: tuple[str, ...], zone: tzinfo | None, setting: Setting) -> Iterator[Fact]:
    text, _ = mask(message.text[:LIMIT])
    receipt = message.meta.get("receipt") or {}
    day = message.created_at.astimezone(zone).date()
    taken: list[tuple[int, int, str]] = []
    spans: list[tuple[int, int, str]] = []
    if receipt.get("slot") in SLOTS and (value := str(receipt.get("value", ""))) and value in text:
        start = text.rindex(value)
        spans.append((start, start + len(value), receipt["slot"]))
        taken.append(spans[0])
    for slot, start, end in _spans(text, known, setting):
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
    yield from corrected_within(facts, text, sorted(spans))


def _spans(text: str, known: tuple[str, ...], setting: Setting) -> Iterator[tuple[str, int, int]]:
    """Candidates, what is surest first: a later one that overlaps an earlier one is dropped."""
    yield from (("attachment", *m.span()) for m in smaller.ATTACHMENT.finditer(text))
    yield from (("birth_date", *m.span(1)) for m in smaller.BIRTH.finditer(text))
    yield from identifiers(text, setting)
    for pattern in amounts.PATTERNS:
        yield from (("amount", *m.span()) for m in pattern.finditer(text))
    for pattern in amounts.BARE:
        yield from (("amount", *m.span(m.lastindex or 0)) for m in pattern.finditer(text))
    for pattern in dates.PERIODS:
        yield from (("period", *m.span()) for m in pattern.finditer(text))
    for pattern in (*dates.ABSOLUTE, *dates.RELATIVE):
        yield from (("date", *m.span()) for m in pattern.finditer(text))
    for pattern in dates.TIMES:
        yield from (("time", *m.span()) for m in pattern.finditer(text))
    yield from (("name", *span) for span in names.people(text))
    yield from (("address", *span) for span in places(text))
    yield from (("device", *m.span()) for m in smaller.DEVICE.finditer(text))
    things = sorted(goods(text, known), key=lambda span: span[0] - span[1])
    yield from (("product", *span) for span in things)
    yield from (("quantity", *m.span()) for m in smaller.QUANTITY.finditer(text))


def _normalised(slot: str, value: str, day: date) -> str | None:
    if slot == "phone":
        return normalise_phone(value)
    if slot == "amount":
        return amounts.normalise_amount(value)
    if slot in ("date", "birth_date"):
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
