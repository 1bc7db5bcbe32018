"""The REST routes of the evaluators' page, for administrators only; ids are looked up, never used as paths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from pydantic import BaseModel, Field, ValidationError

from ..agent import Batonpass
from ..escalation import Author, GuardPolicy, HumanAgent, Message, NotFound, Reason, Role
from ..evals.formats import Expected
from .auth import Keys
from .evals_compare import CompareError, Significance
from .evals_jobs import BusyError, Jobs
from .evals_saved import Labels, SavedScenarios, draft
from .evals_shelf import Judged, Shelf
from .evals_views import compare_view, curve_view, item_view, row_view, run_view, suite_view

PAGE = 50
RECENT = 60
SAVED = "saved"
"""Folder of the suite that saved conversations go to."""

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=400)]
Show = Literal["failed", "wrong", "gaps", "right", "marked", "all"]


class Thresholds(BaseModel):
    """Where the guard answers, and where it asks back."""

    answer_from: Share
    near_from: Share


class StartRequest(BaseModel):
    """Body of ``POST /api/evals/job``."""

    suite: Name
    limit: int | None = Field(default=None, ge=1, le=100_000)
    thresholds: Thresholds | None = None


class LabelRequest(BaseModel):
    """Body of ``POST /api/evals/labels``."""

    run: Name
    key: Name
    wrong: bool = True
    why: str = Field(default="", max_length=1000)


class SavedTurn(BaseModel):
    """A customer's message and what should come of it; nothing named: not looked at."""

    text: str = Field(min_length=1, max_length=4000, pattern=r"\S")
    decision: list[Expected] = Field(default_factory=list, max_length=5)
    reasons: list[Reason] = Field(default_factory=list, max_length=12)


class SaveRequest(BaseModel):
    """Body of ``POST /api/evals/scenarios``."""

    conversation: Name
    turns: list[SavedTurn] = Field(min_length=1, max_length=100)
    tags: list[Annotated[str, Field(min_length=1, max_length=40)]] = Field(default_factory=list, max_length=10)


class Filter(BaseModel):
    """Which items of a run; a page of them."""

    show: Show = "failed"
    kind: Literal["question", "scenario", "simulation"] | None = None
    lang: Literal["ko", "en"] | None = None
    fault: str | None = Field(default=None, max_length=40)
    label: str | None = Field(default=None, max_length=100)
    text: str = Field(default="", max_length=200)
    offset: int = Field(default=0, ge=0)
    limit: int = Field(default=PAGE, ge=1, le=200)


def build_evals_router(parts: Batonpass, keys: Keys, jobs: Jobs) -> APIRouter:
    """The routes over a running Batonpass."""
    data = parts.settings.data
    shelf = Shelf(data)
    labels = Labels(shelf.suites_folder / "labels.jsonl")
    saved = SavedScenarios(shelf.suites_folder / SAVED, parts.settings.knowledge)
    significance = Significance()

    def admin(request: Request) -> None:
        agent = keys.agent(request, parts.accounts)
        if agent is None:
            raise HTTPException(401, "log in first")
        if agent.role is not Role.ADMIN:
            raise HTTPException(403, "for administrators only")
        request.state.admin = agent

    # Every route below is behind it.
    router = APIRouter(prefix="/api/evals", dependencies=[Depends(admin)])

    def judged(run_id: str) -> Judged:
        found = shelf.judged(run_id)
        if found is None:
            raise HTTPException(404, "no such run")
        return found

    def marks(found: Judged) -> dict[str, dict[str, Any]]:
        return labels.wrong(found.entry.name) if found.entry else {}

    @router.get("/suites")
    def suites(request: Request) -> dict[str, Any]:
        agent: HumanAgent = request.state.admin
        entries = shelf.suites(fresh=True).values()
        shown = [suite_view(entry, len(labels.wrong(entry.name))) for entry in entries]
        now = GuardPolicy().model_dump(include={"answer_from", "near_from"})
        return {"me": {"id": agent.id, "name": agent.name}, "suites": shown, "thresholds": now}

    @router.get("/runs")
    def runs() -> dict[str, Any]:
        return {"runs": shelf.runs()}

    @router.get("/job")
    def job() -> dict[str, Any]:
        return {"job": jobs.status()}

    @router.post("/job", status_code=202)
    def start(body: StartRequest) -> dict[str, Any]:
        entry = shelf.suites(fresh=True).get(body.suite)
        if entry is None:
            raise HTTPException(404, "no such suite")
        if entry.suite is None:
            raise HTTPException(409, entry.error)
        try:
            policy = GuardPolicy(**body.thresholds.model_dump()) if body.thresholds else None
            return {"job": jobs.start(entry, limit=body.limit, policy=policy)}
        except BusyError:
            raise HTTPException(409, "a run is under way") from None

    @router.post("/job/cancel")
    def cancel() -> dict[str, Any]:
        return {"cancelled": jobs.cancel()}

    @router.get("/runs/{run_id}")
    def run(run_id: str) -> dict[str, Any]:
        found = judged(run_id)
        return run_view(run_id, found, marks(found), shelf.policy(run_id, found.run))

    @router.get("/runs/{run_id}/items")
    def items(run_id: str, wanted: Annotated[Filter, Query()]) -> dict[str, Any]:
        found = judged(run_id)
        noted = marks(found)
        rows = [row_view(item, noted) for item in found.items.values()]
        rows = [row for row in rows if _fits(row, wanted)]
        return {"total": len(rows), "items": rows[wanted.offset : wanted.offset + wanted.limit]}

    @router.get("/runs/{run_id}/item")
    def item(run_id: str, key: Annotated[str, Query(max_length=400)]) -> dict[str, Any]:
        found = judged(run_id)
        if key not in found.items:
            raise HTTPException(404, "no such item")
        return item_view(found.items[key], marks(found))

    @router.get("/runs/{run_id}/curve")
    def curve(run_id: str) -> dict[str, Any]:
        found = judged(run_id)
        return curve_view(found, shelf.policy(run_id, found.run))

    @router.get("/compare")
    def compare(run: str, baseline: str) -> dict[str, Any]:
        now, before = judged(run), judged(baseline)
        return compare_view(now, before, marks(now))

    @router.get("/significance")
    def significant(run: str, baseline: str) -> dict[str, Any]:
        now, before, files = judged(run), judged(baseline), shelf.run_files()
        if now.entry is None or before.entry is None or run not in files or baseline not in files:
            raise HTTPException(409, "the suite of these runs is not there")
        stamp = (shelf.stamp(run, now.entry.id), shelf.stamp(baseline, now.entry.id))
        try:
            return significance.of(files[run], files[baseline], now.entry.path, stamp=stamp)
        except CompareError as error:
            raise HTTPException(503, str(error)) from None

    @router.post("/labels")
    def mark(request: Request, body: LabelRequest) -> dict[str, Any]:
        agent: HumanAgent = request.state.admin
        found = judged(body.run)
        if found.entry is None or body.key not in found.items:
            raise HTTPException(404, "no such item")
        entry = labels.mark(found.entry.name, body.key, wrong=body.wrong, why=body.why.strip(), by=agent)
        return {"marked": entry if entry["wrong"] else None}

    _saving(router, parts, saved)
    return router


