"""The guard: rules that always fire, the operator's own, and a score of all signals with two thresholds.

Hard rules come first; what is learned may add to them and never takes them back. The operator's rules
(``ruling``) may overrule what is left to judgement, and nothing keeps a person from a customer who asks for one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .combiner import GROUPS, Combiner, of_turn, signals
from .customers import Customer
from .frustration import level_of, mood
from .policy import GuardPolicy
from .requests import explicit_request
from .ruling import RuleHit, Seen, decide, settle
from .state import BESIDE, TurnState
from .value import amounts_in, valuable
from .verdict import Decision, Draft, DraftKind, Evidence, Reason, Turn, Verdict

SURE = 0.9
"""Probability from which a wish for a person counts although an offer of one seems to be turned down."""
BARELY = 0.3
"""Confidence below which choices are given with little hope, and a person is offered beside them."""
MOST_CHOICES = 2
"""So many clarifying questions in a row, and then a person is offered."""
URGENT = frozenset({"self_harm", "safety", "fraud"})
"""Topics that go to the head of the queue."""

_Hit = tuple[Decision, tuple[Evidence, ...]]
_HEADS = {Reason.FRUSTRATION: "frustration_2", Reason.ABUSE: "abuse", Reason.FAILED_ATTEMPTS: "not_helped"}


@dataclass(slots=True)
class _View:
    """What the rules share: the turn, the policy, and what is in force."""

    state: TurnState
    policy: GuardPolicy
    valuable: bool
    mood: float

    @property
    def level(self) -> int:
        """How upset the customer is, 0 calm to 3 furious."""
        return level_of(self.mood)

    @property
    def topic(self) -> str | None:
        """The likeliest sensitive topic that reaches the policy's threshold."""
        found = self.state.sensitive
        name = max(found, key=lambda topic: found[topic])
        return name if found[name] >= self.policy.sensitive_at else None


def _asked_for_person(view: _View) -> _Hit | None:
    state = view.state
    if state.asking < view.policy.explicit_at:
        return None
    if state.talk and state.asking < 1 and not explicit_request(state.turn.question):
        return None  # "yes, please" asks for nobody of itself
    if state.declines_now and state.asking < SURE:
        return None
    words = state.words_asking or state.turn.question[:200]
    asking = state.evidence(Reason.EXPLICIT_REQUEST, says=lambda text: words in text)
    return Decision.HAND_OFF, (asking.model_copy(update={"text": words}),)


def _took_up_offer(view: _View) -> _Hit | None:
    if view.state.taken_up:
        past = view.state.turn.past
        return Decision.HAND_OFF, (
            view.state.evidence(Reason.EXPLICIT_REQUEST, "accept_offer"),
            *(past[-1].evidence if past else ()),
        )
    return None


def _sensitive(view: _View) -> _Hit | None:
    topic = view.topic
    return (Decision.HAND_OFF, (view.state.evidence(Reason.SENSITIVE_TOPIC, topic),)) if topic else None


def _abused_again(view: _View) -> _Hit | None:
    """A first insult is answered calmly; a second one brings a person."""
    at = view.policy.abuse_at
    if view.state.abuse >= at and any(reading.abuse >= at for reading in view.state.before):
        return Decision.HAND_OFF, (view.state.evidence(Reason.ABUSE, "abuse"),)
    return None


def _furious(view: _View) -> _Hit | None:
    first_insult = view.state.abuse >= view.policy.abuse_at and not view.state.replies
    if view.level >= view.policy.hand_off_frustration and not first_insult:
        return Decision.HAND_OFF, (view.state.evidence(Reason.FRUSTRATION, "frustration_3"),)
    return None


def _asked_again_and_again(view: _View) -> _Hit | None:
    if len(view.state.again) > view.policy.offer_repeats:
        return Decision.HAND_OFF, _repeated(view)
    return None


