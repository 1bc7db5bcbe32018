"""One customer turn, from receiving a message to posting what the guard let through."""

from __future__ import annotations

import asyncio
import logging
import re
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import ValidationError

from ..escalation import (
    Action,
    Author,
    Conversation,
    ConversationStore,
    Customer,
    CustomerDirectory,
    Decision,
    Event,
    EventKind,
    Evidence,
    InvalidTransition,
    Message,
    NewEvent,
    NewMessage,
    Reason,
    Result,
    Status,
    Turn,
    Verdict,
    VersionConflict,
)
from ..escalation.masking import Vault, mask
from ..escalation.smalltalk import small_talk
from ..escalation.store import Item
from ..knowledge import KnowledgeBase, detect_language
from .choices import chosen
from .costs import FREE, Prices, Usage, UsageMeter
from .history import query_in_context, retrieval_query, to_langchain
from .middleware import Outcome, TurnContext
from .packets import Packets
from .replies import compose_reply
from .wording import SummaryWriter

log = logging.getLogger(__name__)

MAX_MESSAGE = 4000
"""Longest customer message that is taken, in characters after trimming."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_INVISIBLE = ("Cc", "Cf", "Zs", "Zl", "Zp")


class MessageError(ValueError):
    """A customer's message cannot be taken; ``code`` is ``empty`` or ``too_long``."""

    def __init__(self, code: str) -> None:
        super().__init__({"empty": "the message is empty", "too_long": f"over {MAX_MESSAGE} characters"}[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What a turn came to: the outcome, and the conversation after it was posted.

    Attributes:
        usage: Of the endpoint's model, drafts that were dropped among it.
        cost: At the operator's prices, in their currency.
    """

    outcome: Outcome
    conversation: Conversation
    usage: Usage = field(default_factory=Usage)
    cost: float = 0.0


class Assistant:
    """Receives customers' messages and answers them; the CLI, the UI, the API and the evals all call this.

    Args:
        store: The truth.
        agent: The compiled pipeline of ``pipeline.build_agent``.
        knowledge: For the packet's suggested reply.
        directory: Who the customers are.
        prices: Of the model, for what a turn costs.
        vault: Where sensitive numbers are sealed; without it they are masked and gone.
        writer: Words the summaries of packets; None: they keep the embedded lines.
    """

    def __init__(
        self,
        store: ConversationStore,
        agent: Any,
        knowledge: KnowledgeBase,
        directory: CustomerDirectory,
        *,
        prices: Prices = FREE,
        vault: Vault | None = None,
        writer: SummaryWriter | None = None,
    ) -> None:
        self.store = store
        self.knowledge = knowledge
        self.directory = directory
        self.prices = prices
        self.packets = Packets(store, knowledge, vault, writer)
        self._vault = vault
        self._agent = agent

    def receive(
        self, conversation_id: str, text: str, *, client_id: str | None = None, intent: str | None = None
    ) -> Result:
        """Store a customer's message, once however often it is sent.

        Args:
            text: 1 to 4,000 characters after trimming.
            client_id: The sender's id of it.
            intent: ``human`` for the button "Talk to a person".

        Raises:
            MessageError: empty or too long.
            NotFound: no such conversation.
        """
        # Half an emoji, cut by a client, can be stored nowhere; nor can NUL in some databases.
        text = _SURROGATE.sub("\ufffd", text.replace("\x00", "")).strip()
        if all(unicodedata.category(char) in _INVISIBLE for char in text):
            raise MessageError("empty")
        if len(text) > MAX_MESSAGE:
            raise MessageError("too_long")
        head = self.store.get(conversation_id)
        lang = head.lang if small_talk(text) or len(text) < 4 else detect_language(text, default=head.lang)
        meta: dict[str, Any] = {"intent": intent} if intent else {}
        text, secrets = mask(text)
        if secrets and self._vault:
            meta["sealed"] = self._vault.seal(conversation_id, secrets)
        message = NewMessage(Author.CUSTOMER, text, client_id=client_id, meta=meta)
        result = self.store.apply(conversation_id, Action.RECEIVE, [message], lang=lang)
        self.packets.follow(result)
        return result

    async def answer(
        self, conversation_id: str, progress: Callable[[str | None], None] = lambda stage: None
    ) -> TurnResult | None:
        """Run the turn that is owed: draft, be judged, post.

        What was drafted is dropped when the conversation moved on meanwhile, and drafted anew, so that a burst
        of messages gets one answer. Whatever fails on the way, a person is called.

        Args:
            progress: Told the stage; None: nothing more is on its way to the customer.

        Returns:
            None where nothing is owed or a human holds the conversation.
        """
        progress = _guarded(progress)
        meter = UsageMeter()
        while True:
            head, turn = await asyncio.to_thread(self._look, conversation_id)
            if turn is None:
                return None
            try:
                outcome = await self._draft(turn, progress, meter)
            except Exception as error:
                log.exception("the turn of %s failed, handing off", conversation_id)
                outcome = _failed(turn, error)
            try:
                after = await asyncio.to_thread(self._post, head, turn, outcome, meter.usage)
            except VersionConflict:
                continue
            except InvalidTransition:
                return None
            if outcome.verdict.decision is Decision.HAND_OFF:
                # They wait for a person by now, and the packet is there: nobody waits for its wording.
                progress(None)
                await self.packets.reword(conversation_id, meter, self.prices)
            return TurnResult(outcome, after, meter.usage, self.prices.of(meter.usage))

    def _look(self, conversation_id: str) -> tuple[Conversation, Turn | None]:
        head = self.store.get(conversation_id)
        if head.status is not Status.BOT:
            return head, None
        # Items first would do too: a message in between makes the post fail on the version.
        items = [item for item in self.store.items(conversation_id) if item.seq <= head.version]
        messages = tuple(item for item in items if isinstance(item, Message))
        owed = [m for m in messages if m.author is Author.CUSTOMER and m.seq > head.answered]
        if not owed:
            return head, None
        past = tuple(verdict for item in items if (verdict := _verdict(item)))
        question = "\n".join(m.text for m in owed)
        customer = self._customer(head)
        return head, Turn(messages=messages, question=question, lang=head.lang, customer=customer, past=past)

    def _customer(self, head: Conversation) -> Customer | None:
        try:
            return self.directory.get(head.customer_id) if head.customer_id else None
        except Exception:  # the operator's system is down: they are answered as a guest
            log.exception("cannot look up the customer of %s", head.id)
            return None

    async def _draft(self, turn: Turn, progress: Callable[[str], None], meter: UsageMeter) -> Outcome:
        progress("searching")
        if picked := chosen(turn):
            context = TurnContext(turn=turn, query=picked.question, chosen=picked, progress=progress)
        else:
            query = retrieval_query(turn)
            context = TurnContext(turn=turn, query=query, again=query_in_context(turn), progress=progress)
        state = await self._agent.ainvoke(
            {"messages": to_langchain(turn)}, config={"callbacks": [meter]}, context=context
        )
        return Outcome.model_validate(state["outcome"])

    def _post(self, head: Conversation, turn: Turn, outcome: Outcome, usage: Usage) -> Conversation:
        verdict = outcome.verdict
        seq = max(m.seq for m in turn.messages if m.author is Author.CUSTOMER)
        meta: dict[str, Any] = {"decision": str(verdict.decision), "rule": verdict.rule}
        if outcome.choices:
            meta["choices"] = list(outcome.choices)
        if outcome.choice_ids:
            meta["choice_ids"] = list(outcome.choice_ids)
        if usage.calls:
            meta["usage"] = asdict(usage) | {"cost": self.prices.of(usage)}
        items: list[NewMessage | NewEvent] = [
            NewEvent(EventKind.VERDICT, verdict.model_dump(mode="json")),
            NewMessage(Author.BOT, outcome.text, citations=outcome.citations, meta=meta),
        ]
        action = Action.ANSWER
        if verdict.decision is Decision.HAND_OFF:
            action = Action.HAND_OFF
            packet = self.packets.build(head, turn, verdict)
            items.append(NewEvent(EventKind.HANDOFF, packet.model_dump(mode="json")))
        result = self.store.apply(head.id, action, items, expected_version=head.version, answered=seq)
        return result.conversation


def _verdict(item: Item) -> Verdict | None:
    if not isinstance(item, Event) or item.kind is not EventKind.VERDICT:
        return None
    try:
        return Verdict.model_validate(item.payload)
    except ValidationError:  # written by another version
        log.warning("passing over verdict %d of %s", item.seq, item.conversation_id)
        return None


def _guarded(progress: Callable[[str | None], None]) -> Callable[[str | None], None]:
    """Telling about progress fails for itself: nobody is handed off because a page was closed."""

    def tell(stage: str | None) -> None:
        try:
            progress(stage)
        except Exception:
            log.exception("cannot tell about progress")

    return tell


def _failed(turn: Turn, error: Exception) -> Outcome:
    evidence = Evidence(reason=Reason.TOOL_FAILURE, text=type(error).__name__)
    verdict = Verdict(
        decision=Decision.HAND_OFF, reasons=(Reason.TOOL_FAILURE,), evidence=(evidence,), rule="turn_failed"
    )
    return Outcome(verdict=verdict, text=compose_reply(verdict, None, turn.lang).text)
