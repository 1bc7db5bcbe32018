"""``batonpass serve``: open everything, sync the knowledge, listen."""

from __future__ import annotations

import logging
import secrets
import socket

import uvicorn
from rich.console import Console
from starlette.types import ASGIApp

from ..agent import Batonpass, Settings
from ..agent.compose import compose
from ..escalation import Role, StoreError
from ..knowledge import LoadFailure
from .console import progress_bar
from .following import following, not_read


def run(settings: Settings, talk: Console, *, watch: bool = False) -> None:
    """Serve until stopped.

    Args:
        settings: What to serve.
        talk: Where to say so.
        watch: Follow changes of the knowledge folder; approved aliases are followed in any case.

    Raises:
        StoreError: the port cannot be had, or the data folder cannot be used.
        KnowledgeError: the knowledge cannot be used.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    listener = listen(settings.host, settings.port)
    port = listener.getsockname()[1]
    with compose(settings) as parts:
        failed = _sync(parts, talk)
        from .app import create_app  # gradio takes seconds: the port and the data are checked first
        from .auth import Keys, load_secret

        web = create_app(parts)
        base = f"http://{_shown(settings.host)}:{port}"
        talk.print(f"\n  Customers  {base}/chat/\n  Agents     {base}/desk/", markup=False)
        if settings.sample:
            keys = Keys(load_secret(settings.data / "secret.key"))
            token = keys.sign("identity", "C-1001")
            talk.print(f"  As a known customer (VIP)  {base}/chat/?identity={token}", markup=False, soft_wrap=True)
        _first_admin(parts, talk)
        talk.print("", markup=False)
        with following(parts.knowledge, [settings.knowledge] if watch else [], talk, failed):
            uvicorn.Server(uvicorn_config(web)).run(sockets=[listener])


def uvicorn_config(web: ASGIApp) -> uvicorn.Config:
    """How the app is served; the tests serve it in the same way."""
    return uvicorn.Config(
        web,
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        ws_max_size=64 * 1024,
        ws_ping_interval=30,
        ws_ping_timeout=30,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=3,
    )


def listen(host: str, port: int) -> socket.socket:
    """Take the port before anything slow happens, so that a taken one is said at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise StoreError(
            f"cannot listen on {host}:{port}: {error.strerror or error} (choose another --port)"
        ) from None
    return listener


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _sync(parts: Batonpass, talk: Console) -> tuple[LoadFailure, ...]:
    with progress_bar() as progress:
        report = parts.sync([parts.settings.knowledge], progress)
    not_read(report.failed)
    count = len(report.added) + len(report.changed) + len(report.unchanged)
    talk.print(f"{count} articles, {report.chunks} chunks", markup=False)
    return report.failed


def _first_admin(parts: Batonpass, talk: Console) -> None:
    """Make the first login and show it once: only its hash is kept."""
    if parts.accounts.count():
        return
    password = secrets.token_urlsafe(12)
    parts.accounts.create("admin", password, name="Admin", role=Role.ADMIN)
    talk.print(f"\n  First login (shown once)  admin / {password}", markup=False)
