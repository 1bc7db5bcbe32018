from __future__ import annotations

from batonpass.evals.items import judged, samples, unjudged

from .golden import run, simulated, suite, talked


def test_simulations_are_judged_beside_questions_and_scenarios() -> None:
    of = simulated(suite(2, 2))
    found = talked(of, run(of))
    keys = [f"{kind}/{line.id}" for kind, line, _ in judged(of, found)]
    assert keys == [
        "question/q-0",
        "question/q-1",
        "scenario/s-0",
        "scenario/s-1",
        "simulation/m-fee",
        "simulation/m-person",
    ]
    assert unjudged(of, found) == []
    assert samples(of, found)["simulation.passed"].value() == 1.0


def test_a_simulation_that_the_suite_does_not_know_is_strange() -> None:
    of = simulated(suite(2, 2))
    found = talked(of, run(of))
    assert unjudged(suite(2, 2), found) == ["simulation/m-fee", "simulation/m-person"]
