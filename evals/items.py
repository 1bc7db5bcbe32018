"""What lies behind each metric, item by item: the rows that compare, gate and the reports share.

Rules of what is right stay in ``scoring``; here their outcomes are only sorted under the metrics' names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from ..knowledge.calibration import auroc
from .formats import Question, Scenario
from .metrics import as_question, calibration_error, conversations, recall_at_precision, repeats
from .rankings import by_query
from .scoring import handoff_scores, question_scores, scenario_scores
from .suite import Suite

Statistic = Callable[[np.ndarray], float]
Kind = Literal["question", "scenario", "simulation"]
PARTS: dict[Kind, str] = {"question": "questions", "scenario": "scenarios", "simulation": "simulations"}
"""Where a run holds the results of each kind; simulations only where the suite has some."""


@dataclass(frozen=True, slots=True)
class MetricInfo:
    """How a metric reads.

    Attributes:
        better: Which direction is good.
        unit: ``share`` is shown in per cent.
        plain: What it says, for somebody who never saw its name.
    """

    name: str
    plain: str
    better: Literal["higher", "lower"] = "higher"
    unit: Literal["share", "score", "ms", "cost", "count"] = "share"


METRICS: dict[str, MetricInfo] = {
    info.name: info
    for info in (
        MetricInfo("answer.right", "Questions handled rightly"),
        MetricInfo("answer.contains", "Answers that hold what they must"),
        MetricInfo("answer.exact", "Answers worded exactly so"),
        MetricInfo("answer.cited", "Answers that cite a right article"),
        MetricInfo("answer.leaks", "Replies with forbidden text", "lower"),
        MetricInfo("answer.refused_wrongly", "Answerable questions not answered", "lower"),
        MetricInfo("escalation.f1", "Escalation, F1", unit="score"),
        MetricInfo("escalation.precision", "Escalations that were due"),
        MetricInfo("escalation.recall", "Due escalations that came"),
        MetricInfo("escalation.false_rate", "Escalated needlessly", "lower"),
        MetricInfo("escalation.missed_rate", "Escalations missed", "lower"),
        MetricInfo("escalation.on_time", "Escalated on time"),
        MetricInfo("escalation.reason_right", "Escalated for the right reason"),
        MetricInfo("handoff.slot_recall", "Facts that reached the agent"),
        MetricInfo("handoff.unsupported", "Unsupported claims in a packet", "lower", "count"),
        MetricInfo("handoff.question_right", "Open question that reached the agent"),
        MetricInfo("frustration.auc", "Frustration told from calm, AUROC", unit="score"),
        MetricInfo("confidence.auroc", "Confidence tells answerable, AUROC", unit="score"),
        MetricInfo("confidence.ece", "Calibration error (ECE)", "lower", "score"),
        MetricInfo("confidence.recall_at_precision_95", "Recall at 95 % precision"),
        MetricInfo("retrieval.ndcg@10", "Retrieval, nDCG@10", unit="score"),
        MetricInfo("retrieval.recall@5", "Relevant articles in the first 5"),
        MetricInfo("retrieval.top1", "An article that answers comes first"),
        MetricInfo("retrieval.found@5", "An article that answers is in the first 5"),
        MetricInfo("retrieval.mrr", "Retrieval, mean reciprocal rank", unit="score"),
        MetricInfo("reply.supported", "Sentences that their source supports"),
        MetricInfo("reply.language", "Replies in the customer's language"),
        MetricInfo("reply.tone", "Replies without blame or empty apologies"),
        MetricInfo("reply.leaks", "Replies with internal text", "lower"),
        MetricInfo("simulation.passed", "Simulated customers served"),
        MetricInfo("answer.pass^k", "Questions right in every repeat"),
        MetricInfo("escalation.pass^k", "Scenarios right in every repeat"),
        MetricInfo("latency.turn_p50_ms", "Turn time, median", "lower", "ms"),
        MetricInfo("latency.turn_p95_ms", "Turn time, 95th percentile", "lower", "ms"),
        MetricInfo("cost.per_conversation", "Cost of a conversation", "lower", "cost"),
    )
}
"""Every metric, those of the formats and our own, in the order in which they are shown."""


@dataclass(slots=True)
class Sample:
    """The rows of one metric.

    Attributes:
        rows: By item key (``question/ID``). A ratio's rows are (numerator, denominator) and are summed.
        blame: How much an item pulls the metric down; items without fault are left out.
        ratio: The metric is the sum of numerators over the sum of denominators.
        empty: A ratio's value where the denominators sum to nought; None: not defined.
    """

    rows: dict[str, list[tuple[float, ...]]] = field(default_factory=dict)
    blame: dict[str, float] = field(default_factory=dict)
    ratio: bool = True
    empty: float | None = None
    statistic: Statistic | None = None

    def add(self, key: str, row: tuple[float, ...], blame: float) -> None:
        """One more row of an item (an item that was run again has several)."""
        self.rows.setdefault(key, []).append(row)
        if blame > 0:
            self.blame[key] = max(blame, self.blame.get(key, 0.0))

    def value(self, keys: Sequence[str] | None = None) -> float | None:
        """The metric over these items (default: all); None where it is not defined."""
        picked = [row for key in (self.rows if keys is None else keys) for row in self.rows.get(key, ())]
        if not picked:
            return None
        values = np.asarray(picked, dtype=float)
        if self.statistic:
            try:
                return float(self.statistic(values))
            except ValueError:
                return None
        total = values.sum(axis=0)
        return float(total[0] / total[1]) if total[1] else self.empty

    def worst(self, count: int = 3) -> list[str]:
        """Keys of the items with most blame, worst first; ties in the run's order."""
        return sorted(self.blame, key=lambda key: -self.blame[key])[:count]


