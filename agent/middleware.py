"""EscalationMiddleware: a guard around the model of any ``create_agent`` agent.

    agent = create_agent(model, tools=[search_knowledge_tool(kb)], middleware=[EscalationMiddleware()])

A draft is judged before it enters the transcript; a rejected one is replaced, never shown. While a human holds
the conversation (``state["held_by_human"]``) the run ends before the model is called; the application sets it
back to False when the human is done.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NotRequired

from langchain.agents.middleware import AgentMiddleware, AgentState, hook_config
from langchain.agents.middleware.types import ExtendedModelResponse, ModelRequest, ModelResponse
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables.config import ensure_config, merge_configs, var_child_runnable_config
from langgraph.constants import TAG_NOSTREAM
from langgraph.runtime import Runtime
from langgraph.types import Command
from pydantic import BaseModel, ConfigDict

from ..escalation import Author, Decision, Draft, Evidence, Guard, Message, Reason, RuleGuard, Turn, Verdict
from ..knowledge import Citation, detect_language
from .choices import Chosen, clarified
from .drafts import read_draft
from .replies import compose_reply
from .tools import numbered, results_in

log = logging.getLogger(__name__)

META = "batonpass"
"""Key in a reply's ``response_metadata`` under which its decision and rule stand: no provider is sent those."""

MAX_GUARDS = 256
"""Guard calls at a time in one process; more are taken as a guard that hangs."""


class Outcome(BaseModel):
    """What a turn comes to: the verdict, and what is shown.

    Attributes:
        text: What the customer reads.
        choices: Texts offered as chips.
        choice_ids: The articles behind them, where they are those of a clarifying question.
        draft: What the assistant would have said; None where it was not asked.
        model: Which model drafted.
    """

    model_config = ConfigDict(frozen=True)

    verdict: Verdict
    text: str
    citations: tuple[Citation, ...] = ()
    choices: tuple[str, ...] = ()
    choice_ids: tuple[str, ...] = ()
    draft: Draft | None = None
    model: str = ""


class EscalationState(AgentState):
    """What the middleware adds to the agent's state."""

    outcome: NotRequired[dict[str, Any]]
    held_by_human: NotRequired[bool]


@dataclass
class TurnContext:
    """Run-time context of the product's own pipeline (``context=``); plugin users need none.

    Attributes:
        turn: The turn with the stored transcript; without it one is read from the agent's messages.
        query: What to search for first.
        again: What to search for where that leaves doubt.
        chosen: What the customer picked of a clarifying question's choices.
        progress: Told the stage: ``searching``, ``writing``.
    """

    turn: Turn | None = None
    query: str | None = None
    again: str | None = None
    chosen: Chosen | None = None
    progress: Callable[[str], None] = field(default=lambda stage: None)


