from __future__ import annotations

import pytest
from batonpass.escalation import Author, Customer, Decision, Evidence, Handoff, Reason, Verdict, build_handoff
from batonpass.escalation.summary import summarise

from .support import CITED, agent, bot, customer, transcript

VERDICT = Verdict(
    decision=Decision.HAND_OFF,
    reasons=(Reason.FAILED_ATTEMPTS,),
    evidence=(Evidence(reason=Reason.FAILED_ATTEMPTS, text="still no", seq=5),),
    frustration=1,
)
ANN = Customer.model_validate(
    {
        "id": "C-7",
        "name": "Ann Moss",
        "tier": "vip",
        "verified": True,
        "orders": [
            {"id": "SD-20261101-0001", "date": "2026-11-01", "status": "paid", "items": [{"name": "Tide Rug"}]}
        ],
    }
)
LINES = [
    customer("my rug SD-20261101-0001 has a burn mark, what now?"),
    bot("Send it back."),
    agent("We will collect it on Friday."),
    customer("nobody came"),
    customer("sorry, it was meant to be Monday"),
]


def packet(who: Customer | None = ANN, lang: str = "en", lines=LINES) -> Handoff:
    messages = [
        m.model_copy(update={"citations": (CITED,)}) if m.author is Author.BOT else m for m in transcript(lines)
    ]
    return build_handoff(messages, VERDICT, lang=lang, customer=who)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_three_to_six_lines_with_everything_that_matters(lang: str) -> None:
    lines = summarise(packet(), lang)
    assert 3 <= len(lines) <= 6
    text = "\n".join(line.text for line in lines)
    for part in (
        "Ann Moss",
        "VIP",
        "burn mark",
        "SD-20261101-0001",
        "Tide Rug",
        "Returns",
        "collect it on Friday",
    ):
        assert part in text
    assert {line.seq for line in lines} <= {None, 1, 2, 3, 4, 5}


def test_it_is_in_the_agents_language_whatever_the_customers() -> None:
    made = packet()
    assert summarise(made, "ko")[0].text == "Ann Moss 고객님(VIP, 본인 확인 완료), 영어로 대화 중"
    assert summarise(made, "en")[0].text == "Ann Moss (VIP, verified)"
    assert summarise(made, "fr") == summarise(made, "en")
    assert made.summary == tuple(line.text for line in made.summaries["en"])


def test_a_strangers_order_is_named_and_not_shown() -> None:
    made = packet(lines=[customer("where is SD-20261109-0404?")])
    assert "SD-20261109-0404 (not in this customer's record" in made.summary[2]
    assert "check it with them first" in made.summary[-1]


def test_nothing_said_is_said_so() -> None:
    made = packet(None, "ko", [customer("상담원 연결해 주세요")])
    assert made.summary[:2] == ("확인되지 않은 고객", "문의 내용은 아직 말하지 않고 상담사를 찾았습니다.")
    assert made.summary[-1] == "다음: 무엇을 도와드릴지 먼저 물어봐 주세요."


def test_what_is_unsafe_comes_first() -> None:
    made = packet(lines=[customer("the kettle sparked and burned my hand")])
    assert made.intent == "safety"
    assert made.summary[-1].startswith("Next: Ask first whether anybody is hurt")
