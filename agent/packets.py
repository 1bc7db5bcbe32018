"""The packet of a conversation: written at the hand-off, kept up with what the customer says while they wait."""

from __future__ import annotations

import logging

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
    bare_handoff,
    build_handoff,
    refresh_handoff,
)
from ..escalation.masking import Vault
from ..escalation.receipt import add_line, correct_line, newest_packet
from ..knowledge import KnowledgeBase

log = logging.getLogger(__name__)


class Packets:
    """Writes packets; a transfer never fails because one cannot be written.

    Args:
        store: Where conversations live.
        knowledge: For advice and for names of products.
        vault: Seals sensitive numbers of corrections.
    """

    def __init__(self, store: ConversationStore, knowledge: KnowledgeBase, vault: Vault | None = None) -> None:
        self._store, self._knowledge, self._vault = store, knowledge, vault

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
