from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from batonpass.agent.holding import TEXTS as HOLDING
from batonpass.agent.middleware import Outcome
from batonpass.agent.pipeline import build_agent
from batonpass.agent.replies import TEXTS
from batonpass.agent.turn import MAX_MESSAGE, Assistant, MessageError, TurnResult
from batonpass.escalation import (
    Action,
    Author,
    Conversation,
    Customer,
    Decision,
    Desk,
    Event,
    EventKind,
    FileCustomerDirectory,
    Handoff,
    HumanAgent,
    Message,
    NewEvent,
    NewMessage,
    NotFound,
    NotYours,
    Reason,
    RuleGuard,
    SQLStore,
    Status,
    StoreError,
    Verdict,
)
from batonpass.escalation.schema import messages as message_table
from batonpass.knowledge import Audience
from langchain_core.messages import AIMessage, BaseMessage
from sqlalchemy import select

from .support import FEE, ScriptedChatModel, StubGuard, StubKnowledge, calls, found, passage

Scripted = Callable[..., ScriptedChatModel]
KO = TEXTS["ko"]
QUESTION = "국내 배송비는 얼마인가요?"
OTHER = "그리고 반품은 며칠 안에 하나요?"
REPLY = "3,000원이에요 [1]."
MINJI = HumanAgent(id="minji", name="민지")


class OneCustomer:
    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def get(self, customer_id: str) -> Customer | None:
        if self.error:
            raise self.error
        return Customer(id=customer_id, name="김서연", tier="vip")


class Shop:
    """An assistant over one store, with what its tests look at."""

    def __init__(self, store: SQLStore, model, knowledge=None, guard=None, directory=None) -> None:
        self.store = store
        self.knowledge = knowledge or StubKnowledge()
        self.directory = directory or FileCustomerDirectory()
        agent = build_agent(model, self.knowledge, guard or RuleGuard(), company="", guard_timeout=30)
        self.assistant = Assistant(store, agent, self.knowledge, self.directory)
        self.desk = Desk(store, self.directory)

    def messages(self, conversation_id: str) -> list[Message]:
        return [item for item in self.store.items(conversation_id) if isinstance(item, Message)]

    def said(self, conversation_id: str, author: Author = Author.BOT) -> list[str]:
        return [m.text for m in self.messages(conversation_id) if m.author is author]

    def events(self, conversation_id: str, kind: EventKind) -> list[Event]:
        return [i for i in self.store.items(conversation_id) if isinstance(i, Event) and i.kind is kind]

    async def ask(self, conversation_id: str, text: str, **kwargs: Any) -> TurnResult | None:
        self.assistant.receive(conversation_id, text, **kwargs)
        return await self.assistant.answer(conversation_id)


@pytest.fixture
def make(store: SQLStore, scripted: Scripted) -> Callable[..., Shop]:
    def make(*steps: Any, **parts: Any) -> Shop:
        return Shop(store, scripted(*steps), **parts)

    return make


# receive


@pytest.mark.parametrize("text", ["", "   ", "\n\t\r\n", "\x00", "\x00 \x00", "\u200b\u200d\ufeff", "\u3000"])
def test_what_says_nothing_is_refused(make, conversation: Conversation, text: str):
    with pytest.raises(MessageError) as caught:
        make().assistant.receive(conversation.id, text)
    assert caught.value.code == "empty"
    assert make().messages(conversation.id) == []


def test_a_message_may_have_4000_characters_and_no_more(make, conversation: Conversation):
    shop = make()
    shop.assistant.receive(conversation.id, f"  {'가' * MAX_MESSAGE}\n")
    with pytest.raises(MessageError) as caught:
        shop.assistant.receive(conversation.id, "가" * 4001)
    assert caught.value.code == "too_long"
    assert shop.said(conversation.id, Author.CUSTOMER) == ["가" * 4000]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("  안녕\n하세요  ", "안녕\n하세요"),
        ("배송\x00비", "배송비"),
        ("👩‍👩‍👧‍👦🇰🇷❤️", "👩‍👩‍👧‍👦🇰🇷❤️"),
        ("😀", "😀"),
        ("كم تكلفة الشحن؟ \u202eabc", "كم تكلفة الشحن؟ \u202eabc"),
        ("half an emoji: \ud83d", "half an emoji: \ufffd"),
        ("<b>굵게</b> & 'x'; DROP TABLE messages", "<b>굵게</b> & 'x'; DROP TABLE messages"),
        ("ㅠㅠ", "ㅠㅠ"),
        ("e\u0301", "e\u0301"),
    ],
)
def test_messages_are_stored_as_they_were_typed(make, conversation: Conversation, sent: str, stored: str):
    shop = make()
    result = shop.assistant.receive(conversation.id, sent)
    assert [item.text for item in result.items if isinstance(item, Message)] == [stored]
    assert shop.said(conversation.id, Author.CUSTOMER) == [stored]


