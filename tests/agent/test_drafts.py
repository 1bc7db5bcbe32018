from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from batonpass.agent.drafts import ASK_FROM, NEAR, read_draft
from batonpass.agent.prompts import CLARIFY, NO_ANSWER
from batonpass.agent.replies import words
from batonpass.escalation import DraftKind
from batonpass.knowledge import SearchResult

from .support import found, passage

FIRST = passage("첫째 글.", "첫째", id="one")
SECOND = passage("둘째 글.", "둘째", id="two", start=40)
THIRD = passage("셋째 글.", "셋째", id="three")
RESULTS = [found(FIRST, SECOND, confidence=0.4), found(THIRD, confidence=0.7)]


def cited(text: str) -> tuple[str, list[str]]:
    draft = read_draft(text, "배송비는 얼마인가요?", RESULTS)
    assert [c.n for c in draft.citations] == list(range(1, len(draft.citations) + 1))
    return draft.text, [c.document_id for c in draft.citations]


@pytest.mark.parametrize(
    ("text", "shown", "sources"),
    [
        ("가 [1]. 나 [2].", "가 [1]. 나 [2].", ["one", "two"]),
        ("가 [3]. 나 [1]. 다 [3].", "가 [1]. 나 [2]. 다 [1].", ["three", "one"]),
        ("가 [2, 3].", "가 [1][2].", ["two", "three"]),
        ("가 [3,1] 나 [1]", "가 [1][2] 나 [2]", ["three", "one"]),
        ("가 [1, 1].", "가 [1].", ["one"]),
        ("가 [4]. 나[0] [999].", "가. 나.", []),
        ("가 [2, 9].", "가 [1].", ["two"]),
        ("가[1][2]", "가[1][2]", ["one", "two"]),
        ("[1](https://example.com) 보기 [2]", "[1](https://example.com) 보기 [1]", ["two"]),
        ("[a] [1000] [] [^1] [1", "[a] [1000] [] [^1] [1", []),
    ],
)
def test_citations_count_from_one_in_order_of_use(text: str, shown: str, sources: list[str]):
    assert cited(text) == (shown, sources)


@pytest.mark.parametrize(
    "text",
    ["1. 하나 [1]\n2. 둘 [2]\n\n끝.", "| a | b |\n|---|---|\n| 1 | 2 |\n\n[1]", "가\n\n- 나 [1]\n  - 다\n"],
)
def test_lists_and_tables_keep_their_newlines(text: str):
    assert cited(text)[0] == text.strip()


def test_a_dropped_mark_takes_no_newline_along():
    assert cited("1. 하나 [9]\n2. 둘 [9]")[0] == "1. 하나\n2. 둘"


def test_a_citation_is_a_snapshot_of_its_passage():
    citation = read_draft("나 [2]", "뭐예요?", RESULTS).citations[0]
    assert (citation.title, citation.quote, citation.chunk_id) == ("둘째", "둘째 글.", "two#0")
    assert SECOND.document.text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("하루면 됩니다. [1]", "하루면 됩니다."),
        ("| a |\n|---|\n| 1 |\n\n[1]", "| a |\n|---|\n| 1 |"),
        ("네, 하루예요. [1]", None),
        ("[1]하루면 됩니다.", None),
    ],
)
def test_the_quote_is_what_was_said_where_it_stands_in_the_passage(text: str, quote: str | None):
    found_in = passage("배송은 빨라요. 하루면 됩니다. 주말은 빼요.\n\n| a |\n|---|\n| 1 |", start=7)
    citation = read_draft(text, "며칠 걸려요?", [found(found_in)]).citations[0]
    assert citation.quote == (quote or found_in.chunk.text)
    assert found_in.document.text[citation.start : citation.end] == citation.quote


def test_each_source_is_quoted_with_its_own_words():
    citations = read_draft("첫째 글. [1] 둘째 글. [2] 다시 첫째 글. [1]", "뭐예요?", RESULTS).citations
    assert [(c.document_id, c.quote) for c in citations] == [("one", "첫째 글."), ("two", "둘째 글.")]


def test_the_best_search_is_the_confidence():
    assert read_draft("가 [1]", "뭐예요?", RESULTS).confidence == 0.7
    assert read_draft("가 [1]", "뭐예요?", []).confidence == 0.0


