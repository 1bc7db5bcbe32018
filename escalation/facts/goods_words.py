"""Words for goods and what may stand before them, in Korean and English."""

from __future__ import annotations

from ...knowledge.language import word_set

KO = (
    r"리클라이너|소파베드|소파|쇼파|안락의자|의자|스툴|벤치|식탁|테이블|협탁|책상|책장|서랍장|수납장|수납함"
    r"|수납박스|옷장|장롱|화장대|신발장|선반|행거"
    r"|침대\s?프레임|침대|매트리스|토퍼|이불|베개|베개커버|침구|담요|블랭킷|커튼|블라인드|러그|카펫|매트"
    r"|방석|쿠션|거울|액자|시계|화분|스탠드|조명"
    r"|무드등|전등|램프|전구|수건|타월|샤워기|도마|칼|냄비|프라이팬|후라이팬|접시|그릇|머그잔|머그컵|머그|컵"
    r"|텀블러|주전자|전기포트|포트|토스터|믹서기"
    r"|블렌더|커피머신|에어프라이어|전자레인지|오븐|밥솥|인덕션|가스레인지|식기세척기|냉장고|김치냉장고"
    r"|세탁기|건조기|청소기|로봇청소기|공기청정기|가습기"
    r"|제습기|선풍기|에어컨|히터|전기장판|온풍기|정수기|비데|다리미|안마의자|필터|노트북|컴퓨터|모니터"
    r"|키보드|마우스|프린터|태블릿|스마트폰|휴대폰|핸드폰"
    r"|충전기|배터리|이어폰|헤드폰|스피커|카메라|텔레비전|티비|공유기|리모컨|스마트워치|게임기|원피스|셔츠"
    r"|바지|청바지|치마|재킷|자켓|코트|패딩|니트"
    r"|티셔츠|신발|운동화|구두|부츠|샌들|슬리퍼|가방|배낭|지갑|모자|양말|속옷|장갑|목도리|반지|목걸이|귀걸이"
    r"|화장품|크림|로션|샴푸|향수|립스틱|마스크팩"
    r"|영양제|비타민|유모차|카시트|장난감|기저귀|분유|자전거|킥보드|텐트|캐리어|사료|간식|케이크|꽃다발"
    r"|기프트카드|상품권|실손보험|실비보험|암보험"
    r"|자동차보험|운전자보험|여행자보험|종신보험|연금보험|화재보험|치아보험|펫보험|태아보험|보험"
)
EN = (
    r"sofa beds?|sofas?|couch(?:es)?|recliners?|armchairs?|chairs?|stools?|bench(?:es)?"
    r"|tables?|desks?|bookcases?|bookshel(?:f|ves)|shel(?:f|ves)|cabinets?|drawers?"
    r"|wardrobes?|dressers?|bed frames?|beds?|mattress(?:es)?|toppers?|duvets?|pillows?"
    r"|bedding sets?|bedding|blankets?|curtains?|blinds|rugs?|carpets?|mats?|cushions?"
    r"|mirrors?|frames?|clocks?|planters?|lamps?|lights?|bulbs?|towel sets?|towels?"
    r"|chopping boards?|cutting boards?|knives|knife|pots?|pans?|plate sets?|plates?|bowls?"
    r"|mugs?|cups?|tumblers?|kettles?|toasters?|blenders?|mixers?|coffee machines?"
    r"|air fryers?|microwaves?|ovens?|rice cookers?|dishwashers?|fridges?|refrigerators?"
    r"|freezers?|washing machines?|washers?|dryers?|vacuums?|vacuum cleaners?"
    r"|air purifiers?|purifiers?|humidifiers?|dehumidifiers?|fans?|air conditioners?"
    r"|heaters?|water purifiers?|irons?|filters?|storage box(?:es)?|box sets?|laptops?"
    r"|computers?|monitors?|keyboards?|printers?|tablets?|phones?|smartphones?|chargers?"
    r"|earphones|headphones?|earbuds|speakers?|cameras?|televisions?|tvs?|routers?"
    r"|watch(?:es)?|consoles?|dress(?:es)?|shirts?|trousers|jeans|skirts?|jackets?|coats?"
    r"|sweaters?|jumpers?|shoes|sneakers|trainers|boots|sandals|slippers|bags?|backpacks?"
    r"|wallets?|hats?|socks|gloves|scar(?:f|ves)|rings?|necklaces?|earrings|creams?"
    r"|lotions?|shampoos?|perfumes?|lipsticks?|vitamins|supplements|strollers?|pushchairs?"
    r"|car seats?|toys?|bikes?|bicycles?|scooters?|tents?|suitcases?|cakes?|bouquets?"
    r"|gift cards?|(?:health|car|motor|travel|home|life|pet|dental|cancer|fire|renters"
    r"|contents) insurance"
)
BEFORE_EN = (
    r"floor|table|night|side|coffee|dining|bed|desk|storage|shoe|kitchen|bath|bathroom"
    r"|living room|frying|sauce|air|electric|water|blackout|wall|wooden|oak|walnut|leather"
    r"|fabric|velvet|glass|cotton|linen|wireless|bluetooth|gaming|robot|cordless|corner"
    r"|two-seater|three-seater|3-seater|2-seater|office|folding|queen|king|double|single"
    r"|running|winter|summer|rice|bread|memory|memory foam|towel|plate|mug|tall|standing"
    r"|reading"
)
"""Words that describe goods, besides names."""

