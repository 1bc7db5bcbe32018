"""The sample shop end to end, offline, as an operator's first minute with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from batonpass.agent import compose as module
from batonpass.agent.compose import Batonpass, compose, embedder
from batonpass.agent.extractive import ExtractiveChatModel
from batonpass.agent.holding import TEXTS as HOLDING
from batonpass.agent.replies import TEXTS
from batonpass.agent.settings import Settings
from batonpass.agent.turn import TurnResult
from batonpass.escalation import (
    CustomerFileError,
    Decision,
    EventKind,
    GuardPolicy,
    Handoff,
    HumanAgent,
    Message,
    SQLStore,
    Status,
    StoreError,
)
from batonpass.escalation.yamlfile import InputError
from batonpass.knowledge import Audience, DocumentStatus, HashedEmbedder, KnowledgeError, OpenAIEmbedder
from batonpass.knowledge.encoder import LearnedEmbedder, Table, write_table
from batonpass.knowledge.encoder.embedder import built_in

from .support import SAMPLE, FakeEmbeddings, StubGuard


def settings(data: Path, **changed) -> Settings:
    return Settings(data=data, openai_api_key="", **changed)  # type: ignore[arg-type]


async def ask(shop: Batonpass, *questions: str, lang: str = "ko", customer: str | None = None) -> TurnResult:
    conversation = shop.store.create(lang=lang, customer_id=customer)
    result = None
    for question in questions:
        shop.assistant.receive(conversation.id, question)
        result = await shop.assistant.answer(conversation.id)
    assert result is not None
    return result


@pytest.mark.parametrize(
    ("question", "article", "part"),
    [
        ("국내 배송비는 얼마인가요?", "ko/delivery-fee-domestic", "3,000원"),
        ("배송비 얼마예요?", "ko/delivery-fee-domestic", "3,000원"),
        ("카드 환불은 언제 되나요?", "ko/refund-card", "| 신용카드 | 영업일 기준 3~5일 |"),
        ("When will I get my card refund?", "en/refund-card", "| Credit card |"),
        ("I forgot my password", "en/account-password", "reset"),
    ],
)
async def test_a_question_is_answered_from_the_right_article(
    shop: Batonpass, question: str, article: str, part: str
):
    result = await ask(shop, question)
    assert result.outcome.verdict.decision is Decision.ANSWER
    assert [c.document_id for c in result.outcome.citations] == [article]
    assert part in result.outcome.text
    assert result.outcome.text.endswith("[1]")
    stored = shop.store.items(result.conversation.id)[-1]
    assert isinstance(stored, Message)
    assert stored.citations == result.outcome.citations


async def test_every_sentence_of_an_answer_stands_in_the_article(shop: Batonpass):
    documents = {d.id: d.text for d in shop.knowledge.documents()}
    for question in ("국내 배송비는 얼마인가요?", "카드 환불은 언제 되나요?", "I forgot my password"):
        outcome = (await ask(shop, question)).outcome
        citation = outcome.citations[0]
        text = documents[citation.document_id]
        assert text[citation.start : citation.end] == citation.quote
        for line in outcome.text.removesuffix("[1]").split("\n"):
            assert line.strip() in text


ASKED = (
    "2024년 기준 국내 배송비는 얼마인가요?",
    "2024년 배송비 무료 기준 30,000원",
    "부정 결제·계정 도용 의심 대응",
    "보상 쿠폰은 얼마까지 지급하나요?",
    "Domestic delivery fee as of 2024",
    "Suspected payment fraud: what do agents do?",
    "Compensation guidelines for agents",
    "points in 2023",
)


@pytest.mark.parametrize("question", ASKED)
async def test_deprecated_and_agents_articles_are_never_cited_or_named(shop: Batonpass, question: str):
    hidden = [
        d
        for d in shop.knowledge.documents()
        if d.status is not DocumentStatus.CURRENT or d.audience is not Audience.PUBLIC
    ]
    assert len(hidden) >= 8, "there is something to hide"
    outcome = (await ask(shop, question)).outcome
    assert not {c.document_id for c in outcome.citations} & {d.id for d in hidden}
    assert (outcome.draft is None) is (outcome.verdict.rule == "sensitive"), "fraud goes to a person undrafted"
    near = outcome.draft.near if outcome.draft else ()
    assert not {*outcome.choices, *near} & {d.title for d in hidden}
    assert not [d.title for d in hidden if d.title in outcome.text]


UNKNOWN = {"ko": "비트코인 시세 알려줘", "en": "What is a black hole?"}


AGAIN = {"ko": "아니 비트코인 가격이요", "en": "no, black holes in space, how do they form?"}


@pytest.mark.parametrize(("lang", "question"), UNKNOWN.items())
async def test_what_the_shop_does_not_know_is_asked_about_beside_a_person(
    shop: Batonpass, lang: str, question: str
):
    result = await ask(shop, question, lang=lang)
    assert (result.outcome.verdict.decision, result.outcome.verdict.rule) == (Decision.CLARIFY, "barely")
    assert result.outcome.text == TEXTS[lang]["barely"]
    assert result.outcome.choices[-1] == TEXTS[lang]["choice_yes"]
    assert len(result.outcome.choices) == len(result.outcome.choice_ids) + 1 > 1
    assert result.outcome.citations == ()
    assert result.conversation.status is Status.BOT


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_where_asking_back_did_not_help_a_person_is_offered(shop: Batonpass, lang: str):
    result = await ask(shop, UNKNOWN[lang], AGAIN[lang], lang=lang)
    assert result.outcome.verdict.decision is Decision.OFFER
    assert result.outcome.verdict.rule in ("unclear_again", "nothing_found")
    assert result.outcome.text == TEXTS[lang]["not_found"]
    assert result.outcome.choices == (TEXTS[lang]["choice_yes"], TEXTS[lang]["choice_no"])
    assert result.outcome.citations == ()
    assert result.conversation.status is Status.BOT


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("ko", (UNKNOWN["ko"], AGAIN["ko"], "네")),
        ("en", (UNKNOWN["en"], AGAIN["en"], "yes please")),
        ("ko", (UNKNOWN["ko"], "네 그렇게 해주세요")),
        ("en", (UNKNOWN["en"], "yes, do that")),
    ],
)
async def test_an_offer_that_is_taken_up_calls_a_person(shop: Batonpass, lang: str, words: tuple[str, ...]):
    result = await ask(shop, *words, lang=lang)
    assert result.outcome.verdict.rule == "took_up_offer"
    assert result.outcome.text == HOLDING[lang]["plain"]
    assert result.conversation.status is Status.WAITING


@pytest.mark.parametrize(("lang", "question"), [("ko", "오늘 날씨 어때요?"), ("en", "What is the weather today?")])
async def test_what_sounds_like_the_shop_s_topics_is_not_answered_either(
    shop: Batonpass, lang: str, question: str
):
    """ "Today", "how is it": near enough to ask back, never an answer."""
    outcome = (await ask(shop, question, lang=lang)).outcome
    assert outcome.verdict.decision in (Decision.CLARIFY, Decision.OFFER)
    assert outcome.citations == ()


@pytest.mark.parametrize("reply", ["1", "첫 번째 거요"])
async def test_a_choice_beside_a_person_can_be_picked(shop: Batonpass, reply: str):
    first = (await ask(shop, UNKNOWN["ko"])).outcome
    outcome = (await ask(shop, UNKNOWN["ko"], reply)).outcome
    assert first.verdict.rule == "barely"
    assert [c.document_id for c in outcome.citations] == [first.choice_ids[0]]


async def test_the_chip_beside_the_choices_calls_a_person(shop: Batonpass):
    result = await ask(shop, UNKNOWN["ko"], TEXTS["ko"]["choice_yes"])
    assert result.outcome.verdict.decision is Decision.HAND_OFF
    assert result.conversation.status is Status.WAITING


async def test_the_packet_knows_the_customer(shop: Batonpass):
    result = await ask(shop, "카드 환불은 언제 되나요?", "상담사 연결해 주세요", customer="C-1001")
    event = shop.store.last_event(result.conversation.id, EventKind.HANDOFF)
    assert event is not None
    packet = Handoff.model_validate(event.payload)
    assert packet.customer is not None
    assert packet.customer.name == "김서연"
    assert [attempt.citations[0].document_id for attempt in packet.tried] == ["ko/refund-card"]


async def test_a_follow_up_is_understood(shop: Batonpass):
    """Alone it would be about Jeju and nothing else; together the article on Jeju's delivery fee is near."""
    draft = (await ask(shop, "배송비 얼마예요?", "그럼 제주도는요?")).outcome.draft
    assert draft is not None
    assert "제주·도서·산간 지역 배송비 안내" in draft.near


