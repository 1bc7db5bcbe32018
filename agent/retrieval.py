"""Passages first: the search is made before the model speaks, so that no model can forget to."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, replace
from typing import Any

from langchain.agents.middleware import AgentMiddleware
from langchain.agents.middleware.types import AgentState
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langgraph.runtime import Runtime

from ..knowledge import Audience, KnowledgeBase, SearchResult, detect_language
from .choices import Chosen
from .middleware import TurnContext
from .tools import TOOL_NAME, render, search_knowledge_tool

SURE = 0.8
"""Confidence from which a question needs no context; the guard answers from there."""
RELATED = 10
"""Among so many articles that the question alone finds, the one that it finds in context must be."""
BARELY = 0.2
"""Confidence below which a question is about something else, whatever was asked before it."""
PICKED = 0.9
"""Confidence in an article that the customer picked: somebody looked at the choices."""
WIDE = 64
"""Passages among which those of a picked article are looked for."""


class RetrievalMiddleware(AgentMiddleware):
    """Puts a ``search_knowledge`` call and its result in front of the model, as if it had asked.

    The tool itself is there too, for a model that wants to search again (EscalationMiddleware numbers its passages
    on from those it has). A search that fails ends the run with its error: nothing may be said without passages.

    Args:
        knowledge: Where to search.
        audience: Whose articles may come out.
        limit: Passages a search.
    """

    def __init__(self, knowledge: KnowledgeBase, *, audience: Audience = Audience.PUBLIC, limit: int = 6) -> None:
        super().__init__()
        self._knowledge = knowledge
        self._audience = audience
        self._limit = limit
        self.tools = [search_knowledge_tool(knowledge, audience=audience, limit=limit)]

    def before_agent(self, state: AgentState[Any], runtime: Runtime[Any]) -> dict[str, Any] | None:
        """Search for the customer's question."""
        asked = _asked(state, runtime)
        return self._found(*self._search(asked), runtime) if asked else None

    async def abefore_agent(self, state: AgentState[Any], runtime: Runtime[Any]) -> dict[str, Any] | None:
        """As ``before_agent``."""
        asked = _asked(state, runtime)
        return self._found(*await asyncio.to_thread(self._search, asked), runtime) if asked else None

    def _search(self, asked: _Asked) -> tuple[str, SearchResult]:
        """Search for the question, and where that leaves doubt, with what was asked before it."""
        query, again = asked.query, asked.again
        if asked.chosen is not None:
            return query, self._among(asked.chosen)
        result = self._knowledge.search(query, limit=self._limit, audience=self._audience)
        if not again or not BARELY <= result.confidence < SURE:
            return query, result
        second = self._knowledge.search(again, limit=self._limit, audience=self._audience)
        # What came before may be answered by itself: only what the question alone also led to is its context.
        related = bool(set(second.ranking[:1]) & set(result.ranking[:RELATED]))
        return (again, second) if related and second.confidence > result.confidence else (query, result)

    def _among(self, chosen: Chosen) -> SearchResult:
        """The original question's passages in the articles that the customer picked of a clarifying question's."""
        if not chosen.articles:
            return SearchResult(chosen.question, detect_language(chosen.question), (), 0.0)
        named = f"{chosen.question}\n{' '.join(chosen.labels)}"
        for query in (chosen.question, named):
            result = self._knowledge.search(query, limit=WIDE, audience=self._audience)
            kept = tuple(p for p in result.passages if p.document.id in chosen.articles)[: self._limit]
            if kept:
                ranking = tuple(dict.fromkeys(p.document.id for p in kept))
                sure = max(result.confidence, PICKED)
                return replace(result, query=named, passages=kept, confidence=sure, ranking=ranking)
        # Gone since it was offered: what the words lead to, as sure as that is.
        return self._knowledge.search(named, limit=self._limit, audience=self._audience)

    def _found(self, query: str, result: SearchResult, runtime: Runtime[Any]) -> dict[str, Any]:
        context = getattr(runtime, "context", None)
        if isinstance(context, TurnContext):
            context.progress("writing")
        call_id = f"call_{uuid.uuid4().hex[:12]}"
        call = {"name": TOOL_NAME, "args": {"query": query}, "id": call_id}
        answer = ToolMessage(render(result), artifact=result, tool_call_id=call_id, name=TOOL_NAME)
        return {"messages": [AIMessage("", tool_calls=[call]), answer]}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What to search for: see ``TurnContext``."""

    query: str
    again: str | None = None
    chosen: Chosen | None = None


def _asked(state: AgentState[Any], runtime: Runtime[Any]) -> _Asked | None:
    context = getattr(runtime, "context", None)
    if isinstance(context, TurnContext) and context.query:
        return _Asked(context.query, context.again, context.chosen)
    for message in reversed(state["messages"]):
        if isinstance(message, HumanMessage) and (text := str(message.text)):
            return _Asked(text)
    return None
