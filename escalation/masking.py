"""Numbers that nobody needs to see: masked before a message is stored, the true value sealed apart.

Cards are told by the Luhn digit and their issuers' prefixes, residents' and social security numbers by
python-stdnum. A masked text is as long as it was, so that spans in it stay where they were.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from stdnum import luhn
from stdnum.kr import rrn
from stdnum.us import ssn

from .database import StoreError

_CARD = re.compile(r"(?<![A-Za-z0-9_*.-])\d(?:[ -]?\d){12,18}(?![A-Za-z0-9_*]|-\d)")
_GROUPED = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{5}")
_ISSUER = re.compile(r"4|5[1-5]|2(?:2[2-9]|[3-6]|7[01]|720)|3[4-8]|6(?:011|22|4[4-9]|5)|9[0-9]")
"""ISO/IEC 7812 prefixes of the card networks; 9: Korean local cards."""
_RESIDENT = re.compile(r"(?<![A-Za-z0-9_*.-])\d{6}[ ]?-?[ ]?[1-8]\d{6}(?![A-Za-z0-9_*]|-\d)")
_SSN = re.compile(r"(?<![A-Za-z0-9_*.-])\d{3}-\d{2}-\d{4}(?![A-Za-z0-9_*]|-\d)")
_CODE = re.compile(r"(?:cvc|cvv|보안\s?코드)\D{0,8}?(\d{3,4})(?!\d)", re.I)

SENSITIVE = frozenset({"card", "resident_number", "social_security_number", "card_code"})
"""Slots whose values are masked wherever they are kept."""

MASKED: dict[str, re.Pattern[str]] = {
    "card": re.compile(r"(?<![A-Za-z0-9_*])\d\*{3}[\d* -]{5,14}\d{4}(?![A-Za-z0-9_*])"),
    "resident_number": re.compile(r"(?<![A-Za-z0-9_*])\d{6}[ ]?-?[ ]?\*{7}(?![A-Za-z0-9_*])"),
    "social_security_number": re.compile(r"(?<![A-Za-z0-9_*])\*{3}-\*{2}-\d{4}(?![A-Za-z0-9_*])"),
}
"""How they look masked, so that a packet can name them."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A sensitive number and where it stood: the masked text has the mask in the same place."""

    slot: str
    value: str
    start: int
    end: int


def mask(text: str) -> tuple[str, tuple[Secret, ...]]:
    """A text with its sensitive numbers masked, and those numbers.

    A card keeps its first and its last four digits, a resident number the date of birth; a card's security code
    keeps nothing.

    Returns:
        A text of the same length; what is masked already stays as it is.
    """
    found = sorted(_secrets(text), key=lambda secret: secret.start)
    for secret in found:
        text = text[: secret.start] + _masked(secret) + text[secret.end :]
    return text, tuple(found)


def _secrets(text: str) -> Iterator[Secret]:
    taken: list[tuple[int, int]] = []

    def take(slot: str, start: int, end: int) -> Iterator[Secret]:
        if not any(start < b and a < end for a, b in taken):
            taken.append((start, end))
            yield Secret(slot, text[start:end], start, end)

    for match in _RESIDENT.finditer(text):
        if _resident(match[0]):
            yield from take("resident_number", *match.span())
    for match in _CARD.finditer(text):
        if _card(match[0]):
            yield from take("card", *match.span())
    for match in _SSN.finditer(text):
        if ssn.is_valid(match[0]):
            yield from take("social_security_number", *match.span())
    for match in _CODE.finditer(text):
        yield from take("card_code", *match.span(1))


def _card(written: str) -> bool:
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", written))  # full-width digits too
    if not _ISSUER.match(digits):
        return False
    # In a card's groups it is a card even with a digit mistyped; a run of digits must pass the check.
    return bool(_GROUPED.fullmatch(written)) or luhn.is_valid(digits)


def _resident(written: str) -> bool:
    """Numbers given out since October 2020 have no check digit: with a hyphen a birth date is enough."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", written))
    if "-" not in written:
        return rrn.is_valid(digits)
    try:
        date(2000, int(digits[2:4]), int(digits[4:6]))  # a leap year: no one is turned away
    except ValueError:
        return False
    return True


def _masked(secret: Secret) -> str:
    digits = [n for n, char in enumerate(secret.value) if char.isdigit()]
    keep: set[int] = set()
    if secret.slot == "card":
        keep = {digits[0], *digits[-4:]}
    elif secret.slot == "resident_number":
        keep = set(digits[:6])
    elif secret.slot == "social_security_number":
        keep = set(digits[-4:])
    return "".join("*" if char.isdigit() and n not in keep else char for n, char in enumerate(secret.value))


class Vault:
    """Seals sensitive numbers with a key that is not in the database (Fernet: AES-128-CBC with HMAC-SHA256).

    Args:
        key: As ``Fernet.generate_key`` makes it.

    Raises:
        ValueError: the key is none.
    """

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)

    @classmethod
    def open(cls, path: Path) -> Vault:
        """The vault of a key file, which is made at the first start (readable by the owner only).

        Raises:
            StoreError: the file cannot be read or written, or holds no key.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(Fernet.generate_key())
            except FileExistsError:
                pass
            return cls(path.read_bytes().strip())
        except OSError as error:
            raise StoreError(f"cannot use the key file {path}: {error}") from None
        except ValueError:
            raise StoreError(f"the key file {path} is damaged: put back the one you saved") from None

    def seal(self, conversation_id: str, secrets: tuple[Secret, ...]) -> list[dict[str, Any]]:
        """Secrets as they are kept with their message; a card's security code is not kept at all."""
        return [
            {"slot": s.slot, "start": s.start, "end": s.end, "token": self._token(conversation_id, s)}
            for s in secrets
        ]

    def unseal(self, conversation_id: str, sealed: dict[str, Any]) -> str | None:
        """The true value; None where it was not kept, or was sealed with another key or elsewhere."""
        if not (token := sealed.get("token")):
            return None
        try:
            held = json.loads(self._fernet.decrypt(token.encode()))
        except (InvalidToken, ValueError):
            return None
        return held["value"] if held.get("conversation") == conversation_id else None

    def _token(self, conversation_id: str, secret: Secret) -> str | None:
        if secret.slot == "card_code":
            return None  # PCI DSS 3.3.1: never kept, encrypted or not
        held = {"conversation": conversation_id, "value": secret.value}
        return self._fernet.encrypt(json.dumps(held).encode()).decode()
