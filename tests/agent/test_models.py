"""BATONPASS_MODEL: ChatOpenAI against an endpoint on loopback, and what happens when it fails."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from batonpass.agent.extractive import ExtractiveChatModel
from batonpass.agent.middleware import Outcome, TurnContext
from batonpass.agent.models import chat_model
from batonpass.agent.pipeline import build_agent
from batonpass.agent.settings import Settings
from batonpass.escalation import Decision, RuleGuard

from .conftest import TRAP
from .support import FEE, FakeEndpoint, StubKnowledge, asked, found, passage, run

KEY = "sk-of-this-test-only"
QUESTION = "국내 배송비는 얼마인가요?"
MODES = pytest.mark.parametrize("mode", ["sync", "async"])


def settings(endpoint: FakeEndpoint, **changed: Any) -> Settings:
    values: dict[str, Any] = {"model": "gpt-x", "openai_api_key": KEY, "openai_base_url": endpoint.url}
    return Settings(data=Path("unused"), **(values | changed))


async def turn(chosen: Settings, mode: str = "async", knowledge: StubKnowledge | None = None) -> Outcome:
    agent = build_agent(
        chat_model(chosen), knowledge or StubKnowledge(), RuleGuard(), company="새담", guard_timeout=5
    )
    context = TurnContext(turn=asked(QUESTION))
    state = await run(agent, mode, {"messages": [("user", QUESTION)]}, context=context)
    return Outcome.model_validate(state["outcome"])


def test_without_a_model_the_embedded_one():
    assert isinstance(chat_model(Settings(model="", openai_api_key="")), ExtractiveChatModel)  # type: ignore[arg-type]


@MODES
async def test_an_answer_with_citations(endpoint: FakeEndpoint, mode: str):
    endpoint.steps = ["배송비는 3,000원이고 50,000원부터 무료예요 [1]."]
    outcome = await turn(settings(endpoint), mode)
    assert outcome.text == "배송비는 3,000원이고 50,000원부터 무료예요 [1]."
    assert outcome.verdict.decision is Decision.ANSWER
    assert [c.quote for c in outcome.citations] == [FEE]
    assert outcome.model == "fake-1"
    assert endpoint.keys == [KEY]


async def test_what_the_endpoint_is_told(endpoint: FakeEndpoint):
    endpoint.steps = ["3,000원이에요 [1]."]
    await turn(settings(endpoint))
    body = endpoint.bodies[0]
    assert (body["model"], body["temperature"]) == ("gpt-x", 0)
    assert [m["role"] for m in body["messages"]] == ["system", "user", "assistant", "tool"]
    assert "새담" in body["messages"][0]["content"]
    assert FEE in body["messages"][3]["content"]
    assert [t["function"]["name"] for t in body["tools"]] == ["search_knowledge"]


@MODES
async def test_it_may_search_again(endpoint: FakeEndpoint, mode: str):
    endpoint.steps = [["배송 요금"], "제주는 6,000원이에요 [2]."]
    knowledge = StubKnowledge(found(passage(FEE)), found(passage("제주는 6,000원입니다.", id="ko/remote")))
    outcome = await turn(settings(endpoint), mode, knowledge)
    assert knowledge.queries[1:] == ["배송 요금"]
    assert '"n": 2' in endpoint.bodies[1]["messages"][-1]["content"]
    assert [c.document_id for c in outcome.citations] == ["ko/remote"]


async def test_it_says_that_it_does_not_know(endpoint: FakeEndpoint):
    endpoint.steps = ["[[NO_ANSWER]]"]
    outcome = await turn(settings(endpoint))
    assert (outcome.verdict.decision, outcome.verdict.rule) == (Decision.CLARIFY, "unclear")
    assert outcome.choices == ("국내 배송비 안내",)
    outcome = await turn(settings(endpoint), knowledge=StubKnowledge(found(confidence=0)))
    assert (outcome.verdict.decision, outcome.verdict.rule) == (Decision.OFFER, "nothing_found")


async def test_an_invented_source_is_no_source(endpoint: FakeEndpoint):
    endpoint.steps = ["배송은 언제나 공짜예요 [42]."]
    outcome = await turn(settings(endpoint))
    assert outcome.verdict.rule == "ungrounded"
    assert "공짜" not in outcome.text


async def test_a_model_that_searches_for_ever_is_stopped(endpoint: FakeEndpoint):
    endpoint.steps = [["다시"]]
    with pytest.raises(Exception, match="Recursion limit"):
        await turn(settings(endpoint))
    assert 2 <= len(endpoint.bodies) <= 8


@MODES
@pytest.mark.parametrize(
    ("steps", "tries"),
    [
        ([500], 2),
        ([401], 1),
        ([429], 2),
        ([FakeEndpoint.GARBAGE], None),
        ([FakeEndpoint.HANG], 2),
        ([["배송 요금"], 500], 3),
    ],
    ids=["500", "401", "429", "garbage", "hang", "fails on the second call"],
)
async def test_when_the_endpoint_fails_the_embedded_model_answers(
    endpoint: FakeEndpoint, mode: str, steps: list[Any], tries: int | None, caplog: pytest.LogCaptureFixture
):
    endpoint.steps = steps
    outcome = await turn(settings(endpoint, model_timeout=0.3), mode)
    assert outcome.verdict.decision is Decision.ANSWER
    assert outcome.text.startswith(FEE)
    assert outcome.model == "batonpass-extractive"
    assert tries in (None, len(endpoint.bodies))
    assert "the model failed" in caplog.text, "the operator is told"


@MODES
async def test_nobody_listens(endpoint: FakeEndpoint, mode: str):
    chosen = settings(endpoint)
    endpoint.__exit__()
    outcome = await turn(chosen, mode)
    assert outcome.text == f"{FEE} [1]"


@pytest.mark.parametrize("step", ["3,000원이에요 [1].", 401, 500])
async def test_no_secret_is_logged_or_shown(endpoint: FakeEndpoint, caplog: pytest.LogCaptureFixture, step: Any):
    endpoint.steps = [step]
    chosen = settings(endpoint)
    with caplog.at_level(logging.DEBUG):
        outcome = await turn(chosen)
    assert endpoint.keys[0] == KEY, "the key was used"
    shown = f"{chat_model(chosen)!r} {chosen!r} {outcome!r} {caplog.text}"
    assert KEY not in shown


@MODES
async def test_no_key_is_no_reason_to_read_the_environments(endpoint: FakeEndpoint, mode: str):
    endpoint.steps = ["3,000원이에요 [1]."]
    outcome = await turn(settings(endpoint, openai_api_key=""), mode)
    assert outcome.model == "fake-1"
    assert endpoint.keys == ["none"]
    assert TRAP not in endpoint.keys
