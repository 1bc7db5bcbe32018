"""Does the customer ask for a person? Phrase rules for Korean and English, with the traps.

"Agent" and "사람" mean many things: an agent's hours, what an agent said last week, a travel agent, "in person",
"상담원 없이 혼자". So a text is cut into clauses, a clause that walks into a trap is set aside unless it also
refuses the bot, and only what is left can ask.
"""

from __future__ import annotations

import re
import unicodedata

_CLAUSES = re.compile(r"[.!?\n;。！？…]+|,\s+(?=but\b|and\b|so\b|just\b)|(?<=는데)\s+|(?<=니까)\s+")

_KO_PERSON = r"(?:상담\s?(?:사|원|직원|매니저)|직원|담당자|책임자|관리자|매니저|팀장|휴먼|사람|인간|상당원|상담언|상담샤)(?:님|분)?"
_KO_ASK = (
    r"(?:연결|바꿔|바꾸|불러|호출|통화|전화|이야기|얘기|대화|말씀|말하|말할|상담\s?(?:하|받|좀|부탁|원)|문의하|돌려|넘겨|보내"
    r"|나와|나오라|응대|배정|요청)"
)
_KO_WANT = (
    r"(?:주세|주십|줘|달라|주시|주실|주라|부탁|싶|할래|할게|하자|원해|원합|원함|바랍|바라|가능|되나|될까|돼요\?|되요\?|좀|해요|해여|해라|하라"
    r"|필요|요망|ㄱㄱ|요$|시켜|죠|ㅈㅅ|할\s?수\s?(?:있|없))"
)
_KO = [
    # 상담사한테 연결해 주세요, 사람이랑 얘기하고 싶어요
    re.compile(rf"{_KO_PERSON}\s?(?:하고|이랑|랑|과|와|한테|에게|으로|로|을|를|이|가|은|는|좀|께|쪽으로)?\s*(?:직접|바로|빨리|지금|그냥|좀|당장|한번|한\s?번)?\s*{_KO_ASK}.*?{_KO_WANT}"),
    # 상담원 연결, 직원 호출 (nothing behind it)
    re.compile(rf"{_KO_PERSON}\s?(?:좀|과|와|이랑|랑|하고)?\s*(?:연결|호출|통화|상담|바꿔|불러|나와|대화|요청)\s*(?:요|좀|점|이요|해|ㄱㄱ|바람|제발|ㅠ|ㅜ|!|~)*\s*$"),
    # 상담사요! 사람 좀. 상담원 불러
    re.compile(r"^\W*(?:아\s|그냥\s|제발\s|빨리\s)*(?:상담\s?(?:사|원|직원)|직원|담당자|사람|상당원)(?:님|분)?\s*(?:좀|요|이요|제발|빨리|주세요|줘|줘요|점|내놔|나와|어디|부탁.*|바꿔.*|필요.*|원해.*|원합.*)*\W*$"),
    re.compile(r"(?:진짜|실제|살아\s?있는|다른)\s?(?:사람|상담\s?(?:사|원)|직원|인간)\s?(?:이랑|하고|과|와|한테|에게|을|를|좀|은|이|으로|로)?\s*(?:.{0,12}?(?:주세|줘|부탁|싶|원해|원합|없|나와|안\s?되|안\s?돼|필요|얘기|이야기|연결|통화)|$)"),
    # 봇 말고, 기계랑은 말 안 해요
    re.compile(r"(?:로봇|봇|챗봇|기계|ai|인공지능|자동\s?응답|컴퓨터)\s?(?:이랑|하고|과|와|랑|은|는|이|한테)?\s*(?:말고|싫|안\s?할|그만|필요\s?없|됐|치우|빼고|대신|말\s?안)", re.I),
    re.compile(r"(?:사람|상담\s?(?:사|원)|직원|담당자)(?:님|분)?\s?(?:이|을|를|과|와|하고|이랑|랑|한테|에게|은|는)?\s?(?:.{0,8}?)(?:필요해|필요합|찾아\s?주|보고\s?싶|원해|원합|원한|없어요\?|없나요|없습니까|계신가요|계세요|있나요\s*$)"),
    re.compile(r"(?:통화|전화\s?상담|유선\s?상담|전화\s?통화)\s?(?:로|를|을|좀)?\s*(?:하고\s?싶|원해|원합|부탁|할게|해\s?주|가능할까|연결)"),
    re.compile(r"전화\s?(?:좀|한\s?통)?\s*(?:주세요|줘|주실|주시|달라|부탁)|콜백|콜\s?백"),
    re.compile(r"상담\s?(?:연결|전환|이관)|사람\s?상담|상담\s?(?:을\s)?(?:받고|하고)\s?싶"),
    re.compile(r"(?:윗사람|높은\s?(?:사람|분)|책임자|상급자|매니저|팀장|관리자)\s?(?:님|분)?\s*(?:나와|나오|바꿔|불러|연결|누구|좀|와)"),
    re.compile(r"(?:사람|상담\s?(?:사|원)|직원|담당자)(?:님|분)?(?:이|께서)?\s*(?:직접)?\s*(?:좀\s*)?(?:처리|해결|확인|봐|도와|답변|설명|응대)\S*\s*(?:해\s?)?(?:주|줘|달라|부탁|싶|바랍)"),
]
_KO_TRAPS = re.compile(
    r"(?:상담\s?(?:사|원)|직원|담당자|사람|연결)\S*\s*(?:\S+\s)?없이"
    r"|(?:상담\s?(?:사|원)|직원|담당자)(?:님|분)?(?:이|가|께서|은|는)?\s*(?:\S+\s){0,4}?\S*(?:했|하셨|그랬|그러|말했|안내\s?받|라고|다던|다고\s?(?:했|하|들|하던)|줬|주셨|주던|불친절|친절|감사|안내해\s?줬)"
    r"|(?:상담\s?(?:사|원)|직원)(?:님|분)?\S*\s*(?:통화|연결|상담|이야기|얘기)\S*\s?(?:했|됐었|되었|한\s?적|하고\s?나서|후에|받았)"
    r"|(?:상담|연결|통화|근무|운영|전화)\S*\s*(?:가능\s?)?(?:시간|몇\s?시|언제|요일|주말)"
    r"|(?:상담\s?(?:사|원)|직원|담당자)\S*\s*(?:몇\s?시|언제|주말|휴일|몇\s?명|근무|점심|출근|퇴근|채용|되려|되고\s?싶|자격|할인|월급|시험|전용)"
    r"|몇\s?사람|여러\s?사람|사람들|다른\s?사람\s?(?:이름|명의|주소|카드|계좌|한테\s?선물|에게\s?선물|이\s?(?:주문|결제|받|수령|써|사용))|(?:\d|한|두|세|네)\s?사람|사람마다|사람\s?수"
    r"|(?:선물|배송|양도|이체|송금|대신)\S*\s*(?:받는|보낼|할)\s?사람|받는\s?사람|보내는\s?사람"
    r"|직원\s?(?:계정|권한|등록|추가|할인|초대|관리)|관리자\s?(?:계정|권한|페이지|화면|모드|비밀)|담당자\s?(?:변경|등록|이메일|정보|지정|명)"
    r"|(?:와이파이|wifi|블루투스|인터넷|기기|앱|tv|서버|네트워크|케이블|충전기)\S*\s*연결",
    re.I,
)

