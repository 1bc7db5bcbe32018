"""The whole way: question, sourced answer, a person, both talk, back to the assistant, close."""

from __future__ import annotations

import time
from typing import Any

import pytest
from batonpass.escalation import Status
from playwright.sync_api import expect

from .conftest import Site
from .walk import LOCALE, Agent, Customer

TEXTS = {
    "ko": {
        "question": "배송비 얼마예요?",
        "answer": "3,000원",
        "order": "주문번호 SD-20261112-0312 소파가 아직 안 왔어요",
        "agent": "안녕하세요, 민아입니다. 배송 기사님 일정을 확인해 드릴게요.",
        "customer": "네 기다릴게요. 내일 오후면 좋겠어요.",
        "later": "포인트 유효기간이 어떻게 되나요?",
        "later_answer": "12개월",
        "long_title": "반려동물이 긁은 가구도 보증되나요?",
        "unknown": "화성에도 지점이 있나요?",
    },
    "en": {
        "question": "How much is domestic delivery?",
        "answer": "3,000",
        "order": "My order SD-20261112-0312, the sofa, has not arrived",
        "agent": "Hello, this is Mina. Let me check the delivery team's schedule.",
        "customer": "Thanks, tomorrow afternoon would be best.",
        "later": "How long are points valid?",
        "later_answer": "12 months",
        "long_title": "Does the furniture warranty cover scratches from pets?",
        "unknown": "Is there a branch on Mars?",
    },
}


def newest(site: Site) -> str:
    return site.parts.store.list()[0].id


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_baton_passes_and_comes_back(site: Site, new_page: Any, lang: str) -> None:
    words = TEXTS[lang]
    customer = Customer(new_page(locale=LOCALE[lang]), site, identity=site.identity("C-1001"))
    answer = customer.ask(words["question"])
    expect(answer).to_contain_text(words["answer"])
    answer.get_by_test_id("citation").first.click()
    expect(customer.page.get_by_test_id("passage-panel")).to_contain_text(words["answer"])
    customer.page.keyboard.press("Escape")
    expect(customer.page.get_by_test_id("passage-panel")).to_be_hidden()

    customer.ask(words["order"])
    customer.call_a_person()
    conversation = newest(site)

    agent = Agent(new_page(locale=LOCALE[lang], viewport={"width": 1440, "height": 900}), site, "mina")
    agent.open(conversation)
    packet = agent.page.get_by_test_id("packet")
    expect(packet).to_contain_text("김서연")
    expect(packet.get_by_test_id("packet-question")).to_contain_text(words["order"])
    expect(packet.get_by_test_id("packet-fact").first).to_contain_text("SD-20261112-0312")
    agent.claim()
    expect(customer.pills.last).to_contain_text("민아")

    spoken = customer.messages("bot").count()
    agent.say(words["agent"])
    expect(customer.messages("agent").last).to_contain_text(words["agent"])
    customer.say(words["customer"])
    expect(agent.page.get_by_test_id("desk-log")).to_contain_text(words["customer"])

    customer.page.reload()
    expect(customer.messages("customer").last).to_contain_text(words["customer"])
    expect(customer.messages("agent").last).to_contain_text(words["agent"])
    # The assistant stays silent while a person holds the conversation.
    expect(customer.messages("bot")).to_have_count(spoken)

    agent.confirm("hand-back", "hand-back-confirm")
    expect(agent.row(conversation)).to_have_attribute("data-status", "bot")
    # What the customer said last was not answered by the person: the assistant owes it one reply.
    expect(customer.messages("bot")).to_have_count(spoken + 1)
    expect(customer.ask(words["later"])).to_contain_text(words["later_answer"])

    customer.call_a_person()
    agent.open(conversation)
    agent.claim()
    agent.confirm("close-conversation", "close-confirm")
    expect(customer.pills.last).to_be_visible()
    deadline = time.monotonic() + 20
    while site.parts.store.get(conversation).status is not Status.CLOSED:
        assert time.monotonic() < deadline, "not closed"
        time.sleep(0.05)


def test_two_agents_claim_at_once_and_one_is_told(site: Site, new_page: Any) -> None:
    customer = Customer(new_page(), site)
    customer.call_a_person()
    conversation = newest(site)
    wide = {"viewport": {"width": 1440, "height": 900}}
    mina = Agent(new_page(**wide), site, "mina")
    alex = Agent(new_page(locale="en-US", **wide), site, "alex")
    for agent in (mina, alex):
        agent.open(conversation)
        expect(agent.page.get_by_test_id("claim")).to_be_visible()
    at = int(time.time() * 1000) + 1500
    click = f"() => setTimeout(() => document.querySelector('[data-testid=claim]').click(), {at} - Date.now())"
    for agent in (mina, alex):
        agent.page.evaluate(f"({click})(), undefined")
    deadline = time.monotonic() + 20
    while (holder := site.parts.store.get(conversation).assignee) is None:
        assert time.monotonic() < deadline, "nobody won"
        time.sleep(0.02)
    winner, loser = (mina, alex) if holder == "mina" else (alex, mina)
    expect(winner.page.get_by_test_id("desk-input")).to_be_enabled()
    expect(loser.page.get_by_test_id("notice")).to_contain_text({"mina": "민아", "alex": "Alex"}[holder])


