"""One web address to bytes, with limits on everything: hosts, addresses, redirects, time, size and kind."""

from __future__ import annotations

import ssl
import time
import zlib
from dataclasses import dataclass

import httpx

from .addresses import Hosts, Refused

AGENT = "batonpass"
"""What robots.txt knows us as."""
MAX_REDIRECTS = 5
TIMEOUT = httpx.Timeout(20.0, connect=10.0)
MAX_SECONDS = 60.0
"""For one whole answer, however steadily it drips."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer.

    Attributes:
        url: Where it came from in the end.
        status: The HTTP status.
        kind: The content type without its parameters, in lower case; empty where there was none.
        charset: As the server said it, if it did.
        data: The body; empty where the status is no success.
    """

    url: httpx.URL
    status: int
    kind: str
    charset: str
    data: bytes


class Fetcher:
    """Fetches within an allow-list; use it as a context manager.

    No proxy, no cookies, no settings of the environment: what is connected to is what was checked.

    Args:
        hosts: The allow-list.
        max_bytes: Of one answer.
    """

    def __init__(self, hosts: Hosts, max_bytes: int) -> None:
        self._hosts = hosts
        self._max_bytes = max_bytes
        headers = {"user-agent": f"{AGENT}/1 (knowledge base)", "accept-encoding": "identity"}
        self._client = httpx.Client(
            transport=_Checked(hosts), timeout=TIMEOUT, headers=headers, trust_env=False, follow_redirects=False
        )

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def fetch(self, url: httpx.URL) -> Fetched:
        """Fetch one address, following redirects within the allow-list.

        Raises:
            Refused: not allowed, not reached, too large, too slow or redirected for ever.
        """
        give_up = time.monotonic() + MAX_SECONDS
        for step in range(MAX_REDIRECTS + 1):
            try:
                self._hosts.check(url)
            except Refused as error:
                raise Refused(f"redirected: {error}" if step else str(error)) from error
            self._client.cookies.clear()
            try:
                with self._client.stream("GET", url) as response:
                    if not response.has_redirect_location:
                        return self._read(url, response, give_up)
                    url = url.join(response.headers["location"]).copy_with(fragment=None)
            except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, UnicodeError) as error:
                raise Refused(_reason(error)) from error
        raise Refused(f"redirected more than {MAX_REDIRECTS} times")

    def _read(self, url: httpx.URL, response: httpx.Response, give_up: float) -> Fetched:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        data = self._body(response, give_up) if response.is_success else b""
        return Fetched(url, response.status_code, kind, response.charset_encoding or "", data)

    def _body(self, response: httpx.Response, give_up: float) -> bytes:
        too_large = Refused(f"larger than {self._max_bytes // 1000} kB")
        length = response.headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:18]) > self._max_bytes:
            raise too_large
        body = bytearray()
        for piece in response.iter_raw():
            body += piece
            if len(body) > self._max_bytes:
                raise too_large
            if time.monotonic() > give_up:
                raise Refused(f"took longer than {MAX_SECONDS:.0f} seconds")
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding in ("gzip", "x-gzip"):  # though it was not asked for
            return unzip(bytes(body), self._max_bytes)
        if encoding not in ("identity", ""):
            raise Refused(f"content encoding {encoding[:40]!r} is not read")
        return bytes(body)


def unzip(data: bytes, max_bytes: int) -> bytes:
    """Unpack gzip, but not more than so many bytes.

    Raises:
        Refused: damaged, or larger.
    """
    unpacking = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacking.decompress(data, max_bytes + 1)
    except zlib.error as error:
        raise Refused("damaged: not gzip") from error
    if len(unpacked) > max_bytes:
        raise Refused(f"larger than {max_bytes // 1000} kB")
    return unpacked


class _Checked(httpx.BaseTransport):
    """Connects to the address that was checked, under the host's name.

    Each host has connections of its own: two hosts at one address must not share a certificate's check.
    """

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self._transports: dict[str, httpx.HTTPTransport] = {}
        self._context: ssl.SSLContext | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        address = self._hosts.resolve(url)
        if self._context is None:
            self._context = ssl.create_default_context()
            self._context.load_verify_locations(cafile=_certifi())
        name = url.raw_host.decode("ascii")
        if name not in self._transports:
            self._transports[name] = httpx.HTTPTransport(verify=self._context, trust_env=False)
        pinned = httpx.Request(
            request.method,
            url.copy_with(host=address),
            headers=request.headers,  # among them Host, with the name
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": name},
        )
        return self._transports[name].handle_request(pinned)

    def close(self) -> None:
        for transport in self._transports.values():
            transport.close()


def _certifi() -> str:
    """The authorities that browsers trust, beside those of the system."""
    import certifi

    return certifi.where()


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "did not answer in time"
    return f"cannot be fetched: {' '.join(str(error).split())[:200] or type(error).__name__}"