_EN_PERSON = (
    r"(?:human(?:\s(?:being|agent|rep(?:resentative)?|person))?|(?:live|real|actual)\s(?:\w+\s)?(?:agent|person|human|rep(?:resentative)?|operator|advis[eo]r|one|people|support)"
    r"|agents?|representatives?|rep|operator|supervisor|manager|advis[eo]r|(?:customer\s)?(?:service|support)\s(?:agent|rep(?:resentative)?|person|team|staff|member)"
    r"|customer\s(?:service|care|support)|person|some(?:one|body)|any(?:one|body)|people|staff(?:\smember)?|specialist|team\smember|humna|agnet|hooman|represenative|representitive)"
)
_EN = [
    re.compile(rf"\b(?:talk|speak|chat|spk|converse|discuss\sthis|deal)(?:ing)?\s(?:directly\s)?(?:to|with|2)\s(?:an?\s|the\s|your\s|some\s|another\s|with\s)?(?:\w+\s)?{_EN_PERSON}\b", re.I),
    re.compile(rf"\b(?:connect|transfer|forward|switch|redirect|patch|escalate|put|pass|hand|send|route|direct)\s(?:me|us|this|it)?\s?(?:\w+\s)?(?:over\s)?(?:through\s)?(?:to|with|on\sto|2)\s(?:an?\s|the\s|your\s)?(?:\w+\s)?{_EN_PERSON}\b", re.I),
    re.compile(rf"\b(?:get|give|find|bring|call|send|want|need|like|prefer|request|demand|gimme|wanna\shave|let\sme\shave)\s(?:me\s|us\s|in\s)?(?:an?\s|the\s|your\s|some\s)?(?:\w+\s)?(?:human|live\s(?:agent|person|chat)|real\s(?:person|human|agent)|actual\s(?:person|human|agent)|agent|representative|rep|operator|supervisor|manager|person)\b(?!\s(?:account|mode|role|page|access))", re.I),
    re.compile(r"\b(?:can|could|may|will|would|please|have|get|need|want)\s(?:\w+\s){0,2}(?:someone|somebody|anyone|a\sperson|a\shuman)\s(?:\w+\s)?(?:please\s)?(?:call|phone|ring|contact|help\sme|assist|look\s(?:at|into)|step\sin|handle|take\sover|get\s(?:back|in\stouch)|deal\swith|talk|speak|reach\sout)", re.I),
    re.compile(r"^\W*(?:(?:just|please|pls|plz|ok|no|a|an|the|real|live|actual|speak|talk|to|get|me|with|i\ssaid|now|hello)\W+)*(?:human|agent|representative|rep|operator|person|humna|agnet|supervisor|manager|customer\sservice|live\s(?:chat|support|agent)|someone)(?:\W+(?:please|pls|plz|now|asap|here|needed|required|request(?:ed)?|thanks?))*\W*$", re.I),
    re.compile(r"\b(?:don'?t|do\snot|dont|rather\snot|not|never|stop|no\smore|done|tired\sof|sick\sof|hate)\s(?:want(?:ing)?\s)?(?:to\s)?(?:be\s)?(?:talk(?:ing)?|speak(?:ing)?|chat(?:ting)?|dealing|deal)?\s?(?:to|with)?\s?(?:an?|this|the|these|your)?\s?(?:stupid\s|dumb\s|useless\s|fucking\s|damn\s|bloody\s)?(?:(?:chat)?bots?|robots?|machines?|ai|automated\s\w+|computer)\b", re.I),
    re.compile(r"\bis\s(?:there\s)?(?:any(?:one|body)|some(?:one|body)|a\s(?:real\s)?(?:human|person))\s(?:real\s|actually\s|human\s|alive\s|else\s)*(?:there|here|i\scan|who\scan|available|around|to\s(?:talk|speak|help)|(?:i|we)\scould)", re.I),
    re.compile(r"\b(?:call|phone|ring)\sme(?:\sback)?\b(?!\s(?:if|when)\b)|\bcall\s?back\b(?=.*\b(?:please|request|need|want|get)\b)|\b(?:please|request|need|want)\b.*\bcall\s?back\b", re.I),
    re.compile(r"\bhuman\s(?:help|support|assistance|please|now|agent)\b|\blive\s(?:agent|support|chat|person)\s?(?:please|now|\?)", re.I),
    re.compile(r"\b(?:no|not|instead\sof|rather\sthan)\s(?:an?\s|this\s|the\s)?(?:(?:chat)?bots?|robots?|machines?|ai)\b.{0,40}\b(?:human|person|agent|someone|people|rep)\b|\b(?:human|person|agent|someone|people)\b.{0,20}\b(?:not|instead\sof|rather\sthan)\s(?:an?\s|this\s)?(?:(?:chat)?bot|robot|machine|ai)\b", re.I),
]
_EN_TRAPS = re.compile(
    r"\bwithout\s(?:\w+\s){0,4}(?:an?\s|any\s|the\s)?(?:\w+\s)?(?:agent|human|person|rep(?:resentative)?|operator|anyone|someone|staff|customer\sservice)"
    r"|\b(?:your|the|an?|one\sof\syour|some|that|this|last|previous)\s(?:\w+\s)?(?:agents?|rep(?:resentative)?s?|operator|person|manager|supervisor|guy|lady|staff)\s(?:\w+\s){0,3}?(?:said|told|promised|informed|mentioned|advised|was|were|hung|says|assured|explained|helped|gave|did|replied|had)\b"
    r"|\b(?:what|which|when|until|how\slate|opening|working|business)\b[^.?!]{0,30}\b(?:hours?|times?|days?|open|available|start|close)\b"
    r"|\b(?:agents?|representatives?|people|staff|someone|anyone)\b[^.?!]{0,20}\b(?:hours|available\s(?:on|at|until|from|during)|on\s(?:weekends?|sundays?|saturdays?|holidays?))\b"
    r"|\b(?:travel|estate|insurance|real[\s-]estate|cleaning|booking|user|shipping|customs|delivery|bleaching|drying|letting|free)[\s-]agents?\b|\bagents?\s(?:account|seat|license|fee|portal|api)s?\b"
    r"|\bin\sperson\b|\bper\sperson\b|\beach\sperson\b|\b(?:another|other|different|same|second|third|one|two|sick|nice|morning|contact)\s(?:person|people)(?!\splease)\b(?!\s(?:to\s(?:talk|speak|help)))"
    r"|\b(?:property|product|project|account|password|task|file|device|download|general|store|hotel|bank)\smanagers?\b"
    r"|\breal\slife\s?saver\b|\bhuman\s(?:error|resources|rights|hair|readable|size)\b|\bas\sa\s(?:person|human)\b"
    r"|\b(?:spoke|talked|chatted|been\s(?:talking|speaking))\s(?:to|with)\b|\b(?:i'?ve|have|had)\s(?:already\s)?(?:spoken|talked)\b"
    r"|\b(?:are|r)\s(?:you|u)\s(?:an?\s)?(?:\w+\s)?(?:human|person|bot|robot|agent|ai|machine|real)\b|\bam\si\s(?:talking|speaking|chatting)\s(?:to|with)\b"
    r"|\bhow\s(?:many|do\syour)\s(?:agents?|people|persons)\b|\b(?:become|job|hire|hiring|salary|train)\b[^.?!]{0,25}\b(?:agent|representative|operator)\b|\bagent\s(?:job|salary|training)\b",
    re.I,
)
_STRONG = re.compile(
    r"(?:연결|바꿔|불러)\s?(?:좀\s?)?(?:해\s?)?(?:주세|줘|주십|달라|부탁)|말고\s?(?:사람|상담|직원)"
    r"|\b(?:connect|transfer|put)\sme\b|\b(?:want|need|like|can\si|could\si|let\sme)\b[^.?!]{0,16}\b(?:talk|speak)\s(?:to|with)\b(?![^.?!]*\bwithout\b)",
    re.I,
)
_HYPOTHETICAL = re.compile(
    r"없이|몇\s?시|언제|시간|했|하셨|그랬|라고|without\b|\bhours?\b|\b(?:said|told|promised)\b|\bspoke\b|\btalked\b", re.I
)


def explicit_request(text: str) -> str | None:
    """The words in which a customer asks for a person, or None.

    Args:
        text: One message in any language; the rules know Korean and English.

    Returns:
        The matched words, verbatim but NFKC-normalised.
    """
    text = unicodedata.normalize("NFKC", text).replace("’", "'")[:4000]
    for clause in _CLAUSES.split(text):
        clause = re.sub(r"\s+", " ", clause or "").strip()
        if not clause:
            continue
        trapped = _KO_TRAPS.search(clause) or _EN_TRAPS.search(clause)
        if trapped and not (_STRONG.search(clause) and not _HYPOTHETICAL.search(trapped[0])):
            continue
        for pattern in (*_KO, *_EN):
            if match := pattern.search(clause):
                return match[0].strip()
    return None
