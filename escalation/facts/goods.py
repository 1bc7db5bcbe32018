"""What the matter is about: a product, a policy, a service, as the customer calls it.

Three sources: names in the customer's own record and in the knowledge base; words for goods with what stands
before them ("floor lamp", "층층 수납장"); and what is said to have been ordered, bought or returned.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ...knowledge import KnowledgeBase
from . import goods_words as listed

_PARTICLE = re.compile(
    r"(?:은|는|을|를|에|의|에서|으로|고|면|던|한|된|인|할|할까|요|도|만|니다|까지|부터|보다|랑|하고|게|서|지|네|데|려고|니까|어|아|간|쓰는|드린|받은|주신)$"
)
_TAIL_KO = r"(?:\s?세트(?![가-힣]{2})|\s?\d{1,2}(?:장|개|종|인|단|p|P)\s?세트|\s?\d{2,3}\s?cm|\s?커버|\s?프레임|\s?의자|\s?필터)"

_HEAD_KO = re.compile(
    rf"(?:(?<=\s)|^|(?<=[(\[\"'“‘,.!?~]))((?:[가-힣A-Za-z]{{1,8}}\s){{0,2}})((?:[가-힣]{{1,4}})?(?:{listed.KO}))({_TAIL_KO}{{0,2}})(?=$|[^가-힣]|[이가은는을를도만의에로랑과와고요]|인데|하고|까지|부터|짜리|예요|이에|입니|라고)"
)
_HEAD_EN = re.compile(
    rf"(?<![\w-])((?:(?:[A-Z][a-z]{{2,15}}|(?i:{listed.BEFORE_EN}))\s){{0,3}})((?i:{listed.EN}))(?:\s\(\d+\spieces\)|\s\d{{2,3}}\s?cm)?(?![\w-]|'s\s(?:hours|team))"
)

_ACTED_KO = re.compile(
    r"(?<![가-힣A-Za-z0-9])((?:[가-힣A-Za-z0-9]{2,10}\s)?[가-힣A-Za-z0-9]{2,12}?)(?:을|를)?\s(?:주문했|주문한|구매했|구매한|구입했|구입한|샀는|샀어|시켰|반품한|반품했|교환한|받았는데|수령했)"
)
_ACTED_EN = re.compile(
    r"\b(?i:ordered|bought|purchased|return|returned|exchange|exchanged|received|order)\s(?:a|an|the|my|some|your|two|three|four|\d{1,2})\s((?:[A-Za-z][\w'-]{1,14}\s){0,2}[A-Za-z][\w'-]{2,14})"
    r"(?=\s(?:from|on|in|last|yesterday|today|and|but|two|three|that|which|because|for|to|by|at|i)\b|[,.?!;]|$)"
)


@lru_cache(maxsize=64)
def _named(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """One pattern for known names, the longest first; spaces and a plural's s may differ."""
    shapes = []
    for name in sorted({n.strip() for n in names if 2 <= len(n.strip()) <= 60}, key=len, reverse=True)[:2000]:
        shape = r"\s?".join(re.escape(word) for word in name.split())
        shapes.append(shape + (r"(?:s|es)?(?!\w)" if name[-1].isascii() else ""))
    return re.compile(r"(?<![A-Za-z가-힣])(?:" + "|".join(shapes) + ")", re.I) if shapes else None


def goods(text: str, names: Iterable[str] = ()) -> Iterator[tuple[int, int]]:
    """Where things are named in a text; spans may overlap.

    Args:
        names: Names known from the record and the knowledge base.
    """
    if known := _named(tuple(names)):
        for match in known.finditer(text):
            yield match.span()
    for match in _HEAD_KO.finditer(text):
        yield _described_ko(match)
    for match in _HEAD_EN.finditer(text):
        if span := _described_en(match, text):
            yield span
    for pattern in (_ACTED_KO, _ACTED_EN):
        for match in pattern.finditer(text):
            if span := _acted(match):
                yield span


def _described_ko(match: re.Match[str]) -> tuple[int, int]:
    """The head with at most one bare word before it; two where the second describes it ("하늘 암막 커튼")."""
    start = match.start(2)
    before = match[1].split()
    if before and (_describes(before[-1]) or (len(before) == 1 and _opens(match, before[0]))):
        start = match.start(1) + match[1].rindex(before[-1])
        if len(before) > 1 and len(before[-1]) == 2 and before[-1] in listed.MATERIAL_KO and _describes(before[0]):
            start = match.start(1) + match[1].index(before[0])
    end = match.end(3)
    return start, end


