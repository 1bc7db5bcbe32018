"""Simulated customers of ``batonpass bench --load``: one over our WebSocket, one over Gradio's queue."""

from __future__ import annotations

import asyncio
import http.client
import json
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx
    from websockets.asyncio.client import ClientConnection


class OurCustomer:
    """A customer with an address and a conversation of their own, as behind a proxy.

    Args:
        port: Where the server listens.
        number: Gives the address: rate limits count by it.
    """

    def __init__(self, port: int, number: int) -> None:
        self._port = port
        self._address = f"10.9.{number >> 8}.{number & 255}"
        self._socket: ClientConnection | None = None

    async def __aenter__(self) -> OurCustomer:
        from websockets.asyncio.client import connect
        from websockets.exceptions import InvalidHandshake

        headers = {"Cookie": await asyncio.to_thread(self._session), "X-Forwarded-For": self._address}
        address = f"ws://127.0.0.1:{self._port}/ws/chat?after=0"
        try:
            self._socket = await connect(address, additional_headers=headers, proxy=None, close_timeout=2)
        except InvalidHandshake as refused:
            raise OSError(str(refused)) from None
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._socket:
            await self._socket.close()

    async def __call__(self, text: str) -> bool:
        """Send a message; True when a reply behind it has come.

        Raises:
            OSError: the connection broke.
        """
        from websockets.exceptions import ConnectionClosed

        assert self._socket is not None
        key, seq = str(uuid.uuid4()), None
        try:
            await self._socket.send(json.dumps({"type": "send", "id": key, "text": text}))
            while True:
                frame = json.loads(await self._socket.recv())
                if frame["type"] == "error":
                    return False
                if frame["type"] == "ack" and frame["id"] == key:
                    seq = frame["seq"]
                elif frame["type"] == "items" and seq is not None and _replied(frame["items"], seq):
                    return True
        except ConnectionClosed as closed:
            raise OSError(str(closed)) from None

    def _session(self) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            headers = {"content-type": "application/json", "x-forwarded-for": self._address}
            connection.request("POST", "/api/chat/session", b"{}", headers)
            response = connection.getresponse()
            cookie = response.getheader("set-cookie")
            if response.status != 200 or not cookie:
                raise OSError(f"no session: {response.status}")
            return cookie.split(";")[0]
        finally:
            connection.close()


def _replied(items: list[dict[str, Any]], seq: int) -> bool:
    return any(item["kind"] == "message" and item["author"] == "bot" and item["seq"] > seq for item in items)


class StockCustomer:
    """A customer with a Gradio session of their own.

    Args:
        port: Where the server listens.
        function: Number of the chat's function.
    """

    def __init__(self, port: int, function: int) -> None:
        self._base = f"http://127.0.0.1:{port}/gradio_api/queue"
        self._function = function
        self._session = uuid.uuid4().hex
        self._client: httpx.AsyncClient | None = None

    async def __aenter__(self) -> StockCustomer:
        import httpx

        # Plain HTTP on loopback: no proxies, and no certificates to load.
        self._client = httpx.AsyncClient(trust_env=False, verify=False, timeout=None)  # noqa: S501, S113
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._client:
            await self._client.aclose()

    async def __call__(self, text: str) -> bool:
        """Send a message; True when the queue says that it was answered.

        Raises:
            OSError: the connection broke.
        """
        import httpx

        assert self._client is not None
        call = {"data": [text, None], "fn_index": self._function, "session_hash": self._session}
        try:
            joined = await self._client.post(f"{self._base}/join", json=call)
            if joined.status_code != 200:
                return False
            events = self._client.stream("GET", f"{self._base}/data", params={"session_hash": self._session})
            async with events as response:
                async for line in response.aiter_lines():
                    if not line.startswith("data:"):
                        continue
                    event = json.loads(line[5:])
                    if event["msg"] == "process_completed":
                        return bool(event["success"] and event["output"]["data"][0])
                return False
        except httpx.HTTPError as error:
            raise OSError(str(error)) from None


def chat_function(port: int) -> int:
    """Number of the function behind the API name ``chat`` of the app that listens there.

    Raises:
        OSError: it has none.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/config")
        config = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    for dependency in config["dependencies"]:
        if dependency.get("api_name") == "chat":
            return dependency["id"]
    raise OSError("no function named chat")
