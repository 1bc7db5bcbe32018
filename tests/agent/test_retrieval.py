from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from batonpass.agent.choices import Chosen
from batonpass.agent.middleware import EscalationMiddleware, Outcome, TurnContext
from batonpass.agent.retrieval import BARELY, PICKED, SURE, RetrievalMiddleware
from batonpass.agent.tools import TOOL_NAME, read
from batonpass.knowledge import Audience
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from .support import FEE, ScriptedChatModel, StubKnowledge, asked, calls, found, passage, run

Scripted = Callable[..., ScriptedChatModel]
MODES = pytest.mark.parametrize("mode", ["sync", "async"])


def agent(model, knowledge, **options) -> Any:
    middleware: list[Any] = [EscalationMiddleware(), RetrievalMiddleware(knowledge, **options)]
    return create_agent(model, middleware=middleware, context_schema=TurnContext)


def say(text: str) -> dict[str, Any]:
    return {"messages": [HumanMessage(text)]}


@MODES
async def test_passages_are_in_front_of_the_model(scripted: Scripted, mode: str):
    model, knowledge = scripted("3,000원이에요 [1]"), StubKnowledge(found(passage(FEE)))
    state = await run(agent(model, knowledge), mode, say("배송비는?"))
    question, call, answer = model.prompts[0]
    assert question.text == "배송비는?"
    assert isinstance(call, AIMessage)
    assert isinstance(answer, ToolMessage)
    assert [c["args"] for c in call.tool_calls] == [{"query": "배송비는?"}]
    assert answer.tool_call_id == call.tool_calls[0]["id"]
    told = read(answer.content)
    assert told is not None
    assert told["passages"][0]["text"] == FEE
    assert state["messages"][-1].text == "3,000원이에요 [1]"


@MODES
async def test_a_second_searchs_passages_are_numbered_on(scripted: Scripted, mode: str):
    first = found(passage("가", id="a"), passage("나", id="b"))
    model = scripted(calls("다른 말"), "다 [3]")
    knowledge = StubKnowledge(first, found(passage("다", id="c")))
    state = await run(agent(model, knowledge), mode, say("배송비는?"))
    told = [read(m.content) for m in model.prompts[-1] if isinstance(m, ToolMessage)]
    assert [[p["n"] for p in t["passages"]] for t in told if t] == [[1, 2], [3]]
    assert [c.document_id for c in Outcome.model_validate(state["outcome"]).citations] == ["c"]
    assert knowledge.queries == ["배송비는?", "다른 말"]
    assert model.bound == [TOOL_NAME]


@MODES
async def test_the_contexts_query_is_searched_for(scripted: Scripted, mode: str):
    knowledge, stages = StubKnowledge(), []
    turn = asked("그럼 제주도는요?")
    context = TurnContext(turn=turn, query="배송비는?\n그럼 제주도는요?", progress=stages.append)
    await run(agent(scripted("네 [1]"), knowledge), mode, say("그럼 제주도는요?"), context=context)
    assert knowledge.queries == ["배송비는?\n그럼 제주도는요?"]
    assert stages == ["writing"]


@MODES
async def test_audience_and_limit(scripted: Scripted, mode: str):
    knowledge = StubKnowledge()
    await run(agent(scripted(calls("x"), "네 [1]"), knowledge, audience=Audience.AGENT), mode, say("배송비는?"))
    assert knowledge.audiences == [Audience.AGENT] * 2


@MODES
async def test_nothing_is_searched_for_when_a_person_is_called(scripted: Scripted, mode: str):
    knowledge = StubKnowledge()
    await run(agent(scripted(), knowledge), mode, say("상담사 연결해 주세요"))
    assert knowledge.queries == []


@MODES
async def test_without_a_question_nothing_is_searched_for(scripted: Scripted, mode: str):
    knowledge, model = StubKnowledge(), scripted("네?")
    await run(agent(model, knowledge), mode, {"messages": [AIMessage("안녕하세요")]})
    assert knowledge.queries == []


@MODES
@pytest.mark.parametrize("when", ["first", "second"])
async def test_a_failing_search_ends_the_run(scripted: Scripted, mode: str, when: str):
    """Through Assistant that is a hand-off (test_turn)."""
    results = [found(passage(FEE))] * (when == "second") + [OSError("index is gone")]
    model = scripted(calls("x")) if when == "second" else scripted()
    with pytest.raises(OSError, match="index is gone"):
        await run(agent(model, StubKnowledge(*results)), mode, say("배송비는?"))


# the second search, with what was asked before


def doubt(first: float, second: float, *, related: bool = True) -> StubKnowledge:
    """Two searches; where ``related``, the question alone also led to what it finds in context."""
    alone = found(passage("가", id="alone"), confidence=first)
    ranking = ("alone", "other", "context") if related else ("alone", "other")
    return StubKnowledge(replace(alone, ranking=ranking), found(passage("나", id="context"), confidence=second))


ALONE, CONTEXT = "돈 내야 하나요?", "반품하고 싶어요\n돈 내야 하나요?"


