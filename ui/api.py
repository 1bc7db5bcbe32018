"""The plain HTTP routes: sessions, login, passages, health."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from ..agent import Batonpass
from ..agent.compose import SAMPLE_COMPANY
from ..escalation import NotFound
from ..knowledge import Audience
from .auth import CHAT_AGE, CHAT_COOKIE, DESK_AGE, DESK_COOKIE, IDENTITY_AGE, Keys, LoginGuard
from .i18n import pick_lang
from .login_page import render_login
from .security import RateLimiter, client_address

LANGS = ("ko", "en")


class SessionRequest(BaseModel):
    """Body of ``POST /api/chat/session``."""

    identity: str | None = Field(default=None, max_length=2048)
    lang: str | None = None
    new: bool = False


def build_router(parts: Batonpass, keys: Keys, login_guard: LoginGuard) -> APIRouter:
    """The routes over a running Batonpass."""
    router = APIRouter()
    proxies = parts.settings.trusted_proxies
    session_limit = RateLimiter(rate=0.5, burst=30)
    read_limit = RateLimiter(rate=10, burst=60)

    @router.get("/", include_in_schema=False)
    def home() -> Response:
        return RedirectResponse("/chat/", status_code=302)

    @router.get("/healthz")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @router.post("/api/chat/session")
    def session(request: Request, body: SessionRequest) -> Response:
        lang = body.lang if body.lang in LANGS else "ko"
        customer = None
        if body.identity:
            known = keys.read("identity", body.identity, IDENTITY_AGE)
            customer = parts.directory.get(known) if isinstance(known, str) else None
            if customer is None:
                raise HTTPException(403, "this identity link is not valid any more")
        conversation = None
        current = keys.conversation(request)
        if current and not body.new:
            try:
                conversation = parts.store.get(current)
            except NotFound:
                conversation = None
        # Another identity is another conversation: nobody reads what was said under a different name.
        if conversation and customer and conversation.customer_id != customer.id:
            conversation = None
        if conversation is None:
            if not session_limit.allow(client_address(request, proxies)):
                raise HTTPException(429, "too many conversations from this address")
            customer_id = customer.id if customer else _inherited(parts, current)
            conversation = parts.store.create(customer_id=customer_id, lang=lang)
        if customer is None and conversation.customer_id:
            customer = parts.directory.get(conversation.customer_id)
        name = parts.settings.company or (SAMPLE_COMPANY[lang] if parts.settings.sample else "Batonpass")
        shown = {"company": name, "lang": lang, "customer": {"name": customer.name} if customer else None}
        response = JSONResponse(shown)
        keys.set_cookie(response, CHAT_COOKIE, "chat", conversation.id, CHAT_AGE)
        return response

    @router.get("/api/chat/passages/{chunk_id}")
    def chat_passage(request: Request, chunk_id: str) -> dict[str, Any]:
        if keys.conversation(request) is None:
            raise HTTPException(401, "no session")
        if not read_limit.allow(client_address(request, proxies)):
            raise HTTPException(429, "too many requests")
        return shown_passage(parts, chunk_id, Audience.PUBLIC)

    @router.get("/api/desk/passages/{chunk_id}")
    def desk_passage(request: Request, chunk_id: str) -> dict[str, Any]:
        if keys.agent(request, parts.accounts) is None:
            raise HTTPException(401, "log in first")
        return shown_passage(parts, chunk_id, Audience.AGENT)

    @router.get("/login", include_in_schema=False)
    def login_page(
        request: Request, next: str = "/desk/", error: str | None = None, lang: str | None = None
    ) -> Response:
        known = error if error in ("wrong", "blocked", "expired") else None
        chosen = lang if lang in LANGS else _lang(request)
        return HTMLResponse(render_login(chosen, error=known, next_path=_local(next)))

    @router.get("/api/login", include_in_schema=False)
    def login_again(request: Request) -> Response:
        # The page of a failed login has this address: its language link and a reload come here.
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/login{query}", status_code=303)

    @router.post("/api/login")
    async def login(
        request: Request,
        login: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        next: Annotated[str, Form()] = "/desk/",
    ) -> Response:
        address, name = client_address(request, proxies), login.strip().lower()[:64]
        lang, target = _lang(request), _local(next)
        if login_guard.blocked(address, name):
            return HTMLResponse(render_login(lang, error="blocked", next_path=target), status_code=429)
        login_guard.failed(address, name)
        agent = await asyncio.to_thread(parts.accounts.verify, name, password)
        if agent is None:
            return HTMLResponse(render_login(lang, error="wrong", next_path=target), status_code=401)
        login_guard.succeeded(address, name)
        token = await asyncio.to_thread(parts.accounts.start_session, agent)
        response = RedirectResponse(target, status_code=303)
        keys.set_cookie(response, DESK_COOKIE, "desk", token, DESK_AGE)
        return response

    @router.post("/api/logout")
    def logout(request: Request) -> Response:
        if token := keys.session_token(request):
            parts.accounts.end_session(token)
        response = RedirectResponse("/login", status_code=303)
        response.delete_cookie(DESK_COOKIE, path="/")
        return response

    return router


def _inherited(parts: Batonpass, current: str | None) -> str | None:
    """Who a new conversation belongs to: the customer of the one before it."""
    if current is None:
        return None
    try:
        return parts.store.get(current).customer_id
    except NotFound:
        return None


def shown_passage(parts: Batonpass, chunk_id: str, audience: Audience) -> dict[str, Any]:
    """A passage as the pages show it.

    Raises:
        HTTPException: 404, it is gone or not for this audience.
    """
    found = parts.knowledge.passage(chunk_id, audience=audience)
    if found is None:
        raise HTTPException(404, "this passage is not there any more")
    return {
        "title": found.document.title,
        "heading_path": found.chunk.heading_path,
        "text": found.chunk.text,
        "updated": found.document.updated.isoformat() if found.document.updated else None,
    }


def _local(path: str) -> str:
    """A path on this site; anything else becomes the desk (no open redirect)."""
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/desk/"
    if len(path) > 512 or not path.isprintable() or "\\" in path:
        return "/desk/"
    plain = path.startswith("/") and not path.startswith("//")
    return path if plain and not parts.netloc and not parts.scheme else "/desk/"


def _lang(request: Request) -> str:
    asked = request.query_params.get("lang")
    return asked if asked in LANGS else pick_lang(request.headers.get("accept-language", ""))
