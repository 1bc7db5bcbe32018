"""The knowledge base as a LangChain retriever; imported on first use, as nothing else here needs LangChain."""

from __future__ import annotations

import asyncio

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field

from .base import KnowledgeBase
from .types import Audience, Passage, SearchResult


class KnowledgeRetriever(BaseRetriever):
    """Passages as LangChain Documents, for a chain or an EnsembleRetriever of anybody's own.

    A Document's ``id`` is the passage's, ``page_content`` its exact text. Its metadata, all plain JSON:

    - ``id``, ``title``, ``source``, ``lang``, ``updated`` (ISO date or None): the article's
    - ``heading_path``: titles from the article's down to the passage's own
    - ``start``, ``end``: where the passage stands in the article's text, in characters
    - ``score`` (0..1, comparable within one search), ``confidence`` (0..1, that the base answers the question)

    Attributes:
        knowledge: Where to search.
        audience: Whose articles may come out; ``agent`` ones are not for customers.
        limit: Passages a search.
        lang: Prefer articles of this language; None: the question's own.
    """

    knowledge: KnowledgeBase
    audience: Audience = Audience.PUBLIC
    limit: int = Field(default=6, ge=1)
    lang: str | None = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return self._documents(query)

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        return await asyncio.to_thread(self._documents, query)

    def _documents(self, query: str) -> list[Document]:
        result = self.knowledge.search(query, limit=self.limit, audience=self.audience, lang=self.lang)
        return [_document(passage, result) for passage in result.passages]


def _document(passage: Passage, result: SearchResult) -> Document:
    article, chunk = passage.document, passage.chunk
    return Document(
        id=chunk.id,
        page_content=chunk.text,
        metadata={
            "id": article.id,
            "title": article.title,
            "source": article.source,
            "heading_path": list(chunk.heading_path),
            "start": chunk.start,
            "end": chunk.end,
            "score": passage.score,
            "confidence": result.confidence,
            "lang": article.lang,
            "updated": article.updated.isoformat() if article.updated else None,
        },
    )
