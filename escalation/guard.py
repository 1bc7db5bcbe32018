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

    answer_from: float = 0.65
    near_from: float = 0.4
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
    declined: bool = False
    pending: list[Message] = field(default_factory=list)

    @property
    def seq(self) -> int | None:
        """Where the turn's last message stands."""
        return self.pending[-1].seq if self.pending else None

    @classmethod
    def of(cls, turn: Turn, policy: GuardPolicy) -> _View:
        view = cls(turn, policy)
        view.asked = explicit_request(turn.question)
        view.talk = small_talk(turn.question)
        view.level = frustration(turn.question)
        pending, earlier = _split(turn.messages)
        view.pending = pending
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
        view.declined = _declined_before(since)
        return view

    def words(self, reason: Reason, says: Callable[[str], object] | None = None) -> Evidence:
        """The reason with the customer's own words: the first pending message that says it, else the last."""
        said = next((m for m in self.pending if says and says(m.text)), self.pending[-1] if self.pending else None)
        if said is None:  # a turn judged outside of a stored conversation
            return Evidence(reason=reason, text=self.turn.question[:200])
        return Evidence(reason=reason, text=said.text[:200], seq=said.seq)

    def signals(self) -> dict[str, Any]:
        return {
            "explicit_request": self.asked,
            "small_talk": self.talk,
            "frustration": self.level,
            "repeats": len(self.again),
            "offered": self.offered,
            "declined": self.declined,
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
    """What came after the last human agent: what they settled counts no more.

    An agent who settled it by telephone wrote nothing; then it counts from the hand-off to them.
    """
    for place in range(len(messages) - 1, -1, -1):
        message = messages[place]
        handed_off = message.author is Author.BOT and message.meta.get("decision") == Decision.HAND_OFF
        if message.author is Author.AGENT or handed_off:
            return messages[place + 1 :]
    return messages


def _declined_before(since: list[Message]) -> bool:
    """Whether the turn before this one turned an offer down."""
    bots = [place for place, message in enumerate(since) if message.author is Author.BOT]
    if len(bots) < 2 or since[bots[-2]].meta.get("decision") != Decision.OFFER:
        return False
    reply = "\n".join(m.text for m in since[bots[-2] + 1 : bots[-1]] if m.author is Author.CUSTOMER)
    return declines(reply)


_Hit = tuple[Decision, tuple[Evidence, ...]]


def _asked_for_person(view: _View) -> _Hit | None:
    if view.asked:
        asking = view.words(Reason.EXPLICIT_REQUEST, explicit_request)
        return Decision.HAND_OFF, (asking.model_copy(update={"text": view.asked}),)
    return None


def _took_up_offer(view: _View) -> _Hit | None:
    if view.offered and accepts(view.turn.question):
        evidence = view.words(Reason.EXPLICIT_REQUEST, accepts)
        return Decision.HAND_OFF, (evidence, *_past_reasons(view.turn))
    return None


def _past_reasons(turn: Turn) -> tuple[Evidence, ...]:
    return turn.past[-1].evidence if turn.past else ()


def _furious(view: _View) -> _Hit | None:
    if view.level >= view.policy.hand_off_frustration:
        return Decision.HAND_OFF, (view.words(Reason.FRUSTRATION, _upset_words),)
    return None


def _asked_again_and_again(view: _View) -> _Hit | None:
    if len(view.again) > view.policy.offer_repeats:
        return Decision.HAND_OFF, tuple(
            Evidence(reason=Reason.REPETITION, text=m.text[:200], seq=m.seq) for m in view.again
        )
    return None


def _too_long(view: _View) -> _Hit | None:
    if view.replies >= view.policy.max_answers and view.talk is None:
        return Decision.HAND_OFF, (view.words(Reason.POLICY),)
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
    evidence = [view.words(Reason.LOW_CONFIDENCE)]
    if view.level >= view.policy.offer_frustration:
        evidence.append(view.words(Reason.FRUSTRATION))
    if view.failures + 1 >= view.policy.failed_attempts:
        return Decision.HAND_OFF, (view.words(Reason.FAILED_ATTEMPTS), *evidence)
    return Decision.OFFER, tuple(evidence)


def _ungrounded(view: _View, draft: Draft) -> _Hit | None:
    if draft.kind is DraftKind.ANSWER and not draft.citations and view.talk is None:
        return Decision.OFFER, (view.words(Reason.LOW_CONFIDENCE),)
    return None


def _unclear_again(view: _View, draft: Draft) -> _Hit | None:
    if view.clarified and _unsure(view, draft):
        return Decision.OFFER, (view.words(Reason.LOW_CONFIDENCE),)
    return None


def _unsure(view: _View, draft: Draft) -> bool:
    return (
        view.talk is None
        and draft.kind in (DraftKind.ANSWER, DraftKind.CLARIFY)
        and (draft.kind is DraftKind.CLARIFY or draft.confidence < view.policy.answer_from)
    )


def _unclear(view: _View, draft: Draft) -> _Hit | None:
    if _unsure(view, draft) and (draft.near or draft.kind is DraftKind.CLARIFY):
        return Decision.CLARIFY, (view.words(Reason.LOW_CONFIDENCE),)
    return None


def _same_question(view: _View, draft: Draft) -> _Hit | None:
    if len(view.again) >= view.policy.offer_repeats and view.talk is None and not view.declined:
        return Decision.OFFER, tuple(
            Evidence(reason=Reason.REPETITION, text=m.text[:200], seq=m.seq) for m in view.again
        )
    return None


def _upset(view: _View, draft: Draft) -> _Hit | None:
    # Offered and turned down, now or the turn before: to ask again at once would be pressing.
    refused = view.declined or (view.offered and declines(view.turn.question))
    if view.level >= view.policy.offer_frustration and not refused:
        return Decision.OFFER, (view.words(Reason.FRUSTRATION, _upset_words),)
    return None


def _upset_words(text: str) -> bool:
    return frustration(text) >= 2


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
                return self._verdict(view, name, hit, None)
        return None

    def judge(self, turn: Turn, draft: Draft) -> Verdict:
        """Decide on a draft (see ``JUDGE``), after the rules that need none."""
        view = _View.of(turn, self.policy)
        for name, rule in SCREEN:
            if hit := rule(view):
                return self._verdict(view, name, hit, draft)
        for name, rule in JUDGE:
            if hit := rule(view, draft):
                return self._verdict(view, name, hit, draft)
        return self._verdict(view, "answer", (Decision.ANSWER, ()), draft)

    def _verdict(self, view: _View, rule: str, hit: _Hit, draft: Draft | None) -> Verdict:
        decision, evidence = hit
        confidence = draft.confidence if draft else 0.0
        # What the rules saw of the draft: history can be judged again under other numbers (evals/replay.py).
        seen = {
            "confidence": confidence,
            "draft": draft.kind if draft else None,
            "cited": len(draft.citations) if draft else 0,
            "near": len(draft.near) if draft else 0,
        }
        reasons = tuple(dict.fromkeys(e.reason for e in evidence))
        return Verdict(
            decision=decision,
            reasons=reasons,
            evidence=evidence,
            confidence=confidence,
            frustration=view.level,
            signals=view.signals() | seen,
            rule=rule,
            policy=self.policy.version,
            question_seq=view.seq,
        )