def _repeated(view: _View) -> tuple[Evidence, ...]:
    return tuple(Evidence(reason=Reason.REPETITION, text=m.text[:200], seq=m.seq) for m in view.state.again)


def _too_long(view: _View) -> _Hit | None:
    if view.state.replies >= view.policy.max_answers and view.state.talk is None:
        return Decision.HAND_OFF, (view.state.evidence(Reason.POLICY),)
    return None


SCREEN: list[tuple[str, Callable[[_View], _Hit | None]]] = [
    ("asked_for_person", _asked_for_person),
    ("took_up_offer", _took_up_offer),
    ("sensitive", _sensitive),
    ("abused_again", _abused_again),
    ("furious", _furious),
    ("asked_again_and_again", _asked_again_and_again),
    ("too_long", _too_long),
]
"""Hard rules that need no draft, in order."""
SAID = ("asked_for_person", "took_up_offer")
"""Those that small talk may fire."""


class RuleGuard:
    """Hard rules, the operator's rules, and the combiner. Every verdict carries all that it was based on.

    Args:
        policy: The numbers and rules, or what gives those in force (``PolicyFile``): asked once a turn.
        combiner: Default: the built-in one.
        now: The time by which business hours are judged.
    """

    def __init__(
        self,
        policy: GuardPolicy | Callable[[], GuardPolicy] | None = None,
        *,
        combiner: Combiner | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._policy = policy or GuardPolicy()
        self._combiner = combiner or Combiner.load()
        self._now = now
        self._last: tuple[Turn | None, TurnState | None] = (None, None)  # replaced as one, by any thread

    @property
    def policy(self) -> GuardPolicy:
        """The policy in force."""
        return self._policy if isinstance(self._policy, GuardPolicy) else self._policy()

    def screen(self, turn: Turn) -> Verdict | None:
        """Hand off where the turn alone calls for it (see ``SCREEN``), or a rule of the operator's does."""
        view = self._view(turn)
        rule, hit = self._hard(view)
        seen = self._seen(view, hit)
        own = decide(view.policy, seen)
        decision = settle(hit[0] if hit else Decision.ANSWER, own, seen)
        if decision is not Decision.HAND_OFF:
            return None
        return self._verdict(view, rule, hit or (Decision.HAND_OFF, ()), own, decision, None, {})

    def judge(self, turn: Turn, draft: Draft) -> Verdict:
        """Decide on a draft, after the rules that need none."""
        view = self._view(turn)
        found = signals(view.state, view.policy, draft, view.valuable)
        rule, hit = self._hard(view)
        if hit is None:
            rule, hit = self._weighed(view, draft, found)
        seen = self._seen(view, hit, draft)
        own = decide(view.policy, seen)
        if own and own.decision is Decision.ANSWER and draft.kind is DraftKind.NOT_FOUND:
            own = None  # there is nothing to answer with
        return self._verdict(view, rule, hit, own, settle(hit[0], own, seen), draft, found)

    def _view(self, turn: Turn) -> _View:
        policy, (last, state) = self.policy, self._last
        if last is not turn or state is None:  # screen and judge look at one turn after the other
            state = TurnState.of(turn)
            self._last = (turn, state)
        return _View(state, policy, valuable(turn, policy), mood(of_turn(state, policy)))

    def _hard(self, view: _View) -> tuple[str, _Hit | None]:
        for name, rule in SCREEN:
            # Small talk is known phrase by phrase: what is learned has nothing to add to a "yes, please".
            if (view.state.talk is None or name in SAID) and (hit := rule(view)):
                return name, hit
        return "", None

    def _weighed(self, view: _View, draft: Draft, found: dict[str, float]) -> tuple[str, _Hit]:
        """What the draft and the score call for, the graver first."""
        state, policy = view.state, view.policy
        if state.talk or draft.kind is DraftKind.SMALLTALK:
            return "small_talk", (Decision.ANSWER, ())
        unsure = state.wants and (draft.kind is not DraftKind.ANSWER or draft.confidence < policy.answer_from)
        unable = state.wants and (draft.kind is DraftKind.NOT_FOUND or draft.confidence < policy.near_from)
        # Offered and turned down, now or the turn before: to ask again at once would be pressing.
        refused = state.declines_now or state.declined_before
        if not refused and (hit := self._called(view, draft, found, unsure, unable)):
            return hit
        if not state.wants and draft.confidence < policy.answer_from:
            return "acknowledged", (Decision.ANSWER, ())
        # A first insult is met calmly, a second one brings a person.
        calmed = "calmed" if state.abuse >= policy.abuse_at else ""
        if unsure:
            doubt = (state.evidence(Reason.LOW_CONFIDENCE),)
            if draft.near or draft.kind is DraftKind.CLARIFY:
                barely = draft.kind is not DraftKind.CLARIFY and draft.confidence < BARELY
                return calmed or (BESIDE if barely else "unclear"), (Decision.CLARIFY, doubt)
            return "nothing_found", (Decision.OFFER, doubt)
        return calmed or "answer", (Decision.ANSWER, ())

    def _called(
        self, view: _View, draft: Draft, found: dict[str, float], unsure: bool, unable: bool
    ) -> tuple[str, _Hit] | None:
        """A person offered or called, where the draft or all signals together ask for one."""
        state, policy = view.state, view.policy
        score = self._combiner.score(found)
        if score >= policy.hand_off_at:
            return "needs_person", (Decision.HAND_OFF, self._reasons(view, found))
        if unable and state.failures + 1 >= policy.failed_attempts:
            return "failed_again", (Decision.HAND_OFF, self._reasons(view, found, Reason.FAILED_ATTEMPTS))
        if unable and (not draft.near or (state.doubts and state.asks >= 0.5)):
            return "nothing_found", (Decision.OFFER, self._reasons(view, found, Reason.LOW_CONFIDENCE))
        if draft.kind is DraftKind.ANSWER and not draft.citations and state.wants:
            return "ungrounded", (Decision.OFFER, (state.evidence(Reason.LOW_CONFIDENCE),))
        if len(state.again) >= policy.offer_repeats and not state.clarified:
            return "same_question", (Decision.OFFER, _repeated(view))
        if unsure and state.doubts and (state.same_matter or state.doubts >= MOST_CHOICES):
            return "unclear_again", (Decision.OFFER, self._reasons(view, found, Reason.LOW_CONFIDENCE))
        calm = state.ever_declined or state.abuse >= policy.abuse_at  # the score alone then says whether to offer
        if view.level >= policy.offer_frustration and not calm:
            return "upset", (Decision.OFFER, (state.evidence(Reason.FRUSTRATION, _HEADS[Reason.FRUSTRATION]),))
        if score >= min(1.0, policy.offer_at + (policy.hysteresis if state.ever_declined else 0.0)):
            return "weighed", (Decision.OFFER, self._reasons(view, found))
        return None

    def _reasons(self, view: _View, found: dict[str, float], first: Reason | None = None) -> tuple[Evidence, ...]:
        """Why, with the customer's words: what the rule says, then what the score rests on where it is high."""
        weighed = self._combiner.score(found) >= view.policy.offer_at
        reasons = [first] if first else []
        if weighed or not first:
            reasons += [each for each in self._combiner.reasons(found) if each is not first]
        evidence: list[Evidence] = []
        for reason in reasons or [Reason.LOW_CONFIDENCE]:
            if reason is Reason.REPETITION and view.state.again:
                evidence += _repeated(view)
            else:
                evidence.append(view.state.evidence(reason, _HEADS.get(reason)))
        return tuple(evidence)

    def _seen(self, view: _View, hit: _Hit | None, draft: Draft | None = None) -> Seen:
        state, turn = view.state, view.state.turn
        texts = tuple(message.text for message in state.pending) or (turn.question,)
        customer: Customer | None = turn.customer
        return Seen(
            texts=texts,
            topics=frozenset(t for t, chance in state.sensitive.items() if chance >= view.policy.sensitive_at),
            reasons=frozenset(each.reason for each in hit[1]) if hit else frozenset(),
            acts=frozenset(act for act in state.reading.act if state.act(act) >= 0.5) or frozenset({"other"}),
            tier=customer.tier if customer else "",
            verified=bool(customer and customer.verified),
            lang=turn.lang,
            amounts=amounts_in(texts),
            # When it was written: history replayed is judged by its own hours.
            now=state.pending[-1].created_at if state.pending else self._now(),
            frustration=view.level,
            confidence=draft.confidence if draft else None,
            articles=tuple(dict.fromkeys(c.document_id for c in draft.citations)) if draft else (),
        )

    def _verdict(
        self,
        view: _View,
        rule: str,
        hit: _Hit,
        own: RuleHit | None,
        decision: Decision,
        draft: Draft | None,
        found: dict[str, float],
    ) -> Verdict:
        state = view.state
        evidence = hit[1]
        ruled = own is not None and (own.decision is decision)
        if own is not None and ruled and (decision is not hit[0] or not rule):
            rule = own.rule
        if own is not None and ruled and decision in (Decision.OFFER, Decision.HAND_OFF):
            evidence = (*evidence, _ruled(state, own))
        confidence = draft.confidence if draft else 0.0
        return Verdict(
            decision=decision,
            reasons=tuple(dict.fromkeys(each.reason for each in evidence)),
            evidence=evidence,
            confidence=confidence,
            frustration=view.level,
            signals=_told(view) | _of_draft(draft) | ({"score": self._score(found), **_rounded(found)}),
            rule=rule,
            policy=view.policy.version,
            question_seq=state.seq,
            queue=own.queue if own and ruled else None,
            skill=own.skill if own and ruled else None,
            priority=self._priority(view, own if ruled else None),
            message=dict(own.message) if own and ruled and own.decision is Decision.HAND_OFF else {},
        )

    def _score(self, found: dict[str, float]) -> float | None:
        return round(self._combiner.score(found), 3) if found else None

    @staticmethod
    def _priority(view: _View, own: RuleHit | None) -> int:
        """0 low to 3 urgent: the operator's rule, else by topic, value and mood."""
        if own is not None and own.priority is not None:
            return own.priority
        if view.topic in URGENT:
            return 3
        return 2 if view.topic or view.valuable or view.level >= 3 else 1


def _ruled(state: TurnState, own: RuleHit) -> Evidence:
    """The words by which an operator's rule fired; the last message where it rests on none."""
    if not own.evidence:
        return state.evidence(own.reason)
    found = own.evidence[0]
    seq = state.pending[found.place].seq if found.place < len(state.pending) else state.seq
    return Evidence(reason=own.reason, text=found.text, seq=seq)


def _told(view: _View) -> dict[str, Any]:
    """What the turn alone shows."""
    state = view.state
    return {
        "explicit_request": state.words_asking,
        "small_talk": state.talk,
        "frustration": round(view.mood, 2),
        "repeats": len(state.again),
        "offered": state.offered,
        "declined": state.declined_before,
        "clarified": state.clarified,
        "replies": state.replies,
        "topic": view.topic,
        "language": state.reading.language,
        "asks": round(state.asks, 3),
        "act": state.does,
        "failed": state.failures,
        "valuable": view.valuable,
    }


def _of_draft(draft: Draft | None) -> dict[str, Any]:
    """What was seen of the draft: history can be judged again under other numbers (evals/replay.py)."""
    return {
        "confidence": draft.confidence if draft else 0.0,
        "draft": draft.kind if draft else None,
        "cited": len(draft.citations) if draft else 0,
        "near": len(draft.near) if draft else 0,
    }


def _rounded(found: dict[str, float]) -> dict[str, float]:
    return {f"s_{name}": round(found[name], 4) for name in GROUPS if found}
