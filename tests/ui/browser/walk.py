"""What people do on the pages, in their words."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from .conftest import PASSWORD, Site

LOCALE = {"ko": "ko-KR", "en": "en-US"}


class Customer:
    def __init__(self, page: Page, site: Site, *, identity: str | None = None) -> None:
        self.page = page
        page.goto(f"{site.base}/chat/" + (f"?identity={identity}" if identity else ""))
        expect(self.input).to_be_visible()

    @property
    def input(self) -> Any:
        return self.page.get_by_test_id("chat-input")

    def messages(self, author: str) -> Any:
        return self.page.get_by_test_id(f"msg-{author}")

    @property
    def pills(self) -> Any:
        return self.page.get_by_test_id("pill")

    def say(self, text: str) -> None:
        self.input.fill(text)
        self.page.get_by_test_id("chat-send").click()
        expect(self.messages("customer").last).to_contain_text(text)

    def ask(self, text: str) -> Any:
        """Say something and wait for the assistant's next message."""
        before = self.messages("bot").count()
        self.say(text)
        expect(self.messages("bot")).to_have_count(before + 1)
        return self.messages("bot").last

    def call_a_person(self) -> None:
        self.page.get_by_test_id("talk-human").click()
        expect(self.pills.last).to_be_visible()


class Agent:
    def __init__(self, page: Page, site: Site, login: str) -> None:
        self.page = page
        page.goto(f"{site.base}/desk/")
        page.locator("[name=login]").fill(login)
        page.locator("[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("logout")).to_be_visible()

    def row(self, conversation_id: str) -> Any:
        return self.page.locator(f'[data-testid="queue-row"][data-conversation="{conversation_id}"]')

    def open(self, conversation_id: str, status: str = "waiting") -> None:
        expect(self.row(conversation_id)).to_have_attribute("data-status", status)
        self.row(conversation_id).click()
        expect(self.page.get_by_test_id("desk-log")).to_be_visible()

    def claim(self) -> None:
        self.page.get_by_test_id("claim").click()
        expect(self.page.get_by_test_id("desk-input")).to_be_enabled()

    def say(self, text: str) -> None:
        self.page.get_by_test_id("desk-input").fill(text)
        self.page.get_by_test_id("desk-send").click()
        expect(self.page.get_by_test_id("desk-log")).to_contain_text(text)

    def confirm(self, action: str, confirmation: str) -> None:
        self.page.get_by_test_id(action).click()
        self.page.get_by_test_id(confirmation).click()
