"""EscalationMiddleware as a plugin: in agents that know nothing of the rest of Batonpass."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from batonpass.agent import middleware as module
from batonpass.agent.extractive import ExtractiveChatModel
from batonpass.agent.holding import TEXTS as HOLDING
from batonpass.agent.middleware import META, EscalationMiddleware, Outcome, turn_from
from batonpass.agent.replies import TEXTS
from batonpass.agent.tools import read, search_knowledge_tool
from batonpass.escalation import Decision, Draft, Reason, Turn, Verdict
from langchain.agents import create_agent
from langchain.agents.middleware import ModelFallbackMiddleware
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver

from .support import FEE, ScriptedChatModel, StubGuard, StubKnowledge, calls, found, passage, run, stream

KO = TEXTS["ko"]
MODES = pytest.mark.parametrize("mode", ["sync", "async"])
SAVERS = pytest.mark.parametrize("saver", [None, InMemorySaver], ids=["stateless", "checkpointer"])
QUESTION = "국내 배송비는 얼마인가요?"
DRAFT = "비밀초안입니다 절대로 보이면 안 됩니다 [1]"
THREAD: dict[str, Any] = {"configurable": {"thread_id": "1"}}

Scripted = Callable[..., ScriptedChatModel]


def plugin(model, *, saver=None, knowledge=None, inner=(), **options) -> Any:
    """Somebody's own agent with the middleware in it."""
    return create_agent(
        model,
        tools=[search_knowledge_tool(knowledge or StubKnowledge())],
        middleware=[EscalationMiddleware(**options), *inner],
        checkpointer=saver() if saver else None,
    )


def say(text: str) -> dict[str, Any]:
    return {"messages": [HumanMessage(text)]}


def outcome(state: dict[str, Any]) -> Outcome:
    return Outcome.model_validate(state["outcome"])


def everything(state: dict[str, Any]) -> str:
    """The transcript with all that hangs on its messages."""
    return repr(state["messages"])


def reject(decision: Decision = Decision.HAND_OFF, reason: Reason = Reason.POLICY) -> StubGuard:
    return StubGuard(lambda turn, draft: Verdict(decision=decision, reasons=(reason,), rule="no"))


@MODES
@SAVERS
async def test_an_answer_passes(scripted: Scripted, mode: str, saver):
    knowledge = StubKnowledge(found(passage(FEE)))
    model = scripted(calls("배송비"), "배송비는 3,000원이에요 [1]. 그 밖에는 몰라요 [7].")
    state = await run(plugin(model, saver=saver, knowledge=knowledge), mode, say(QUESTION), config=THREAD)
    assert state["messages"][-1].text == "배송비는 3,000원이에요 [1]. 그 밖에는 몰라요."
    assert outcome(state).verdict.decision is Decision.ANSWER
    assert [c.document_id for c in outcome(state).citations] == ["ko/delivery-fee"]
    assert outcome(state).model == "scripted"
    assert state["held_by_human"] is False
    assert knowledge.queries == ["배송비"]


@MODES
@SAVERS
async def test_the_embedded_model_drops_in(mode: str, saver):
    state = await run(plugin(ExtractiveChatModel(), saver=saver), mode, say(QUESTION), config=THREAD)
    assert state["messages"][-1].text == f"{FEE} [1]"


@MODES
@SAVERS
async def test_not_found_becomes_an_offer(scripted: Scripted, mode: str, saver):
    agent = plugin(
        scripted(calls("날씨"), "[[NO_ANSWER]]"), saver=saver, knowledge=StubKnowledge(found(confidence=0))
    )
    state = await run(agent, mode, say("오늘 날씨 어때요?"), config=THREAD)
    assert state["messages"][-1].text == KO["not_found"]
    assert outcome(state).verdict.decision is Decision.OFFER
    assert outcome(state).choices == (KO["choice_yes"], KO["choice_no"])
    assert state["held_by_human"] is False