async def searched(model: Any, knowledge: StubKnowledge, mode: str, again: str | None = CONTEXT) -> list[Any]:
    """The query, and the article that the model saw first."""
    context = TurnContext(turn=asked(ALONE), query=ALONE, again=again)
    await run(agent(model, knowledge), mode, say(ALONE), context=context)
    call, answer = model.prompts[0][-2:]
    told = answer.artifact
    assert told is not None
    return [call.tool_calls[0]["args"]["query"], told.ranking[0]]


@MODES
@pytest.mark.parametrize(
    ("first", "second", "seen", "searches"),
    [
        (0.5, 0.8, [CONTEXT, "context"], 2),
        (BARELY, 0.3, [CONTEXT, "context"], 2),
        (0.5, 0.4, [ALONE, "alone"], 2),
        (0.5, 0.5, [ALONE, "alone"], 2),
        (SURE, 0.9, [ALONE, "alone"], 1),
        (BARELY - 0.01, 0.9, [ALONE, "alone"], 1),
    ],
)
async def test_doubt_is_searched_again_in_context(
    scripted: Scripted, mode: str, first: float, second: float, seen: list[str], searches: int
):
    knowledge = doubt(first, second)
    assert await searched(scripted("네 [1]"), knowledge, mode) == seen
    assert knowledge.queries == [ALONE, CONTEXT][:searches]


@MODES
async def test_what_only_the_question_before_leads_to_is_no_context(scripted: Scripted, mode: str):
    """ "Do you have a shop on Mars?" after a question on scratches is not answered with scratches."""
    knowledge = doubt(0.5, 0.9, related=False)
    assert await searched(scripted("네 [1]"), knowledge, mode) == [ALONE, "alone"]
    assert knowledge.queries == [ALONE, CONTEXT]


@MODES
async def test_without_context_there_is_no_second_search(scripted: Scripted, mode: str):
    knowledge = doubt(0.5, 0.9)
    assert await searched(scripted("네 [1]"), knowledge, mode, again=None) == [ALONE, "alone"]
    assert knowledge.queries == [ALONE]


@MODES
async def test_both_searches_are_for_the_same_audience(scripted: Scripted, mode: str):
    knowledge = doubt(0.5, 0.9)
    context = TurnContext(turn=asked(ALONE), query=ALONE, again=CONTEXT)
    middleware = agent(scripted("네 [1]"), knowledge, audience=Audience.AGENT)
    await run(middleware, mode, say(ALONE), context=context)
    assert knowledge.audiences == [Audience.AGENT] * 2


@MODES
async def test_a_second_search_that_fails_ends_the_run(scripted: Scripted, mode: str):
    knowledge = StubKnowledge(found(passage(FEE), confidence=0.5), OSError("index is gone"))
    with pytest.raises(OSError, match="index is gone"):
        await searched(scripted(), knowledge, mode)


# what the customer picked of a clarifying question's choices


async def picked(
    model: Any, knowledge: StubKnowledge, mode: str, *articles: str, labels: tuple[str, ...] = ()
) -> Any:
    """The query that the model saw, and its search result."""
    chosen = Chosen(ALONE, articles, labels)
    context = TurnContext(turn=asked("카드요"), query=ALONE, chosen=chosen)
    await run(agent(model, knowledge), mode, say("카드요"), context=context)
    call, answer = model.prompts[0][-2:]
    return call.tool_calls[0]["args"]["query"], answer.artifact


@MODES
async def test_only_the_picked_article_is_answered_from(scripted: Scripted, mode: str):
    knowledge = StubKnowledge(found(passage("가", id="a"), passage("나", id="b"), confidence=0.5))
    query, result = await picked(scripted("네 [1]"), knowledge, mode, "b")
    assert query == ALONE
    assert (result.ranking, result.confidence) == (("b",), PICKED)
    assert [each.document.id for each in result.passages] == ["b"]


@MODES
async def test_confidence_that_was_higher_stays(scripted: Scripted, mode: str):
    knowledge = StubKnowledge(found(passage("가", id="a"), confidence=0.99))
    _, result = await picked(scripted("네 [1]"), knowledge, mode, "a")
    assert result.confidence == 0.99


@MODES
async def test_an_article_that_the_question_misses_is_looked_for_by_its_label(scripted: Scripted, mode: str):
    knowledge = StubKnowledge(found(passage("가", id="a")), found(passage("나", id="b"), confidence=0.3))
    _, result = await picked(scripted("네 [1]"), knowledge, mode, "b", labels=("카드",))
    assert result.ranking == ("b",)
    assert knowledge.queries == [ALONE, f"{ALONE}\n카드"]


@MODES
async def test_a_picked_article_that_is_gone_makes_nobody_sure(scripted: Scripted, mode: str):
    knowledge = StubKnowledge(found(passage("가", id="a"), confidence=0.3))
    _, result = await picked(scripted("네 [1]"), knowledge, mode, "gone")
    assert (result.ranking, result.confidence) == (("a",), 0.3)


@MODES
async def test_none_of_them_finds_nothing(scripted: Scripted, mode: str):
    knowledge = StubKnowledge()
    _, result = await picked(scripted("[[NO_ANSWER]]"), knowledge, mode)
    assert (result.passages, result.confidence, knowledge.queries) == ((), 0.0, [])
