"""The supervisors' page in Chromium: look through what was learned, with the mouse and with keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from batonpass.escalation import Role
from batonpass.knowledge.aliases import Aliases, Decision, Origin
from playwright.sync_api import Page, expect

from .conftest import PASSWORD, Site
from .walk import LOCALE

FEE = "ko/delivery-fee-domestic"
RETURN = "ko/return-change-of-mind"
ASKED = "택배비는 몇 만원부터 안 내도 되나요?"
MODEL = "섬으로 보내면 돈 더 받나요?"
BOX = "○○ 상자를 버렸는데 그래도 돌려보낼 수 있어요?"
EVIL = "<img src=x onerror=alert(1)><b>조립한 책장</b>도 반품 되나요?"


@pytest.fixture
def aliases(site: Site) -> Iterator[Aliases]:
    """Four proposals for two articles, and a supervisor to decide them."""
    if site.parts.accounts.get("sora") is None:
        site.parts.accounts.create("sora", PASSWORD, name="소라", role=Role.SUPERVISOR)
    kept: Aliases = site.parts.knowledge.aliases
    kept.drop(lambda alias: True)
    known = {document.id for document in site.parts.knowledge.documents()}
    assert {FEE, RETURN} <= known
    for _ in range(3):
        kept.propose(FEE, [ASKED], origin=Origin.DESK, by="mina")
    kept.propose(FEE, [MODEL], origin=Origin.MODEL, by="writer")
    kept.propose(RETURN, [BOX], origin=Origin.DESK, by="alex")
    kept.propose(RETURN, [EVIL], origin=Origin.DESK, by="<u>alex</u>")
    yield kept
    kept.drop(lambda alias: True)
    site.parts.knowledge.relearn()


def enter(page: Page, site: Site, login: str = "sora", path: str = "/supervisor/") -> None:
    page.goto(f"{site.base}{path}")
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")


def row(page: Page, text: str) -> Any:
    return page.get_by_test_id("question").filter(has_text=text)


def count(page: Page, kind: str, number: int) -> None:
    expect(page.get_by_test_id(f"count-{kind}")).to_have_text(str(number))


def test_questions_are_looked_through_with_the_mouse(site: Site, aliases: Aliases, new_page: Any) -> None:
    page = new_page()
    enter(page, site, path="/desk/")
    page.get_by_test_id("supervisor-link").click()
    expect(page.get_by_test_id("article")).to_have_count(2)
    expect(row(page, ASKED)).to_contain_text("3번 물음")
    expect(row(page, ASKED)).to_contain_text("민아")
    expect(row(page, MODEL)).to_contain_text("언어 모델")
    row(page, ASKED).get_by_test_id("approve").click()
    count(page, "approved", 1)
    expect(row(page, ASKED)).to_have_count(0)
    assert aliases.approved() == {FEE: (ASKED,)}
    assert site.parts.knowledge.search(ASKED).passages[0].document.id == FEE
    expect(page.get_by_test_id("done")).to_contain_text(ASKED)

    row(page, BOX).get_by_test_id("edit").click()
    field = page.get_by_test_id("edit-field")
    field.fill("?!")
    page.get_by_test_id("edit-save").click()
    expect(page.get_by_role("alert").filter(has_text="글자")).to_be_visible()
    field.fill("상자를 버렸는데 그래도 돌려보낼 수 있어요?")
    page.get_by_test_id("edit-save").click()
    count(page, "approved", 2)
    row(page, EVIL).get_by_test_id("reject").click()
    count(page, "pending", 1)

    page.reload()  # what was decided can still be taken back
    page.get_by_test_id("undo").click()
    expect(row(page, "조립한 책장")).to_be_visible()
    page.get_by_test_id("undo").click()
    expect(row(page, BOX)).to_be_visible()
    count(page, "approved", 1)
    assert [alias.text for alias in aliases.list(Decision.APPROVED)] == [ASKED]

    page.get_by_test_id("tab-approved").click()
    expect(row(page, ASKED)).to_contain_text("소라 승인")
    row(page, ASKED).get_by_test_id("remove").click()
    count(page, "approved", 0)
    expect(page.get_by_test_id("empty")).to_be_visible()
    expect(page.get_by_test_id("empty")).to_contain_text("아직 없습니다")
    assert aliases.approved() == {}


def test_questions_are_looked_through_with_keys(site: Site, aliases: Aliases, new_page: Any) -> None:
    page = new_page()
    enter(page, site)
    expect(page.get_by_test_id("question")).to_have_count(4)

    def at(text: str) -> None:
        expect(row(page, text)).to_be_focused()

    page.keyboard.press("j")
    at(ASKED)
    page.keyboard.press("j")
    at(MODEL)
    page.keyboard.press("k")
    at(ASKED)
    page.keyboard.press("o")
    panel = page.get_by_test_id("passage-panel")
    expect(panel).to_contain_text("배송비")
    page.keyboard.press("a")  # not while something lies over it
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    at(ASKED)
    count(page, "pending", 4)
    page.keyboard.press("r")
    at(MODEL)
    count(page, "pending", 3)
    page.keyboard.press("e")
    expect(page.get_by_test_id("edit-field")).to_be_focused()
    page.keyboard.press("Escape")
    at(MODEL)
    page.keyboard.press("a")
    count(page, "approved", 1)
    expect(page.get_by_test_id("article")).to_have_count(1)
    page.keyboard.press("Shift+A")
    count(page, "approved", 3)
    expect(page.get_by_test_id("empty")).to_be_visible()
    for left in (2, 3, 4):
        page.keyboard.press("u")
        count(page, "pending", left)
    at(ASKED)
    assert {alias.decision for alias in aliases.list()} == {Decision.PENDING}
    # As before, not where the last one was put back.
    assert page.get_by_test_id("question-text").all_text_contents()[:2] == [ASKED, MODEL]


def test_hostile_words_are_shown_as_words(site: Site, aliases: Aliases, new_page: Any) -> None:
    page = new_page()
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    enter(page, site)
    expect(row(page, "조립한 책장").get_by_test_id("question-text")).to_have_text(EVIL)
    expect(row(page, "조립한 책장")).to_contain_text("<u>alex</u>")
    row(page, "조립한 책장").get_by_test_id("approve").click()
    expect(page.get_by_test_id("done")).to_contain_text("<img src=x")
    page.get_by_test_id("tab-approved").click()
    expect(row(page, "조립한 책장")).to_be_visible()
    assert page.locator(".sv img[src=x], .sv b, .sv u").count() == 0


def test_somebody_else_was_faster(site: Site, aliases: Aliases, new_page: Any) -> None:
    page = new_page(locale="en-US")
    enter(page, site)
    expect(page.get_by_test_id("question")).to_have_count(4)
    (first,) = [alias for alias in aliases.list() if alias.text == ASKED]
    aliases.decide([first.id], Decision.REJECTED, by="root")
    row(page, MODEL).get_by_test_id("edit").click()
    page.get_by_test_id("edit-field").fill("half a thought")
    row(page, ASKED).get_by_test_id("approve").click()
    expect(page.get_by_test_id("notice")).to_contain_text("Somebody else")
    expect(row(page, ASKED)).to_have_count(0)
    expect(page.get_by_test_id("edit-field")).to_have_value("half a thought")
    assert aliases.approved() == {}


def test_an_agent_has_neither_link_nor_page(site: Site, aliases: Aliases, new_page: Any) -> None:
    page = new_page()
    enter(page, site, "mina", "/desk/")
    expect(page.get_by_test_id("me")).to_contain_text("민아")
    expect(page.get_by_test_id("supervisor-link")).to_be_hidden()
    page.goto(f"{site.base}/supervisor/")
    expect(page.get_by_test_id("forbidden")).to_contain_text("슈퍼바이저만")


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone(site: Site, aliases: Aliases, new_page: Any, lang: str, scheme: str) -> None:
    page = new_page(locale=LOCALE[lang], color_scheme=scheme, viewport={"width": 390, "height": 844})
    enter(page, site)
    expect(page.get_by_test_id("question")).to_have_count(4)
    outside = "(all) => all.filter((each) => each.getBoundingClientRect().right > 390.5).length"
    assert page.locator(".sv *").evaluate_all(outside) == 0
    row(page, ASKED).get_by_test_id("edit").click()
    assert page.locator(".sv *").evaluate_all(outside) == 0
    page.get_by_test_id("edit-save").click()
    count(page, "approved", 1)
    assert page.locator(".sv *").evaluate_all(outside) == 0
    page.get_by_test_id("lang-toggle").click()
    expect(page.get_by_test_id("tab-pending")).to_contain_text("To review" if lang == "ko" else "검토할 질문")
