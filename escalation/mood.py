"""How upset a text sounds, 0 calm to 3 furious: a word list, the first stand-in for a learned head."""

from __future__ import annotations

import re

from .wording import normalise

_FURIOUS = re.compile(
    r"씨발|시발|ㅅㅂ|개같|병신|ㅂㅅ|미친\s?(?:거|것|새|놈|회사)|지랄|꺼져|닥쳐|사기꾼|고소(?:할|하겠|합니다)|소송|소비자원에?\s?신고|가만\s?(?:안|두지)"
    r"|\bf+u+c+k|\bwtf\b|\bbullshit\b|\bscam(?:mers?)?\b|\bthieves\b|\bsue\s(?:you|them|your)|\blawyer\b|\bpiece\sof\s(?:shit|crap)|\bidiots?\b",
    re.I,
)
_ANGRY = re.compile(
    r"짜증|열\s?받|화가?\s?(?:나|났|납|치밀)|어이\s?(?:없|가\s?없)|황당|장난(?:하|치|해|합)|최악|미치겠|환장|도대체|대체\s?(?:언제|왜|뭐|몇)|몇\s?번(?:을|째|이나)|답답|말이\s?(?:돼|됩|되)|실망|엉망|무책임|불쾌|분통|빡치|빡쳐|개판|속\s?터"
    r"|\b(?:ridiculous|unacceptable|furious|angry|outrageous|terrible|horrible|worst|disgust\w*|pathetic|useless|fed\sup|sick\s(?:and\stired\s)?of|appalling|joke|livid|infuriating|nonsense)\b"
    r"|\bhow\smany\stimes\b|\bwaste\sof\s(?:my\s)?time\b|\bstill\s(?:no|nothing|waiting)\b.*[!?]{2}",
    re.I,
)
_UPSET = re.compile(
    r"불편|속상|아직도|계속\s?(?:안|이러|그러|똑같)|또\s?(?:안|이러|그러|이래)|안\s?(?:되잖|된다고|된다니까)|ㅠㅠ|ㅜㅜ|하아|에휴|너무\s?하|아니\s?근데"
    r"|\b(?:frustrat\w+|annoy\w+|disappoint\w+|upset|unhappy|not\shappy|ugh+|seriously)\b|\bstill\s(?:not|isn'?t|doesn'?t|hasn'?t|waiting|no)\b|\bagain\b.*!|\bkeeps?\s\w+ing\b",
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
