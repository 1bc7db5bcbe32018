"""What a turn's model calls used, and what that costs at the operator's prices."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, LLMResult

from .extractive import MODEL_NAME
from .tokens import count_tokens

PER_MESSAGE = 4
"""Tokens that a chat format puts around each message, where a prompt must be estimated (OpenAI's own count)."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls of an endpoint's model and their tokens; the embedded model's are left out, it costs nothing.

    Attributes:
        estimated: Some call's endpoint did not say, and its tokens were estimated from the texts.
    """

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    estimated: bool = False

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.estimated or other.estimated,
        )


@dataclass(frozen=True, slots=True)
class Prices:
    """What a model costs, in the operator's currency for a million tokens."""

    input: float = 0.0
    output: float = 0.0

    def of(self, usage: Usage) -> float:
        """What was used, priced."""
        return (usage.input_tokens * self.input + usage.output_tokens * self.output) / 1_000_000


FREE = Prices()


class UsageMeter(BaseCallbackHandler):
    """Adds up what the model calls of a run use; drafts that were rejected have cost too.

    LangChain's own ``UsageMetadataCallbackHandler`` passes over calls whose endpoint reports no usage; here
    those are estimated. A call that failed counts for nothing: nobody said what it used.
    """

    def __init__(self) -> None:
        super().__init__()
        self.usage = Usage()
        self._lock = threading.Lock()
        self._asked: dict[UUID, list[str]] = {}

    def on_chat_model_start(
        self, serialized: dict[str, Any], messages: list[list[BaseMessage]], *, run_id: UUID, **kwargs: Any
    ) -> None:
        """Keep the prompt, in case that the endpoint does not tell its size."""
        with self._lock:
            self._asked[run_id] = [str(message.text) for batch in messages for message in batch]

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        """Forget the prompt."""
        with self._lock:
            self._asked.pop(run_id, None)

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **kwargs: Any) -> None:
        """Add a call's tokens."""
        with self._lock:
            prompt = self._asked.pop(run_id, [])
            for batch in response.generations:
                for generation in batch[:1]:
                    if isinstance(generation, ChatGeneration) and isinstance(generation.message, AIMessage):
                        self.usage += _used(generation.message, prompt)


def _used(message: AIMessage, prompt: list[str]) -> Usage:
    if message.response_metadata.get("model_name") == MODEL_NAME:
        return Usage()
    if told := message.usage_metadata:
        return Usage(1, told["input_tokens"], told["output_tokens"])
    asked = sum(count_tokens(text)[0] + PER_MESSAGE for text in prompt)
    return Usage(1, asked, count_tokens(str(message.text))[0], estimated=True)
