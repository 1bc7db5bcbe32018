"""Does retrieval find the article? A BEIR triple through a temporary knowledge base.

Run ``python -m batonpass.evals.retrieval DIR``: nDCG@10, recall@5 and MRR by ir_measures (the reference
implementations), each with a 95 % bootstrap interval, and the search's latency.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..knowledge import Document, KnowledgeBase, KnowledgeError, LocalKnowledgeBase, make_document
from ..knowledge.calibration import auroc, fit, leave_out
from ..knowledge.confidence import confidence

DEPTH = 10
_RESAMPLES = 1000


class BadInput(ValueError):
    """A BEIR triple that cannot be used; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Beir:
    """A BEIR triple.

    Attributes:
        queries: Text by id; only those with a relevant document.
        qrels: Relevance by query id and document id.
        unanswerable: Text by id of the queries marked ``"answerable": false``.
    """

    documents: list[Document]
    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]
    unanswerable: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Metric:
    """A mean over queries with its 95 % bootstrap interval."""

    value: float
    n: int
    low: float
    high: float


def read_beir(folder: Path) -> Beir:
    """Read ``corpus.jsonl``, ``queries.jsonl`` and ``qrels.tsv``.

    Raises:
        BadInput: a file is missing or a line is not as it should be.
    """
    documents: dict[str, Document] = {}
    for where, row in _rows(folder / "corpus.jsonl"):
        key, text = _text(where, row, "_id"), _text(where, row, "text")
        if key in documents:
            raise BadInput(f"{where}: _id {key!r} occurs twice")
        documents[key] = make_document(key, str(row.get("title") or ""), text)
    queries: dict[str, str] = {}
    unanswerable: dict[str, str] = {}
    for where, row in _rows(folder / "queries.jsonl"):
        target = unanswerable if row.get("answerable") is False else queries
        target[_text(where, row, "_id")] = _text(where, row, "text")
    qrels = _qrels(folder / "qrels.tsv", documents)
    judged = {key: text for key, text in queries.items() if any(qrels.get(key, {}).values())}
    if not judged:
        raise BadInput(f"{folder / 'qrels.tsv'}: no query of queries.jsonl has a relevant document")
    return Beir(list(documents.values()), judged, qrels, unanswerable)


def sample(queries: dict[str, str], *, limit: int, seed: int, half: str = "both") -> list[str]:
    """Choose ids: of one half (by a hash of the id, so that tuning and reporting never meet), at random."""
    keys = sorted(key for key in queries if half == "both" or _half(key) == half)
    random.Random(seed).shuffle(keys)
    return keys[:limit]


def _half(key: str) -> str:
    return "tune" if zlib.crc32(key.encode()) % 2 == 0 else "report"


def run(base: KnowledgeBase, beir: Beir, keys: Sequence[str]) -> tuple[list[dict[str, Any]], dict[str, Metric]]:
    """Search for each query; the rankings with their milliseconds, and the metrics over them."""
    retrieval = []
    for key in keys:
        started = time.perf_counter()
        result = base.search(beir.queries[key])
        spent = (time.perf_counter() - started) * 1000
        retrieval.append({"id": key, "ranking": list(result.ranking[:DEPTH]), "ms": round(spent, 3)})
    return retrieval, score(beir.qrels, retrieval)


def score(qrels: dict[str, dict[str, int]], retrieval: Sequence[dict[str, Any]]) -> dict[str, Metric]:
    """nDCG@10, recall@5 and MRR of rankings, by ir_measures."""
    import ir_measures
    from ir_measures import RR, R, nDCG

    names = {nDCG @ 10: "retrieval.ndcg@10", R @ 5: "retrieval.recall@5", RR @ DEPTH: "retrieval.mrr"}
    keys = [row["id"] for row in retrieval]
    judged = {key: qrels[key] for key in keys}
    runs = {row["id"]: {doc: 1.0 / (rank + 1) for rank, doc in enumerate(row["ranking"])} for row in retrieval}
    values: dict[str, dict[str, float]] = {name: dict.fromkeys(keys, 0.0) for name in names.values()}
    for each in ir_measures.iter_calc(list(names), judged, {key: found for key, found in runs.items() if found}):
        values[names[each.measure]][each.query_id] = each.value
    return {name: _interval(np.array([by_key[key] for key in keys])) for name, by_key in values.items()}


def _interval(values: np.ndarray) -> Metric:
    """The mean, and the percentile bootstrap over queries (fixed seed: equal runs print equal numbers)."""
    draws = np.random.default_rng(0).integers(0, len(values), size=(_RESAMPLES, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1), [2.5, 97.5])
    return Metric(round(float(values.mean()), 4), len(values), round(float(low), 4), round(float(high), 4))