async def test_long_and_strange_questions_come_to_something(shop: Batonpass):
    for question in ("배송비 " * 999, "😀" * 300, "((((\"' AND * ~2 \\ +-", "كم تكلفة الشحن؟", "a" * 4000):
        assert (await ask(shop, question)).outcome.text


async def test_agents_are_named_at_the_desk(shop: Batonpass):
    made = shop.accounts.create("minji", "a long enough password", name="민지")
    conversation = shop.store.create()
    shop.assistant.receive(conversation.id, "배송비 얼마예요?")
    shop.desk.claim(conversation.id, HumanAgent(id=made.id, name=made.name))
    row = shop.desk.row(shop.store.get(conversation.id))
    assert row.assignee_name == "민지"


# wiring


def test_the_data_folder_has_one_owner_until_it_is_closed(tmp_path: Path):
    with compose(settings(tmp_path)), pytest.raises(KnowledgeError):
        compose(settings(tmp_path))
    compose(settings(tmp_path)).close()


@pytest.mark.parametrize("broken", ["directory", "store", "model", "agent"])
def test_what_fails_leaves_nothing_locked_or_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str):
    closed: list[object] = []
    close = SQLStore.close
    monkeypatch.setattr(SQLStore, "close", lambda self: (closed.append(self), close(self))[1])
    chosen, error = settings(tmp_path), ValueError
    with monkeypatch.context() as patched:
        if broken == "directory":
            (tmp_path / "kb").mkdir()
            (tmp_path / "customers.jsonl").write_text("no json\n")
            chosen, error = settings(tmp_path, kb=tmp_path / "kb"), CustomerFileError
        elif broken == "store":
            (tmp_path / "batonpass.sqlite").write_bytes(b"no database" * 100)
            error = StoreError
        else:
            name = "chat_model" if broken == "model" else "build_agent"

            def fails(*args: object, **kwargs: object) -> None:
                raise ValueError(name)

            patched.setattr(module, name, fails)
        with pytest.raises(error):
            compose(chosen)
    assert len(closed) == (broken != "store")
    if broken == "store":
        (tmp_path / "batonpass.sqlite").unlink()
    (tmp_path / "customers.jsonl").unlink(missing_ok=True)
    compose(settings(tmp_path)).close()


