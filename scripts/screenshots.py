"""Makes the README's pictures with the program itself: ``python scripts/screenshots.py OUT_DIR [NAME ...]``.

Serves the sample shop from a temporary folder, walks through it in Chromium and takes the pictures, in Korean and
English, light and dark, on a desktop and on a phone.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from batonpass.agent import Settings
from batonpass.agent.compose import SAMPLE, compose
from batonpass.escalation import Role
from batonpass.ui.app import create_app
from batonpass.ui.server import listen
from playwright.sync_api import Page, sync_playwright

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
PASSWORD = "a-password-for-pictures"  # noqa: S105 - of a server that lives for a minute
WORDS = {
    "ko": {
        "locale": "ko-KR",
        "customer": "C-1001",
        "ask": [
            "배송비 얼마예요?",
            "주문번호 SD-20261112-0312, 파손된 상품을 받았어요. 교환 되나요?",
        ],
        "agent": "김서연 고객님, 놀라셨겠어요. 사진 확인했고 새 다리를 내일 바로 보내 드릴게요.",
        "reply": "감사합니다. 조립은 제가 할 수 있어요!",
        "name": "이민아",
    },
    "en": {
        "locale": "en-US",
        "customer": "C-1002",
        "ask": [
            "How long does a delivery take?",
            "My electric kettle broke after 5 months. Is the appliance still under warranty?",
        ],
        "agent": "Hi Daniel, sorry about the kettle. I have booked a repair; the courier comes tomorrow.",
        "reply": "That was quick, thank you!",
        "name": "Mina Lee",
    },
}


@contextmanager
def serving() -> Iterator[tuple[str, Any, Any]]:
    """The sample shop on a free port: base address, parts, keys."""
    with tempfile.TemporaryDirectory() as folder, compose(Settings(data=Path(folder), kb=None)) as parts:
        parts.sync([SAMPLE / "kb"])
        for lang, words in WORDS.items():
            parts.accounts.create(f"mina-{lang}", PASSWORD, name=words["name"], role=Role.AGENT)
        app = create_app(parts)
        listener = listen("127.0.0.1", 0)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="websockets-sansio"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", parts, app.state.keys
        server.should_exit = True
        thread.join(20)


def say(page: Page, text: str, prefix: str = "chat") -> None:
    """Type and send, and let the answer come."""
    page.get_by_test_id(f"{prefix}-input").fill(text)
    page.get_by_test_id(f"{prefix}-send").click()
    page.wait_for_timeout(1200)


def walk(browser: Any, base: str, keys: Any, lang: str, scheme: str, out: Path) -> None:
    """One conversation from question to reply, with pictures on the way."""
    words = WORDS[lang]

    def page(width: int, height: int) -> Page:
        options = {"locale": words["locale"], "color_scheme": scheme, "device_scale_factor": 1}
        return browser.new_context(viewport={"width": width, "height": height}, **options).new_page()

    phone = page(390, 844)
    phone.goto(f"{base}/chat/?identity={keys.sign('identity', words['customer'])}")
    phone.get_by_test_id("chat-input").wait_for()
    phone.wait_for_timeout(600)
    phone.screenshot(path=out / f"start-{lang}-{scheme}-390.png")
    for text in words["ask"]:
        say(phone, text)
    phone.screenshot(path=out / f"chat-{lang}-{scheme}-390.png")
    phone.get_by_test_id("citation").first.click()
    phone.wait_for_timeout(600)
    phone.screenshot(path=out / f"source-{lang}-{scheme}-390.png")
    phone.keyboard.press("Escape")
    phone.get_by_test_id("talk-human").click()
    phone.wait_for_timeout(800)

    desk = page(1440, 900)
    desk.goto(f"{base}/desk/")
    desk.screenshot(path=out / f"login-{lang}-{scheme}.png")
    desk.locator("[name=login]").fill(f"mina-{lang}")
    desk.locator("[name=password]").fill(PASSWORD)
    desk.keyboard.press("Enter")
    desk.get_by_test_id("logout").wait_for()
    desk.locator("[data-testid=queue-row][data-status=waiting]").first.click()
    desk.wait_for_timeout(800)
    desk.screenshot(path=out / f"waiting-{lang}-{scheme}.png")
    desk.get_by_test_id("claim").click()
    desk.wait_for_timeout(500)
    say(desk, words["agent"], "desk")
    say(phone, words["reply"])
    desk.wait_for_timeout(400)
    desk.screenshot(path=out / f"desk-{lang}-{scheme}.png")
    phone.screenshot(path=out / f"person-{lang}-{scheme}-390.png")
    wide = phone.context.new_page()
    wide.set_viewport_size({"width": 1280, "height": 860})
    wide.goto(f"{base}/chat/")
    wide.get_by_test_id("chat-input").wait_for()
    wide.wait_for_timeout(800)
    wide.screenshot(path=out / f"chat-{lang}-{scheme}.png")
    small = desk.context.new_page()
    small.set_viewport_size({"width": 390, "height": 844})
    small.goto(f"{base}/desk/")
    small.get_by_test_id("queue-row").first.wait_for()
    small.wait_for_timeout(600)
    small.screenshot(path=out / f"queue-{lang}-{scheme}-390.png")
    desk.get_by_test_id("hand-back").click()
    desk.wait_for_timeout(400)
    desk.screenshot(path=out / f"handback-{lang}-{scheme}.png")
    desk.get_by_test_id("hand-back-confirm").click()
    desk.wait_for_timeout(600)


def main() -> None:
    """Take all pictures."""
    if len(sys.argv) < 2:
        sys.exit("usage: python scripts/screenshots.py OUT_DIR [NAME ...]")
    kept, names = Path(sys.argv[1]), sys.argv[2:]
    kept.mkdir(parents=True, exist_ok=True)
    out = Path(tempfile.mkdtemp())
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.exit("no Chromium here: run `make browser` as root")
    with serving() as (base, _, keys), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for lang in WORDS:
            for scheme in ("light", "dark"):
                walk(browser, base, keys, lang, scheme, out)
        browser.close()
    pictures = [picture for picture in sorted(out.glob("*.png")) if not names or picture.stem in names]
    for picture in pictures:
        shutil.copy(picture, kept)
    shutil.rmtree(out)
    print(f"{len(pictures)} pictures in {kept}")


if __name__ == "__main__":
    main()
