"""The one web application: FastAPI, with the Gradio pages mounted and the WebSockets beside them."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

# Before gradio is imported: no analytics, no version check.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from ..agent import Batonpass, TurnWorker
from ..escalation import HumanAgent, Role
from .api import build_router
from .auth import Keys, LoginGuard, load_secret
from .customer import build_chat
from .desk import build_desk
from .evals_api import build_evals_router
from .evals_jobs import Jobs
from .evaluation import build_evals
from .forbidden import render_forbidden
from .hub import Hub
from .i18n import pick_lang
from .live import Live
from .packets import build_packet_router
from .security import GRADIO_MOUNTS, Shield
from .supervisor import build_supervisor
from .supervisor_api import build_supervisor_router
from .theme import mount_options

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
SWEEP = 20.0
"""Seconds between looks for conversations that are owed an answer although no notification came."""

PAGES: dict[str, Callable[[HumanAgent], bool]] = {
    "/desk": lambda agent: True,
    "/supervisor": lambda agent: agent.supervises,
    "/evals": lambda agent: agent.role is Role.ADMIN,
}
"""The pages that need a login, and whose they are."""


def create_app(parts: Batonpass) -> FastAPI:
    """Build the web application over a running Batonpass.

    Raises:
        StoreError: the key file in the data folder cannot be used.
    """
    settings = parts.settings
    keys = Keys(load_secret(settings.data / "secret.key"), secure=settings.secure_cookies)
    hub = Hub(parts)
    worker = TurnWorker(parts.assistant, settle=settings.settle, progress=hub.progress)
    live = Live(parts, hub, worker, keys, settings.trusted_proxies)
    jobs = Jobs(settings.data / "runs")

    async def sweep() -> None:
        while True:
            try:
                await worker.recover()
            except Exception:
                log.exception("cannot look for conversations that are owed an answer, trying again")
            await asyncio.sleep(SWEEP)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        hub.start()
        sweeping = asyncio.create_task(sweep())
        try:
            yield
        finally:
            sweeping.cancel()
            with suppress(asyncio.CancelledError):
                await sweeping
            await worker.stop()
            hub.stop()
            await asyncio.to_thread(jobs.stop)

    app = FastAPI(title="Batonpass", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.keys = keys
    app.include_router(build_router(parts, keys, LoginGuard()))
    app.include_router(build_supervisor_router(parts, keys))
    app.include_router(build_packet_router(parts, keys))
    app.include_router(build_evals_router(parts, keys, jobs))
    app.add_api_websocket_route("/ws/chat", live.chat)
    app.add_api_websocket_route("/ws/desk", live.desk)
    app.mount("/static", _Fresh(directory=STATIC), name="static")

    @app.get("/favicon.ico", include_in_schema=False)
    def favicon() -> Response:
        return FileResponse(STATIC / "favicon.svg", media_type="image/svg+xml")

    @app.get("/manifest.json", include_in_schema=False)
    def manifest() -> Response:  # Gradio's page links to it there
        return FileResponse(STATIC / "manifest.json", media_type="application/manifest+json")

    @app.exception_handler(RequestValidationError)
    async def unreadable(request: Request, error: RequestValidationError) -> Response:
        # FastAPI's own answer repeats what was sent, such as a password.
        where = [".".join(map(str, problem["loc"])) for problem in error.errors()]
        return JSONResponse({"error": "bad request", "where": where}, status_code=422)

    @app.middleware("http")
    async def login_first(request: Request, call_next) -> Response:
        path = request.url.path
        if path in GRADIO_MOUNTS:  # without a redirect of ours Gradio's drops the query
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"{path}/{query}", status_code=307)
        if path.endswith("/") and (page := path[:-1]) in PAGES:
            agent = await asyncio.to_thread(keys.agent, request, parts.accounts)
            if agent is None:
                return RedirectResponse(f"/login?next={path}", status_code=303)
            if not PAGES[page](agent):
                lang = pick_lang(request.headers.get("accept-language", ""))
                return HTMLResponse(render_forbidden(lang, page[1:]), status_code=403)
        return await call_next(request)

    def only(page: str) -> Callable[[Request], str | None]:
        def agent_id(request: Request) -> str | None:
            agent = keys.agent(request, parts.accounts)
            return agent.id if agent and PAGES[page](agent) else None

        return agent_id

    _mount(app, build_chat(), "/chat")
    _mount(app, build_desk(), "/desk", auth_dependency=only("/desk"))
    _mount(app, build_supervisor(), "/supervisor", auth_dependency=only("/supervisor"))
    _mount(app, build_evals(), "/evals", auth_dependency=only("/evals"))
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(settings.allowed_origins),
        allow_credentials=True,
        allow_methods=["GET", "POST"],
        allow_headers=["content-type"],
    )
    app.add_middleware(
        Shield,
        max_body=settings.max_body,
        allowed_origins=settings.allowed_origins,
        frame_ancestors=settings.frame_ancestors,
    )
    return app


class _Fresh(StaticFiles):
    """Static files that a browser asks about each time: after an update no old module meets a new one."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


def _mount(app: FastAPI, blocks: gr.Blocks, path: str, **options) -> None:
    gr.mount_gradio_app(app, blocks, path=path, **mount_options(), **options)
    # Without this a forged FileData in an anonymous queue/join reads any file on the server: Gradio takes
    # Blocks that were not launched for a developer's own and trusts every path.
    blocks.has_launched = True
