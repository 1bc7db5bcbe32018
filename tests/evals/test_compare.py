from __future__ import annotations

import copy

import numpy as np
import pytest
from batonpass.evals.compare import compare
from batonpass.evals.items import METRICS, Sample, samples
from batonpass.evals.outcome import judge
from batonpass.evals.paired import paired
from scipy.stats import binomtest, permutation_test

from .golden import measure, run, simulated, suite, talked, worsen


def test_rows_behind_a_metric_give_the_metric() -> None:
    of = suite()
    found = worsen(of, run(of), 4)
    found["questions"][0]["citations"] = []
    found["questions"][2] |= {"decision": "offer", "confidence": 0.3}
    found["scenarios"][1]["turns"][1]["decision"] = "offer"
    found["scenarios"][3]["cost"] = 0.02
    measure(of, found)
    values = {name: sample.value() for name, sample in samples(of, found).items()}
    assert values == pytest.approx({name: figure["value"] for name, figure in found["metrics"].items()})
    elsewhere = {"simulation.passed", "answer.pass^k", "escalation.pass^k", "answer.exact"}
    elsewhere |= {name for name in METRICS if name.startswith(("reply.", "handoff.question"))}
    assert set(values) == set(METRICS) - elsewhere


def test_rows_behind_repeats_replies_and_simulations_give_their_metrics() -> None:
    of = suite()
    found = run(of)
    again = copy.deepcopy(found)
    again["questions"][1]["right"] = False
    found["questions"] += again["questions"]
    found["scenarios"] += again["scenarios"]
    checks = {"supported": [True, False], "language": True, "tone": ["blame"], "leaks": []}
    found["questions"][0]["checks"] = checks
    turn = found["questions"][0] | {"decision": "answer"}
    talk = {"id": "m", "turns": [turn]}
    found["simulations"] = [talk | {"passed": True, "cost": 0.3}, talk | {"passed": False, "cost": 0.1}]
    measure(of, found)
    rows = samples(of, found)
    assert {name: sample.value() for name, sample in rows.items()} == pytest.approx(
        {name: figure["value"] for name, figure in found["metrics"].items()}
    )
    assert rows["simulation.passed"].value() == 0.5
    assert rows["cost.per_conversation"].value() == pytest.approx(0.2)
    assert rows["reply.supported"].value() == 0.5
    assert rows["answer.pass^k"].blame == {f"question/{found['questions'][1]['id']}": 1.0}


def test_simulated_customers_are_compared_and_change_sides() -> None:
    of = simulated(suite(2, 2))
    comparison = compare(talked(of, run(of), well=False), talked(of, run(of)), of)
    assert [flip.now.key for flip in comparison.broke] == ["simulation/m-fee"]
    assert comparison.shared == 6
    assert comparison.changes["simulation.passed"].difference == -0.5
    assert comparison.changes["simulation.passed"].worst == ("simulation/m-fee",)
    assert comparison.warnings == ()


def test_a_run_is_the_same_as_itself() -> None:
    of = suite()
    comparison = compare(run(of), run(of), of)
    assert {change.verdict for change in comparison.changes.values()} == {"same"}
    assert {change.paired.p for change in comparison.changes.values()} == {1.0}
    assert (comparison.broke, comparison.fixed, comparison.warnings) == ((), (), ())


def test_a_guard_that_stops_handing_off_is_worse_beyond_noise() -> None:
    of = suite(scenarios=40)
    comparison = compare(worsen(of, run(of, policy="p2"), 12), run(of), of)
    missed = comparison.changes["escalation.missed_rate"]
    assert (missed.verdict, missed.difference, missed.paired.test) == ("worse", 0.6, "mcnemar")
    assert missed.paired.p == pytest.approx(binomtest(0, 12).pvalue)
    assert missed.paired.low > 0
    assert comparison.changes["answer.right"].verdict == "same"
    assert [flip.now.key for flip in comparison.broke] == [f"scenario/s-{n}" for n in range(0, 24, 2)]
    assert comparison.warnings == ("Different guard policies: p2 now, p1 in the baseline.",)
    back = compare(run(of), worsen(of, run(of), 12), of)
    assert back.changes["escalation.missed_rate"].verdict == "better"
    assert len(back.fixed) == 12
    assert not back.broke


