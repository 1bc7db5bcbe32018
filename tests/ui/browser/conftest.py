"""A real Chromium against a real server with the sample shop."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "correct-horse-battery"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    ours = [item for item in items if here in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.browser)
        if CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="no Chromium here: run `make browser` as root"))
    # Last: Playwright's sync client keeps an event loop running in this thread until its session fixture ends,
    # and no other test can start one meanwhile.
    items[:] = [item for item in items if item not in set(ours)] + ours


@dataclass
class Site:
    base: str
    parts: Any
    keys: Any

    def identity(self, customer_id: str) -> str:
        return self.keys.sign("identity", customer_id)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    from batonpass.agent import Settings
    from batonpass.agent.compose import SAMPLE, compose
    from batonpass.escalation import Role
    from batonpass.ui.app import create_app
    from batonpass.ui.server import listen

    settings = Settings(data=tmp_path_factory.mktemp("data"), port=0)
    with compose(settings) as parts:
        parts.sync([SAMPLE / "kb"])
        for login, name in (("mina", "민아"), ("alex", "Alex")):
            parts.accounts.create(login, PASSWORD, name=name, role=Role.AGENT)
        app = create_app(parts)
        listener = listen("127.0.0.1", 0)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="websockets-sansio"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield Site(f"http://127.0.0.1:{listener.getsockname()[1]}", parts, app.state.keys)
        server.should_exit = True
        thread.join(20)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens pages in contexts of their own; fails the test on page errors and on calls to other hosts."""
    contexts, problems = [], []

    def open_page(**options: Any) -> Any:
        context = chromium.new_context(**{"locale": "ko-KR", "viewport": {"width": 1280, "height": 860}} | options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"page error: {error}"))
        page.on("request", lambda request: _foreign(request.url) and problems.append(f"foreign: {request.url}"))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems, problems


def _foreign(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:"))
