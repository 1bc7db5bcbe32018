"""Figures against scikit-learn and ir_measures, and intervals against the plain bootstrap."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from batonpass.evals import bootstrap
from batonpass.evals.bootstrap import (
    CALIBRATION,
    F1,
    MEAN,
    PRECISION,
    RECALL,
    RECALL_AT_95,
    Statistic,
    auroc,
    metric,
)
from batonpass.evals.metrics import all_metrics, confidence_metrics
from batonpass.evals.suite import load_suite
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

from .small import write_beir, write_suite

RNG = np.random.default_rng(1)
PAIRS = np.column_stack([RNG.integers(0, 2, 80), RNG.integers(0, 2, 80)])
SCORED = np.column_stack([np.round(RNG.random(80), 1), RNG.integers(0, 2, 80)])


@pytest.mark.parametrize(
    ("rows", "statistic"),
    [
        (RNG.random(50), MEAN),
        (PAIRS, PRECISION),
        (PAIRS, RECALL),
        (PAIRS, F1),
        (SCORED, auroc(truth=1, score=0)),
        (SCORED, CALIBRATION),
        (SCORED, RECALL_AT_95),
        (np.array([[0.5, 1], [0.5, 0], [0.2, 1]]), auroc(truth=1, score=0)),  # many resamples hold one class
    ],
)
def test_fast_draws_are_those_of_the_value_called_again_and_again(rows: Any, statistic: Statistic) -> None:
    fast, slow = metric(rows, statistic, 3), metric(rows, Statistic(statistic.value), 3)
    assert fast is not None
    assert slow is not None
    assert fast["value"] == slow["value"]
    assert (fast["low"], fast["high"]) == pytest.approx((slow["low"], slow["high"]))


def test_values_are_those_of_scikit_learn() -> None:
    for statistic, score in ((PRECISION, precision_score), (RECALL, recall_score), (F1, f1_score)):
        assert statistic.value(PAIRS) == score(PAIRS[:, 0], PAIRS[:, 1])
    assert auroc(truth=1, score=0).value(SCORED) == roc_auc_score(SCORED[:, 1], SCORED[:, 0])


def test_a_metric_without_rows_or_meaning_is_left_out() -> None:
    assert metric([], MEAN, 1) is None
    assert metric([(0.5, 1.0)], auroc(truth=1, score=0), 1) is None
    assert metric([0.0, 0.0], MEAN, 1) == {"value": 0.0, "n": 2, "low": 0.0, "high": 0.0}


def test_the_same_seed_gives_the_same_interval_and_another_one_does_not() -> None:
    rows = RNG.random(40)
    assert metric(rows, MEAN, 1) == metric(rows, MEAN, 1)
    assert metric(rows, MEAN, 1) != metric(rows, MEAN, 2)
    assert bootstrap.RESAMPLES == 1000


def test_the_interval_covers_the_mean_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    found = [metric(rng.random(60) < 0.7, MEAN, seed) for seed in range(200)]
    covered = [figure["low"] <= 0.7 <= figure["high"] for figure in found if figure]
    assert 0.88 <= float(np.mean(covered)) <= 0.99


def test_calibration_error_and_recall_at_precision_by_hand() -> None:
    # Bin .9: mean .95 against 1; bin .1: mean .15 against .5.
    pairs = [(0.95, True), (0.95, True), (0.1, False), (0.2, True)]
    figures = confidence_metrics(pairs, 1)
    ece, recall = figures["confidence.ece"], figures["confidence.recall_at_precision_95"]
    assert ece is not None
    assert ece["value"] == pytest.approx(0.5 * 0.05 + 0.25 * 0.1 + 0.25 * 0.8)
    assert recall is not None
    assert recall["value"] == pytest.approx(1.0)  # the three best are right
    assert confidence_metrics([(0.5, True)], 1) == {}


def answer(id: str, right: bool, **more: Any) -> dict[str, Any]:
    ranking = ["delivery-fee", "returns", "ko/delivery"]
    fields = {
        "decision": "answer",
        "reply": "4 euros" if right else "5",
        "citations": ["delivery-fee"],
        "ms": 10.0,
    }
    return {"id": id, "confidence": 0.9, "reasons": [], "ranking": ranking, "right": right, **fields, **more}


def turn(decision: str, frustration: int = 0) -> dict[str, Any]:
    blank = {"reasons": ["explicit_request"], "reply": "", "citations": [], "confidence": 0.5, "ms": 20.0}
    return {"decision": decision, "frustration": frustration, **blank}


def talk(*decisions: str) -> dict[str, Any]:
    return {"id": "s-asks", "turns": [turn(d) for d in decisions], "handoff": None}


def run(**parts: Any) -> dict[str, Any]:
    return {"run": {}, "metrics": {}, "retrieval": [], "questions": [], "scenarios": [], **parts}


def test_silent_turns_took_no_time_and_a_missed_packet_counts_as_missed(tmp_path: Path) -> None:
    suite = load_suite(write_suite(tmp_path))
    figures = all_metrics(suite, run(scenarios=[talk("answer", "answer", "silent", "silent")]), 7)
    assert figures["latency.turn_p50_ms"]["n"] == 2
    assert figures["handoff.slot_recall"]["value"] == 0
    assert figures["escalation.missed_rate"]["value"] == 1
    assert "escalation.false_rate" not in figures
    assert "answer.right" not in figures


def test_retrieval_of_questions_counts_answerable_ones_with_articles(tmp_path: Path) -> None:
    suite = load_suite(write_suite(tmp_path))
    questions = [answer("q-fee", True), answer("q-return", False), answer("q-none", False)]
    figures = all_metrics(suite, run(questions=questions), 7)
    assert figures["retrieval.mrr"] == {**figures["retrieval.mrr"], "value": 0.75, "n": 2}
    assert figures["retrieval.recall@5"]["value"] == 1


def test_retrieval_of_a_beir_triple_counts_judged_queries(tmp_path: Path) -> None:
    suite = load_suite(write_beir(tmp_path))
    figures = all_metrics(suite, run(retrieval=[{"id": "b1", "ranking": ["parking", "refund"], "ms": 1.0}]), 7)
    assert figures["retrieval.mrr"]["value"] == 0.5
    assert figures["retrieval.ndcg@10"]["value"] == pytest.approx(1 / np.log2(3))


def test_pass_k_wants_every_repeat_to_pass(tmp_path: Path) -> None:
    suite = load_suite(write_suite(tmp_path))
    twice = [answer("q-fee", True), answer("q-fee", True), answer("q-ko", True), answer("q-ko", False)]
    escalated, missed = (
        talk("answer", "hand_off", "silent", "silent"),
        talk("answer", "answer", "answer", "answer"),
    )
    figures = all_metrics(suite, run(questions=twice, scenarios=[escalated, missed]), 7)
    assert (figures["answer.pass^k"]["value"], figures["answer.pass^k"]["n"]) == (0.5, 2)
    assert (figures["escalation.pass^k"]["value"], figures["escalation.pass^k"]["n"]) == (0.0, 1)
    assert "answer.pass^k" not in all_metrics(suite, run(questions=twice[:1]), 7)
