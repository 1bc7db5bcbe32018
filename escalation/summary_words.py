"""The sentences of the summary, Korean and English; what stands in braces comes from the packet."""

from __future__ import annotations

from typing import Any

WORDS: dict[str, dict[str, Any]] = {
    "ko": {
        "who": "{name} 고객님({tier}, {verified})",
        "nameless": "{id} 고객({tier}, {verified})",
        "guest": "확인되지 않은 고객",
        "called": "확인되지 않은 고객, 이름은 {name}(본인이 말함)",
        "verified": ("본인 확인 전", "본인 확인 완료"),
        "tiers": {"standard": "일반 등급", "vip": "VIP"},
        "foreign": "{lang} 언어로 대화 중입니다. 도우미의 낱말 규칙은 이 언어를 읽지 못합니다.",
        "other_lang": {"ko": "한국어로 대화 중", "en": "영어로 대화 중"},
        "asks": "{intent}: “{text}”",
        "also": " 이어서 “{text}”도 물었습니다.",
        "none": "문의 내용은 아직 말하지 않고 상담사를 찾았습니다.",
        "facts": "확인할 내용: {facts}",
        "order": "{number}({what})",
        "not_own": "{number}(이 고객의 기록에 없는 번호이니 다시 확인)",
        "was": "{value}(처음에는 {old})",
        "added": "고객이 덧붙인 말: “{text}”",
        "failed": "도우미가 {titles} 문서로 {n}번 답했지만 해결되지 않았습니다.",
        "answered": "도우미는 {titles} 문서로 {n}번 답했습니다.",
        "untried": "도우미가 문서로 안내한 것은 없습니다.",
        "why": "연결 이유는 {reasons}입니다.",
        "mood": {
            "steady": ("차분합니다", "조금 언짢아합니다", "화가 나 있습니다", "매우 화가 나 있습니다"),
            "rising": (
                "차분합니다",
                "점점 언짢아지고 있습니다",
                "점점 화가 나고 있습니다",
                "갈수록 더 화를 냅니다",
            ),
            "falling": (
                "차분합니다",
                "언짢았다가 풀리고 있습니다",
                "화가 났다가 조금 누그러졌습니다",
                "크게 화를 냈다가 조금 누그러졌습니다",
            ),
        },
        "mood_line": "지금 고객은 {mood}.",
        "promise": "{who} 약속: “{text}”",
        "promised_by": {"bot": "도우미의", "agent": "상담사의"},
        "next": "다음: {text}",
    },
    "en": {
        "who": "{name} ({tier}, {verified})",
        "nameless": "Customer {id} ({tier}, {verified})",
        "guest": "Customer not identified",
        "called": "Customer not identified; says the name is {name}",
        "verified": ("not verified", "verified"),
        "tiers": {"standard": "standard", "vip": "VIP"},
        "foreign": "Writes in a language ({lang}) that the assistant's word rules do not read.",
        "other_lang": {"ko": "writes in Korean", "en": "writes in English"},
        "asks": "{intent}: “{text}”",
        "also": " Then asked “{text}”",
        "none": "Asked for a person and has not said what about.",
        "facts": "To go by: {facts}",
        "order": "{number} ({what})",
        "not_own": "{number} (not in this customer's record, so check the number)",
        "was": "{value} (first said {old})",
        "added": "The customer added: “{text}”",
        "failed": "The assistant's answers from {titles} (tried: {n}) did not settle it.",
        "answered": "The assistant answered from {titles} (answers: {n}).",
        "untried": "The assistant has given no article yet.",
        "why": "Handed over because {reasons}.",
        "mood": {
            "steady": ("calm", "a little upset", "angry", "very angry"),
            "rising": ("calm", "getting upset", "getting angrier", "very angry and getting more so"),
            "falling": (
                "calm",
                "less upset than before",
                "angry, though calmer than before",
                "very angry, though a little calmer",
            ),
        },
        "mood_line": "Right now the customer is {mood}.",
        "promise": "{who} promised: “{text}”",
        "promised_by": {"bot": "The assistant", "agent": "An agent"},
        "next": "Next: {text}",
    },
}

REASONS: dict[str, dict[str, str]] = {
    "ko": {
        "explicit_request": "상담사 요청",
        "frustration": "쌓인 불만",
        "repetition": "같은 질문 반복",
        "low_confidence": "맞는 문서를 찾지 못함",
        "sensitive_topic": "민감한 사안",
        "abuse": "거친 말",
        "high_value": "중요 고객 또는 큰 금액",
        "policy": "운영 규칙",
        "failed_attempts": "거듭된 답변 실패",
        "tool_failure": "시스템 오류",
        "guard_error": "판단 오류",
    },
    "en": {
        "explicit_request": "they asked for a person",
        "frustration": "they have had enough",
        "repetition": "they had to ask the same again",
        "low_confidence": "no article fits",
        "sensitive_topic": "the matter is sensitive",
        "abuse": "the language turned rough",
        "high_value": "customer or amount is important",
        "policy": "a rule of the house says so",
        "failed_attempts": "answer after answer failed",
        "tool_failure": "a system failed",
        "guard_error": "the check failed",
    },
}

