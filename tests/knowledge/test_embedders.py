"""Embedders; the OpenAI-compatible one against a server of our own on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest
from batonpass.knowledge import EmbeddingError, HashedEmbedder, OpenAIEmbedder
from batonpass.knowledge.embedders import Embedder

Answer = Callable[[dict[str, Any]], tuple[int, Any]]


class Endpoint:
    """A scripted /v1/embeddings: the answers are given one after another, the last one for ever."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, Any], str]] = []
        self.answers: list[Answer] = [vectors]


def vectors(body: dict[str, Any]) -> tuple[int, Any]:
    rows = [
        {"index": i, "embedding": [len(text), 1.0], "object": "embedding"} for i, text in enumerate(body["input"])
    ]
    return 200, {
        "object": "list",
        "model": body["model"],
        "data": rows[::-1],
        "usage": {"prompt_tokens": 1, "total_tokens": 1},
    }


@pytest.fixture
def endpoint() -> Iterator[tuple[Endpoint, str]]:
    state = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            answer = state.answers[min(len(state.requests), len(state.answers) - 1)]
            state.requests.append((body, self.headers.get("authorization", "")))
            status, content = answer(body)
            data = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.send_header("retry-after-ms", "1")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield state, f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_endpoint_gets_batches_and_its_order_is_restored(endpoint: tuple[Endpoint, str]) -> None:
    state, url = endpoint
    embedder = OpenAIEmbedder(model="m", api_key="secret", base_url=url, batch=2)
    assert isinstance(embedder, Embedder)
    rows = embedder.embed_documents(["a", "bbb", "", "ccccc"])
    expected = np.array([[n, 1] for n in (1, 3, 1, 5)], dtype=float)
    assert np.allclose(rows, expected / np.linalg.norm(expected, axis=1, keepdims=True))
    assert [body["input"] for body, _ in state.requests] == [["a", "bbb"], [" ", "ccccc"]]
    assert {key for _, key in state.requests} == {"Bearer secret"}
    assert embedder.embed_query("dd").shape == (2,)
    assert embedder.name == "openai:m"


def test_endpoint_is_asked_again(endpoint: tuple[Endpoint, str]) -> None:
    state, url = endpoint
    state.answers = [lambda body: (503, {}), lambda body: (429, {}), vectors]
    assert OpenAIEmbedder(model="m", api_key="k", base_url=url, retries=2).embed_query("a").shape == (2,)
    assert len(state.requests) == 3


@pytest.mark.parametrize(
    "answer",
    [
        lambda body: (500, {"error": {"message": "out of\nmemory"}}),
        lambda body: (401, {"error": {"message": "bad key"}}),
        lambda body: (200, {"object": "list", "data": []}),
        lambda body: (200, {"object": "list", "data": None}),
        lambda body: (200, ["nonsense"]),
        lambda body: (200, {"data": [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}]}),
    ],
)
def test_endpoint_that_fails_says_so_in_one_line(endpoint: tuple[Endpoint, str], answer: Answer) -> None:
    state, url = endpoint
    state.answers = [answer]
    with pytest.raises(EmbeddingError, match="embedding model m") as caught:
        OpenAIEmbedder(model="m", api_key="k", base_url=url, retries=0).embed_documents(["a", "b"])
    assert "\n" not in str(caught.value)


def test_nobody_listens() -> None:
    with pytest.raises(EmbeddingError):
        OpenAIEmbedder(model="m", api_key="k", base_url="http://127.0.0.1:9/v1", retries=0).embed_query("a")


def test_hashed_vectors_are_unit_and_near_for_near_texts() -> None:
    embedder = HashedEmbedder()
    assert isinstance(embedder, Embedder)
    near, far, query = (
        *embedder.embed_documents(["Refund\nA refund takes three days.", "Parking\nThe garage opens at seven."]),
        embedder.embed_query("how long does a refund take"),
    )
    assert np.linalg.norm(near) == pytest.approx(1)
    assert near @ query > far @ query + 0.2
    assert not np.any(embedder.embed_query("🙂"))
    assert embedder.embed_documents([]).shape == (0, 512)


def test_hashed_vectors_are_equal_in_every_process() -> None:
    code = (
        "from batonpass.knowledge import HashedEmbedder\n"
        "print(HashedEmbedder(16).embed_query('환불 refund ABC-1').tolist())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": seed},
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert printed == {str(HashedEmbedder(16).embed_query("환불 refund ABC-1").tolist())}


def test_name_tells_settings_apart() -> None:
    assert len({HashedEmbedder().name, HashedEmbedder(64).name, HashedEmbedder(gram_weight=0.1).name}) == 3
