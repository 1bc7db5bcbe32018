"""One card for each question, scenario and simulated customer: what was expected, what came, what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..knowledge.language import detect_language
from .assertions import Miss, misses
from .formats import HandoffGold, Question, Scenario, Simulation
from .items import judged
from .scoring import ESCALATED, handoff_scores, holds, leaks, question_scores, scenario_scores
from .suite import Suite

NOT_ANSWERED = ("clarify", "offer", "hand_off")


@dataclass(frozen=True, slots=True)
class TurnView:
    """One turn: what was said, and the guard's trace beside it.

    Attributes:
        ok: The decision was accepted; None where none is expected.
        signals: Names and values as the run holds them; empty where it holds none.
    """

    text: str
    expected: tuple[str, ...]
    expected_reasons: tuple[str, ...]
    expected_frustration: int | None
    ok: bool | None
    decision: str
    reply: str
    citations: tuple[str, ...]
    reasons: tuple[str, ...]
    confidence: float
    frustration: int | None
    rule: str
    signals: tuple[tuple[str, str], ...]
    ms: float


@dataclass(frozen=True, slots=True)
class Slot:
    """A fact that the packet should hold."""

    name: str
    expected: str
    found: str
    ok: bool


@dataclass(frozen=True, slots=True)
class PacketView:
    """The packet beside the gold one; ``missing`` when no packet was written."""

    missing: bool
    slots: tuple[Slot, ...]
    question: str
    expected_question: str
    summary: str
    unsupported: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A question, scenario or simulation with its outcome.

    Attributes:
        key: ``question/ID``, ``scenario/ID`` or ``simulation/ID``, as in ``items``.
        labels: A question's style, a scenario's tags, a simulation's persona and outcome.
        right: What the assistant did was right; a packet's gaps and a wrong reason leave it so. A simulation is
            right when nothing failed.
        faults: One plain sentence each; empty when nothing is wrong.
        severity: 0 nothing; 1 a gap in packet or reason; 2 wrong; 3 answered what it could not know, or
            escalated needlessly; 4 a customer was left without a person; 5 forbidden or unsupported text.
        goal: What a reply must hold for a simulated customer to be satisfied, groups of alternatives.
    """

    key: str
    kind: str
    id: str
    lang: str
    labels: tuple[str, ...]
    title: str
    right: bool
    faults: tuple[str, ...]
    severity: int
    turns: tuple[TurnView, ...]
    articles: tuple[str, ...] = ()
    ranking: tuple[str, ...] = ()
    packet: PacketView | None = None
    cost: float | None = None
    goal: tuple[tuple[str, ...], ...] = ()

    @property
    def failed(self) -> bool:
        """Whether anything is wrong, the packet's gaps among it."""
        return bool(self.faults)


def cards(suite: Suite, run: dict[str, Any]) -> list[Card]:
    """A card for every result that the suite can judge, in the run's order."""
    by_kind = {"question": _question, "scenario": _scenario, "simulation": _simulation}
    return [by_kind[kind](line, result) for kind, line, result in judged(suite, run)]


def _question(line: Question, result: dict[str, Any]) -> Card:
    scores = question_scores(line, result)
    decision, reply, cited = result["decision"], result["reply"], tuple(result["citations"])
    faults, severity = [], 2
    if forbidden := leaks(reply, line.not_contains):
        faults.append(f"The reply holds forbidden text: {_quoted(forbidden)}.")
        severity = 5
    if not line.answerable and decision == "answer" and cited:
        faults.append("Was answered, but nothing in the knowledge base answers it.")
        severity = max(severity, 3)
    if line.answerable and decision != "answer":
        faults.append(f"Can be answered, but the decision was {decision}.")
    elif line.answerable:
        lacking = [group for group in line.contains if not holds(reply, [group])]
        faults += [f"The reply lacks {_quoted(group, ' or ')}." for group in lacking]
        if scores["exact"] is False:
            faults.append(f"The reply is not, word for word, {_quoted(line.exact, ' or ')}.")
        if scores["cited"] is False:
            what = f"cites {', '.join(cited)}" if cited else "cites nothing"
            faults.append(f"It {what}, not {' or '.join(line.articles)}.")
    if not scores["right"] and not faults:
        faults.append(f"Decision {decision} is not right here.")
    turn = _turn(line.text, result, ("answer",) if line.answerable else NOT_ANSWERED, bool(scores["right"]))
    return Card(
        key=f"question/{line.id}",
        kind="question",
        id=line.id,
        lang=detect_language(line.text),
        labels=(line.style,) if line.style else (),
        title=line.text,
        right=bool(scores["right"]),
        faults=tuple(faults),
        severity=severity if faults else 0,
        turns=(turn,),
        cost=result.get("cost"),
        articles=line.articles,
        ranking=tuple(result.get("ranking", ())[:5]),
    )


