"""Runs a suite through the product's own pipeline and store; the results are those of FORMATS, to the letter."""

from __future__ import annotations

import asyncio
import atexit
import multiprocessing
import os
import random
import shutil
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .. import __version__
from ..agent import Batonpass, Settings
from ..agent.compose import compose
from ..agent.history import follow_up_query
from ..escalation import FileCustomerDirectory, Guard, GuardPolicy, RuleGuard, SQLStore
from ..knowledge import Document, load_folders, make_document
from .formats import Scenario
from .metrics import all_metrics, as_question
from .perturb import perturbed
from .scorers import ReplyChecks
from .scoring import question_scores
from .simulator import simulate
from .storage import code_version
from .suite import Suite
from .turns import Stage, SuiteDirectory, milliseconds, packet_of, talk

Progress = Callable[[int, int, str], None]
"""Called as ``progress(done, total, what)``."""

BATCH = 8
"""Items that a process takes at a time."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to run.

    Attributes:
        half: ``tune`` or ``report``: only that half of the questions and queries (by a hash of the id, whatever
            the seed), so that what is tuned on never meets what is reported; scenarios are not halved.
        limit: At most so many of each kind of item, drawn with the seed; None: all.
        only: Ids to run; empty: all.
        perturb: ``typos`` or ``nospace``: questions and queries (not scenarios) are asked with typing mistakes or
            without spaces; see ``perturb``.
        seed: Of drawing and resampling; with the embedded default the same seed gives the same figures.
        repeat: How often each scenario and question runs; for pass^k.
        settings: As the product's own; data and kb are replaced by temporary ones.
        policy: The guard's.
        jobs: Processes.
    """

    half: str = ""
    limit: int | None = None
    only: tuple[str, ...] = ()
    perturb: str = ""
    seed: int = 7
    repeat: int = 1
    settings: dict[str, Any] = field(default_factory=dict)
    policy: GuardPolicy = field(default_factory=GuardPolicy)
    jobs: int = 1


def run_suite(
    suite: Suite,
    options: RunOptions = RunOptions(),
    *,
    progress: Progress = lambda done, total, what: None,
    finished: dict[str, dict[str, Any]] | None = None,
    keep: Callable[[str, dict[str, Any]], None] = lambda key, result: None,
) -> dict[str, Any]:
    """Run a suite.

    Args:
        suite: What to run.
        options: How.
        progress: Told after every item.
        finished: Results by key of an interrupted run, which are not run again.
        keep: Called with key and result after each item, so that a run can be resumed.

    Returns:
        The run as docs/evals.md describes it.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    work = plan(suite, options)
    results = dict(finished or {})
    open_keys = [key for key, _, _ in work if key not in results]
    described: dict[str, Any] = {}
    for about, batch in execute(suite, options, open_keys):
        described = about
        for key, result in batch.items():
            results[key] = result
            keep(key, result)
            progress(len(results), len(work), key)
    by_kind: dict[str, list[dict[str, Any]]] = {"retrieval": [], "question": [], "scenario": [], "simulation": []}
    for key, kind, _ in work:
        by_kind[kind].append(results[key])
    run: dict[str, Any] = {
        "run": {
            "suite": suite.name,
            "version": __version__,
            "code": code_version(),
            "started": started.isoformat(),
            "seconds": round(time.perf_counter() - clock, 3),
            "seed": options.seed,
            **({"perturb": options.perturb} if options.perturb else {}),
            **described,
        },
        "metrics": {},
        "retrieval": by_kind["retrieval"],
        "questions": by_kind["question"],
        "scenarios": by_kind["scenario"],
    }
    if by_kind["simulation"]:
        run["simulations"] = by_kind["simulation"]
    run["metrics"] = all_metrics(suite, run, options.seed)
    return run


def execute(
    suite: Suite, options: RunOptions, keys: Sequence[str]
) -> Iterator[tuple[dict[str, Any], dict[str, dict[str, Any]]]]:
    """Run the named items, in this process or over several; yields what ran, and results by key, as they come."""
    if options.jobs == 1 or len(keys) < 2 * BATCH:
        with Bench(suite, options) as bench:
            yield bench.about, {}
            for key in keys:
                yield bench.about, bench.run([key])
        return
    batches = [list(keys[n : n + BATCH]) for n in range(0, len(keys), BATCH)]
    # Spawned, not forked: the indices and Kiwi hold threads and locks.
    context = multiprocessing.get_context("spawn")
    jobs = min(options.jobs, len(batches))
    with ProcessPoolExecutor(jobs, context, _start, (suite, options)) as pool:
        for future in as_completed([pool.submit(_run, batch) for batch in batches]):
            yield future.result()


class Bench:
    """A product set up for one suite in a temporary folder: its own parts, knowledge and store.

    Args:
        guard: Default: the built-in one under the options' policy.
    """

    def __init__(self, suite: Suite, options: RunOptions, guard: Guard | None = None) -> None:
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="batonpass-eval-")))
        self.folder = folder
        self._directory = SuiteDirectory(FileCustomerDirectory(suite.customers))
        settings = Settings(**{**options.settings, "data": folder, "kb": suite.kb or folder})
        store = SQLStore(f"sqlite:///{folder / 'batonpass.sqlite'}", durable=False)
        guard = guard or RuleGuard(options.policy)
        self._parts = self._stack.enter_context(
            compose(settings, guard=guard, store=store, directory=self._directory)
        )
        kb, documents = _fill(suite, self._parts)
        self.stage = Stage(self._parts, self._directory, ReplyChecks(self._parts.knowledge, documents))
        self._work = {key: (kind, item) for key, kind, item in plan(suite, options)}
        self.about: dict[str, Any] = {
            "model": settings.model or "embedded",
            "embeddings": settings.embeddings,
            "policy": options.policy.version,
            "kb": kb,
        }

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    def run(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Results by key."""

        async def go() -> dict[str, dict[str, Any]]:
            return {key: await _one(*self._work[key], self.stage) for key in keys}

        return asyncio.run(go())


