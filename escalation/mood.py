"""How upset a text sounds, 0 calm to 3 furious: a word list, the first stand-in for a learned head."""

from __future__ import annotations

import re

from .wording import normalise

_FURIOUS = re.compile(
    r"[씨시]발|ㅅㅂ|ㅆㅂ|개같|개빡|병신|ㅂㅅ|ㅄ|등신|존나|졸라|좆|ㅗㅗ|미친\s?(?:거\s?아|것들|새|놈|년|회사)|지랄|새끼(?!\s?(?:고양이|강아지|손|발))|쓰레기(?:들|\s?같)|닥[쳐치]|사기꾼|양아치|돌대가리|빡대가리|거지\s?같"
    # 꺼져 is an insult to somebody; screens and lights do it too.
    r"|꺼져라|^\W*꺼져(?![요서있버])|(?:놈|새끼|봇|너|니들)\S*\s*꺼져(?![요서있버])"
    r"|고소(?:할|하겠|합니다|까지)|소송(?:하|할|걸|갈|까지|이라도)|법적\s?(?:조치|대응)|소비자원에?\s?신고|가만\s?(?:안|두지)|제정신(?:이|입|이세)|이따위|말이\s?(?:돼|됩니까|되냐|된다고)|욕\s?나[오온와]|손이\s?떨|시간\s?낭비"
    r"|\bf+u+c+k|\bwtf\b|\bffs\b|\bbullshit\b|\bshit(?:ty)?\b|\bscammers?\b|\b(?:a|total|complete)\sscam\W*$|\b(?:you|bunch\sof|pack\sof|are)\s(?:all\s)?(?:thieves|liars|crooks)\b|\bsue\s(?:you|them|your)|\b(?:my|our)\s(?:lawyer|solicitor|attorney)s?\swill\b|\bhear\sfrom\s(?:my|our)\s\w+|\bpiece\sof\s(?:shit|crap)|\bidiots?\b|\bscum\b|\bwhat\sthe\shell\b|\blast\sstraw\b|\benough\sis\senough\b|\bdisgrace(?:ful)?\b|\bwits'?\send\b|🤬",
    re.I,
)
_ANGRY = re.compile(
    r"짜증|열\s?받|화가?\s?(?:나|났|납|치밀)|화나[네요]|어이\s?(?:없|가\s?없)|황당|장난(?:하|치냐|치세|해\s?지|합)|최악|미치겠|환장|도대체|대체\s?(?:언제|왜|뭐|몇)|몇\s?번(?:을|째|이나)\s?(?:말|물|얘|문|이|전|설|해)|답답|실망|엉망|무책임|불쾌|분통|빡치|빡쳐|개판|속\s?터"
    r"|너무하(?:시|네|세)|지친다|지쳤|지칩니다|허탈|한심|호구|노답|유감을?\s?표|바보\s?(?:였|로\s?아)|멍청|망해야|양심이|동문서답|다시는\s?(?:안|이용)|(?:세|네|다섯|[3-9])\s?번째\s?(?:물|말|문|적|얘)|똑같은\s?(?:말|답|소리)만|기대한\s?제가|(?:없|있|된|했)다니까|이럴\s?거면"
    r"|\b(?:ridiculous|unacceptable|furious|angry|outrageous|terrible|horrible|worst|disgust\w*|pathetic|useless|fed\sup|sick\s(?:and\stired\s)?of|tired\sof|appall\w+|livid|infuriating|nonsense|shambles|garbage|unbelievable|insulting|incompeten\w+|shame(?:ful|\son)|fools?|so\sstupid)\b"
    r"|\b(?:a|bloody|total|complete)\sjoke\b|\bhow\smany\stimes\b|\bhow\shard\scan\b|\bwaste\sof\s(?:my\s)?time\b|\bstill\s(?:no|nothing|waiting)\b.*[!?]{2}|\b(?:third|fourth|fifth|sixth|3rd|4th|5th)\stime\b|\b(?:same|canned)\s(?:answer|reply|response)\b|\bin\scircles\b|\bi\s(?:\w+\s)?give\sup\b|(?:you|'ve|have)\sruined\b|\bthanks\sfor\snothing\b|\bone\sstar\sreview\b|\bnever\sbeen\streated\b|\bclosing\smy\saccount\b|\bexpected\s(?:considerably\s|much\s)?better\b|\bbeen\signored\b",
    re.I,
)
_UPSET = re.compile(
    r"불편|속상|아직도|계속\s?(?:안|이러|그러|똑같)|또\s?(?:안|이러|그러|이래|오류|품절|결제)|안\s?(?:되잖|된다고|된다니까)|ㅠㅠ|ㅜㅜ|하아|에휴|아휴|너무\s?하|아니\s?근데|아쉽|당황스|자꾸|매번|벌써\s?(?:다|해)"
    r"|\b(?:frustrat\w+|annoy\w+|disappoint\w+|upset|unhappy|not\s(?:very\s)?(?:happy|thrilled|ideal)|ugh+|sigh|seriously|letdown|worried|confus\w+|inconvenient)\b|\bstill\s(?:not|isn'?t|doesn'?t|hasn'?t|waiting|no|nothing|broken)\b|\bagain\b.*!|\bkeeps?\s\w+ing\b|\balready\s(?:said|told|tried|did)\b|\bnot\swhat\si\b|\bdidn'?t\shelp\b",
    re.I,
)


def frustration(text: str) -> int:
    """How upset a text sounds.

    Args:
        text: One message or several joined.

    Returns:
        0 calm, 1 upset, 2 angry, 3 furious. Doubled marks and capitals add to words of anger, never alone.
    """
    text = normalise(text)
    level = 3 if _FURIOUS.search(text) else 2 if _ANGRY.search(text) else 1 if _UPSET.search(text) else 0
    letters = [c for c in text if c.isascii() and c.isalpha()]
    shouting = len(letters) > 12 and sum(c.isupper() for c in letters) > 0.7 * len(letters)
    loud = shouting or bool(re.search(r"[!?]{3,}", text)) or len(_ANGRY.findall(text)) > 1
    if level in (1, 2) and loud:
        level += 1
    return level


def listed_words(text: str) -> tuple[int, int] | None:
    """Where the strongest listed words of an evened-out text stand (see ``wording.normalise``), or None."""
    for pattern in (_FURIOUS, _ANGRY, _UPSET):
        if match := pattern.search(text):
            return match.span()
    return None
