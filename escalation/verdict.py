"""What the assistant would say (Draft), and what the guard makes of it (Verdict)."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field

from ..knowledge import Citation
from .conversation import Message
from .customers import Customer


class Decision(StrEnum):
    """What happens with a turn."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    OFFER = "offer"
    HAND_OFF = "hand_off"


class Reason(StrEnum):
    """Why a person is offered or called."""

    EXPLICIT_REQUEST = "explicit_request"
    FRUSTRATION = "frustration"
    REPETITION = "repetition"
    LOW_CONFIDENCE = "low_confidence"
    SENSITIVE_TOPIC = "sensitive_topic"
    ABUSE = "abuse"
    HIGH_VALUE = "high_value"
    POLICY = "policy"
    FAILED_ATTEMPTS = "failed_attempts"
    TOOL_FAILURE = "tool_failure"
    GUARD_ERROR = "guard_error"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Evidence(_Record):
    """What a reason rests on: the words, and the seq of the message they stand in (None: the turn itself)."""

    reason: Reason
    text: str = ""
    seq: int | None = None


class DraftKind(StrEnum):
    """What sort of reply the assistant proposes."""

    ANSWER = "answer"
    SMALLTALK = "smalltalk"
    CLARIFY = "clarify"
    NOT_FOUND = "not_found"


class Draft(_Record):
    """What the assistant would say.

    Attributes:
        confidence: 0..1, that the knowledge base answers the question.
        near: Titles of the nearest articles, or what sets them apart: the choices of a clarifying question.
        near_ids: Those articles' ids, in the same order.
    """

    text: str
    kind: DraftKind = DraftKind.ANSWER
    citations: tuple[Citation, ...] = ()
    confidence: float = 0.0
    near: tuple[str, ...] = ()
    near_ids: tuple[str, ...] = ()


class Turn(_Record):
    """What the guard sees besides the draft.

    Attributes:
        messages: The transcript so far, oldest first; its tail holds the unanswered customer messages.
        question: Those unanswered messages' texts, joined with newlines.
        customer: The known customer, if any.
        past: The conversation's earlier verdicts, oldest first.
    """

    messages: tuple[Message, ...]
    question: str
    lang: str
    customer: Customer | None = None
    past: tuple[Verdict, ...] = ()


class Verdict(_Record):
    """The guard's judgement of one turn, stored with all it was based on.

    Attributes:
        confidence: 0..1, that the answer is right.
        frustration: 0 calm .. 3 furious.
        signals: Every value the guard looked at, by name.
        rule: Name of the rule that decided.
        policy: Version of the policy in force.
        question_seq: Seq of the last customer message it judged.
        queue: Where a handed-over conversation waits, where a rule of the operator's says so.
        skill: What its agent should know, likewise.
        priority: 0 low, 1 normal, 2 high, 3 urgent.
        message: What the customer reads on a hand-off, by language, where a rule of the operator's says so.
    """

    decision: Decision
    reasons: tuple[Reason, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    confidence: float = 0.0
    frustration: int = 0
    signals: dict[str, Any] = Field(default_factory=dict)
    rule: str = ""
    policy: str = ""
    question_seq: int | None = None
    queue: str | None = None
    skill: str | None = None
    priority: int = 1
    message: dict[str, str] = Field(default_factory=dict)


@runtime_checkable
class Guard(Protocol):
    """Decides on every turn who should speak. Every implementation passes tests/escalation/guard_contract.py.

    Errors are the caller's to turn into a hand-off: fail towards the human.
    """

    def screen(self, turn: Turn) -> Verdict | None:
        """Decide without a draft where the turn alone is enough (an explicit request); else None."""
        ...

    def judge(self, turn: Turn, draft: Draft) -> Verdict:
        """Decide on a draft; a hard rule's hand-off is never cancelled by it."""
        ...


Turn.model_rebuild()
