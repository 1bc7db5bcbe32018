"""What the customer named, held against their own record, and nothing of anybody else's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ..customers import Customer
from .types import Fact

_HELD = ("order_number", "booking_number", "policy_number", "claim_number", "contract_number", "case_number")
_PLURAL = {"policy": "policies"}
_IDS = ("id", "number", *_HELD)


class NamedOrder(BaseModel):
    """An order (booking, policy, claim) whose number the customer named.

    Attributes:
        number: In the customer's own characters.
        slot: Which kind of number it is.
        seq: The message that names it.
        own: It stands in the customer's record. False: a known customer named a number that is not theirs, or
            that nobody has: nothing of it is shown. None: there is no record to look in.
        record: The record's own entry; empty unless ``own``.
    """

    model_config = ConfigDict(frozen=True)

    number: str
    slot: str
    seq: int
    own: bool | None = None
    record: dict[str, Any] = Field(default_factory=dict)


def named_orders(facts: Iterable[Fact], customer: Customer | None) -> tuple[NamedOrder, ...]:
    """Look up every number that counts now in the customer's record.

    A record without a list of that kind (``orders``, ``bookings``, ...) says nothing about what is theirs.
    """
    record = customer.record if customer else {}
    entries = {_bare(str(number)): entry for number, entry in _entries(record)}
    found: list[NamedOrder] = []
    for fact in facts:
        if fact.slot not in _HELD or fact.superseded:
            continue
        entry = entries.get(_bare(fact.value))
        kind = fact.slot.removesuffix("_number")
        told = any(name.startswith((kind, _PLURAL.get(kind, kind))) for name in record)
        own = True if entry is not None else False if told else None
        found.append(
            NamedOrder(number=fact.value, slot=fact.slot, seq=fact.seq, own=own, record=dict(entry or {}))
        )
    return tuple(found)


def _entries(record: dict[str, Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    for value in record.values():
        if isinstance(value, list | tuple):
            for entry in value:
                if isinstance(entry, str):
                    yield entry, {"id": entry}
                elif isinstance(entry, dict):
                    yield from ((entry[key], entry) for key in _IDS if entry.get(key) is not None)


def _bare(number: str) -> str:
    return re.sub(r"[\s#-]", "", number).casefold()
