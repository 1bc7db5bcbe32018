"""What was passed on: the customer puts it right, the agent sees it at once, a supervisor sees masked numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from batonpass.escalation import Role, audit_lines
from playwright.sync_api import expect

from .conftest import PASSWORD, Site
from .test_baton import newest
from .walk import LOCALE, Agent, Customer

WIDE = {"viewport": {"width": 1440, "height": 900}}
CARD = "4242-4242-4242-4242"
EVIL = "<img src=x onerror=\"document.body.dataset.hacked='1'\"> after six"
MATTER = {
    "ko": f"주문번호 SD-20261112-0312 결제가 카드 {CARD} 로 두 번 됐어요",
    "en": f"Order SD-20261112-0312 was charged twice to my card {CARD}",
}
SAVED = {"ko": "전달했어요", "en": "Passed on"}


def call(page: Any, site: Site, text: str, identity: str | None = None) -> tuple[Customer, str]:
    customer = Customer(page, site, identity=site.identity(identity) if identity else None)
    customer.input.fill(text)  # not say(): what comes back is masked
    page.get_by_test_id("chat-send").click()
    expect(customer.messages("bot")).to_have_count(1)
    if page.get_by_test_id("talk-human").is_enabled():
        customer.call_a_person()
    expect(page.get_by_test_id("receipt")).to_be_visible()
    return customer, newest(site)


def write(page: Any, text: str) -> None:
    page.get_by_test_id("receipt-input").fill(text)
    page.get_by_test_id("receipt-save").click()
    expect(page.get_by_test_id("receipt-input")).to_have_count(0)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_customer_puts_right_what_was_passed_on(site: Site, new_page: Callable[..., Any], lang: str) -> None:
    page = new_page(locale=LOCALE[lang], viewport={"width": 390, "height": 844})
    _, conversation = call(page, site, MATTER[lang], "C-1001")
    lines = page.get_by_test_id("receipt-line")
    expect(page.get_by_test_id("receipt")).to_contain_text("SD-20261112-0312")
    expect(page.get_by_test_id("receipt")).not_to_contain_text(CARD)

    agent = Agent(new_page(locale=LOCALE[lang], **WIDE), site, "mina")
    agent.open(conversation)
    packet = agent.page.get_by_test_id("packet")
    expect(packet.get_by_test_id("packet-news")).to_have_count(0)

    page.locator("[data-line='order_number:SD-20261112-0312']").get_by_test_id("receipt-correct").click()
    write(page, "SD-20260819-0465")
    expect(page.get_by_test_id("receipt-sent")).to_contain_text(SAVED[lang])
    expect(lines.filter(has_text="SD-20260819-0465")).to_have_count(1)
    expect(
        lines.filter(has_text="SD-20261112-0312").and_(page.locator("[data-line^='order_number']"))
    ).to_have_count(0)
    page.get_by_test_id("receipt-add").click()
    write(page, EVIL)
    expect(lines.last).to_have_text(EVIL)

    expect(packet.get_by_test_id("packet-news")).to_be_visible()
    corrected = packet.get_by_test_id("packet-fact").filter(has_text="SD-20260819-0465")
    expect(corrected.get_by_test_id("fact-corrected")).to_be_visible()
    expect(packet.get_by_test_id("packet-fact-old").locator("s")).to_have_text("SD-20261112-0312")
    expect(packet.get_by_test_id("packet-added")).to_contain_text(EVIL)
    packet.get_by_test_id("packet-seen").click()
    expect(packet.get_by_test_id("packet-news")).to_have_count(0)

    page.reload()
    expect(lines.last).to_have_text(EVIL)
    expect(lines.filter(has_text="SD-20260819-0465")).to_have_count(1)
    for shown in (page, agent.page):
        assert shown.evaluate("document.body.dataset.hacked") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    agent.claim()
    agent.confirm("hand-back", "hand-back-confirm")
    expect(page.get_by_test_id("receipt")).to_have_count(0)


def test_a_correction_that_is_not_stored_keeps_what_was_written(site: Site, new_page: Callable[..., Any]) -> None:
    page = new_page()
    call(page, site, MATTER["ko"])
    page.get_by_test_id("receipt-add").click()
    page.get_by_test_id("receipt-input").fill("내일 오전에만 집에 있어요")
    page.route("**/api/chat/receipt", lambda route: route.abort())
    page.get_by_test_id("receipt-save").click()
    expect(page.get_by_test_id("receipt").get_by_role("alert")).not_to_be_empty()
    expect(page.get_by_test_id("receipt-input")).to_have_value("내일 오전에만 집에 있어요")
    page.unroute("**/api/chat/receipt")
    page.get_by_test_id("receipt-save").click()
    expect(page.get_by_test_id("receipt-line").last).to_have_text("내일 오전에만 집에 있어요")


def test_only_a_supervisor_has_numbers_shown_and_it_is_on_record(site: Site, new_page: Callable[..., Any]) -> None:
    # An emoji before the number: the server counts characters, the browser halves of them.
    _, conversation = call(new_page(), site, f"😡 카드 {CARD} 로 두 번 결제됐어요")
    agent = Agent(new_page(**WIDE), site, "mina")
    agent.open(conversation)
    expect(agent.page.get_by_test_id("packet-facts")).to_contain_text("4242")
    expect(agent.page.get_by_test_id("unmask")).to_have_count(0)

    if site.parts.accounts.get("sujin") is None:
        site.parts.accounts.create("sujin", PASSWORD, name="수진", role=Role.SUPERVISOR)
    boss = Agent(new_page(**WIDE), site, "sujin")
    boss.open(conversation)
    boss.page.get_by_test_id("packet-facts").get_by_test_id("unmask").click()
    assert audit_lines(site.parts.store, conversation) == ()
    boss.page.locator("textarea[name=reason]").fill("중복 결제 확인")
    boss.page.get_by_test_id("unmask-confirm").click()
    expect(boss.page.get_by_test_id("packet-facts")).to_contain_text(CARD)
    expect(boss.page.get_by_test_id("desk-log").locator("mark")).to_have_text(CARD)
    (line,) = audit_lines(site.parts.store, conversation)
    assert (line.by, line.reason) == ("sujin", "중복 결제 확인")
    boss.page.get_by_test_id("desk-log").get_by_test_id("unmask").click()
    expect(boss.page.get_by_test_id("packet")).not_to_contain_text(CARD)
    expect(boss.page.get_by_test_id("desk-log")).not_to_contain_text(CARD)


def test_an_urgent_customer_is_announced_and_comes_first(site: Site, new_page: Callable[..., Any]) -> None:
    _, calm = call(new_page(), site, "포인트 유효기간이 어떻게 되나요?")
    agent = Agent(new_page(locale="en-US", **WIDE), site, "alex")
    agent.open(calm)
    hurt = Customer(new_page(), site)
    hurt.say("선반이 떨어져서 머리를 다쳤어요. 피가 나요")
    expect(hurt.page.get_by_test_id("receipt")).to_be_visible()
    urgent = newest(site)
    rows = agent.page.get_by_test_id("queue-waiting").get_by_test_id("queue-row")
    expect(agent.row(urgent).get_by_test_id("priority")).to_have_text("Urgent")
    order = [row.get_attribute("data-conversation") for row in rows.all()]
    assert order.index(urgent) < order.index(calm)
    assert "urgent" in agent.page.title()
    agent.page.get_by_test_id("notice-action").last.click()
    expect(agent.page.get_by_test_id("packet")).to_contain_text("선반이 떨어져서")
    expect(agent.page.get_by_test_id("packet-next")).to_be_visible()
