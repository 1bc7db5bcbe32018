from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from batonpass.agent import worker as module
from batonpass.agent.pipeline import build_agent
from batonpass.agent.turn import Assistant
from batonpass.agent.worker import TurnWorker
from batonpass.escalation import (
    Author,
    Conversation,
    FileCustomerDirectory,
    Message,
    NotFound,
    RuleGuard,
    SQLStore,
)

from .support import ScriptedChatModel, StubKnowledge

QUESTION = "국내 배송비는 얼마인가요?"
REPLY = "3,000원이에요 [1]."
Scripted = Callable[..., ScriptedChatModel]
Answer = Callable[[str], Awaitable[None]]


class StubAssistant:
    """Answers as it is told and counts; ``store.unanswered`` is what it still owes."""

    def __init__(self, answer: Answer | None = None, owed: tuple[str, ...] = ()) -> None:
        self.calls: list[str] = []
        self.now: set[str] = set()
        self.overlaps = 0
        self.most = 0
        self._answer, self._owed = answer, list(owed)
        self.store = self

    def unanswered(self) -> list[str]:
        return self._owed

    async def answer(self, conversation_id: str, progress: Callable[[str], None]) -> None:
        self.overlaps += conversation_id in self.now
        self.now.add(conversation_id)
        self.most = max(self.most, len(self.now))
        self.calls.append(conversation_id)
        try:
            progress("searching")
            if self._answer:
                await self._answer(conversation_id)
        finally:
            self.now.discard(conversation_id)


def worker_of(assistant: Any, **options: Any) -> TurnWorker:
    settle = options.pop("settle", 0)
    return TurnWorker(assistant, settle=settle, **options)


async def idle(worker: TurnWorker) -> None:
    """Until nothing runs any more."""
    while worker._tasks:
        await asyncio.gather(*worker._tasks.values())


async def test_a_wake_is_a_turn():
    told: list[tuple[str, str | None]] = []
    assistant = StubAssistant()
    worker = worker_of(assistant, progress=lambda id, stage: told.append((id, stage)))
    worker.wake("a")
    await idle(worker)
    assert assistant.calls == ["a"]
    assert told == [("a", "searching"), ("a", None)]
    assert worker._woken == {}


async def test_a_burst_within_settle_is_one_turn():
    assistant = StubAssistant()
    worker = worker_of(assistant, settle=0.05)
    for _ in range(5):
        worker.wake("a")
        await asyncio.sleep(0)
    assert assistant.calls == []
    await idle(worker)
    assert assistant.calls == ["a"]


async def test_who_asks_for_a_person_does_not_wait():
    assistant = StubAssistant()
    worker = worker_of(assistant, settle=3600)
    worker.wake("a", at_once=True)
    await idle(worker)
    assert assistant.calls == ["a"]


async def test_asking_for_a_person_ends_the_wait_for_quiet():
    assistant = StubAssistant()
    worker = worker_of(assistant, settle=3600)
    worker.wake("a")
    await asyncio.sleep(0)
    worker.wake("a", at_once=True)
    await asyncio.wait_for(idle(worker), 30)
    assert assistant.calls == ["a"]


async def test_a_wake_during_the_turn_is_a_second_turn():
    started, go_on = asyncio.Event(), asyncio.Event()

    async def answer(conversation_id: str) -> None:
        started.set()
        await go_on.wait()

    assistant = StubAssistant(answer)
    worker = worker_of(assistant)
    worker.wake("a")
    await started.wait()
    worker.wake("a")
    worker.wake("a")
    go_on.set()
    await idle(worker)
    assert assistant.calls == ["a", "a"]
    assert assistant.overlaps == 0


async def test_a_wake_as_the_turn_ends_is_not_lost():
    assistant = StubAssistant()

    def again(conversation_id: str, stage: str | None) -> None:
        if stage is None and len(assistant.calls) == 1:
            worker.wake(conversation_id)

    worker = worker_of(assistant, progress=again)
    worker.wake("a")
    await idle(worker)
    assert assistant.calls == ["a", "a"]


@pytest.mark.parametrize("steps", range(1, 6))
async def test_a_wake_as_the_task_ends_is_not_lost(steps: int):
    """Whichever step of the event loop it falls on."""
    loop = asyncio.get_running_loop()

    def later(left: int) -> None:
        loop.call_soon(later, left - 1) if left else worker.wake("a")

    def over(conversation_id: str, stage: str | None) -> None:
        if stage is None and len(assistant.calls) == 1:
            loop.call_soon(later, steps - 1)

    assistant = StubAssistant()
    worker = worker_of(assistant, progress=over)
    worker.wake("a")
    for _ in range(20):
        await idle(worker)
        await asyncio.sleep(0)
    assert assistant.calls == ["a", "a"]
    assert worker._woken == {}


async def test_conversations_run_side_by_side_up_to_a_limit():
    both = asyncio.Barrier(2)

    async def answer(conversation_id: str) -> None:
        await both.wait()

    assistant = StubAssistant(answer)
    worker = worker_of(assistant, parallel=2)
    for name in "abcdef":
        worker.wake(name)
    await asyncio.wait_for(idle(worker), 30)
    assert sorted(assistant.calls) == list("abcdef")
    assert assistant.most == 2


