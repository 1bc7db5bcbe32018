"""The open question: the message in which the customer states their matter, word for word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from .conversation import Message
from .facts.find import ATTACHMENT, LIMIT
from .facts.find import find_facts as _facts
from .mood import frustration
from .repetition import similarity
from .requests import explicit_request
from .smalltalk import accepts, declines, small_talk
from .wording import normalise


class Line(BaseModel):
    """A quoted message (or part of one) with its seq."""

    model_config = ConfigDict(frozen=True)

    text: str
    seq: int


_ASKS = re.compile(
    r"[?？]|나요|까요|을까|ㄹ까|인가요|은가요|는가요|한가요|던가요|는지|은지|건지|인지|냐고|느냐|습니까|ㅂ니까|입니까|됩니까|합니까|죠\s*$|어떻게|어떡|얼마|언제|어디|왜\s|무슨|뭔가|되나|돼여|될까|당가|는교|는겨|라예"
    r"|\b(?:how|what|when|where|which|why|who)\b|\b(?:can|could|would|will|do|does|did|is|are|was|were|may|should|has|have)\s(?:i|you|it|we|they|this|that|there|the|my|your|someone|somebody|anyone)\b",
    re.I,
)
_WANTS = re.compile(
    r"싶[어은습다네]|해\s?(?:주세요|주십시오|줘|주시면|달라)|(?:바꿔|보내|취소|환불|교환|처리|확인|알려|고쳐|빼)\S{0,2}\s?(?:주|줘|달)|부탁|원해|원합|필요해|필요합|하려고|하려면|신청"
    r"|\b(?:i\s(?:want|need|would\slike|wish)|i'd\slike|please|need\sto|trying\sto|want\sto|looking\sto|looking\sfor|help\sme)\b",
    re.I,
)
_TROUBLE = re.compile(
    r"안\s?(?:돼|되|와|왔|나|나와|떠|뜨|열|켜|맞|됩|옵|들어|보|받|해)|못\s?(?:받|찾|하|했|써|쓰|들어|열|봐)|없(?:어요|네요|습니다|다는|던데|는데)|고장|망가|부러|깨[져진졌]|찢어|불량|파손|누락|빠졌|빠져|잘못|다른\s?(?:게|걸|거|색|제품|상품)|오류|에러|튀|그을|베[여었]|다쳤|아파|이상|소음|지연|아직|두\s?번|이중|중복|모르는|결제한\s?적"
    r"|\b(?:not|never|no|cannot|can'?t|cant|won'?t|wont|doesn'?t|doesnt|didn'?t|didnt|isn'?t|isnt|hasn'?t|broken|broke|damaged|missing|wrong|late|delayed|stuck|rejected|refused|failed|fails|error|twice|cracked|split|ripped|torn|leak\w*|burn\w*|spark\w*|smoke|charged|billed|stolen|lost|without|still)\b",
    re.I,
)
_AFTER = re.compile(
    r"^(?:\W|ㅠ|ㅜ|ㅋ|ㅎ)*(?:(?:음|어|아|앗|하|저기|근데|아니\s?근데|그런데)[\s.,~]+)*(?:(?:번호\s?)?잘못\s?(?:봤|적|썼|말|눌)|아니[\s,]|아니다|그게\s?아니|그거\s?말고|그건\s?(?:아까|이미|해결|됐)|이미\s?(?:해|봤|했)|해\s?봤|했는데도|말씀하신\s?대로|아까|(?:똑같|마찬가지)|안내\s?(?:감사|받은)|답변\s?(?:잘|감사)|몇\s?번을|와\s?대단|다\s?적었|오타|정정)"
    r"|^\W*(?:no\b[\s,]|that\s(?:didn'?t|did\snot|doesn'?t|does\snot|isn'?t)|(?:still|same)\s(?:not|no|nothing|the|doesn'?t|isn'?t|broken|here)|i\s(?:already|just)\s(?:did|tried|said|checked|told)|already\s\w+|i\s(?:said|know)\b|it'?s\s(?:the|my|on|booked|for)\b|tried\s(?:that|it|five|four|three)|sorry,|typo|oops|argh|oh\s(?:brilliant|great|wonderful|lovely)|wow\b|omg|thank\syou\sfor|thanks\sfor|you\sdon'?t\sunderstand|asked\sthe|they'?ve|they\spromised|it'?s\sbeen|we'?re\sfine|ok\sbut)",
    re.I,
)
"""How messages begin that only follow up on what was said: they state no matter of their own."""
_SIGHS = re.compile(
    r"장난\s?하|어이\s?없|열\s?받|짜증|답답|황당|한심|웃기|대단하|감동|최고네|유감|기대하는\s?바|말귀|도움이?\s?(?:안|하나도)|제대로\s?(?:읽|답)|챗?봇|로봇|복붙|같은\s?(?:말|답|소리)|라는\s?(?:건지|말인지|거냐)|환장|떼먹|미치겠|죽고\s?싶|끝내고\s?싶"
    r"|\b(?:useless|ridiculous|clowns?|stupid|pathetic|joke|circus|quote\syour|help\spage|another\slink|same\s(?:paragraph|answer|link)|not\shelping|are\s(?:you|u)\seven|listen|bot|piece\sof\sjunk|braindead)\b",
    re.I,
)
_CLAUSE = re.compile(r"[^.!?。\n,]{1,300}[.!?。\n,]*|[.!?。\n,]+")
_PERSON = re.compile(
    r"(?:상담[사원]|직원|담당자|사람|매니저|책임자|전문가).{0,80}?(?:연결|바꿔|불러|통화|얘기|이야기|부탁|요청|물어|확인|넘겨|여쭤|붙여|상담)"
    r"|\b(?:agent|human|(?:real|actual|live|a)\sperson|representative|(?:support\s)?staff|adviser|advisor|manager)s?\b"
    r"|\b(?:someone|somebody|anyone|people|person|team)\b.{0,80}?\b(?:talk|speak|call|ring|chat|connect|reach|put|pass|transfer|explain|contact)\b"
    r"|\b(?:talk|speak|call|ring|chat|connect|reach|put|pass|transfer|get|contact)\b.{0,80}?\b(?:someone|somebody|anyone|people|person|team)\b"
    r"|\bwho\s(?:do|can|should)\si\s(?:talk|speak|complain)\b",
    re.I,
)
"""In a clause: it asks for a person."""
_WAITS = re.compile(
    r"기다(?:려야|리면|리나|리고|릴)|듣고\s?(?:있|계)|여보세요|몇\s?분|아직\s?(?:업나|없나|멀었)|언제\s?(?:연결|오세요)|\b(?:how\slong\s(?:is|do\si|will|until)|(?:still|i'?m|im)\swaiting|anyone\sthere|are\syou\sthere|hello\?)",
    re.I,
)
"""Said of the waiting itself."""
_WORD = re.compile(r"[가-힣]{2,}|[A-Za-z][A-Za-z']{2,}")
_SENTENCE = re.compile(r"[^.!?。\n]{1,600}[.!?。\n]*")
_CHAFF = frozenset(
    [
        "안녕하세요",
        "저기요",
        "그리고",
        "그런데",
        "근데",
        "제가",
        "저는",
        "제",
        "이거",
        "그거",
        "이건",
        "혹시",
        "지금",
        "진짜",
        "정말",
        "그냥",
        "주문번호는",
        "주문번호",
        "번호",
        "번호는",
        "연락처",
        "이메일",
        "메일은",
        "메일",
        "이름은",
        "이름",
        "이에요",
        "예요",
        "입니다",
        "건이에요",
        "맞고요",
        "hello",
        "the",
        "and",
        "you",
        "your",
        "for",
        "with",
        "this",
        "that",
        "it's",
        "its",
        "please",
        "order",
        "number",
        "booking",
        "name",
        "name's",
        "email",
        "phone",
        "mine",
        "here",
        "there",
        "okay",
        "yes",
        "thanks",
        "from",
        "are",
        "was",
        "has",
        "have",
    ]
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    message: Message
    score: float


def open_question(own: Sequence[Message]) -> Line | None:
    """The message that states the customer's matter, whole; None where they only greeted or asked for a person.

    Small talk, bare requests for a person, bare facts and complaints without a matter are passed over; of several
    statements a question, a wish or a trouble with words of its own counts, and the later one of equals.
    """
    return open_questions(own)[0]


def open_questions(own: Sequence[Message]) -> tuple[Line | None, tuple[Line, ...]]:
    """The main question, and the others that were asked beside it (two at most, the newest first)."""
    ranked = _ranked(own)
    if not ranked:
        return None, ()
    main, *rest = ranked
    others = [
        c.message for c in rest if c.score >= _WORTH and similarity(c.message.text, main.message.text) < _ALIKE
    ]
    also = sorted(others[:2], key=lambda message: -message.seq)
    return _line(main.message), tuple(_line(message) for message in also)


def _line(message: Message) -> Line:
    return Line(text=excerpt(message.text), seq=message.seq)


LONGEST = 600
"""Characters of a message that are quoted; of a longer one it is the part that asks."""


def excerpt(text: str) -> str:
    """A text, or of a long one the sentence that says most of a matter with what stands around it, verbatim."""
    text = text.strip()
    if len(text) <= LONGEST:
        return text
    best, top = 0, -1.0
    for match in _SENTENCE.finditer(text[:LIMIT]):
        said = match[0]
        worth = 2.0 * bool(_ASKS.search(said)) + bool(_WANTS.search(said)) + 2.0 * bool(_TROUBLE.search(said))
        worth += min(len(_WORD.findall(said)), 8) / 8
        if worth > top:
            best, top = match.start(), worth
    start = max(0, min(best - LONGEST // 3, len(text) - LONGEST))
    return text[start : start + LONGEST].strip()


_WORTH = 2.6
"""Score from which a message beside the main one is a question of its own."""
_ALIKE = 0.3
_READ = 60
"""Messages that are looked through, the newest."""
_LATER = 0.25
"""What each later message is ahead of the one before, all else equal."""


def _ranked(own: Sequence[Message]) -> list[_Candidate]:
    stated = [m for m in own[-_READ:] if not _bare(m)]
    scored = [_Candidate(m, _score(m) + _LATER * place) for place, m in enumerate(stated)]
    # Only what is said at all: below that a message is facts or anger, taken where there is nothing better.
    return sorted(scored, key=lambda c: -c.score)


def _bare(message: Message) -> bool:
    text = message.text
    if small_talk(text) or message.meta.get("intent") == "human":
        return True
    # Emoji, or the name of a file that was sent, ask nothing.
    if not re.search(r"\w", ATTACHMENT.sub("", text[:LIMIT])):
        return True
    if message.meta.get("receipt", {}).get("op") == "correct":
        return True
    if len(text) <= 60 and (accepts(text) or declines(text)):
        return True
    asked = explicit_request(text)
    # A bare "connect me to an agent" is no question; one with a matter beside it is.
    return bool(asked) and len(text) - len(asked) < 15


def _letters(word: str) -> str:
    return "".join(sorted(word))


_MISSPELT = frozenset(_letters(word) for word in ("human", "agent", "person", "operator", "representative"))
"""Letters in any order: "humna", "agnet"."""


def _score(message: Message) -> float:
    """How much a message states a matter; about 0 for facts and anger, 3 to 5 for a question."""
    text = normalise(message.text)
    asked = bool(explicit_request(text)) or any(
        _letters(word) in _MISSPELT for word in re.findall(r"[a-z]+", text.lower())
    )
    rest = "".join(" " if _PERSON.search(clause) else clause for clause in _CLAUSE.findall(text))
    if asked and rest == text and len(text) < 60:
        rest = " "
    for fact in _facts([message.model_copy(update={"text": text[:LIMIT]})]):
        if fact.slot != "product":
            rest = rest.replace(fact.value, " ")
    words = [w for w in _WORD.findall(rest) if w.lower() not in _CHAFF]
    score = min(len(words), 8) / 8
    if _ASKS.search(rest):
        score += 2
    if _WANTS.search(rest):
        score += 1
    if _TROUBLE.search(rest):
        score += 2
    score = min(score, 3.5)
    if _AFTER.search(text):
        score -= 1.5
    if _SIGHS.search(rest):
        score -= 1
    if len(text) < 60 and _WAITS.search(text):
        score -= 2
    score -= (0, 0, 0.4, 2)[frustration(text)]
    if asked:
        score -= 0.5
    if len(words) < 2:
        score -= 1.5
    return score
