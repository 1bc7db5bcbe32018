"""Numbers with which a firm keeps its matters: which codes there are in a message, and what each is the number of.

A code is named by the word beside it, before or behind ("증권번호는 DN-1", "OS-2 예약"); failing that by what the
assistant or an agent had just asked for, by other codes of the same make, by the letters it begins with, by what
the conversation is about, and last by what the firm mostly numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache

from . import number_words as listed
from .codes import codes

_LOOSE = re.compile(r"[A-Z]{1,5}-?\d{4,}(?:-\d{2,})*[A-Z]?|[A-Z]{1,5}(?:-\d{2,})+", re.I)
"""Letters, then digits in groups: what nobody writes but as a number of something."""
_MIXED = re.compile(r"(?=(?:[A-Z-]*\d){2})(?=(?:[0-9-]*[A-Z]){2})[A-Z0-9]+(?:-[A-Z0-9]+)*")
"""Capitals and digits in turns, as airlines and hotels give them out."""
_MANY = 7
"""Digits that are no amount, written without a comma."""
_YEAR = re.compile(r"(?:19|20)\d{2}")

_GAP_KO = r"(?:이랑|랑|는요|은요|이요|은|는|이|가|도|요)?[\s:=#,.~('\"“‘\[-]*(?:(?:아마|제|저|제가|음|그게|이게|여기|바로|요거|이거|다음|알려\s?주신|받은|제가\s받은\s?게)[\s,]+){0,2}[\s#('\"“‘\[]*$"
_GAP_EN = (
    r"(?:'?s)?[\s:=,]*(?:(?:is|was|are|being|should\sbe|would\sbe|must\sbe|it'?s|its|i\sthink|i\sbelieve|of|for|here|under|on|with|says|reads|starts|i\swas\sgiven|i\shave|i\sgot|i've\sgot|you\sgave\sme|they\sgave\sme)\b[\s:=,-]*){0,3}[\s#:=('\"“‘\[-]*$"
)  # fmt: skip
_NOUN_EN = rf"(?:[\s_-]?(?:{listed.NUMBER_EN})(?![A-Za-z])\.?){{0,2}}"


def _before(names: str, korean: bool, bare: bool) -> re.Pattern[str]:
    if korean:
        number = rf"\s?(?:{listed.NUMBER_KO})" + ("?" if bare else "")
        return re.compile(rf"(?:{names}){number}{_GAP_KO}", re.I)
    number = _NOUN_EN if bare else _NOUN_EN.replace("{0,2}", "{1,2}")
    return re.compile(rf"(?<![A-Za-z])(?:{names}){number}{_GAP_EN}", re.I)


_NAMED_BEFORE = tuple(
    (slot, _before(ko, True, False), _before(en, False, False)) for slot, _, ko, en in listed.KINDS
)
_BARE_BEFORE = tuple(
    (slot, bare, _before(ko, True, True), _before(en, False, True)) for slot, bare, ko, en in listed.KINDS if bare
)
_OPEN_BEFORE = re.compile(
    rf"(?:{listed.OPEN_KO})?\s?(?:{listed.NUMBER_KO}){_GAP_KO}|(?<![A-Za-z])(?:{listed.OPEN_EN})(?:\s?(?:{listed.NUMBER_EN})(?![A-Za-z])\.?)?{_GAP_EN}|#\s?$",
    re.I,
)
_REFERENCE = re.compile(
    rf"(?:{listed.REFERENCE_KO})\s?(?:{listed.NUMBER_KO}){_GAP_KO}"
    rf"|(?<![A-Za-z])(?:{listed.REFERENCE_EN})(?:\s?(?:{listed.NUMBER_EN})(?![A-Za-z])\.?)?{_GAP_EN}",
    re.I,
)
_RECEIVED = re.compile(rf"접수증?\s?(?:{listed.NUMBER_KO})?{_GAP_KO}")
_NO_MATTER = re.compile(
    r"(?:오류|에러|쿠폰|할인|프로모션|우편|인증|보안|비밀|현관|건물|출입|사업자|사업자\s?등록|동물\s?등록|법인|팩스|내선)\s?(?:번호|코드|호)?"
    + _GAP_KO
    + r"|\b(?:error|coupon|promo|promotional|voucher|discount|post|zip|postal|verification|security|pass|pin|door|area|dial(?:ling)?|country|extension|ext|channel|room|version)[\s-]?(?:code|number|no)?\b"
    + _GAP_EN,
    re.I,
)
"""Before a code: it is a number of nothing that is on record."""
_BEHIND = tuple(
    (
        slot,
        re.compile(
            rf"\s?(?:이|가|은|는|로|으로|라는|이라는|이란|인|의|번|에|,)?\s?(?:(?:이게|그게|제|저희|된|되어\s?있는)\s?)?(?:{ko})(?![가-힣]*(?:일|하고|했|하려|내역))"
            + (r"(?:$|\s?(?:번호|건|이|인|은|는|을|를|에|[\s,.!?]))" if bare else r"\s?번호")
            + rf"|,?\s(?:(?:is|as|-|being)\s)?(?:(?:my|the|our|your|an?)\s)?(?:{en})(?:\s(?:{listed.NUMBER_EN})\b|(?=[\s,.!?]|$))",
            re.I,
        ),
    )
    for slot, bare, ko, en in listed.KINDS
)
_FAMILIES = tuple((slot, re.compile(words, re.I)) for slot, words in listed.FAMILIES)
_NAMES = tuple(
    (slot, re.compile(rf"(?:{ko})\s?(?:{listed.NUMBER_KO})|\b(?:{en})(?:\s?(?:{listed.NUMBER_EN})(?![A-Za-z])\.?){{1,2}}", re.I))
    for slot, _, ko, en in listed.KINDS
)  # fmt: skip
_SPELT = ("policy", "claim", "booking", "reservation", "appointment", "confirmation", "order", "tracking", "contract",
          "patient", "membership", "customer", "complaint", "ticket", "receipt", "invoice", "transaction", "serial",
          "model", "reference", "number")  # fmt: skip


@dataclass(frozen=True, slots=True)
class House:
    """What is known of a firm's numbers before anybody writes one.

    Attributes:
        makes: Slot by the make of a number (see ``make``), from records.
        mostly: The slot that most of the firm's matters have a number in; empty where nothing tells.
    """

    makes: dict[str, str] = field(default_factory=dict)
    mostly: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What stands around a message.

    Attributes:
        makes: Slot by make, from what was named in the conversation and from the house's records.
        asked: The slot that the other side asked for just before.
        about: How often the conversation speaks of each family.
        mostly: As the house's.
    """

    makes: dict[str, str] = field(default_factory=dict)
    asked: str = ""
    about: Counter[str] = field(default_factory=Counter)
    mostly: str = ""


