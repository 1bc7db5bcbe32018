"""Runs a suite through the product's own pipeline and store; the results are those of FORMATS, to the letter."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .. import __version__
from ..agent import Batonpass, Settings
from ..agent.compose import compose
from ..agent.history import follow_up_query
from ..escalation import (
    Author,
    Customer,
    CustomerDirectory,
    EventKind,
    FileCustomerDirectory,
    Guard,
    Message,
    SQLStore,
    Status,
)
from ..knowledge import load_folders, make_document
from .formats import Scenario
from .metrics import all_metrics, as_question
from .suite import Suite
from .support import unsupported_facts

Progress = Callable[[int, int, str], None]
"""Called as ``progress(done, total, what)``."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to run.

    Attributes:
        limit: At most so many of each kind of item, drawn with the seed; None: all.
        only: Ids to run; empty: all.
        seed: Of drawing and resampling; with the embedded default the same seed gives the same figures.
        repeat: How often each scenario and question runs; for pass^k.
        settings: As the product's own; data and kb are replaced by temporary ones.
    """

    limit: int | None = None
    only: tuple[str, ...] = ()
    seed: int = 7
    repeat: int = 1
    settings: dict[str, Any] = field(default_factory=dict)


class SuiteDirectory:
    """The suite's own customers, and those that its scenarios bring along."""

    def __init__(self, base: CustomerDirectory) -> None:
        self._base = base
        self._brought: dict[str, Customer] = {}

    def bring(self, record: dict[str, Any]) -> str:
        """Take a scenario's customer in; what the directory knows of them is kept beneath."""
        known = self._base.get(str(record.get("id", "")))
        merged = (known.model_dump() if known else {}) | record
        customer = Customer.model_validate({"id": "anonymous", **merged})
        self._brought[customer.id] = customer
        return customer.id

    def get(self, customer_id: str) -> Customer | None:
        """The record, or None."""
        return self._brought.get(customer_id) or self._base.get(customer_id)


