"""The guard: rules that always fire, the operator's own, and a score of all signals with two thresholds.

Hard rules come first; what is learned may add to them and never takes them back. The operator's rules
(``ruling``) may overrule what is left to judgement, and nothing keeps a person from a customer who asks for one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from .combiner import GROUPS, Combiner, of_turn, signals
from .customers import Customer
from .frustration import mood
from .hard_rules import Hit, View, hard
from .policy import GuardPolicy
from .ruling import RuleHit, Seen, decide, settle
from .state import TurnState
from .value import amounts_in, valuable
from .verdict import Decision, Draft, DraftKind, Evidence, Turn, Verdict
from .weighing import weigh

URGENT = frozenset({"self_harm", "safety", "fraud"})
"""Topics that go to the head of the queue."""


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
        """Hand off where the turn alone calls for it (``hard_rules.SCREEN``), or a rule of the operator's does."""
        view = self._view(turn)
        rule, hit = hard(view)
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
        rule, hit = hard(view)
        if hit is None:
            rule, hit = weigh(view, draft, found, self._combiner)
        seen = self._seen(view, hit, draft)
        own = decide(view.policy, seen)
        if own and own.decision is Decision.ANSWER and draft.kind is DraftKind.NOT_FOUND:
            own = None  # there is nothing to answer with
        return self._verdict(view, rule, hit, own, settle(hit[0], own, seen), draft, found)

    def _view(self, turn: Turn) -> View:
        policy, (last, state) = self.policy, self._last
        if last is not turn or state is None:  # screen and judge look at one turn after the other
            state = TurnState.of(turn)
            self._last = (turn, state)
        return View(state, policy, valuable(turn, policy), mood(of_turn(state, policy)))

    def _seen(self, view: View, hit: Hit | None, draft: Draft | None = None) -> Seen:
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
        view: View,
        rule: str,
        hit: Hit,
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
    def _priority(view: View, own: RuleHit | None) -> int:
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


def _told(view: View) -> dict[str, Any]:
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