NOT_BEFORE_KO = word_set(
    "기존 헌 새 제 내 우리 저희 그 이 저 다른 옛날 산 온 건 거 것 오늘 어제 그저께 내일 모레 지난주 이번 "
    "다음 지난 최근 아까 방금 혹시 "
    "근데 그런데 그리고 그래서 저기 진짜 정말 너무 좀 또 다시 이미 아직 벌써 제가 저는 나는 내가 이거 그거 "
    "저거 여기 거기 안녕하세요 네 "
    "아니 아니요 한 두 세 네 다섯 모든 전체 일부 주문 구매 결제 반품 교환 환불 취소 배송 설치 수리 같은 "
    "무슨 어떤 몇 각 중고 손님용 집 "
    "거실 안방 아이방 "
)
"""Words before goods that are no part of their name."""

MATERIAL_KO = word_set(
    "암막 전기 무선 유선 원목 가죽 패브릭 거실 침실 욕실 주방 미니 대형 소형 극세 접이 하늘 면 "
)
"""Describing words that a name may stand before: 하늘 암막 커튼."""

OWN_KO = frozenset(
    "이그저내제네나너뭐거것때곳분집문방손발눈코입귀몸등목팔책칼컵돈물옷약밥차길글말꽃불빵떡비줄끈못판색천솜털개새쥐벌"
)
"""Nouns of one syllable that are no name, with a particle behind them."""

NOT_BEFORE_EN = word_set(
    "The My Your This That These Those A An Our Their His Her Its One Two Three And "
    "But Or So Hi Hello Is Are Was Were Where When What Why How Can Could Would Do "
    "Does Did Will If In On At For From With Just Also Still Please Some Any No Not "
    "Got Bought Ordered Received Returned Got Same New Old Another Both Which Good I "
    "Then Monday Tuesday Wednesday Thursday Friday Saturday Sunday Broken "
)
"""Capitalised words before goods that are no part of their name."""

NOT_HEAD_EN = word_set(
    "phone phones pot light lights case watch fan fans ring rings tablet tablets "
    "frame frames table mat bag bags box iron bench mixer board desk "
)
"""Words that more often mean something else: they count with a describing word before them, or behind "
""the" or "my"."""

NOT_GOODS = word_set(
    "order orders item items thing things refund refunds parcel package money "
    "confirmation email mail message reply letter number one ones call link code "
    "text sms invoice receipt wrong different same product products stuff 주문 주문한 상품 "
    "제품 물건 물품 이거 그거 저거 이것 그것 거 것 어제 오늘 그저께 제가 저희가 방금 지난주 이번 며칠 하나 "
    "두개 여기서 여기 같이 함께 "
    "추가로 따로 잘못 다시 인터넷 앱 매장 카드 환불 교환 취소 택배 선물 문자 메일 연락 답변 답장 안내 전화 "
    "확인 처음 "
)
"""What is ordered, received or returned and still names no product."""
