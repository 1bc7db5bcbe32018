"""What a matter is about, in a word: enough for an agent's eye and for routing, read from the open question."""

from __future__ import annotations

import re

_INTENTS: tuple[tuple[str, str], ...] = (
    ("safety", r"다[쳤쳐칠]|베[여었]|화상|불꽃|연기|타는\s?냄새|감전|알레르기|병원|\b(?:injur\w+|burn\w*|hurt|smoke|spark\w*|fire|allerg\w+|bleed\w*)\b"),
    ("fraud", r"결제한\s?적|모르는\s?(?:결제|사람)|도용|제\s?카드\s?쓴|해킹|유출|무단|\b(?:fraud\w*|unauthori[sz]ed|stolen\scard|did\snot\sbuy|didn'?t\sbuy|hacked|someone\selse'?s|somebody\selse'?s)\b"),
    ("legal", r"소송|고소|변호사|내용증명|소비자원|법적|\b(?:lawyer|sue|court|legal|consumer\sagency|solicitor)\b"),
    ("refund", r"환불|돈\s?(?:언제|안|돌려)|입금|승인\s?취소|\b(?:refund\w*|money\sback|reimburse\w*)\b"),
    ("return", r"반품|돌려보내|\b(?:return\w*|send\s(?:it|this|them|back)|send\sback)\b"),
    ("exchange", r"교환|바꿔|바꿀|바꾸|\b(?:exchange\w*|swap\w*|replace\w*)\b"),
    ("cancel", r"취소|해지|\b(?:cancel\w*|terminate)\b"),
    ("damaged", r"파손|부러|깨[져진졌]|불량|찢어|고장|망가|소음|\b(?:broken|broke|damaged|cracked|ripped|split|defect\w*|faulty|chipped|torn|wont\sshut|won'?t\sturn|doesn'?t\swork)\b"),
    ("delivery", r"배송|택배|도착|안\s?왔|안\s?와|언제\s?(?:와|오|받)|송장|주소|못\s?받|\b(?:deliver\w*|shipping|shipped|parcel|tracking|arriv\w+|where'?s\smy|address|never\scame|courier)\b"),
    ("payment", r"결제|카드|청구|두\s?번\s?빠|할부|쿠폰|포인트|계좌|\b(?:pay\w*|paid|charged?|billed|card|coupon|code|invoice|instal?ments?)\b"),
    ("booking", r"예약|방문|조립|설치|일정|진료|접종|\b(?:book\w*|appointment|visit|assembly|reschedul\w+|slot)\b"),
    ("claim", r"보험금|청구|증권|보장|\b(?:claim\w*|policy|coverage|insur\w+)\b"),
    ("account", r"비밀번호|로그인|계정|회원|탈퇴|인증|\b(?:password|log\s?in|login|account|sign\s?in|verification)\b"),
    ("product", r"재고|사이즈|크기|무게|소재|사용법|재입고|\b(?:stock|size|weight|material|manual|how\smany|dimensions?)\b"),
)  # fmt: skip
_COMPILED = tuple((name, re.compile(pattern, re.I)) for name, pattern in _INTENTS)


def intent(text: str) -> str:
    """The first intent whose words a text holds, the graver ones first; ``other`` where there is none."""
    return next((name for name, pattern in _COMPILED if pattern.search(text[:4_000])), "other")
