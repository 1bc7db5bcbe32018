"""What needs no knowledge base: greetings, thanks, "are you a person?", yes and no.

A message is small talk only when nothing else is left of it: "안녕하세요 배송비 얼마예요" is a question. So it is
laid out in pieces, each a phrase of one kind; where a piece is missing, it is no small talk.
"""

from __future__ import annotations

import re
from enum import StrEnum

from .wording import normalise

LONGEST = 120
"""Characters from which a message is never small talk."""


class SmallTalk(StrEnum):
    """Kinds of small talk."""

    GREETING = "greeting"
    THANKS = "thanks"
    IDENTITY = "identity"
    FAREWELL = "farewell"
    YES = "yes"
    NO = "no"


_BETWEEN = re.compile(
    r"(?:[\s~!?.,…^;:)(/♡♥*'\"+_-]|[ㅋㅎㅠㅜㅡ]|[\U0001F000-\U0001FAFF\u2600-\u27BF\u2B50\uFE0F\u200D])*"
)

_PHRASES: dict[SmallTalk, tuple[str, ...]] = {
    SmallTalk.IDENTITY: (
        r"(?:(?:혹시|지금|진짜|설마|근데)\s?)*(?:너는?|넌|당신은?|여기|그쪽은?|거기|이거|지금|저랑|대화|얘기|답변)?\s?(?:하는|하시는)?\s?(?:거|게|건|분)?\s?(?:혹시|진짜|설마)?\s?(?:사람|로봇|챗?봇|기계|ai|인공지능|상담[사원]|직원)(?:분|님)?\s?(?:이랑|하고|과|이|인|은|랑)?\s?(?:이에요|이예요|예요|에요|인가요|이세요|이신가요|신가요|가요|세요|맞나요|맞아요|맞죠|맞아|입니까|이야|야|임|이니|니|이냐|냐|인지|이죠|죠|얘기하는\s?(?:거|건)\S{0,6}|대화\s?중\S{0,6}|말하는\s?(?:거|건)\S{0,6})",
        r"(?:아니면\s?)?(?:사람|로봇|챗?봇|기계|ai)(?:이에요|예요|이세요|인가요|이야|야|임|이니|이냐)",
        r"(?:are|r)\s(?:you|u)\s(?:an?\s)?(?:(?:real|actual|live|actually|just)\s(?:an?\s)?){0,2}(?:person|human(?:\sbeing)?|bot|chatbot|robot|machine|ai|agent|real|computer)(?:\sor\s(?:just\s)?(?:an?\s)?\w{1,12})?",
        r"(?:is\sthis|am\si\s(?:talking|speaking|chatting)\s(?:to|with))\s(?:an?\s)?(?:(?:real|actual)\s){0,2}(?:person|human|bot|chatbot|robot|machine|ai|program|computer)(?:\sor\s(?:with\s|to\s)?(?:an?\s)?(?:real\s|actual\s)?\w{1,12}(?:\sreal)?)?",
        r"(?:who|what)\sare\s(?:you|u)",
        r"(?:너는?|넌|당신은?)\s?(?:누구|뭐)(?:야|니|냐|예요|세요|인가요)?",
        r"(?:누구)(?:세요|신가요|야|니|예요)",
        r"just\scurious",
    ),
    SmallTalk.GREETING: (
        r"안녕(?:하세요|하십니까|하세여|하신가요|하셔요|하심까|하세용|요)?|안뇽(?:하세요)?",
        r"하이(?:요|루)?|헬로우?|ㅎㅇ(?:ㅎㅇ)?|방가(?:방가)?|할로",
        r"반갑습니다|반가워요?|반갑네요",
        r"수고(?:하십니다|하세요|많으십니다|많으세요|가?\s?많으십니다)",
        r"처음\s?뵙겠습니다|잘\s?부탁드립니다",
        r"좋은\s?(?:아침|오후|저녁)(?:이에요|입니다|이네요|요)?",
        r"저기요?|여보세요|계세요|계신가요",
        r"hi+(?:ya)?|hello+|hey+(?:a)?|howdy|yo|greetings|hola|hullo|heya",
        r"good\s?(?:morning|afternoon|evening|day)|morning|evening",
        r"how(?:'s|\sis)\s(?:it\sgoing|your\sday(?:\sgoing)?|everything)|how\sare\s(?:you|u)(?:\s(?:doing|today)){0,2}",
        r"there|again|everyone|team|anyone\shere|nice\sto\smeet\syou|mate|it'?s\sme",
    ),
    SmallTalk.THANKS: (
        r"굿(?:굿)?|(?:잘\s|이제\s)?이해(?:했어요|했습니다|됐어요|됐습니다|했네요)|금방\s?(?:처리|해결)되네요|감사(?:합니다|함니다|함다|해요|드립니다|드려요|합니당|해용|요|하네요|함다)?|고마워요?|고맙습니다|고맙네요|땡큐|쌩유|ㄱㅅ(?:ㄱㅅ)?|ㄳ(?:ㄳ)?",
        r"도움이?\s?(?:많이|정말|크게|아주)?\s?(?:됐|되었)(?:어요|습니다|네요)|(?:잘\s)?(?:되네요?|된다|됩니다)|해결\s?(?:됐어요|되었어요|됐습니다|되었습니다|됐네요|했어요|했습니다)|최고(?:예요|네요|입니다)?|복\s?받으세요",
        r"thanks?(?:\s?(?:you|u))?|thank\syou|thx|tnx|ty|tysm|cheers|much\s(?:appreciated|obliged)|many|so\smuch|a\s(?:lot|bunch|million)|very\smuch|again",
        r"(?:i\s)?(?:really\s)?appreciate\s(?:it|that|your\shelp|the\shelp)",
        r"for\s(?:your|the|all\syour)\s(?:\w{1,9}\s)?(?:help|info|information|answer|reply|time|support|response|advice)|for\s(?:helping|explaining|checking)(?:\sme)?",
        r"awesome|cool|got\sit|wonderful|brilliant|excellent|amazing|nice|good|wow|super",
        r"(?:that|this|it)\s(?:helps|helped|works|worked|fixed\sit|solved\sit|did\sit)(?:\s(?:a\slot|now|for\sme))?|all\s(?:good|sorted|set)(?:\snow)?|very\shelpful|that'?s\s(?:great|perfect|all\si\sneeded|helpful)",
        r"(?:you|u)(?:'?re|\sare|r)\s(?:an?\s)?(?:real\s|so\s|very\s|absolute\s|the\s)*(?:life\s?saver|great|awesome|best|helpful|star|kind|amazing|legend)",
    ),
    SmallTalk.FAREWELL: (
        r"안녕히\s?(?:계세요|가세요)|수고하셨습니다|수고하셨어요|고생하(?:세요|셨어요|셨습니다)",
        r"(?:그럼\s?)?(?:다음에|나중에|또)\s?(?:뵐게요|봬요|올게요|봐요|이용할게요)|바이(?:바이)?|빠이|잘\s?(?:자|있어)요?|들어가세요",
        r"(?:즐거운|좋은|행복한)\s?(?:하루|오후|저녁|주말|밤|시간|연휴|명절)\s?(?:되세요|보내세요|되십시오|보내십시오|이요)?|새해\s?복\s?많이\s?받으세요|메리\s?크리스마스",
        r"bye+(?:\s?bye)?|good\s?bye|cya|see\s(?:you|ya)(?:\slater|\ssoon)?|have\san?\s(?:nice|good|great|lovely)\s(?:day|one|evening|weekend|night)|take\scare|good\s?night|that'?s\sall(?:\sfor\s(?:now|today))?|merry\schristmas|happy\snew\syear",
    ),
    SmallTalk.NO: (
        r"아니(?:요|오|에요|예요|여|야)?|아뇨(?:아뇨)?|ㄴㄴ|노노?|놉|싫어요?|싫습니다|싫은데요?",
        r"(?:아직은?|지금은|전|저는|일단은?|이제)?\s?(?:괜찮(?:아요|습니다|아여|아|네요|을\s?것\s?같아요)|됐(?:어요|습니다|고요|음))",
        r"필요\s?(?:는\s?)?없(?:어요|습니다|어|을\s?것\s?같아요|네요)|안\s?(?:할래요?|해도\s?(?:돼요?|됩니다|될\s?것\s?같아요)|해\s?주셔도\s?(?:돼요|됩니다|괜찮아요)|할게요)|하지\s?마(?:세요)?|그만(?:할게요|요)?",
        r"나중에\s?(?:할게요|요|다시\s?(?:할게요|문의할게요|올게요))?|다음에\s?(?:할게요|요)|더\s?(?:는\s?)?없(?:어요|습니다)|굳이요?|제가\s?(?:해|알아서\s?)\s?(?:볼게요|할게요)|혼자\s?(?:해)?\s?(?:볼게요|할게요)",
        r"no+(?:pe)?|nah+|naw|not\s(?:now|yet|really|needed|necessary|today|at\sthe\smoment|right\snow)",
        r"no\s(?:need|thanks?(?:\s(?:you|u))?|thx|thank\syou)|i'?m\s(?:all\s)?(?:good|fine|ok(?:ay)?|set)|that'?s\s(?:ok(?:ay)?|fine|alright)|it'?s\s(?:ok(?:ay)?|fine|alright)|never\s?mind|nvm|maybe\slater|later|leave\sit|forget\sit|i'?ll\s(?:pass|wait|manage|try\s(?:it\s)?myself|figure\sit\sout)|don'?t\s(?:bother|need\s(?:it|to|one|that))|i\sdon'?t\s(?:need|want)\s(?:it|that|to|one)|i'?d\srather\snot",
    ),
    SmallTalk.YES: (
        r"네+|네에|넵+|넹|넴|예+|옙|예스|응+|어+|웅|엉|ㅇㅇ+|ㅇㅋ|ㅇ|ㄱㄱ+|오케이?|오키|콜",
        r"(?:그거|그게|그건|저는|전|저도|뭐)?\s?(?:좋아요?|좋습니다|좋네요|좋죠|좋겠(?:어요|네요|습니다)|그래요?|그럼요?|당연(?:하죠|히요?|해요)?|물론(?:이죠|입니다)?|맞아요?|맞습니다|알겠(?:습니다|어요)|동의(?:합니다|해요))",
        r"(?:꼭|빨리|바로|좀|제발|얼른|지금|그럼|그렇게|그걸로|그대로|그러면|그리)(?:요)?",
        r"(?:진행|연결|접수|전달|처리|요청|신청|진행해|연결해|바꿔|불러|넘겨|그래|그렇게\s?해|해)?\s?(?:주세요|줘요?|주십시오|주실래요|주시면\s?(?:감사(?:하겠습니다|하죠|해요)|좋겠(?:어요|습니다|네요)|돼요|됩니다)|주세용|주이소|줘라|하세요|해|할게요|할래요|하겠습니다|합시다)",
        r"(?:잘\s?)?부탁(?:드립니다|드려요|해요|합니다|드릴게요|드려용|요|좀)?|(?:연결|진행)\s?(?:이?요|바랍니다|바람|원해요|부탁\S{0,5}|좀)?",
        r"y(?:es|eah|ea|ep|up|a|eh|as)?(?:s+|h+)?|aye|sure(?:\sthing)?|ok(?:ay|ie|ey)?|k+|fine|great|perfect|lovely|definitely|absolutely|certainly|alright|right|correct|agreed|indeed|exactly",
        r"(?:yes\s)?please(?:\sdo)?|pls|plz|now|go\s(?:ahead|on|for\sit)|then|proceed|do\s(?:it|that|so)|let'?s\s(?:do\s(?:it|that)|go)|why\snot|by\sall\smeans|of\scourse|if\s(?:you|u)\s(?:can|could|would|don'?t\smind)|no\sproblem",
        r"(?:that|it)(?:\swould|'d|\swill)\sbe\s(?:really\s)?(?:great|good|nice|helpful|lovely|fine|perfect|appreciated)|sounds\s(?:good|great|fine|perfect)|works\sfor\sme|that\sworks|i'?d\s(?:like|love|appreciate)\s(?:that|it)|i\s(?:would|do)(?:\slike\sthat)?|i\s(?:agree|accept|consent)|that'?s\s(?:good|great)|good\sidea|please\sand",
    ),
}
_NEUTRAL = (
    r"정말로?|너무너?무?|진짜|매우|아|오|와|앗|음|도움|답변|안내|친절한|빠른|친절하게|자세히|많은|많이|큰|도움이?|덕분에|잘|(?:알려|도와|답변해?|안내해?|설명해?|확인해?|해)\s?주셔서",
    r"ah+|oh+|um+|hmm+|well|and|so|lol|haha(?:ha)*|yay|phew|fair\senough|right\sthen|you'?ve\sbeen\s(?:most\s|very\s|so\s)?(?:patient|helpful|kind)(?:\swith\sme)?",
)
"""Words that go with any of them and are nothing alone."""

