"""What Gradio lacks: body cap, rate limits, security headers, Origin checks, and a lock on its own routes."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
GRADIO_MOUNTS = ("/chat", "/desk", "/supervisor", "/evals")
_GRADIO_PAGES = frozenset({"/", "/theme.css", "/favicon.ico", "/manifest.json"})
_GRADIO_FOLDERS = ("/assets/", "/static/", "/svelte/")


class RateLimiter:
    """Token buckets by key, the least recently used forgotten.

    Args:
        rate: Tokens that come back a second.
        burst: Tokens at most.
        keys: Buckets kept.
    """

    def __init__(self, rate: float, burst: float, keys: int = 20_000) -> None:
        self._rate, self._burst, self._keys = rate, burst, keys
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        # Routes run in threads: a bucket that two of them hold at once would count one try, or be forgotten.
        self._lock = threading.Lock()

    def allow(self, key: str, cost: float = 1.0) -> bool:
        """Take tokens; False where there are not enough."""
        with self._lock:
            now = time.monotonic()
            tokens, then = self._buckets.pop(key, (self._burst, now))
            tokens = min(self._burst, tokens + (now - then) * self._rate)
            allowed = tokens >= cost
            self._buckets[key] = (tokens - cost if allowed else tokens, now)
            while len(self._buckets) > self._keys:
                self._buckets.popitem(last=False)
            return allowed

    def refund(self, key: str, cost: float = 1.0) -> None:
        """Give tokens back that an ``allow`` took."""
        with self._lock:
            if key in self._buckets:
                tokens, then = self._buckets[key]
                self._buckets[key] = (min(self._burst, tokens + cost), then)

    def empty(self, key: str) -> bool:
        """Whether the next ``allow`` would fail, without taking anything."""
        with self._lock:
            tokens, then = self._buckets.get(key, (self._burst, 0.0))
        return min(self._burst, tokens + (time.monotonic() - then) * self._rate) < 1


def client_address(connection: HTTPConnection, trusted_proxies: Iterable[str] = ()) -> str:
    """The caller's address; X-Forwarded-For is believed from trusted proxies only.

    An IPv6 caller is known by their /64: one line has that many addresses.
    """
    address = connection.client.host if connection.client else "unknown"
    if address in trusted_proxies:
        # All lines of the header: a proxy may add its own below one that the caller made up.
        lines = connection.headers.getlist("x-forwarded-for")
        hops = [hop.strip() for line in lines for hop in line.split(",") if hop.strip()]
        for hop in reversed(hops):
            if hop not in trusted_proxies:
                return _network(hop[:64])
    return _network(address)


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def same_origin(headers: Headers, allowed: Iterable[str]) -> bool:
    """Whether a request comes from the app's own pages or an allowed site.

    A request without Origin is no browser's cross-site one (browsers send it), so it passes.
    """
    origin = headers.get("origin")
    if origin is None or origin in allowed:
        return True
    try:
        site = urlsplit(origin).netloc
    except ValueError:
        return False
    return bool(site) and site == headers.get("host")


class Shield:
    """ASGI middleware around the whole app.

    - an unsafe method from a foreign Origin: 403; a WebSocket from one: closed with 4403
    - a body over ``max_body``: 413, however it is sent
    - of Gradio's routes only those that our pages load (no files, uploads, queue, proxy): 404 for the rest
    - headers on every response, errors too: CSP, frame-ancestors, nosniff, referrer policy
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_body: int,
        allowed_origins: Iterable[str] = (),
        frame_ancestors: Iterable[str] = (),
    ) -> None:
        self.app = app
        self._max_body = max_body
        self._allowed = frozenset(allowed_origins)
        ancestors = " ".join(frame_ancestors) or "'self'"
        # Gradio compiles js_on_load at run time (unsafe-eval) and inlines its config.
        self._csp = (
            "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
            "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
            "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
            f"frame-ancestors {ancestors}"
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then pass on."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["type"] == "websocket":
            if not same_origin(headers, self._allowed):
                await receive()
                # Accepted first: a page never learns the code of a refused handshake, and would try for ever.
                await send({"type": "websocket.accept"})
                await send({"type": "websocket.close", "code": 4403})
                return
            await self.app(scope, receive, send)
            return
        send = self._with_headers(send, private=scope["path"].startswith("/api/"))
        if scope["method"] not in SAFE_METHODS and not same_origin(headers, self._allowed):
            await _refuse(403, "foreign origin", scope, receive, send)
        elif _closed(scope["path"], scope["method"]):
            await _refuse(404, "not found", scope, receive, send)
        elif _length(headers) > self._max_body:
            await _refuse(413, "body too large", scope, receive, send)
        else:
            await self._capped(scope, receive, send)

    async def _capped(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count a body that came without a length (chunked), and stop it at the cap."""
        seen, over, started = 0, False, False

        async def counted() -> Message:
            nonlocal seen, over
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > self._max_body:
                    over = True
                    raise _TooLargeError
            return message

        async def noted(message: Message) -> None:
            nonlocal started
            if over and not started:
                return  # whatever the app makes of the broken body: 413 follows
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, counted, noted)
        except Exception:
            if not over:
                # Said here, not by Starlette's outermost layer, for the headers; that one still logs it.
                if not started:
                    await _refuse(500, "internal error", scope, receive, send)
                raise
        if over and not started:
            await _refuse(413, "body too large", scope, receive, send)

    def _with_headers(self, send: Send, *, private: bool) -> Send:
        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = self._csp
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
                headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                if private:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        return wrapped


class _TooLargeError(Exception):
    pass


def _closed(path: str, method: str) -> bool:
    """Gradio's own routes that no page of ours loads; the pages have no server events at all.

    Named are those that stay open: Gradio has sixty and every release brings more.
    """
    for mount in GRADIO_MOUNTS:
        if path.startswith(mount + "/"):
            rest = path[len(mount) :]
            loaded = rest in _GRADIO_PAGES or rest.startswith(_GRADIO_FOLDERS)
            return method not in SAFE_METHODS or not loaded
    return False


def _length(headers: Headers) -> int:
    """The announced length; what is no number is left to the server's parser."""
    given = headers.get("content-length", "")
    return int(given[:20]) if given.isascii() and given.isdecimal() else 0


async def _refuse(status: int, why: str, scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"error": why}, status_code=status)(scope, receive, send)