_bench: Bench | None = None


def _start(suite: Suite, options: RunOptions) -> None:
    global _bench
    _bench = Bench(suite, options)
    atexit.register(_bench.__exit__)
    threading.Thread(target=_end_with_parent, args=(_bench.folder,), daemon=True).start()


def _end_with_parent(folder: Path) -> None:
    """A run that was killed leaves no process and no folder behind."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)


def _run(keys: list[str]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    assert _bench is not None
    return _bench.about, _bench.run(keys)


def _fill(suite: Suite, parts: Batonpass) -> tuple[dict[str, Any], list[Document]]:
    if suite.kb:
        documents, failures = load_folders([suite.kb])
    else:
        corpus = suite.beir.corpus if suite.beir else ()
        documents, failures = [make_document(entry.id, entry.title, entry.text) for entry in corpus], []
    report = parts.knowledge.sync(documents, failures=failures)
    about = {"documents": len(documents), "chunks": report.chunks, "version": parts.knowledge.version}
    return about, documents


def plan(suite: Suite, options: RunOptions) -> list[tuple[str, str, Any]]:
    """Every item to run as key, kind and item, in the suite's order."""
    kinds: list[tuple[str, Sequence[Any]]] = []
    if suite.beir:
        asked = [q for q in suite.beir.queries if any(g > 0 for g in suite.beir.qrels.get(q.id, {}).values())]
        kinds.append(("retrieval", asked))
        kinds.append(("question", [as_question(q, suite) for q in suite.beir.queries if _is_question(q)]))
    kinds += [("question", suite.questions), ("scenario", suite.scenarios), ("simulation", suite.simulations)]
    work: list[tuple[str, str, Any]] = []
    for kind, items in kinds:
        chosen = [item for item in items if not options.only or item.id in options.only]
        if options.half and kind in ("retrieval", "question"):
            chosen = [item for item in chosen if half_of(item.id) == options.half]
        if options.limit is not None and len(chosen) > options.limit:
            places = sorted(random.Random(options.seed).sample(range(len(chosen)), options.limit))
            chosen = [chosen[place] for place in places]
        if options.perturb and kind in ("retrieval", "question"):
            chosen = [perturbed(item, options.perturb, options.seed) for item in chosen]
        work += [(f"{kind}/{item.id}/{k}", kind, item) for item in chosen for k in range(options.repeat)]
    return work


def half_of(name: str) -> str:
    """Which half an item belongs to: ``tune`` or ``report``."""
    return "tune" if zlib.crc32(name.encode()) % 2 == 0 else "report"


def _is_question(query: Any) -> bool:
    return query.answerable is not None or bool(query.answers)


_QUESTION = ("decision", "reply", "citations", "confidence", "reasons", "ms", "cost", "rule", "signals", "checks")
"""What a question's result takes of its turn."""


async def _one(kind: str, item: Any, stage: Stage) -> dict[str, Any]:
    if kind == "retrieval":
        start = time.perf_counter()
        ranking = stage.parts.knowledge.search(item.text).ranking
        return {"id": item.id, "ranking": list(ranking), "ms": milliseconds(start)}
    if kind == "question":
        turns, _ = await talk([item.text], None, "ko", stage)
        turn = turns[0]
        ranking = list(stage.parts.knowledge.search(follow_up_query(item.text, [])).ranking)
        result = {"id": item.id, **{key: turn[key] for key in _QUESTION}, "ranking": ranking}
        return {**result, "right": bool(question_scores(item, result)["right"])}
    if kind == "simulation":
        return await simulate(item, stage)
    return await _scenario(item, stage)


async def _scenario(scenario: Scenario, stage: Stage) -> dict[str, Any]:
    customer_id = stage.directory.bring(scenario.customer) if scenario.customer else None
    turns, conversation_id = await talk([t.text for t in scenario.turns], customer_id, scenario.lang, stage)
    cost = sum(turn["cost"] for turn in turns)
    return {"id": scenario.id, "turns": turns, "handoff": packet_of(conversation_id, stage.parts), "cost": cost}
