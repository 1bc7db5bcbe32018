"""What a customer's message does for their matter: states it, goes on with it, says it again, or nothing of it.

Which of their messages is the open question is learned: a conditional logit over what is seen of each, with the
weights below. They are fitted to dev suites by ``python -m batonpass.evals.question_fit`` (docs/guard.md).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

from ..knowledge.language import word_set
from .conversation import Message
from .facts import Fact
from .facts.find import find_facts
from .facts.types import LIMIT, NUMBERS
from .heads import Heads, HeadsError, Reading
from .repetition import likeness
from .requests import explicit_request
from .wording import normalise

log = logging.getLogger(__name__)

ASKS = re.compile(
    r"[?？]|나요|까요|을까|ㄹ까|인가요|은가요|는가요|한가요|던가요|는지|은지|건지|인지|냐고|느냐|습니까|ㅂ니까|입니까|됩니까|합니까|죠\s*$|어떻게|어떡|얼마|언제|어디|왜\s|무슨|뭔가|되나|돼여|될까|당가|능?교(?=\W*$)|는교|는겨|라예|꺼(?=\W*$)|우째|어찌|어데|워쩌|누구(?:한테|에게|랑)|몇\s?(?:시|개|번|명|일|달|년|프로)|모르겠|궁금|여부|가능(?:한|할)|있나|없나|해요\?"
    r"|\b(?:how|what|when|where|which|why|who|whose|whether)\b|\b(?:can|could|would|will|do|does|did|is|are|was|were|may|should|has|have)\s(?:i|you|it|we|they|this|that|there|the|my|your|someone|somebody|anyone)\b",
    re.I,
)
WANTS = re.compile(
    r"싶[어은습다네]|해\s?(?:주세요|주십시오|줘|주시면|달라)|(?:바꿔|보내|취소|환불|교환|처리|확인|알려|고쳐|빼)\S{0,2}\s?(?:주|줘|달)|부탁|원해|원합|필요해|필요합|하려고|하려면|신청"
    r"|\b(?:i\s(?:want|need|would\slike|wish)|i'd\slike|please|need\sto|trying\sto|want\sto|looking\sto|looking\sfor|help\sme)\b",
    re.I,
)
TROUBLE = re.compile(
    r"안\s?(?:돼|되|와|왔|나|나와|떠|뜨|열|켜|맞|됩|옵|들어|보|받|해)|못\s?(?:받|찾|하|했|써|쓰|들어|열|봐)|없(?:어요|네요|습니다|다는|던데|는데)|고장|망가|부러|깨[져진졌]|찢어|불량|파손|누락|빠졌|빠져|잘못|다른\s?(?:게|걸|거|색|제품|상품)|오류|에러|튀|그을|베[여었]|다쳤|아파|이상|소음|지연|아직|두\s?번|이중|중복|모르는|결제한\s?적"
    r"|\b(?:not|never|no|cannot|can'?t|cant|won'?t|wont|doesn'?t|doesnt|didn'?t|didnt|isn'?t|isnt|hasn'?t|broken|broke|damaged|missing|wrong|late|delayed|stuck|rejected|refused|failed|fails|error|twice|cracked|split|ripped|torn|leak\w*|burn\w*|spark\w*|smoke|charged|billed|stolen|lost|without|still)\b",
    re.I,
)
_AFTER = re.compile(
    r"^(?:\W|ㅠ|ㅜ|ㅋ|ㅎ)*(?:(?:음|어|아|앗|하|저기|근데|아니\s?근데|그런데)[\s.,~]+)*(?:(?:번호\s?)?잘못\s?(?:봤|적|썼|말|눌)|아니[\s,]|아니다|그게\s?아니|그거\s?말고|그건\s?(?:아까|이미|해결|됐)|이미\s?(?:해|봤|했)|해\s?봤|했는데도|말씀하신\s?대로|아까|(?:똑같|마찬가지)|안내\s?(?:감사|받은)|답변\s?(?:잘|감사)|몇\s?번을|와\s?대단|다\s?적었|오타|정정)"
    r"|^\W*(?:no\b[\s,]|that\s(?:didn'?t|did\snot|doesn'?t|does\snot|isn'?t)|(?:still|same)\s(?:not|no|nothing|the|doesn'?t|isn'?t|broken|here)|i\s(?:already|just)\s(?:did|tried|said|checked|told)|already\s\w+|waited\b|tried\b|nope\b|did\sthe\b|i\s(?:said|know)\b|it'?s\s(?:the|my|on|booked|for)\b|tried\s(?:that|it|five|four|three)|sorry,|typo|oops|argh|oh\s(?:brilliant|great|wonderful|lovely)|wow\b|omg|thank\syou\sfor|thanks\sfor|you\sdon'?t\sunderstand|asked\sthe|they\spromised|we'?re\sfine|ok\sbut)",
    re.I,
)
"""How messages begin that only follow up on what was said: they state no matter of their own."""
_SIGHS = re.compile(
    r"장난\s?하|어이\s?없|열\s?받|짜증|답답|황당|한심|웃기|대단하|감동|최고네|유감|기대하는\s?바|말귀|도움이?\s?(?:안|하나도)|제대로\s?(?:읽|답)|챗?봇|로봇|복붙|같은\s?(?:말|답|소리)|라는\s?(?:건지|말인지|거냐)|환장|떼먹|미치겠|죽고\s?싶|끝내고\s?싶|읊어|든든합|든든하|박수|역시\s?(?:가입|팔|돈)|고객입니다\s?만|훌륭하|친절도\s?하|참\s?(?:좋은|대단|빠르|든든)|이\s?모양|못\s?쓰겠|작정|때려|망해|가관|감사하기도|니들|당신들|\^\^|👏|잘\s?알겠습니다"
    r"|\b(?:useless|ridiculous|clowns?|stupid|pathetic|joke|circus|quote\syour|help\spage|another\slink|same\s(?:paragraph|answer|link)|not\shelping|are\s(?:you|u)\seven|listen|bot|piece\sof\sjunk|braindead|how\s(?:kind|convenient|lovely|generous|helpful|thoughtful|nice)|(?:marvell?ous|splendid|charming|bravo|outstanding|remarkable)|bullet\spoint|delighted|so\smuch\sfor|well\sdone|slow\sclap|not\son\b|can'?t\sbe\sbothered|livid|looked\safter|no\sfurther|never\smind|ignore\sme|shame\son)\b",
    re.I,
)
_CLAUSE = re.compile(r"[^.!?。\n,]{1,300}[.!?。\n,]*|[.!?。\n,]+")
_PERSON = re.compile(
    r"(?:아는|알아듣는|알아들을\s?수\s?있는|책임\s?있는|책임지(?:는|실)|담당하시는|다른|직접\s?보시|(?:설명|도와|봐|처리)해?\s?주실)\s?\S{0,4}(?:분|사람)(?:으로|께|이랑|한테|과|을|이|\s).{0,40}?(?:연결|바꿔|넘겨|붙여|불러|부탁|계셨|계실|있을|통화|나오)"
    r"|(?:상담[사원]|직원|담당자|사람|매니저|책임자|전문가).{0,80}?(?:연결|바꿔|불러|통화|얘기|이야기|부탁|요청|물어|확인|넘겨|여쭤|붙여|상담)"
    r"|\b(?:agent|human|(?:real|actual|live|a)\sperson|representative|(?:support\s)?staff|adviser|advisor|manager|supervisor|colleague|operator|whoever(?:'s|\sis|\sruns))s?\b"
    r"|\b(?:someone|somebody|anyone|people|person|team)\b.{0,80}?\b(?:talk|speak|call|ring|chat|connect|reach|put|pass|transfer|explain|contact)\b"
    r"|\b(?:talk|speak|call|ring|chat|connect|reach|put|pass|transfer|get|contact)\b.{0,80}?\b(?:someone|somebody|anyone|people|person|team)\b"
    r"|\bwho\s(?:do|can|should)\si\s(?:talk|speak|complain)\b",
    re.I,
)
"""In a clause: it asks for a person."""
WAITS = re.compile(
    r"기다(?:려야|리면|리나|리고|릴)|듣고\s?(?:있|계)|여보세요|몇\s?분|아직\s?(?:업나|없나|멀었)|언제\s?(?:연결|오세요)|\b(?:how\slong\s(?:is|do\si|will|until)|(?:still|i'?m|im)\swaiting|anyone\sthere|are\syou\sthere|hello\?)",
    re.I,
)
"""Said of the waiting itself."""
WORD = re.compile(r"[가-힣]{2,}|[A-Za-z][A-Za-z']{2,}")
_CHAFF = word_set(
    "안녕하세요 저기요 그리고 그런데 근데 제가 저는 제 이거 그거 이건 혹시 지금 진짜 정말 그냥 주문번호는 주문번호 번호 번호는 연락처 이메일 "
    "메일은 메일 이름은 이름 이에요 예요 입니다 건이에요 맞고요 hello the and you your for with this that it's "
    "its please order number booking name name's email phone mine here there okay yes "
    "thanks from are was has have "
)
"""Words that are said whatever the matter is."""
_AGAIN = re.compile(
    r"그러니까|그니까|다시\s?(?:말|물|여쭤|한\s?번)|[제내]\s?말은|몇\s?번(?:을|째|이나)|냐고|[다라]니까|말고(?:요|\s)|(?:게|것이|법이|이야기가|얘기가|말이)\s?아니(?:라|고|에요|예요)|(?:을|를)\s?(?:묻는|여쭤보는|물어본)|[두세네]\s?번째|또\s?(?:같은|똑같)|같은\s?(?:말|답|표|글)|똑같은|물어봤|여쭤봤"
    r"|\b(?:once\smore|i\s(?:said|asked|meant|mean)|(?:second|third|fourth)\stime|yes\sor\sno|you'?ve\sonly|only\srepeated|that'?s\sthe\s(?:table|same|page)|like\si\ssaid|my\squestion\s(?:is|was)|what\si\s(?:asked|mean|am\sasking)|(?:don'?t|do\snot|didn'?t)\smean|not\sasking|i'?m\sasking)\b|^\W*(?:no\sno|not)\b",
    re.I,
)
"""What was asked before is asked again."""

FEATURES = (
    "asks", "wants", "trouble", "follows", "sighs", "words", "report", "not_helped", "request", "accepts", "place",
    "like_before", "like_after", "again", "own", "later_asks", "later_not_helped", "later_topic",
)  # fmt: skip
"""What is seen of a message, in the order of ``WEIGHTS``.

