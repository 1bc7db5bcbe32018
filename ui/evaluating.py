"""``batonpass eval``: run suites, write reports, compare with a baseline, gate."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
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
    half: Annotated[
        str, typer.Option(help="Only half of the questions: tune or report (fixed by their ids).")
    ] = "",
    perturb: Annotated[
        str, typer.Option(help="Ask with typing mistakes (typos) or without spaces (nospace).")
    ] = "",
    only: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this item (repeatable).")] = None,
    repeat: Annotated[int, typer.Option(min=1, help="Run each item K times (pass^k).")] = 1,
    seed: Annotated[int, typer.Option(help="Of drawing and resampling.")] = 7,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    keep_going: Annotated[bool, typer.Option("--keep-going", help="Leave broken lines out.")] = False,
    policy: Annotated[Path | None, typer.Option(help="The guard's thresholds (YAML).")] = None,
    judge: Annotated[bool, typer.Option("--judge", help="Have BATONPASS_MODEL judge the replies too.")] = False,
    labels: Annotated[Path | None, typer.Option(help="Human labels (JSONL) to hold the judge to.")] = None,
    data: Annotated[Path, typer.Option(help="Where an interrupted run is kept.")] = Path(".batonpass"),
) -> None:
    """Run suites; exit 1 when the gate fails, 2 on bad input."""
    if half not in ("", "tune", "report"):
        fail(f"--half is tune or report, not {half!r}")
    from ..escalation.yamlfile import InputError
    from ..evals.perturb import KINDS
    from ..evals.runner import RunOptions, plan, run_suite
    from ..evals.storage import Resumable, keep_run
    from ..evals.suite import load_suite

    if perturb not in ("", *KINDS):
        fail(f"--perturb is {' or '.join(KINDS)}, not {perturb!r}")
    try:
        loaded = [load_suite(path, keep_going=keep_going) for path in suites]
        earlier = _baselines(baseline, loaded) if baseline else {}
        rules = guard_policy(policy)
        _known(tuple(only or ()), loaded)
        for suite in loaded:
            _check_thresholds(suite)
        people = _labels(judge, labels)
    except InputError as error:
        fail(str(error))
    for path in (out, html, junit, markdown):
        if path and not path.parent.is_dir():  # said before the suite runs, not after
            fail(f"cannot write {path}: no such folder")
    options = RunOptions(
        half=half,
        limit=limit,
        only=tuple(only or ()),
        perturb=perturb,
        seed=seed,
        repeat=repeat,
        jobs=jobs,
        policy=rules,
    )
    runs, ran = [], []
    for suite in loaded:
        for warning in suite.warnings:
            talk.print(warning, markup=False, soft_wrap=True)
        if not plan(suite, options):
            talk.print(f"{suite.name}: nothing to run", markup=False, soft_wrap=True)
            continue
        kept = Resumable(data / "runs", suite, conditions(options))
        finished = kept.finished()
        if finished:
            talk.print(f"{suite.name}: going on after {len(finished)} results", markup=False)
        try:
            with progress_bar(suite.name) as progress:
                run = run_suite(suite, options, progress=progress, finished=finished, keep=kept.keep)
        except KeyboardInterrupt:
            done = f"stopped after {len(kept.finished())} of {len(plan(suite, options))} results"
            talk.print(f"{suite.name}: {done}; the same command goes on from there", markup=False, soft_wrap=True)
            sys.exit(130)
        if judge:
            _judge(suite, run, people)
        keep_run(data / "runs", run, rules)
        kept.clear()
        runs.append(run)
        ran.append(suite)
        show(run)
    if out:
        write(out, json.dumps(runs[0] if len(runs) == 1 else runs, ensure_ascii=False, indent=1))
    if html or junit or markdown or gate:
        outcomes = _judged(ran, runs, earlier, seed)
        _write(outcomes, html=html, junit=junit, markdown=markdown)
        if gate and not _holds(outcomes):
            sys.exit(1)


def _labels(judge: bool, path: Path | None) -> dict[str, bool] | None:
    """Human labels, and a word at once where there is no model to judge."""
    from ..agent import Settings
    from ..evals.llm_judge import read_labels

    if judge and not Settings().model:
        fail("--judge needs a model: set BATONPASS_MODEL (and OPENAI_BASE_URL, OPENAI_API_KEY)")
    return read_labels(path) if path else None


def _judge(suite: Any, run: dict[str, Any], people: dict[str, bool] | None) -> None:
    from ..agent import Settings
    from ..agent.models import chat_model
    from ..evals.llm_judge import judge_run

    report = judge_run(chat_model(Settings()), suite.questions, run, people)
    talk.print(f"{suite.name}: judge {json.dumps(report)}", markup=False, soft_wrap=True)


def _check_thresholds(suite: Any) -> None:
    """A misspelt threshold is said before the suite runs, not after."""
    from ..escalation.yamlfile import YamlFile
    from ..evals.gate import GateError, check_names

    for name, threshold in suite.info.thresholds.items():
        try:
            check_names({name: threshold})
        except GateError as error:
            fail(f"{YamlFile(suite.path / 'suite.yaml').where('thresholds', name)}: {error}")


def _baselines(path: Path, suites: list[Any]) -> dict[str, Any]:
    """The runs to compare with, by suite name."""
    from ..evals.report import ReportError, read_run

    found: dict[str, Any] = {}
    try:
        for suite in suites:
            run = read_run(path, suite.name)
            if run["run"].get("suite") == suite.name:
                found[suite.name] = run
            else:
                talk.print(f"{path}: no run of {suite.name} to compare with", markup=False, soft_wrap=True)
    except ReportError as error:
        fail(str(error))
    return found


def _judged(suites: list[Any], runs: list[Any], earlier: dict[str, Any], seed: int) -> list[Any]:
    from ..evals.report import GateError, judge

    outcomes = []
    for suite, run in zip(suites, runs, strict=True):
        try:
            outcomes.append(judge(run, suite, earlier.get(suite.name), seed=seed))
        except GateError as error:
            fail(f"{suite.path / 'suite.yaml'}: {error}")
    return outcomes


def _write(outcomes: list[Any], **paths: Path | None) -> None:
    from ..evals.report import ReportError, write_reports

    try:
        write_reports(outcomes, **paths)
    except ReportError as error:
        fail(str(error))


def _holds(outcomes: list[Any]) -> bool:
    """Say why a gate does not hold."""
    for outcome in outcomes:
        name = outcome.suite.name
        if not outcome.gated:
            talk.print(f"gate: {name}: no thresholds and no baseline to hold it to", markup=False, soft_wrap=True)
        for failure in outcome.failures:
            talk.print(f"gate: {name}: {failure.sentence}", markup=False, soft_wrap=True)
    return not any(outcome.failures for outcome in outcomes)


def _known(only: tuple[str, ...], suites: list[Any]) -> None:
    """Every id of ``--only`` is there."""
    import difflib

    from ..evals.suite import SuiteError

    for name in only:
        known = [item.id for suite in suites for item in (*suite.questions, *suite.scenarios, *suite.simulations)]
        known += [query.id for suite in suites if suite.beir for query in suite.beir.queries]
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            raise SuiteError(f"--only: no item {name!r} in {', '.join(str(s.path) for s in suites)}{hint}")


def _numbered(path: Path, number: int) -> Path:
    """The path itself for the first suite, then with -2, -3 before its ending."""
    return path if number == 0 else path.with_stem(f"{path.stem}-{number + 1}")


def guard_policy(path: Path | None) -> Any:
    """The policy of a file; without one the guard's own.

    Raises:
        InputError: the file is no policy.
    """
    from ..escalation import GuardPolicy
    from ..escalation.policyfile import read_policy

    return read_policy(path) if path else GuardPolicy()


def conditions(options: Any) -> dict[str, Any]:
    """Whatever would make the results of an interrupted run those of another one; how many processes does not."""
    from dataclasses import replace

    from ..agent.settings import Settings
    from ..evals.storage import code_version

    settings = Settings(**options.settings)
    named = {
        name: getattr(settings, name)
        for name in ("model", "embeddings", "openai_base_url", "price_input", "price_output")
    }
    return {"options": repr(replace(options, jobs=1)), "code": code_version(), **named}


def show(run: dict[str, Any]) -> None:
    """The metrics as a table on stderr."""
    table = Table("metric", "value", "95 %", "n", title=run["run"]["suite"])
    for name, figure in run["metrics"].items():
        interval = f"{figure['low']:.3f} to {figure['high']:.3f}"
        table.add_row(name, f"{figure['value']:.3f}", interval, str(figure["n"]))
    talk.print(table)
