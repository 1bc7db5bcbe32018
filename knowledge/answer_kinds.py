"""What kind of thing a question asks for (steps, money, time), and what that looks like in an answer."""

from __future__ import annotations

import re

_STEPS = re.compile(r"방법|어떻게|절차|순서|하려면|\bhow (?:do|can|to|should)\b|\bsteps?\b", re.I)
_AMOUNT = re.compile(
    r"얼마|며칠|언제|몇\s|기간|비용|요금|가격|도로\s|최소|최대"
    r"|\bhow (?:much|many|long|soon|late|often)\b|\bwhen\b|\bcost|\bfees?\b|\bprice|\bcharge"
    r"|\b(?:min|max)imum\b",
    re.I,
)
_MONEY_ASKED = re.compile(
    r"얼마(?!나|\s?동안)|비용|요금|가격|배송비|수수료|공짜|무료|돈\s?(?:내|더|들)"
    r"|\bhow much\b|\bcosts?\b|\bfees?\b|\bprices?\b|\bcharged?\b|\bfree\b|\bspend\b|\bpay for\b",
    re.I,
)
_MONEY_SAID = re.compile(r"\d\s?(?:원|won|포인트|달러)|[$€£₩]\s?\d|\d\s?%|무료|\bfree\b|\bpoints\b", re.I)
_TIME_ASKED = re.compile(
    r"며칠|얼마나\s?걸|언제|기간|기한|얼마\s?동안|몇\s?(?:일|시간|시|주|개월|달)|유효"
    r"|\bhow (?:long|soon|late|many (?:days|hours|months|weeks))\b|\bwhen\b|\bdeadline\b|\bexpire"
    r"|\brun out\b|\bhours\b",
    re.I,
)
_TIME_SAID = re.compile(
    r"\d\s?(?:일|시간|시\b|분|주|개월|달|년|영업일)|\d{1,2}:\d{2}"
    r"|\d\s?(?:business |working )?(?:days?|hours?|minutes?|weeks?|months?|years?)\b",
    re.I,
)
_EXAMPLE = re.compile(r"^\s*(?:예를 들어|예를 들면|for (?:example|instance))|,\s*for (?:example|instance),", re.I)
_POINTS = re.compile(
    r"(?:확인|조회)(?:하실|할|이)?\s?(?:수\s?있|가능)|\bcan\s(?:be\s)?(?:check|checked|see|seen|view|viewed|found?)\b|\bis\sshown\b",
    re.I,
)
_WHERE_ASKED = re.compile(r"어디|확인|조회|보려면|\bwhere\b|\bcheck\b|\bsee\b|\bfind\b|\blook\sup\b", re.I)


def kind_bonus(query: str, text: str, *, is_list: bool) -> float:
    """What is added to a stretch of text for being the kind of thing that is asked for.

    Args:
        query: The question.
        text: The stretch, as plain text.
        is_list: Whether it is a list, which steps come as.

    Returns:
        Between -.23 and .36, beside a share of words of 0..1. Chosen on the questions of shop-dev, and kept
        as it costs SQuAD and KorQuAD nothing.
    """
    bonus = 0.0
    if is_list and _STEPS.search(query):
        bonus += 0.15
    if _AMOUNT.search(query) and any(c.isdigit() for c in text):
        bonus += 0.06
    money = _MONEY_ASKED.search(query) and _MONEY_SAID.search(text)
    if money or (_TIME_ASKED.search(query) and _TIME_SAID.search(text)):
        bonus += 0.15
    if _TIME_ASKED.search(query) and _POINTS.search(text) and not _WHERE_ASKED.search(query):
        bonus -= 0.15  # says where the time is shown, not what it is
    if _EXAMPLE.search(text):  # the rule answers; its example only illustrates
        bonus -= 0.08
    return bonus