The first three and ``words`` are read in what is left without a wish for a person and without facts; ``report``,
``not_helped``, ``accepts`` and ``later_topic`` are the heads' probabilities (the highest of the sensitive topics but
self-harm, which is said of oneself and not of the matter); ``request`` is theirs of a wish for a person where few
words are left; ``place`` is 0 to 3, ``like_*`` the likeness in meaning to messages before and after, ``own`` is an
amount, a date or a number of the customer's own case, ``later_*`` the same as without in any but the first.
"""
WEIGHTS = (
    0.14, 0.56, 0.50, -1.28, -1.72, 0.73, 1.43, 0.28, -1.38, -1.00, -0.65, 2.80, 2.09, -0.88, 0.58, 0.55,
    -0.75, 0.73,
)  # fmt: skip
"""What is seen of a message, in the order of ``WEIGHTS``.

The first three and ``words`` are read in what is left without a wish for a person and without facts; ``report``,
``not_helped``, ``accepts`` and ``later_topic`` are the heads' probabilities (the highest of the sensitive topics but
self-harm, which is said of oneself and not of the matter); ``request`` is theirs of a wish for a person where few
words are left; ``place`` is 0 to 3, ``like_*`` the likeness in meaning to messages before and after, ``own`` is an
amount, a date or a number of the customer's own case, ``later_*`` the same as without in any but the first.
"""
WEIGHTS = (
    0.25, 0.46, 0.53, -1.43, -1.71, 0.66, 1.13, -0.39, -1.15, -1.01, -0.68, 3.32, 2.19, -0.97, 0.55, 0.51,
    -1.15, 0.97,
)  # fmt: skip
"""Fitted on 181 dev scenarios of eight suites, as the command above prints them."""
_OWN = frozenset({"amount", "date", "period", *NUMBERS})
"""Slots that only somebody's own case has."""
_AT_MOST = 3
"""Places that are told apart: in a long talk the tenth message is no less likely the open one than the fourth."""


