from __future__ import annotations

import asyncio

import pytest
from batonpass.agent.compose import Batonpass
from batonpass.agent.followups import MOST, Leaning, leaning
from batonpass.agent.middleware import Outcome
from batonpass.escalation import Decision

PARTLY_EN = """
What about Jeju?
How about furniture?
to Busan?
for gold members?
on public holidays too?
can I do that online?
does it include assembly?
And if I cancel?
and if it arrives broken?
what about the red one?
Do you deliver there too?
Can I return them?
so it just drops off by itself?
is there one in blue?
Can I get a bigger one?
when do they expire?
And the ladder truck?
Sofas?
What if I'm not home?
does this count for gifts?
Can I pay by card instead?
the bedding too?
"""

WHOLLY_EN = """
How long?
How much?
how much is it?
Is that free?
How long does it take?
do I have to pay?
why?
and how much would that be?
When will it come?
"""

NONE_EN = """
who won the match
Who won the match yesterday?
What is the weather like today?
is it going to rain tomorrow?
Where would I set a fresh password?
When will a refund reach my bank?
How many days until a refund is back on my card?
Is there a fee for returning a sofa?
Is it possible to change the delivery address?
My lamp flickers, can I return it?
I bought a chair last week and it wobbles.
Do you have a shop on Mars?
Can I use a coupon and points together?
How much is delivery to Jeju?
What happens to my points if they expire?
Where can I see the order that I placed on Monday?
Can I swap the blue chair for a red one?
If I cancel, do I get my points back?
Also, how would I close my account?
and how do I change my password?
Buttons are missing
tell me a joke
what's the capital of France
I want a receipt for my company
Can I cancel an order after this weekend?
delivery fee
Which cards can I use?
My parcel says delivered but I can't find it
Recommend me a movie
"""

PARTLY_KO = """
그럼 제주도는요?
해외는요?
카드도 돼요?
취소하면요?
울릉도로 보내면요??
5만원 넘으면요?
소파는 어때요?
해외는 가능해요?
거기로도 보내주나요?
그렇게 하면 취소되나요?
그때까지 기다려야 해요?
토요일에도 근무하시나요?
제주도요?
그 상품도 교환되나요?
그러면 환불은요?
저는 회원인데 그것도 되나요?
다른 색은요?
포장 뜯었으면요?
"""

WHOLLY_KO = """
돈 내야 하나요?
얼마나 걸려요?
그건 얼마예요?
이거 무료예요?
주말에도 하나요?
며칠 걸려요?
언제 와요?
얼마예요?
어디서 신청해요?
왜요?
추가 비용 있어요?
몇 시까지 해요?
직접 해야 하나요?
무료인가요?
"""

NONE_KO = """
오늘 날씨 어때요?
날씨 어때요?
반품은 어떻게 하나요?
배송비 얼마예요?
비밀번호를 잊어버렸어요
어제 축구 누가 이겼어요?
환불은 언제 되나요?
회원 탈퇴하고 싶어요
쿠폰이랑 포인트 같이 쓸 수 있나요?
의자를 샀는데 그게 흔들려요
재미있는 이야기 해 줘
해외 배송 가능한가요?
제주도 배송비는 얼마인가요?
영화 추천해 주세요
주문 취소하려면 어떻게 해요?
가구 보증 기간이 어떻게 되나요?
현금영수증 발급해 주세요
조립 설명서는 어디서 받나요?
화성에도 매장이 있나요?
프랑스 수도가 어디예요?
지난주에 산 스탠드가 깜빡거려요
품절된 상품 언제 다시 들어와요?
심심해요
이번 주말에 비 오나요?
점심 메뉴 추천해 줘
선물 포장도 해 주시나요?
환율이 얼마예요?
그럼 제가 어제 주문한 침대랑 오늘 주문한 소파를 같이 받을 수 있나요?
"""


def lines(*texts: str) -> list[str]:
    return [line for text in texts for line in text.strip().splitlines()]


@pytest.mark.parametrize("question", lines(PARTLY_EN, PARTLY_KO))
def test_a_follow_up_leans_on_the_question_before(question: str):
    assert leaning(question) is Leaning.PARTLY


@pytest.mark.parametrize("question", lines(WHOLLY_EN, WHOLLY_KO))
def test_a_question_without_a_topic_takes_it_from_the_one_before(question: str):
    assert leaning(question) is Leaning.WHOLLY


@pytest.mark.parametrize("question", lines(NONE_EN, NONE_KO))
def test_what_says_what_it_is_about_leans_on_nothing(question: str):
    assert leaning(question) is Leaning.NONE


@pytest.mark.parametrize(
    "text", ["", "   ", "?!", "いくらですか", "¿Cuánto cuesta?", "12345", "ㅋㅋㅋㅋ", "🙂", "\u200b"]
)
def test_what_cannot_be_read_leans_on_nothing(text: str):
    assert leaning(text) is Leaning.NONE


def test_what_says_enough_is_searched_for_alone():
    said = "can I return it with tags, box, receipt and manual"
    assert leaning("can I return it with tags, box, receipt") is Leaning.PARTLY
    assert MOST == 4
    assert leaning(said) is Leaning.NONE


def test_capitals_and_full_width_letters_change_nothing():
    assert leaning("WHAT ABOUT JEJU?") is Leaning.PARTLY
    assert leaning("Ｗｈａｔ ａｂｏｕｔ Ｊｅｊｕ？") is Leaning.PARTLY


# in the sample shop


def talk(shop: Batonpass, *turns: str) -> Outcome:
    """The last turn's outcome."""
    conversation, result = shop.store.create(), None
    for text in turns:
        shop.assistant.receive(conversation.id, text)
        result = asyncio.run(shop.assistant.answer(conversation.id))
    assert result is not None
    return result.outcome


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("국내 배송은 며칠 걸려요?", "오늘 날씨 어때요?"),
        ("배송비 얼마예요?", "오늘 날씨 어때요?"),
        ("When will I get my card refund?", "who won the match"),
        ("How many days does delivery need?", "What is the weather like today?"),
    ],
)
def test_chit_chat_is_no_better_known_after_a_question(shop: Batonpass, before: str, question: str):
    after, alone = talk(shop, before, question), talk(shop, question)
    assert after.verdict.confidence == alone.verdict.confidence
    assert after.draft is not None
    assert alone.draft is not None
    assert after.draft.citations == alone.draft.citations


@pytest.mark.parametrize(
    ("turns", "article"),
    [
        (("단순 변심 반품하고 싶어요", "돈 내야 하나요?"), "ko/return"),
        (("How much is delivery?", "what about Jeju?"), "en/delivery-fee-remote"),
        (("해외 배송비가 궁금해요", "얼마예요?"), "ko/delivery-international"),
        (("How do I return furniture?", "is that free?"), "en/return"),
    ],
)
def test_a_follow_up_is_answered_from_what_it_leans_on(shop: Batonpass, turns: tuple[str, ...], article: str):
    outcome = talk(shop, *turns)
    assert outcome.verdict.decision is Decision.ANSWER
    assert [c.document_id for c in outcome.citations if c.document_id.startswith(article)]