def test_two_items_are_noise() -> None:
    of = suite()
    comparison = compare(worsen(of, run(of), 2), run(of), of)
    assert comparison.changes["escalation.missed_rate"].direction == "worse"
    assert comparison.of("worse") == []
    assert len(comparison.broke) == 2


def test_slower_turns_are_shown_but_never_a_verdict() -> None:
    of = suite()
    slow = run(of)
    for question in slow["questions"]:
        question["ms"] *= 9
    for scenario in slow["scenarios"]:
        for turn in scenario["turns"]:
            turn["ms"] *= 9
    change = compare(measure(of, slow), run(of), of).changes["latency.turn_p50_ms"]
    assert change.difference > 0
    assert (change.q, change.verdict) == (None, "same")


def test_only_shared_items_are_compared_and_it_is_said() -> None:
    of = suite()
    part = run(of)
    part["questions"] = part["questions"][:10]
    strange = copy.deepcopy(part["questions"][0]) | {"id": "gone"}
    part["questions"].append(strange)
    comparison = compare(run(of), part, of)
    assert comparison.changes["answer.right"].paired.n == 10
    assert any("30 items of both; 20 only now, 1 only before" in line for line in comparison.warnings)
    assert any("1 items of the baseline are not those of the suite" in line for line in comparison.warnings)


def test_runs_that_differ_in_what_they_ran_on_are_told_apart() -> None:
    of = suite()
    old = run(of, suite="other", model="gpt", kb={"documents": 3, "chunks": 4, "version": "b"})
    warnings = " ".join(compare(run(of), old, of).warnings)
    for words in ("suites: golden now, other", "models", "knowledge bases", "numbers of documents"):
        assert words in warnings


def test_gold_that_changed_since_is_noticed() -> None:
    of = suite()
    old = run(of)
    old["questions"][0]["right"] = False
    assert "1 of its questions are judged otherwise" in compare(run(of), old, of).warnings[-1]


def test_the_same_seed_gives_the_same_figures() -> None:
    of = suite()
    worse = worsen(of, run(of), 5)
    assert compare(worse, run(of), of, seed=3).changes == compare(worse, run(of), of, seed=3).changes


def test_permutation_agrees_with_scipy_on_means() -> None:
    rng = np.random.default_rng(1)
    before = rng.normal(0, 1, 40)
    now = before + rng.normal(0.3, 1, 40)
    keys = [f"question/{n}" for n in range(40)]
    a, b = (Sample(rows={k: [(float(v), 1)] for k, v in zip(keys, x, strict=True)}) for x in (now, before))
    found = paired(a, b, keys, 7)
    assert found
    wanted = permutation_test(
        (now - before,), np.mean, permutation_type="samples", n_resamples=9999, rng=np.random.default_rng(1)
    )
    assert found.p == pytest.approx(float(wanted.pvalue), abs=0.02)
    assert found.low < (now - before).mean() < found.high


def test_a_curve_that_collapsed_is_found() -> None:
    of = suite(questions=60)
    flat = run(of)
    for number, question in enumerate(flat["questions"]):
        question["confidence"] = 0.5 + number % 3 / 10
    change = compare(measure(of, flat), run(of), of).changes["confidence.auroc"]
    assert change.verdict == "worse"
    assert change.paired.test == "permutation"
    assert change.paired.high < 0


def test_noise_alone_rarely_raises_an_alarm() -> None:
    """Two equally good assistants that fail on different questions: at most about one comparison of twenty."""
    of = suite(questions=80, scenarios=0)
    alarms, perfect = 0, run(of)
    for seed in range(40):
        rng = np.random.default_rng(seed)
        runs = [copy.deepcopy(perfect), copy.deepcopy(perfect)]
        for one in runs:
            for place in rng.choice(80, 16, replace=False):
                one["questions"][place] |= {"decision": "answer", "reply": "?", "citations": ["ko/time"]}
        alarms += bool(compare(runs[0], runs[1], of).of("worse"))
    assert alarms <= 5


def test_an_item_run_several_times_is_one_item() -> None:
    of = suite()
    twice, before = run(of), run(of)
    for one in (twice, before):
        one["questions"] += copy.deepcopy(one["questions"])
    twice["questions"][0] |= {"reply": "모름"}
    comparison = compare(twice, before, of)
    assert comparison.changes["answer.right"].paired.n == 30
    assert [flip.now.id for flip in comparison.broke] == ["q-0"]
    assert judge(twice, of, before).failing[0].id == "q-0"
