"""What human agents do with conversations. Every action is one compare-and-set step of the store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from .accounts import HumanAgent, Role
from .audit import Unmasked, unmask
from .conversation import Action, Author, Conversation, EventKind, Message, Status
from .customers import Customer, CustomerDirectory
from .masking import Vault
from .store import ConversationStore, NewEvent, NewMessage, Result

ASSISTANT_ROWS = 100
"""How many of the assistant's own conversations the queue shows."""

NORMAL = 1
"""The priority of what nobody ranked, between low (0) and urgent (3)."""


class Disposition(StrEnum):
    """How a conversation ended."""

    SOLVED = "solved"
    NO_ANSWER = "no_answer"
    SPAM = "spam"
    OTHER = "other"


class QueueRow(BaseModel):
    """A conversation as the queue lists it.

    Attributes:
        preview: The newest customer message, shortened.
        reasons: Why a person was called (reason codes); empty where none was.
        priority: As the packet's: 0 low, 1 normal, 2 high, 3 urgent.
        queue: Where it waits, where a rule of the operator's says so.
        skill: What its agent should know, likewise.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    status: Status
    customer: Customer | None
    assignee: str | None
    assignee_name: str | None
    lang: str
    waiting_since: datetime | None
    updated_at: datetime
    version: int
    preview: str
    reasons: tuple[str, ...]
    frustration: int
    priority: int = NORMAL
    queue: str | None = None
    skill: str | None = None


class Desk:
    """Claim, reply, note, transfer, hand back, close.

    All raise NotFound, InvalidTransition or NotYours (see ``conversation``) and take ``client_id``, the
    request's own id: sent twice, it happens once.

    Args:
        store: Where conversations live.
        directory: Who the customers are.
        agent_name: An agent's name by id.
        replied: Told of each stored reply; must not raise.
        vault: Where masked numbers are sealed; without it none can be unmasked.
    """

    def __init__(
        self,
        store: ConversationStore,
        directory: CustomerDirectory,
        agent_name: Callable[[str], str | None] = lambda agent_id: agent_id,
        replied: Callable[[Result, HumanAgent], None] = lambda result, agent: None,
        vault: Vault | None = None,
    ) -> None:
        self.store = store
        self._vault = vault
        self._replied = replied
        self.directory = directory
        self._agent_name = agent_name

    def queue(self) -> list[QueueRow]:
        """All who wait, the urgent and longest first, then what agents hold, then the assistant's newest."""
        # No limit on those who need a person: any number of newer visits must not push them out.
        needed = self.store.list((Status.WAITING, Status.HUMAN), limit=None)
        open_ones = needed + self.store.list((Status.BOT,), limit=ASSISTANT_ROWS)
        rows = [self.row(conversation) for conversation in open_ones if conversation.version]
        waiting = [row for row in rows if row.waiting_since]
        waiting.sort(key=lambda row: (-row.priority, row.waiting_since or row.updated_at))
        return waiting + [r for r in rows if not r.waiting_since]

    def row(self, conversation: Conversation) -> QueueRow:
        """One line of the queue."""
        preview = ""
        for item in reversed(self.store.items(conversation.id, max(0, conversation.version - 30))):
            if isinstance(item, Message) and item.author is Author.CUSTOMER:
                preview = " ".join(item.text.split())[:140]
                break
        handoff = None
        if conversation.status in (Status.WAITING, Status.HUMAN):
            handoff = self.store.last_event(conversation.id, EventKind.HANDOFF)
        packet = handoff.payload if handoff else {}
        return QueueRow(
            id=conversation.id,
            status=conversation.status,
            customer=self.directory.get(conversation.customer_id) if conversation.customer_id else None,
            assignee=conversation.assignee,
            assignee_name=self._agent_name(conversation.assignee) if conversation.assignee else None,
            lang=conversation.lang,
            waiting_since=conversation.waiting_since,
            updated_at=conversation.updated_at,
            version=conversation.version,
            preview=preview,
            reasons=tuple(dict.fromkeys(each["reason"] for each in packet.get("reasons", []))),
            frustration=packet.get("frustration", 0),
            priority=packet.get("priority", NORMAL),
            queue=packet.get("queue"),
            skill=packet.get("skill"),
        )

    def claim(self, conversation_id: str, agent: HumanAgent, *, client_id: str | None = None) -> Result:
        """Take a conversation over; of many at once one wins, the others get NotYours with the winner."""
        return self.store.apply(
            conversation_id,
            Action.CLAIM,
            assignee=agent.id,
            by=agent.id,
            by_name=agent.name,
            client_id=client_id,
        )

    def reply(self, conversation_id: str, agent: HumanAgent, text: str, *, client_id: str | None = None) -> Result:
        """Say something to the customer; what they asked before needs no answer any more."""
        said = NewMessage(Author.AGENT, text, author_id=agent.id, author_name=agent.name, client_id=client_id)
        head = self.store.get(conversation_id)
        result = self.store.apply(conversation_id, Action.REPLY, [said], holder=agent.id, answered=head.version)
        self._replied(result, agent)
        return result

    def note(self, conversation_id: str, agent: HumanAgent, text: str, *, client_id: str | None = None) -> Result:
        """Leave a note that only agents see."""
        return self.store.apply(
            conversation_id, Action.NOTE, [self._note(agent, text, client_id)], client_id=client_id
        )

    def transfer(
        self, conversation_id: str, agent: HumanAgent, text: str = "", *, client_id: str | None = None
    ) -> Result:
        """Put a conversation back in the queue (an admin may do so with anybody's)."""
        return self._end(conversation_id, Action.TRANSFER, agent, text, client_id)

    def hand_back(
        self, conversation_id: str, agent: HumanAgent, text: str = "", *, client_id: str | None = None
    ) -> Result:
        """Give a conversation back to the assistant, with an optional note for those who come later.

        Customer messages behind the agent's last reply are still owed an answer: the assistant gives it.
        """
        return self._end(conversation_id, Action.HAND_BACK, agent, text, client_id)

    def close(
        self,
        conversation_id: str,
        agent: HumanAgent,
        disposition: Disposition = Disposition.SOLVED,
        text: str = "",
        *,
        client_id: str | None = None,
    ) -> Result:
        """End a conversation; a new customer message opens it again."""
        notes = [self._note(agent, text)] if text.strip() else []
        closing = NewEvent(EventKind.STATUS, {"action": "disposition", "disposition": str(disposition)})
        head = self.store.get(conversation_id)
        return self.store.apply(
            conversation_id,
            Action.CLOSE,
            [*notes, closing],
            holder=self._holder(agent, head),
            expected_version=self._seen(head),
            by=agent.id,
            by_name=agent.name,
            client_id=client_id,
            answered=head.version,
        )

    def unmask(
        self, conversation_id: str, agent: HumanAgent, seq: int, *, reason: str = ""
    ) -> tuple[Unmasked, ...]:
        """The true values of the masked numbers in a message, for supervisors; the look is put on record first.

        Raises:
            NotAllowed: the agent does not supervise.
            NotFound: no such conversation, or nothing is masked in that message.
        """
        return unmask(self.store, self._vault, agent, conversation_id, seq, reason=reason)

    def _end(
        self, conversation_id: str, action: Action, agent: HumanAgent, text: str, client_id: str | None
    ) -> Result:
        notes = [self._note(agent, text)] if text.strip() else []
        head = self.store.get(conversation_id)
        return self.store.apply(
            conversation_id,
            action,
            notes,
            holder=self._holder(agent, head),
            expected_version=self._seen(head),
            by=agent.id,
            by_name=agent.name,
            client_id=client_id,
        )

    def _holder(self, agent: HumanAgent, head: Conversation) -> str | None:
        """Who must hold it for the step to be allowed: the agent; for an admin whoever does."""
        if head.status is not Status.HUMAN:
            return None
        return head.assignee if agent.role is Role.ADMIN else agent.id

    def _seen(self, head: Conversation) -> int | None:
        """Nobody holds it: then it must not have moved on, or a claim in between would be overrun."""
        return None if head.status is Status.HUMAN else head.version

    def _note(self, agent: HumanAgent, text: str, client_id: str | None = None) -> NewMessage:
        return NewMessage(
            Author.AGENT, text, author_id=agent.id, author_name=agent.name, client_id=client_id, internal=True
        )