class EscalationMiddleware(AgentMiddleware[EscalationState, Any, Any]):
    """Ends, judges and replaces; see the module's docstring.

    Args:
        guard: Who decides; default: the hard rules.
        timeout: Seconds before a silent guard means a hand-off.
        on_hand_off: Called with the outcome when a person is called (both sync and async agents). What it raises
            ends the run: nobody would have been told.
        country: ISO 3166, whose crisis lines are named.
    """

    state_schema = EscalationState

    def __init__(
        self,
        guard: Guard | None = None,
        *,
        timeout: float = 5.0,
        on_hand_off: Callable[[Outcome], None] | None = None,
        country: str = "KR",
    ) -> None:
        super().__init__()
        self.guard = guard or RuleGuard()
        self.timeout = timeout
        self.on_hand_off = on_hand_off
        self.country = country
        self._slots = threading.Semaphore(MAX_GUARDS)

    @hook_config(can_jump_to=["end"])
    def before_agent(self, state: EscalationState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        """End the run while a human holds the conversation, or at once where the turn calls for one."""
        if state.get("held_by_human"):
            return {"jump_to": "end"}
        turn = self._turn(state["messages"], runtime)
        verdict = self._ask(lambda: self.guard.screen(turn))
        return self._screened(turn, verdict)

    @hook_config(can_jump_to=["end"])
    async def abefore_agent(self, state: EscalationState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        """As ``before_agent``."""
        if state.get("held_by_human"):
            return {"jump_to": "end"}
        turn = self._turn(state["messages"], runtime)
        verdict = await self._ask_async(lambda: self.guard.screen(turn))
        return self._screened(turn, verdict)

    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> ModelResponse[Any] | ExtendedModelResponse[Any]:
        """Judge the draft; replace a rejected one."""
        request = request.override(messages=numbered(request.messages))
        with _unstreamed():
            response = handler(request)
        if (message := _draft_message(response)) is None:
            return response
        turn, draft = self._read(request, message)
        verdict = self._ask(lambda: self.guard.judge(turn, draft))
        return self._judged(response, message, turn, draft, verdict)

    async def awrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any] | ExtendedModelResponse[Any]:
        """As ``wrap_model_call``."""
        request = request.override(messages=numbered(request.messages))
        with _unstreamed():
            response = await handler(request)
        if (message := _draft_message(response)) is None:
            return response
        turn, draft = self._read(request, message)
        verdict = await self._ask_async(lambda: self.guard.judge(turn, draft))
        return self._judged(response, message, turn, draft, verdict)

    def _ask(self, question: Callable[[], Verdict | None]) -> Verdict | None:
        try:
            return _checked(self._start(question).result(self.timeout))
        except Exception as error:  # whatever ails the guard, the answer is a person
            return _guard_error(error)

    async def _ask_async(self, question: Callable[[], Verdict | None]) -> Verdict | None:
        try:
            async with asyncio.timeout(self.timeout):
                return _checked(await asyncio.wrap_future(self._start(question)))
        except Exception as error:
            return _guard_error(error)

    def _start(self, question: Callable[[], Verdict | None]) -> Future[Verdict | None]:
        # A thread of its own for each call: a guard that hangs keeps neither the next one from running nor the
        # process from ending, as the threads of a pool would.
        if not self._slots.acquire(blocking=False):
            raise RuntimeError(f"{MAX_GUARDS} guard calls hang")
        future: Future[Verdict | None] = Future()
        future.set_running_or_notify_cancel()

        def run() -> None:
            try:
                future.set_result(question())
            except BaseException as error:
                future.set_exception(error)
            finally:
                self._slots.release()

        try:
            threading.Thread(target=run, name="guard", daemon=True).start()
        except BaseException:
            self._slots.release()
            raise
        return future

    def _turn(self, messages: Sequence[BaseMessage], runtime: Runtime[Any] | None) -> Turn:
        context = getattr(runtime, "context", None)
        if isinstance(context, TurnContext) and context.turn is not None:
            return context.turn
        return turn_from(messages)

    def _screened(self, turn: Turn, verdict: Verdict | None) -> dict[str, Any] | None:
        if verdict is None or verdict.decision is not Decision.HAND_OFF:
            return None
        outcome = self._outcome(turn, None, verdict, "")
        update = self._update(outcome)
        said = AIMessage(outcome.text, response_metadata={META: _meta(verdict)})
        return update | {"messages": [said], "jump_to": "end"}

    def _read(self, request: ModelRequest[Any], message: AIMessage) -> tuple[Turn, Draft]:
        turn = self._turn(request.messages, request.runtime)
        draft = read_draft(
            str(message.text),
            turn.question,
            results_in(request.messages),
            lang=turn.lang,
            before="\n".join(m.text for m in turn.messages if m.author is Author.CUSTOMER),
            asked=clarified(turn),
        )
        return turn, draft

    def _judged(
        self,
        response: ModelResponse[Any],
        message: AIMessage,
        turn: Turn,
        draft: Draft,
        verdict: Verdict | None,
    ) -> ExtendedModelResponse[Any]:
        verdict = verdict or _guard_error(TypeError("the guard gave no verdict"))
        outcome = self._outcome(turn, draft, verdict, str(message.response_metadata.get("model_name", "")))
        passed = verdict.decision is Decision.ANSWER
        shown = _shown(message, outcome, passed)
        return ExtendedModelResponse(
            ModelResponse(
                [shown if m is message else m for m in response.result],
                response.structured_response if passed else None,
            ),
            Command(update=self._update(outcome)),
        )

    def _outcome(self, turn: Turn, draft: Draft | None, verdict: Verdict, model: str) -> Outcome:
        reply = compose_reply(verdict, draft, turn.lang, self.country)
        cited = draft.citations if draft and reply.cited else ()
        return Outcome(
            verdict=verdict,
            text=reply.text,
            citations=cited,
            choices=reply.choices,
            choice_ids=reply.choice_ids,
            draft=draft,
            model=model,
        )

    def _update(self, outcome: Outcome) -> dict[str, Any]:
        held = outcome.verdict.decision is Decision.HAND_OFF
        if held and self.on_hand_off:
            self.on_hand_off(outcome)
        # Plain data: a checkpointer stores it without knowing our classes.
        return {"outcome": outcome.model_dump(mode="json"), "held_by_human": held}


@contextmanager
def _unstreamed() -> Iterator[None]:
    """No tokens are streamed from in here, whatever model an inner middleware turns to: drafts may be rejected."""
    config = merge_configs(ensure_config(), {"tags": [TAG_NOSTREAM]})
    token = var_child_runnable_config.set(config)
    try:
        yield
    finally:
        var_child_runnable_config.reset(token)


def _shown(message: AIMessage, outcome: Outcome, passed: bool) -> AIMessage:
    """The message with what the customer reads; of a rejected one nothing but its counts is kept."""
    meta = dict(message.response_metadata) | {META: _meta(outcome.verdict)}
    if passed:
        return message.model_copy(update={"content": outcome.text, "response_metadata": meta})
    meta.pop("logprobs", None)
    return AIMessage(
        outcome.text,
        id=message.id,
        name=message.name,
        usage_metadata=message.usage_metadata,
        response_metadata=meta,
    )


def _meta(verdict: Verdict) -> dict[str, str]:
    return {"decision": str(verdict.decision), "rule": verdict.rule}


def _checked(verdict: Verdict | None) -> Verdict | None:
    if verdict is not None and not isinstance(verdict, Verdict):
        raise TypeError(f"the guard gave {type(verdict).__name__}, no verdict")
    return verdict


def _draft_message(response: ModelResponse[Any]) -> AIMessage | None:
    """The final message of a model call, or None where it calls tools instead."""
    for message in reversed(response.result):
        if isinstance(message, AIMessage):
            return None if message.tool_calls else message
    return None


def _guard_error(error: Exception) -> Verdict:
    log.error("the guard failed, handing off: %s: %s", type(error).__name__, error)
    evidence = Evidence(reason=Reason.GUARD_ERROR, text=type(error).__name__)
    return Verdict(
        decision=Decision.HAND_OFF, reasons=(Reason.GUARD_ERROR,), evidence=(evidence,), rule="guard_error"
    )


def turn_from(messages: Sequence[BaseMessage]) -> Turn:
    """A Turn read from LangChain messages, for agents that keep no store.

    Args:
        messages: The agent's messages; tool calls, what goes with them and tool results are passed over.
    """
    kept: list[Message] = []
    now = datetime.now(UTC)
    for message in messages:
        author = {"human": Author.CUSTOMER, "ai": Author.BOT}.get(message.type)
        text = str(message.text)
        if author is None or not text.strip() or getattr(message, "tool_calls", None):
            continue
        # What was decided then: without it a "yes, please" takes up no offer.
        meta = message.response_metadata.get(META) if author is Author.BOT else None
        seq = len(kept) + 1
        kept.append(
            Message(conversation_id="", seq=seq, author=author, text=text, meta=dict(meta or {}), created_at=now)
        )
    cut = len(kept)
    while cut and kept[cut - 1].author is Author.CUSTOMER:
        cut -= 1
    question = "\n".join(m.text for m in kept[cut:])
    lang = detect_language("\n".join(m.text for m in kept))
    return Turn(messages=tuple(kept), question=question, lang=detect_language(question, default=lang))