def make(code: str) -> str:
    """What numbers of one series share: the letters they begin with; empty where there are none."""
    letters = re.match(r"[A-Z]+", code.upper())
    return letters[0] if letters else ""


@lru_cache(maxsize=256)
def about(text: str) -> Counter[str]:
    """How often a text speaks of each family of matters, what only names a code beside it left out; not to be changed."""
    text = _rest(text)
    return Counter({slot: n for slot, words in _FAMILIES if (n := len(words.findall(text)))})


@lru_cache(maxsize=256)
def _rest(text: str) -> str:
    """A text without the codes that have a name beside them, and that name."""
    for start, end in list(codes(text)):
        if _beside(text, start, end):
            first, last = max(0, start - 14), min(len(text), end + 8)
            text = text[:first] + " " * (last - first) + text[last:]
    return text


@lru_cache(maxsize=256)
def asked_for(text: str) -> str:
    """The kind of number that a text names; empty where it names none, or several."""
    found = {slot for slot, pattern in _NAMES if pattern.search(text)}
    return found.pop() if len(found) == 1 else ""


def named(text: str) -> dict[str, str]:
    """Slot by make of the codes in a text that stand beside the name of their kind."""
    found: dict[str, str] = {}
    for start, end in codes(text):
        slot = _beside(text, start, end)
        if slot and (letters := make(text[start:end])):
            found.setdefault(letters, slot)
    return found


