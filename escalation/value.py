"""Who and what is worth most: the customer's tier, and the amounts at stake."""

from __future__ import annotations

from collections.abc import Iterable

from .facts.amounts import PATTERNS, normalise_amount
from .policy import GuardPolicy
from .verdict import Turn
from .wording import LIMIT


def valuable(turn: Turn, policy: GuardPolicy) -> bool:
    """Whether customer or amount are what the policy calls high value."""
    tiers = {tier.casefold() for tier in policy.high_value.tiers}
    if turn.customer is not None and turn.customer.tier.casefold() in tiers:
        return True
    limit = policy.high_value.amount
    return limit is not None and any(amount >= limit for amount in amounts_in([turn.question]))


def amounts_in(texts: Iterable[str]) -> tuple[float, ...]:
    """Amounts of money that texts name, as numbers in the currency they are in."""
    found: list[float] = []
    for text in texts:
        read: set[int] = set()  # "120만원" is one amount, and "만원" none beside it
        for pattern in PATTERNS:
            for match in pattern.finditer(text[:LIMIT]):
                if read.isdisjoint(place := range(*match.span())) and (value := normalise_amount(match[0])):
                    read.update(place)
                    found.append(float(value.rsplit(" ", 1)[-1]))
    return tuple(found)