def test_a_message_sent_while_the_connection_is_down_arrives_once(site: Site, new_page: Any) -> None:
    page = new_page()
    sockets: list[Any] = []
    down = {"now": False}

    def relay(route: Any) -> None:
        if down["now"]:
            route.close()
            return
        sockets.append(route)
        route.connect_to_server()

    page.route_web_socket("**/ws/chat*", relay)
    customer = Customer(page, site)
    customer.ask("안녕하세요")
    conversation = newest(site)
    down["now"] = True
    sockets[-1].close()
    customer.input.fill("끊긴 동안 보낸 질문이에요. 배송비 얼마예요?")
    customer.page.get_by_test_id("chat-send").click()
    expect(customer.messages("customer").last).to_contain_text("끊긴 동안")
    assert not [m for m in site.parts.store.items(conversation) if "끊긴 동안" in getattr(m, "text", "")]
    down["now"] = False
    expect(customer.messages("bot")).to_have_count(2, timeout=40_000)
    kept = [m for m in site.parts.store.items(conversation) if "끊긴 동안" in getattr(m, "text", "")]
    assert len(kept) == 1
    expect(customer.page.get_by_text("끊긴 동안 보낸 질문이에요")).to_have_count(1)


def test_customer_html_stays_text_at_the_desk_and_in_the_chat(site: Site, new_page: Any) -> None:
    hostile = (
        '<form action="https://evil.example"><input></form><div style="position:fixed;inset:0">x</div>'
        "<img src=https://evil.example/x.png onerror=\"document.body.dataset.hacked='1'\">"
        "<script>document.body.dataset.hacked='1'</script> [link](javascript:alert(1))"
    )
    customer = Customer(new_page(), site)
    customer.say(hostile)
    customer.call_a_person()
    agent = Agent(new_page(viewport={"width": 1440, "height": 900}), site, "mina")
    agent.open(newest(site))
    expect(agent.page.get_by_test_id("desk-log")).to_contain_text("position:fixed")
    for page, log in ((customer.page, "chat-log"), (agent.page, "desk-log")):
        assert page.evaluate("document.body.dataset.hacked") is None
        inside = page.get_by_test_id(log)
        for tag in ("form", "script", "img[src*=evil]", "a[href^=javascript]"):
            assert inside.locator(tag).count() == 0, tag
    packet = agent.page.get_by_test_id("packet")
    assert packet.locator("form, script, img[src*=evil]").count() == 0


def test_the_composer_keeps_what_is_being_typed(site: Site, new_page: Any) -> None:
    customer = Customer(new_page(), site)
    customer.say("배송비 얼마예요?")
    customer.input.fill("아직 쓰는 중인 글")
    expect(customer.messages("bot").last).to_contain_text("3,000원")
    expect(customer.input).to_have_value("아직 쓰는 중인 글")
    customer.page.reload()
    expect(customer.input).to_have_value("아직 쓰는 중인 글")


def test_nobody_gets_to_the_desk_without_a_login(site: Site, new_page: Any) -> None:
    page = new_page()
    page.goto(f"{site.base}/desk/")
    expect(page.locator("[name=password]")).to_be_visible()
    page.locator("[name=login]").fill("mina")
    page.locator("[name=password]").fill("not the password")
    page.keyboard.press("Enter")
    expect(page.locator("[role=alert]")).to_be_visible()


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_chat_fits_a_phone(site: Site, new_page: Any, lang: str, scheme: str) -> None:
    page = new_page(locale=LOCALE[lang], color_scheme=scheme, viewport={"width": 390, "height": 844})
    customer = Customer(page, site)
    for question in ("question", "long_title", "unknown"):
        customer.ask(TEXTS[lang][question])
    expect(page.get_by_test_id("citation").nth(1)).to_be_visible()
    expect(page.get_by_test_id("choice").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for part in page.locator(".bp-bubble, .bp-table, .bp-cite, .bp-choice").all():
        box = part.bounding_box()
        assert box
        assert box["x"] >= 0, part.inner_text()
        assert box["x"] + box["width"] <= 390, part.inner_text()
    for name in ("chat-input", "chat-send", "talk-human"):
        box = page.get_by_test_id(name).bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["y"] + box["height"] <= 844