async def test_a_message_sent_twice_is_one_message(make, conversation: Conversation):
    shop = make(REPLY)
    first = shop.assistant.receive(conversation.id, QUESTION, client_id="m1")
    again = shop.assistant.receive(conversation.id, QUESTION, client_id="m1")
    assert (first.repeated, again.repeated) == (False, True)
    assert [i.seq for i in again.items] == [i.seq for i in first.items]
    await shop.assistant.answer(conversation.id)
    shop.assistant.receive(conversation.id, QUESTION, client_id="m1")
    assert await shop.assistant.answer(conversation.id) is None
    assert shop.said(conversation.id, Author.CUSTOMER) == [QUESTION]
    assert len(shop.said(conversation.id)) == 1


def test_the_conversation_takes_up_the_messages_language(make, conversation: Conversation):
    shop = make()
    langs = []
    for text in (QUESTION, "ok", "How much is shipping?", "thanks!", "네", "반품은 어떻게 하나요?"):
        langs.append(shop.assistant.receive(conversation.id, text).conversation.lang)
    assert langs == ["ko", "ko", "en", "en", "en", "ko"]


def test_there_must_be_a_conversation(make):
    with pytest.raises(NotFound):
        make().assistant.receive("none", "hello")


def test_the_button_is_remembered(make, conversation: Conversation):
    shop = make()
    shop.assistant.receive(conversation.id, "도와주세요", intent="human")
    assert shop.messages(conversation.id)[0].meta == {"intent": "human"}


# answer


async def test_an_answer_is_posted_once_with_its_sources(make, conversation: Conversation):
    shop = make(REPLY)
    stages: list[str] = []
    shop.assistant.receive(conversation.id, QUESTION)
    result = await shop.assistant.answer(conversation.id, stages.append)
    assert isinstance(result, TurnResult)
    assert result.outcome.verdict.decision is Decision.ANSWER
    assert stages == ["searching", "writing"]

    question, verdict, reply = shop.store.items(conversation.id)
    assert isinstance(reply, Message)
    assert isinstance(verdict, Event)
    assert (reply.author, reply.text) == (Author.BOT, REPLY)
    assert (reply.meta["decision"], reply.meta["rule"]) == ("answer", "answer")
    assert [(c.n, c.document_id, c.quote) for c in reply.citations] == [(1, "ko/delivery-fee", FEE)]
    assert Verdict.model_validate(verdict.payload).question_seq == question.seq
    assert result.conversation == shop.store.get(conversation.id)
    assert result.conversation.answered == question.seq
    assert await shop.assistant.answer(conversation.id) is None


async def test_nothing_is_owed_to_an_empty_conversation(make, conversation: Conversation):
    assert await make().assistant.answer(conversation.id) is None


async def test_choices_are_stored(make, conversation: Conversation):
    shop = make("[[NO_ANSWER]]", knowledge=StubKnowledge(found(confidence=0)))
    await shop.ask(conversation.id, "오늘 날씨 어때요?")
    reply = shop.messages(conversation.id)[-1]
    assert reply.meta["choices"] == [KO["choice_yes"], KO["choice_no"]]
    assert reply.meta["decision"] == "offer"


async def test_many_messages_get_one_answer(make, conversation: Conversation):
    shop = make(REPLY)
    shop.assistant.receive(conversation.id, QUESTION)
    await shop.ask(conversation.id, OTHER)
    assert shop.said(conversation.id) == [REPLY]
    assert shop.knowledge.queries == [f"{QUESTION}\n{OTHER}"]


async def test_what_comes_while_it_drafts_gets_the_same_one_answer(make, conversation: Conversation):
    def interrupted(prompt: list[BaseMessage]) -> str:
        shop.assistant.receive(conversation.id, OTHER)
        return "버려질 초안 [1]"

    shop = make(interrupted, "3,000원이고 7일 안에 돼요 [1].")
    await shop.ask(conversation.id, QUESTION)
    assert shop.said(conversation.id) == ["3,000원이고 7일 안에 돼요 [1]."]
    assert len(shop.events(conversation.id, EventKind.VERDICT)) == 1
    assert shop.knowledge.queries == [QUESTION, f"{QUESTION}\n{OTHER}"]
    assert shop.store.get(conversation.id).answered == 2