@MODES
@SAVERS
async def test_a_request_ends_before_the_model_is_called(scripted: Scripted, mode: str, saver):
    state = await run(plugin(scripted(), saver=saver), mode, say("상담사 연결해 주세요"), config=THREAD)
    assert [m.text for m in state["messages"]] == ["상담사 연결해 주세요", HOLDING["ko"]["plain"]]
    assert outcome(state).verdict.reasons == (Reason.EXPLICIT_REQUEST,)
    assert outcome(state).draft is None
    assert state["held_by_human"] is True


@MODES
async def test_while_a_human_holds_it_nothing_is_said(scripted: Scripted, mode: str):
    told: list[Outcome] = []
    model = scripted(calls("배송비"), "3,000원이에요 [1]")
    agent = plugin(model, saver=InMemorySaver, on_hand_off=told.append)
    await run(agent, mode, say("상담사 연결해 주세요"), config=THREAD)
    for text in (QUESTION, "상담사 연결해 주세요", "안녕하세요"):
        state = await run(agent, mode, say(text), config=THREAD)
        assert state["messages"][-1].text == text
        assert state["held_by_human"] is True
    assert len(told) == 1
    assert model.prompts == []

    state = await run(agent, mode, {"messages": [HumanMessage(QUESTION)], "held_by_human": False}, config=THREAD)
    assert len(told) == 2, "what was asked for meanwhile has not been answered, so the guard sees it"

    agent.update_state(THREAD, {"held_by_human": False, "messages": [AIMessage("상담사가 답했습니다.")]})
    state = await run(agent, mode, say("반품은 어떻게 하나요?"), config=THREAD)
    assert state["messages"][-1].text == "3,000원이에요 [1]"
    assert state["held_by_human"] is False


@MODES
async def test_an_offer_is_taken_up(scripted: Scripted, mode: str):
    model = scripted(calls("날씨"), "[[NO_ANSWER]]")
    agent = plugin(model, saver=InMemorySaver, knowledge=StubKnowledge(found(confidence=0)))
    await run(agent, mode, say("오늘 날씨 어때요?"), config=THREAD)
    state = await run(agent, mode, say("네, 부탁드려요"), config=THREAD)
    assert outcome(state).verdict.rule == "took_up_offer"
    assert state["messages"][-1].text == HOLDING["ko"]["plain"]


@MODES
async def test_two_questions_in_a_row_without_an_answer_hand_off(scripted: Scripted, mode: str):
    model = scripted(calls("날씨"), "[[NO_ANSWER]]", calls("주가"), "[[NO_ANSWER]]")
    agent = plugin(model, saver=InMemorySaver, knowledge=StubKnowledge(found(confidence=0)))
    await run(agent, mode, say("오늘 날씨 어때요?"), config=THREAD)
    state = await run(agent, mode, say("내일 주가는 얼마예요?"), config=THREAD)
    assert Reason.FAILED_ATTEMPTS in outcome(state).verdict.reasons


def broken(turn: Turn, draft: Draft) -> Verdict:
    raise ZeroDivisionError("guard")


@MODES
@SAVERS
@pytest.mark.parametrize(
    ("judge", "evidence"),
    [
        (broken, "ZeroDivisionError"),
        (lambda turn, draft: None, "TypeError"),
        (lambda turn, draft: {"decision": "answer"}, "TypeError"),
    ],
    ids=["raises", "none", "no verdict"],
)
async def test_whatever_ails_the_guard_a_person_is_called(scripted: Scripted, mode: str, saver, judge, evidence):
    told: list[Outcome] = []
    agent = plugin(scripted(DRAFT), saver=saver, guard=StubGuard(judge), on_hand_off=told.append)
    state = await run(agent, mode, say(QUESTION), config=THREAD)
    verdict = outcome(state).verdict
    assert (verdict.decision, verdict.reasons) == (Decision.HAND_OFF, (Reason.GUARD_ERROR,))
    assert verdict.evidence[0].text == evidence
    assert "비밀초안" not in everything(state)
    assert state["messages"][-1].text == HOLDING["ko"]["trouble"]
    assert state["held_by_human"] is True
    assert told == [outcome(state)]


