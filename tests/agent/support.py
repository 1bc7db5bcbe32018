"""Stand-ins that the tests of this folder share: a knowledge base, a scripted model, an endpoint, a guard."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from batonpass.escalation import Author, Draft, Message, Turn, Verdict
from batonpass.knowledge import (
    Audience,
    Chunk,
    Document,
    LoadFailure,
    Passage,
    SearchResult,
    SyncReport,
    detect_language,
)
from batonpass.knowledge.base import Progress
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import Field

SAMPLE = Path(__file__).parents[2] / "examples" / "shop"
FEE = "국내 배송비는 주문 한 건에 3,000원이며, 상품 금액이 50,000원 이상이면 무료입니다."
RETURN = "You can return an item within 7 days of delivery. Return shipping costs 3,000 won."


def passage(
    text: str, title: str = "국내 배송비 안내", *, id: str = "ko/delivery-fee", start: int = 0, **fields: Any
) -> Passage:
    """A retrieved passage of a document of its own."""
    document = Document(
        id=id,
        title=title,
        text=" " * start + text,
        lang=detect_language(text),
        source=f"{id}.md",
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
        **fields,
    )
    chunk = Chunk(f"{id}#0", id, 0, (title,), start, start + len(text), text)
    return Passage(chunk, document, 1.0, {})


def found(*passages: Passage, confidence: float = 0.9, query: str = "") -> SearchResult:
    """A search result."""
    return SearchResult(query, "ko", passages, confidence, tuple(p.document.id for p in passages))


class StubKnowledge:
    """A KnowledgeBase that finds what it is told to, whatever the question.

    Args:
        results: One a search, the last again and again; an exception is raised, a function asked.
    """

    def __init__(self, *results: SearchResult | Exception | Callable[[str], SearchResult]) -> None:
        self.results = list(results) or [found(passage(FEE))]
        self.queries: list[str] = []
        self.audiences: list[Audience] = []

    @property
    def name(self) -> str:
        return "stub"

    @property
    def version(self) -> str:
        return "0"

    def search(
        self, query: str, *, limit: int = 8, audience: Audience = Audience.PUBLIC, lang: str | None = None
    ) -> SearchResult:
        self.queries.append(query)
        self.audiences.append(audience)
        result = self.results[min(len(self.queries), len(self.results)) - 1]
        if isinstance(result, Exception):
            raise result
        if not isinstance(result, SearchResult):
            result = result(query)
        return result

    def passage(self, chunk_id: str, *, audience: Audience = Audience.PUBLIC) -> Passage | None:
        known = [p for r in self.results if isinstance(r, SearchResult) for p in r.passages]
        return next((p for p in known if p.chunk.id == chunk_id), None)

    def documents(self) -> list[Document]:
        return [p.document for r in self.results if isinstance(r, SearchResult) for p in r.passages]

    def sync(
        self,
        documents: Iterable[Document],
        *,
        failures: Iterable[LoadFailure] = (),
        progress: Progress | None = None,
    ) -> SyncReport:
        return SyncReport()

    def close(self) -> None:
        pass


Step = str | AIMessage | Exception | Callable[[list[BaseMessage]], "str | AIMessage"]


class ScriptedChatModel(BaseChatModel):
    """Plays its steps in order: a reply, a message with tool calls, an error, or a function of the prompt.

    Being called without a step left is an error; ``done`` fails on that, and on steps that were never played.
    """

    steps: list[Any] = Field(default_factory=list)
    prompts: list[list[BaseMessage]] = Field(default_factory=list)
    bound: list[str] = Field(default_factory=list)
    too_many: list[list[BaseMessage]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable:
        made = [convert_to_openai_tool(tool) for tool in tools]
        self.bound[:] = [tool["function"]["name"] for tool in made]
        return self.bind(tools=made)

    def _play(self, messages: list[BaseMessage]) -> AIMessage:
        self.prompts.append(messages)
        if not self.steps:
            # An error alone would not do: the pipeline turns to the embedded model then.
            self.too_many.append(messages)
            raise AssertionError("the model was called once more than scripted")
        step: Any = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        said: Any = step(messages) if callable(step) else step
        return (
            said if isinstance(said, AIMessage) else AIMessage(said, response_metadata={"model_name": "scripted"})
        )

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._play(messages))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ):
        message = self._play(messages)
        if message.tool_calls:
            chunk = AIMessageChunk(content=message.content, tool_calls=message.tool_calls, id=message.id)
            yield ChatGenerationChunk(message=chunk)
            return
        for word in str(message.text).split(" "):
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=word + " "))
            if run_manager:
                run_manager.on_llm_new_token(word + " ", chunk=chunk)
            yield chunk

    def done(self) -> None:
        assert not self.steps, f"never played: {self.steps}"
        assert not self.too_many, f"called without a step: {self.too_many}"


def calls(*queries: str, text: str = "", name: str = "search_knowledge") -> AIMessage:
    """A message that calls the search tool, once a query."""
    return AIMessage(
        text, tool_calls=[{"name": name, "args": {"query": q}, "id": f"call_{i}"} for i, q in enumerate(queries)]
    )


class StubGuard:
    """A guard of plain functions; what it judged is kept."""

    def __init__(
        self,
        judge: Callable[[Turn, Draft], Any],
        screen: Callable[[Turn], Any] = lambda turn: None,
    ) -> None:
        self._judge, self._screen = judge, screen
        self.turns: list[Turn] = []
        self.drafts: list[Draft] = []

    def screen(self, turn: Turn) -> Verdict | None:
        return self._screen(turn)

    def judge(self, turn: Turn, draft: Draft) -> Verdict:
        self.turns.append(turn)
        self.drafts.append(draft)
        return self._judge(turn, draft)


def transcript(*lines: tuple[Author, str]) -> tuple[Message, ...]:
    """Messages numbered from 1."""
    return tuple(
        Message(conversation_id="c", seq=n, author=author, text=text, created_at=datetime.now(UTC))
        for n, (author, text) in enumerate(lines, 1)
    )


def asked(question: str, *before: tuple[Author, str], lang: str = "ko") -> Turn:
    """A turn with one unanswered question."""
    return Turn(messages=transcript(*before, (Author.CUSTOMER, question)), question=question, lang=lang)


async def run(agent: Any, mode: str, state: Any, **kwargs: Any) -> dict[str, Any]:
    """Invoke an agent the sync or the async way, never in the event loop's thread."""
    if mode == "sync":
        return await asyncio.to_thread(agent.invoke, state, **kwargs)
    return await agent.ainvoke(state, **kwargs)


