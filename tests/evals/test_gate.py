from __future__ import annotations

import pytest
from batonpass.evals.compare import compare
from batonpass.evals.gate import GateError, gate

from .golden import measure, run, suite, worsen


def test_a_good_run_holds() -> None:
    of = suite()
    assert gate(run(of), {"answer.right": 1.0, "escalation.missed_rate": {"max": 0.0}}, suite=of) == []


def test_a_broken_threshold_names_value_interval_limit_and_worst_items() -> None:
    of = suite()
    found = worsen(of, run(of), 4)
    (failure,) = gate(found, {"escalation.missed_rate": {"max": 0.1}}, suite=of)
    low, high = (found["metrics"]["escalation.missed_rate"][end] * 100 for end in ("low", "high"))
    assert failure.sentence == (
        f"escalation.missed_rate is 40.0 % (95 % interval {low:.1f} to {high:.1f} %, n = 10), "
        "above the maximum of 10.0 %; worst: s-0, s-2, s-4."
    )
    assert failure.worst == ("scenario/s-0", "scenario/s-2", "scenario/s-4")


@pytest.mark.parametrize(
    ("threshold", "holds"),
    [(0.6, True), (0.61, False), ({"min": 0.6}, True), ({"max": 0.5}, False), ({"min": 0.1, "max": 0.9}, True)],
)
def test_bounds(threshold: float | dict, holds: bool) -> None:
    of = suite()
    found = worsen(of, run(of), 4)  # recall .6
    assert (not gate(found, {"escalation.recall": threshold})) is holds


def test_a_number_bounds_a_share_of_errors_from_above() -> None:
    of = suite()
    assert gate(run(of), {"escalation.missed_rate": 0.1}) == []
    assert len(gate(worsen(of, run(of), 4), {"escalation.missed_rate": 0.1})) == 1


def test_an_unknown_metric_is_an_error_with_the_nearest_name() -> None:
    of = suite()
    with pytest.raises(GateError, match=r"no metric 'answer\.rigth'; did you mean 'answer\.right'\?"):
        gate(run(of), {"answer.rigth": 0.5})


def test_what_was_not_measured_does_not_hold() -> None:
    of = suite(scenarios=0)
    (failure,) = gate(run(of), {"escalation.f1": 0.1})
    assert (failure.kind, failure.metric) == ("missing", "escalation.f1")


def test_a_regression_beyond_noise_fails_and_one_within_does_not() -> None:
    of = suite(scenarios=40)
    worse = worsen(of, run(of), 12)
    failures = gate(worse, {}, compare(worse, run(of), of), suite=of)
    reasons = {failure.metric: failure.sentence for failure in failures}
    assert reasons["escalation.missed_rate"].startswith(
        "escalation.missed_rate got worse beyond noise: 60.0 % against 0.0 % in the baseline (+60.0 points, "
    )
    assert reasons["escalation.missed_rate"].endswith("p < .001, 20 items); worst: s-0, s-2, s-4.")
    assert "answer.right" not in reasons
    little = worsen(of, run(of), 2)
    assert gate(little, {}, compare(little, run(of), of)) == []


def test_an_improvement_does_not_fail() -> None:
    of = suite(scenarios=40)
    assert gate(run(of), {}, compare(run(of), worsen(of, run(of), 12), of)) == []


def test_worst_items_of_confidence_are_the_most_misplaced() -> None:
    of = suite()
    found = run(of)
    found["questions"][7]["confidence"] = 0.99
    (failure,) = gate(measure(of, found), {"confidence.ece": 0.01}, suite=of)
    assert failure.worst[0] == "question/q-7"
