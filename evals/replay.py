"""History judged again under another policy: who would have reached a person earlier, later, never or newly.

The same rules run over the stored conversations, with the stored facts of each draft and the assistant's replayed
decisions in place of the stored ones; what customers wrote stays as it was. Where a stored hand-off would not have
happened, no draft was written down: such turns are taken as answered unless a hard rule fires, and are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ..escalation import (
    Author,
    Customer,
    CustomerDirectory,
    Decision,
    Guard,
    GuardPolicy,
    Message,
    RuleGuard,
    Turn,
    Verdict,
)
from .history import Part, Step, draft_of

ESCALATED = (Decision.OFFER, Decision.HAND_OFF)
FAILURES = ("turn_failed", "guard_error")
"""Rules of turns in which something broke: no policy would have changed that."""
GRID = tuple(n / 20 for n in range(21))
CURVES = ("offer_at", "hand_off_at", "answer_from", "near_from")
"""Thresholds that a curve is drawn over."""

Change = Literal["same", "earlier", "later", "not_at_all", "new", "none"]
CHANGES: tuple[Change, ...] = ("same", "earlier", "later", "not_at_all", "new", "none")
"""What can become of an escalation; ``none``: there was none and is none."""


class Weights(BaseModel):
    """What mistakes cost.

    Attributes:
        needless: A person offered or called where nobody was needed.
        missed: Nobody offered or called where a person was needed.
        late_turn: Each turn that a needed person came late.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    needless: float = Field(default=1.0, ge=0)
    missed: float = Field(default=5.0, ge=0)
    late_turn: float = Field(default=1.0, ge=0)


DEFAULT = Weights()


def rejudge(part: Part, guard: Guard, customer: Customer | None = None) -> list[Verdict | None]:
    """A part's verdicts under another guard; None where the assistant would have been silent.

    Args:
        part: From ``read_history``.
        guard: The other guard.
        customer: The record as it is today; what it was then is not stored.
    """
    said = list(part.earlier)
    past: list[Verdict] = []
    found: list[Verdict | None] = []
    held = False
    for step in part.steps:
        said += step.before
        if held:
            found.append(None)
            continue
        turn = Turn(
            messages=tuple(said), question=_question(said), lang=part.lang, customer=customer, past=tuple(past)
        )
        verdict = _judge(step, turn, guard)
        found.append(verdict)
        past.append(verdict)
        held = verdict.decision is Decision.HAND_OFF
        said.append(_reply(step, verdict))
    return found


def _judge(step: Step, turn: Turn, guard: Guard) -> Verdict:
    if step.verdict and step.verdict.rule in FAILURES:
        return step.verdict
    draft = draft_of(step)
    verdict = guard.judge(turn, draft) if draft else guard.screen(turn)
    return verdict or Verdict(decision=Decision.ANSWER, rule="no_draft")


def _question(said: Sequence[Message]) -> str:
    tail: list[str] = []
    for message in reversed(said):
        if message.internal:
            continue
        if message.author is not Author.CUSTOMER:
            break
        tail.append(message.text)
    return "\n".join(reversed(tail))


def _reply(step: Step, verdict: Verdict) -> Message:
    meta = {"decision": str(verdict.decision), "rule": verdict.rule}
    if step.reply:
        return step.reply.model_copy(update={"meta": meta})
    return step.before[-1].model_copy(update={"author": Author.BOT, "text": "", "meta": meta, "client_id": None})


def first_escalation(decisions: Sequence[str]) -> int | None:
    """The first turn at which a person was offered or called."""
    return next((n for n, decision in enumerate(decisions) if decision in ESCALATED), None)


def change(stored: int | None, replayed: int | None) -> Change:
    """What became of an escalation (see ``CHANGES``)."""
    if stored is None:
        return "none" if replayed is None else "new"
    if replayed is None:
        return "not_at_all"
    return "same" if stored == replayed else "earlier" if replayed < stored else "later"