def test_a_data_folder_that_cannot_be_made(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(KnowledgeError, match="data folder"):
        compose(settings(tmp_path / "file"))


def test_parts_of_ones_own(tmp_path: Path):
    guard = StubGuard(lambda turn, draft: None)
    store = SQLStore(f"sqlite:///{tmp_path / 'own.sqlite'}")
    with compose(settings(tmp_path / "data"), guard=guard, store=store) as parts:
        assert parts.guard is guard
        assert parts.store is store
        assert not (tmp_path / "data" / "batonpass.sqlite").exists()


async def test_the_policy_file_decides(tmp_path: Path):
    policy = tmp_path / "policy.yaml"
    policy.write_text("answer_from: 1.0\nnear_from: 1.0\n", encoding="utf-8")
    with compose(settings(tmp_path / "data", policy=policy)) as strict:
        strict.sync([strict.settings.knowledge])
        before = (await ask(strict, "국내 배송비는 얼마인가요?")).outcome.verdict
        policy.write_text("answer_from: 0.3\nnear_from: 0.2\n", encoding="utf-8")
        os.utime(policy, (0, 0))  # long enough ago to be whole
        after = (await ask(strict, "국내 배송비는 얼마인가요?")).outcome.verdict
    assert before.decision is not Decision.ANSWER
    assert before.policy == GuardPolicy(answer_from=1, near_from=1).version
    assert after.decision is Decision.ANSWER
    assert after.policy == GuardPolicy(answer_from=0.3, near_from=0.2).version


def test_a_broken_policy_file_is_one_line_and_leaves_nothing_locked(tmp_path: Path):
    policy = tmp_path / "policy.yaml"
    policy.write_text("answer_from: 0.7\nrules: none\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"policy\.yaml:2: rules: Input should be a list") as refused:
        compose(settings(tmp_path / "data", policy=policy))
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "data").exists()


def test_customers_lie_beside_the_knowledge_folder(tmp_path: Path):
    (tmp_path / "kb").mkdir()
    record = {"id": "C-9", "name": "Own"}
    (tmp_path / "customers.jsonl").write_text(json.dumps(record))
    with compose(settings(tmp_path / "data", kb=tmp_path / "kb")) as parts:
        found = parts.directory.get("C-9")
        assert found is not None
        assert found.name == "Own"
        assert parts.directory.get("C-1001") is None


def test_without_customers_nobody_is_known(tmp_path: Path):
    (tmp_path / "kb").mkdir()
    with compose(settings(tmp_path / "data", kb=tmp_path / "kb")) as parts:
        assert parts.directory.get("C-1001") is None


def test_which_embedder(tmp_path: Path):
    assert isinstance(embedder(settings(tmp_path)), LearnedEmbedder)
    assert isinstance(embedder(settings(tmp_path, embeddings="openai:text-embedding-3-small")), OpenAIEmbedder)


def test_an_encoder_and_synonyms_of_ones_own(tmp_path: Path):
    path, synonyms = tmp_path / "own.npz", tmp_path / "synonyms.tsv"
    table = built_in().table
    write_table(path, Table(table.codes[:100], table.rows[:100], table.scales[:100], "mine"))
    synonyms.write_text("moolah\t현찰박치기\tmoolah\t\n")
    made = embedder(settings(tmp_path, encoder=path, synonyms=str(synonyms)))
    assert isinstance(made, LearnedEmbedder)
    assert "mine" in made.name
    assert made.encoder.lexicon.find("got moolah?") == {"moolah"}


@pytest.mark.parametrize("what", ["encoder", "synonyms"])
def test_an_encoder_or_synonyms_that_cannot_be_used_are_one_line(tmp_path: Path, what: str):
    path = tmp_path / "broken"
    path.write_text("no such thing")
    with pytest.raises(KnowledgeError, match="broken") as caught:
        embedder(settings(tmp_path, **{what: path if what == "encoder" else str(path)}))
    assert "\n" not in str(caught.value)


def test_a_local_model_is_kept_in_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made: list[tuple[str, Path]] = []

    class Local(HashedEmbedder):
        def __init__(self, model: str, *, cache: Path) -> None:
            super().__init__(32)
            made.append((model, cache))

    monkeypatch.setattr(module, "FastEmbedder", Local)
    with compose(settings(tmp_path, embeddings="fastembed:org/a:model")) as parts:
        parts.sync([SAMPLE / "kb"])
    assert made == [("org/a:model", tmp_path / "models")]


def test_a_local_model_that_cannot_be_had_is_one_line_and_leaves_nothing_locked(tmp_path: Path):
    with pytest.raises(KnowledgeError) as caught:
        compose(settings(tmp_path, embeddings=f"fastembed:{tmp_path / 'none'}"))
    assert "\n" not in str(caught.value)
    compose(settings(tmp_path)).close()


def test_another_embedder_tells_how_it_goes_on(tmp_path: Path):
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "lamp.md").write_text("# Lamp\n\nThe lamp needs a bulb.\n")
    chosen = settings(tmp_path / "data", kb=tmp_path / "kb")
    with compose(chosen) as parts:
        parts.sync([tmp_path / "kb"])
    heard: list[tuple[int, int, str]] = []
    with FakeEmbeddings() as endpoint:
        chosen = settings(
            tmp_path / "data", kb=tmp_path / "kb", embeddings="openai:m", openai_base_url=endpoint.url
        )
        compose(chosen, progress=lambda *told: heard.append(told)).close()
    assert heard == [(1, 1, "embedding with openai:m")]