async def test_what_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    monkeypatch.setattr(module, "RETRY", (0, 0))

    async def answer(conversation_id: str) -> None:
        if len(assistant.calls) < 5:
            raise OSError("disk full")

    assistant = StubAssistant(answer)
    worker = worker_of(assistant)
    worker.wake("a")
    await idle(worker)
    assert assistant.calls == ["a"] * 5
    assert "disk full" in caplog.text


async def test_while_one_is_tried_again_others_have_their_turn(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "RETRY", (3600,))

    async def answer(conversation_id: str) -> None:
        if conversation_id == "broken":
            raise OSError

    done = asyncio.Event()
    assistant = StubAssistant(answer)
    worker = worker_of(
        assistant, parallel=1, progress=lambda id, stage: done.set() if (id, stage) == ("b", None) else None
    )
    worker.wake("broken")
    worker.wake("b")
    await asyncio.wait_for(done.wait(), 30)
    await worker.stop()


async def test_a_conversation_that_is_gone_is_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "RETRY", (3600,))

    async def answer(conversation_id: str) -> None:
        raise NotFound("gone")

    assistant = StubAssistant(answer)
    worker = worker_of(assistant)
    worker.wake("a")
    await asyncio.wait_for(idle(worker), 30)
    assert assistant.calls == ["a"]


async def test_a_page_that_cannot_be_told_stops_nothing(caplog: pytest.LogCaptureFixture):
    def gone(conversation_id: str, stage: str | None) -> None:
        if stage is None:
            raise RuntimeError("socket closed")

    assistant = StubAssistant()
    worker = worker_of(assistant, progress=gone)
    for _ in range(2):
        worker.wake("a")
        await idle(worker)
    assert assistant.calls == ["a", "a"]
    assert "socket closed" in caplog.text


@pytest.mark.parametrize("settle", [0, 3600], ids=["drafting", "settling"])
async def test_stop_lets_go_of_what_runs_and_starts_nothing(settle: float):
    started = asyncio.Event()

    async def answer(conversation_id: str) -> None:
        started.set()
        await asyncio.Event().wait()

    worker = worker_of(StubAssistant(answer), settle=settle)
    worker.wake("a")
    if not settle:
        await started.wait()
    tasks = list(worker._tasks.values())
    await worker.stop()
    assert all(task.done() for task in tasks)
    worker.wake("a")
    worker.wake("b")
    assert worker._tasks == {}


async def test_recover_wakes_what_is_owed():
    assistant = StubAssistant(owed=("a", "b"))
    worker = worker_of(assistant)
    assert await worker.recover() == 2
    await idle(worker)
    assert sorted(assistant.calls) == ["a", "b"]


# over a real store


def assistant_over(store: SQLStore, model: ScriptedChatModel) -> Assistant:
    knowledge = StubKnowledge()
    agent = build_agent(model, knowledge, RuleGuard(), company="", guard_timeout=30)
    return Assistant(store, agent, knowledge, FileCustomerDirectory())


def said(store: SQLStore, conversation_id: str) -> list[str]:
    items = store.items(conversation_id)
    return [m.text for m in items if isinstance(m, Message) and m.author is Author.BOT]


async def test_what_was_received_before_a_crash_is_answered_exactly_once(database: str, scripted: Scripted):
    before = SQLStore(database)
    conversation = before.create()
    assistant_over(before, scripted()).receive(conversation.id, QUESTION)
    before.close()  # and the process is gone

    after = SQLStore(database)
    assistant = assistant_over(after, scripted(REPLY))
    first, second = worker_of(assistant), worker_of(assistant)
    assert await first.recover() == 1
    await idle(first)
    assert await second.recover() == 0
    await idle(second)
    assert said(after, conversation.id) == [REPLY]
    after.close()


async def test_a_turn_that_was_cut_off_is_answered_exactly_once(
    store: SQLStore, conversation: Conversation, scripted: Scripted
):
    drafting, loop = asyncio.Event(), asyncio.get_running_loop()

    class Hangs:
        async def ainvoke(self, *args: Any, **kwargs: Any) -> Any:
            loop.call_soon(drafting.set)
            await asyncio.Event().wait()

    cut_off = Assistant(store, Hangs(), StubKnowledge(), FileCustomerDirectory())
    cut_off.receive(conversation.id, QUESTION)
    dying = worker_of(cut_off)
    dying.wake(conversation.id)
    await drafting.wait()
    await dying.stop()
    assert said(store, conversation.id) == []

    worker = worker_of(assistant_over(store, scripted(REPLY)))
    assert await worker.recover() == 1
    await idle(worker)
    assert said(store, conversation.id) == [REPLY]


async def test_a_burst_of_messages_is_answered_once(
    store: SQLStore, conversation: Conversation, scripted: Scripted
):
    model = scripted(REPLY)
    assistant = assistant_over(store, model)
    worker = worker_of(assistant, settle=0.05)
    for text in ("저기요 질문이 있어요", "주문은 아직 안 했는데요", QUESTION):
        assistant.receive(conversation.id, text)
        worker.wake(conversation.id)
    await idle(worker)
    assert said(store, conversation.id) == [REPLY]
    assert store.get(conversation.id).answered == 3
    assert len(model.prompts) == 1