def _scenario(line: Scenario, result: dict[str, Any]) -> Card:
    scores = scenario_scores(line, result)
    turns = tuple(
        _turn(turn.text, got, turn.expect.decision, ok, turn.expect.reasons, turn.expect.frustration)
        for turn, got, ok in zip(line.turns, result["turns"], scores["turns"], strict=True)
    )
    wrong = [
        f"Turn {number}: {turn.decision} instead of {' or '.join(turn.expected)}."
        for number, turn in enumerate(turns, 1)
        if turn.ok is False
    ]
    timing, severity = _timing(scores, turns)
    conduct = timing + wrong
    packet, gaps = _packet(line.handoff, result["handoff"])
    if scores["reason_right"] is False:
        first = next(turn for turn in turns if turn.decision in ESCALATED)
        wanted = dict.fromkeys(str(r) for t in line.turns for r in t.expect.reasons)
        gaps.insert(0, f"Escalated for {', '.join(first.reasons) or 'no reason'}, not {' or '.join(wanted)}.")
    if packet and packet.unsupported:
        severity = 5
    return Card(
        key=f"scenario/{line.id}",
        kind="scenario",
        id=line.id,
        lang=line.lang,
        labels=line.tags,
        title=line.turns[0].text,
        right=not conduct,
        faults=tuple(conduct + gaps),
        severity=max(severity, 2 if conduct else 1 if gaps else 0),
        turns=turns,
        packet=packet,
        cost=result.get("cost"),
    )


def _simulation(line: Simulation, result: dict[str, Any]) -> Card:
    failed, expect = result["failed"], line.expect
    missed = [miss for miss in misses(line, result) if miss.line in failed]
    wanted = {place: right for miss in missed for place, right in miss.turns.items()}
    turns = tuple(
        _turn(turn["text"], turn, wanted.get(place, ()), False if place in wanted else None)
        for place, turn in enumerate(result["turns"])
    )
    packet, _ = _packet(HandoffGold(facts=dict(expect.facts)) if expect.facts else None, result["handoff"])
    return Card(
        key=f"simulation/{line.id}",
        kind="simulation",
        id=line.id,
        lang=line.lang,
        labels=(result["persona"], result["outcome"]),
        title=turns[0].text if turns else line.goal.ask,
        right=result["passed"],
        faults=tuple(f"{text[:1].upper()}{text[1:]}." for text in failed),
        severity=max((_gravity(miss) for miss in missed), default=2) if failed else 0,
        turns=turns,
        articles=expect.articles,
        packet=packet,
        cost=result.get("cost"),
        goal=line.goal.facts,
    )


def _gravity(miss: Miss) -> int:
    code = miss.fault["code"]
    if code == "leak":
        return 5
    if code == "outcome" and miss.fault["expected"] == ["handed_off"]:
        return 4
    return 3 if code == "never" and miss.fault["decision"] in ESCALATED else 2


def _timing(scores: dict[str, Any], turns: Sequence[TurnView]) -> tuple[list[str], int]:
    first = next((n for n, turn in enumerate(turns, 1) if turn.decision in ESCALATED), None)
    if scores["gold"] and not scores["escalated"]:
        return ["No person was ever offered or called."], 4
    if scores["on_time"] is False:
        return [f"Escalated at turn {first}, more than one turn off."], 2
    if scores["escalated"] and not scores["gold"]:
        return [f"Escalated at turn {first}, although no turn calls for it."], 3
    return [], 0


def _packet(gold: HandoffGold | None, packet: dict[str, Any] | None) -> tuple[PacketView | None, list[str]]:
    if gold is None and packet is None:
        return None, []
    found: dict[str, Any] = packet["facts"] if packet else {}
    scores: dict[str, bool] = handoff_scores(gold, packet)["slots"] if gold else {}
    slots = [
        Slot(name, _text(gold.facts[name] if gold else ""), _text(found.get(name, "")), ok)
        for name, ok in scores.items()
    ]
    slots += [Slot(name, "", _text(value), True) for name, value in found.items() if name not in scores]
    unsupported = tuple(packet["unsupported"]) if packet and gold else ()
    gaps = [f"The packet lacks {slot.name}: {slot.expected}." for slot in slots if not slot.ok and packet]
    if gold and packet is None:
        gaps.append("No packet was written.")
    if unsupported:
        gaps.append(f"The packet claims without a source: {_quoted(unsupported)}.")
    view = PacketView(
        missing=packet is None,
        slots=tuple(slots),
        question=str((packet or {}).get("question") or ""),
        expected_question=(gold.question if gold else None) or "",
        summary=str((packet or {}).get("summary") or ""),
        unsupported=unsupported,
    )
    return view, gaps


def _turn(
    text: str,
    got: dict[str, Any],
    expected: Sequence[str],
    ok: bool | None,
    reasons: Sequence[str] = (),
    frustration: int | None = None,
) -> TurnView:
    signals = got.get("signals") or {}
    return TurnView(
        text=text,
        expected=tuple(expected),
        expected_reasons=tuple(str(reason) for reason in reasons),
        expected_frustration=frustration,
        ok=ok,
        decision=got["decision"],
        reply=got["reply"],
        citations=tuple(got["citations"]),
        reasons=tuple(got["reasons"]),
        confidence=float(got["confidence"]),
        frustration=got.get("frustration"),
        rule=str(got.get("rule") or ""),
        signals=tuple((str(name), _text(value)) for name, value in signals.items()),
        ms=float(got["ms"]),
    )


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    return ", ".join(str(part) for part in value) if isinstance(value, list | tuple) else str(value)


def _quoted(texts: Sequence[str], between: str = ", ") -> str:
    return between.join(f"“{text}”" for text in texts)
