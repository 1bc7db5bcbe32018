from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from batonpass.escalation import Author, Customer, Decision, Evidence, Handoff, Reason, Verdict, build_handoff
from batonpass.escalation.handoff import bare_handoff, open_question, refresh_handoff
from batonpass.knowledge import Audience, Chunk, Document, KnowledgeBase, Passage, SearchResult

from .support import CITED, agent, bot, customer, transcript

VERDICT = Verdict(
    decision=Decision.HAND_OFF,
    reasons=(Reason.EXPLICIT_REQUEST,),
    evidence=(Evidence(reason=Reason.EXPLICIT_REQUEST, text="a person please", seq=5),),
    frustration=1,
)
ARTICLE = "Sofas are collected free of charge."


@dataclass
class Knowledge:
    """Finds one article."""

    name = "sofas"
    version = "1"
    audience: Audience = Audience.PUBLIC
    confidence: float = 0.9
    asked: list[tuple[str, Audience]] = field(default_factory=list)

    def documents(self) -> list[Document]:
        return []

    def search(self, query: str, *, limit: int = 8, audience: Audience = Audience.PUBLIC, lang: str | None = None):
        self.asked.append((query, audience))
        document = Document("sofas", "Sofas", ARTICLE, "en", "sofas.md", "0", audience=self.audience)
        chunk = Chunk("sofas-0", "sofas", 0, ("Sofas",), 0, len(ARTICLE), ARTICLE)
        return SearchResult(query, "en", (Passage(chunk, document, 1.0, {}),), self.confidence)


def packet(*lines, knowledge: Knowledge | None = None, **kwargs) -> Handoff:
    base: KnowledgeBase | None = knowledge  # pyright: ignore[reportAssignmentType]
    return build_handoff(transcript(lines), VERDICT, lang=kwargs.pop("lang", "en"), knowledge=base, **kwargs)


TALK = [
    customer("hello"),
    bot("Hello!"),
    customer("can I return the sofa of order SD-20261104-0312?"),
    bot("Within 7 days."),
    customer("a person please"),
]


def test_where_it_waits_is_the_verdicts_word() -> None:
    routed = VERDICT.model_copy(update={"priority": 3, "queue": "safety", "skill": "recall"})
    for made in (build_handoff(transcript(TALK), routed, lang="en"), bare_handoff(routed, lang="en")):
        assert (made.priority, made.queue, made.skill) == (3, "safety", "recall")
    again = refresh_handoff(
        build_handoff(transcript(TALK), routed, lang="en"), transcript([*TALK, customer("order SD-20261105-0777")])
    )
    assert again is not None
    assert (again.priority, again.queue) == (3, "safety")
    assert (packet(*TALK).priority, packet(*TALK).queue) == (1, None)


def test_the_buttons_words_say_nothing_about_their_language() -> None:
    french = customer("Bonjour, ma commande n'est pas arrivée, je ne sais pas où est mon colis")
    made = packet(french, bot("Hello!"), customer("상담사와 이야기하고 싶어요.", intent="human"), lang="ko")
    assert (made.lang, made.lang_supported) == ("fr", False)


def test_the_next_step_is_there_in_each_language_of_agents() -> None:
    step = packet(*TALK, knowledge=Knowledge(), lang="ko").next_step
    assert step is not None
    assert set(step.texts) == {"ko", "en"}
    assert step.text == step.texts["ko"] != step.texts["en"]
    assert all("Sofas" in text for text in step.texts.values())


def test_the_open_question_is_the_last_matter_verbatim() -> None:
    made = packet(*TALK)
    assert made.question is not None
    assert (made.question.text, made.question.seq) == (TALK[2][1], 3)
    assert made.reasons == VERDICT.evidence


@pytest.mark.parametrize(
    "bare", ["상담원 연결해주세요", "agent please", "connect me to an agent", "네", "thanks", "상담원!!"]
)
def test_a_bare_request_is_no_question(bare: str) -> None:
    assert open_question(transcript([customer(bare)])) is None
    assert packet(customer(bare)).summary[-1]


def test_a_request_with_its_matter_is_the_question() -> None:
    text = "My sofa came with a broken leg and I need a new one, connect me to an agent"
    made = open_question(transcript([customer("hi"), customer(text)]))
    assert made is not None
    assert (made.text, made.seq) == (text, 2)


def test_the_button_is_no_question() -> None:
    made = open_question(transcript([customer("the leg is broken"), customer("Talk to a person", intent="human")]))
    assert made is not None
    assert made.seq == 1


def test_what_was_tried_with_its_sources() -> None:
    lines = transcript(TALK)
    cited = [m.model_copy(update={"citations": (CITED,)}) if m.seq == 4 else m for m in lines]
    made = build_handoff(cited, VERDICT, lang="en")
    (attempt,) = made.tried
    assert (attempt.text, attempt.seq, attempt.citations) == (TALK[2][1], 4, (CITED,))
    assert any("Returns" in line for line in made.summary)
    assert packet(*TALK).tried == ()