@MODES
@pytest.mark.parametrize("step", ["screen", "judge"])
async def test_a_guard_that_hangs_is_given_up(scripted: Scripted, mode: str, step: str):
    release = threading.Event()

    def hang(*_: object) -> Any:
        release.wait()

    guard = StubGuard(hang) if step == "judge" else StubGuard(broken, hang)
    model = scripted(DRAFT) if step == "judge" else scripted()
    try:
        state = await run(plugin(model, guard=guard, timeout=0.05), mode, say(QUESTION))
    finally:
        release.set()
    assert outcome(state).verdict.reasons == (Reason.GUARD_ERROR,)
    assert outcome(state).verdict.evidence[0].text == "TimeoutError"
    assert "비밀초안" not in everything(state)


async def test_a_guard_that_hung_keeps_no_other_turn_waiting(scripted: Scripted):
    release = threading.Event()
    hung = 0

    def judge(turn: Turn, draft: Draft) -> Verdict:
        nonlocal hung
        if turn.question == QUESTION:
            hung += 1
            release.wait()
        return Verdict(decision=Decision.ANSWER)

    middleware = EscalationMiddleware(StubGuard(judge), timeout=0.05)
    agent: Any = create_agent(scripted(*[DRAFT] * 12, "안녕하세요!"), middleware=[middleware])
    try:
        states = await asyncio.gather(*(agent.ainvoke(say(QUESTION)) for _ in range(12)))
        assert {outcome(state).verdict.rule for state in states} == {"guard_error"}
        assert hung == 12
        middleware.timeout = 30
        assert (await agent.ainvoke(say("안녕하세요")))["messages"][-1].text == "안녕하세요!"
    finally:
        release.set()


@MODES
async def test_more_hanging_guards_than_threads_are_no_more_threads(
    scripted: Scripted, mode: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "MAX_GUARDS", 0)
    state = await run(plugin(scripted()), mode, say(QUESTION))
    assert outcome(state).verdict.rule == "guard_error"