@pytest.mark.parametrize(
    "text", [NO_ANSWER, f"죄송해요. {NO_ANSWER}", "", "  \n", "[1]", CLARIFY, f"{CLARIFY} [2]"]
)
def test_nothing_found(text: str):
    draft = read_draft(text, "배송비는 얼마인가요?", RESULTS)
    assert (draft.kind, draft.text, draft.citations) == (DraftKind.NOT_FOUND, "", ())
    assert draft.near == ("첫째", "둘째", "셋째")
    assert draft.near_ids == ("one", "two", "three")


def test_near_articles_are_named_once_and_few():
    many = [found(*(passage("x", f"글 {n // 2}", id=str(n)) for n in range(12)))]
    draft = read_draft(NO_ANSWER, "배송비는 얼마인가요?", many)
    assert draft.near == ("글 0", "글 1", "글 2")
    assert draft.near_ids == ("0", "2", "4")
    assert len(draft.near) == NEAR


@pytest.mark.parametrize(
    "text", [f"{CLARIFY} 국내인가요, 해외인가요? [1]", f"잠시만요. {CLARIFY}국내인가요, 해외인가요?"]
)
def test_a_clarifying_question(text: str):
    draft = read_draft(text, "배송비는 얼마인가요?", RESULTS)
    assert draft.kind is DraftKind.CLARIFY
    assert "국내인가요" in draft.text
    assert CLARIFY not in draft.text
    assert draft.near == ()


def test_small_talk_carries_no_marks():
    draft = read_draft("안녕하세요! [1] 무엇을 도와드릴까요?", "안녕하세요", RESULTS)
    assert (draft.kind, draft.text) == (DraftKind.SMALLTALK, "안녕하세요! 무엇을 도와드릴까요?")
    assert draft.citations == ()


@pytest.mark.parametrize("text", [NO_ANSWER, "", CLARIFY, f"도움말에 없어요. {NO_ANSWER}"])
def test_small_talk_that_no_passage_answers_is_answered_all_the_same(text: str):
    draft = read_draft(text, "감사합니다", RESULTS)
    assert (draft.kind, draft.text) == (DraftKind.SMALLTALK, words("ko")["thanks"])


# articles that differ in one attribute

CARD = passage("환불은 3일 걸려요.", "카드 결제 환불", id="card")
BANK = passage("환불은 2일 걸려요.", "계좌이체 결제 환불", id="bank")
TIED = replace(found(CARD, BANK, confidence=0.9), query="환불 며칠 걸려요?")


def test_what_two_articles_treat_differently_is_asked_back():
    draft = read_draft("환불은 3일 걸려요. [1]", "환불 며칠 걸려요?", [TIED])
    assert (draft.kind, draft.near, draft.near_ids) == (DraftKind.CLARIFY, ("카드", "계좌이체"), ("card", "bank"))
    assert draft.text == f"결제 환불: {words('ko')['which']}"
    assert (draft.confidence, draft.citations) == (0.9, ())


def test_it_is_asked_in_the_language_of_the_turn():
    draft = read_draft("환불은 3일 걸려요. [1]", "환불 며칠 걸려요?", [TIED], lang="en")
    assert draft.text.endswith(words("en")["which"])


@pytest.mark.parametrize(
    ("text", "results", "more"),
    [
        ("환불은 3일 걸려요. [1] 환불은 2일 걸려요. [2]", [TIED], {}),
        ("환불은 3일 걸려요. [1]", [TIED], {"asked": True}),
        ("환불은 3일 걸려요. [1]", [TIED], {"before": "카드로 결제했어요"}),
        ("환불은 3일 걸려요. [1]", [replace(TIED, confidence=ASK_FROM - 0.01)], {}),
        ("환불은 3일 걸려요. [1]", [replace(TIED, query="카드 환불 며칠 걸려요?")], {}),
        ("환불은 3일 걸려요. [1]", [TIED, TIED], {}),
    ],
)
def test_what_is_settled_is_not_asked_back(text: str, results: list[SearchResult], more: dict[str, Any]):
    draft = read_draft(text, "환불 며칠 걸려요?", results, **more)
    assert draft.kind is DraftKind.ANSWER
    assert draft.citations


def test_what_is_not_answered_is_not_asked_back():
    assert read_draft(NO_ANSWER, "환불 며칠 걸려요?", [TIED]).kind is DraftKind.NOT_FOUND
