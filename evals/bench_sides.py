"""One side of the comparison, in this process.

``python -m batonpass.evals.bench_sides SIDE PHASE FOLDER CHUNKS ROUNDS LAUNCHED`` prints one JSON object. The
phase ``build`` makes the index from nothing, ``serve`` opens what is there; LAUNCHED is the time of the process's
start, in seconds since 1970.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .bench_process import BenchError, peak_mb
from .bench_search import quality
from .timing import percentiles

Search = Callable[[str], Sequence[str]]

_FIRST = "배송비는 얼마인가요?"
_KNOWLEDGE = Path("knowledge") / "default"
"""Where the composed program keeps its knowledge base within its data."""


def build(side: str, folder: Path, chunks: int) -> dict[str, Any]:
    """From articles to something to search in.

    Args:
        side: ``ours`` or ``stock``.
        folder: Where the index is kept.
        chunks: How many at least.
    """
    from .bench_corpus import corpus, pairs

    documents = corpus(chunks)
    cut = pairs(documents) if side == "stock" else []
    start = time.perf_counter()
    if side == "ours":
        from ..knowledge import LocalKnowledgeBase

        with LocalKnowledgeBase(folder / _KNOWLEDGE) as base:
            count = base.sync(documents).chunks
            seconds = time.perf_counter() - start
    else:
        from . import stock

        stock.retriever(cut, folder)
        seconds = time.perf_counter() - start
        count = len(cut)
    return {
        "chunks": count,
        "documents": len(documents),
        "index_s": round(seconds, 2),
        "chunks_per_s": round(count / seconds, 1),
        "index_peak_mb": peak_mb(),
    }


def serve(side: str, folder: Path, chunks: int, rounds: int, launched: float) -> dict[str, Any]:
    """Open the index, search it, run whole turns, take an article out.

    Args:
        side: ``ours`` or ``stock``.
        folder: Where ``build`` left it.
        chunks: As ``build`` got it.
        rounds: How often each question is asked for whole turns.
        launched: When this process was started (``time.time()``).
    """
    figures = _serve_ours(folder, chunks, rounds, launched) if side == "ours" else None
    return {**(figures or _serve_stock(folder, chunks, rounds, launched)), "peak_mb": peak_mb()}


def _serve_ours(folder: Path, chunks: int, rounds: int, launched: float) -> dict[str, Any]:
    figures = _knowledge(folder, chunks, launched)

    from ..agent import Settings
    from ..agent.compose import compose, knowledge_folder
    from .bench_turns import turning

    settings = Settings(data=folder, kb=None, model="", embeddings="builtin")
    if knowledge_folder(settings) != folder / _KNOWLEDGE:
        raise BenchError(f"the program keeps its knowledge in {knowledge_folder(settings)}")
    with compose(settings) as parts:
        return figures | {"turn": turning(parts, rounds)}


def _knowledge(folder: Path, chunks: int, launched: float) -> dict[str, Any]:
    from ..knowledge import Audience, LocalKnowledgeBase

    with LocalKnowledgeBase(folder / _KNOWLEDGE) as base:

        def public(text: str) -> Sequence[str]:
            return base.search(text).ranking

        def agent(text: str) -> Sequence[str]:
            return base.search(text, audience=Audience.AGENT).ranking

        figures = _started(public, launched)
        asked, first = _asked(chunks)
        figures |= _searching(public, asked)
        figures["search_agent"] = _searching(agent, asked)["search"]
        rest = [document for document in base.documents() if document.id != first.id]
        return figures | _gone(lambda: base.sync(rest), public, first)


def _serve_stock(folder: Path, chunks: int, rounds: int, launched: float) -> dict[str, Any]:
    from . import stock
    from .bench_turns import QUESTIONS

    retriever = stock.reopened(folder)

    def search(text: str) -> Sequence[str]:
        return stock.ranking(retriever.invoke(text))

    figures = _started(search, launched)
    asked, first = _asked(chunks)
    figures |= _searching(search, asked)
    # It knows no audiences: everything is searched for everyone.
    figures["search_agent"] = _searching(search, asked)["search"]
    chain = stock.chain(retriever)
    times = []
    for round_number in range(rounds + 1):
        for text in (text for texts in QUESTIONS.values() for text in texts):
            start = time.perf_counter()
            chain.invoke(text)
            if round_number:  # the first round warms up
                times.append(time.perf_counter() - start)
    figures["turn"] = percentiles(times)
    return figures | _gone(lambda: stock.remove(retriever, first.id), search, first)


def _started(search: Search, launched: float) -> dict[str, Any]:
    """Since the process was launched: until it was ready, and until the first question was answered."""
    ready = time.time() - launched
    search(_FIRST)
    return {"start_s": round(ready, 2), "first_search_s": round(time.time() - launched, 2)}


def _asked(chunks: int) -> tuple[list[Any], Any]:
    """The judged questions, and the article that will be taken out."""
    from .bench_corpus import corpus, questions, shop

    first = shop()[0]
    return questions(corpus(min(chunks, 2000))), first


def _gone(remove: Callable[[], object], search: Search, document: Any) -> dict[str, float | None]:
    """Seconds from taking an article out until a search no longer finds it; None: it was not found before."""
    if document.id not in search(document.title):
        return {"gone_s": None}
    start = time.perf_counter()
    remove()
    while document.id in search(document.title):
        pass
    return {"gone_s": round(time.perf_counter() - start, 3)}


def _searching(search: Search, asked: list[Any]) -> dict[str, Any]:
    """Each judged question once, as no customer asks twice in the same words: times and quality."""
    from .bench_turns import QUESTIONS

    everyday = [text for texts in QUESTIONS.values() for text in texts]
    for text in everyday:  # warms up
        search(text)
    if not asked:  # the suite is not installed: no quality then
        return {"questions": len(everyday), "search": percentiles([_timed(search, text)[0] for text in everyday])}
    times, rankings = zip(*(_timed(search, question.text) for question in asked), strict=True)
    judged = [(ranking, question.articles) for ranking, question in zip(rankings, asked, strict=True)]
    found = quality([pair for pair in judged if pair[1]])
    return {"questions": len(asked), "search": percentiles(times), **found}


def _timed(search: Search, text: str) -> tuple[float, Sequence[str]]:
    start = time.perf_counter()
    ranking = search(text)
    return time.perf_counter() - start, ranking


if __name__ == "__main__":
    given = sys.argv[1:]
    place, size = Path(given[2]), int(given[3])
    if given[1] == "build":
        print(json.dumps(build(given[0], place, size)), flush=True)
    else:
        print(json.dumps(serve(given[0], place, size, int(given[4]), float(given[5]))), flush=True)
    os._exit(0)  # Chroma's threads need not be waited for
