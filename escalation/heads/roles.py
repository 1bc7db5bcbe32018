"""Names of people who take over a talk, and how they are found: a message may ask for one nobody listed."""

# ruff: noqa: E501 - Hangul is twice as wide as the counter holds it for

from __future__ import annotations

import re

from ...knowledge.language import word_set

KOREAN = sorted(
    word_set(
        "상담원 상담사 상담직원 직원 담당자 담당직원 담당 책임자 관리자 운영자 매니저 팀장 점장 지점장 소장 원장 실장 과장 부장 차장 "
        "대리 국장 센터장 본부장 사장 사장님 대표 대표님 점주 주인 주인장 임원 이사 간호사 의사 약사 의사선생님 선생님 원무과 "
        "강사 교수 조교 튜터 코치 트레이너 설계사 손해사정사 심사역 심사자 은행원 창구직원 행원 세무사 변호사 법무사 관세사 "
        "노무사 회계사 엔지니어 기술자 기사 기사님 정비사 수리기사 설치기사 개발자 기획자 GM 지엠 운영진 모더레이터 컨시어지 "
        "프런트 프론트 안내데스크 데스크 객실팀 총지배인 지배인 셰프 주방장 승무원 역무원 기관사 창구 주무관 공무원 "
        "사회복지사 민원담당 경비원 관리인 관리소장 사감 사서 큐레이터 플래너 디자이너 미용사 조리사 영양사 수의사 "
        "교환원 접수원 접수처 영업사원 영업담당 판매원 점원 스태프 스탭 크루 헬퍼 상급자 윗사람 윗분 높은분 결정권자 실무자 "
        "본사 고객센터 콜센터 고객지원팀 고객만족팀 민원실 고객상담실 상담센터 상담실 지원팀 배송팀 정산팀 보안팀 기술팀 "
        "사람 인간 휴먼 아무나 아무분 진짜사람 사람상담원 AS센터 에이에스센터 서비스센터 담임 반장 총무 위원 심리상담사 "
        "물류담당 현장소장 시공팀 점검원 검침원 조종사 선장 항해사 가이드 인솔자 중개사 공인중개사 임대인 집주인 운용역 "
        "플로리스트 목수 상담봉사자 검표원 대원 요원 의료진 전문가 전문의 주치의 코디네이터 코디 MD 엠디 CS팀 슈퍼바이저"
    )
)

ENGLISH = sorted(
    word_set(
        "agent representative rep csr advisor adviser operator human person someone somebody manager supervisor boss "
        "colleague coworker teammate staff member employee worker clerk cashier teller banker broker underwriter adjuster "
        "assessor handler caseworker nurse doctor gp physician pharmacist dentist vet surgeon midwife therapist "
        "counsellor counselor receptionist concierge porter steward host hostess waiter chef cook caterer planner "
        "organiser organizer coordinator engineer technician tech mechanic repairer installer fitter plumber electrician "
        "developer dev programmer sysadmin admin administrator moderator mod gm producer editor curator librarian tutor "
        "teacher instructor coach trainer professor dean registrar bursar principal headteacher lawyer solicitor "
        "accountant auditor officer inspector superintendent caretaker janitor landlord landlady ranger keeper "
        "guard conductor driver courier dispatcher pilot captain skipper purser crew attendant stewardess guide rider "
        "salesperson salesman saleswoman shopkeeper owner proprietor director chief head executive exec ceo president "
        "chairman leader lead foreman specialist expert consultant professional stylist hairdresser barber beautician "
        "designer florist jeweller tailor carpenter builder surveyor architect estate reception desk helpdesk office "
        "team department support complaints billing reservations switchboard headquarters management humans people "
        "operators agents reps supervisors managers volunteer responder secretary assistant deputy official "
        "lady gentleman guy bloke lad girl woman man chap folk folks anyone anybody hooman grown-up adult escalations"
    )
)

# Who is called 님 or 분 is spoken of as a person; jobs end in 사, 원, 장, 자 and stand where a person is named.
_KOREAN = re.compile(
    "(?:"
    + "|".join(sorted(map(re.escape, KOREAN), key=len, reverse=True))
    + r")(?:\s?(?:님|분|쌤|선생님))?|[가-힣]{2,4}님(?!의)",
    re.IGNORECASE,
)
_ENGLISH = frozenset(ENGLISH)


def korean_spans(text: str) -> list[tuple[int, int]]:
    """Where Korean names of roles stand, longest first at each place."""
    return [match.span() for match in _KOREAN.finditer(text)]


def is_role(word: str) -> bool:
    """Whether a lower-case English word names somebody who takes over."""
    return word in _ENGLISH