# A Latin piece ends where its word does: "no" is no piece of "not".
_PIECES: list[tuple[SmallTalk | None, re.Pattern[str]]] = [
    (kind, re.compile(rf"(?:{phrase})(?!(?<=[a-z0-9])[a-z0-9])", re.I))
    for kind, phrases in [*_PHRASES.items(), (None, _NEUTRAL)]
    for phrase in phrases
]
# What decides where kinds are mixed: "네 감사합니다" is thanks, "hi, are you a robot?" asks who answers.
_ORDER = (
    SmallTalk.IDENTITY,
    SmallTalk.THANKS,
    SmallTalk.FAREWELL,
    SmallTalk.NO,
    SmallTalk.YES,
    SmallTalk.GREETING,
)


def small_talk(text: str) -> SmallTalk | None:
    """The kind of small talk a message consists of, or None where it says anything else.

    Args:
        text: One message; over 120 characters it is never small talk.
    """
    kinds = _kinds(text)
    return next((kind for kind in _ORDER if kind in kinds), None)


def accepts(text: str) -> bool:
    """Whether a short reply takes up an offer ("네 그렇게 해주세요", "yes please")."""
    kinds = _kinds(text)
    if kinds:
        return SmallTalk.YES in kinds and SmallTalk.NO not in kinds
    return len(text) <= 60 and bool(_ACCEPTS.match(normalise(text).strip()))


