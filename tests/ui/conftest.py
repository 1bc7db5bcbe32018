"""A real server for the tests of the web side: uvicorn on a free loopback port, and clients for it."""

from __future__ import annotations

import itertools
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from batonpass.agent import Settings
from batonpass.agent.compose import Batonpass, compose
from batonpass.escalation import Role
from batonpass.ui.app import create_app
from batonpass.ui.auth import CHAT_COOKIE, DESK_COOKIE
from batonpass.ui.server import uvicorn_config
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

LIMIT = 60.0
"""Seconds after which a frame that does not come fails the test; far more than it ever takes."""

PASSWORD = "correct horse battery"

PUBLIC_ARTICLE = """---
id: delivery
title: How long does a delivery take?
lang: en
updated: 2026-03-01
---
## Delivery times

Parcels arrive within 3 business days after payment. Orders paid before 2 p.m. leave the warehouse on the same day.

## Delivery fee

Delivery is free for orders of 30 dollars or more. Below that the delivery fee is 3 dollars.
"""
AGENT_ARTICLE = """---
id: goodwill
title: Goodwill credit for agents
lang: en
audience: agent
---
## Goodwill credit

INTERNAL-ONLY-7731: agents may grant a goodwill credit of up to 20 dollars without asking a supervisor.
"""
CUSTOMERS = [
    {"id": "C-1", "name": "Mina Kim", "tier": "vip", "verified": True, "orders": ["A-778899"]},
    {"id": "C-2", "name": "Joon Park", "tier": "standard", "verified": False},
]

_ADDRESSES = itertools.count(1)


def fresh_address() -> str:
    """An address that nobody used before, so that tests do not eat each other's rate limits."""
    n = next(_ADDRESSES)
    return f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"


