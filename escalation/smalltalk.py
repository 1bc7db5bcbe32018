"""What needs no knowledge base: greetings, thanks, "are you a person?", yes and no.

A message is small talk only when nothing else is left of it: "안녕하세요 배송비 얼마예요" is a question.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class SmallTalk(StrEnum):
    """Kinds of small talk."""

    GREETING = "greeting"
    THANKS = "thanks"
    IDENTITY = "identity"
    FAREWELL = "farewell"
    YES = "yes"
    NO = "no"


_FILLER = r"(?:\s|[~!?.,…^;:)(ㅋㅎㅠㅜ♡♥-]|[\U0001F300-\U0001FAFF\u2600-\u27BF\uFE0F])*"
_PARTS: dict[SmallTalk, str] = {
    SmallTalk.IDENTITY: (
        r"(?:혹시|지금|너|넌|당신은|당신|여기|그쪽|거기|이거)?\s*(?:진짜\s?)?(?:사람|로봇|봇|챗봇|기계|ai|인공지능|상담(?:사|원)|직원)(?:분|님)?\s?(?:이랑|하고|과|이|인|은|랑)?\s*"
        r"(?:이에요|이예요|예요|에요|인가요|이세요|이신가요|신가요|세요|맞나요|맞아요|맞죠|입니까|이야|야|임|이니|니|이냐|냐|인지|얘기하는\s?(?:거|건)\S*|대화\s?중\S*|말하는\s?(?:거|건)\S*)+"
        r"|(?:are|r)\s(?:you|u)\s(?:an?\s)?(?:real\s|actual\s|live\s|actually\s)*(?:person|human(?:\sbeing)?|bot|chatbot|robot|machine|ai|agent|real|computer)(?:\sor\s(?:an?\s)?\w+)?"
        r"|(?:is\sthis|am\si\s(?:talking|speaking|chatting)\s(?:to|with))\s(?:an?\s)?(?:real\s|actual\s)*(?:person|human|bot|chatbot|robot|machine|ai)(?:\sor\s(?:an?\s)?(?:real\s)?\w+)?"
        r"|(?:who|what)\sare\s(?:you|u)|(?:너|넌|당신은?)\s?(?:누구|뭐)\S*|누구세요|누구신가요"
    ),
    SmallTalk.GREETING: (
        r"안녕(?:하세요|하십니까|하세여|하신가요)?|안뇽|하이|헬로우?|반갑습니다|반가워요?|수고(?:하십니다|하세요|많으십니다|많으세요)|처음\s?뵙겠습니다|좋은\s?(?:아침|하루|오후|저녁)\S*|저기요|여보세요|계세요"
        r"|hi+|hello+|hey+|hiya|good\s(?:morning|afternoon|evening|day)|greetings|howdy|yo|how\sare\s(?:you|u)(?:\sdoing)?|there|nice\sto\smeet\syou|ㅎㅇ|anyone\shere"
    ),
    SmallTalk.THANKS: (
        r"(?:정말|너무|진짜|네|아|오|도움|답변|친절한\s?답변|빠른\s?답변|많은\s?도움|알려\s?주셔서|도와주셔서|답변해\s?주셔서|덕분에|큰|도움이?\s?(?:많이\s)?(?:됐어요|되었습니다|됐습니다|됐네요))*\s*(?:감사(?:합니다|해요|드립니다|드려요|합니당|해용|요)?|고마워요?|고맙습니다|땡큐|쌩유|ㄱㅅ|ㄳ|도움이?\s?(?:많이\s)?(?:됐어요|되었습니다|됐습니다|됐네요))"
        r"|(?:ok(?:ay)?|great|perfect|awesome|cool|oh|ah|alright|got\sit|that\s(?:helps|helped|worked|works)|wonderful|you(?:'re|\sare)\s(?:a\sreal\slifesaver|a\slifesaver|great|awesome|the\sbest|so\shelpful))?[\s,!]*(?:thanks?(?:\syou)?|thx|ty|tysm|cheers|much\sappreciated|appreciate\s(?:it|that|your\shelp))(?:\s(?:a\slot|so\smuch|very\smuch|again|a\sbunch|for\s(?:your|the)\s(?:help|info|information|answer|reply)))?"
        r"|you(?:'re|\sare)\s(?:a\sreal\slifesaver|a\slifesaver|the\sbest)|that\s(?:helps|helped)(?:\sa\slot)?"
    ),
    SmallTalk.FAREWELL: r"안녕히\s?(?:계세요|가세요)|수고하셨습니다|(?:그럼\s?)?다음에\s?(?:뵐게요|봬요)|바이(?:바이)?|bye(?:\sbye)?|good\s?bye|see\syou(?:\slater)?|have\sa\s(?:nice|good|great)\s(?:day|one|evening)|take\scare",
    SmallTalk.NO: (
        r"아니(?:요|오|에요|예요|여)?|아뇨|ㄴㄴ|괜찮(?:아요|습니다|아여|아)|됐(?:어요|습니다|어|네요)|필요\s?없(?:어요|습니다|어)|안\s?(?:할래요|해도\s?돼요|할게요)|나중에\s?(?:할게요|요)?|지금은\s?괜찮아요|더\s?없(?:어요|습니다)"
        r"|no+(?:pe)?|nah|not?\s(?:now|yet|really|needed|necessary)|no\s(?:need|thanks?(?:\syou)?|thank\syou)|i'?m\s(?:good|fine|ok(?:ay)?)|that'?s\s(?:ok(?:ay)?|fine|all)|never\s?mind|maybe\slater|don'?t\s(?:bother|need\s(?:it|to|one))"
    ),
    SmallTalk.YES: (
        r"(?:네|넵|넹|예|옙|응|어|웅|ㅇㅇ|ㅇㅋ|오케이|좋아요|좋습니다|그래요?|그렇게|그럼|당연|물론(?:이죠)?|맞아요|맞습니다|알겠(?:습니다|어요)|부탁(?:드립니다|드려요|해요|합니다|드릴게요)?|연결(?:해)?\s?(?:주세요|줘요?|부탁\S*|바랍니다|좀)?|해\s?(?:주세요|줘요?)|그렇게\s?해\s?(?:주세요|줘요?)|좀|제발|빨리|바로)"
        r"|yes+|yeah+|yep|yup|ya|sure(?:\sthing)?|ok(?:ay)?|k|please(?:\sdo)?|go\sahead|do\s(?:it|that|so)|sounds\sgood|that\swould\sbe\s(?:great|good|nice|helpful)|i'?d\slike\sthat|of\scourse|absolutely|definitely|alright|right|let'?s\sdo\s(?:it|that)|why\snot|correct|by\sall\smeans"
    ),
}
_FULL = {
    kind: re.compile(rf"^{_FILLER}(?:(?:{part}){_FILLER})+$", re.I) for kind, part in _PARTS.items()
}
_MIXED = re.compile(rf"^{_FILLER}(?:(?:{'|'.join(_PARTS.values())}){_FILLER})+$", re.I)


def small_talk(text: str) -> SmallTalk | None:
    """The kind of small talk a message consists of, or None where it says anything else.

    Args:
        text: One message; over 120 characters it is never small talk.
    """
    text = unicodedata.normalize("NFKC", text).replace("’", "'").strip()
    if not text or len(text) > 120:
        return None
    for kind, pattern in _FULL.items():
        if pattern.match(text):
            return kind
    if _MIXED.match(text):  # "네 감사합니다", "hi, are you a robot?"
        for kind in (SmallTalk.IDENTITY, SmallTalk.THANKS, SmallTalk.FAREWELL, SmallTalk.NO, SmallTalk.YES):
            if re.search(_PARTS[kind], text, re.I):
                return kind
        return SmallTalk.GREETING
    return None


def accepts(text: str) -> bool:
    """Whether a short reply takes up an offer ("네 그렇게 해주세요", "yes please")."""
    return small_talk(text) is SmallTalk.YES


def declines(text: str) -> bool:
    """Whether a short reply turns an offer down ("아니요 괜찮아요", "no thanks")."""
    if small_talk(text) is SmallTalk.NO:
        return True
    return bool(re.match(r"^\W*(?:아니|아뇨|괜찮|no\b|nah\b|not now)", text.strip(), re.I)) and len(text) <= 30
