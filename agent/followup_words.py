"""Words by which ``followups`` reads a question: those of no topic, and those that point elsewhere."""

from __future__ import annotations

from ..knowledge.language import word_set

EN_FUNCTION = word_set(
    "a an the is are was were be been being am do does did have has had having can could will would shall "
    "should may might must i you he she it we they me him her us them my your his its our their this that these "
    "those what which who whom whose where when why how of to in on at by for with from about into over under "
    "until till within during and or but if so than then as there here please any some just no not isn't aren't "
    "wasn't don't doesn't didn't won't can't couldn't wouldn't shouldn't i'm i've i'd i'll it's that's what's "
    "how's where's when's who's they're we're you're there's let's ok okay well oh ah um hmm hi hey hello "
    "thanks thank great sure yes yeah yep right alright sorry also too instead either anyway actually really "
    "only even still yet already noted second third firstly secondly k wat again much many long often soon far "
    "early late all both each every such more most less same else other another one ones like up out off down "
    "back through after before since without per"
)
EN_GENERIC = word_set(
    "take cost pay paid work happen need want make go going gone come know tell use get got give put let try "
    "help mean say do done see look think start end begin money fee price charge extra free amount day week "
    "month year hour minute time business today tomorrow yesterday tonight now later sooner first last next "
    "possible okay exactly maximum minimum total thing way case reason number required necessary allowed "
    "include count apply available ready expect wait differ different long must full usually normally normal "
    "typical approximately roughly"
)
PREPOSITIONS = word_set(
    "to for from in on at by with without within after before during until till via over under per"
)
DETERMINERS = word_set("a an the my your our his her their its any some all both other another")
CLAUSAL = word_set(
    "is are was were be am do does did have has had can could will would shall should may might must i you he "
    "she it we they me us please tell give show want need make what which who where when why how if that's it's "
    "i'm isn't don't doesn't didn't can't won't"
)
KO_GENERIC = word_set(
    "돈 비용 요금 값 가격 금액 추가 추가금 시간 기간 날짜 날 일 주 달 월 년 개월 영업일 평일 주말 휴일 공휴일 "
    "오늘 내일 어제 모레 그제 지금 이번 다음 저번 요즘 아침 점심 저녁 월요일 화요일 수요일 목요일 금요일 토요일 "
    "일요일 방법 절차 과정 처리 확인 진행 가능 필요 무료 공짜 유료 이유 조건 기준 차이 경우 정도 보통 최대 최소 "
    "얼마 며칠 언제 어디 누구 무엇 뭐 다시 먼저 나중 이후 이전 전 후 뒤 안 때 건 거 것 데 수 번 개 원 분 사람 "
    "말 말씀 문의 질문 안내 설명 답 답변 직접 따로 별도 전부 모두 다 둘 하나 바로 혼자 제 저 나 우리 본인 고객 "
    "신청 사용 이용 적용 포함 제외 해당 선택 준비 도착 시작 끝 완료 부담 지불 등 및 중 때문 어느 무슨 만 천 백 "
    "십 한 두 세 네 시 초 점 곳 쪽 편 측 만큼 대신 역시 혹시 당일 하루 이틀 사흘 일주일 한참 아까 방금 금방 "
    "대략 대충"
)
KO_EMPTY_VERBS = word_set(
    "하 되 있 없 싶 알 이 같 어떻 이렇 그렇 저렇 주 받 보 가 오 나 걸리 내 들 나오 쓰 넣 두 말 모르 맞 괜찮 물 "
    "드리 시키 많 적 크 작 빠르 늦 길 짧 비싸 싸 좋 따르 통하 위하 대하 쓰이"
)
KO_DEMONSTRATIVES = word_set(
    "그 그거 그것 그게 그건 그걸 이거 이것 이게 이건 이걸 저거 저것 저게 저건 저걸 거기 저기 그때 그쪽 그곳 "
    "그분 이쪽 얘 걔"
)
KO_SUCH = word_set("그렇 이렇 저렇")
KO_THEN = word_set("그럼 그러면 그렇다면 그러믄 그럼요")
KO_WH = word_set("얼마 얼마나 언제 며칠 어디 어떻게 왜 누구 누 무엇 뭐 몇 어느 어떤 무슨 어떻")
KO_ALLOWED = word_set("되 돼 공짜 무료 가능")