class Live:
    """A WebSocket client that keeps every frame it got."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[dict[str, Any]] = []
        self._read = 0

    def send(self, **frame: Any) -> None:
        """Send a frame."""
        self.connection.send(json.dumps(frame))

    def raw(self, data: str | bytes) -> None:
        """Send something that need not be a frame."""
        self.connection.send(data)

    def next(self) -> dict[str, Any]:
        """The next frame."""
        frame = json.loads(self.connection.recv(timeout=LIMIT))
        self.frames.append(frame)
        return frame

    def until(self, wanted: str | Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """The next frame of that type, or that the function is true of."""
        fits = (lambda frame: frame["type"] == wanted) if isinstance(wanted, str) else wanted
        while not fits(frame := self.next()):
            pass
        return frame

    def item(self, fits: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """The first item that the function is true of, from what came already or is still to come."""
        while True:
            for item in self.items():
                if fits(item):
                    return item
            self.next()

    def items(self) -> list[dict[str, Any]]:
        """All items so far, in the order in which they came."""
        return [item for frame in self.frames for item in frame.get("items", ())]

    def texts(self, author: str) -> list[str]:
        """What one side said so far."""
        return [item["text"] for item in self.items() if item.get("author") == author]

    def ask(self, text: str, **more: Any) -> dict[str, Any]:
        """Send a message as the customer; returns its ack or error."""
        message_id = more.pop("id", None) or str(uuid.uuid4())
        self.send(type="send", id=message_id, text=text, **more)
        return self.until(lambda frame: frame["type"] in ("ack", "error") and frame.get("id") == message_id)

    def act(self, kind: str, conversation: str, **more: Any) -> dict[str, Any]:
        """Do something as the agent; returns its result."""
        request_id = more.pop("id", None) or str(uuid.uuid4())
        self.send(type=kind, id=request_id, conversation=conversation, **more)
        return self.until(lambda frame: frame["type"] == "result" and frame.get("id") == request_id)

    def open(self, conversation: str, after: int = 0) -> dict[str, Any]:
        """Open a conversation as the agent."""
        self.send(type="open", conversation=conversation, after=after)
        return self.until("conversation")

    def ping(self) -> list[dict[str, Any]]:
        """A round trip: whatever the server sent before is in ``frames`` afterwards; returns what came."""
        start = len(self.frames)
        self.send(type="ping")
        self.until("pong")
        return self.frames[start:-1]

    def closed_with(self) -> int:
        """Read on until the server closes; the close code."""
        try:
            while True:
                self.next()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006

    def close(self) -> None:
        """Leave."""
        self.connection.close()


class Served:
    """Any ASGI app on a loopback port, in a thread of its own, served as ``batonpass serve`` does.

    Args:
        app: The app.
    """

    def __init__(self, app: Any) -> None:
        self.app = app
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        self.port: int = listener.getsockname()[1]
        self.uvicorn = uvicorn.Server(uvicorn_config(app))
        self._thread = threading.Thread(target=self.uvicorn.run, kwargs={"sockets": [listener]}, daemon=True)
        self._thread.start()
        self._open: list[Any] = []
        deadline = time.monotonic() + LIMIT
        while not self.uvicorn.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise RuntimeError("the server did not start")
            time.sleep(0.01)

    @property
    def base(self) -> str:
        """Its URL."""
        return f"http://127.0.0.1:{self.port}"

    def client(self, **headers: str) -> httpx.Client:
        """An HTTP client with its own address and cookies."""
        made = httpx.Client(
            base_url=self.base,
            headers={"x-forwarded-for": fresh_address(), **headers},
            timeout=LIMIT,
            trust_env=False,
        )
        self._open.append(made)
        return made

    def socket(self, path: str, *, cookies: dict[str, str] | None = None, **headers: str) -> Live:
        """A WebSocket with these cookies."""
        shown = {"x-forwarded-for": fresh_address()} | {k.replace("_", "-"): v for k, v in headers.items()}
        if cookies:
            shown["cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        origin = shown.pop("origin", None)
        made = Live(
            connect(
                f"ws://127.0.0.1:{self.port}{path}",
                additional_headers=shown,
                origin=origin,  # type: ignore[arg-type]
                proxy=None,
                open_timeout=LIMIT,
                max_size=None,
            )
        )
        self._open.append(made)
        return made

    def raw(self, data: bytes) -> bytes:
        """Send bytes as they are, such as a path that no HTTP client would; everything that comes back.

        The request should say ``connection: close``, or the server waits for the next one.
        """
        with socket.create_connection(("127.0.0.1", self.port), timeout=LIMIT) as sending:
            answer = b""
            with suppress(OSError):  # answered and closed before all was sent
                sending.sendall(data)
            with suppress(OSError):
                while part := sending.recv(65536):
                    answer += part
            return answer

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
        """A request whose path is sent as it is; status and the rest of the answer."""
        shown = {"host": f"127.0.0.1:{self.port}", "x-forwarded-for": fresh_address(), "connection": "close"}
        shown |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body:
            shown |= {"content-type": "application/json", "content-length": str(len(body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in shown.items())
        answer = self.raw(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + body)
        head, _, rest = answer.decode("utf-8", "replace").partition("\r\n\r\n")
        return int(head.split()[1]), f"{head}\n\n{rest}"

    def tidy(self) -> None:
        """Close all clients."""
        while self._open:
            self._open.pop().close()

    def halt(self) -> None:
        """Shut down in order."""
        self.tidy()
        self.uvicorn.should_exit = True
        self._thread.join(LIMIT)
        assert not self._thread.is_alive(), "the server did not stop"


class Server(Served):
    """A whole Batonpass.

    Args:
        settings: As for ``batonpass serve``.
        change: Called with the parts before the app is built.
    """

    def __init__(self, settings: Settings, change: Callable[[Batonpass], Any] = lambda parts: None) -> None:
        self.settings = settings
        self.parts: Batonpass = compose(settings)
        if settings.kb:
            self.parts.sync([settings.kb])
        change(self.parts)
        super().__init__(create_app(self.parts))

    @property
    def keys(self) -> Any:
        """What signs the cookies."""
        return self.app.state.keys

    def visit(self, **body: Any) -> httpx.Client:
        """A customer's browser with a session."""
        client = self.client()
        client.post("/api/chat/session", json={"lang": "en"} | body).raise_for_status()
        return client

    def chat(self, client: httpx.Client | None = None, after: int | None = None) -> Live:
        """A customer's WebSocket that has been greeted; a new customer's by default."""
        client = client or self.visit()
        query = "" if after is None else f"?after={after}"
        live = self.socket(f"/ws/chat{query}", cookies={CHAT_COOKIE: client.cookies[CHAT_COOKIE]})
        live.until("hello")
        return live

    def conversation(self, client: httpx.Client) -> str:
        """The conversation behind a customer's cookie."""
        return self.keys.read("chat", client.cookies[CHAT_COOKIE], 60)

    def agent(self, login: str = "ann", *, name: str = "", role: Role = Role.AGENT) -> httpx.Client:
        """An agent's logged-in browser; the account is made where it is missing."""
        if self.parts.accounts.get(login) is None:
            self.parts.accounts.create(login, PASSWORD, name=name or login.title(), role=role)
        client = self.client()
        answer = client.post("/api/login", data={"login": login, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return client

    def desk(self, client: httpx.Client | None = None) -> Live:
        """An agent's WebSocket that has been greeted."""
        client = client or self.agent()
        live = self.socket("/ws/desk", cookies={DESK_COOKIE: client.cookies[DESK_COOKIE]})
        live.until("hello")
        return live

    def waiting(
        self, text: str = "Please connect me to a human agent", **more: Any
    ) -> tuple[httpx.Client, Live, str]:
        """A customer who has been handed off: browser, WebSocket, conversation id."""
        client = self.visit()
        chat = self.chat(client)
        assert chat.ask(text, **more)["type"] == "ack"
        chat.item(lambda item: item["kind"] == "status" and item["action"] == "hand_off")
        return client, chat, self.conversation(client)

    def stop(self) -> None:
        """Shut down in order and release the data."""
        self.halt()
        self.parts.close()


@pytest.fixture(scope="session")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge folder of one public and one agents' article, with a customer file beside it."""
    folder = tmp_path_factory.mktemp("shop") / "kb"
    folder.mkdir()
    (folder / "delivery.md").write_text(PUBLIC_ARTICLE, encoding="utf-8")
    (folder / "goodwill.md").write_text(AGENT_ARTICLE, encoding="utf-8")
    lines = "".join(json.dumps(customer) + "\n" for customer in CUSTOMERS)
    (folder.parent / "customers.jsonl").write_text(lines, encoding="utf-8")
    return folder


def make_settings(kb: Path, data: Path, **more: Any) -> Settings:
    """Settings of a test server: no waiting for bursts, and the test's own address believed."""
    values: dict[str, Any] = {"company": "Testshop", "settle": 0, "trusted_proxies": ("127.0.0.1",)}
    return Settings(data=data, kb=kb, **(values | more))


@pytest.fixture(scope="session")
def server(kb: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests; they share its data but not its conversations."""
    running = Server(make_settings(kb, tmp_path_factory.mktemp("data")))
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def tidy(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test leaves a tab open: an agent may have only so many."""
    yield
    if "server" in request.fixturenames:
        request.getfixturevalue("server").tidy()


@pytest.fixture
def serve(kb: Path, tmp_path: Path) -> Callable[..., Any]:
    """Start more servers: ``with serve(**settings) as server``; the same ``data`` name is the same data."""

    @contextmanager
    def start(*, data: str = "data", change: Callable[[Batonpass], Any] = lambda parts: None, **more: Any):
        running = Server(make_settings(kb, tmp_path / data, **more), change)
        try:
            yield running
        finally:
            running.stop()

    return start


@pytest.fixture
def serve_asgi() -> Iterator[Callable[[Any], Served]]:
    """Serve any ASGI app for the length of a test."""
    running: list[Served] = []

    def start(app: Any) -> Served:
        running.append(Served(app))
        return running[-1]

    yield start
    for served in running:
        served.halt()


@pytest.fixture
def refused() -> Callable[..., int]:
    """The HTTP status with which a WebSocket handshake is refused, or the close code after an accept."""

    def check(server: Server, path: str, **options: Any) -> int:
        try:
            return server.socket(path, **options).closed_with()
        except InvalidStatus as answer:
            return answer.response.status_code

    return check