async def stream(agent: Any, mode: str, state: Any, **kwargs: Any) -> str:
    """Everything that ``stream_mode="messages"`` lets out, as one text."""
    if mode == "sync":
        chunks = await asyncio.to_thread(lambda: list(agent.stream(state, stream_mode="messages", **kwargs)))
    else:
        chunks = [chunk async for chunk in agent.astream(state, stream_mode="messages", **kwargs)]
    return "".join(str(message.text) for message, _ in chunks)


class FakeEndpoint:
    """An OpenAI-compatible server on loopback; ``steps`` say what it does, the last again and again.

    A step is a text, a list of searches to call for, an HTTP status, ``hang`` or ``garbage``.
    """

    HANG = "\x00hang"
    GARBAGE = "\x00garbage"

    def __init__(self) -> None:
        self.steps: list[str | list[str] | int] = ["[[NO_ANSWER]]"]
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self._released = threading.Event()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                endpoint._answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length", 0))
        self.bodies.append(json.loads(handler.rfile.read(length)))
        key = handler.headers.get("Authorization", "").removeprefix("Bearer ")
        self.keys.append(key)
        step = self.steps[min(len(self.bodies), len(self.steps)) - 1]
        if step == self.HANG:
            self._released.wait()
            handler.close_connection = True
            return
        if step == self.GARBAGE:
            self._send(handler, 200, b'{"choices": [{"mess', "application/json")
        elif isinstance(step, int):
            error = {"error": {"message": f"Incorrect API key provided: {key}", "type": "server_error"}}
            self._send(handler, step, json.dumps(error).encode(), "application/json")
        else:
            self._send(handler, 200, json.dumps(_completion(step)).encode(), "application/json")

    def _send(self, handler: BaseHTTPRequestHandler, status: int, body: bytes, kind: str) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()


class FakeEmbeddings(FakeEndpoint):
    """An /embeddings that answers every text with its length."""

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers.get("Content-Length", 0))))
        self.bodies.append(body)
        rows = [{"index": n, "embedding": [len(text), 1.0]} for n, text in enumerate(body["input"])]
        self._send(handler, 200, json.dumps({"data": rows}).encode(), "application/json")


def _completion(step: str | list[str]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": step}
    if isinstance(step, list):
        tools = [
            {
                "id": f"call_{n}",
                "type": "function",
                "function": {"name": "search_knowledge", "arguments": json.dumps({"query": query})},
            }
            for n, query in enumerate(step)
        ]
        message = {"role": "assistant", "content": None, "tool_calls": tools}
    reason = "tool_calls" if isinstance(step, list) else "stop"
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "fake-1",
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
