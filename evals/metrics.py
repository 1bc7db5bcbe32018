"""Figures over results, each with n and a 95 % bootstrap interval; nothing is rounded before it is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..agent.turn import MAX_MESSAGE
from .bootstrap import (
    CALIBRATION,
    F1,
    MEAN,
    PRECISION,
    RECALL,
    RECALL_AT_95,
    Metric,
    auroc,
    calibration_error,
    metric,
    percentile,
    recall_at_precision,
)
from .formats import Query
from .rankings import NAMES, by_query
from .scoring import handoff_scores, question_scores, scenario_scores
from .suite import Suite

__all__ = ["all_metrics", "as_question", "calibration_error", "confidence_metrics", "recall_at_precision"]


def all_metrics(suite: Suite, run: dict[str, Any], seed: int) -> dict[str, Metric]:
    """Every metric that the run's results allow, by the names of the formats."""
    figures: dict[str, Metric | None] = {}
    figures |= _retrieval(suite, run, seed)
    figures |= _questions(suite, run, seed)
    figures |= _scenarios(suite, run, seed)
    figures |= _all_repeats(suite, run, seed)
    figures |= _replies(run, seed)
    simulated = [result["passed"] for result in run.get("simulations", ())]
    figures["simulation.passed"] = metric(simulated, MEAN, seed)
    times = [q["ms"] for q in run["questions"]]
    times += [t["ms"] for s in run["scenarios"] for t in s["turns"] if t["decision"] != "silent"]
    figures["latency.turn_p50_ms"] = metric(times, percentile(50), seed)
    figures["latency.turn_p95_ms"] = metric(times, percentile(95), seed)
    costs = [result["cost"] for _, result in conversations(run)]
    figures["cost.per_conversation"] = metric(costs, MEAN, seed)
    return {name: figure for name, figure in figures.items() if figure is not None}