def questions_of(suite: Suite) -> dict[str, Question]:
    """A suite's questions by id, those of a BEIR triple among them."""
    beir = {q.id: as_question(q, suite) for q in suite.beir.queries} if suite.beir else {}
    return {**{q.id: q for q in suite.questions}, **beir}


def judged(suite: Suite, run: dict[str, Any]) -> Iterator[tuple[Kind, Any, dict[str, Any]]]:
    """Each result with its line of the suite; results that the suite cannot judge are left out (``unjudged``)."""
    questions, scenarios = questions_of(suite), {s.id: s for s in suite.scenarios}
    for result in run["questions"]:
        if result["id"] in questions:
            yield "question", questions[result["id"]], result
    for result in run["scenarios"]:
        scenario = scenarios.get(result["id"])
        if scenario and len(scenario.turns) == len(result["turns"]):
            yield "scenario", scenario, result
    simulations = {s.id: s for s in suite.simulations}
    for result in run.get("simulations", ()):
        if result["id"] in simulations:
            yield "simulation", simulations[result["id"]], result


def unjudged(suite: Suite, run: dict[str, Any]) -> list[str]:
    """Keys of results that the suite does not know, or whose turns are not the suite's."""
    known = {f"{kind}/{line.id}" for kind, line, _ in judged(suite, run)}
    every = [f"{kind}/{result['id']}" for kind, part in PARTS.items() for result in run.get(part, ())]
    return sorted(set(every) - known)


def samples(suite: Suite, run: dict[str, Any]) -> dict[str, Sample]:
    """The rows behind every metric that the run's results allow, in the order of ``METRICS``."""
    found = {name: Sample() for name in METRICS}
    for name in ("escalation.f1", "escalation.precision", "escalation.recall"):
        found[name].empty = 0.0  # as in metrics.py: zero_division=0
    _curves(found)
    for key, values in by_query(suite, run).items():
        for name, value in values.items():
            found[name].add(key, (value, 1), 1 - value)
    for kind, line, result in judged(suite, run):
        key = f"{kind}/{line.id}"
        if kind == "question":
            _question(found, key, line, result)
        elif kind == "scenario":
            _scenario(found, key, line, result)
    _beyond(found, suite, run)
    for name in ("confidence.auroc", "confidence.ece", "confidence.recall_at_precision_95"):
        if len({row[1] for rows in found[name].rows.values() for row in rows}) < 2:
            found[name] = Sample()
    return {name: sample for name, sample in found.items() if sample.value() is not None}


def _curves(found: dict[str, Sample]) -> None:
    statistics: dict[str, Statistic] = {
        "confidence.auroc": lambda v: auroc(v[v[:, 1] > 0, 0].tolist(), v[v[:, 1] == 0, 0].tolist()),
        "confidence.ece": calibration_error,
        "confidence.recall_at_precision_95": recall_at_precision,
        "frustration.auc": lambda v: auroc(v[v[:, 0] > 0, 1].tolist(), v[v[:, 0] == 0, 1].tolist()),
        "latency.turn_p50_ms": lambda v: float(np.percentile(v, 50)),
        "latency.turn_p95_ms": lambda v: float(np.percentile(v, 95)),
    }
    for name, statistic in statistics.items():
        found[name] = Sample(ratio=False, statistic=statistic)


