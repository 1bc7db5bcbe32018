"""One self-contained HTML page: verdict and reasons first, then failures, then plots and every figure.

Customers' words are untrusted: templates escape everything, no text is ever marked safe, and the page's own
content security policy lets nothing load and no script run but the one whose hash it names.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from . import plots
from .cards import Card
from .compare import ALPHA, Change
from .figures import figures
from .gate import p_text, shown, span
from .items import METRICS, MetricInfo
from .outcome import Outcome

TEMPLATES = Path(__file__).parent / "templates"
HEADLINES = (
    "answer.right",
    "answer.refused_wrongly",
    "answer.leaks",
    "simulation.passed",
    "escalation.missed_rate",
    "escalation.false_rate",
    "escalation.on_time",
    "handoff.slot_recall",
    "confidence.auroc",
    "retrieval.recall@5",
    "latency.turn_p95_ms",
    "cost.per_conversation",
)
TILES = 8
RIGHT_ONES = 300
"""Cards of what went right; the rest stays in the JSON."""


@dataclass(frozen=True, slots=True)
class Row:
    """A metric as the page shows it."""

    info: MetricInfo
    value: str
    interval: str
    n: int
    strip: Markup
    arrow: str = ""
    tone: str = ""
    change: str = ""
    versus: str = ""
    before: str = ""
    difference: Markup | None = None


def html_report(outcomes: Sequence[Outcome]) -> str:
    """The page for one or several runs."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = _own("report.css"), _own("report.js")
    sections = [_section(number, outcome) for number, outcome in enumerate(outcomes)]
    return environment.get_template("report.html").render(
        sections=sections,
        gated=any(outcome.gated for outcome in outcomes),
        reasons=sum(len(outcome.failures) for outcome in outcomes),
        style=style,
        script=script,
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'",
    )


def _own(name: str) -> Markup:
    """A file of this package; the only text that goes into the page as it stands."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _section(number: int, outcome: Outcome) -> dict[str, Any]:
    comparison = outcome.comparison
    failing = outcome.failing
    right = [card for card in outcome.cards if not card.failed]
    anchors = {card.key: f"s{number}-{place}" for place, card in enumerate([*failing, *right[:RIGHT_ONES]])}
    rows = _rows(outcome)
    flips = comparison.broke + comparison.fixed if comparison else ()
    return {
        "number": number,
        "outcome": outcome,
        "run": outcome.run["run"],
        "comparison": comparison,
        "rows": rows,
        "tiles": [row for name in HEADLINES for row in rows if row.info.name == name][:TILES],
        "lost": _lost(comparison.changes.values()) if comparison else [],
        "before": {flip.now.key: flip.before for flip in flips},
        "broke": {flip.now.key for flip in comparison.broke} if comparison else set(),
        "fixed": {flip.now.key for flip in comparison.fixed} if comparison else set(),
        "failing": failing,
        "right": right[:RIGHT_ONES],
        "more_right": max(0, len(right) - RIGHT_ONES),
        "anchors": anchors,
        "filters": _filters(failing),
        "labels": {card.key: "|" + "|".join(card.labels) + "|" for card in outcome.cards},
        "wrong": {card.key: "|" + "|".join(_wrong(card)) + "|" for card in outcome.cards},
        "plots": figures(outcome),
    }


def _rows(outcome: Outcome) -> list[Row]:
    metrics = outcome.run["metrics"]
    changes = outcome.comparison.changes if outcome.comparison else {}
    reach = max(
        (abs(end) for c in changes.values() if _unit(c) for end in (c.paired.low, c.paired.high)), default=1
    )
    found = []
    for name, info in METRICS.items():
        if name not in metrics:
            continue
        figure, change = metrics[name], changes.get(name)
        top = 1.0 if info.unit in ("share", "score") else max(figure["high"], 1e-9) * 1.25
        base = change.paired.baseline if change else None
        top = max(top, base or 0.0)
        found.append(
            Row(
                info=info,
                value=shown(info, figure["value"]),
                interval=span(info, figure["low"], figure["high"]),
                n=figure["n"],
                strip=plots.strip(figure["value"], figure["low"], figure["high"], baseline=base, top=top),
                **(_versus(change, reach or 1.0) if change else {}),
            )
        )
    return found


def _unit(change: Change) -> bool:
    return change.info.unit in ("share", "score")


def _versus(change: Change, reach: float) -> dict[str, Any]:
    pair, info = change.paired, change.info
    tone = {"better": "good", "worse": "bad", "same": "noise"}[change.verdict]
    if not pair.changed:
        words = "unchanged"
    elif change.q is None:
        words = "times are not judged"
    else:
        words = f"{'within' if change.verdict == 'same' else 'beyond'} noise, {p_text(pair.p)}"
        if change.verdict == "same" and pair.p <= ALPHA:
            words += f", {p_text(change.q, 'corrected')}"
    own = reach if _unit(change) else max(abs(pair.low), abs(pair.high), 1e-9)
    return {
        "arrow": "=" if change.direction == "same" else "▲" if change.difference > 0 else "▼",
        "tone": tone,
        "change": "no change" if change.direction == "same" else shown(info, change.difference, signed=True),
        "versus": words,
        "before": shown(info, pair.baseline),
        "difference": plots.difference_strip(change.difference, pair.low, pair.high, reach=own, tone=tone),
    }


def _lost(changes: Iterable[Change]) -> list[dict[str, str]]:
    """Metrics that got worse, those beyond noise first; times are left to the table."""
    worse = [c for c in changes if c.direction == "worse" and c.q is not None]
    return [
        {
            "plain": c.info.plain,
            "name": c.info.name,
            "change": shown(c.info, c.difference, signed=True),
            "tone": "bad" if c.verdict == "worse" else "noise",
            "words": ("beyond noise" if c.verdict == "worse" else "within noise") + f", {p_text(c.paired.p)}",
        }
        for c in sorted(worse, key=lambda c: c.paired.p)
    ]


def _filters(cards: Sequence[Card]) -> list[tuple[str, str, list[tuple[str, int]]]]:
    """Name, label and options with counts; a filter with one option only is left out."""
    counts = (
        ("kind", "Kind", Counter(card.kind for card in cards)),
        ("lang", "Language", Counter(card.lang for card in cards)),
        ("style", "Style", Counter(label for c in cards if c.kind == "question" for label in c.labels)),
        ("tag", "Tag", Counter(label for c in cards if c.kind == "scenario" for label in set(c.labels))),
        ("persona", "Persona", Counter(card.labels[0] for card in cards if card.kind == "simulation")),
        ("outcome", "Outcome", Counter(card.labels[1] for card in cards if card.kind == "simulation")),
        (
            "got",
            "Decision",
            Counter(turn for c in cards for turn in {t.decision for t in c.turns if t.ok is False}),
        ),
    )
    return [(name, label, sorted(count.items())) for name, label, count in counts if len(count) > 1]


def _wrong(card: Card) -> list[str]:
    return sorted({turn.decision for turn in card.turns if turn.ok is False})
