"""The one pipeline: create_agent with our middleware, for the embedded model and for an endpoint alike."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, ModelFallbackMiddleware, dynamic_prompt
from langchain.agents.middleware.types import ModelRequest, ModelResponse
from langchain_core.language_models import BaseChatModel

from ..escalation import Guard
from ..knowledge import KnowledgeBase
from .extractive import ExtractiveChatModel
from .middleware import EscalationMiddleware, TurnContext
from .prompts import system_prompt
from .retrieval import RetrievalMiddleware

log = logging.getLogger(__name__)

MAX_STEPS = 12
"""Graph steps a turn may take, a few of them for further searches; a model that goes on gets handed off."""


class ModelFailures(AgentMiddleware):
    """Tells the operator that the endpoint failed; the customer is answered by the embedded model."""

    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        """Log what fails, and raise it again."""
        try:
            return handler(request)
        except Exception as error:
            _tell(error)
            raise

    async def awrap_model_call(
        self,
        request: ModelRequest[Any],
        handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]],
    ) -> ModelResponse[Any]:
        """As ``wrap_model_call``."""
        try:
            return await handler(request)
        except Exception as error:
            _tell(error)
            raise


def _tell(error: Exception) -> None:
    # Never the error's text: endpoints quote requests, and keys, in theirs.
    status = getattr(error, "status_code", None)
    log.warning("the model failed: %s%s", type(error).__name__, f" ({status})" if status else "")


def build_agent(
    model: BaseChatModel,
    knowledge: KnowledgeBase,
    guard: Guard,
    *,
    company: str,
    guard_timeout: float,
    country: str = "KR",
) -> Any:
    """Build the compiled agent; run it with ``context=TurnContext(...)``.

    Args:
        model: Drafts the reply; when it fails, the embedded model does.
        knowledge: Searched before and, if the model asks, during the turn.
        guard: Judges every draft.
        company: Named in the system prompt.
        guard_timeout: Seconds.
        country: ISO 3166, whose crisis lines are named.
    """

    @dynamic_prompt
    def prompt(request: ModelRequest[Any]) -> str:
        context = request.runtime.context
        lang = context.turn.lang if isinstance(context, TurnContext) and context.turn else "ko"
        return system_prompt(company, lang, date.today().isoformat())

    # Each has its own state schema; together they fit no one type argument.
    middleware: list[Any] = [
        EscalationMiddleware(guard, timeout=guard_timeout, country=country),
        RetrievalMiddleware(knowledge),
        prompt,
        ModelFallbackMiddleware(ExtractiveChatModel()),
        ModelFailures(),
    ]
    return create_agent(
        model,
        middleware=middleware,
        context_schema=TurnContext,
    ).with_config(recursion_limit=MAX_STEPS)
