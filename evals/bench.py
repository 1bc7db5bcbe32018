"""``batonpass bench``: how fast the embedded default is on this machine, alone and beside a stock chain.

The figures here are the sample shop's; ``bench_search`` and ``bench_load`` set ours beside ``stock``.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ..agent import Batonpass, Settings
from ..agent.compose import SAMPLE, compose
from ..escalation import Action, Author, HumanAgent, NewMessage, NotYours
from . import stock
from .bench_load import load as loading
from .bench_search import compare
from .bench_turns import QUESTIONS, turning
from .timing import percentiles


def run(
    progress: Callable[[str], None] = lambda what: None,
    *,
    rounds: int = 10,
    chunks: Sequence[int] = (),
    load: Sequence[int] = (),
    model_seconds: float = 0.0,
) -> dict[str, Any]:
    """Measure everything once.

    Args:
        progress: Told what is being measured.
        rounds: How often each question is asked.
        chunks: Sizes of the knowledge bases that both sides index and search; empty: no comparison.
        load: Numbers of customers that talk at once, one after the other; empty: none.
        model_seconds: How long a model takes to answer them.

    Returns:
        Figures by name: times in milliseconds, counts, and what they were measured on. Where the extra ``bench``
        is missing, ``stock`` and ``ratios`` are None in ``compare`` and ``load``.

    Raises:
        BenchError: a process of the comparison failed.
    """
    figures: dict[str, Any] = {"machine": machine()}
    progress("import")
    figures["import"] = importing()
    with (
        tempfile.TemporaryDirectory(prefix="batonpass-bench-") as folder,
        compose(Settings(data=Path(folder), kb=None, model="", embeddings="builtin")) as parts,
    ):
        progress("sync")
        figures["sync"] = syncing(parts)
        progress("search")
        figures["search"] = searching(parts, rounds)
        progress("turn")
        figures["turn"] = turning(parts, rounds)
        progress("claims")
        figures["claims"] = claiming(parts)
    both = stock.available()
    if chunks:
        figures["compare"] = compare(chunks, rounds, stock=both, progress=progress)
    if load:
        figures["load"] = loading(load, stock=both, progress=progress, model_seconds=model_seconds)
    return figures


def machine() -> dict[str, Any]:
    """What it is measured on: figures of a busy machine are the neighbours' too."""
    busy = [round(one, 1) for one in os.getloadavg()] if hasattr(os, "getloadavg") else None
    return {"cpus": os.cpu_count(), "load_average": busy}


def importing(times: int = 7) -> dict[str, float]:
    """``import batonpass`` in fresh interpreters, less what an empty interpreter takes (medians)."""

    def once(code: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - start

    bare = statistics.median(once("pass") for _ in range(times))
    full = statistics.median(once("import batonpass") for _ in range(times))
    return {"ms": round(max(0.0, full - bare) * 1000, 2), "bare_interpreter_ms": round(bare * 1000, 2)}


def syncing(parts: Batonpass) -> dict[str, float]:
    """The sample shop into an empty knowledge base, then again with nothing changed."""
    start = time.perf_counter()
    report = parts.sync([SAMPLE / "kb"])
    first = time.perf_counter() - start
    start = time.perf_counter()
    again = parts.sync([SAMPLE / "kb"])
    return {
        "chunks": report.chunks,
        "first_s": round(first, 2),
        "again_s": round(time.perf_counter() - start, 2),
        "changed_again": len(again.added) + len(again.changed) + len(again.removed),
    }


def searching(parts: Batonpass, rounds: int) -> dict[str, float]:
    """Searches alone, warm."""
    questions = [text for texts in QUESTIONS.values() for text in texts]
    for text in questions:
        parts.knowledge.search(text)
    times = []
    for _ in range(rounds):
        for text in questions:
            start = time.perf_counter()
            parts.knowledge.search(text)
            times.append(time.perf_counter() - start)
    return percentiles(times)


def claiming(parts: Batonpass, *, runs: int = 50, agents: int = 100) -> dict[str, int]:
    """A hundred agents claim one conversation at once: how often exactly one won and all others knew whom."""
    right = 0
    with ThreadPoolExecutor(agents) as pool:
        for _ in range(runs):
            conversation = parts.store.create()
            said = NewMessage(Author.CUSTOMER, "상담사 연결해 주세요")
            parts.store.apply(conversation.id, Action.RECEIVE, [said])
            parts.store.apply(conversation.id, Action.HAND_OFF)

            def claim(number: int, conversation_id: str = conversation.id) -> str | None:
                agent = HumanAgent(id=f"agent-{number}", name=f"Agent {number}")
                try:
                    won = parts.desk.claim(conversation_id, agent)
                except NotYours as lost:
                    return f"lost to {lost.holder}"
                return f"won by {won.conversation.assignee}"

            said_by_all = list(pool.map(claim, range(agents)))
            winners = [line for line in said_by_all if line and line.startswith("won by ")]
            holder = parts.store.get(conversation.id).assignee
            losers = [line for line in said_by_all if line == f"lost to {holder}"]
            right += len(winners) == 1 and len(losers) == agents - 1
    return {"runs": runs, "agents": agents, "exactly_one_won": right}
