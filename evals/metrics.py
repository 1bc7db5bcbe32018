"""Figures over results, each with n and a 95 % bootstrap interval; nothing is rounded before it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

from .formats import Query
from .scoring import handoff_scores, question_scores, scenario_scores
from .suite import Suite

RESAMPLES = 1000
"""Bootstrap resamples (Efron and Tibshirani 1993 take 1,000 for percentile intervals)."""

Metric = dict[str, float | int]


def metric(rows: Sequence[Any] | np.ndarray, statistic: Callable[[np.ndarray], float], seed: int) -> Metric | None:
    """A statistic with its interval.

    Args:
        rows: The sample; the first axis is resampled.
        statistic: From the rows (as an array) to a number; may raise ValueError on a degenerate resample.
        seed: Of the resampling.

    Returns:
        ``value``, ``n``, ``low``, ``high``; None without rows or where the statistic is not defined on them.
    """
    values = np.asarray(rows, dtype=float)
    if not len(values):
        return None
    value = _safe(statistic, values)
    if value is None:
        return None
    rng = np.random.default_rng(seed)
    draws = [_safe(statistic, values[rng.integers(0, len(values), len(values))]) for _ in range(RESAMPLES)]
    kept = [draw for draw in draws if draw is not None]
    low, high = np.percentile(kept, [2.5, 97.5]) if kept else (value, value)
    return {"value": value, "n": len(values), "low": float(low), "high": float(high)}


def _safe(statistic: Callable[[np.ndarray], float], values: np.ndarray) -> float | None:
    try:
        value = float(statistic(values))
    except (ValueError, ZeroDivisionError):
        return None
    return None if np.isnan(value) else value


def mean(values: np.ndarray) -> float:
    """The mean of the first axis."""
    return float(values.mean())


def all_metrics(suite: Suite, run: dict[str, Any], seed: int) -> dict[str, Metric]:
    """Every metric that the run's results allow, by the names of the formats."""
    figures: dict[str, Metric | None] = {}
    figures |= _retrieval(suite, run, seed)
    figures |= _questions(suite, run, seed)
    figures |= _scenarios(suite, run, seed)
    times = [q["ms"] for q in run["questions"]]
    times += [t["ms"] for s in run["scenarios"] for t in s["turns"] if t["decision"] != "silent"]
    figures["latency.turn_p50_ms"] = metric(times, lambda v: float(np.percentile(v, 50)), seed)
    figures["latency.turn_p95_ms"] = metric(times, lambda v: float(np.percentile(v, 95)), seed)
    costs = [s["cost"] for s in run["scenarios"] if "cost" in s]
    figures["cost.per_conversation"] = metric(costs, mean, seed)
    return {name: figure for name, figure in figures.items() if figure is not None}


def _retrieval(suite: Suite, run: dict[str, Any], seed: int) -> dict[str, Metric | None]:
    import ir_measures
    from ir_measures import RR, R, nDCG

    qrels = dict(suite.beir.qrels) if suite.beir else {}
    rankings = {entry["id"]: entry["ranking"] for entry in run["retrieval"]}
    if not qrels:
        qrels = {q.id: dict.fromkeys(q.articles, 1) for q in suite.questions if q.answerable and q.articles}
        rankings = {entry["id"]: entry["ranking"] for entry in run["questions"]}
    judged = {q: grades for q, grades in qrels.items() if q in rankings and any(g > 0 for g in grades.values())}
    if not judged:
        return {}
    scored = {q: {d: float(len(rankings[q]) - n) for n, d in enumerate(rankings[q])} for q in judged}
    names = {nDCG @ 10: "ndcg@10", R @ 5: "recall@5", RR: "mrr"}
    values: dict[str, dict[str, float]] = {name: dict.fromkeys(judged, 0.0) for name in names.values()}
    for row in ir_measures.iter_calc(list(names), judged, scored):
        values[names[row.measure]][row.query_id] = row.value
    return {f"retrieval.{name}": metric(list(v.values()), mean, seed) for name, v in values.items()}