def _rows(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """The JSON objects of a file, each with ``file:line``."""
    rows = []
    for number, line in _lines(path):
        where = f"{path}:{number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BadInput(f"{where}: not JSON: {error}") from error
        if not isinstance(row, dict):
            raise BadInput(f"{where}: not a JSON object")
        rows.append((where, row))
    return rows


def _lines(path: Path) -> list[tuple[int, str]]:
    try:
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: not UTF-8 at byte {error.start}") from error
    # Not splitlines(): a text may hold U+2028, which JSON allows within a line.
    return [(number, line) for number, line in enumerate(content.split("\n"), start=1) if line.strip()]


def _text(where: str, row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str):
        raise BadInput(f"{where}: {key!r} is missing or no text")
    return value


def _qrels(path: Path, documents: dict[str, Document]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        cells = line.rstrip("\r").split("\t")
        if number == 1 and cells[:1] == ["query-id"]:
            continue
        if len(cells) != 3 or not cells[2].lstrip("-").isdigit():
            raise BadInput(f"{path}:{number}: not 'query-id<TAB>corpus-id<TAB>score'")
        if cells[1] not in documents:
            raise BadInput(f"{path}:{number}: no document {cells[1]!r} in corpus.jsonl")
        found.setdefault(cells[0], {})[cells[1]] = int(cells[2])
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m batonpass.evals.retrieval", description="Measure retrieval on a BEIR triple."
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="corpus.jsonl, queries.jsonl and qrels.tsv")
    parser.add_argument("--limit", type=int, default=1000, help="at most this many questions (default 1000)")
    parser.add_argument("--seed", type=int, default=7, help="which questions (default 7)")
    parser.add_argument("--half", choices=("both", "tune", "report"), default="both", help="a fixed half of them")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write rankings and metrics there")
    parser.add_argument(
        "--confidence",
        action="store_true",
        help="instead: leave a third of the articles out and tell how it shows",
    )
    options = parser.parse_args(arguments)
    if options.limit < 1:
        return _fail("--limit must be at least 1")
    try:
        beir = read_beir(options.folder)
        keys = sample(beir.queries, limit=options.limit, seed=options.seed, half=options.half)
        if not keys:
            return _fail(f"{options.folder}: no question in the half {options.half!r}")
        if options.confidence:
            return _confidence(beir, keys)
        with tempfile.TemporaryDirectory() as folder, LocalKnowledgeBase(Path(folder) / "kb") as base:
            chunks = base.sync(beir.documents).chunks
            base.search(beir.queries[keys[0]])  # loads the analyser, which no customer waits for either
            retrieval, metrics = run(base, beir, keys)
    except (BadInput, KnowledgeError) as error:
        return _fail(str(error))
    spent = np.percentile([row["ms"] for row in retrieval], [50, 95])
    for name, metric in metrics.items():
        print(f"{name:20} {metric.value:.4f}  [{metric.low:.4f}, {metric.high:.4f}]  n={metric.n}")
    print(f"{'search ms':20} p50 {spent[0]:.1f}  p95 {spent[1]:.1f}")
    if options.json:
        output = {
            "run": {
                "suite": options.folder.name,
                "kb": {"documents": len(beir.documents), "chunks": chunks},
                "search_p50_ms": round(float(spent[0]), 3),
                "search_p95_ms": round(float(spent[1]), 3),
            },
            "metrics": {
                name: {"value": m.value, "n": m.n, "low": m.low, "high": m.high} for name, m in metrics.items()
            },
            "retrieval": retrieval,
        }
        try:
            options.json.write_text(json.dumps(output, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            return _fail(f"{options.json}: {error.strerror}")
    return 0


def _confidence(beir: Beir, keys: Sequence[str]) -> int:
    """AUROC of the confidence: questions answered against those whose article was left out or never was."""
    questions = {beir.queries[key]: frozenset(d for d, v in beir.qrels[key].items() if v > 0) for key in keys}
    never = list(beir.unanswerable.values())[: len(keys) // 2]
    examples = leave_out(beir.documents, questions, off_topic=never)
    answered = [confidence(example.features) for example in examples if example.answered]
    for kind, what in (("out", "article left out"), ("off", "marked unanswerable")):
        rest = [confidence(example.features) for example in examples if example.kind == kind]
        if answered and rest:
            value = auroc(answered, rest)
            print(f"{'confidence.auroc':20} {value:.4f}  {what}  n={len(answered)}+{len(rest)}")
    fitted = fit(examples)
    print(f"{'a fit on this set':20} {fitted.intercept:.2f}  {[round(weight, 2) for weight in fitted.weights]}")
    return 0


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
