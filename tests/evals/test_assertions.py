"""What is asserted of a simulated customer's conversation: lines, codes, and the turns at fault."""

from __future__ import annotations

from typing import Any

from batonpass.evals.assertions import misses
from batonpass.evals.formats import Simulation

TURN = {"decision": "answer", "reply": "It is 4 euros.", "citations": ["delivery-fee"]}
HANDED = {**TURN, "decision": "hand_off", "reply": "One moment."}


def spec(**expect: Any) -> Simulation:
    return Simulation.model_validate({"id": "s", "persona": "calm", "goal": {"ask": "hm?"}, "expect": expect})


def test_what_did_not_come_is_told_line_by_line() -> None:
    simulation = spec(
        outcome=["handed_off"],
        decisions=["offer"],
        never=["answer"],
        articles=["returns"],
        not_contains=["4 Euros"],
        facts={"name": "Ann"},
        status="waiting",
        max_turns=1,
    )
    result = {"outcome": "satisfied", "turns": [TURN, HANDED, TURN], "handoff": None, "status": "bot"}
    found = misses(simulation, result)
    assert [(miss.line, miss.fault) for miss in found] == [
        (
            "outcome satisfied, expected handed_off",
            {"code": "outcome", "got": "satisfied", "expected": ["handed_off"]},
        ),
        ("no turn was offer", {"code": "absent", "decision": "offer"}),
        ("a turn was answer", {"code": "never", "decision": "answer", "turn": 1}),
        ("cited none of returns", {"code": "cites", "texts": ["delivery-fee"], "expected": ["returns"]}),
        ("a reply holds '4 Euros'", {"code": "leak", "texts": ["4 Euros"]}),
        ("packet: name is None, expected 'Ann'", {"code": "slot", "slot": "name", "texts": ["Ann"]}),
        ("status bot, expected waiting", {"code": "status", "got": "bot", "expected": ["waiting"]}),
        ("3 turns, expected at most 1", {"code": "turns", "count": 3, "most": 1}),
        ("the assistant spoke after the hand-off", {"code": "spoke", "turn": 3}),
    ]


def test_turns_at_fault_are_named_with_what_would_have_been_right() -> None:
    result = {"outcome": "satisfied", "turns": [TURN, HANDED, TURN], "handoff": None, "status": "bot"}
    (never, leak, spoke) = misses(spec(never=["hand_off", "offer"], not_contains=["4 euros"]), result)
    assert never.turns == {1: ("answer", "clarify", "silent")}
    assert leak.turns == {0: ("answer",), 2: ("answer",)}
    assert spoke.turns == {2: ("silent",)}


def test_nothing_expected_nothing_missed() -> None:
    assert misses(spec(), {"outcome": "gave_up", "turns": [], "handoff": None, "status": "bot"}) == []