def test_facts_and_mood_come_along() -> None:
    made = packet(*TALK, customer("I am sick of waiting, this is unacceptable"))
    facts = [(fact.slot, fact.value, fact.seq) for fact in made.facts]
    assert facts == [("order_number", "SD-20261104-0312", 3), ("product", "sofa", 3)]
    assert len(made.trend) == 4
    assert made.trend[-1] >= 2
    assert made.frustration == made.trend[-1]


def test_internal_notes_stay_inside() -> None:
    lines = transcript(
        [customer("where is it"), agent("customer is rude, order ORD99999"), customer("agent please")]
    )
    hidden = [m.model_copy(update={"internal": True}) if m.author is Author.AGENT else m for m in lines]
    assert "rude" not in build_handoff(hidden, VERDICT, lang="en").model_dump_json()


@pytest.mark.parametrize(
    ("known", "lang", "line"),
    [
        (Customer(id="C-1", name="김서연", tier="vip", verified=True), "ko", "김서연 고객님(VIP, 본인 확인 완료)"),
        (Customer(id="C-1", name="Ann", verified=False), "en", "Ann (standard, not verified)"),
        (None, "en", "Customer not identified"),
        (None, "ko", "확인되지 않은 고객"),
    ],
)
def test_who_it_is(known: Customer | None, lang: str, line: str) -> None:
    made = packet(*TALK, lang=lang, customer=known)
    assert made.customer == known
    assert made.summary[0] == line


def test_another_language_is_summed_up_in_english_and_said() -> None:
    lines = [customer("Где мой заказ? Диван не пришёл."), customer("Оператор, пожалуйста")]
    made = packet(*lines, lang="en")
    assert (made.lang, made.lang_supported) == ("ru", False)
    assert made.question is not None
    assert made.question.text == lines[0][1]
    assert made.summary[0].startswith("Customer not identified. Writes in a language (ru)")
    assert packet(*TALK, lang="de").lang_supported


def test_a_public_article_is_suggested_verbatim() -> None:
    knowledge = Knowledge()
    made = packet(*TALK, knowledge=knowledge)
    assert made.suggested_reply == ARTICLE
    assert made.suggested_source is not None
    assert made.suggested_source.quote == ARTICLE
    assert knowledge.asked == [(TALK[2][1], Audience.AGENT)]


def test_an_agents_article_is_shown_and_not_suggested_for_sending() -> None:
    made = packet(*TALK, knowledge=Knowledge(Audience.AGENT))
    assert made.suggested_reply is None
    assert made.suggested_source is not None


def test_nothing_is_suggested_from_afar_or_without_a_question() -> None:
    assert packet(*TALK, knowledge=Knowledge(confidence=0.1)).suggested_source is None
    silent = Knowledge()
    assert packet(customer("agent please"), knowledge=silent).suggested_reply is None
    assert silent.asked == []


def test_nothing_is_made_up() -> None:
    made = packet(*TALK, customer=Customer(id="C-1", name="Ann"))
    said = {m.seq: m.text for m in transcript(TALK)}
    assert all(e.text in said[e.seq or 0] for e in made.reasons)
    assert all(fact.value in said[fact.seq] for fact in made.facts)
    assert Handoff.model_validate_json(made.model_dump_json()) == made


@pytest.mark.parametrize("topic", ["fraud", "safety", "legal", "privacy", "self_harm"])
def test_what_cannot_wait_comes_first_and_no_public_article_with_it(topic: str) -> None:
    called = Verdict(
        decision=Decision.HAND_OFF,
        reasons=(Reason.SENSITIVE_TOPIC,),
        evidence=(Evidence(reason=Reason.SENSITIVE_TOPIC, text="the sofa of order SD-20261104-0312", seq=3),),
        signals={"topic": topic},
    )
    base: KnowledgeBase = Knowledge()  # pyright: ignore[reportAssignmentType]
    made = build_handoff(transcript(TALK), called, lang="en", knowledge=base)
    assert made.intent == topic
    assert made.next_step is not None
    for text in made.next_step.texts.values():
        assert "Sofas" not in text
    assert made.suggested_reply == ARTICLE, "an agent may still send it"
    again = refresh_handoff(made, transcript([*TALK, customer("order SD-20261105-0777")]))
    assert again is not None
    assert again.intent == topic


def test_an_article_that_was_given_already_is_not_advised_again() -> None:
    given = CITED.model_copy(update={"document_id": "sofas"})
    lines = transcript([*TALK[:3], bot("Within 7 days."), TALK[4]])
    cited = [m.model_copy(update={"citations": (given,)}) if m.text == "Within 7 days." else m for m in lines]
    base: KnowledgeBase = Knowledge()  # pyright: ignore[reportAssignmentType]
    fresh = build_handoff(transcript(TALK), VERDICT, lang="en", knowledge=base)
    again = build_handoff(cited, VERDICT, lang="en", knowledge=base)
    assert fresh.next_step is not None
    assert fresh.next_step.text.startswith("Answer from the article ‘Sofas’.")
    assert again.next_step is not None
    assert again.next_step.text.startswith("They were given the article ‘Sofas’ already")