def run_suite(
    suite: Suite,
    options: RunOptions = RunOptions(),  # noqa: B008 - frozen
    *,
    guard: Guard | None = None,
    progress: Progress = lambda done, total, what: None,
    finished: dict[str, dict[str, Any]] | None = None,
    keep: Callable[[str, dict[str, Any]], None] = lambda key, result: None,
) -> dict[str, Any]:
    """Run a suite.

    Args:
        suite: What to run.
        options: How.
        guard: Another guard than the default one.
        progress: Told after every item.
        finished: Results by key of an interrupted run, which are not run again.
        keep: Called with key and result after each item, so that a run can be resumed.

    Returns:
        The run as docs/evals.md describes it.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    done = dict(finished or {})
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="batonpass-eval-")))
        directory = SuiteDirectory(FileCustomerDirectory(suite.customers))
        settings = Settings(**{**options.settings, "data": folder, "kb": suite.kb or folder})
        store = SQLStore(f"sqlite:///{folder / 'batonpass.sqlite'}", durable=False)
        parts = stack.enter_context(compose(settings, guard=guard, store=store, directory=directory))
        kb = _fill(suite, parts)
        work = _plan(suite, options)
        results: dict[str, dict[str, Any]] = {}

        async def go() -> None:
            for number, (key, kind, item) in enumerate(work, 1):
                if key not in done:
                    done[key] = await _one(kind, item, suite, parts, directory)
                    keep(key, done[key])
                results[key] = done[key]
                progress(number, len(work), key)

        asyncio.run(go())
    run: dict[str, Any] = {
        "run": {
            "suite": suite.name,
            "version": __version__,
            "model": settings.model or "embedded",
            "started": started.isoformat(),
            "seconds": round(time.perf_counter() - clock, 3),
            "kb": kb,
            "seed": options.seed,
            "policy": getattr(getattr(parts.guard, "policy", None), "version", ""),
            "embeddings": settings.embeddings,
        },
        "metrics": {},
        "retrieval": [results[key] for key, kind, _ in work if kind == "retrieval"],
        "questions": [results[key] for key, kind, _ in work if kind == "question"],
        "scenarios": [results[key] for key, kind, _ in work if kind == "scenario"],
    }
    run["metrics"] = all_metrics(suite, run, options.seed)
    return run


def _fill(suite: Suite, parts: Batonpass) -> dict[str, Any]:
    if suite.kb:
        documents, failures = load_folders([suite.kb])
    else:
        corpus = suite.beir.corpus if suite.beir else ()
        documents, failures = [make_document(entry.id, entry.title, entry.text) for entry in corpus], []
    report = parts.knowledge.sync(documents, failures=failures)
    return {"documents": len(documents), "chunks": report.chunks, "version": parts.knowledge.version}


def _plan(suite: Suite, options: RunOptions) -> list[tuple[str, str, Any]]:
    import random

    kinds: list[tuple[str, Sequence[Any]]] = []
    if suite.beir:
        asked = [q for q in suite.beir.queries if any(g > 0 for g in suite.beir.qrels.get(q.id, {}).values())]
        kinds.append(("retrieval", asked))
        kinds.append(("question", [as_question(q, suite) for q in suite.beir.queries if _is_question(q)]))
    kinds += [("question", suite.questions), ("scenario", suite.scenarios)]
    work: list[tuple[str, str, Any]] = []
    for kind, items in kinds:
        chosen = [item for item in items if not options.only or item.id in options.only]
        if options.limit is not None and len(chosen) > options.limit:
            places = sorted(random.Random(options.seed).sample(range(len(chosen)), options.limit))
            chosen = [chosen[place] for place in places]
        work += [(f"{kind}/{item.id}/{k}", kind, item) for item in chosen for k in range(options.repeat)]
    return work


def _is_question(query: Any) -> bool:
    return query.answerable is not None or bool(query.answers)


async def _one(kind: str, item: Any, suite: Suite, parts: Batonpass, directory: SuiteDirectory) -> dict[str, Any]:
    if kind == "retrieval":
        start = time.perf_counter()
        ranking = parts.knowledge.search(item.text).ranking
        return {"id": item.id, "ranking": list(ranking), "ms": _ms(start)}
    if kind == "question":
        turns, _ = await _talk([item.text], None, "ko", parts)
        turn = turns[0]
        ranking = list(parts.knowledge.search(follow_up_query(item.text, [])).ranking)
        from .scoring import question_scores

        result = {key: turn[key] for key in ("decision", "reply", "citations", "confidence", "reasons", "ms")}
        result = {"id": item.id, **result, "ranking": ranking}
        return {**result, "right": bool(question_scores(item, result)["right"])}
    return await _scenario(item, parts, directory)


async def _scenario(scenario: Scenario, parts: Batonpass, directory: SuiteDirectory) -> dict[str, Any]:
    customer_id = directory.bring(scenario.customer) if scenario.customer else None
    turns, conversation_id = await _talk([t.text for t in scenario.turns], customer_id, scenario.lang, parts)
    return {"id": scenario.id, "turns": turns, "handoff": _packet(conversation_id, parts)}


async def _talk(
    texts: Iterable[str], customer_id: str | None, lang: str, parts: Batonpass
) -> tuple[list[dict[str, Any]], str]:
    """Say one text after another, as a customer would, and write down what came of each."""
    conversation = parts.store.create(customer_id=customer_id, lang=lang)
    turns = []
    for text in texts:
        start = time.perf_counter()
        parts.assistant.receive(conversation.id, text)
        result = await parts.assistant.answer(conversation.id)
        took = _ms(start)
        if result is None:
            silent = {"decision": "silent", "reasons": [], "reply": "", "citations": [], "confidence": 0.0}
            turns.append({**silent, "frustration": 0, "ms": took})
            continue
        verdict = result.outcome.verdict
        turns.append(
            {
                "decision": str(verdict.decision),
                "reasons": [str(reason) for reason in verdict.reasons],
                "reply": result.outcome.text,
                "citations": list(dict.fromkeys(c.document_id for c in result.outcome.citations)),
                "confidence": verdict.confidence,
                "frustration": verdict.frustration,
                "ms": took,
            }
        )
    return turns, conversation.id


def _packet(conversation_id: str, parts: Batonpass) -> dict[str, Any] | None:
    event = parts.store.last_event(conversation_id, EventKind.HANDOFF)
    if event is None:
        return None
    packet = event.payload
    facts: dict[str, str] = {}
    for fact in packet["facts"]:
        facts.setdefault(fact["slot"], fact["value"])  # newest first: a correction wins
    said = [i for i in parts.store.items(conversation_id) if isinstance(i, Message) and i.author is Author.CUSTOMER]
    assert parts.store.get(conversation_id).status is not Status.BOT
    return {
        "question": packet["question"]["text"] if packet["question"] else None,
        "facts": facts,
        "frustration": packet["frustration"],
        "summary": "\n".join(packet["summary"]),
        "tried": list(dict.fromkeys(c["document_id"] for a in packet["tried"] for c in a["citations"])),
        "suggested_reply": packet["suggested_reply"],
        "unsupported": unsupported_facts(packet, [m.text for m in said], parts.knowledge),
    }


def _ms(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 3)
