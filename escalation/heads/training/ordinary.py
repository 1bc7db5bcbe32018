"""Ordinary questions of many trades, from the knowledge base's utterance bank: what most customers say all day.

The labelled turns are rich in trouble. Without these, a card that is accepted or a stitch that comes out sounds
like fraud or an injury to a head that has heard of cards and stitches in trouble only.
"""

# ruff: noqa: E501 - word lists

from __future__ import annotations

import random
import re

from ....knowledge.encoder.training.bank import FOLDER, read_bank
from ..model import TOPICS
from .data import Turn

_GRAVE = re.compile(
    r"fraud|scam|unauthori|stolen|phish|hack|leak|privacy|personal data|complain|dispute|lawsuit|court|legal"
    r"|injur|hurt|burn|bleed|emergency|danger|fire|recall|allerg|poison|swallow|suicid|harass|threat|police|assault|abuse"
    r"|도용|사기|유출|개인정보|분실|도난|해킹|피싱|소송|법|분쟁|신고|다쳤|다치|부상|화상|응급|위험|화재|리콜|알레르기|중독|자살|폭력|학대|성희롱",
    re.I,
)
_PEOPLE = re.compile(
    r"agent|person|human|someone|somebody|speak|talk|call|phone|advis|consult|staff|manager|rep\b|operator"
    r"|상담|사람|직원|담당|통화|전화|연락|매니저|연결|선생|기사",
    re.I,
)
_ASKS = re.compile(
    r"\?\s*$|(?:나요|까요|가요|은요|는요|죠|냐|니)\s*$|^(?:how|what|when|where|which|who|why|can|do|does|is|are|will|could)\b",
    re.I,
)
_CALM = frozenset(
    {"frustration_2", "frustration_3", "abuse", "thanks", "chitchat", "accept_offer", "decline_offer"}
)


def ordinary(count: int, seed: int, weight: float) -> list[Turn]:
    """Questions of the bank, so many a language.

    They speak against abuse and anger; against sensitive topics where the situation is not near one, against a wish for
    a person where nobody is named, and for a question where they are one in form.

    Args:
        count: A language.
        seed: Which ones.
        weight: Of each, beside a turn labelled by hand.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    found: list[Turn] = []
    for language in ("ko", "en"):
        pool = [
            (text, bool(_GRAVE.search(situation.articles[language])))
            for situation in read_bank(sorted(FOLDER.glob("*.jsonl")))
            for text in situation.utterances[language]
        ]
        for text, grave in chance.sample(pool, min(count, len(pool))):
            heads = set(_CALM)
            if not grave and not _GRAVE.search(text):
                heads |= set(TOPICS)
            if not _PEOPLE.search(text):
                heads.add("explicit")
            act = "other"
            if _ASKS.search(text):
                act = "question"
                heads |= {"question", "not_helped", "complaint"}
            found.append(Turn(text, language, False, 0, False, "none", act, "bank", weight, frozenset(heads)))
    return found
