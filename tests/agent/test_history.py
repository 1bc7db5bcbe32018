from __future__ import annotations

import pytest
from batonpass.agent.history import SHORT, SHORT_WORDS, query_in_context, retrieval_query, to_langchain
from batonpass.agent.tokens import count_tokens
from batonpass.escalation import Author, Turn
from langchain_core.messages import AIMessage, HumanMessage

from .support import asked, transcript

FIRST = (Author.CUSTOMER, "배송비 얼마예요?")
ANSWER = (Author.BOT, "3,000원이에요.")


def test_the_transcript_as_the_model_reads_it():
    turn = asked("반품은요?", FIRST, ANSWER, (Author.AGENT, "상담사 민지입니다."), (Author.SYSTEM, "연결됨"))
    messages = to_langchain(turn)
    assert [(type(m), m.text, m.name) for m in messages] == [
        (HumanMessage, "배송비 얼마예요?", None),
        (AIMessage, "3,000원이에요.", "bot"),
        (AIMessage, "상담사 민지입니다.", "agent"),
        (HumanMessage, "반품은요?", None),
    ]


def test_internal_notes_stay_out():
    messages = transcript(FIRST, ANSWER, (Author.AGENT, "까다로운 고객"), (Author.CUSTOMER, "반품은요?"))
    noted = tuple(m.model_copy(update={"internal": m.author is Author.AGENT}) for m in messages)
    read = to_langchain(Turn(messages=noted, question="반품은요?", lang="ko"))
    assert "까다로운 고객" not in [m.text for m in read]


def test_a_burst_is_one_question():
    turn = asked("저기요", FIRST, ANSWER)
    more = transcript(FIRST, ANSWER, (Author.CUSTOMER, "저기요"), (Author.CUSTOMER, "반품은요?"))
    turn = turn.model_copy(update={"messages": more, "question": "저기요\n반품은요?"})
    assert [m.text for m in to_langchain(turn)] == ["배송비 얼마예요?", "3,000원이에요.", "저기요\n반품은요?"]


def test_the_newest_messages_fill_the_budget():
    history = [(Author.CUSTOMER, f"질문 번호 {n}") for n in range(5)]
    lines = [line for said in history for line in (said, (Author.BOT, "답"))]
    cost = count_tokens("질문 번호 4")[0] + count_tokens("답")[0] + 8
    kept = to_langchain(asked("마지막?", *lines), budget=2 * cost)
    assert [m.text for m in kept] == ["질문 번호 3", "답", "질문 번호 4", "답", "마지막?"]


def test_the_question_is_there_whatever_it_costs():
    question = "아주 긴 질문 " * 500
    assert [m.text for m in to_langchain(asked(question, FIRST, ANSWER), budget=0)] == [question]


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("그럼 제주도는요?", "배송비 얼마예요?\n그럼 제주도는요?"),
        ("What about Jeju?", "배송비 얼마예요?\nWhat about Jeju?"),
        ("이건 얼마예요", "배송비 얼마예요?\n이건 얼마예요"),
        ("반품은 어떻게 하나요?", "반품은 어떻게 하나요?"),
        ("그럼 제가 어제 주문한 침대랑 오늘 주문한 소파를 같이 받을 수 있나요?",) * 2,
        ("Buttons are missing", "Buttons are missing"),
    ],
)
def test_follow_ups_carry_the_question_before(question: str, searched: str):
    assert retrieval_query(asked(question, FIRST, ANSWER)) == searched


def test_small_talk_in_between_is_no_question():
    turn = asked("그럼 제주도는요?", FIRST, ANSWER, (Author.CUSTOMER, "감사합니다"), (Author.BOT, "네!"))
    assert retrieval_query(turn) == "배송비 얼마예요?\n그럼 제주도는요?"


def test_a_follow_up_to_nothing_is_searched_as_it_is():
    assert retrieval_query(asked("그럼 제주도는요?")) == "그럼 제주도는요?"


def test_a_novel_before_is_cut():
    turn = asked("그럼 제주도는요?", (Author.CUSTOMER, "가" * 4000), ANSWER)
    assert retrieval_query(turn) == "가" * 300 + "\n그럼 제주도는요?"


# the second search


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("돈 내야 하나요?", "배송비 얼마예요?\n돈 내야 하나요?"),
        ("Is that free?", "배송비 얼마예요?\nIs that free?"),
        ("배송비 얼마예요? 제주도요", None),
        ("가" * SHORT, "배송비 얼마예요?\n" + "가" * SHORT),
        ("가" * (SHORT + 1), None),
        ("네 " * (SHORT_WORDS - 1) + "네", "배송비 얼마예요?\n" + "네 " * (SHORT_WORDS - 1) + "네"),
        ("네 " * (SHORT_WORDS + 1), None),
    ],
)
def test_a_short_question_may_be_half_of_one(question: str, searched: str | None):
    assert query_in_context(asked(question, FIRST, ANSWER)) == searched


def test_only_customers_questions_are_context():
    assert query_in_context(asked("돈 내야 하나요?")) is None
    assert query_in_context(asked("돈 내야 하나요?", (Author.CUSTOMER, "안녕하세요"), (Author.BOT, "네!"))) is None
    assert query_in_context(asked("돈 내야 하나요?", (Author.AGENT, "배송비는요?"))) is None


def test_the_newest_question_is_the_context():
    turn = asked("얼마예요?", FIRST, ANSWER, (Author.CUSTOMER, "반품하고 싶어요"), (Author.BOT, "네."))
    assert query_in_context(turn) == "반품하고 싶어요\n얼마예요?"


def test_the_context_bears_no_identifiers():
    turn = asked("언제 와요?", (Author.CUSTOMER, "주문번호 SD-20260111-0042 배송 조회해 주세요"), ANSWER)
    found = query_in_context(turn)
    assert found is not None
    assert "0042" not in found
    assert found.endswith("\n언제 와요?")
