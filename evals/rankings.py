"""How good rankings are, query by query: the one place that asks ir_measures."""

from __future__ import annotations

from typing import Any

from .suite import Suite

NAMES: tuple[str, ...] = (
    "retrieval.ndcg@10",
    "retrieval.recall@5",
    "retrieval.mrr",
    "retrieval.top1",
    "retrieval.found@5",
)


def by_query(suite: Suite, run: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Figures of every judged ranking.

    A BEIR triple is judged by its qrels, other suites by their questions' ``articles``. Where a question names
    one article in two languages, ``recall@5`` cannot reach 1 unless both are found; ``found@5`` (one of them
    is among the first five) and ``top1`` take either.

    Returns:
        By item key (``retrieval/ID`` or ``question/ID``) the values by metric name, in the suite's order; nothing
        is left out because its ranking is empty.
    """
    import ir_measures
    from ir_measures import RR, R, Success, nDCG

    qrels = dict(suite.beir.qrels) if suite.beir else {}
    kind, results = "retrieval", run["retrieval"]
    if not qrels:
        qrels = {q.id: dict.fromkeys(q.articles, 1) for q in suite.questions if q.answerable and q.articles}
        kind, results = "question", run["questions"]
    rankings = {result["id"]: result["ranking"] for result in results}
    wanted = {q: grades for q, grades in qrels.items() if q in rankings and any(g > 0 for g in grades.values())}
    if not wanted:
        return {}
    scored = {q: {d: float(len(rankings[q]) - n) for n, d in enumerate(rankings[q])} for q in wanted}
    measures = dict(zip((nDCG @ 10, R @ 5, RR, Success @ 1, Success @ 5), NAMES, strict=True))
    values: dict[str, dict[str, float]] = {q: dict.fromkeys(NAMES, 0.0) for q in wanted}
    for row in ir_measures.iter_calc(list(measures), wanted, scored):
        values[row.query_id][measures[row.measure]] = row.value
    return {f"{kind}/{query}": figures for query, figures in values.items()}
