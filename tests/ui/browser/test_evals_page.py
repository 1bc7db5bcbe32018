"""The evaluators' page in Chromium: run, read, move thresholds, mark, compare, save."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from batonpass.escalation import Role
from playwright.sync_api import Page, expect

from .conftest import PASSWORD, Site
from .walk import LOCALE, Customer

ARTICLES = {
    "fee": ("Delivery fee", "The delivery fee is 3 dollars."),
    "return": ("Returns", "You can return an item within 14 days."),
}
QUESTIONS = [
    {"id": "fee", "text": "How much is the delivery fee?", "articles": ["fee"], "contains": [["3 dollars"]]},
    {"id": "days", "text": "Within how many days can I return it?", "articles": ["return"], "contains": [["90"]]},
    {"id": "moon", "text": "<img src=x onerror=alert(1)> tickets to the moon?", "answerable": False},
]
SCENARIO = {
    "id": "person",
    "lang": "en",
    "turns": [{"text": "Please connect me to a human agent", "expect": {"decision": ["hand_off"]}}],
}
TESTED = 90_000
"""Milliseconds for what a child process works out on a busy machine."""


@pytest.fixture(scope="module")
def evaluated(site: Site) -> Site:
    """A site with an administrator and a suite of two articles."""
    if site.parts.accounts.get("root") is None:
        site.parts.accounts.create("root", PASSWORD, name="Root", role=Role.ADMIN)
    suite: Path = site.parts.settings.data / "suites" / "tiny"
    (suite / "kb").mkdir(parents=True)
    for name, (title, text) in ARTICLES.items():
        content = f"---\nid: {name}\ntitle: {title}\nlang: en\n---\n{text}\n"
        (suite / "kb" / f"{name}.md").write_text(content, encoding="utf-8")
    for name, lines in (("questions", QUESTIONS), ("scenarios", [SCENARIO])):
        (suite / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return site


def enter(page: Page, site: Site, login: str = "root") -> None:
    page.goto(f"{site.base}/evals/")
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")


def item(page: Page, key: str) -> Any:
    return page.locator(f'[data-testid="item"][data-key="{key}"]')


def run(page: Page, thresholds: bool = False) -> None:
    """Run the tiny suite from the page, to its end."""
    before = page.get_by_test_id("run").count()
    if thresholds:
        page.get_by_test_id("curve-run").click()
    else:
        page.locator('[data-testid="start"][data-suite="own.tiny"]').click()
    page.get_by_test_id("start-confirm").click()
    expect(page.get_by_test_id("job")).to_be_visible()
    expect(page.get_by_test_id("job")).to_be_hidden(timeout=TESTED)
    expect(page.get_by_test_id("run")).to_have_count(before + 1)


def move(page: Page, name: str, value: float) -> None:
    slide = "(input, value) => { input.value = value; input.dispatchEvent(new Event('input')); }"
    page.get_by_test_id(f"slider-{name}").evaluate(slide, str(value))


def test_a_suite_is_run_read_marked_and_compared(evaluated: Site, new_page: Any) -> None:
    page = new_page(locale="en-US", viewport={"width": 1440, "height": 900})
    enter(page, evaluated)
    expect(page.locator('[data-testid="suite"][data-suite="own.tiny"]')).to_contain_text("3 questions")
    run(page)
    expect(page.get_by_test_id("metric").first).to_contain_text("%")
    # Failures come first; a label that is wrong makes one.
    failure = item(page, "question/days")
    expect(failure).to_have_attribute("data-state", "wrong")
    failure.click()
    detail = page.get_by_test_id("detail")
    expect(detail.get_by_test_id("trace")).to_contain_text("Confidence")
    expect(detail.get_by_test_id("turn")).to_contain_text("Within how many days")
    detail.get_by_test_id("label-wrong").click()
    page.locator("dialog textarea").fill("It is 14 days, not 90.")
    page.get_by_test_id("label-confirm").click()
    expect(detail.get_by_test_id("marked")).to_contain_text("It is 14 days, not 90.")
    assert "item=question%2Fdays" in page.url
    page.reload()  # the address is the link
    expect(page.get_by_test_id("detail").get_by_test_id("marked")).to_contain_text("Root")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("detail")).to_be_hidden()
    expect(page.get_by_test_id("suite-marked")).to_have_count(1)

    page.get_by_test_id("tab-curve").click()
    answered = page.get_by_test_id("count-answerable-answer")
    move(page, "answer_from", 1)
    expect(answered).to_have_text("0")
    expect(page.get_by_test_id("count-answerable-clarify")).not_to_have_text("0")
    move(page, "near_from", 1)
    expect(page.get_by_test_id("count-answerable-offer")).to_have_text("2")

    # Every question is refused now: the first run is the baseline, and what was right there broke.
    run(page, thresholds=True)
    page.get_by_test_id("tab-compare").click()
    expect(page.get_by_test_id("broke").get_by_test_id("flip")).to_have_attribute("data-key", "question/fee")
    expect(page.get_by_test_id("tested")).to_have_attribute("data-done", "true", timeout=TESTED)
    page.get_by_test_id("flip").first.click()
    expect(page.get_by_test_id("turn")).to_have_count(2)
    page.get_by_test_id("detail-close").click()
    page.get_by_test_id("tab-items").click()
    page.get_by_test_id("filter-show").select_option("all")
    expect(item(page, "question/moon")).to_contain_text("<img src=x")
    assert page.locator("img[src=x]").count() == 0


def test_a_conversation_is_saved_as_a_test(evaluated: Site, new_page: Any) -> None:
    customer = Customer(new_page(), evaluated)
    customer.ask("배송비 얼마예요?")
    customer.call_a_person()
    conversation = evaluated.parts.store.list()[0].id
    page = new_page(viewport={"width": 1440, "height": 900})
    enter(page, evaluated)
    page.get_by_test_id("save-open").click()
    page.locator(f'[data-conversation="{conversation}"]').click()
    texts = page.get_by_test_id("save-text")
    expect(texts.first).to_have_value("배송비 얼마예요?")
    expect(page.get_by_test_id("save-answer").first).to_be_checked()
    texts.first.fill("배송비가 얼마인가요?")
    page.get_by_test_id("save-clarify").first.check()
    page.get_by_test_id("save-confirm").click()
    expect(page.locator('[data-testid="suite"][data-suite="own.saved"]')).to_be_visible()
    file: Path = evaluated.parts.settings.data / "suites" / "saved" / "scenarios.jsonl"
    first = json.loads(file.read_text(encoding="utf-8").splitlines()[0])["turns"][0]
    assert first["text"] == "배송비가 얼마인가요?"
    assert first["expect"]["decision"] == ["answer", "clarify"]


def test_an_agent_is_told_that_the_page_is_not_theirs(evaluated: Site, new_page: Any) -> None:
    page = new_page()
    enter(page, evaluated, "mina")
    expect(page.get_by_test_id("forbidden")).to_contain_text("관리자만")


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone(evaluated: Site, new_page: Any, lang: str, scheme: str) -> None:
    page = new_page(locale=LOCALE[lang], color_scheme=scheme, viewport={"width": 390, "height": 844})
    enter(page, evaluated)
    page.get_by_test_id("view-side").click()
    expect(page.get_by_test_id("suites")).to_be_visible()
    page.get_by_test_id("save-open").click()
    expect(page.get_by_test_id("save-dialog")).to_be_visible()
    page.get_by_test_id("save-close").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.fixture
def talked(evaluated: Site) -> Iterator[str]:
    """A run with a simulated customer who was handed off, where an answer was expected."""
    data = evaluated.parts.settings.data
    suite: Path = data / "suites" / "talks"
    shutil.copytree(data / "suites" / "tiny" / "kb", suite / "kb")
    goal = {"ask": "How much is the delivery fee?", "facts": [["3 dollars"]]}
    line = {"id": "curious", "lang": "en", "persona": "calm", "goal": goal}
    line |= {"expect": {"outcome": ["satisfied"], "never": ["hand_off"], "max_turns": 1}}
    (suite / "simulations.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    turn = {"text": goal["ask"], "decision": "clarify", "reasons": ["low_confidence"], "reply": "Which one?"}
    turn |= {"citations": [], "confidence": 0.4, "frustration": 0, "ms": 1.0, "rule": "unclear"}
    handed = turn | {"text": "A person, please", "decision": "hand_off", "reasons": ["explicit_request"]}
    result = {
        "id": "curious",
        "persona": "calm",
        "outcome": "handed_off",
        "turns": [turn, handed],
        "handoff": None,
    }
    failed = ["outcome handed_off, expected satisfied", "a turn was hand_off", "2 turns, expected at most 1"]
    result |= {"status": "waiting", "cost": 0.0, "failed": failed, "passed": False}
    head = {"suite": "talks", "version": "0", "started": "2026-01-03T00:00:00+00:00", "seconds": 1.0, "kb": {}}
    run = {"run": head, "metrics": {}, "retrieval": [], "questions": [], "scenarios": [], "simulations": [result]}
    file: Path = data / "runs" / "talks.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(run), encoding="utf-8")
    yield "talks"
    file.unlink()
    shutil.rmtree(suite)


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        ("en", ["Outcome: with a person, not satisfied", "Turn 2: hand off", "2 turns, at most 1 expected"]),
        ("ko", ["결과: 상담원에게 연결됨 (정답: 해결됨)", "2번째 차례", "2차례 (최대 1차례여야 함)"]),
    ],
)
def test_a_simulated_customer_shows_with_what_failed(
    evaluated: Site, new_page: Any, talked: str, lang: str, lines: list[str]
) -> None:
    page = new_page(locale=LOCALE[lang], viewport={"width": 1440, "height": 900})
    enter(page, evaluated)
    expect(page.get_by_test_id("suites")).to_be_visible()
    page.goto(f"{evaluated.base}/evals/#run={talked}")
    item(page, "simulation/curious").click()
    detail = page.get_by_test_id("detail")
    expect(detail.get_by_test_id("turn")).to_have_count(2)
    for line in lines:
        expect(detail.get_by_test_id("faults")).to_contain_text(line)
    expect(detail.get_by_test_id("trace").first).to_contain_text("unclear")
    expect(detail).to_contain_text("3 dollars")