def costs(pairs: Iterable[tuple[Part, int | None]], weights: Weights) -> dict[str, float]:
    """What escalating at these turns costs.

    Args:
        pairs: Each part with the turn of its first escalation.
        weights: What a mistake costs.

    Returns:
        ``needless``, ``missed`` and ``late_turns`` as counts, ``over`` and ``under`` as shares of the
        parts in which nobody, somebody was needed, and the ``cost``.
    """
    needless = missed = late = calm = due = 0
    for part, first in pairs:
        needed = part.needed
        if needed is None:
            calm += 1
            needless += first is not None
        else:
            due += 1
            missed += first is None
            late += max(0, first - needed) if first is not None else 0
    cost = weights.needless * needless + weights.missed * missed + weights.late_turn * late
    shares = {"over": needless / calm if calm else 0.0, "under": missed / due if due else 0.0}
    return {"needless": needless, "missed": missed, "late_turns": late, **shares, "cost": cost}


def replay(
    parts: Sequence[Part],
    policy: GuardPolicy,
    weights: Weights = DEFAULT,
    guard: Guard | None = None,
    directory: CustomerDirectory | None = None,
) -> dict[str, Any]:
    """Judge history again.

    Args:
        parts: From ``read_history``.
        policy: The other policy.
        weights: What mistakes cost.
        guard: Another guard; default: the rules under ``policy``.
        directory: Who the customers are, for rules by tier or verification; None: nobody is known.

    Returns:
        As docs/evals.md describes it: counts, costs as stored and replayed, a curve over each threshold, and
        every part that changes.
    """
    guard = guard or RuleGuard(policy)
    counts = dict.fromkeys(CHANGES, 0)
    rows, before, after = [], [], []
    undrafted = 0
    for part in parts:
        found = rejudge(part, guard, _customer(part, directory))
        decided = [str(verdict.decision) if verdict else "silent" for verdict in found]
        undrafted += sum(bool(v and v.rule == "no_draft") for v in found)
        stored, now = first_escalation(part.stored), first_escalation(decided)
        counts[change(stored, now)] += 1
        before.append((part, stored))
        after.append((part, now))
        if decided != part.stored:
            rows.append(_row(part, found, change(stored, now)))
    return {
        "policy": {"version": policy.version, **policy.model_dump(mode="json")},
        "stored_policies": sorted(
            {s.verdict.policy for p in parts for s in p.steps if s.verdict and s.verdict.policy}
        ),
        "weights": weights.model_dump(),
        "conversations": len({part.conversation_id for part in parts}),
        "parts": len(parts),
        "turns": sum(len(part.steps) for part in parts),
        "without_draft": undrafted,
        "changes": counts,
        "cost": {"stored": costs(before, weights), "replayed": costs(after, weights)},
        "curve": curves(parts, policy, weights, directory),
        "changed": rows,
    }


def _customer(part: Part, directory: CustomerDirectory | None) -> Customer | None:
    return directory.get(part.customer_id) if directory and part.customer_id else None


def curves(
    parts: Sequence[Part],
    policy: GuardPolicy,
    weights: Weights,
    directory: CustomerDirectory | None = None,
) -> dict[str, list[dict[str, float]]]:
    """Costs over each threshold of ``CURVES`` from 0 to 1, all else as in the policy."""
    guards = {
        (name, value): RuleGuard(policy.model_copy(update={name: value})) for name in CURVES for value in GRID
    }
    found: dict[tuple[str, float], list[tuple[Part, int | None]]] = {place: [] for place in guards}
    for part in parts:  # one after the other, so that what the heads heard in it is heard once
        customer = _customer(part, directory)
        for place, guard in guards.items():
            decided = [v.decision if v else "silent" for v in rejudge(part, guard, customer)]
            found[place].append((part, first_escalation(decided)))
    return {name: [{"value": value, **costs(found[name, value], weights)} for value in GRID] for name in CURVES}


def _row(part: Part, found: Sequence[Verdict | None], what: str) -> dict[str, Any]:
    turns = []
    for step, now in zip(part.steps, found, strict=True):
        was = step.verdict
        turns.append(
            {
                "seq": step.seq,
                "text": _question(step.before),
                "stored": {"decision": str(was.decision) if was else "silent", "rule": was.rule if was else ""},
                "replayed": {"decision": str(now.decision) if now else "silent", "rule": now.rule if now else ""},
                "confidence": was.confidence if was else None,
            }
        )
    return {
        "conversation": part.conversation_id,
        "part": part.number,
        "change": what,
        "needed": part.needed,
        "turns": turns,
    }