def test_a_chroma_server_that_is_not_there_is_one_line(tmp_path: Path):
    with pytest.raises(KnowledgeError, match="Chroma server") as caught:
        compose(settings(tmp_path, chroma_url="http://127.0.0.1:9"))
    assert "\n" not in str(caught.value)
    compose(settings(tmp_path)).close()


def test_the_sample_is_where_it_is_looked_for():
    assert (module.SAMPLE / "customers.jsonl").samefile(SAMPLE / "customers.jsonl")


# imports


def fresh(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


HEAVY = "{'gradio', 'chromadb', 'langchain', 'langchain_core', 'langgraph', 'sqlalchemy', 'tantivy', 'kiwipiepy'}"


@pytest.mark.parametrize(
    "code",
    ["import batonpass", "import batonpass.agent", "from batonpass import Settings; Settings()"],
)
def test_importing_it_loads_nothing_heavy(code: str):
    assert fresh(f"{code}; import sys; print(sorted({HEAVY} & set(sys.modules)))") == "[]"


def test_the_agent_needs_no_gradio_and_no_openai():
    heavy = "{'gradio', 'langchain_openai'}"
    code = f"from batonpass.agent.compose import compose; import sys; print(sorted({heavy} & set(sys.modules)))"
    assert fresh(code) == "[]"


def test_every_public_name_is_there():
    code = "import batonpass, batonpass.agent as a\nfor m in (a, batonpass):\n for n in m.__all__: getattr(m, n)"
    assert fresh(code) == ""


def test_what_is_not_there_is_an_attribute_error():
    import batonpass.agent

    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        batonpass.agent.nonsense  # noqa: B018
    assert batonpass.agent.ExtractiveChatModel is ExtractiveChatModel


def test_what_agents_answer_is_proposed_as_an_alias(tmp_path: Path):
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "lamp.md").write_text("# Lamp\n\nThe lamp needs a bulb of forty watts.\n")
    with compose(settings(tmp_path / "data", kb=tmp_path / "kb")) as parts:
        parts.sync([tmp_path / "kb"])
        made = parts.store.create(lang="en").id
        parts.assistant.receive(made, "it is so dark in here, what do i do?")
        ann = parts.accounts.create("ann", "correct horse battery")
        parts.desk.claim(made, ann)
        parts.desk.reply(made, ann, "Sorry! The lamp needs a bulb of forty watts.")
        assert [(each.document_id, each.by) for each in parts.knowledge.aliases.list()] == [("lamp", "ann")]
