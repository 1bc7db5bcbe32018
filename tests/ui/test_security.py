"""Limits, addresses, origins and the middleware, without a server."""

from __future__ import annotations

import sys
import threading
from typing import Any

import pytest
from batonpass.ui import security
from batonpass.ui.security import RateLimiter, Shield, client_address, same_origin
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    """A clock that the test moves."""

    class Clock:
        now = 1000.0

        def monotonic(self) -> float:
            return self.now

    made = Clock()
    monkeypatch.setattr(security, "time", made)
    return made


def test_a_bucket_gives_its_burst_and_then_its_rate(clock):
    limiter = RateLimiter(rate=2, burst=3)
    assert [limiter.allow("a") for _ in range(4)] == [True, True, True, False]
    assert limiter.empty("a")
    clock.now += 0.5
    assert not limiter.empty("a")
    assert limiter.allow("a")
    assert not limiter.allow("a")
    clock.now += 3600
    assert [limiter.allow("a") for _ in range(4)] == [True, True, True, False], "never more than the burst"


def test_keys_have_buckets_of_their_own(clock):
    limiter = RateLimiter(rate=0, burst=1)
    assert limiter.allow("a")
    assert limiter.allow("b")
    assert not limiter.allow("a")
    assert not limiter.empty("c")


def test_refused_tries_do_not_push_the_end_of_the_wait_away(clock):
    limiter = RateLimiter(rate=1, burst=1)
    limiter.allow("a")
    for _ in range(9):
        clock.now += 0.1
        limiter.allow("a")
    clock.now += 0.11
    assert limiter.allow("a")


def test_a_refund_gives_back_but_not_more_than_the_burst(clock):
    limiter = RateLimiter(rate=0, burst=2)
    limiter.allow("a")
    limiter.allow("a")
    limiter.refund("a")
    assert [limiter.allow("a"), limiter.allow("a")] == [True, False]
    for _ in range(9):
        limiter.refund("a")
    assert [limiter.allow("a") for _ in range(3)] == [True, True, False]
    limiter.refund("unknown")
    assert [limiter.allow("unknown") for _ in range(3)] == [True, True, False]


def test_memory_is_bounded_and_the_oldest_goes(clock):
    limiter = RateLimiter(rate=0, burst=1, keys=3)
    for key in "abcd":
        limiter.allow(key)
    assert len(limiter._buckets) == 3
    assert limiter.allow("a"), "forgotten"
    assert not limiter.allow("d")


def test_threads_do_not_get_more_than_the_burst(clock):
    # A bucket taken out while another thread looks would be full again for that one.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(5):
            limiter = RateLimiter(rate=0, burst=50)
            allowed: list[bool] = []

            def take(limiter=limiter, allowed=allowed) -> None:
                allowed.extend([limiter.allow("a") for _ in range(1000)])

            threads = [threading.Thread(target=take) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert sum(allowed) == 50
    finally:
        sys.setswitchinterval(interval)


def connection(client: str | None, *forwarded: str) -> HTTPConnection:
    scope: dict[str, Any] = {"type": "http", "client": (client, 1) if client else None}
    scope["headers"] = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return HTTPConnection(scope)


@pytest.mark.parametrize(
    ("client", "forwarded", "trusted", "address"),
    [
        ("1.2.3.4", (), (), "1.2.3.4"),
        ("1.2.3.4", ("9.9.9.9",), (), "1.2.3.4"),
        ("1.2.3.4", ("9.9.9.9",), ("10.0.0.1",), "1.2.3.4"),
        ("10.0.0.1", ("9.9.9.9",), ("10.0.0.1",), "9.9.9.9"),
        ("10.0.0.1", ("8.8.8.8, 9.9.9.9",), ("10.0.0.1",), "9.9.9.9"),
        ("10.0.0.1", ("8.8.8.8, 9.9.9.9, 10.0.0.2",), ("10.0.0.1", "10.0.0.2"), "9.9.9.9"),
        ("10.0.0.1", ("8.8.8.8", "9.9.9.9"), ("10.0.0.1",), "9.9.9.9"),
        ("10.0.0.1", ("",), ("10.0.0.1",), "10.0.0.1"),
        ("10.0.0.1", (" , ,",), ("10.0.0.1",), "10.0.0.1"),
        ("10.0.0.1", ("10.0.0.1",), ("10.0.0.1",), "10.0.0.1"),
        ("10.0.0.1", ("x" * 500,), ("10.0.0.1",), "x" * 64),
        (None, (), (), "unknown"),
        ("2001:db8:1:2:3:4:5:6", (), (), "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", (), (), "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", (), (), "2001:db8:1:3::/64"),
        ("::ffff:1.2.3.4", (), (), "1.2.3.4"),
    ],
)
def test_client_address(client, forwarded, trusted, address):
    assert client_address(connection(client, *forwarded), trusted) == address


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        (None, "shop.example", True),
        ("https://shop.example", "shop.example", True),
        ("http://shop.example:7860", "shop.example:7860", True),
        ("http://[::1]:7860", "[::1]:7860", True),
        ("https://widget.example", "shop.example", True),
        ("https://shop.example", "shop.example:7860", False),
        ("https://shop.example.evil.example", "shop.example", False),
        ("https://evil-shop.example", "shop.example", False),
        ("https://shop.example@evil.example", "shop.example", False),
        ("https://evil.example/shop.example", "shop.example", False),
        ("https://evil.example", "shop.example", False),
        ("http://widget.example", "shop.example", False),
        ("null", "shop.example", False),
        ("null", "null", False),
        ("", "shop.example", False),
        ("", "", False),
        ("http://[::1", "[::1", False),
        ("shop.example", "shop.example", False),
    ],
)
def test_same_origin(origin, host, same):
    values = {"host": host} | ({} if origin is None else {"origin": origin})
    assert same_origin(Headers(values), {"https://widget.example"}) is same