async def test_two_at_once_post_one_answer(make, conversation: Conversation):
    shop = make(lambda prompt: REPLY, lambda prompt: REPLY)
    meet = asyncio.Barrier(2)
    run = shop.assistant._agent.ainvoke

    class Both:
        async def ainvoke(self, *args: Any, **kwargs: Any) -> Any:
            await meet.wait()
            return await run(*args, **kwargs)

    shop.assistant._agent = Both()
    shop.assistant.receive(conversation.id, QUESTION)
    results = await asyncio.gather(*(shop.assistant.answer(conversation.id) for _ in range(2)))
    assert sorted(r is None for r in results) == [False, True]
    assert shop.said(conversation.id) == [REPLY]


async def test_once_a_human_has_it_the_draft_is_dropped(make, conversation: Conversation):
    def claimed(prompt: list[BaseMessage]) -> str:
        shop.desk.claim(conversation.id, MINJI)
        return REPLY

    shop = make(claimed)
    assert await shop.ask(conversation.id, QUESTION) is None
    assert shop.said(conversation.id) == []
    assert shop.events(conversation.id, EventKind.VERDICT) == []
    assert shop.store.get(conversation.id).status is Status.HUMAN


async def test_a_closed_conversation_gets_no_answer_any_more(make, conversation: Conversation):
    def closed(prompt: list[BaseMessage]) -> str:
        shop.store.apply(conversation.id, Action.CLOSE)
        return REPLY

    shop = make(closed)
    assert await shop.ask(conversation.id, QUESTION) is None
    assert shop.said(conversation.id) == []


@pytest.mark.parametrize("claimed", [False, True], ids=["waiting", "human"])
async def test_nothing_is_said_while_a_person_is_called_or_there(make, conversation: Conversation, claimed: bool):
    shop = make()
    await shop.ask(conversation.id, "상담사 연결해 주세요")
    if claimed:
        shop.desk.claim(conversation.id, MINJI)
    before = shop.said(conversation.id)
    assert await shop.ask(conversation.id, QUESTION) is None
    assert shop.said(conversation.id) == before
    assert shop.said(conversation.id, Author.CUSTOMER)[-1] == QUESTION


async def test_the_guard_sees_customer_history_and_earlier_verdicts(make, store: SQLStore):
    guard = StubGuard(lambda turn, draft: RuleGuard().judge(turn, draft))
    shop = make(REPLY, "7일이에요 [1].", guard=guard, directory=OneCustomer())
    conversation = store.create(customer_id="C-1")
    await shop.ask(conversation.id, QUESTION)
    await shop.ask(conversation.id, OTHER)
    first, second = guard.turns
    assert (first.past, len(second.past)) == ((), 1)
    assert second.past[0].decision is Decision.ANSWER
    assert [m.text for m in second.messages] == [QUESTION, REPLY, OTHER]
    assert second.customer is not None
    assert second.customer.tier == "vip"


# hand_off


async def test_a_hand_off_is_one_transaction(make, store: SQLStore):
    seen: list[tuple[int, Status]] = []
    store.bus.subscribe(lambda id, seq: seen.append((seq, store.get(id).status)))
    shop = make(directory=OneCustomer())
    conversation = store.create(customer_id="C-1")
    result = await shop.ask(conversation.id, "상담사 연결해 주세요. 주문번호 SD-20261112-0312 배송이 안 와요")
    assert result is not None
    assert seen == [(1, Status.BOT), (5, Status.WAITING)], "nobody sees half of it"

    _, verdict, holding, handoff, status = shop.store.items(conversation.id)
    assert isinstance(verdict, Event)
    assert isinstance(holding, Message)
    assert isinstance(handoff, Event)
    assert isinstance(status, Event)
    assert Verdict.model_validate(verdict.payload) == result.outcome.verdict
    assert (holding.author, holding.text) == (Author.BOT, HOLDING["ko"]["plain"])
    packet = Handoff.model_validate(handoff.payload)
    assert packet.customer is not None
    assert packet.customer.name == "김서연"
    assert packet.question is not None
    assert packet.question.seq == 1
    assert "SD-20261112-0312" in [fact.value for fact in packet.facts]
    assert packet.suggested_reply == FEE
    assert (status.payload["from"], status.payload["to"]) == ("bot", "waiting")
    assert result.conversation.waiting_since is not None
    assert result.conversation.answered == 1


