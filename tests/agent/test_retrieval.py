from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from batonpass.agent.middleware import EscalationMiddleware, Outcome, TurnContext
from batonpass.agent.retrieval import RetrievalMiddleware
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
