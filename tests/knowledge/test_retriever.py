"""The knowledge base as a LangChain retriever."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import batonpass
import pytest
from batonpass.knowledge import Audience, KnowledgeRetriever, LocalKnowledgeBase
from langchain_core.documents import Document
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda, RunnablePassthrough
from langchain_core.tools import create_retriever_tool

from .contract import PARKING, REFUND, REFUND_KO, article

FRAUD = "# Refund fraud\n\nA refund that is asked for twice goes to the fraud desk."


@pytest.fixture
def base(open_base: Callable[..., LocalKnowledgeBase]) -> LocalKnowledgeBase:
    base = open_base()
    base.sync(
        [
            replace(article("refund", REFUND, title="Refunds", source="help/refund.md"), updated=date(2026, 5, 4)),
            article("parking", PARKING),
            article("refund-ko", REFUND_KO, lang="ko"),
            article("fraud", FRAUD, audience=Audience.AGENT),
        ]
    )
    return base


def ids(documents: list[Document]) -> list[str]:
    return [document.metadata["id"] for document in documents]


def test_documents_carry_where_they_come_from(base: LocalKnowledgeBase) -> None:
    retriever = KnowledgeRetriever(knowledge=base)
    assert isinstance(retriever, BaseRetriever)
    best = retriever.invoke("when does my refund reach my card")[0]
    (known,) = [document for document in base.documents() if document.id == "refund"]
    assert {key: best.metadata[key] for key in ("id", "title", "source", "lang", "updated")} == {
        "id": "refund",
        "title": "Refunds",
        "source": "help/refund.md",
        "lang": "en",
        "updated": "2026-05-04",
    }
    assert best.metadata["heading_path"] == ["Refunds"]
    assert known.text[best.metadata["start"] : best.metadata["end"]] == best.page_content
    assert 0 < best.metadata["score"] <= 1
    assert 0 < best.metadata["confidence"] <= 1
    found = base.passage(str(best.id))
    assert found is not None
    assert found.chunk.text == best.page_content
    json.dumps([document.model_dump() for document in retriever.invoke("refund garage")])


def test_customers_see_public_articles_only(base: LocalKnowledgeBase) -> None:
    assert "fraud" not in ids(KnowledgeRetriever(knowledge=base).invoke("refund fraud desk"))
    agent = KnowledgeRetriever(knowledge=base, audience=Audience.AGENT)
    assert ids(agent.invoke("refund fraud desk"))[0] == "fraud"


async def test_async_finds_the_same(base: LocalKnowledgeBase) -> None:
    retriever = KnowledgeRetriever(knowledge=base)
    assert await retriever.ainvoke("refund") == retriever.invoke("refund")
    assert [ids(found) for found in await retriever.abatch(["refund", "garage"])] == [
        ids(found) for found in retriever.batch(["refund", "garage"])
    ]


def test_limit_and_language(base: LocalKnowledgeBase) -> None:
    assert len(KnowledgeRetriever(knowledge=base, limit=1).invoke("refund garage")) == 1
    assert ids(KnowledgeRetriever(knowledge=base).invoke("카드 환불"))[0] == "refund-ko"
    assert KnowledgeRetriever(knowledge=base).invoke("") == []
    with pytest.raises(ValueError, match="limit"):
        KnowledgeRetriever(knowledge=base, limit=0)
    with pytest.raises(ValueError, match="knowledge"):
        KnowledgeRetriever(knowledge="no base")  # type: ignore[arg-type]


def test_in_a_chain(base: LocalKnowledgeBase) -> None:
    prompt = ChatPromptTemplate.from_template("{context}\n\n{question}")
    told: list[str] = []

    def model(value: Any) -> str:
        told.append(value.to_string())
        return "done"

    def join(documents: list[Document]) -> str:
        return "\n".join(document.page_content for document in documents)

    context = KnowledgeRetriever(knowledge=base) | join
    chain = {"context": context, "question": RunnablePassthrough()} | prompt | RunnableLambda(model)
    assert chain.invoke("refund card") == "done"
    assert "three business days" in told[0]


async def test_in_an_ensemble_with_another_retriever(base: LocalKnowledgeBase) -> None:
    ensemble = pytest.importorskip("langchain_classic.retrievers", reason="the extra 'bench' is not installed")

    class Fixed(BaseRetriever):
        def _get_relevant_documents(self, query: str, **kwargs: Any) -> list[Document]:
            return [Document("Elsewhere.", metadata={"id": "elsewhere"})]

    both = ensemble.EnsembleRetriever(retrievers=[KnowledgeRetriever(knowledge=base), Fixed()], weights=[0.7, 0.3])
    found = both.invoke("refund card")
    assert ids(found)[0] == "refund"
    assert "elsewhere" in ids(found)
    assert ids(await both.ainvoke("refund card")) == ids(found)
    by_article = ensemble.EnsembleRetriever(retrievers=[KnowledgeRetriever(knowledge=base)], id_key="id")
    assert len(set(ids(by_article.invoke("refund")))) == len(ids(by_article.invoke("refund")))


def test_as_a_tool(base: LocalKnowledgeBase) -> None:
    tool = create_retriever_tool(KnowledgeRetriever(knowledge=base), "help", "Help articles.")
    assert "three business days" in tool.invoke({"query": "refund card"})


def test_it_is_where_one_looks_for_it() -> None:
    assert batonpass.KnowledgeRetriever is KnowledgeRetriever
