"""What numbers are called, by any firm, and the words by which a matter shows which kind of number it has."""

from __future__ import annotations

KINDS: tuple[tuple[str, int, str, str], ...] = (
    # A longer name comes before the shorter one that it holds: "사고 접수번호" before "접수번호".
    (
        "claim_number",
        2,
        r"사고\s?접수|보상\s?접수|(?:보험금\s?)?청구(?:\s?접수)?|사고|보험금(?:\s?접수)?|클레임|손해\s?접수",
        r"claims?",
    ),
    (
        "policy_number",
        2,
        r"(?:보험\s?)?증권|보험\s?계약|보험(?:\s?증서)?|가입\s?증서",
        r"(?:insurance\s|cover\s)?polic(?:y|ies)|insurance",
    ),
    (
        "tracking_number",
        2,
        r"운송장|송장|등기|택배(?:\s?송장)?",
        r"tracking|waybill|consignment|shipment|parcel|awb",
    ),
    (
        "booking_number",
        2,
        r"(?:진료|숙소|방문|설치|수리|검진|상담|항공|객실)?\s?예약(?:\s?확인)?|수리(?:\s?접수)?|(?:AS|A/S|에이에스)(?:\s?접수)?|방문\s?접수|설치\s?접수|진료\s?접수|검진\s?접수",
        r"bookings?|reservations?|appointments?|appt|confirmation|pnr|itinerary|repair",
    ),
    ("order_number", 2, r"주문|구매", r"orders?|purchase(?:\sorder)?"),
    ("contract_number", 2, r"계약", r"contract|agreement|lease|tenancy"),
    (
        "patient_number",
        2,
        r"환자(?:\s?등록)?|(?<!사업자\s)(?<!자동차\s)(?<!주민\s)(?<!동물\s)(?<![가-힣])등록|차트|진료\s?카드|병원\s?등록|의무\s?기록",
        r"patient|chart|(?:medical|hospital|health)\s(?:record|card)|hospital|mrn",
    ),
    (
        "member_number",
        1,
        r"회원(?:\s?카드)?|고객|멤버십|멤버쉽|적립\s?카드|가입자|학번|사번",
        r"member(?:ship)?|customer|client|loyalty|user|student|subscriber",
    ),
    (
        "case_number",
        2,
        r"(?:문의|상담|민원|신고|불만)(?:\s?접수)?|티켓|케이스",
        r"case|ticket|complaint|incident|e?i?nquiry|support|report",
    ),
    ("receipt_number", 2, r"영수증|인보이스|청구서", r"receipt|invoice|transaction"),
    ("receipt_number", 1, r"승인|거래|결제|송금|입금", r"payment|approval|authori[sz]ation"),
    ("serial_number", 1, r"시리얼|일련|제조|기기(?:\s?고유)?|imei|s/n", r"serial|s/n|imei|device"),
    ("model_number", 1, r"모델(?:명)?|품번|제품|상품|품목|부품", r"model|part|item|product|sku|article"),
    ("bank_account", 0, r"계좌|통장", r"(?:bank\s)?account|iban|sort\scode"),
    ("flight_number", 1, r"항공편|편명", r"flight"),
)
"""Slot, how its name may stand without "번호" or "number" (0: not at all; 1: beside a code with letters, or digits
that are many; 2: beside digits too, "주문 20481077" but not "결제 35000"), and its Korean and English names."""

OPEN_KO = r"접수증?|레퍼런스|코드"
OPEN_EN = r"file|registration|code|id|number|no"
"""Names that leave open what the number is of."""

REFERENCE_KO = r"참조|관리|확인|조회|발급|신청|처리|등기|고유|발행|전표|증명서|확인서|요청|안내"
REFERENCE_EN = r"reference|ref"
"""Names of numbers that are called no more than that."""

NUMBER_KO = r"번호|버노|번오|변호|번효|넘버|no\.?|№|id|아이디|코드"
NUMBER_EN = r"numbers?|nubmer|numbr|nmber|numer|nr|no|num|id|ref(?:erence)?|code|#"
"""Words for "number", as they are typed and mistyped."""

PREFIXES: dict[str, str] = {
    "CL": "claim_number", "CLM": "claim_number", "POL": "policy_number", "BK": "booking_number",
    "BKG": "booking_number", "AS": "booking_number", "RSV": "booking_number", "RES": "booking_number",
    "APT": "booking_number", "APPT": "booking_number", "ORD": "order_number", "PO": "order_number",
    "SO": "order_number", "TRK": "tracking_number", "INV": "receipt_number", "RCP": "receipt_number",
    "TKT": "case_number", "TCK": "case_number", "CASE": "case_number", "CS": "case_number", "SN": "serial_number",
    "MRN": "patient_number", "PT": "patient_number", "MEM": "member_number",
}  # fmt: skip
"""Letters that firms put before a number of a kind."""

FAMILIES: tuple[tuple[str, str], ...] = (
    (
        "claim_number",
        r"보험금|사고\s?접수|보상\s?(?:과|담당|접수)|지급\s?(?:거절|심사|지연)|부지급|손해\s?사정|청구(?:한|했|건|액|서류|하)|\b(?:claim\w*|payout|adjuster|adjustor|excess)\b",
    ),
    (
        "policy_number",
        r"보험|증권|보장|특약|보험\s?계약|해지\s?환급|보험료|실비|실손|자동이체|만기|갱신|수익자|피보험|\b(?:polic(?:y|ies)|insur\w+|premiums?|cover(?:ed|age)?|surrender\w*|renewal|beneficiar\w+|underwrit\w+)\b",
    ),
    (
        "booking_number",
        r"예약|진료|검진|접종|내시경|초진|재진|방문|기사님?|숙박|체크인|객실|투숙|시술|항공권|탑승|여행|출발일|\b(?:book(?:ed|ing|ings)?|appointments?|reserv\w+|check-?in|stay|clinic|doctor|physio\w*|scan|technician|visit|flights?|trips?|tours?|itinerary|departure|hotel|rooms?)\b",
    ),
    (
        "order_number",
        r"주문|배송|택배|구매|반품|교환|상품|물건|\b(?:orders?|ordered|deliver\w*|parcel|package|shipp\w+|bought|purchase\w*|return\w*|items?)\b",
    ),
    (
        "reference_number",
        r"계좌|대출|송금|이체|예금|적금|통장|은행|요금제|회선|개통|약정|\b(?:loans?|mortgages?|transfers?|transferred|deposits?|bank|remittance|sim|roaming|broadband)\b",
    ),
)
"""Words that tell what a matter is about, and so what the number without a name is of."""