def _saving(router: APIRouter, parts: Batonpass, saved: SavedScenarios) -> None:
    """The routes that make a test of a real conversation."""

    def conversation(conversation_id: str) -> Any:
        try:
            return parts.store.get(conversation_id)
        except NotFound:
            raise HTTPException(404, "no such conversation") from None

    @router.get("/conversations")
    def conversations() -> dict[str, Any]:
        shown = []
        for head in parts.store.list(limit=RECENT):
            messages = [item for item in parts.store.items(head.id) if isinstance(item, Message)]
            said = [message for message in messages if message.author is Author.CUSTOMER]
            if said:
                about = {"id": head.id, "lang": head.lang, "status": head.status, "messages": len(said)}
                about |= {"updated_at": head.updated_at.isoformat(), "preview": said[0].text[:160]}
                shown.append(about | {"saved": saved.of(head.id)})
        return {"conversations": shown}

    @router.get("/conversations/{conversation_id}")
    def one(conversation_id: str) -> dict[str, Any]:
        head = conversation(conversation_id)
        return {"id": head.id, "saved": saved.of(head.id), **draft(head, parts.store)}

    @router.post("/scenarios", status_code=201)
    def save(body: SaveRequest) -> dict[str, Any]:
        head = conversation(body.conversation)
        turns = []
        for turn in body.turns:
            expect = {"decision": list(turn.decision), "reasons": [str(reason) for reason in turn.reasons]}
            turns.append({"text": turn.text.strip(), "expect": expect})
        try:
            scenario = saved.add(head, turns, body.tags)
        except ValidationError:
            raise HTTPException(422, "not a scenario") from None
        return {"id": scenario.id, "suite": f"own.{SAVED}"}


_SHOWN: dict[str, Callable[[dict[str, Any]], bool]] = {
    "failed": lambda row: bool(row["faults"]) or not row["right"],
    "wrong": lambda row: not row["right"],
    "gaps": lambda row: row["right"] and bool(row["faults"]),
    "right": lambda row: row["right"],
    "marked": lambda row: row["marked"] is not None,
    "all": lambda row: True,
}


def _fits(row: dict[str, Any], wanted: Filter) -> bool:
    words = wanted.text.casefold().split()
    said = f"{row['id']} {row['title']} {' '.join(row['labels'])}".casefold()
    return (
        _SHOWN[wanted.show](row)
        and (wanted.kind is None or row["kind"] == wanted.kind)
        and (wanted.lang is None or row["lang"] == wanted.lang)
        and (wanted.fault is None or any(fault["code"] == wanted.fault for fault in row["faults"]))
        and (wanted.label is None or wanted.label in row["labels"])
        and all(word in said for word in words)
    )
