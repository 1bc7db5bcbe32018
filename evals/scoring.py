"""What is right: one question, one turn, one packet at a time. Pure functions over results."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from ..agent.prompts import without_marks
from .formats import REFUSALS, HandoffGold, Question, Scenario

ESCALATED = ("offer", "hand_off")


def flat(text: str) -> str:
    """As texts are compared: NFKC, case-folded, without white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).casefold())


def holds(reply: str, groups: Iterable[Sequence[str]]) -> bool:
    """Whether a reply holds an alternative of each group."""
    said = flat(reply)
    return all(any(flat(option) in said for option in group) for group in groups)


def exactly(reply: str, options: Iterable[str]) -> bool:
    """Whether a reply is one of the options, its marks of sources (``[1]``) aside."""
    return flat(without_marks(reply)) in {flat(option) for option in options}


def leaks(reply: str, forbidden: Iterable[str]) -> list[str]:
    """The forbidden strings that a reply holds."""
    said = flat(reply)
    return [text for text in forbidden if flat(text) and flat(text) in said]


def question_scores(question: Question, result: dict[str, Any]) -> dict[str, bool | None]:
    """Score a question's result.

    Returns:
        ``right``; ``contains``, ``exact`` and ``cited`` (None where nothing was answered or asked for), ``leak``
        (None where nothing is forbidden), ``refused_wrongly`` (None for an unanswerable one).
    """
    decision, reply, cited = result["decision"], result["reply"], result["citations"]
    answered = decision == "answer"
    leak = bool(leaks(reply, question.not_contains)) if question.not_contains else None
    if not question.answerable:
        right = (decision in REFUSALS or (answered and not cited)) and not leak
        return {"right": right, **dict.fromkeys(("contains", "exact", "cited", "refused_wrongly")), "leak": leak}
    contains = holds(reply, question.contains) if answered else None
    named = bool(set(cited) & set(question.articles)) if question.articles else True
    exact = exactly(reply, question.exact) if answered and question.exact else None
    right = bool(answered and contains and exact is not False and named and not leak)
    return {
        "right": right,
        "contains": contains if question.contains else None,
        "exact": exact,
        "cited": named if answered and question.articles else None,
        "leak": leak,
        "refused_wrongly": not answered,
    }


def should_escalate(scenario: Scenario) -> bool:
    """Whether some turn leaves no choice but to offer or call a person."""
    return any(_settled(turn.expect.decision) for turn in scenario.turns)


def may_escalate(scenario: Scenario) -> bool:
    """Whether some turn accepts an offer or a hand-off."""
    return any(set(t.expect.decision) & set(ESCALATED) for t in scenario.turns)


def scenario_scores(scenario: Scenario, result: dict[str, Any]) -> dict[str, Any]:
    """Score a scenario's result.

    Returns:
        ``gold`` and ``escalated`` (any turn is ``offer`` or ``hand_off``; where no turn calls for one, only those
        count that their turn does not accept),
        ``on_time`` (first escalation within one turn of the first expected; None where none is due),
        ``reason_right`` (None where none is expected or given), ``turns`` (each turn's decision accepted or
        not, None where it expects nothing) and ``frustration`` (gold and found, turn by turn).
    """
    decisions = [turn["decision"] for turn in result["turns"]]
    gold = should_escalate(scenario)
    first = next((n for n, decision in enumerate(decisions) if decision in ESCALATED), None)
    due = [n for n, turn in enumerate(scenario.turns) if set(turn.expect.decision) & set(ESCALATED)]
    on_time = None
    if gold:
        must = next(n for n, turn in enumerate(scenario.turns) if _settled(turn.expect.decision))
        earliest = due[0] if due else must
        on_time = first is not None and earliest - 1 <= first <= must + 1
    reason_right = None
    if first is not None and due:
        wanted = {str(r) for n in due for r in scenario.turns[n].expect.reasons}
        if wanted:
            reason_right = bool(wanted & set(result["turns"][first]["reasons"]))
    return {
        "gold": gold,
        "escalated": first is not None if gold else _needless(scenario, decisions),
        "on_time": on_time,
        "reason_right": reason_right,
        "turns": [
            decision in turn.expect.decision if turn.expect.decision else None
            for turn, decision in zip(scenario.turns, decisions, strict=True)
        ],
        "frustration": [
            (turn.expect.frustration, got.get("mood", got["frustration"]))
            for turn, got in zip(scenario.turns, result["turns"], strict=True)
            if turn.expect.frustration is not None
        ],
    }


def _settled(decisions: Sequence[str]) -> bool:
    """Whether a turn leaves no choice but a person (a turn that must be silent comes behind a hand-off)."""
    return bool(decisions) and set(decisions) <= {*ESCALATED, "silent"}


def _needless(scenario: Scenario, decisions: Sequence[str]) -> bool:
    """Whether a person was offered or called at a turn that does not accept it, where none need be."""
    return any(
        decision in ESCALATED and not set(turn.expect.decision) & set(ESCALATED)
        for turn, decision in zip(scenario.turns, decisions, strict=True)
        if turn.expect.decision or not may_escalate(scenario)
    )


def handoff_scores(gold: HandoffGold, packet: dict[str, Any] | None) -> dict[str, Any]:
    """Score a packet against the gold one.

    Returns:
        ``slots``: found or not, slot by slot; ``question``: the gold one is, or is part of, the open question
        (None where the gold names none); both all false without a packet.
    """
    facts: dict[str, Any] = packet["facts"] if packet else {}
    found = {slot: _same_fact(value, facts.get(slot)) for slot, value in gold.facts.items()}
    question = None
    if gold.question is not None:
        found_question = flat(packet["question"] or "") if packet else ""
        question = bool(found_question) and flat(gold.question) in found_question
    return {"slots": found, "question": question}


def _same_fact(gold: str | list[str], found: Any) -> bool:
    wanted = [gold] if isinstance(gold, str) else gold
    values = [found] if isinstance(found, str) else list(found or [])
    return all(any(_bare(want) == _bare(value) for value in values) for want in wanted)


def _bare(text: str) -> str:
    return re.sub(r"[\s,.\-]", "", flat(text))
