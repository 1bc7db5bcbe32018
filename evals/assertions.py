"""What was expected of a simulated customer and did not come: a line each, with a code for the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, get_args

from .formats import Expected, HandoffGold, Simulation
from .scoring import handoff_scores, leaks


@dataclass(frozen=True, slots=True)
class Miss:
    """An assertion that failed.

    Attributes:
        line: What a run keeps of it.
        fault: A code with values; the evaluators' page has the words.
        turns: The turns at fault, from 0, each with the decisions that would have been right there.
    """

    line: str
    fault: dict[str, Any]
    turns: dict[int, tuple[str, ...]] = field(default_factory=dict)


def misses(simulation: Simulation, result: dict[str, Any]) -> list[Miss]:
    """Everything that was expected and did not come.

    Args:
        simulation: What was expected.
        result: As ``simulate`` returns it.
    """
    return [*_conduct(simulation, result), *_packet(simulation, result), *_end(simulation, result)]


def _conduct(simulation: Simulation, result: dict[str, Any]) -> Iterator[Miss]:
    wanted, turns, outcome = simulation.expect, result["turns"], result["outcome"]
    decisions = [turn["decision"] for turn in turns]
    if wanted.outcome and outcome not in wanted.outcome:
        fault = {"code": "outcome", "got": outcome, "expected": list(wanted.outcome)}
        yield Miss(f"outcome {outcome}, expected {' or '.join(wanted.outcome)}", fault)
    for decision in wanted.decisions:
        if decision not in decisions:
            yield Miss(f"no turn was {decision}", {"code": "absent", "decision": decision})
    others = tuple(decision for decision in get_args(Expected) if decision not in wanted.never)
    for decision in wanted.never:
        if places := [place for place, made in enumerate(decisions) if made == decision]:
            fault = {"code": "never", "decision": decision, "turn": places[0] + 1}
            yield Miss(f"a turn was {decision}", fault, dict.fromkeys(places, others))
    cited = list(dict.fromkeys(article for turn in turns for article in turn["citations"]))
    if wanted.articles and not set(cited) & set(wanted.articles):
        fault = {"code": "cites", "texts": cited, "expected": list(wanted.articles)}
        yield Miss(f"cited none of {', '.join(wanted.articles)}", fault)
    for text in leaks("\n".join(turn["reply"] for turn in turns), wanted.not_contains):
        places = [place for place, turn in enumerate(turns) if leaks(turn["reply"], (text,))]
        fault = {"code": "leak", "texts": [text]}
        yield Miss(f"a reply holds {text!r}", fault, {place: (decisions[place],) for place in places})


def _packet(simulation: Simulation, result: dict[str, Any]) -> Iterator[Miss]:
    facts, packet = simulation.expect.facts, result["handoff"]
    found = packet["facts"] if packet else {}
    for slot, there in handoff_scores(HandoffGold(facts=dict(facts)), packet)["slots"].items():
        if not there:
            fault = {"code": "slot", "slot": slot, "texts": [facts[slot]]}
            yield Miss(f"packet: {slot} is {found.get(slot)!r}, expected {facts[slot]!r}", fault)


def _end(simulation: Simulation, result: dict[str, Any]) -> Iterator[Miss]:
    wanted, turns, status = simulation.expect, result["turns"], result["status"]
    if wanted.status not in (None, status):
        fault = {"code": "status", "got": status, "expected": [wanted.status]}
        yield Miss(f"status {status}, expected {wanted.status}", fault)
    limit = wanted.max_turns
    if limit is not None and len(turns) > limit:
        fault = {"code": "turns", "count": len(turns), "most": limit}
        yield Miss(f"{len(turns)} turns, expected at most {limit}", fault)
    # Always: once a person is called, the assistant is silent.
    decisions = [turn["decision"] for turn in turns]
    called = next((place for place, decision in enumerate(decisions) if decision == "hand_off"), len(decisions))
    if spoke := [place for place in range(called + 1, len(turns)) if decisions[place] != "silent"]:
        fault = {"code": "spoke", "turn": spoke[0] + 1}
        yield Miss("the assistant spoke after the hand-off", fault, dict.fromkeys(spoke, ("silent",)))
