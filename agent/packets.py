"""The packet of a conversation: written at the hand-off, kept up with what the customer says while they wait."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import asdict

from ..escalation import (
    Action,
    Conversation,
    ConversationError,
    ConversationStore,
    EventKind,
    Handoff,
    Message,
    NewEvent,
    Result,
    Status,
    Turn,
    Verdict,
    VersionConflict,
    bare_handoff,
    build_handoff,
    refresh_handoff,
)
from ..escalation.masking import Vault
from ..escalation.receipt import add_line, correct_line, newest_packet
from ..knowledge import KnowledgeBase
from .costs import FREE, Prices, UsageMeter
from .wording import SummaryWriter

log = logging.getLogger(__name__)

_TRIES = 3
"""Tries to record a worded packet while messages come in."""


class Packets:
    """Writes packets; a transfer never fails because one cannot be written.

    Args:
        store: Where conversations live.
        knowledge: For advice and for names of products.
        vault: Seals sensitive numbers of corrections.
        writer: Words summaries; None: they keep the embedded lines.
    """

    def __init__(
        self,
        store: ConversationStore,
        knowledge: KnowledgeBase,
        vault: Vault | None = None,
        writer: SummaryWriter | None = None,
    ) -> None:
        self._store, self._knowledge, self._vault, self._writer = store, knowledge, vault, writer

    def build(self, head: Conversation, turn: Turn, verdict: Verdict) -> Handoff:
        """The packet of a turn that hands off: with advice, else without, else the bare reasons."""
        try:
            return build_handoff(
                turn.messages, verdict, lang=turn.lang, customer=turn.customer, knowledge=self._knowledge
            )
        except Exception:  # a search that fails may be why a person is called: the transfer must not need it
            log.exception("no suggested reply for %s", head.id)
        try:
            return build_handoff(turn.messages, verdict, lang=turn.lang, customer=turn.customer)
        except Exception:
            log.exception("no packet for %s", head.id)
            return bare_handoff(verdict, lang=turn.lang, customer=turn.customer)

    async def reword(self, conversation_id: str, meter: UsageMeter, prices: Prices = FREE) -> None:
        """Have the writer word the summary of the newest packet, and put it on record as a newer one.

        Called when the hand-off is stored. What goes wrong is logged: the embedded lines stay. So they do where
        the packet has moved on meanwhile, as the wording would be of what was known before.

        Args:
            meter: Adds up what the call uses.
            prices: For the cost that is kept with the wording.
        """
        if self._writer is None:
            return
        own = UsageMeter()
        try:
            event = await asyncio.to_thread(self._store.last_event, conversation_id, EventKind.HANDOFF)
            if event is None:
                return
            packet = Handoff.model_validate(event.payload)
            made = await self._writer.write(packet, own)
            if made is not None:
                usage = asdict(own.usage) | {"cost": prices.of(own.usage)}
                made = made.model_copy(update={"wording": made.wording | {"usage": usage}})
                await asyncio.to_thread(self._replace, conversation_id, event.seq, made)
        except Exception:
            log.exception("cannot word the summary of %s", conversation_id)
        finally:
            meter.usage += own.usage

    def _replace(self, conversation_id: str, seq: int, packet: Handoff) -> None:
        """Record a packet unless another one than ``seq`` is the newest by now."""
        for _ in range(_TRIES):
            head = self._store.get(conversation_id)
            newest = self._store.last_event(conversation_id, EventKind.HANDOFF)
            if head.status not in (Status.WAITING, Status.HUMAN) or newest is None or newest.seq != seq:
                return
            event = NewEvent(EventKind.HANDOFF, packet.model_dump(mode="json"))
            try:
                self._store.apply(conversation_id, Action.RECORD, [event], expected_version=head.version)
                return
            except VersionConflict:
                continue

    def follow(self, result: Result) -> None:
        """Take what a customer wrote while a person was called, or spoke with them, into the packet.

        A newer packet is put on record where anything in it is new; what goes wrong is logged, as the message is
        stored already.
        """
        head = result.conversation
        if result.repeated or head.status not in (Status.WAITING, Status.HUMAN):
            return
        try:
            self._follow(head)
        except ConversationError:
            log.info("%s moved on: the next message brings its packet up to date", head.id)
        except Exception:
            log.exception("cannot bring the packet of %s up to date", head.id)

    def _follow(self, head: Conversation) -> None:
        packet = newest_packet(self._store, head.id)
        if packet is None:
            return
        messages = [item for item in self._store.items(head.id) if isinstance(item, Message)]
        waiting = head.status is Status.WAITING
        fresh = refresh_handoff(packet, messages, waiting=waiting, knowledge=self._knowledge)
        if fresh is not None:
            event = NewEvent(EventKind.HANDOFF, fresh.model_dump(mode="json"))
            self._store.apply(head.id, Action.RECORD, [event])

    def correct(self, conversation_id: str, line: str, text: str, *, client_id: str | None = None) -> Result:
        """The customer corrects a line of the receipt (see ``escalation.receipt``)."""
        result = correct_line(self._store, conversation_id, line, text, vault=self._vault, client_id=client_id)
        self.follow(result)
        return result

    def add(self, conversation_id: str, text: str, *, client_id: str | None = None) -> Result:
        """The customer adds a line to the receipt (see ``escalation.receipt``)."""
        result = add_line(self._store, conversation_id, text, vault=self._vault, client_id=client_id)
        self.follow(result)
        return result
