"""What a customer picks from the choices of a clarifying question: a tap, a number, a word of one, or none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from ..escalation.conversation import Author, Message
from ..escalation.smalltalk import small_talk
from ..escalation.state import BESIDE
from ..escalation.verdict import Decision, Turn
from ..knowledge.analysis import analyze_query
from ..knowledge.language import normalize, word_set
from ..knowledge.questions import key
from .history import follow_up_query

LONGEST = 60
"""Characters up to which a reply may be a pick; what is longer asks something of its own."""
STRAY = 1
"""Content words that may stand beside a choice's own: "카드로 결제했어요" picks the card."""
ALIKE = 0.8
"""Ratio of matching letters (Korean: of its jamo) from which a word is a choice's, misspelt."""

_FIRST = (
    r"첫\s?번?\s?째|처음|맨\s?위|위에?\s?(?:거|것)|전자|앞에?\s?(?:거|것)"
    r"|(?:the\s)?(?:first|1st|former|top)"
)
_ORDINALS: tuple[str, ...] = (
    _FIRST,
    r"두\s?번\s?째|둘째|(?:the\s)?(?:second|2nd)",
    r"세\s?번\s?째|셋째|(?:the\s)?(?:third|3rd)",
)
_LAST = r"마지막|맨\s?(?:아래|끝|밑)|(?:아래|밑|뒤)에?\s?(?:거|것)|후자|(?:the\s)?(?:last|latter|bottom)"
_TAIL = (
    r"\s?(?:거|것|걸|꺼|번|쪽|항목)?\s?(?:로|으로)?\s?(?:이)?(?:요|이요|예요|에요|이에요|입니다|여|용|할게요|골라\s?주세요|부탁\S{0,5})?"
    r"(?:\s?(?:one|option|choice))?(?:,?\s?(?:please|pls|thanks|thank\syou))?"
)
_LEAD = (
    r"(?:(?:네|예|음|아|저는|저|yes|yeah|um|it'?s|i\s(?:mean|meant|want|choose|pick)|option|number|no\.?|choice|#)"
    r"[\s,.]*){0,3}"
)
_NUMBER = re.compile(rf"{_LEAD}(?:the\s)?(\d)(?:\s?번(?:\s?째)?)?{_TAIL}", re.I)
_KOREAN_NUMBERS = re.compile(rf"{_LEAD}(일|이|삼)\s?번{_TAIL}")
_NEITHER = re.compile(
    r"(?:아니(?:요|오|에요)?[\s,.]*|아뇨[\s,.]*|no[\s,.]*)?(?:"
    r"(?:둘|셋|모두|다|전부|이\s?중(?:에)?|여기(?:에는?|엔)?|그\s?중(?:에)?)\s?(?:다|모두|중에?(?:는|선)?|에는?)?\s?"
    r"(?:아니(?:에요|예요|요|야|네요|고요|거든요|라고요|ㅂ니다)?|아닙니다|아닌데요?|아녜요|없(?:어요|네요|는데요?|습니다|음))"
    r"|(?:그거|이거|그게|이게)\s?(?:다|둘\s?다)?\s?(?:아니(?:에요|예요|요|야|네요|고요|라고요)?|아닌데요?)"
    r"|다른\s?(?:거|것|내용|질문|문의|건|걸)\s?(?:예요|에요|이에요|요|인데요?|입니다|물어\S*|찾\S*|원해요|말\S*)?"
    r"|해당\s?(?:사항)?\s?(?:이|은)?\s?없(?:어요|습니다|음|네요)"
    r"|아니(?:요|오|에요|예요|야)|아뇨|없어요|없는데요|ㄴㄴ"
    r"|none(?:\sof\s(?:these|them|those|the\sabove|it))?|neither(?:\s(?:one|of\s(?:them|these|those|the\stwo)))?"
    r"|not\s(?:any|one|either)\sof\s(?:these|them|those)|something\selse|(?:it'?s\s)?(?:an)?other(?:\sthing|\sone)?"
    r"|(?:that|those|these|it)(?:'?s|\sis|\sare)(?:n'?t|\snot)\s(?:it|them|what\si\s(?:mean|meant|want|need)(?:ed)?)"
    r"|no(?:pe|ne)?|nah"
    r")[\s.!?~,ㅠㅜ]*(?:감사합니다|thanks|thank\syou|sorry|죄송해요)?[\s.!?~ㅠㅜ]*",
    re.I,
)
_BOTH = re.compile(
    r"(?:둘|셋|모두|전부)\s?(?:다|모두)?\s?(?:요|이요|예요|에요|알려\s?주세요|궁금해요|필요해요)?[\s.!~]*"
    r"|(?:both|all(?:\sof\s(?:them|these))?|either)(?:\s(?:of\s(?:them|these)|please|one))?[\s.!,]*(?:please)?[\s.!]*",
    re.I,
)
_FILLER = word_set(
    "거 것 쪽 경우 관련 대하다 원하다 보다 궁금하다 알다 결제 결제하다 내다 사다 이다 "
    "please want mean meant need one option choic pay paid bought"
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a reply to a clarifying question comes to.

    Attributes:
        question: What was asked before it, to be answered now.
        articles: Ids of the picked articles; none: it was none of them.
        labels: The picked choices.
    """

    question: str
    articles: tuple[str, ...]
    labels: tuple[str, ...] = ()


def chosen(turn: Turn) -> Chosen | None:
    """Read a turn as the reply to the clarifying question before it.

    Returns:
        None where nothing was asked, or where the reply is no pick but a question of its own.
    """
    visible = [m for m in turn.messages if not m.internal and m.author is not Author.SYSTEM]
    while visible and visible[-1].author is Author.CUSTOMER:
        visible.pop()
    if not visible or visible[-1].author is not Author.BOT:
        return None
    labels, articles = _offered(visible[-1])
    if not labels or (places := pick(turn.question, labels)) is None:
        return None
    asked, before = _question(visible[:-1])
    query = follow_up_query(asked, before)
    return Chosen(query, tuple(articles[n] for n in places), tuple(labels[n] for n in places))


def clarified(turn: Turn) -> bool:
    """Whether the assistant's last words were a clarifying question."""
    said = next((m for m in reversed(turn.messages) if m.author in (Author.BOT, Author.AGENT)), None)
    return said is not None and said.meta.get("decision") == Decision.CLARIFY


def _offered(message: Message) -> tuple[list[str], list[str]]:
    """The choices of a stored message and their articles; what another version wrote is passed over."""
    labels, articles = message.meta.get("choices"), message.meta.get("choice_ids")
    if message.meta.get("decision") != Decision.CLARIFY or not isinstance(labels, list):
        return [], []
    # Beside the articles a person may be offered: a chip with no article behind it, and last.
    beside = message.meta.get("rule") == BESIDE
    if not isinstance(articles, list) or len(articles) != len(labels) - beside:
        return [], []
    return list(map(str, labels[: len(articles)])), list(map(str, articles))


def _question(messages: Sequence[Message]) -> tuple[str, list[Message]]:
    """The question that the clarifying one was about, and the customer's messages up to and with it."""
    end = len(messages)
    start = end
    while start and messages[start - 1].author is Author.CUSTOMER:
        start -= 1
    own = [m for m in messages if m.author is Author.CUSTOMER]
    return "\n".join(m.text for m in messages[start:end]), own


def pick(reply: str, labels: Sequence[str]) -> tuple[int, ...] | None:
    """Which of the choices a reply names.

    Args:
        reply: The customer's words.
        labels: The choices as they were shown, at least one.

    Returns:
        Their places from 0 (more than one: "both"); empty for "none of these"; None where it says something else.
    """
    text = normalize(reply).strip()
    exact = [place for place, label in enumerate(labels) if key(label) == key(text)]
    if exact:
        return (exact[0],)
    if not text or len(text) > LONGEST:
        return None
    said = text.casefold().strip(" .!~?ㅠㅜㅎㅋ()[]")
    if (place := _ordinal(said, len(labels))) is not None:
        return (place,) if 0 <= place < len(labels) else None
    if _NEITHER.fullmatch(said):
        return ()
    if _BOTH.fullmatch(said):
        return tuple(range(len(labels)))
    return None if small_talk(text) else _named(text, labels)


def _ordinal(said: str, count: int) -> int | None:
    if match := _NUMBER.fullmatch(said):
        return int(match[1]) - 1
    if match := _KOREAN_NUMBERS.fullmatch(said):
        return "일이삼".index(match[1])
    for place, pattern in enumerate(_ORDINALS):
        if re.fullmatch(rf"{_LEAD}(?:{pattern}){_TAIL}", said, re.I):
            return place
    return count - 1 if re.fullmatch(rf"{_LEAD}(?:{_LAST}){_TAIL}", said, re.I) else None


def _named(text: str, labels: Sequence[str]) -> tuple[int, ...] | None:
    """The one choice whose own words a short reply holds, however spelt."""
    asked = [term for term in dict.fromkeys(analyze_query(text).terms) if term not in _FILLER]
    if not asked:
        asked = [word for word in re.findall(r"\w+", text.casefold()) if len(word) > 1]
    own = [frozenset(analyze_query(label).terms) for label in labels]
    common = frozenset.intersection(*own) if len(own) > 1 else frozenset()
    telling = [term for term in asked if term not in common]
    hits = [sum(any(_same(term, mine) for mine in terms - common) for term in telling) for terms in own]
    best = max(hits)
    if not best or hits.count(best) > 1:
        return None
    place = hits.index(best)
    beside = sum(not any(_same(term, mine) for mine in own[place]) for term in asked)
    return (place,) if beside <= STRAY else None


def _same(said: str, own: str) -> bool:
    if said == own:
        return True
    korean = "가" <= own[0] <= "힣"
    if korean and len(own) > 1 and len(said) > 1 and (own in said or said in own):
        return True
    one, other = unicodedata.normalize("NFD", said), unicodedata.normalize("NFD", own)
    if min(len(one), len(other)) < (6 if korean else 4) or any(char.isdigit() for char in said + own):
        return False
    return SequenceMatcher(None, one, other).ratio() >= ALIKE
