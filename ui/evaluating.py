"""``batonpass eval``: run suites, write reports, compare with a baseline, gate."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from pydantic import ValidationError
from rich.table import Table

from .console import fail, progress_bar, talk, write


def evaluate(
    suites: Annotated[list[Path], typer.Argument(metavar="SUITE...", help="Folders (see docs/evals.md).")],
    out: Annotated[Path | None, typer.Option("--json", help="Write the run to a file.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a report to a file.")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML to a file.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write a table for a pull request to a file.")] = None,
    baseline: Annotated[Path | None, typer.Option(help="An earlier run's JSON to compare with.")] = None,
    gate: Annotated[bool, typer.Option("--gate", help="Exit 1 unless all thresholds hold.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many of each kind.")] = None,
    only: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this item (repeatable).")] = None,
    repeat: Annotated[int, typer.Option(min=1, help="Run each item K times (pass^k).")] = 1,
    seed: Annotated[int, typer.Option(help="Of drawing and resampling.")] = 7,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    keep_going: Annotated[bool, typer.Option("--keep-going", help="Leave broken lines out.")] = False,
    policy: Annotated[Path | None, typer.Option(help="The guard's thresholds (YAML).")] = None,
    data: Annotated[Path, typer.Option(help="Where an interrupted run is kept.")] = Path(".batonpass"),
) -> None:
    """Run suites; exit 1 when the gate fails, 2 on bad input."""
    from ..evals.runner import RunOptions, run_suite
    from ..evals.storage import Resumable, read_run
    from ..evals.suite import SuiteError, load_suite

    try:
        loaded = [load_suite(path, keep_going=keep_going) for path in suites]
        earlier = read_run(baseline) if baseline else None
    except SuiteError as error:
        fail(str(error))
    options = RunOptions(
        limit=limit, only=tuple(only or ()), seed=seed, repeat=repeat, jobs=jobs, policy=_policy(policy)
    )
    runs = []
    for suite in loaded:
        for warning in suite.warnings:
            talk.print(warning, markup=False, soft_wrap=True)
        kept = Resumable(data / "runs", suite, {"options": repr(options)})
        finished = kept.finished()
        if finished:
            talk.print(f"{suite.name}: going on after {len(finished)} results", markup=False)
        with progress_bar() as progress:
            run = run_suite(suite, options, progress=progress, finished=finished, keep=kept.keep)
        kept.clear()
        if not (run["questions"] or run["scenarios"] or run["retrieval"]):
            fail(f"{suite.path}: nothing to run (--only names no item of it)")
        runs.append(run)
        show(run)
    if out:
        write(out, json.dumps(runs[0] if len(runs) == 1 else runs, ensure_ascii=False, indent=1))
    _report(loaded, runs, earlier, html=html, junit=junit, markdown=markdown, gate=gate)


def _report(
    suites: list[Any], runs: list[Any], earlier: Any, *, html: Any, junit: Any, markdown: Any, gate: bool
) -> None:
    from ..evals.compare import compare
    from ..evals.gate import gate as judge
    from ..evals.report import write_reports

    failed = False
    for number, (suite, run) in enumerate(zip(suites, runs, strict=True)):
        same = earlier if earlier and earlier["run"]["suite"] == run["run"]["suite"] else None
        comparison = compare(run, same, suite) if same else None
        failures = judge(run, suite.info.thresholds, comparison) if gate else None
        for failure in failures or ():
            talk.print(f"gate: {failure}", markup=False, soft_wrap=True)
        failed = failed or bool(failures)
        paths = {
            kind: _numbered(path, number) if path else None
            for kind, path in (("html", html), ("junit", junit), ("markdown", markdown))
        }
        if any(paths.values()):
            write_reports(run, suite, comparison=comparison, failures=failures, **paths)
    if failed:
        sys.exit(1)


def _numbered(path: Path, number: int) -> Path:
    """The path itself for the first suite, then with -2, -3 before its ending."""
    return path if number == 0 else path.with_stem(f"{path.stem}-{number + 1}")


def _policy(path: Path | None) -> Any:
    from ..escalation import GuardPolicy

    if path is None:
        return GuardPolicy()
    try:
        return GuardPolicy.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{path}: cannot be read: {error}")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        fail(f"{path}{f':{mark.line + 1}' if mark else ''}: not YAML")
    except ValidationError as error:
        first = error.errors()[0]
        fail(f"{path}: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}")


def show(run: dict[str, Any]) -> None:
    """The metrics as a table on stderr."""
    table = Table("metric", "value", "95 %", "n", title=run["run"]["suite"])
    for name, figure in run["metrics"].items():
        interval = f"{figure['low']:.3f} to {figure['high']:.3f}"
        table.add_row(name, f"{figure['value']:.3f}", interval, str(figure["n"]))
    talk.print(table)
