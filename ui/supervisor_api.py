"""The REST routes of the supervisors' page: what the knowledge base learns is decided here."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, Field

from ..agent import Batonpass
from ..escalation import HumanAgent
from ..knowledge import Audience, KnowledgeError
from ..knowledge.aliases import MAX_PENDING, Alias, Change, DecidedError, Decision, UnknownAliasError
from ..knowledge.questions import MAX_CHARS
from .api import shown_passage
from .auth import Keys
from .supervisor_undo import Undos
from .supervisor_views import article_views, passage_of

log = logging.getLogger(__name__)

AliasId = Annotated[str, Field(pattern=r"^[0-9a-f]{10}$")]


class DecideRequest(BaseModel):
    """Body of ``POST /api/supervisor/questions/decide``; ``expected`` is what the supervisor saw."""

    ids: list[AliasId] = Field(min_length=1, max_length=MAX_PENDING)
    decision: Literal[Decision.APPROVED, Decision.REJECTED]
    expected: Literal[Decision.PENDING, Decision.APPROVED] = Decision.PENDING


class RewordRequest(BaseModel):
    """Body of ``POST /api/supervisor/questions/reword``."""

    id: AliasId
    text: str = Field(min_length=1, max_length=2 * MAX_CHARS)


class UndoRequest(BaseModel):
    """Body of ``POST /api/supervisor/questions/undo``."""

    token: str = Field(min_length=1, max_length=100)


def build_supervisor_router(parts: Batonpass, keys: Keys) -> APIRouter:
    """The routes over a running Batonpass."""
    aliases = parts.knowledge.aliases
    undos = Undos()

    def supervisor(request: Request) -> None:
        agent = keys.agent(request, parts.accounts)
        if agent is None:
            raise HTTPException(401, "log in first")
        if not agent.supervises:
            raise HTTPException(403, "for supervisors only")
        request.state.supervisor = agent

    # Every route below is behind it.
    router = APIRouter(prefix="/api/supervisor", dependencies=[Depends(supervisor)])

    def articles(only: set[str] | None = None) -> list[dict[str, Any]]:
        names = {agent.id: agent.name for agent in parts.accounts.list()}
        return article_views(aliases.list(), parts.knowledge.documents(), names, only)

    def counted(change: Change) -> bool:
        """Index what the decision is about anew; False where that has to wait for the next try."""
        touched = [*change.before.values(), *change.after.values()]
        if not any(alias and alias.decision is Decision.APPROVED for alias in touched):
            return True
        try:
            parts.knowledge.relearn()
        except Exception:  # it is decided all the same, and who follows the decisions tries again
            log.exception("cannot index what a supervisor decided")
            return False
        return True

    def answer(change: Change, undo: str | None) -> dict[str, Any]:
        counts = counted(change)
        only = {alias.document_id for alias in change.after.values()}
        return {"articles": articles(only), "undo": undo, "counts": counts}

    @router.get("/questions")
    def questions(request: Request) -> dict[str, Any]:
        agent: HumanAgent = request.state.supervisor
        with _refusals():
            return {"me": agent.model_dump(mode="json"), "articles": articles()}

    @router.post("/questions/decide")
    def decide(request: Request, body: DecideRequest) -> dict[str, Any]:
        agent: HumanAgent = request.state.supervisor
        with _refusals():
            change = aliases.change(body.ids, body.decision, by=agent.id, expected=body.expected)
            return answer(change, undos.keep(agent.id, change))

    @router.post("/questions/reword")
    def reword(request: Request, body: RewordRequest) -> dict[str, Any]:
        agent: HumanAgent = request.state.supervisor
        with _refusals():
            change = aliases.reword(body.id, body.text, by=agent.id, expected=Decision.PENDING)
            return answer(change, undos.keep(agent.id, change))

    @router.post("/questions/undo")
    def undo(request: Request, body: UndoRequest) -> dict[str, Any]:
        agent: HumanAgent = request.state.supervisor
        change = undos.find(agent.id, body.token)
        if change is None:
            raise HTTPException(404, "nothing to take back")
        with _refusals():
            try:
                aliases.undo(change)
            except DecidedError:
                undos.drop(agent.id, body.token)
                raise
            undos.drop(agent.id, body.token)
            return answer(change, None)

    @router.get("/passages/{alias_id}")
    def passage(alias_id: str) -> dict[str, Any]:
        """The passage of its article that is nearest to a question."""
        with _refusals():
            alias: Alias | None = next((each for each in aliases.list() if each.id == alias_id), None)
        chunk_id = passage_of(parts.knowledge, alias) if alias else None
        if chunk_id is None:
            raise HTTPException(404, "this passage is not there any more")
        return shown_passage(parts, chunk_id, Audience.AGENT)

    return router


@contextmanager
def _refusals() -> Iterator[None]:
    """What the aliases refuse, as answers."""
    try:
        yield
    except UnknownAliasError:
        raise HTTPException(404, "no such question") from None
    except DecidedError:
        raise HTTPException(409, "somebody else decided this question") from None
    except KnowledgeError:
        log.exception("cannot read or write the aliases")
        raise HTTPException(503, "the questions cannot be read or written") from None
    except ValueError as error:
        raise HTTPException(422, str(error)) from None
