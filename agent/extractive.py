"""A chat model that needs no key, no GPU and no network: it answers in the passages' own sentences."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from ..escalation.facts import without_identifiers
from ..escalation.smalltalk import small_talk
from ..knowledge import detect_language
from ..knowledge.extract import extract
from .prompts import NO_ANSWER, without_marks
from .replies import words
from .tools import TOOL_NAME, read

MODEL_NAME = "batonpass-extractive"


@dataclass(frozen=True, slots=True)
class _Passage:
    n: int
    title: str
    heading_path: tuple[str, ...]
    start: int
    text: str


class ExtractiveChatModel(BaseChatModel):
    """Answers from the passages in its prompt, verbatim, with ``[n]``; says so when they hold no answer.

    It reads the newest ``search_knowledge`` result behind the last human message; where there is none and the
    tool is bound, it calls the tool. Greetings, thanks and "are you a person?" are answered as such.

    Attributes:
        no_answer_below: Confidence (0..1) of the search below which it does not answer.
        lang: Language for small talk; None: that of the message.
    """

    no_answer_below: float = 0.2
    lang: str | None = None

    @property
    def _llm_type(self) -> str:
        return MODEL_NAME

    def bind_tools(self, tools: Sequence[dict[str, Any] | type | Callable | BaseTool], **kwargs: Any) -> Runnable:
        """Bind tools; only ``search_knowledge`` is ever called."""
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        message = self._reply(messages, kwargs.get("tools") or [])
        message.response_metadata["model_name"] = MODEL_NAME
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _reply(self, messages: list[BaseMessage], tools: list[dict[str, Any]]) -> AIMessage:
        question, found, searched, query = _look(messages)
        if (talk := small_talk(question)) is not None:
            return AIMessage(words(self.lang or detect_language(question))[talk])
        if found is None:
            # An answer that cannot be read (a tool's error) would be the same the next time.
            if not searched and any(tool.get("function", {}).get("name") == TOOL_NAME for tool in tools):
                call = {"name": TOOL_NAME, "args": {"query": question}, "id": f"call_{uuid.uuid4().hex[:12]}"}
                return AIMessage("", tool_calls=[call])
            return AIMessage(NO_ANSWER)
        passages = [_passage(entry) for entry in found["passages"] if isinstance(entry, dict) and "n" in entry]
        if not passages or float(found.get("confidence", 0)) < self.no_answer_below:
            return AIMessage(NO_ANSWER)
        # What was searched for says more than a follow-up or a pick ("해외요") does.
        best = extract(without_identifiers(query or question), passages)
        if best is None:
            return AIMessage(NO_ANSWER)
        # What looks like a mark in the article's own text would be read as a source.
        text = without_marks(best.text)
        # Behind a list or a table the mark stands on a line of its own.
        gap = "\n\n" if "\n" in text else " "
        return AIMessage(f"{text}{gap}[{passages[best.passage].n}]")


def _look(messages: list[BaseMessage]) -> tuple[str, dict[str, Any] | None, bool, str]:
    """The last human text, the newest readable search result behind it, whether there was any, and its query."""
    found: dict[str, Any] | None = None
    searched = False
    call: str | None = None
    query = ""
    for message in reversed(messages):
        if isinstance(message, HumanMessage):
            return str(message.text), found, searched, query
        if isinstance(message, ToolMessage) and message.name in (TOOL_NAME, None):
            searched = True
            if found is None and (found := read(message.content)) is not None:
                call = message.tool_call_id
        if isinstance(message, AIMessage) and call:
            query = query or next(
                (str(c["args"].get("query", "")) for c in message.tool_calls if c["id"] == call), ""
            )
    return "", found, searched, query


def _passage(entry: dict[str, Any]) -> _Passage:
    heading = tuple(part for part in str(entry.get("heading") or "").split(" > ") if part)
    title = str(entry.get("title", ""))
    # Words of the article's aliases tell what it is about as its headings do.
    asked = tuple(map(str, entry.get("asked") or ()))
    path = (title, *heading, *asked)
    return _Passage(int(entry["n"]), title, path, int(entry.get("start", 0)), str(entry.get("text", "")))