def _describes(word: str) -> bool:
    return word not in listed.NOT_BEFORE_KO and not _PARTICLE.search(word) and not re.search(r"[이가]$", word)


def _opens(match: re.Match[str], word: str) -> bool:
    """A word that ends like one with a particle and opens a sentence names the thing ("담이 식탁 설치할 때").

    It does not where it is somebody's or something's own noun ("손이 식탁에 끼었어요").
    """
    first = re.search(r"(?:^|[.!?~\n]\s?)$", match.string[: match.start(1)]) is not None
    return first and len(word) == 2 and word[1] in "을를이가은는" and word[0] not in listed.OWN_KO


def _described_en(match: re.Match[str], text: str) -> tuple[int, int] | None:
    start, before = match.start(1), match[1].split()
    while before and before[0] in listed.NOT_BEFORE_EN:
        start = text.index(before[0], start) + len(before[0]) + 1
        before = before[1:]
    if (
        not before
        and match[2].lower() in listed.NOT_HEAD_EN
        and not re.search(
            r"(?i)\b(?:the|my|a|an|this|your|our|new)\s(?:\w+\s)?$", text[max(0, start - 24) : start]
        )
    ):
        return None
    if not before and match[2].lower() in ("phone", "phones", "light", "ring", "box", "bag"):
        return None
    return start, match.end(0)


_COUNTED = re.compile(r"(?:개|대|장|권|벌|켤레|박스|세트|병|명)[을를]?")


def _acted(match: re.Match[str]) -> tuple[int, int] | None:
    words = match[1].split()
    start = match.start(1)
    while words and (
        words[0] in listed.NOT_GOODS
        or words[0].lower() in listed.NOT_GOODS
        or (words[0][0] >= "가" and len(words) > 1 and not _describes(words[0]))
    ):
        start += match[1][start - match.start(1) :].index(words[0]) + len(words[0])
        words = words[1:]
        start += 1 if words else 0
    if (
        not words
        or any(word.lower() in listed.NOT_GOODS for word in words)
        or re.search(r"\d{3}|\d+[월일원시]", match[1])
    ):
        return None
    if _COUNTED.fullmatch(text := match[0][start - match.start() : match.end(1) - match.start()]) or len(text) < 2:
        return None
    return start, match.end(1)


def known_names(record: dict[str, object], knowledge: KnowledgeBase | None = None) -> tuple[str, ...]:
    """Names of things in a customer's record (items of orders, policies) and in the knowledge base.

    Of an article it is words for goods with a describing word, such as "Dami Dining Table", that count.
    """
    return (*_in_record(record), *(_in_knowledge(knowledge) if knowledge is not None else ()))


def _in_record(value: object, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _in_record(inner, str(name))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _in_record(inner, key)
    elif isinstance(value, str) and key in ("name", "title", "item", "product", "plan", "policy", "model"):
        yield value
        yield re.sub(r"\s*\(.*?\)", "", value)
        words = value.split()
        # A line of products is called by its first two words too: "보송 수건" of "보송 수건 5장 세트".
        if len(words) > 2:
            yield " ".join(words[:2])


_KNOWN: dict[tuple[str, str], tuple[str, ...]] = {}


def _in_knowledge(knowledge: KnowledgeBase) -> tuple[str, ...]:
    version = (knowledge.name, knowledge.version)
    if version not in _KNOWN:
        found: set[str] = set()
        for document in knowledge.documents():
            text = f"{document.title}\n{document.text}"[:100_000]
            for match in _HEAD_KO.finditer(text):
                before = match[1].split()
                # Here even a word that ends like a particle describes ("담이 식탁"), if it stands there often.
                if before and before[-1] not in listed.NOT_BEFORE_KO and len(before[-1]) <= 4:
                    name = f"{before[-1]} {match[2]}"
                    if text.count(name) > 1 or _describes(before[-1]):
                        found.add(name)
            for match in _HEAD_EN.finditer(text):
                words = [w for w in match[1].split() if w not in listed.NOT_BEFORE_EN]
                if words and words[0][0].isupper():
                    found.add(" ".join([*words, match[2]]))
        _KNOWN.clear()
        _KNOWN[version] = tuple(sorted(found))
    return _KNOWN[version]