INTENTS: dict[str, dict[str, str]] = {
    "ko": {
        "safety": "안전 관련", "fraud": "결제·정보 도용 의심", "legal": "법적 대응 언급", "privacy": "개인정보 관련",
        "self_harm": "자해 우려", "refund": "환불 문의", "return": "반품 문의",
        "exchange": "교환·변경 문의", "cancel": "취소 문의", "damaged": "파손·불량 문의", "delivery": "배송 문의", "payment": "결제 문의",
        "booking": "예약·방문 문의", "claim": "보험 문의", "account": "계정 문의", "product": "상품 문의", "other": "문의",
    },
    "en": {
        "safety": "Safety", "fraud": "Possible fraud", "legal": "Legal", "privacy": "Personal data",
        "self_harm": "Risk of self-harm", "refund": "Refund", "return": "Return",
        "exchange": "Exchange or change", "cancel": "Cancellation", "damaged": "Damaged or faulty", "delivery": "Delivery",
        "payment": "Payment", "booking": "Booking or visit", "claim": "Insurance", "account": "Account", "product": "Product",
        "other": "Asks",
    },
}  # fmt: skip

SLOTS: dict[str, dict[str, str]] = {
    "ko": {
        "order_number": "주문", "booking_number": "예약", "policy_number": "증권", "claim_number": "접수", "tracking_number": "송장",
        "contract_number": "계약", "case_number": "문의", "patient_number": "환자번호", "member_number": "회원번호",
        "receipt_number": "영수증", "reference_number": "번호", "serial_number": "일련번호", "model_number": "모델",
        "flight_number": "항공편", "vehicle_number": "차량번호", "bank_account": "계좌", "birth_date": "생년월일", "period": "기간",
        "name": "이름", "phone": "연락처", "email": "메일", "card": "카드", "resident_number": "주민번호",
        "social_security_number": "사회보장번호", "business_number": "사업자번호", "product": "상품", "device": "기기",
        "quantity": "수량", "amount": "금액", "date": "날짜", "time": "시각", "address": "주소", "attachment": "보낸 파일",
    },
    "en": {
        "order_number": "order", "booking_number": "booking", "policy_number": "policy", "claim_number": "claim",
        "contract_number": "contract", "case_number": "case", "patient_number": "patient no.", "member_number": "member no.",
        "receipt_number": "receipt", "reference_number": "reference", "serial_number": "serial no.",
        "model_number": "model", "flight_number": "flight", "vehicle_number": "vehicle", "bank_account": "bank account",
        "birth_date": "date of birth", "period": "period", "tracking_number": "tracking", "name": "name", "phone": "phone", "email": "e-mail", "card": "card",
        "resident_number": "resident no.", "social_security_number": "SSN", "business_number": "business no.",
        "product": "product", "device": "device", "quantity": "quantity", "amount": "amount", "date": "date", "time": "time",
        "address": "address", "attachment": "sent file",
    },
}  # fmt: skip

STATUSES: dict[str, dict[str, str]] = {
    "ko": {
        "paid": "결제 완료", "preparing": "상품 준비 중", "shipped": "배송 중", "delivered": "배송 완료", "cancelled": "취소됨",
        "returned": "반품됨", "refunded": "환불됨", "exchanged": "교환됨", "confirmed": "확정됨", "pending": "대기 중",
    },
    "en": {},
}  # fmt: skip

STEPS: dict[str, dict[str, str]] = {
    "ko": {
        "safety": "다치지 않았는지부터 묻고, 사용을 멈추도록 안내한 뒤 안전 담당에게 바로 알려 주세요.",
        "fraud": "본인 확인을 한 뒤 해당 결제와 계정을 바로 조회해 주세요.",
        "legal": "법적 답변은 하지 말고 사실만 정리해 책임자에게 넘겨 주세요.",
        "privacy": "본인 확인을 한 뒤 어떤 정보가 어디에 나갔는지부터 적고, 개인정보 담당에게 바로 알려 주세요.",
        "self_harm": "문의보다 먼저 괜찮은지 차분히 묻고 들어 주세요. 상담 전화를 다시 알려 주고 책임자와 함께 대응해 주세요.",
        "tool_failure": "시스템 오류로 넘어왔으니 조회부터 직접 해 주세요.",
        "not_own": "번호가 고객 기록과 맞지 않으니 번호부터 다시 확인해 주세요.",
        "ask": "무엇을 도와드릴지 먼저 물어봐 주세요.",
        "guide_internal": "상담사용 문서 ‘{title}’의 절차를 따라 처리해 주세요.",
        "guide": "‘{title}’ 문서를 바탕으로 답해 주세요.",
        "guide_tried": "‘{title}’ 문서는 이미 안내했으니, 이 고객에게 맞지 않는 점이 무엇인지부터 확인해 주세요.",
        "order": "{number} 건을 조회해 진행 상황부터 알려 주세요.",
        "verify": "본인 확인 뒤에 진행해 주세요.",
        "plain": "맞는 문서가 없으니 확인할 내용을 정리해 담당 부서에 물어봐 주세요.",
    },
    "en": {
        "safety": "Ask first whether anybody is hurt, have them stop using it, and tell the safety lead at once.",
        "fraud": "Verify who they are, then look up the charge and the account right away.",
        "legal": "Give no legal answer; gather the facts and pass them to the person in charge.",
        "privacy": "Verify who they are, write down which data went where, and tell the privacy lead at once.",
        "self_harm": "Before the matter itself, ask calmly how they are and listen; repeat the crisis line, and bring in your lead.",
        "tool_failure": "A system failed on the way here, so look things up by hand first.",
        "not_own": "The number is not in this customer's record: check it with them first.",
        "ask": "Ask what you can help with.",
        "guide_internal": "Follow the agents' article ‘{title}’.",
        "guide": "Answer from the article ‘{title}’.",
        "guide_tried": "They were given the article ‘{title}’ already: find out first what in it does not fit their case.",
        "order": "Look up {number} and say where it stands.",
        "verify": "Verify the customer before you go on.",
        "plain": "No article fits: gather what is known and ask the team in charge.",
    },
}
