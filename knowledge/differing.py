"""In what near-tied articles differ: one attribute, such as domestic or international, or nothing with a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from .analysis import analyze, analyze_query
from .concepts import built_in
from .korean import korean_tokens
from .language import word_set
from .types import Passage

MARGIN = 0.07
"""Fused scores this near count as a tie; chosen on shop-dev and words-shop so that answers stay as right."""
MOST = 3
"""Choices at most."""
SHARED = 0.5
"""Share of the shorter title's content that both must have in common."""

_WORD = re.compile(r"[^\s·/,:;()\[\]\"“”?!]+")
# Every title holds them: two articles that share no more are about different things.
_GENERIC = word_set(
    "안내 방법 기준 사항 유의 확인 사용 이용 신청 관리 서비스 정보 하다 되다 싶다 받다 알다 어떻다 있다 얼마 언제 "
    "종류 의미 문의 상품 "
    "guid item product order how get use work know thing inform detail chang page help servic do way what"
)
# Words of asking speak for no article, whether it holds them or not.
_ASKING = _GENERIC | word_set(
    "며칠 얼마나 언제쯤 대략 보통 혹시 걸리다 들다 내다 나오다 궁금하다 알리다 가르치다 말하다 묻다 돈 시간 기간 "
    "tell ask take long time day cost much mani when need want wonder exact usual pleas hello question"
)
_TITLES = word_set("안내 방법 기준 사항 종류 정보 guide details information help page")
_LEADING = word_set("for of on to with by my your the a an about and or 및 또는 혹은 후 전")
_ADDING = word_set("and 및 plus &")
_JOINING = ("과", "와", "랑", "이랑", "하고")
_TRAILING = word_set("and or for of to the a an my your with 및 또는 be is are")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Differing:
    """Articles that are about the same and differ in one attribute.

    Attributes:
        shared: What they have in common, in the words of the first title.
        labels: Each one's attribute, verbatim from its title.
        documents: Their ids, in the same order.
    """

    shared: str
    labels: tuple[str, ...]
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    plain: str
    all_terms: frozenset[str]
    terms: frozenset[str]  # those that say what an article is about
    adds: bool  # joins what comes next to it: "배송비와", "and"


def differing(
    query: str, passages: Sequence[Passage], *, before: str = "", margin: float = MARGIN
) -> Differing | None:
    """The attribute in which the best articles of a search differ, where the question leaves it open.

    Args:
        query: What was asked.
        passages: Best first.
        before: What the customer said earlier, which may have settled it.
        margin: How far behind the best one's fused score another article may lie.

    Returns:
        None where one article leads, the titles differ in more than one attribute, or the question names one.
    """
    tied = _tied(passages, margin)
    if len(tied) < 2:
        return None
    for number in range(min(len(tied), MOST), 1, -1):
        found = _apart(tied[:number])
        if found is None or any(_names(f"{query}\n{before}", label, found) for label in found.labels):
            continue
        return None if _settled(query, before, tied[:number]) else found
    return None


def _tied(passages: Sequence[Passage], margin: float) -> list[Passage]:
    """The best passage of each article whose score is near the best, in one language."""
    best: dict[str, Passage] = {}
    for passage in passages:
        if passage.score < passages[0].score - margin or passage.document.lang != passages[0].document.lang:
            continue
        held = best.get(passage.document.id)
        if held is None or passage.score > held.score:
            best[passage.document.id] = passage
    return list(best.values())


def _apart(passages: Sequence[Passage]) -> Differing | None:
    names = [passage.document.title for passage in passages]
    if len(set(names)) < len(names):
        # Articles of one title are told apart by where in them the passage stands.
        names = [" > ".join(passage.chunk.heading_path) for passage in passages]
    split = labels_of(names)
    if split is None:
        return None
    shared, labels = split
    return Differing(shared, labels, tuple(passage.document.id for passage in passages))