def numbers(text: str, setting: Setting | None = None) -> Iterator[tuple[str, int, int]]:
    """Slot, start and end of each number in a text."""
    setting = setting or Setting()
    for start, end in codes(text):
        slot = _beside(text, start, end) or _unnamed(text, start, end, setting)
        if slot == "contract_number" and _insured(text, setting):
            slot = "policy_number"
        if slot:
            yield slot, start, end


def _insured(text: str, setting: Setting) -> bool:
    """Whether what is called a contract is a policy: the talk, or else the firm, is of insurance."""
    return bool(
        dict(_FAMILIES)["policy_number"].search(text)
        or setting.about["policy_number"]
        or setting.mostly == "policy_number"
    )


def _beside(text: str, start: int, end: int) -> str:
    """The slot that the words beside a code name; empty where none does."""
    code, before = text[start:end], text[max(0, start - 60) : start]
    plain = code.isdigit()
    if _NO_MATTER.search(before) or (plain and len(code) < 4):
        return ""
    for slot, korean, english in _NAMED_BEFORE:
        if korean.search(before) or english.search(before):
            return slot
    # Without "number" a year or a count of something might be meant.
    if not plain or len(code) >= 5:
        for slot, bare, korean, english in _BARE_BEFORE:
            if plain and bare < 2 and len(code) < _MANY:
                continue
            if korean.search(before) or english.search(before):
                return slot
        for slot, pattern in _BEHIND:
            if pattern.match(text[end : end + 40]):
                return slot
    mended = _spelt(before)
    if mended != before and (not plain or len(code) >= 4):
        for slot, *_, english in _NAMED_BEFORE + (() if plain else _BARE_BEFORE):
            if english.search(mended):
                return slot
    return ""


def _unnamed(text: str, start: int, end: int, setting: Setting) -> str:
    code = text[start:end]
    if _NO_MATTER.search(text[max(0, start - 60) : start]):
        return ""
    if _REFERENCE.search(text[max(0, start - 40) : start]) and sum(map(str.isdigit, code)) >= 4:
        return setting.makes.get(make(code)) or listed.PREFIXES.get(make(code)) or "reference_number"
    left_open = bool(_OPEN_BEFORE.search(text[max(0, start - 40) : start]))
    alone = not re.search(r"[^\W_]", text[:start] + text[end:].removesuffix("요"))
    loose = bool(_LOOSE.fullmatch(code)) or (len(code) >= 6 and bool(_MIXED.fullmatch(code)))
    digits = sum(char.isdigit() for char in code)
    wanted = bool(setting.asked) and digits >= 4 and not _YEAR.fullmatch(code)
    if not (loose or wanted or (left_open and digits >= 4) or (alone and digits >= 6)):
        return ""
    if slot := setting.makes.get(make(code)) or setting.asked or listed.PREFIXES.get(make(code), ""):
        return slot
    if said := asked_for(_rest(text)):
        return said
    weights = setting.about.copy()
    for slot, times in about(text).items():
        weights[slot] += 2 * times
    if setting.mostly:
        weights[setting.mostly] += 2
    if _RECEIVED.search(text[:start]):
        # 접수번호: an insurer's of a claim, anybody else's of a visit or a repair.
        own = ("claim_number", "policy_number")
        insured = sum(weights[slot] for slot in own) + sum(slot in own for slot in setting.makes.values())
        return "claim_number" if 2 * insured > weights.total() else "booking_number"
    if weights:
        return max(weights, key=lambda slot: weights[slot])
    return "order_number" if _LOOSE.fullmatch(code) and not left_open else "reference_number"


@lru_cache(maxsize=1024)
def _spelt(before: str) -> str:
    """The words before a code with those that are a letter or two off one of ``_SPELT`` put right."""

    def right(match: re.Match[str]) -> str:
        word = match[0].lower()
        if word in _SPELT or word.rstrip("s") in _SPELT:
            return match[0]
        best = max(_SPELT, key=lambda known: SequenceMatcher(None, word, known).ratio())
        close = SequenceMatcher(None, word, best).ratio() >= 0.8 and word[0] == best[0]
        return best if close else match[0]

    return re.sub(r"[A-Za-z]{4,14}", right, before)
