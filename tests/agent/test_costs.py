"""What a turn used, from the endpoint's own count or an estimate, and its price."""

from __future__ import annotations

from typing import Any

import pytest
from batonpass.agent.costs import Prices, Usage, UsageMeter
from batonpass.agent.extractive import ExtractiveChatModel
from batonpass.agent.pipeline import build_agent
from batonpass.agent.turn import Assistant
from batonpass.escalation import Author, FileCustomerDirectory, Message, RuleGuard, SQLStore
from langchain_core.messages import AIMessage

from .support import FEE, ScriptedChatModel, StubKnowledge, found, passage

QUESTION = "국내 배송비는 얼마인가요?"
PRICES = Prices(input=2.0, output=8.0)


def told(text: str, read: int, wrote: int) -> AIMessage:
    usage: Any = {"input_tokens": read, "output_tokens": wrote, "total_tokens": read + wrote}
    return AIMessage(text, usage_metadata=usage)


async def turn(store: SQLStore, model: Any, prices: Prices = PRICES) -> tuple[Any, Message]:
    knowledge = StubKnowledge(found(passage(FEE)))
    agent = build_agent(model, knowledge, RuleGuard(), company="", guard_timeout=30)
    assistant = Assistant(store, agent, knowledge, FileCustomerDirectory(), prices=prices)
    conversation = store.create()
    assistant.receive(conversation.id, QUESTION)
    result = await assistant.answer(conversation.id)
    said = [m for m in store.items(conversation.id) if isinstance(m, Message) and m.author is Author.BOT]
    return result, said[-1]


def test_prices_are_for_a_million_tokens() -> None:
    assert PRICES.of(Usage(1, 500_000, 250_000)) == 3.0
    assert Usage(1, 2, 3) + Usage(1, 4, 5, estimated=True) == Usage(2, 6, 8, estimated=True)


@pytest.mark.anyio
async def test_a_turn_knows_what_the_endpoint_counted(store: SQLStore) -> None:
    result, said = await turn(store, ScriptedChatModel(steps=[told("3,000원이에요 [1].", 1000, 50)]))
    assert result.usage == Usage(1, 1000, 50)
    assert result.cost == pytest.approx(0.0024)
    assert said.meta["usage"]["input_tokens"] == 1000
    assert said.meta["usage"]["cost"] == pytest.approx(0.0024)


@pytest.mark.anyio
async def test_a_further_search_costs_its_call_too(store: SQLStore) -> None:
    searching = told("", 900, 20)
    call: Any = {"name": "search_knowledge", "args": {"query": "배송비"}, "id": "c1", "type": "tool_call"}
    searching.tool_calls = [call]
    result, _ = await turn(store, ScriptedChatModel(steps=[searching, told("3,000원이에요 [1].", 1400, 30)]))
    assert result.usage == Usage(2, 2300, 50)


@pytest.mark.anyio
async def test_an_endpoint_that_does_not_count_is_estimated(store: SQLStore) -> None:
    result, said = await turn(store, ScriptedChatModel(steps=[AIMessage("3,000원이에요 [1].")]))
    assert result.usage.estimated
    assert result.usage.input_tokens > 100  # the system prompt and the passage were read
    assert 0 < result.usage.output_tokens < 20
    assert said.meta["usage"]["estimated"]


@pytest.mark.anyio
async def test_the_embedded_model_costs_nothing(store: SQLStore) -> None:
    result, said = await turn(store, ExtractiveChatModel())
    assert (result.usage, result.cost) == (Usage(), 0.0)
    assert "usage" not in said.meta


@pytest.mark.anyio
async def test_a_failed_call_counts_for_nothing(store: SQLStore) -> None:
    result, _ = await turn(store, ScriptedChatModel(steps=[RuntimeError("down")]))
    assert result.usage == Usage()


def test_the_meter_forgets_the_prompts_of_ended_calls() -> None:
    meter = UsageMeter()
    ScriptedChatModel(steps=[told("ok", 3, 1)]).invoke("hello", config={"callbacks": [meter]})
    assert meter.usage == Usage(1, 3, 1)
    assert not meter._asked
