"""May a model's wording of the summary be used? Only where it claims nothing that the packet does not hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .packet import Handoff

_NUMBER = re.compile(r"\d[\d,.:/*-]*\d|\d")
_QUOTE = re.compile(r"[“\"‘']([^”\"’']{3,})[”\"’']")
_NAME = re.compile(r"(?<![.!?:“\"\n-]\s)(?<!^)\b[A-Z][a-z]{2,}(?:\s[A-Z][a-z]{2,})*")
_WORDS_KO = re.compile(r"[가-힣]{2,4}(?=\s?(?:님|씨|고객))")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://[^\s)]+|\bwww\.[^\s)]+", re.I)
_DEED = re.compile(
    r"환불\s?(?:완료|승인|약속|확정)|(?:승인|보상|확약|면제)(?:됨|되었|됐|완료|하기로)|\b(?:approved|refunded|compensated|authori[sz]ed|waived|guaranteed)\b",
    re.I,
)
"""What somebody is said to have done: a customer's words may talk a model into claiming it."""
_VERIFIED = re.compile(
    r"본인\s?확인\s?(?:을\s?)?(?:완료|마쳤|마침|됨|됐|되었|했)|(?<!not\s)(?<!not\syet\s)(?<!un)\bverified\b", re.I
)


def adds_facts(lines: Iterable[str], packet: Handoff) -> list[str]:
    """What a rewritten summary claims that the packet does not hold: numbers, quotations, names, addresses, deeds.

    Returns:
        The claims without a source; empty where the wording may be used.
    """
    source = _flat(" ".join(_texts(packet.model_dump(mode="json"))) + " " + str(len(packet.tried)))
    found: list[str] = []
    for line in lines:
        if not packet.verified and (claimed := _VERIFIED.search(line)):
            found.append(claimed[0])
        for pattern, group in ((_NUMBER, 0), (_QUOTE, 1), (_NAME, 0), (_WORDS_KO, 0), (_ADDRESS, 0), (_DEED, 0)):
            for match in pattern.finditer(line):
                claim = match[group]
                if not _held(claim, source):
                    found.append(claim)
    return found


def _held(claim: str, source: str) -> bool:
    if _flat(claim) in source:
        return True
    # 890,000 stands in a record as 890000.
    return claim[0].isdigit() and _flat(claim).replace(",", "") in source


def rewritten(lines: Sequence[str], packet: Handoff) -> tuple[str, ...] | None:
    """A model's wording of the summary, or None where it is dropped: too short, too long, or it adds a fact."""
    kept = tuple(line.strip(" -*•\t") for line in lines if line.strip(" -*•\t"))
    if not 3 <= len(kept) <= 6 or any(len(line) > 400 for line in kept) or adds_facts(kept, packet):
        return None
    return kept


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
    elif value is not None:
        yield str(value)


def _flat(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).casefold())