def test_a_hanging_guard_does_not_keep_the_process_alive():
    code = """
import threading
from langchain.agents import create_agent
from batonpass import EscalationMiddleware, ExtractiveChatModel
class Hang:
    def screen(self, turn): return None
    def judge(self, turn, draft): threading.Event().wait()
agent = create_agent(ExtractiveChatModel(), middleware=[EscalationMiddleware(Hang(), timeout=0.05)])
print(agent.invoke({"messages": [("user", "hello")]})["outcome"]["verdict"]["rule"])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "guard_error", done.stderr


@MODES
@pytest.mark.parametrize("decision", [Decision.HAND_OFF, Decision.OFFER, Decision.CLARIFY])
async def test_a_rejected_draft_never_enters_the_transcript(scripted: Scripted, mode: str, decision: Decision):
    draft = AIMessage(
        DRAFT,
        id="run-1",
        additional_kwargs={"reasoning_content": "비밀초안"},
        response_metadata={"logprobs": ["비밀초안"], "model_name": "m", "finish_reason": "stop"},
        usage_metadata={"input_tokens": 1, "output_tokens": 2, "total_tokens": 3},
    )
    agent = plugin(scripted(draft), saver=InMemorySaver, guard=reject(decision))
    state = await run(agent, mode, say(QUESTION), config=THREAD)
    assert "비밀초안" not in everything(state)
    assert "비밀초안" not in repr([s.values["messages"] for s in agent.get_state_history(THREAD) if s.values])
    shown = state["messages"][-1]
    assert (shown.id, shown.usage_metadata["total_tokens"]) == ("run-1", 3)
    assert shown.response_metadata["model_name"] == "m"
    assert shown.response_metadata[META] == {"decision": str(decision), "rule": "no"}


@MODES
async def test_what_passes_keeps_what_hangs_on_it(scripted: Scripted, mode: str):
    draft = AIMessage("안녕하세요!", additional_kwargs={"reasoning_content": "인사"})
    state = await run(plugin(scripted(draft)), mode, say("안녕하세요"))
    assert state["messages"][-1].additional_kwargs == {"reasoning_content": "인사"}


@MODES
@SAVERS
async def test_rejected_tokens_are_never_streamed(scripted: Scripted, mode: str, saver):
    agent = plugin(scripted(DRAFT), saver=saver, guard=reject())
    said = await stream(agent, mode, say(QUESTION), config=THREAD)
    assert HOLDING["ko"]["plain"] in said
    assert "비밀초안" not in said


@MODES
async def test_nor_are_those_of_a_model_that_steps_in(scripted: Scripted, mode: str):
    inner = [ModelFallbackMiddleware(scripted(DRAFT))]
    agent = plugin(scripted(ConnectionError("down")), guard=reject(), inner=inner)
    said = await stream(agent, mode, say(QUESTION))
    assert HOLDING["ko"]["plain"] in said
    assert "비밀초안" not in said


@MODES
async def test_approved_text_is_streamed_once(scripted: Scripted, mode: str):
    said = await stream(plugin(scripted("안녕하세요 반갑습니다!")), mode, say("안녕하세요"))
    assert said.count("반갑습니다") == 1


@MODES
async def test_without_the_middleware_tokens_are_streamed(scripted: Scripted, mode: str):
    """The control of the tests above: the models do stream, and what they see would be seen."""
    agent = create_agent(scripted(DRAFT), tools=[search_knowledge_tool(StubKnowledge())])
    assert "비밀초안" in await stream(agent, mode, say(QUESTION))


@MODES
async def test_tool_calls_pass_untouched_and_unjudged(scripted: Scripted, mode: str):
    call = calls("배송비", text="찾아볼게요.")
    guard = StubGuard(lambda turn, draft: Verdict(decision=Decision.ANSWER))
    state = await run(plugin(scripted(call, "3,000원이에요 [1]"), guard=guard), mode, say(QUESTION))
    assert state["messages"][1].tool_calls == call.tool_calls
    assert state["messages"][1].text == "찾아볼게요."
    assert isinstance(state["messages"][2], ToolMessage)
    assert [draft.text for draft in guard.drafts] == ["3,000원이에요 [1]"]


@MODES
async def test_words_beside_a_tool_call_are_no_reply(scripted: Scripted, mode: str):
    """Else the question would count as answered, and the guard judge an empty one."""
    guard = StubGuard(lambda turn, draft: Verdict(decision=Decision.ANSWER))
    model = scripted(calls("배송비", text="찾아볼게요."), "3,000원이에요 [1]")
    await run(plugin(model, guard=guard), mode, say(QUESTION))
    assert [turn.question for turn in guard.turns] == [QUESTION]


@MODES
@pytest.mark.parametrize("at_once", [True, False], ids=["side by side", "one after the other"])
async def test_every_search_of_a_turn_has_its_own_numbers(scripted: Scripted, mode: str, at_once: bool):
    first = found(passage("첫째 글.", id="one"), passage("둘째 글.", id="two"))
    second = found(passage("셋째 글.", id="three"))
    by_query = {"a": first, "b": second}
    searches = [calls("a", "b")] if at_once else [calls("a"), calls("b")]
    model = scripted(*searches, "셋째 [3], 첫째 [1]")
    state = await run(plugin(model, knowledge=StubKnowledge(by_query.__getitem__)), mode, say(QUESTION))
    told = [read(m.content) for m in model.prompts[-1] if isinstance(m, ToolMessage)]
    assert [[p["n"] for p in t["passages"]] for t in told if t] == [[1, 2], [3]]
    assert [c.document_id for c in outcome(state).citations] == ["three", "one"]


@MODES
async def test_on_hand_off_is_called_once(scripted: Scripted, mode: str):
    told: list[Outcome] = []
    agent = plugin(scripted(calls("a"), DRAFT), guard=reject(), on_hand_off=told.append)
    state = await run(agent, mode, say(QUESTION))
    assert told == [outcome(state)]
    assert told[0].draft is not None
    assert told[0].draft.text.startswith("비밀초안")


@MODES
async def test_on_hand_off_is_not_called_for_an_answer(scripted: Scripted, mode: str):
    agent = plugin(scripted("안녕하세요!"), on_hand_off=lambda told: pytest.fail("nobody was called"))
    await run(agent, mode, say("안녕하세요"))


@MODES
async def test_when_nobody_could_be_told_the_caller_learns_it(scripted: Scripted, mode: str):
    def fails(told: Outcome) -> None:
        raise ConnectionError("ticket system")

    agent = plugin(scripted(DRAFT), saver=InMemorySaver, guard=reject(), on_hand_off=fails)
    with pytest.raises(ConnectionError):
        await run(agent, mode, say(QUESTION), config=THREAD)
    assert not agent.get_state(THREAD).values.get("held_by_human")


@MODES
async def test_a_run_that_was_interrupted_still_knows_its_sources(mode: str):
    """A checkpointer gives the tool's artifact back as plain data."""
    agent: Any = create_agent(
        ExtractiveChatModel(),
        tools=[search_knowledge_tool(StubKnowledge(found(passage(FEE, updated=date(2026, 1, 2)))))],
        middleware=[EscalationMiddleware()],
        checkpointer=InMemorySaver(),
        interrupt_after=["tools"],
    )
    await run(agent, mode, say(QUESTION), config=THREAD)
    state = await run(agent, mode, None, config=THREAD)
    assert state["messages"][-1].text == f"{FEE} [1]"
    assert [c.quote for c in outcome(state).citations] == [FEE]


