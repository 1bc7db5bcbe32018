"""Measures what people wait for, in real browsers: ``python scripts/live_latency.py [ROUNDS]``.

Prints, as JSON, the time from a customer's press on "Talk to a person" to the row at the desk, from a typed
wish to the row, and from sending a message to seeing it on the other side, each way. Both pages run on one
machine, so their clocks are one.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))
from batonpass.evals.timing import percentiles
from screenshots import FLAGS, PASSWORD, serving

WATCH = """
([selector, text]) => new Promise((resolve) => {
  const look = () => {
    for (const node of document.querySelectorAll(selector))
      if (node.textContent.includes(text)) return resolve(performance.timeOrigin + performance.now());
    requestAnimationFrame(look);
  };
  look();
})
"""
CLICK = """
(id) => { const at = performance.timeOrigin + performance.now();
          document.querySelector(`[data-testid=${id}]`).click(); return at; }
"""


def seen(watcher: Page, actor: Page, selector: str, text: str, button: str) -> float:
    """Seconds from a click on one page to the text on the other."""
    watcher.evaluate(f"window.__seen = ({WATCH})({json.dumps([selector, text])}), undefined")
    sent = actor.evaluate(CLICK, button)
    return (watcher.evaluate("window.__seen") - sent) / 1000


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    times: dict[str, list[float]] = {"button_to_desk": [], "wish_to_desk": [], "to_agent": [], "to_customer": []}
    with serving() as (base, parts, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        desk = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        desk.goto(f"{base}/desk/")
        desk.locator("[name=login]").fill("mina-ko")
        desk.locator("[name=password]").fill(PASSWORD)
        desk.keyboard.press("Enter")
        desk.get_by_test_id("logout").wait_for()
        for number in range(rounds):
            one_round(browser, base, parts, desk, number, times)
        browser.close()
    print(json.dumps({what: percentiles(values) for what, values in times.items()}, indent=2))


def one_round(browser: Any, base: str, parts: Any, desk: Page, number: int, times: dict[str, list[float]]) -> None:
    """One customer: is escalated, claimed, and talks."""
    context = browser.new_context(locale="ko-KR")
    chat = context.new_page()
    chat.goto(f"{base}/chat/")
    chat.get_by_test_id("chat-input").wait_for()
    marker = f"문의 {number:03d}번 소파 색상이 달라요"
    chat.get_by_test_id("chat-input").fill(marker)
    chat.get_by_test_id("chat-send").click()
    chat.get_by_test_id("msg-bot").wait_for()
    conversation = parts.store.list()[0].id
    row = f'[data-testid=queue-row][data-conversation="{conversation}"][data-status=waiting]'
    if number % 2:
        times["button_to_desk"].append(seen(desk, chat, row, "", "talk-human"))
    else:
        chat.get_by_test_id("chat-input").fill("상담사 연결해 주세요")
        times["wish_to_desk"].append(seen(desk, chat, row, "", "chat-send"))
    desk.locator(row).click()
    desk.get_by_test_id("claim").click()
    desk.get_by_test_id("desk-input").wait_for()
    for turn in range(3):
        text = f"네 고객님 {number}-{turn} 확인했습니다"
        desk.get_by_test_id("desk-input").fill(text)
        times["to_customer"].append(seen(chat, desk, "[data-testid=msg-agent]", text, "desk-send"))
        text = f"감사합니다 {number}-{turn}"
        chat.get_by_test_id("chat-input").fill(text)
        times["to_agent"].append(seen(desk, chat, "[data-testid=desk-log]", text, "chat-send"))
        chat.wait_for_timeout(400)
    context.close()


if __name__ == "__main__":
    main()