# --- The Shield around a small app --------------------------------------------------------------------------


def run(shield: Shield, messages: list[dict[str, Any]], **scope: Any) -> list[dict[str, Any]]:
    """One request through the middleware; what was sent back."""
    import asyncio

    given = {"type": "http", "method": "POST", "path": "/x", "headers": [(b"host", b"shop.example")]} | scope
    sent: list[dict[str, Any]] = []
    waiting = list(messages)

    async def receive() -> dict[str, Any]:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message) -> None:
        sent.append(message)

    asyncio.run(shield(given, receive, send))  # type: ignore[arg-type]
    return sent


async def reading(scope, receive, send) -> None:
    """Reads the whole body, then answers with its length."""
    seen, more = 0, True
    while more:
        message = await receive()
        seen += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(seen).encode()})


async def forgiving(scope, receive, send) -> None:
    """Takes whatever goes wrong with the body for the client's mistake, as FastAPI does."""
    try:
        await reading(scope, receive, send)
    except Exception:
        await send({"type": "http.response.start", "status": 400, "headers": []})
        await send({"type": "http.response.body", "body": b"cannot parse"})


async def early(scope, receive, send) -> None:
    """Answers before it reads."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await reading(scope, receive, lambda message: nothing())
    await send({"type": "http.response.body", "body": b""})


async def nothing() -> None:
    pass


async def crashing(scope, receive, send) -> None:
    raise RuntimeError("boom")


def chunk(size: int, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": b"a" * size, "more_body": more}


@pytest.mark.parametrize("app", [reading, forgiving])
def test_a_counted_body_over_the_cap_is_413_whatever_the_app_says(app):
    sent = run(Shield(app, max_body=10), [chunk(6), chunk(6, more=False)])
    assert [m["status"] for m in sent if m["type"] == "http.response.start"] == [413]
    assert len([m for m in sent if m["type"] == "http.response.body"]) == 1


def test_a_body_at_the_cap_passes():
    sent = run(Shield(reading, max_body=12), [chunk(6), chunk(6, more=False)])
    assert sent[0]["status"] == 200
    assert sent[1]["body"] == b"12"


def test_a_response_that_has_begun_is_not_answered_twice():
    sent = run(Shield(early, max_body=10), [chunk(6), chunk(6, more=False)])
    assert [m["status"] for m in sent if m["type"] == "http.response.start"] == [200]


@pytest.mark.parametrize(
    ("length", "status"), [(b"11", 413), (b"9" * 5000, 413), (b"10", 200), (b"\xb2", 200), (b"", 200)]
)
def test_an_announced_length(length, status):
    headers = [(b"host", b"shop.example"), (b"content-length", length)]
    sent = run(Shield(reading, max_body=10), [chunk(1, more=False)], headers=headers)
    assert sent[0]["status"] == status


def test_a_crash_is_500_with_headers_and_still_raised_for_the_log():
    sent: list[dict[str, Any]] = []
    with pytest.raises(RuntimeError, match="boom"):
        sent = run(Shield(crashing, max_body=10), [])
    import asyncio

    async def send(message) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    with pytest.raises(RuntimeError):
        asyncio.run(Shield(crashing, max_body=10)(scope, receive, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == 500
    assert b"content-security-policy" in dict(sent[0]["headers"])


def test_an_app_cannot_weaken_the_headers():
    async def weak(scope, receive, send) -> None:
        headers = [(b"content-security-policy", b"default-src *"), (b"x-content-type-options", b"off")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    headers = run(Shield(weak, max_body=10), [], method="GET")[0]["headers"]
    values = [value for name, value in headers if name == b"content-security-policy"]
    assert len(values) == 1
    assert b"*" not in values[0]


@pytest.mark.parametrize(
    ("path", "method", "closed"),
    [
        ("/chat/", "GET", False),
        ("/desk/", "HEAD", False),
        ("/chat/assets/index.js", "GET", False),
        ("/desk/theme.css", "GET", False),
        ("/chat/static/fonts/x.woff2", "GET", False),
        ("/chat", "GET", False),
        ("/chatter/queue/join", "POST", False),
        ("/api/login", "POST", False),
        ("/", "GET", False),
        ("/chat/", "POST", True),
        ("/chat/assets/index.js", "POST", True),
        ("/chat/gradio_api/queue/join", "POST", True),
        ("/chat//", "GET", True),
        ("/chat//gradio_api/queue/join", "POST", True),
        ("/chat/config", "GET", True),
        ("/desk/config/", "GET", True),
        ("/desk/theme.css/../config", "GET", True),
        ("/chat/Assets/x", "GET", True),
        ("/chat/assets", "GET", True),
    ],
)
def test_what_of_gradio_is_open(path, method, closed):
    assert security._closed(path, method) is closed


def test_other_kinds_of_scope_pass():
    seen = []

    async def app(scope, receive, send) -> None:
        seen.append(scope["type"])

    import asyncio

    asyncio.run(Shield(app, max_body=10)({"type": "lifespan"}, nothing, nothing))  # type: ignore[arg-type]
    assert seen == ["lifespan"]


def test_a_foreign_websocket_never_reaches_the_app():
    seen = []

    async def app(scope, receive, send) -> None:
        seen.append(scope["type"])

    headers = [(b"host", b"shop.example"), (b"origin", b"https://evil.example")]
    sent = run(Shield(app, max_body=10), [{"type": "websocket.connect"}], type="websocket", headers=headers)
    assert seen == []
    assert sent == [{"type": "websocket.accept"}, {"type": "websocket.close", "code": 4403}]
