"""Which facts a later one puts right: by what is said, or by how little they differ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ..conversation import Message
from . import dates
from .types import LIMIT, NUMBERS, Fact

_CORRECTS = re.compile(
    r"아니(?!면)|말고|정정|잘못|틀렸|틀린|헷갈|다시\s?(?:보니|적|알려)|오타|바꿔서"
    r"|\b(?:sorry|actually|correction|i\smean|i\smeant|rather|no,|no\swait|typo|wrong|mistyped|not\s\d|oops|argh|instead)\b",
    re.I,
)
_SINGLE = frozenset({*NUMBERS, "name", "phone", "email", "amount", "date", "time", "quantity", "address"})


def corrected(found: list[Fact], new: list[Fact], message: Message) -> list[Fact]:
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
        others = [n for n in new if n.slot == fact.slot and bare(n.value) != bare(fact.value)]
        if fact.slot == "date":  # "today" corrects no date
            others = [n for n in others if dates.vagueness(n.value) <= dates.vagueness(fact.value)]
        by_receipt = receipt.get("slot") == fact.slot and bare(receipt.get("old", "")) == bare(fact.value)
        by_words = says and bool(others) and fact.seq == newest[fact.slot]
        near = any(_mistyped(fact, other) for other in others)
        if by_receipt or by_words or near:
            fact = fact.model_copy(update={"superseded": True})
        marked.append(fact)
    return marked


def corrected_within(facts: list[Fact], text: str, spans: list[tuple[int, int, str]]) -> Iterator[Fact]:
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


def _mistyped(old: Fact, new: Fact) -> bool:
    if old.slot not in NUMBERS and old.slot != "phone":
        return False
    a, b = bare(old.value), bare(new.value)
    if len(a) != len(b) or len(a) < 6 or old.seq == new.seq:
        return False
    wrong = [n for n, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    # Two neighbours swapped. One other digit is as likely the next order: that must be said.
    return (
        len(wrong) == 2 and wrong[1] == wrong[0] + 1 and a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]
    )


@lru_cache(maxsize=4096)
def bare(value: str) -> str:
    """A value as it is compared: without spaces and hyphens, in one case."""
    return re.sub(r"[\s-]", "", value).casefold()
