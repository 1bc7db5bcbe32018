"""Chroma's clients, in this process or at a server: no downloads, no reports to its makers.

The only module that imports chromadb, when an index is opened.
"""

from __future__ import annotations

from http import HTTPStatus
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

_TIMEOUT = 10.0  # seconds for one request to a server


def served(url: str) -> Any:
    """A client of the server at ``http[s]://host:port``.

    Raises:
        OSError: nobody answers there, or no Chroma.
        Exception: whatever Chroma's client raises.
    """
    import chromadb
    from chromadb.config import Settings

    parts = urlsplit(url)
    ssl = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if ssl else 8000)
    # Chroma's client waits for ever and does not say why it could not connect.
    asked = (HTTPSConnection if ssl else HTTPConnection)(host, port, timeout=_TIMEOUT)
    try:
        asked.request("GET", "/api/v2/heartbeat")
        answer = asked.getresponse()
        if answer.status != HTTPStatus.OK:
            raise OSError(f"answers {answer.status} {answer.reason}")
    finally:
        asked.close()
    named = f"[{host}]" if ":" in host else host
    client = chromadb.HttpClient(named, port, ssl=ssl, settings=Settings(anonymized_telemetry=False))
    session = getattr(getattr(client, "_server", None), "_session", None)
    if session is not None:
        session.timeout = _TIMEOUT
    return client


def embedded(path: str) -> Any:
    """A client of a folder, which no other process may use.

    Raises:
        Exception: whatever Chroma raises for a damaged folder.
    """
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    try:
        # Chroma reports usage to its makers unless told otherwise.
        return chromadb.PersistentClient(path=path, settings=Settings(anonymized_telemetry=False))
    except BaseException:
        # Chroma keeps the half-started system of a failed opening and would hand it out for this path again.
        SharedSystemClient._identifier_to_system.pop(path, None)
        raise


def refusing_function() -> Any:
    """An embedding function that embeds nothing.

    With none given, Chroma would fetch a model from the network on the first text it saw.
    """
    from chromadb import EmbeddingFunction

    class Refusing(EmbeddingFunction[Any]):
        def __init__(self) -> None:
            pass

        def __call__(self, input: Any) -> Any:
            raise RuntimeError("this collection takes vectors, not texts")

        @staticmethod
        def name() -> str:
            return "batonpass-vectors-only"

        def get_config(self) -> dict[str, Any]:
            return {}

        @staticmethod
        def build_from_config(config: dict[str, Any]) -> Refusing:
            return Refusing()

    return Refusing()