async def test_a_hand_off_that_cannot_be_stored_leaves_nothing(make, conversation: Conversation, monkeypatch):
    shop = make()
    put = shop.store._put

    def breaks(connection: Any, head: Any, seq: int, item: Any) -> Any:
        if isinstance(item, NewEvent) and item.kind is EventKind.HANDOFF:
            raise StoreError("disk full")
        return put(connection, head, seq, item)

    monkeypatch.setattr(shop.store, "_put", breaks)
    with pytest.raises(StoreError):
        await shop.ask(conversation.id, "상담사 연결해 주세요")
    assert [item.seq for item in shop.store.items(conversation.id)] == [1]
    assert shop.store.get(conversation.id).status is Status.BOT
    monkeypatch.undo()
    assert shop.store.unanswered() == [conversation.id]
    assert await shop.assistant.answer(conversation.id) is not None


@pytest.mark.parametrize("when", ["first", "second", "packet"])
async def test_a_failing_search_hands_off(make, conversation: Conversation, when: str, caplog):
    """The packet's own search fails too: it must not take the transfer along."""
    good = [] if when == "first" else [found(passage(FEE))]
    knowledge = StubKnowledge(*good, OSError("index is gone"))
    if when == "packet":
        guard = StubGuard(lambda turn, draft: Verdict(decision=Decision.HAND_OFF, reasons=(Reason.TOOL_FAILURE,)))
        shop = make(REPLY, knowledge=knowledge, guard=guard)
    else:
        shop = make(*[calls("다른 말")] * (when == "second"), knowledge=knowledge)
    with caplog.at_level(logging.ERROR):
        result = await shop.ask(conversation.id, QUESTION)
    assert result is not None
    assert result.outcome.verdict.reasons == (Reason.TOOL_FAILURE,)
    assert result.conversation.status is Status.WAITING
    assert shop.said(conversation.id) == [result.outcome.text]
    packet = Handoff.model_validate(shop.events(conversation.id, EventKind.HANDOFF)[0].payload)
    assert packet.question is not None
    assert packet.question.text == QUESTION
    assert packet.suggested_reply is None
    assert "index is gone" in caplog.text


async def test_whatever_breaks_a_person_is_called(make, conversation: Conversation):
    class Broken:
        async def ainvoke(self, *args: Any, **kwargs: Any) -> Any:
            raise KeyError("outcome")

    shop = make()
    shop.assistant._agent = Broken()
    result = await shop.ask(conversation.id, QUESTION)
    assert result is not None
    assert result.outcome.verdict.reasons == (Reason.TOOL_FAILURE,)
    assert shop.said(conversation.id) == [HOLDING["ko"]["trouble"]]
    assert result.conversation.status is Status.WAITING


async def test_a_broken_guard_calls_a_person(make, conversation: Conversation):
    def broken(turn: Any, draft: Any) -> Verdict:
        raise ZeroDivisionError

    shop = make(REPLY, guard=StubGuard(broken))
    result = await shop.ask(conversation.id, QUESTION)
    assert result is not None
    assert result.outcome.verdict.reasons == (Reason.GUARD_ERROR,)
    assert shop.said(conversation.id) == [HOLDING["ko"]["trouble"]]
    assert result.conversation.status is Status.WAITING


class SearchesForEver(ScriptedChatModel):
    def _play(self, messages: list[BaseMessage]) -> AIMessage:
        return calls("다시")


async def test_a_model_that_searches_for_ever_hands_off(store: SQLStore, conversation: Conversation):
    shop = Shop(store, SearchesForEver())
    result = await shop.ask(conversation.id, QUESTION)
    assert result is not None
    assert result.outcome.verdict.evidence[0].text == "GraphRecursionError"
    assert store.get(conversation.id).status is Status.WAITING
    assert 2 <= len(shop.knowledge.queries) <= 8


