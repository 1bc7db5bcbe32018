"""Names of people, as customers introduce themselves or name who ordered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...knowledge.language import word_set

_SURNAME = (
    r"(?:[김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추나"
    r"도소석선설마길연위표명기반왕금옥육인맹제모]|남궁|황보|제갈|선우|사공|독고)"
)
_IS_KO = r"(?:이고|이구|이에|이예|예요|에요|입니|이라|라고|라구|라는|이며|인데|요\b|고요|구요|이요|님|$|\s|,|\.)"
_NOT = (
    r"(?!(?:A|An|At|Angry|Annoyed|Furious|Livid|Disgusted|Worried|Confused|Sick|Tired|Beyond|Deeply|Extremely|Pregnant|Allergic|Disabled|Appalled|Shocked|Stuck|Locked|Already|Aware|Being|Coming|Off|Paying|Quite|Ready|Unhappy|Disappointed|"
    r"Afraid|Also|About|Absolutely|Calling|Done|Fine|From|Getting|Glad|Going|Good"
    r"|Great|Happy|Having|Her[e]?|Hoping|I|In|It|Just|"
    r"Korean|Looking|Lost|Monday|My|New|No|Not|Now|Okay|On|One|Only|Out|Outrageous|Really|Ridiculous"
    r"|Sorry|So|Still|Sure|The|That|This|Too|Trying|Unable|Unacceptable|Upset|"
    r"Using|Very|Waiting|What|Why|Writing|Wrong|Your|Mr|Mrs|Ms|Dr)\b)"
)
_WORD_EN = r"[A-Z](?:[a-z]+|['’][A-Z][a-z]+|[a-z]{1,3}[A-Z][a-z]+)(?:['’-][A-Za-z][a-z]+)?"
_NAME_EN = rf"{_NOT}({_WORD_EN}(?:\s(?!(?:And|From|Here|On|With|I|At)\b){_WORD_EN}){{0,2}})"
_ROLE_KO = (
    r"(?:제\s?이름은|제\s?이름이|(?<![가-힣])이름은|(?<![가-힣])이름이|(?<![가-힣])이름\s?[:：]|성함은|성함이|성명은?|예약자(?:\s?(?:명|이름))?(?:은|는|이|가)?|주문자(?:\s?(?:명|이름))?(?:은|는|이|가)?"
    r"|수령인(?:은|이)?|받는\s?(?:사람|분)(?:은|이)?|보내는\s?(?:사람|분)(?:은|이)?|가입자(?:명)?(?:은|는|이|가)?|환자(?:명|\s이름)?(?:은|는|이|가)?|계약자(?:명)?(?:은|는|이|가)?|피보험자(?:명)?(?:은|는|이|가)?"
    r"|수진자(?:명)?(?:은|는|이|가)?|예금주(?:명)?(?:은|는|이|가)?|입금자(?:명)?(?:은|는|이|가)?|투숙객(?:은|는)?|신청자(?:명)?(?:은|는)?|학생\s?이름은|아이\s?이름은|명의자(?:는)?)"
)
_KIN_KO = r"(?:저희|우리)?\s?(?:어머니|아버지|엄마|아빠|남편|아내|와이프|아들|딸|아이|동생|형|누나|언니|오빠|할머니|할아버지|배우자|부인|장모님|시어머니)(?:\s?(?:성함|이름))(?:은|이)?"
_FULL_KO = rf"{_SURNAME}[가-힣]{{2}}"

PATTERNS: tuple[re.Pattern[str], ...] = (
    re.compile(
        rf"(?:{_ROLE_KO}|{_KIN_KO})\s?:?\s?({_SURNAME}[가-힣]{{2}}(?={_IS_KO}|구요|고요)|{_SURNAME}[가-힣]{{1,3}}?(?={_IS_KO}))"
    ),
    re.compile(
        rf"(?:^|[\s,.!?])(?:저는|전|저)\s({_SURNAME}[가-힣]{{1,2}}?)(?=이라고|라고|이라는|라는|이고|인데요?|입니다|이에요|예요|이구요|임다|이요)"
    ),
    re.compile(
        rf"(?i:\bmy\s(?:full\s)?name\sis|\bmy\s(?:full\s)?name's|\bnames?\sis|\bname's|\b(?:under|in|with)\sthe\sname(?:\sof)?|\bthis\sis"
        rf"|\bi'm|\bi\sam|\bbooked\s(?:under|for|by)|\bname\s(?:on|for)\s(?:it|(?:the|my|this)\s\w+)\sis|\bname\s?[:=]|\b(?:booking|reservation|appointment|order|policy|account|it)(?:'s|\sis)?\sunder"
        r"|\b(?:patient|policyholder|passenger|account\sholder|card\s?holder|recipient|insured|guest)(?:'s\sname)?(?:\sis|:|,)"
        r"|\bon\sbehalf\sof(?:\smy\s(?:mother|father|mum|mom|dad|husband|wife|son|daughter|sister|brother|partner)[,:]?)?"
        rf"|\bregards,|\bthanks,|\bcheers,|\bsincerely,)\s(?:(?:Mr|Mrs|Ms|Miss|Dr)\.?\s)?{_NAME_EN}"
    ),
    re.compile(rf"(?:^|[.!?,]\s){_NAME_EN}(?=\shere\b)"),
    re.compile(rf"(?:\n|\s[-–—]\s?){_NAME_EN}\s*$"),
    re.compile(
        rf"(?i:\bmy\s(?:mother|father|mum|mom|dad|husband|wife|son|daughter|sister|brother|partner|friend)),?\s{_NOT}({_WORD_EN}\s{_WORD_EN})"
    ),
    # Beatriz Lima, +44 ...: two words at least, a number behind them.
    re.compile(rf"(?:^|[.!?]\s|(?i:\bit's\s|\bi'm\s)){_NOT}({_WORD_EN}\s{_WORD_EN}),?\s(?=\+?\(?\d[\d ()-]{{7}})"),
    re.compile(
        r"(?i:\bmy\sname\sis|\bmy\sname's|\bname\sis|\bname's)\s(?!not\b|wrong\b|still\b|on\b|in\b|the\b|a\b"
        r"|being\b|missing\b|spel\w+)([a-z]{2,14}\s[a-z]{2,14})(?=\s*(?:[,.!?]|$|and\b))"
    ),
)
"""The name is the first group. A Korean one starts with a surname (of the 100 that name nearly everybody)."""

BARE: tuple[re.Pattern[str], ...] = (
    # 010-0000-0000 구본희입니다; 김하나예요. A sentence of nothing but a name.
    re.compile(
        rf"(?:^|[.!?,\n~]\s?|\d\s|\d,\s?|안녕하세요[,.!~]*\s?|(?:예요|에요|이요|고요|구요|입니다|이고|인데)\s)({_FULL_KO})"
        r"(?=입니다|이에요|예요|이예요|이라고\s?합니다|라고\s?합니다|이라고\s?해요|라고\s?해요|이라\s?합니다|이요(?:[\s.,!]|$)|이고요|이구요|임다|이옵니다|입니더|인데요)"
    ),
    # 구본희 010-0000-0000
    re.compile(rf"(?:^|[.!?,\n]\s?|(?:요|다)\s)({_FULL_KO})[,\s]{{1,2}}(?=01\d)"),
    # 김하나 이름으로 예약, 박도윤 명의로, 이서아 환자, 정하람 고객입니다; 한지호로 예약했어요.
    re.compile(
        rf"(?<![가-힣])({_FULL_KO}|{_SURNAME}[가-힣]|(?:남궁|황보|제갈|선우|사공|독고)[가-힣]{{1,2}})"
        r"(?:이라는|라는)?(?=\s?(?:이름으로|명의(?:로|의|가|\s|입)|앞으로\s?(?:예약|주문|가입|온|보내|발행)|성함으로|환자(?:분)?(?![가-힣]{2})|고객(?:입니다|이에요|인데|명)|\s씨\s?(?:이름|명의)|님\s?(?:이름|명의|예약|주문|앞)))"
    ),
    re.compile(rf"(?<![가-힣])({_FULL_KO})(?=(?:으로|로)\s(?:예약|주문|접수|가입|등록|되어|돼))"),
)
"""Where no word says that a name comes: there the syllables must be such as given names are made of."""

_GIVEN = frozenset(
    "가강건겸겨결경고관광교구국권규근금기길나남노누늘다단달담대덕도동두라란람래려련령로루룡류린림름마만명모무문미민바배범별병"
    "보복본봄봉빈빛산상새샘서석선설섭성세소솔송수숙순슬승시신실아안애양언엄여연열영예옥온완용우욱운울웅원위유윤율은을의이익인일임"
    "자장재전정제조종주준중지진찬창채천철청초춘충치탁태택평표하한해향헌혁현형혜호홍화환회효훈휘흠흥희"
)
"""Syllables of Korean given names."""


_NO_NAMES = word_set(
    "이거 이건 이게 제가 제품 주문 전화 문의 안내 고객 회원 남편 아내 엄마 아빠 어머니 아버지 동생 친구 현재 정말 지금 하나 "
    "오늘 어제 우리 학생 여기 직원 사람 환불 취소 교환 반품 배송 이번 이틀 이런 이제 이미 이상 이용 이유 이름 이분 이메일 "
    "주소 주말 주문자 주인 주문건 주문서 구매 구매자 구입 노트북 노란색 기타 기본 기사님 기존 고장 고객님 고객센터 공기계 "
    "공동 공용 공유기 권한 금액 금요일 김치 나머지 단골 도시락 마지막 마찬가지 모두 모르는 문자 문제 민원인 반드시 반값 방금 "
    "방문 배송지 백화점 변경 보험 본인 부모님 사실 사장님 서비스 석달 선물용 설치 성인 소비자 송장 신규 신용 심각 안녕 "
    "양쪽 어린이 여러분 여성 연락처 예약 예약자 오전 오후 오류 외국인 용도 우선 원래 유료 육아 윤년 은행 인증 임산부 임시 "
    "장난 장애 전부 전액 전자 정상 정지 제일 조회 주민 지난주 진짜 진료 차량 차이 채팅 천만 최근 최대 최소 추가 통장 피해자 "
    "정기권 회원권 이용권 공무원 연구원 조합원 유치원 임차인 임대인 장애인 노동자 이용자 지원자 배우자 전업주부 임직원 이사장 원장님 나오 나온 나중 나라 나이 "
    "하루 한국인 한국 한번 한명 허위 현금 환자 황당 현대인 이쪽 고의 성공 반대 반품건 추석 설날 명절 현장 이정도 선착순 "
    "신입 원금 지점 지방 지인 민간인 인터넷 여기저기 마이너스 유학생 방학 도대체 주차권 구독자 한달 두달 한개 명의 가족 전화로"
)


def people(text: str) -> Iterator[tuple[int, int]]:
    """Where people are named in a text; spans may overlap."""
    for pattern in PATTERNS:
        yield from (m.span(1) for m in pattern.finditer(text) if is_name(m[1]))
    for pattern in BARE:
        yield from (
            m.span(1)
            for m in pattern.finditer(text)
            if is_name(m[1]) and set(m[1][-2:][len(m[1]) == 2 :]) <= _GIVEN
        )


def is_name(value: str) -> bool:
    """Whether a found word can be a name at all."""
    return value not in _NO_NAMES and not value.startswith(("이름", "성함", "성명"))