def _questions(suite: Suite, run: dict[str, Any], seed: int) -> dict[str, Metric | None]:
    by_id = {q.id: q for q in suite.questions} | (
        {q.id: as_question(q, suite) for q in suite.beir.queries} if suite.beir else {}
    )
    scores = [question_scores(by_id[r["id"]], r) for r in run["questions"]]
    figures = {
        f"answer.{name}": metric([s[key] for s in scores if s[key] is not None], mean, seed)
        for name, key in (
            ("right", "right"),
            ("contains", "contains"),
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
        "confidence.auroc": metric(pairs, lambda v: float(roc_auc_score(v[:, 1], v[:, 0])), seed),
        "confidence.ece": metric(pairs, calibration_error, seed),
        "confidence.recall_at_precision_95": metric(pairs, recall_at_precision, seed),
    }


def calibration_error(pairs: np.ndarray) -> float:
    """Expected calibration error over ten equal-width bins; columns: confidence, truth."""
    bins = np.minimum((pairs[:, 0] * 10).astype(int), 9)
    gaps = [
        abs(pairs[bins == b, 0].mean() - pairs[bins == b, 1].mean()) * (bins == b).mean() for b in np.unique(bins)
    ]
    return float(sum(gaps))


def recall_at_precision(pairs: np.ndarray, precision: float = 0.95) -> float:
    """The greatest recall at which the precision still holds; 0 where it never does."""
    order = np.argsort(-pairs[:, 0], kind="stable")
    truth, scores = pairs[order, 1], pairs[order, 0]
    hits = np.cumsum(truth)
    right = hits / np.arange(1, len(truth) + 1)
    last_of_ties = np.append(scores[1:] != scores[:-1], True)
    good = (right >= precision) & last_of_ties
    return float((hits[good] / max(1.0, truth.sum())).max(initial=0.0))


def as_question(query: Query, suite: Suite) -> Any:
    """A BEIR query with answers as a question: its reply must hold one of them and cite a relevant document."""
    from .formats import Question

    grades = suite.beir.qrels.get(query.id, {}) if suite.beir else {}
    return Question(
        id=query.id,
        text=query.text or "?",
        answerable=bool(query.answerable if query.answerable is not None else grades),
        articles=tuple(d for d, grade in grades.items() if grade > 0),
        contains=(query.answers,) if query.answers else (),
    )


def _binary(score: Callable[..., Any]) -> Callable[[np.ndarray], float]:
    """A score of truth (first column) and finding (second), 0 where it is not defined."""
    return lambda pairs: float(score(pairs[:, 0], pairs[:, 1], zero_division=0))


def _scenarios(suite: Suite, run: dict[str, Any], seed: int) -> dict[str, Metric | None]:
    by_id = {s.id: s for s in suite.scenarios}
    scores = [scenario_scores(by_id[r["id"]], r) for r in run["scenarios"]]
    if not scores:
        return {}
    pairs = np.array([(s["gold"], s["escalated"]) for s in scores], dtype=float)
    figures: dict[str, Metric | None] = {
        f"escalation.{name}": metric(pairs, _binary(score), seed)
        for name, score in (("precision", precision_score), ("recall", recall_score), ("f1", f1_score))
    }
    calm = [s["escalated"] for s in scores if not s["gold"]]
    due = [not s["escalated"] for s in scores if s["gold"]]
    figures["escalation.false_rate"] = metric(calm, mean, seed)
    figures["escalation.missed_rate"] = metric(due, mean, seed)
    for name in ("on_time", "reason_right"):
        figures[f"escalation.{name}"] = metric([s[name] for s in scores if s[name] is not None], mean, seed)
    moods = [(gold >= 2, found) for s in scores for gold, found in s["frustration"]]
    if len({gold for gold, _ in moods}) == 2:
        figures["frustration.auc"] = metric(moods, lambda v: float(roc_auc_score(v[:, 0], v[:, 1])), seed)
    packets = [
        (handoff_scores(scenario.handoff, r["handoff"]), r["handoff"])
        for r in run["scenarios"]
        if (scenario := by_id[r["id"]]).handoff
    ]
    slots = [found for score, _ in packets for found in score["slots"].values()]
    figures["handoff.slot_recall"] = metric(slots, mean, seed)
    unsupported = [len(packet["unsupported"]) for _, packet in packets if packet]
    figures["handoff.unsupported"] = metric(unsupported, mean, seed)
    return figures
