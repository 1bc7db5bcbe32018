from __future__ import annotations

import pytest
from batonpass.evals.cards import Card, cards

from .golden import run, simulated, suite, talked


def card(well: bool, key: str = "simulation/m-fee") -> Card:
    of = simulated(suite(2, 2))
    return next(found for found in cards(of, talked(of, run(of), well=well)) if found.key == key)


def test_a_served_customer_has_a_card_with_transcript_and_trace() -> None:
    found = card(True)
    assert (found.kind, found.id, found.lang, found.title) == ("simulation", "m-fee", "ko", "배송비가 얼마예요?")
    assert found.labels == ("calm", "satisfied")
    assert (found.right, found.failed, found.severity, found.faults) == (True, False, 0, ())
    assert found.goal == (("3,000원", "삼천 원"),)
    (turn,) = found.turns
    assert (turn.ok, turn.expected, turn.rule, turn.signals) == (None, (), "confident", (("score", "0.5"),))
    assert found.packet is None


def test_what_failed_is_told_and_the_turn_at_fault_marked() -> None:
    found = card(False)
    assert found.labels == ("calm", "handed_off")
    assert not found.right
    assert found.faults == ("Outcome handed_off, expected satisfied.", "A turn was hand_off.")
    assert found.severity == 3
    assert [turn.ok for turn in found.turns] == [None, False, None]
    assert "hand_off" not in found.turns[1].expected
    assert found.packet
    assert [(slot.name, slot.expected, slot.found) for slot in found.packet.slots] == [
        ("order_number", "", "SD-1")
    ]


def test_the_packet_stands_beside_the_facts_expected() -> None:
    found = card(True, "simulation/m-person")
    assert found.packet
    assert [(slot.expected, slot.found, slot.ok) for slot in found.packet.slots] == [("SD-1", "SD-1", True)]
    assert not found.packet.missing


@pytest.mark.parametrize(
    ("change", "severity"),
    [({"outcome": "gave_up"}, 4), ({"handoff": None}, 2), ({"status": "bot"}, 0)],
)
def test_gravity(change: dict[str, object], severity: int) -> None:
    of = simulated(suite(2, 2))
    found = talked(of, run(of))
    result = found["simulations"][1]
    result |= change
    if "outcome" in change:
        result |= {"failed": ["outcome gave_up, expected handed_off"], "passed": False}
    elif "handoff" in change:
        result |= {"failed": ["packet: order_number is None, expected 'SD-1'"], "passed": False}
    assert cards(of, found)[-1].severity == severity
    assert cards(of, found)[-1].failed is bool(severity)


def test_a_customer_who_said_nothing_and_a_line_that_the_suite_no_longer_explains() -> None:
    of = simulated(suite(2, 2))
    found = talked(of, run(of))
    found["simulations"][0] |= {"turns": [], "failed": ["9 turns, expected at most 8"], "passed": False}
    shown = cards(of, found)[-2]
    assert (shown.title, shown.faults, shown.severity) == (
        "배송비가 얼마예요?",
        ("9 turns, expected at most 8.",),
        2,
    )