def _question(found: dict[str, Sample], key: str, line: Question, result: dict[str, Any]) -> None:
    scores = question_scores(line, result)
    names = {"right": "right", "contains": "contains", "exact": "exact", "cited": "cited", "leaks": "leak"}
    for name, score in {**names, "refused_wrongly": "refused_wrongly"}.items():
        value = scores[score]
        if value is not None:
            info = METRICS[f"answer.{name}"]
            found[info.name].add(key, (float(value), 1), float(value != (info.better == "higher")))
    confidence, truth = float(result["confidence"]), float(line.answerable)
    for name in ("auroc", "ece", "recall_at_precision_95"):
        found[f"confidence.{name}"].add(key, (confidence, truth), abs(confidence - truth))
    _latency(found, key, [result["ms"]])


def _scenario(found: dict[str, Sample], key: str, line: Scenario, result: dict[str, Any]) -> None:
    scores = scenario_scores(line, result)
    gold, escalated = bool(scores["gold"]), bool(scores["escalated"])
    hit, needless, missed = gold and escalated, escalated and not gold, gold and not escalated
    found["escalation.precision"].add(key, (hit, hit + needless), needless)
    found["escalation.recall"].add(key, (hit, gold), missed)
    found["escalation.f1"].add(key, (2 * hit, 2 * hit + needless + missed), needless or missed)
    rate = ("escalation.missed_rate", missed) if gold else ("escalation.false_rate", needless)
    found[rate[0]].add(key, (rate[1], 1), rate[1])
    for name in ("on_time", "reason_right"):
        if scores[name] is not None:
            found[f"escalation.{name}"].add(key, (scores[name], 1), not scores[name])
    for wanted, got in scores["frustration"]:
        found["frustration.auc"].add(key, (wanted >= 2, got), abs(wanted - got) / 3)
    if line.handoff:
        packet = result["handoff"]
        slots = handoff_scores(line.handoff, packet)["slots"]
        for there in slots.values():
            found["handoff.slot_recall"].add(key, (there, 1), sum(not s for s in slots.values()))
        question = handoff_scores(line.handoff, packet)["question"]
        if packet and question is not None:
            found["handoff.question_right"].add(key, (question, 1), not question)
        if packet:
            claims = len(packet["unsupported"])
            found["handoff.unsupported"].add(key, (claims, 1), claims)
    _latency(found, key, [turn["ms"] for turn in result["turns"] if turn["decision"] != "silent"])


def _latency(found: dict[str, Sample], key: str, times: Sequence[float]) -> None:
    for name in ("latency.turn_p50_ms", "latency.turn_p95_ms"):
        for took in times:
            found[name].add(key, (took,), took)


def _beyond(found: dict[str, Sample], suite: Suite, run: dict[str, Any]) -> None:
    """What needs no label of the item: checks of every reply, simulations, costs, and repeats."""
    for kind, results in (("question", run["questions"]), ("scenario", run["scenarios"])):
        for result in results:
            _replies(found, f"{kind}/{result['id']}", result.get("turns", (result,)))
    for result in run.get("simulations", ()):
        key = f"simulation/{result['id']}"
        found["simulation.passed"].add(key, (result["passed"], 1), not result["passed"])
        _replies(found, key, result["turns"])
    for key, result in conversations(run):
        found["cost.per_conversation"].add(key, (result["cost"], 1), result["cost"])
    for name, items in repeats(suite, run).items():
        for key, runs in items.items():
            found[name].add(key, (all(runs), 1), not all(runs))


def _replies(found: dict[str, Sample], key: str, turns: Sequence[dict[str, Any]]) -> None:
    for checks in (turn["checks"] for turn in turns if "checks" in turn):
        for supported in checks["supported"]:
            found["reply.supported"].add(key, (supported, 1), not supported)
        if checks["language"] is not None:
            found["reply.language"].add(key, (checks["language"], 1), not checks["language"])
        found["reply.tone"].add(key, (not checks["tone"], 1), bool(checks["tone"]))
        found["reply.leaks"].add(key, (bool(checks["leaks"]), 1), bool(checks["leaks"]))