async def test_the_packet_may_cite_agents_articles(make, conversation: Conversation):
    internal = passage("보상은 5,000포인트까지.", "[상담원용] 보상", id="ko/agent", audience=Audience.AGENT)
    shop = make(knowledge=StubKnowledge(found(internal)))
    await shop.ask(conversation.id, "상담사 연결해 주세요. 컵이 깨진 채로 왔는데 보상은 얼마예요?")
    packet = Handoff.model_validate(shop.events(conversation.id, EventKind.HANDOFF)[0].payload)
    assert packet.suggested_source is not None
    assert packet.suggested_reply is None
    assert shop.knowledge.audiences == [Audience.AGENT]


# what fails beside the turn


async def test_a_directory_that_is_down_keeps_nobody_waiting(make, store: SQLStore, caplog):
    shop = make(REPLY, directory=OneCustomer(ConnectionError("crm")))
    conversation = store.create(customer_id="C-1")
    assert await shop.ask(conversation.id, QUESTION) is not None
    assert shop.said(conversation.id) == [REPLY]
    assert "cannot look up the customer" in caplog.text


async def test_verdicts_of_another_version_are_passed_over(make, conversation: Conversation, caplog):
    shop = make(REPLY)
    old = [NewEvent(EventKind.VERDICT, {"decision": "shrug"}), NewMessage(Author.BOT, "네.")]
    shop.store.apply(conversation.id, Action.ANSWER, old)
    assert await shop.ask(conversation.id, QUESTION) is not None
    assert shop.said(conversation.id) == ["네.", REPLY]
    assert "passing over verdict" in caplog.text


async def test_a_page_that_is_gone_calls_no_person(make, conversation: Conversation, caplog):
    def gone(stage: str) -> None:
        raise RuntimeError("socket closed")

    shop = make(REPLY)
    shop.assistant.receive(conversation.id, QUESTION)
    result = await shop.assistant.answer(conversation.id, gone)
    assert result is not None
    assert result.outcome.verdict.decision is Decision.ANSWER


# after a human


async def test_handed_back_what_nobody_answered_is_answered(make, conversation: Conversation):
    shop = make(REPLY)
    await shop.ask(conversation.id, "상담사 연결해 주세요")
    shop.desk.claim(conversation.id, MINJI)
    shop.desk.reply(conversation.id, MINJI, "네, 확인해 드릴게요.")
    shop.assistant.receive(conversation.id, QUESTION)
    shop.desk.hand_back(conversation.id, MINJI, "배송비만 남음")
    assert shop.store.unanswered() == [conversation.id]
    assert await shop.assistant.answer(conversation.id) is not None
    assert shop.said(conversation.id) == [HOLDING["ko"]["plain"], REPLY]
    assert shop.knowledge.queries[-1] == QUESTION


async def test_what_a_human_answered_is_never_answered_again(make, conversation: Conversation):
    shop = make()
    await shop.ask(conversation.id, "상담사 연결해 주세요")
    shop.desk.claim(conversation.id, MINJI)
    shop.assistant.receive(conversation.id, QUESTION)
    shop.desk.reply(conversation.id, MINJI, "3,000원입니다.")
    shop.desk.hand_back(conversation.id, MINJI)
    assert shop.store.unanswered() == []
    assert await shop.assistant.answer(conversation.id) is None
    assert shop.said(conversation.id) == [HOLDING["ko"]["plain"]]


async def test_what_a_human_claimed_unanswered_stays_theirs(make, conversation: Conversation):
    shop = make()
    shop.assistant.receive(conversation.id, QUESTION)
    shop.desk.claim(conversation.id, MINJI)
    assert await shop.assistant.answer(conversation.id) is None
    with pytest.raises(NotYours):
        shop.desk.claim(conversation.id, HumanAgent(id="jun", name="준"))


async def test_a_message_after_the_end_is_answered(make, conversation: Conversation):
    shop = make(REPLY)
    shop.desk.claim(conversation.id, MINJI)
    shop.desk.close(conversation.id, MINJI)
    assert await shop.ask(conversation.id, QUESTION) is not None
    assert shop.said(conversation.id) == [REPLY]


def test_the_store_holds_each_message_once(make, conversation: Conversation):
    shop = make(REPLY)
    asyncio.run(shop.ask(conversation.id, QUESTION))
    with shop.store.engine.connect() as connection:
        rows = connection.execute(select(message_table.c.seq)).scalars().all()
    assert len(rows) == len(set(rows)) == 2


def test_an_outcome_is_plain_data():
    outcome = Outcome(verdict=Verdict(decision=Decision.ANSWER), text="네")
    assert Outcome.model_validate(outcome.model_dump(mode="json")) == outcome
