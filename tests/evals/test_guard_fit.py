from __future__ import annotations

import numpy as np
import pytest
from batonpass.escalation.combiner import GROUPS, MOOD
from batonpass.evals.guard_fit import Example, calibration_error, due, fit, values_of

NAMES = list(GROUPS)


@pytest.mark.parametrize(
    ("expected", "is_due"),
    [
        (("hand_off",), True),
        (("offer", "hand_off"), True),
        (("answer",), False),
        (("clarify", "answer"), False),
        (("answer", "offer"), None),
        (("clarify", "hand_off"), None),
        ((), None),
        (("silent",), None),
        (("silent", "hand_off"), None),
    ],
)
def test_when_a_person_is_due(expected: tuple[str, ...], is_due: bool | None) -> None:
    assert due(expected) is is_due


def example(due: bool | None, angry: bool | None = None, **signals: float) -> Example:
    values = tuple(signals.get(name, 0.0) for name in NAMES)
    return Example(values, due, angry, "answer", "s:1")


def drawn(truth: dict[str, float], intercept: float, count: int = 4000) -> list[Example]:
    """Turns whose label is drawn from a logistic of known weights; both labels follow it."""
    random = np.random.default_rng(7)
    made: list[Example] = []
    for _ in range(count):
        values = {name: float(random.random()) for name in truth}
        z = intercept + sum(weight * values[name] for name, weight in truth.items())
        label = bool(random.random() < 1 / (1 + np.exp(-z)))
        made.append(example(label, label, **values))
    return made


def test_known_weights_are_found_again() -> None:
    truth = {"unsure": 3.0, "upset": 2.0, "closing": -2.5, "again": 0.0}
    found = fit(drawn(truth, -2.0), l2=0.0)
    assert found.intercept == pytest.approx(-2.0, abs=0.35)
    for name, weight in truth.items():
        assert found.weights[name] == pytest.approx(weight, abs=0.45), name
    assert tuple(found.weights) == tuple(GROUPS)
    assert all(weight == 0 for name, weight in found.weights.items() if name not in truth)


def test_no_weight_leaves_its_side_of_zero() -> None:
    against = drawn({"unsure": -3.0, "closing": 3.0, "upset": 2.0}, 0.0, 800)
    found = fit(against)
    assert (found.weights["unsure"], found.weights["closing"]) == (0.0, 0.0)
    assert found.weights["upset"] > 1


def test_mood_learns_from_its_own_label_and_signals_alone() -> None:
    turns = [
        example(not upset, upset, upset=float(upset), unsure=float(not upset)) for upset in (True, False)
    ] * 20
    found = fit(turns, "mood")
    assert tuple(found.weights) == MOOD
    assert found.score({"upset": 1.0}) > 0.9 > 0.1 > found.score({"unsure": 1.0})
    person = fit(turns, "person")
    assert person.weights["upset"] == 0
    assert person.weights["unsure"] > 1


def test_turns_that_say_nothing_are_passed_over() -> None:
    told = drawn({"unsure": 3.0}, -1.0, 300)
    assert fit([*told, *[example(None, unsure=1.0)] * 200]) == fit(told)


def test_a_greater_penalty_makes_smaller_weights() -> None:
    turns = drawn({"unsure": 3.0}, -1.0, 300)
    assert 0 < fit(turns, l2=0.1).weights["unsure"] < fit(turns, l2=1e-4).weights["unsure"]


@pytest.mark.parametrize("labels", [[], [True, True], [None, False]])
def test_turns_of_one_kind_are_refused(labels: list[bool | None]) -> None:
    with pytest.raises(ValueError, match="person: turns of both kinds"):
        fit([example(label) for label in labels])


def test_values_by_name() -> None:
    assert values_of(example(True, again=0.5))["again"] == 0.5
    assert values_of(example(True)).keys() == GROUPS.keys()


@pytest.mark.parametrize(
    ("scores", "labels", "error"),
    [
        ([1.0, 0.0], [True, False], 0.0),
        ([1.0, 0.0], [False, True], 1.0),
        # Half of the turns at .25 with half of them due (a gap of .25), half at .9 with all due (.1).
        ([0.25, 0.25, 0.9, 0.9], [True, False, True, True], 0.175),
        # One bin holds both: their mean is what counts.
        ([0.41, 0.49], [True, False], 0.05),
    ],
)
def test_the_calibration_error_by_hand(scores: list[float], labels: list[bool], error: float) -> None:
    assert calibration_error(scores, labels) == pytest.approx(error)
