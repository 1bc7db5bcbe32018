"""Search, turn and memory beside LangChain's EnsembleRetriever: each side in a process of its own.

``python -m batonpass.evals.bench_search SIDE FOLDER CHUNKS ROUNDS`` measures one side and prints one JSON object;
``compare`` runs both and sets them side by side.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .bench_figures import ratios
from .bench_process import BenchError, clean_environment, peak_mb
from .bench_turns import QUESTIONS, turning
from .timing import percentiles

LIMIT = 900.0
"""Seconds for one side; a side that is not done is given up."""

Search = Callable[[str], Sequence[str]]


def compare(chunks: int, rounds: int, *, stock: bool, progress: Callable[[str], None]) -> dict[str, Any]:
    """Both sides over the same chunks with the same questions, one after the other.

    Args:
        chunks: How many chunks at least.
        rounds: How often each question is asked for whole turns.
        stock: Whether the other side can be measured.
        progress: Told what is being measured.

    Raises:
        BenchError: a side failed or took too long.
    """
    sides: dict[str, Any] = {}
    for side in ("ours", "stock") if stock else ("ours",):
        progress(f"search over {chunks} chunks: {side}")
        with tempfile.TemporaryDirectory(prefix="batonpass-bench-") as folder:
            sides[side] = _run(side, Path(folder), chunks, rounds)
    same = {name: sides["ours"].pop(name) for name in ("chunks", "documents", "questions")}
    if stock:
        for name in same:
            del sides["stock"][name]
        return {**same, **sides, "ratios": ratios(sides["ours"], sides["stock"])}
    return {**same, **sides, "stock": None, "ratios": None}


def _run(side: str, folder: Path, chunks: int, rounds: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "batonpass.evals.bench_search", side, str(folder), str(chunks), str(rounds)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=LIMIT, env=clean_environment(), check=False
        )
    except subprocess.TimeoutExpired:
        raise BenchError(f"measuring {side} took more than {LIMIT:.0f} s") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
        raise BenchError(f"measuring {side} failed: {last}")
    return json.loads(done.stdout.splitlines()[-1])


def measure(side: str, folder: Path, chunks: int, rounds: int) -> dict[str, Any]:
    """One side, in this process: build the index, search each question once, run whole turns."""
    from .bench_corpus import corpus, pairs, questions

    documents = corpus(chunks)
    cut = pairs(documents)
    asked = questions(documents)
    figures: dict[str, Any] = {"chunks": len(cut), "documents": len(documents), "questions": len(asked)}
    if side == "ours":
        figures |= _ours(folder, documents, asked, rounds)
    else:
        figures |= _stock(folder, cut, asked, rounds)
    return {**figures, "peak_mb": peak_mb()}


def _ours(folder: Path, documents: list[Any], asked: list[Any], rounds: int) -> dict[str, Any]:
    from ..agent import Settings
    from ..agent.compose import compose

    with compose(Settings(data=folder, kb=None, model="", embeddings="builtin")) as parts:
        start = time.perf_counter()
        parts.knowledge.sync(documents)
        index = round(time.perf_counter() - start, 2)
        found = _searching(lambda text: parts.knowledge.search(text).ranking, asked)
        return {"index_s": index, **found, "turn": turning(parts, rounds)}


def _stock(folder: Path, cut: list[Any], asked: list[Any], rounds: int) -> dict[str, Any]:
    from . import stock

    start = time.perf_counter()
    retriever = stock.retriever(cut, folder)
    index = round(time.perf_counter() - start, 2)
    found = _searching(lambda text: stock.ranking(retriever.invoke(text)), asked)
    chain = stock.chain(retriever)
    times = []
    for round_number in range(rounds + 1):
        for text in (text for texts in QUESTIONS.values() for text in texts):
            start = time.perf_counter()
            chain.invoke(text)
            if round_number:  # the first round warms up
                times.append(time.perf_counter() - start)
    return {"index_s": index, **found, "turn": percentiles(times)}


def _searching(search: Search, asked: list[Any]) -> dict[str, Any]:
    """Each judged question once, as no customer asks twice in the same words: times and quality."""
    everyday = [text for texts in QUESTIONS.values() for text in texts]
    for text in everyday:  # warms up
        search(text)
    if not asked:  # the suite is not installed: no quality then
        return {"search": percentiles([_timed(search, text)[0] for text in everyday])}
    times, rankings = zip(*(_timed(search, question.text) for question in asked), strict=True)
    judged = [(ranking, question.articles) for ranking, question in zip(rankings, asked, strict=True)]
    return {"search": percentiles(times), **quality([pair for pair in judged if pair[1]])}


def _timed(search: Search, text: str) -> tuple[float, Sequence[str]]:
    start = time.perf_counter()
    ranking = search(text)
    return time.perf_counter() - start, ranking


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


if __name__ == "__main__":
    given = sys.argv[1:]
    print(json.dumps(measure(given[0], Path(given[1]), int(given[2]), int(given[3]))), flush=True)
    os._exit(0)  # Chroma's threads need not be waited for