def declines(text: str) -> bool:
    """Whether a short reply turns an offer down ("아니요 괜찮아요", "no thanks")."""
    if SmallTalk.NO in (kinds := _kinds(text)):
        return True
    return not kinds and len(text) <= 60 and bool(_DECLINES.match(normalise(text).strip()))


# A yes and what to do, with nothing asked behind it: "네 담당자에게 전달해 주세요", "yes, open the ticket".
_ACCEPTS = re.compile(
    r"(?!.*(?:근데|그런데|그전에|아니|말고|\?|\bbut\b|\bfirst\b|\bnot\b|n't\b))"
    r"(?:(?:네+|넵|예|응|어|그래|좋아요?|좋습니다|그럼|ㅇㅋ|ㅇㅇ|당연하죠)[\s,.!~]+.{0,24}(?:주세요|줘요?|주십시오|주시면\S{0,8}|부탁\S{0,6}|할게요|바랍니다|좋겠\S{0,4})[\s.!~ㅠㅜㅎ]*$"
    r"|(?:yes|yeah|yep|yup|sure|ok(?:ay)?|fine|alright|please)\b[\s,.!-]+(?:i'?d\slike\s(?:that|to)|(?:please\s|go\sahead\sand\s|you\scan\s|let'?s\s|do\s)?(?:pass|connect|transfer|open|book|proceed|send|forward|create|put|call|get|raise|arrange|submit|go|hand|escalate|contact|make)\b).{0,40}$)",
    re.I,
)
# "상담원까지는 필요 없어요", "연결은 괜찮아요", "no, the link is enough", "I don't need a person for this"
_DECLINES = re.compile(
    r"(?:.{0,14}(?:필요\s?없|안\s?해\s?(?:도|주셔도)|(?:까지는?|은|는)\s?(?:괜찮|됐))"
    r"|(?:아니요?|아뇨|ㄴㄴ|괜찮아요|됐어요|싫어요)[\s,.!~]+(?!.*(?:왜|언제|안\s?(?:돼|되|와)|뭐|어떻게|\?)).{0,24}(?:할게요|볼게요|충분\S{0,5}|기다릴게요|만요|됩니다|돼요|주세요)[\s.!~]*$"
    r"|(?:(?:no|nah|nope|not\snow)[,.!-]+\s|no\s(?=(?:i|it|that|don'?t|need|chat|leave)\b))(?!.*(?:still|why|when|how|what|wrong|didn|doesn|isn|meant|other|said|menu|person|human|agent|\?)).{0,45}$"
    r"|(?:thanks\sbut\s|thank\syou\sbut\s)?(?:(?:i\s)?(?:don'?t|do\snot)\s(?:need|want)\s(?:an?|any|to|that|it|one)\b|i'?d\srather\s(?:wait|keep|try|not|do)|i'?ll\s(?:try|wait|do\sit|manage|sort)|i\scan\s(?:wait|do\sit|manage)).{0,40}$)",
    re.I,
)


def _kinds(text: str) -> frozenset[SmallTalk]:
    """The kinds of the pieces that cover a text, empty where something is left over."""
    text = normalise(text).strip()
    if not text or len(text) > LONGEST:
        return frozenset()
    text = re.sub(r"\s+", " ", text)
    start = _skip(text, 0)
    # Every place that whole pieces lead to, visited once: the work grows with the length, whatever is typed.
    reached: dict[int, frozenset[SmallTalk]] = {0: frozenset(), start: frozenset()}
    for place in range(len(text)):
        if place not in reached:
            continue
        for kind, piece in _PIECES:
            match = piece.match(text, place)
            if match and match.end() > place:
                end = _skip(text, match.end())
                kinds = reached[place] | ({kind} if kind else set())
                if end not in reached or _simpler(kinds, reached[end]):
                    reached[end] = kinds
    return reached.get(len(text), frozenset())


def _skip(text: str, place: int) -> int:
    match = _BETWEEN.match(text, place)
    return match.end() if match else place


def _simpler(kinds: frozenset[SmallTalk], other: frozenset[SmallTalk]) -> bool:
    """Whether one reading is to be preferred: the fewest kinds, but not none."""
    return (not kinds, len(kinds)) < (not other, len(other))
