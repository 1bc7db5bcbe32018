"""What a firm's own records and articles tell of its numbers, before a customer writes one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ...knowledge import KnowledgeBase
from .numbers import House, about, make, named

_LISTS = (
    ("order_number", ("order", "purchase")),
    ("booking_number", ("booking", "reservation", "appointment", "visit", "repair", "stay")),
    ("policy_number", ("polic", "insurance")),
    ("claim_number", ("claim",)),
    ("contract_number", ("contract", "subscription", "lease")),
    ("case_number", ("case", "ticket", "complaint")),
    ("receipt_number", ("invoice", "receipt", "payment")),
    ("member_number", ("member", "card")),
    ("patient_number", ("patient", "chart")),
)
"""How lists and fields of a record are called that hold numbers of a kind."""
_IDS = ("id", "number", "no", "code", "reference")
_CLEAR = 1.2
"""How much more often than the next the articles must speak of a family for it to be what the firm mostly does."""
_READ = 20_000
"""Characters of an article that are read."""

_KNOWN: dict[tuple[str, str], House] = {}


def house_of(record: dict[str, Any], knowledge: KnowledgeBase | None = None) -> House:
    """The makes of numbers in a customer's record and in the knowledge base, and what the firm mostly numbers."""
    base = _articles(knowledge) if knowledge is not None else House()
    return House(makes=base.makes | dict(_recorded(record)), mostly=base.mostly)


def _recorded(record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        slot = next((slot for slot, words in _LISTS if name.lower().startswith(words)), None)
        if slot is None:
            continue
        for entry in value if isinstance(value, list | tuple) else [value]:
            ids = [entry[key] for key in (*_IDS, slot) if key in entry] if isinstance(entry, dict) else [entry]
            for each in ids:
                if isinstance(each, str) and any(map(str.isdigit, each)) and (letters := make(each)):
                    yield letters, slot


def _articles(knowledge: KnowledgeBase) -> House:
    version = (knowledge.name, knowledge.version)
    if version not in _KNOWN:
        makes: dict[str, str] = {}
        spoken: Counter[str] = Counter()
        for document in knowledge.documents():
            text = f"{document.title}\n{document.text}"[:_READ]
            # A letter alone stands before many things: error E12, gate A5.
            makes = {letters: slot for letters, slot in named(text).items() if len(letters) > 1} | makes
            # An article each: a long one says no more than a short one about what the firm does.
            spoken.update(slot for slot, times in about(text).items() if times > 1)
        ranked = spoken.most_common(2)
        clear = bool(ranked) and (len(ranked) == 1 or ranked[0][1] >= _CLEAR * ranked[1][1])
        _KNOWN.clear()
        _KNOWN[version] = House(makes=makes, mostly=ranked[0][0] if clear else "")
    return _KNOWN[version]