@MODES
async def test_an_error_of_the_model_is_the_callers(scripted: Scripted, mode: str):
    with pytest.raises(ConnectionError):
        await run(plugin(scripted(ConnectionError("down"))), mode, say(QUESTION))


@MODES
async def test_replies_are_in_the_customers_language(scripted: Scripted, mode: str):
    state = await run(
        plugin(scripted(), saver=InMemorySaver), mode, say("I want to speak with a human here"), config=THREAD
    )
    assert state["messages"][-1].text == HOLDING["en"]["plain"]


def test_turn_from_reads_what_was_said():
    turn = turn_from(
        [
            SystemMessage("x"),
            HumanMessage("배송비는?"),
            calls("배송비", text="찾아볼게요."),
            ToolMessage("{}", tool_call_id="call_0"),
            AIMessage("3,000원이에요.", response_metadata={META: {"decision": "offer", "rule": "r"}}),
            HumanMessage("네"),
            HumanMessage(
                [{"type": "text", "text": "반품은요?"}, {"type": "image_url", "image_url": {"url": "x"}}]
            ),
            HumanMessage("  "),
        ]
    )
    assert [(m.seq, str(m.author), m.text) for m in turn.messages] == [
        (1, "customer", "배송비는?"),
        (2, "bot", "3,000원이에요."),
        (3, "customer", "네"),
        (4, "customer", "반품은요?"),
    ]
    assert turn.messages[1].meta == {"decision": "offer", "rule": "r"}
    assert (turn.question, turn.lang) == ("네\n반품은요?", "ko")


def test_a_number_is_in_the_language_of_what_came_before():
    assert turn_from([HumanMessage("배송비는?"), AIMessage("주문 번호는요?"), HumanMessage("1234")]).lang == "ko"
    assert turn_from([]).question == ""
