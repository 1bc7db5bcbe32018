"""What an agent's reply teaches, and what it must not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from batonpass.escalation import (
    Action,
    Author,
    Customer,
    Desk,
    EventKind,
    FileCustomerDirectory,
    HumanAgent,
    Learning,
    NewEvent,
    NewMessage,
    SQLStore,
)
from batonpass.knowledge import Audience, LocalKnowledgeBase, make_document
from batonpass.knowledge.aliases import Decision, Origin

MINA = HumanAgent(id="mina", name="Mina Kim")
SENTENCE = "Return shipping costs 3 dollars for each parcel."
ARTICLE = (
    f"Send it back within 7 days of delivery. {SENTENCE}\n\n- Open your **orders** page first\n- Choose the item"
)


class Directory(FileCustomerDirectory):
    def get(self, customer_id: str) -> Customer | None:
        return Customer(id="C-1", name="Seo Yun") if customer_id == "C-1" else None


@pytest.fixture
def knowledge(tmp_path: Path):
    with LocalKnowledgeBase(tmp_path / "kb") as base:
        base.sync(
            [
                make_document("returns", "Returning things", ARTICLE, questions=["Can I send it back?"]),
                make_document("hours", "Opening hours", "The shop opens at nine in the morning on weekdays."),
                make_document(
                    "secret", "Goodwill", "Agents may grant twenty dollars once.", audience=Audience.AGENT
                ),
            ]
        )
        yield base


@pytest.fixture
def desk(store: SQLStore, knowledge: LocalKnowledgeBase) -> Desk:
    directory = Directory()
    return Desk(store, directory, replied=Learning(store, directory, knowledge, knowledge.aliases).replied)


def asks(desk: Desk, *texts: str, customer: str | None = None, source: dict[str, Any] | None = None) -> str:
    made = desk.store.create(customer_id=customer, lang="en").id
    for text in texts:
        desk.store.apply(made, Action.RECEIVE, [NewMessage(Author.CUSTOMER, text)])
    packet = NewEvent(EventKind.HANDOFF, {"suggested_source": source} if source else {})
    desk.store.apply(made, Action.HAND_OFF, [NewMessage(Author.BOT, "One moment."), packet])
    desk.claim(made, MINA)
    return made


def proposed(knowledge: LocalKnowledgeBase) -> list[tuple[str, str]]:
    assert all(
        (each.origin, each.by, each.decision) == (Origin.DESK, "mina", Decision.PENDING)
        for each in knowledge.aliases.list()
    )
    return [(each.document_id, each.text) for each in knowledge.aliases.list()]


@pytest.mark.parametrize(
    "reply",
    [
        ARTICLE,
        f"Hello! {SENTENCE} Anything else?",
        SENTENCE.upper().replace(" ", "  "),
        "Please do this:\n1. Open your orders page first",
    ],
)
def test_a_reply_in_an_articles_words_proposes_the_question(
    desk: Desk, knowledge: LocalKnowledgeBase, reply: str
) -> None:
    made = asks(desk, "what do i pay to get rid of this thing")
    desk.reply(made, MINA, reply)
    assert proposed(knowledge) == [("returns", "what do i pay to get rid of this thing")]


@pytest.mark.parametrize("reply", ["I will look into it and call you back.", "Choose", "3 dollars"])
def test_a_reply_in_the_agents_own_words_proposes_nothing(
    desk: Desk, knowledge: LocalKnowledgeBase, reply: str
) -> None:
    desk.reply(asks(desk, "what do i pay to get rid of this thing"), MINA, reply)
    assert proposed(knowledge) == []


@pytest.mark.parametrize(
    "texts",
    [
        ("hi",),
        ("talk to a person please",),
        ("can i send it BACK",),
        ("Returning things",),
        ("no " * 200,),
        ("12345678",),
        (),
    ],
)
def test_what_is_no_new_question(desk: Desk, knowledge: LocalKnowledgeBase, texts: tuple[str, ...]) -> None:
    desk.reply(asks(desk, *texts), MINA, SENTENCE)
    assert proposed(knowledge) == []


def test_what_is_personal_is_masked(desk: Desk, knowledge: LocalKnowledgeBase) -> None:
    made = asks(
        desk,
        "My name is Joan Baker",
        "Seo Yun here, or Joan Baker: what do i pay for order SD-20261104, mail a@b.co, tel 010-1234-5678?",
        customer="C-1",
    )
    desk.reply(made, MINA, SENTENCE)
    ((_, text),) = proposed(knowledge)
    assert text == "○○ here, or ○○: what do i pay for order ○○, mail ○○, tel ○○?"


def test_the_suggested_article_comes_first(desk: Desk, knowledge: LocalKnowledgeBase) -> None:
    twin = make_document("twin", "Twin", ARTICLE)
    knowledge.sync([*knowledge.documents(), twin])
    chunk = next(each for each in knowledge._snapshot.chunks.values() if each.document_id == "twin")
    made = asks(desk, "what do i pay to get rid of it", source={"chunk_id": chunk.id})
    desk.reply(made, MINA, SENTENCE)
    assert proposed(knowledge) == [("twin", "what do i pay to get rid of it")]
    gone = asks(desk, "is it dear to get rid of it", source={"chunk_id": "gone"})
    desk.reply(gone, MINA, SENTENCE)
    assert proposed(knowledge)[1][0] in ("returns", "twin")


def test_notes_and_repeated_requests_teach_nothing(desk: Desk, knowledge: LocalKnowledgeBase) -> None:
    made = asks(desk, "what do i pay to get rid of this thing")
    desk.note(made, MINA, SENTENCE)
    assert proposed(knowledge) == []
    for _ in range(2):
        desk.reply(made, MINA, SENTENCE, client_id="once")
    assert knowledge.aliases.list()[0].times == 1


def test_agents_articles_learn_for_agents(desk: Desk, knowledge: LocalKnowledgeBase) -> None:
    desk.reply(asks(desk, "give me something for my trouble"), MINA, "Agents may grant twenty dollars once.")
    assert proposed(knowledge) == [("secret", "give me something for my trouble")]


def test_a_reply_is_sent_whatever_becomes_of_learning(
    desk: Desk, knowledge: LocalKnowledgeBase, caplog: pytest.LogCaptureFixture
) -> None:
    knowledge.aliases.path.write_text("broken\n")
    made = asks(desk, "what do i pay to get rid of this thing")
    assert desk.reply(made, MINA, SENTENCE).items[-1].seq
    assert "cannot learn" in caplog.text
