"""A compact table for a pull request: verdict and reasons, metrics with arrows, the items that changed sides."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .compare import Change, Flip
from .gate import p_text, shown, span
from .items import METRICS
from .outcome import Outcome

FLIPS = 8
REASONS = 10


def markdown_report(outcomes: Sequence[Outcome]) -> str:
    """GitHub-flavoured Markdown; customers' words are escaped, so that they neither format nor mention anybody."""
    return "\n".join(line for outcome in outcomes for line in _section(outcome)) + "\n"


def plain(text: str, length: int = 90) -> str:
    """Untrusted text on one line, in which nothing is Markdown, HTML, a mention or a reference."""
    short = " ".join(text.split())
    short = short if len(short) <= length else short[: length - 1].rstrip() + "…"
    short = "".join(letter for letter in short if letter.isprintable())
    escaped = re.sub(r"([\\`*_\[\]#|~$])", r"\\\1", short)
    escaped = escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # Mentions, #12 and bare links are found in text even where it is escaped: a zero-width joiner breaks them.
    return re.sub(r"(@|:(?=//)|www(?=\.)|#)", "\\1\u200d", escaped)


def code(text: str) -> str:
    """An id between back-ticks; what could end them, or the table's cell, is replaced."""
    return f"`{''.join('?' if letter in '`|' or not letter.isprintable() else letter for letter in text)}`"


def _section(outcome: Outcome) -> list[str]:
    run, failures, comparison = outcome.run["run"], outcome.failures, outcome.comparison
    verdict = "no gate"
    if outcome.gated:
        verdict = f"❌ gate failed ({len(failures)})" if failures else "✅ gate holds"
    lines = [f"### {plain(run['suite'])}: {verdict}", ""]
    lines += [f"- {plain(failure.sentence, 400)}" for failure in failures[:REASONS]]
    if len(failures) > REASONS:
        lines.append(f"- and {len(failures) - REASONS} more")
    lines += [""] if failures else []
    changes = comparison.changes if comparison else {}
    head = ["Metric", "Value", "95 % interval", "n"] + (["Baseline", "Change"] if comparison else [])
    lines += [
        f"| {' | '.join(head)} |",
        "|" + "|".join([":--", "--:", ":-:", "--:", "--:", ":--"][: len(head)]) + "|",
    ]
    for name, info in METRICS.items():
        if (figure := outcome.run["metrics"].get(name)) is None:
            continue
        interval = span(info, figure["low"], figure["high"])
        cells = [f"{info.plain} `{name}`", shown(info, figure["value"]), interval, str(figure["n"])]
        if comparison:
            change = changes.get(name)
            cells += [shown(info, change.paired.baseline), _arrow(change)] if change else ["", ""]
        lines.append(f"| {' | '.join(cells)} |")
    lines.append("")
    if comparison:
        lines += [f"> {plain(warning, 300)}" for warning in comparison.warnings]
        lines += [""] if comparison.warnings else []
        lines += _flips("Broke", comparison.broke) + _flips("Fixed", comparison.fixed)
    wrong, right = len(outcome.failing), len(outcome.cards) - len(outcome.failing)
    about = f"version {plain(run['version'])}, model {plain(run['model'])}"
    return [*lines, f"{right} right, {wrong} with faults; {about}.", ""]


def _arrow(change: Change) -> str:
    if change.direction == "same":
        return "="
    arrow = "▲" if change.difference > 0 else "▼"
    text = f"{arrow} {shown(change.info, change.difference, signed=True)}"
    if change.q is None:
        return text
    if change.verdict == "same":
        return f"{text} (noise, {p_text(change.paired.p)})"
    return f"{'🟢' if change.verdict == 'better' else '🔴'} **{text}** ({p_text(change.paired.p)})"


def _flips(title: str, flips: Sequence[Flip]) -> list[str]:
    if not flips:
        return []
    lines = [f"**{title}: {len(flips)}**", ""]
    for flip in flips[:FLIPS]:
        why = f" {plain(flip.now.faults[0], 160)}" if title == "Broke" and flip.now.faults else ""
        lines.append(f"- {code(flip.now.id)} {plain(flip.now.title)}{why}")
    if len(flips) > FLIPS:
        lines.append(f"- and {len(flips) - FLIPS} more")
    return [*lines, ""]
