"""An OpenAI-compatible /v1/embeddings of our own on loopback, scripted."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Answer = Callable[[dict[str, Any]], tuple[int, Any]]


def vectors(body: dict[str, Any]) -> tuple[int, Any]:
    """A text's length and 1, as an endpoint answers it; in no order."""
    rows = [
        {"index": i, "embedding": [len(text), 1.0], "object": "embedding"} for i, text in enumerate(body["input"])
    ]
    return 200, {
        "object": "list",
        "model": body["model"],
        "data": rows[::-1],
        "usage": {"prompt_tokens": 1, "total_tokens": 1},
    }


def down(body: dict[str, Any]) -> tuple[int, Any]:
    """An endpoint in trouble."""
    return 503, {"error": {"message": "no room\nleft"}}


class Endpoint:
    """The answers are given one after another, the last one for ever."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, Any], str]] = []
        self.answers: list[Answer] = [vectors]
        self.embedded: list[str] = []
        state = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                answer = state.answers[min(len(state.requests), len(state.answers) - 1)]
                state.requests.append((body, self.headers.get("authorization", "")))
                status, content = answer(body)
                state.embedded += body["input"] if status == 200 else []
                data = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.send_header("retry-after-ms", "1")
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def asked(self) -> list[str]:
        """All texts of all requests so far, in order."""
        return [text for body, _ in self.requests for text in body["input"]]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
