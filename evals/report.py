"""Writes reports: HTML, JUnit XML, Markdown and JSON, from one or several judged runs; reads runs back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .gate import GateError
from .junit import junit_report
from .markdown import markdown_report
from .outcome import Outcome, judge
from .report_html import html_report

__all__ = ["GateError", "Outcome", "ReportError", "judge", "read_run", "write_reports"]


class ReportError(ValueError):
    """A run cannot be read or a report cannot be written; one line that names the file."""


def write_reports(
    outcomes: Outcome | Sequence[Outcome],
    *,
    html: Path | None = None,
    junit: Path | None = None,
    markdown: Path | None = None,
    json_: Path | None = None,
) -> None:
    """Write the reports asked for; folders are made where they are missing.

    Args:
        outcomes: What ``judge`` returned, one a run.
        html: One self-contained page.
        junit: JUnit XML.
        markdown: A table for a pull request.
        json_: The run as FORMATS describes it, an array of them for several, each with its ``gate``.

    Raises:
        ReportError: there is nothing to write, or a file cannot be written.
    """
    every = [outcomes] if isinstance(outcomes, Outcome) else list(outcomes)
    if not every:
        raise ReportError("no run to report on")
    if html:
        _write(html, html_report(every))
    if junit:
        _write(junit, junit_report(every))
    if markdown:
        _write(markdown, markdown_report(every))
    if json_:
        runs = [_with_gate(outcome) for outcome in every]
        text = json.dumps(runs[0] if len(runs) == 1 else runs, ensure_ascii=False, indent=1)
        _write(json_, text + "\n")


def read_run(path: Path, suite: str | None = None) -> dict[str, Any]:
    """Read a run, for a baseline.

    Args:
        path: A file that ``--json`` wrote.
        suite: Which of several runs; needed only where the file holds more than one.

    Raises:
        ReportError: no such file, not JSON, or not a run; or several, and none is the suite's.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ReportError(f"{path}: cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise ReportError(f"{path}: not JSON: {error}") from None
    runs = value if isinstance(value, list) else [value]
    if not runs:
        raise ReportError(f"{path}: holds no run")
    for run in runs:
        if problem := _problem(run):
            raise ReportError(f"{path}: not a run of batonpass eval: {problem}")
    if len(runs) == 1:
        return runs[0]
    fitting = [run for run in runs if run["run"].get("suite") == suite]
    if len(fitting) != 1:
        names = ", ".join(sorted(str(run["run"].get("suite")) for run in runs))
        raise ReportError(f"{path}: holds {len(runs)} runs ({names}), not one of {suite!r}")
    return fitting[0]


_KEYS = {
    "questions": {"id", "decision", "reply", "citations", "confidence", "reasons", "ranking", "ms"},
    "scenarios": {"id", "turns", "handoff"},
    "retrieval": {"id", "ranking", "ms"},
}
_MORE = {"simulations": {"id", "persona", "outcome", "turns", "handoff", "status", "failed", "passed"}}
"""What only some runs have."""
_TURN = {"decision", "reasons", "reply", "citations", "confidence", "frustration", "ms"}


def _problem(run: Any) -> str | None:
    """What keeps a value from being a run, at its first fault."""
    if not isinstance(run, dict):
        return "not an object"
    for key, kind in (("run", dict), ("metrics", dict), *((part, list) for part in _KEYS)):
        if not isinstance(run.get(key), kind):
            return f"{key!r} is missing or of another kind"
    if not isinstance(run["run"].get("kb"), dict):
        return "'run.kb' is missing or of another kind"
    if not isinstance(run.get("simulations", []), list):
        return "'simulations' is of another kind"
    for part, keys in (_KEYS | _MORE).items():
        for place, result in enumerate(run.get(part, ())):
            lacking = sorted(keys - result.keys()) if isinstance(result, dict) else ["id"]
            if lacking:
                return f"{part}[{place}] lacks {lacking[0]!r}"
    for part, keys in (("scenarios", _TURN), ("simulations", _TURN | {"text"})):
        for place, talk in enumerate(run.get(part, ())):
            if not all(isinstance(turn, dict) and turn.keys() >= keys for turn in talk["turns"]):
                return f"{part}[{place}] has a turn without all of {', '.join(sorted(keys))}"
    return None


def _with_gate(outcome: Outcome) -> dict[str, Any]:
    if not outcome.gated:
        return outcome.run
    failures = [
        {"metric": f.metric, "kind": f.kind, "why": f.sentence, "worst": f.worst} for f in outcome.failures
    ]
    return {**outcome.run, "gate": {"holds": not failures, "failures": failures}}


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    except OSError as error:
        raise ReportError(f"{path}: cannot be written: {error.strerror or error}") from None
