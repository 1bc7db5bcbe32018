"""Search, ingest, start and memory beside LangChain's EnsembleRetriever: each side in processes of its own.

One process builds a side's index; a fresh one then opens it, as a server does after a restart, and is searched.
``bench_sides`` is what runs in them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .bench_figures import ratios
from .bench_process import BenchError, clean_environment

LIMIT = 900.0
"""Seconds for a process of one side, for each 10,000 chunks; one that is not done is given up."""


def compare(
    sizes: Sequence[int], rounds: int, *, stock: bool, progress: Callable[[str], None]
) -> list[dict[str, Any]]:
    """Both sides over the same chunks with the same questions, one after the other.

    Args:
        sizes: How many chunks at least, one knowledge base after the other.
        rounds: How often each question is asked for whole turns.
        stock: Whether the other side can be measured.
        progress: Told what is being measured.

    Raises:
        BenchError: a side failed or took too long.
    """
    return [_compared(chunks, rounds, stock=stock, progress=progress) for chunks in sizes]


def _compared(chunks: int, rounds: int, *, stock: bool, progress: Callable[[str], None]) -> dict[str, Any]:
    sides: dict[str, Any] = {}
    for side in ("ours", "stock") if stock else ("ours",):
        with tempfile.TemporaryDirectory(prefix="batonpass-bench-") as folder:
            progress(f"indexing {chunks} chunks: {side}")
            sides[side] = _run(side, "build", Path(folder), chunks, rounds)
            progress(f"searching {chunks} chunks: {side}")
            sides[side] |= _run(side, "serve", Path(folder), chunks, rounds)
    same = {name: sides["ours"].pop(name) for name in ("chunks", "documents", "questions")}
    if stock:
        for name in same:
            del sides["stock"][name]
        return {**same, **sides, "ratios": ratios(sides["ours"], sides["stock"])}
    return {**same, **sides, "stock": None, "ratios": None}


def _run(side: str, phase: str, folder: Path, chunks: int, rounds: int) -> dict[str, Any]:
    words = (side, phase, str(folder), str(chunks), str(rounds), repr(time.time()))
    limit = LIMIT * max(1.0, chunks / 10_000)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "batonpass.evals.bench_sides", *words],
            capture_output=True,
            text=True,
            timeout=limit,
            env=clean_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BenchError(f"measuring {side} took more than {limit:.0f} s") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
        raise BenchError(f"measuring {side} failed: {last}")
    return json.loads(done.stdout.splitlines()[-1])


def quality(judged: Sequence[tuple[Sequence[str], Sequence[str]]]) -> dict[str, float]:
    """How good rankings are.

    Args:
        judged: A ranking of article ids, best first, and the ids that answer (at least one), for each question.

    Returns:
        ``judged``: how many. ``top1``: share whose first article answers; ``hit_at_5``: share with an answering
        one among the first five; ``recall_at_5``: mean share of the answering ones that are among the first five
        (an article and its translation are two).
    """
    if not judged:
        return {}
    top = [bool(ranking) and ranking[0] in articles for ranking, articles in judged]
    found = [len(set(ranking[:5]) & set(articles)) for ranking, articles in judged]
    recall = [count / len(articles) for count, (_, articles) in zip(found, judged, strict=True)]
    shares = {"top1": sum(top), "hit_at_5": sum(map(bool, found)), "recall_at_5": sum(recall)}
    return {"judged": len(judged), **{name: round(value / len(judged), 4) for name, value in shares.items()}}