def labels_of(titles: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """What titles share, and the attribute that sets each apart.

    Args:
        titles: Two or more, in one language.

    Returns:
        The shared part and one label a title, both verbatim; None where they share too little, or where one of
        them has nothing of its own to be called by.
    """
    words = [_words(title) for title in titles]
    content = [frozenset().union(*(word.terms for word in each)) for each in words]
    common = frozenset.intersection(*content)
    held = [sum(bool(word.terms & common) for word in each) for each in words]
    size = [sum(bool(word.terms) for word in each) for each in words]
    if not common or any(h < SHARED * min(size) for h in held):
        return None
    alike = frozenset.intersection(*(frozenset().union(*(word.all_terms for word in each)) for each in words))
    labels = [_label(title, each, alike) for title, each in zip(titles, words, strict=True)]
    if not all(labels) or len({label.casefold() for label in labels}) < len(labels):
        return None
    return _shared(titles[0], words[0], common), tuple(labels)


@lru_cache(maxsize=4096)
def _words(title: str) -> tuple[_Word, ...]:
    found = []
    for match in _WORD.finditer(title):
        text = match.group().rstrip(".")
        plain, particle = _stripped(text)
        terms = frozenset(analyze_query(plain).terms)
        adds = particle in _JOINING or plain.casefold() in _ADDING
        found.append(_Word(match.start(), match.start() + len(plain), plain, terms, terms - _GENERIC, adds))
    return tuple(found)


def _stripped(word: str) -> tuple[str, str]:
    """A word without its particle, and the particle."""
    particle = ""
    for form, tag in reversed(korean_tokens(word)):
        if not tag.startswith("J") or not word.endswith(form) or len(word) <= len(form):
            break
        word, particle = word[: -len(form)], form
    return word, particle


def _label(title: str, words: Sequence[_Word], common: frozenset[str]) -> str:
    """The one run of words that are a title's own, topics that are merely joined on left out; empty: not one."""
    runs: list[tuple[int, int]] = []
    start: int | None = None
    for place, word in enumerate(words):
        own = bool(word.terms) and not word.all_terms & common
        if own and start is None:
            start = place
        elif word.all_terms & common and start is not None:
            runs.append((start, place))
            start = None
    if start is not None:
        runs.append((start, len(words)))
    alone = [run for run in runs if not _joined(words, *run)]
    if len(alone) != 1:
        return ""
    first, last = alone[0]
    if "," not in title[words[first].start : words[last - 1].end]:
        # "Within Korea and same-day shipping" names a second topic; in a list the last item belongs to the others.
        last = next((place for place in range(first + 1, last) if words[place].plain.casefold() in _ADDING), last)
    while last > first and (not words[last - 1].all_terms or words[last - 1].plain.casefold() in _TITLES):
        last -= 1
    while first < last and words[first].plain.casefold() in _LEADING:
        first += 1
    return title[words[first].start : words[last - 1].end] if first < last else ""


def _joined(words: Sequence[_Word], first: int, last: int) -> bool:
    """Whether a run is tied to its neighbours by "and": it names another topic then, no attribute."""
    before = any(word.adds for word in words[:first])
    behind = last < len(words) and (words[last - 1].adds or words[last].plain.casefold() in _ADDING)
    return before or behind


def _shared(title: str, words: Sequence[_Word], common: frozenset[str]) -> str:
    """The run of a title's words that says most of what is shared."""
    best: tuple[int, int, int] = (0, 0, 0)
    start = 0
    for place in range(len(words) + 1):
        if place < len(words) and (not words[place].terms or words[place].terms & common):
            continue
        held = len(frozenset().union(*(word.terms for word in words[start:place])) & common)
        if held > best[0]:
            best = (held, start, place)
        start = place + 1
    _, first, last = best
    while last - 1 > first and words[last - 1].plain.casefold() in _TRAILING:
        last -= 1
    while first < last - 1 and (words[first].plain.casefold() in _LEADING or not words[first].terms):
        first += 1
    text = title[words[first].start : words[last - 1].end] if first < last else ""
    # "Warranty: how long it lasts" is about the warranty; "I paid by card. When ...?" is about what it asks.
    return _SENTENCE.split(text)[-1].partition(": ")[0].rstrip(".?!")


def _settled(query: str, before: str, passages: Sequence[Passage]) -> bool:
    """Whether a word speaks for some of the articles: "kettle" stands in that on appliances only.

    A word of the question that none of them holds may do so too, for all that is known.
    """
    held = [frozenset(analyze(f"{each.document.title}\n{each.document.text}").terms) for each in passages]
    everywhere, somewhere = frozenset.intersection(*held) | _ASKING, frozenset().union(*held)
    if not everywhere.issuperset(analyze_query(query).terms):
        return True
    return any(term in somewhere - everywhere for term in analyze_query(before).terms)


def _names(query: str, label: str, found: Differing) -> bool:
    """Whether a question names an attribute: in its words, in part of one, or by another word for it."""
    asked = analyze_query(query)
    own = analyze_query(label)
    if set(asked.terms) & set(own.terms):
        return True
    flat = re.sub(r"\s", "", query.casefold())
    if any(len(term) > 1 and term.removesuffix("다") in flat for term in own.terms):
        return True
    if any(len(term) > 1 and term.isalpha() and "가" <= term[0] <= "힣" and term in label for term in asked.terms):
        return True
    lexicon = built_in()
    concepts = lexicon.find(label) - lexicon.find(found.shared)
    return bool(concepts & lexicon.find(query))
