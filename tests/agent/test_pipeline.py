from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

import pytest
from batonpass.agent.middleware import Outcome, TurnContext
from batonpass.agent.pipeline import build_agent
from batonpass.escalation import Author, Reason, RuleGuard

from .support import FEE, ScriptedChatModel, StubGuard, StubKnowledge, asked, run

Scripted = Callable[..., ScriptedChatModel]
MODES = pytest.mark.parametrize("mode", ["sync", "async"])
QUESTION = "국내 배송비는 얼마인가요?"


@MODES
@pytest.mark.parametrize(("lang", "named"), [("ko", "Korean"), ("en", "English")])
async def test_the_turns_language_company_and_day_are_in_the_prompt(
    scripted: Scripted, mode: str, lang: str, named: str
):
    model = scripted("3,000원이에요 [1]")
    agent = build_agent(model, StubKnowledge(), RuleGuard(), company="새담", guard_timeout=5)
    context = TurnContext(turn=asked(QUESTION, lang=lang))
    await run(agent, mode, {"messages": [("user", QUESTION)]}, context=context)
    prompt = model.prompts[0][0]
    assert prompt.type == "system"
    for part in ("새담", f"Reply in {named}", date.today().isoformat()):
        assert part in prompt.text


@MODES
async def test_the_guard_sees_the_stored_turn(scripted: Scripted, mode: str):
    guard = StubGuard(lambda turn, draft: RuleGuard().judge(turn, draft))
    agent = build_agent(scripted("3,000원이에요 [1]"), StubKnowledge(), guard, company="", guard_timeout=5)
    turn = asked(QUESTION, (Author.CUSTOMER, "안녕하세요"), (Author.BOT, "네!"))
    await run(agent, mode, {"messages": [("user", QUESTION)]}, context=TurnContext(turn=turn))
    assert guard.turns == [turn]


@MODES
async def test_the_guards_time_is_up(scripted: Scripted, mode: str):
    release = threading.Event()

    def hang(turn: object) -> None:
        release.wait()

    guard = StubGuard(lambda turn, draft: pytest.fail("not asked"), hang)
    agent = build_agent(scripted(), StubKnowledge(), guard, company="", guard_timeout=0.05)
    try:
        state = await run(
            agent, mode, {"messages": [("user", QUESTION)]}, context=TurnContext(turn=asked(QUESTION))
        )
    finally:
        release.set()
    assert Outcome.model_validate(state["outcome"]).verdict.reasons == (Reason.GUARD_ERROR,)


@MODES
async def test_when_the_model_fails_the_embedded_one_drafts(
    scripted: Scripted, mode: str, caplog: pytest.LogCaptureFixture
):
    agent = build_agent(
        scripted(ConnectionError("key sk-123 rejected")), StubKnowledge(), RuleGuard(), company="", guard_timeout=5
    )
    context = TurnContext(turn=asked(QUESTION))
    state = await run(agent, mode, {"messages": [("user", QUESTION)]}, context=context)
    assert state["messages"][-1].text == f"{FEE} [1]"
    assert "the model failed: ConnectionError" in caplog.text
    assert "sk-123" not in caplog.text