def worth(stated: Sequence[Message]) -> list[float]:
    """How likely each message is the one that states the open matter, as a logit; only differences count.

    Args:
        stated: The customer's messages that say anything, oldest first.
    """
    return [sum(w * x for w, x in zip(WEIGHTS, row, strict=True)) for row in seen(stated)]


def seen(stated: Sequence[Message]) -> list[tuple[float, ...]]:
    """``FEATURES`` of each message."""
    texts = [message.text[:LIMIT] for message in stated]
    return [_row(texts, place, message) for place, message in enumerate(stated)]


def states(text: str) -> bool:
    """Whether a message asks, wants or reports anything of its own."""
    rest = _rest(normalise(text[:LIMIT]))
    return bool(ASKS.search(rest) or WANTS.search(rest) or TROUBLE.search(rest))


def follows_up(text: str) -> bool:
    """Whether a message only goes on about what was said: it corrects, rejects, sighs or waits."""
    plain = normalise(text[:LIMIT])
    return bool(_AFTER.search(plain) or _SIGHS.search(plain)) or (len(plain) < 60 and bool(WAITS.search(plain)))


def _row(texts: Sequence[str], place: int, message: Message) -> tuple[float, ...]:
    text = normalise(texts[place])
    facts = find_facts([message.model_copy(update={"text": texts[place]})])
    own = any(fact.slot in _OWN for fact in facts)
    rest, reading = _rest(text, facts), reading_of(texts[place])
    words = min(len([word for word in WORD.findall(rest) if word.lower() not in _CHAFF]), 8)
    act = reading.act if reading else {}
    topics = [value for name, value in reading.sensitive.items() if name != "self_harm"] if reading else []
    explicit = reading.explicit if reading else float(bool(explicit_request(text)))
    asks = bool(ASKS.search(rest))
    unhelped, later = act.get("not_helped", 0.0), place > 0
    return (
        asks,
        bool(WANTS.search(rest)),
        bool(TROUBLE.search(rest)),
        bool(_AFTER.search(text)) or (len(text) < 60 and bool(WAITS.search(text))),
        bool(_SIGHS.search(rest)),
        words / 8,
        act.get("problem_report", 0.0),
        unhelped,
        explicit * (words < 5),
        act.get("accept_offer", 0.0),
        min(place, _AT_MOST),
        likeness(texts[place], texts[:place]),
        likeness(texts[place], texts[place + 1 :]),
        bool(_AGAIN.search(text)),
        own,
        later * asks,
        later * unhelped,
        later * max(topics, default=0.0),
    )


def reading_of(text: str) -> Reading | None:
    """What the heads make of a message; None where they cannot be read: the words are left to go by."""
    try:
        return Heads.load().read(text)
    except HeadsError as error:
        log.warning("no heads for the open question: %s", error)
        return None


def _rest(text: str, facts: Sequence[Fact] = ()) -> str:
    """A message without the clauses that ask for a person, and without facts but products."""
    rest = "".join(" " if _PERSON.search(clause) else clause for clause in _CLAUSE.findall(text))
    if rest == text and len(text) < 60 and explicit_request(text):
        rest = " "
    for fact in facts:
        if fact.slot != "product":
            rest = rest.replace(fact.value, " ")
    return rest
