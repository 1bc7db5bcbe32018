"""The guard by rules: an ordered list of hard rules, each with its own name, the first that fires decides."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict

from .conversation import Author, Message
from .mood import frustration
from .repetition import repeats
from .requests import explicit_request
from .smalltalk import SmallTalk, accepts, declines, small_talk
from .verdict import Decision, Draft, DraftKind, Evidence, Reason, Turn, Verdict


class GuardPolicy(BaseModel):
    """The numbers the rules go by.

    Attributes:
        answer_from: Confidence (0..1) from which a draft is given as an answer.
        near_from: Below ``answer_from`` but at least this, near articles are offered as choices.
        offer_repeats: So many earlier wordings of the same question lead to an offer, one more to a hand-off.
        failed_attempts: Unanswered questions in a row that hand off (the first one is an offer).
        max_answers: The assistant's replies since the last human after which a person is called.
        offer_frustration: Level (0..3) at which a person is offered; ``hand_off_frustration``: called.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer_from: float = 0.5
    near_from: float = 0.25
    offer_repeats: int = 1
    failed_attempts: int = 2
    max_answers: int = 20
    offer_frustration: int = 2
    hand_off_frustration: int = 3

    @property
    def version(self) -> str:
        """Changes with any of the numbers."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]


@dataclass(slots=True)
class _View:
    """One turn, looked at once: what the rules share."""

    turn: Turn
    policy: GuardPolicy
    asked: str | None = None
    talk: SmallTalk | None = None
    level: int = 0
    again: list[Message] = field(default_factory=list)
    offered: bool = False
    clarified: bool = False
    failures: int = 0
    replies: int = 0
    seq: int | None = None

    @classmethod
    def of(cls, turn: Turn, policy: GuardPolicy) -> _View:
        view = cls(turn, policy)
        view.asked = explicit_request(turn.question)
        view.talk = small_talk(turn.question)
        view.level = frustration(turn.question)
        pending, earlier = _split(turn.messages)
        view.seq = pending[-1].seq if pending else None
        if any(message.meta.get("intent") == "human" for message in pending):
            view.asked = view.asked or turn.question
        since = _since_human(earlier)
        own = [m for m in since if m.author is Author.CUSTOMER and small_talk(m.text) is None]
        view.again = [own[place] for place in repeats(turn.question, [m.text for m in own])]
        said = [m for m in since if m.author is Author.BOT]
        view.replies = len(said)
        last = said[-1].meta.get("decision") if said else None
        view.offered, view.clarified = last == Decision.OFFER, last == Decision.CLARIFY
        for message in reversed(said):
            if message.meta.get("rule") not in ("nothing_found", "unclear_again"):
                break
            view.failures += 1
        return view

    def signals(self) -> dict[str, Any]:
        return {
            "explicit_request": self.asked,
            "small_talk": self.talk,
            "frustration": self.level,
            "repeats": len(self.again),
            "offered": self.offered,
            "clarified": self.clarified,
            "failures": self.failures,
            "replies": self.replies,
        }


def _split(messages: tuple[Message, ...]) -> tuple[list[Message], list[Message]]:
    """The unanswered tail of customer messages, and everything before it."""
    visible = [m for m in messages if not m.internal]
    cut = len(visible)
    while cut and visible[cut - 1].author is Author.CUSTOMER:
        cut -= 1
    return visible[cut:], visible[:cut]


def _since_human(messages: list[Message]) -> list[Message]:
    """What came after the last human agent spoke: what they settled counts no more."""
    for place in range(len(messages) - 1, -1, -1):
        if messages[place].author is Author.AGENT:
            return messages[place + 1 :]
    return messages


_Hit = tuple[Decision, tuple[Evidence, ...]]


def _asked_for_person(view: _View) -> _Hit | None:
    if view.asked:
        return Decision.HAND_OFF, (Evidence(reason=Reason.EXPLICIT_REQUEST, text=view.asked, seq=view.seq),)
    return None


def _took_up_offer(view: _View) -> _Hit | None:
    if view.offered and accepts(view.turn.question):
        evidence = Evidence(reason=Reason.EXPLICIT_REQUEST, text=view.turn.question, seq=view.seq)
        return Decision.HAND_OFF, (evidence, *_past_reasons(view.turn))
    return None


def _past_reasons(turn: Turn) -> tuple[Evidence, ...]:
    return turn.past[-1].evidence if turn.past else ()


def _furious(view: _View) -> _Hit | None:
    if view.level >= view.policy.hand_off_frustration:
        return Decision.HAND_OFF, (
            Evidence(reason=Reason.FRUSTRATION, text=view.turn.question[:200], seq=view.seq),
        )
    return None


def _asked_again_and_again(view: _View) -> _Hit | None:
    if len(view.again) > view.policy.offer_repeats:
        return Decision.HAND_OFF, tuple(
            Evidence(reason=Reason.REPETITION, text=m.text[:200], seq=m.seq) for m in view.again
        )
    return None


def _too_long(view: _View) -> _Hit | None:
    if view.replies >= view.policy.max_answers and view.talk is None:
        return Decision.HAND_OFF, (
            Evidence(reason=Reason.POLICY, text=f"{view.replies} replies", seq=view.seq),
        )
    return None


SCREEN: list[tuple[str, Callable[[_View], _Hit | None]]] = [
    ("asked_for_person", _asked_for_person),
    ("took_up_offer", _took_up_offer),
    ("furious", _furious),
    ("asked_again_and_again", _asked_again_and_again),
    ("too_long", _too_long),
]
"""Hard rules that need no draft, in order."""


def _nothing_found(view: _View, draft: Draft) -> _Hit | None:
    unable = draft.kind is DraftKind.NOT_FOUND or draft.confidence < view.policy.near_from
    if view.talk or draft.kind is DraftKind.SMALLTALK or not unable:
        return None
    evidence = Evidence(reason=Reason.LOW_CONFIDENCE, text=view.turn.question[:200], seq=view.seq)
    if view.failures + 1 >= view.policy.failed_attempts:
        return Decision.HAND_OFF, (Evidence(reason=Reason.FAILED_ATTEMPTS, seq=view.seq), evidence)
    return Decision.OFFER, (evidence,)


def _ungrounded(view: _View, draft: Draft) -> _Hit | None:
    if draft.kind is DraftKind.ANSWER and not draft.citations and view.talk is None:
        return Decision.OFFER, (
            Evidence(reason=Reason.LOW_CONFIDENCE, text="no source for the draft", seq=view.seq),
        )
    return None


def _unclear_again(view: _View, draft: Draft) -> _Hit | None:
    if view.clarified and _unsure(view, draft):
        return Decision.OFFER, (
            Evidence(reason=Reason.LOW_CONFIDENCE, text=view.turn.question[:200], seq=view.seq),
        )
    return None


def _unsure(view: _View, draft: Draft) -> bool:
    return (
        view.talk is None
        and draft.kind in (DraftKind.ANSWER, DraftKind.CLARIFY)
        and (draft.kind is DraftKind.CLARIFY or draft.confidence < view.policy.answer_from)
    )


def _unclear(view: _View, draft: Draft) -> _Hit | None:
    if _unsure(view, draft) and (draft.near or draft.kind is DraftKind.CLARIFY):
        return Decision.CLARIFY, (Evidence(reason=Reason.LOW_CONFIDENCE, seq=view.seq),)
    return None


def _same_question(view: _View, draft: Draft) -> _Hit | None:
    if len(view.again) >= view.policy.offer_repeats and view.talk is None:
        return Decision.OFFER, tuple(
            Evidence(reason=Reason.REPETITION, text=m.text[:200], seq=m.seq) for m in view.again
        )
    return None


def _upset(view: _View, draft: Draft) -> _Hit | None:
    if view.level >= view.policy.offer_frustration and not (view.offered and declines(view.turn.question)):
        return Decision.OFFER, (
            Evidence(reason=Reason.FRUSTRATION, text=view.turn.question[:200], seq=view.seq),
        )
    return None


JUDGE: list[tuple[str, Callable[[_View, Draft], _Hit | None]]] = [
    ("nothing_found", _nothing_found),
    ("ungrounded", _ungrounded),
    ("same_question", _same_question),
    ("upset", _upset),
    ("unclear_again", _unclear_again),
    ("unclear", _unclear),
]
"""Rules on a draft, in order; none fires: it is answered."""


class RuleGuard:
    """Hard rules only. Every verdict names the rule that fired and carries all signals."""

    def __init__(self, policy: GuardPolicy | None = None) -> None:
        self.policy = policy or GuardPolicy()

    def screen(self, turn: Turn) -> Verdict | None:
        """Hand off where the turn alone calls for it (see ``SCREEN``)."""
        view = _View.of(turn, self.policy)
        for name, rule in SCREEN:
            if hit := rule(view):
                return self._verdict(view, name, hit, confidence=0.0)
        return None

    def judge(self, turn: Turn, draft: Draft) -> Verdict:
        """Decide on a draft (see ``JUDGE``), after the rules that need none."""
        view = _View.of(turn, self.policy)
        for name, rule in SCREEN:
            if hit := rule(view):
                return self._verdict(view, name, hit, draft.confidence)
        for name, rule in JUDGE:
            if hit := rule(view, draft):
                return self._verdict(view, name, hit, draft.confidence)
        return self._verdict(view, "answer", (Decision.ANSWER, ()), draft.confidence)

    def _verdict(self, view: _View, rule: str, hit: _Hit, confidence: float) -> Verdict:
        decision, evidence = hit
        reasons = tuple(dict.fromkeys(e.reason for e in evidence))
        return Verdict(
            decision=decision,
            reasons=reasons,
            evidence=evidence,
            confidence=confidence,
            frustration=view.level,
            signals=view.signals() | {"confidence": confidence},
            rule=rule,
            policy=self.policy.version,
            question_seq=view.seq,
        )
