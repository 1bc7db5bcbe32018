"""Retrieval as a LangChain tool; its content is JSON, so that no article can pose as an instruction's end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AnyMessage, BaseMessage, ToolMessage
from langchain_core.tools import BaseTool, tool
from pydantic import TypeAdapter, ValidationError

from ..knowledge import Audience, KnowledgeBase, SearchResult
from ..knowledge.questions import nearest

TOOL_NAME = "search_knowledge"
_PLAIN = TypeAdapter(SearchResult)


def search_knowledge_tool(
    knowledge: KnowledgeBase, *, audience: Audience = Audience.PUBLIC, limit: int = 6
) -> BaseTool:
    """Make a ``search_knowledge`` tool over a knowledge base.

    Args:
        knowledge: Where to search.
        audience: Whose articles may come out.
        limit: Passages a call.

    Returns:
        A tool with ``response_format="content_and_artifact"``: the model reads the JSON of ``render``,
        the caller finds the SearchResult on ``ToolMessage.artifact``.
    """

    @tool(TOOL_NAME, response_format="content_and_artifact")
    def search_knowledge(query: str) -> tuple[str, SearchResult]:
        """Search the company's help articles. Call it with the customer's question in their own words."""
        result = knowledge.search(query, limit=limit, audience=audience)
        return render(result), result

    return search_knowledge


def render(result: SearchResult, first: int = 1) -> str:
    """A search result as the model reads it.

    ``asked`` beside a passage are questions that its article is known to answer, near to this one. They are no
    part of the text.

    Args:
        first: Number of the first passage; citations ``[n]`` count on from it.
    """
    passages = [
        {
            "n": number,
            "title": passage.document.title,
            "heading": " > ".join(passage.chunk.heading_path[1:]),
            "updated": passage.document.updated.isoformat() if passage.document.updated else None,
            "start": passage.chunk.start,
            "text": passage.chunk.text,
        }
        | ({"asked": asked} if (asked := nearest(result.query, passage.document)) else {})
        for number, passage in enumerate(result.passages, first)
    ]
    return json.dumps({"confidence": round(result.confidence, 4), "passages": passages}, ensure_ascii=False)


def results_in(messages: Sequence[BaseMessage]) -> list[SearchResult]:
    """The search results of the current turn: those on tool messages behind the last human one, in order."""
    return [result for _, _, result in _found(messages)]


def numbered(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """The messages with the current turn's passages numbered through, in the order of ``results_in``.

    Searches number from 1 each, and several may run side by side: only here is it known what came before.
    """
    told = list(messages)
    first = 1
    for place, message, result in _found(messages):
        if first > 1 and read(message.content) is not None:
            told[place] = message.model_copy(update={"content": render(result, first)})
        first += len(result.passages)
    return told


def _found(messages: Sequence[BaseMessage]) -> list[tuple[int, ToolMessage, SearchResult]]:
    found: list[tuple[int, ToolMessage, SearchResult]] = []
    for place in range(len(messages) - 1, -1, -1):
        message = messages[place]
        if message.type == "human":
            break
        if isinstance(message, ToolMessage) and (result := _result(message.artifact)) is not None:
            found.append((place, message, result))
    return found[::-1]


def _result(artifact: Any) -> SearchResult | None:
    if isinstance(artifact, SearchResult):
        return artifact
    if not isinstance(artifact, dict) or "passages" not in artifact:
        return None
    try:  # a checkpointer gives plain data back
        return _PLAIN.validate_python(artifact)
    except ValidationError:
        return None


def read(content: Any) -> dict[str, Any] | None:
    """What ``render`` wrote, parsed; None where it is something else."""
    try:
        found = json.loads(content)
    except (TypeError, ValueError):
        return None
    if isinstance(found, dict) and isinstance(found.get("passages"), list):
        return found
    return None
