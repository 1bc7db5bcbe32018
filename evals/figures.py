"""What the report's plots show, and in one plain sentence each, how to read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from . import plots
from .outcome import Outcome

DECISIONS = ("answer", "clarify", "offer", "hand_off", "silent")


def figures(outcome: Outcome) -> list[dict[str, Any]]:
    """Title, picture, legend and one plain sentence each; what the run has no figures for is left out."""
    found = [*_decisions(outcome)]
    asked = [card for card in outcome.cards if card.kind == "question"]
    if asked:
        truth = [card.turns[0].expected[0] == "answer" for card in asked]
        sure = [card.turns[0].confidence for card in asked]
        answered = [(c.turns[0].confidence, c.right) for c in asked if c.turns[0].decision == "answer"]
        lines = [("not answerable, of all questions", risk_coverage(sure, truth))]
        if answered:
            wrong = risk_coverage([c for c, _ in answered], [ok for _, ok in answered])
            lines.append(("wrong, of those answered", wrong))
        picture = plots.curves("Risk against coverage", lines, "share kept, surest first", "risk")
        says = "The error when only the surest share is kept; a curve that starts low and rises late is good."
        found.append(_plot("Risk and coverage", picture, says, [label for label, _ in lines]))
        bins = calibration_bins(sure, truth)
        says = "On the line, confidence means what it says. The larger a dot, the more questions."
        found.append(_plot("Calibration", plots.calibration(bins), says))
    times = [turn.ms for card in outcome.cards for turn in card.turns if turn.decision != "silent"]
    if times:
        p50, p95 = np.percentile(times, [50, 95])
        marks = ((f"median {p50:.0f} ms", float(p50)), (f"95 % {p95:.0f} ms", float(p95)))
        picture = plots.histogram("Time of a turn", times, x="ms", marks=marks)
        found.append(_plot("Latency", picture, f"{len(times)} turns; the last bar holds all slower ones."))
    costs = [card.cost for card in outcome.cards if card.cost is not None]
    if any(costs):
        marks = ((f"mean {np.mean(costs):.4g}", float(np.mean(costs))),)
        picture = plots.histogram("Cost of a conversation", costs, x="cost", marks=marks)
        found.append(_plot("Cost", picture, f"{len(costs)} conversations."))
    return found


def _decisions(outcome: Outcome) -> list[dict[str, Any]]:
    found, diagonal = [], {(decision, decision) for decision in DECISIONS}
    asked = [card for card in outcome.cards if card.kind == "question"]
    if asked:
        kinds = {True: "answerable", False: "not"}
        counts = Counter((kinds[c.turns[0].expected[0] == "answer"], c.turns[0].decision) for c in asked)
        good = {("answerable", "answer"), *(("not", refusal) for refusal in DECISIONS[1:])}
        rows, columns = tuple(kinds.values()), DECISIONS[:4]
        picture = plots.confusion("Decisions on questions", counts, rows, columns, good, ("question", "came"))
        says = "Whether the knowledge base answers it, against the decision. Small talk needs no source."
        found.append(_plot("Decisions on questions", picture, says))
    turns = [turn for card in outcome.cards if card.kind == "scenario" for turn in card.turns]
    if any(turn.expected for turn in turns):
        counts = Counter((t.decision if t.ok else t.expected[0], t.decision) for t in turns if t.expected)
        picture = plots.confusion("Decisions in scenarios", counts, DECISIONS, DECISIONS, diagonal)
        says = "Turn by turn. Where several decisions are accepted, a wrong one counts under the first of them."
        found.append(_plot("Decisions in scenarios", picture, says))
    moods = [t for t in turns if t.expected_frustration is not None and t.frustration is not None]
    if moods:
        levels = ("0", "1", "2", "3")
        counts = Counter((str(t.expected_frustration), str(t.frustration)) for t in moods)
        same = {(level, level) for level in levels}
        picture = plots.confusion("Frustration", counts, levels, levels, same, ("expected", "felt"))
        found.append(_plot("Frustration", picture, "0 calm to 3 furious, turn by turn."))
    return found


def _plot(title: str, picture: Markup, says: str, legend: Sequence[str] = ()) -> dict[str, Any]:
    return {"title": title, "picture": picture, "says": says, "legend": list(legend)}


def risk_coverage(confidence: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float]]:
    """The risk-coverage curve (El-Yaniv and Wiener 2010): (share kept, error among the kept), surest first.

    Items of equal confidence are kept together.
    """
    order = np.argsort(-np.asarray(confidence, dtype=float), kind="stable")
    scores = np.asarray(confidence, dtype=float)[order]
    wrong = np.cumsum(~np.asarray(right, dtype=bool)[order])
    count = np.arange(1, len(order) + 1)
    last = np.append(scores[1:] != scores[:-1], True)
    return [(float(n / len(order)), float(w / n)) for n, w in zip(count[last], wrong[last], strict=True)]


def calibration_bins(confidence: Sequence[float], truth: Sequence[bool]) -> list[tuple[float, float, int]]:
    """Ten equal-width bins, as in ``metrics.calibration_error``: mean confidence, share that held, count."""
    scores, held = np.asarray(confidence, dtype=float), np.asarray(truth, dtype=float)
    bins = np.minimum((scores * 10).astype(int), 9)
    return [
        (float(scores[bins == b].mean()), float(held[bins == b].mean()), int((bins == b).sum()))
        for b in np.unique(bins)
    ]