def conversations(run: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Key and result of each conversation whose cost is known; questions only where there is nothing longer."""
    longer = [("scenario", r) for r in run["scenarios"]] + [("simulation", r) for r in run.get("simulations", ())]
    some = longer or [("question", r) for r in run["questions"]]
    return [(f"{kind}/{result['id']}", result) for kind, result in some if "cost" in result]


def _retrieval(suite: Suite, run: dict[str, Any], seed: int) -> dict[str, Metric | None]:
    rows = list(by_query(suite, run).values())
    return {name: metric([row[name] for row in rows], MEAN, seed) for name in NAMES} if rows else {}


def _replies(run: dict[str, Any], seed: int) -> dict[str, Metric | None]:
    """What is checked of every reply (see ``scorers``), over questions, scenarios and simulations."""
    turns = [*run["questions"], *(t for s in (*run["scenarios"], *run.get("simulations", ())) for t in s["turns"])]
    checks = [turn["checks"] for turn in turns if "checks" in turn]
    claims = [supported for check in checks for supported in check["supported"]]
    return {
        "reply.supported": metric(claims, MEAN, seed),
        "reply.language": metric([c["language"] for c in checks if c["language"] is not None], MEAN, seed),
        "reply.tone": metric([not check["tone"] for check in checks], MEAN, seed),
        "reply.leaks": metric([bool(check["leaks"]) for check in checks], MEAN, seed),
    }


def repeats(suite: Suite, run: dict[str, Any]) -> dict[str, dict[str, list[bool]]]:
    """Whether each run of an item passed, by metric name and item key; nothing where each ran once."""
    by_id = {s.id: s for s in suite.scenarios}
    passed: dict[str, dict[str, list[bool]]] = {"answer.pass^k": {}, "escalation.pass^k": {}}
    for result in run["questions"]:
        passed["answer.pass^k"].setdefault(f"question/{result['id']}", []).append(result["right"])
    for result in run["scenarios"]:
        line = by_id.get(result["id"])
        if line and len(line.turns) == len(result["turns"]):
            scores = scenario_scores(line, result)
            runs = passed["escalation.pass^k"].setdefault(f"scenario/{line.id}", [])
            runs.append(scores["gold"] == scores["escalated"])
    return {name: items for name, items in passed.items() if any(len(runs) > 1 for runs in items.values())}


def _all_repeats(suite: Suite, run: dict[str, Any], seed: int) -> dict[str, Metric | None]:
    """pass^k (Yao et al. 2024): an item passes where each of its k runs does."""
    return {
        name: metric([all(runs) for runs in items.values()], MEAN, seed)
        for name, items in repeats(suite, run).items()
    }


def _questions(suite: Suite, run: dict[str, Any], seed: int) -> dict[str, Metric | None]:
    by_id = {q.id: q for q in suite.questions} | (
        {q.id: as_question(q, suite) for q in suite.beir.queries} if suite.beir else {}
    )
    scores = [question_scores(by_id[r["id"]], r) for r in run["questions"]]
    figures = {
        f"answer.{name}": metric([s[key] for s in scores if s[key] is not None], MEAN, seed)
        for name, key in (
            ("right", "right"),
            ("contains", "contains"),
            ("exact", "exact"),
            ("cited", "cited"),
            ("leaks", "leak"),
            ("refused_wrongly", "refused_wrongly"),
        )
    }
    labelled = [(r["confidence"], by_id[r["id"]].answerable) for r in run["questions"]]
    return figures | confidence_metrics(labelled, seed)


def confidence_metrics(pairs: Sequence[tuple[float, bool]], seed: int) -> dict[str, Metric | None]:
    """AUROC, expected calibration error (10 equal-width bins; Guo et al. 2017) and recall at 95 % precision.

    Args:
        pairs: Confidence and whether the question can be answered.
    """
    if len({answerable for _, answerable in pairs}) < 2:
        return {}
    return {
        "confidence.auroc": metric(pairs, auroc(truth=1, score=0), seed),
        "confidence.ece": metric(pairs, CALIBRATION, seed),
        "confidence.recall_at_precision_95": metric(pairs, RECALL_AT_95, seed),
    }


def as_question(query: Query, suite: Suite) -> Any:
    """A BEIR query with answers as a question: its reply must hold one of them and cite a relevant document."""
    from .formats import Question

    grades = suite.beir.qrels.get(query.id, {}) if suite.beir else {}
    return Question(
        id=query.id,
        text=query.text.strip()[:MAX_MESSAGE] or "?",
        answerable=bool(query.answerable if query.answerable is not None else grades),
        articles=tuple(d for d, grade in grades.items() if grade > 0),
        contains=(query.answers,) if query.answers else (),
    )


def _scenarios(suite: Suite, run: dict[str, Any], seed: int) -> dict[str, Metric | None]:
    by_id = {s.id: s for s in suite.scenarios}
    scores = [scenario_scores(by_id[r["id"]], r) for r in run["scenarios"]]
    if not scores:
        return {}
    pairs = [(s["gold"], s["escalated"]) for s in scores]
    figures: dict[str, Metric | None] = {
        "escalation.precision": metric(pairs, PRECISION, seed),
        "escalation.recall": metric(pairs, RECALL, seed),
        "escalation.f1": metric(pairs, F1, seed),
    }
    calm = [s["escalated"] for s in scores if not s["gold"]]
    due = [not s["escalated"] for s in scores if s["gold"]]
    figures["escalation.false_rate"] = metric(calm, MEAN, seed)
    figures["escalation.missed_rate"] = metric(due, MEAN, seed)
    for name in ("on_time", "reason_right"):
        figures[f"escalation.{name}"] = metric([s[name] for s in scores if s[name] is not None], MEAN, seed)
    moods = [(gold >= 2, found) for s in scores for gold, found in s["frustration"]]
    if len({gold for gold, _ in moods}) == 2:
        figures["frustration.auc"] = metric(moods, auroc(truth=0, score=1), seed)
    packets = [
        (handoff_scores(scenario.handoff, r["handoff"]), r["handoff"])
        for r in run["scenarios"]
        if (scenario := by_id[r["id"]]).handoff
    ]
    slots = [found for score, _ in packets for found in score["slots"].values()]
    figures["handoff.slot_recall"] = metric(slots, MEAN, seed)
    asked = [score["question"] for score, packet in packets if packet and score["question"] is not None]
    figures["handoff.question_right"] = metric(asked, MEAN, seed)
    unsupported = [len(packet["unsupported"]) for _, packet in packets if packet]
    figures["handoff.unsupported"] = metric(unsupported, MEAN, seed)
    return figures
