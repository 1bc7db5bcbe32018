"""What a user would otherwise build: LangChain's EnsembleRetriever and a plain chain over it.

Everything as the tutorials have it: BM25Retriever (rank_bm25, words between spaces) and Chroma with equal weights,
``prompt | model | parser``. It gets the same chunks and the same embeddings as the knowledge base, and a model
that costs nothing (the first passage is the answer), so that the time is the chain's. Needs the extra ``bench``.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..knowledge import Chunk, Document
from ..knowledge.encoder import LearnedEmbedder
from ..knowledge.indices import indexed_text

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable

K = 10
"""Passages that each of the two retrievers gives (their default is 4; recall@5 asks for more)."""

_AT_ONCE = 2000  # texts

NEEDED = ("langchain_classic", "langchain_community", "langchain_chroma", "rank_bm25", "httpx")

HOW_TO_GET = (
    "for the comparison with LangChain's EnsembleRetriever and gr.ChatInterface: pip install 'batonpass[bench]'"
)

_PROMPT = "Answer the question from the context only.\n\nContext:\n{context}\n\nQuestion: {question}"


def available() -> bool:
    """Whether the extra ``bench`` is installed."""
    return all(find_spec(name) is not None for name in NEEDED)


def retriever(pairs: Sequence[tuple[Chunk, Document]], folder: Path) -> BaseRetriever:
    """EnsembleRetriever over BM25Retriever and Chroma.

    Args:
        pairs: The chunks, each with its article.
        folder: Where Chroma keeps its vectors.
    """
    from langchain_core.documents import Document as Text

    texts = [
        Text(page_content=indexed_text(piece), metadata={"document": document.id}) for piece, document in pairs
    ]
    dense = _dense(folder)
    # As Chroma.from_documents does it, but in parts that Chroma takes at a time.
    for start in range(0, len(texts), _AT_ONCE):
        dense.add_documents(texts[start : start + _AT_ONCE])
    return _ensemble(texts, dense)


def reopened(folder: Path) -> BaseRetriever:
    """The retriever after a restart: Chroma's vectors are on disk, BM25Retriever is made anew from its texts.

    Args:
        folder: Where ``retriever`` has kept the vectors.
    """
    dense = _dense(folder)
    return _ensemble(_texts(dense), dense)


def remove(search: Any, document_id: str) -> None:
    """Take an article out: deleted from Chroma, and BM25Retriever, which cannot delete, made anew.

    Args:
        search: What ``retriever`` or ``reopened`` gave.
        document_id: The article.
    """
    from langchain_community.retrievers import BM25Retriever

    dense = search.retrievers[1].vectorstore
    dense.delete(where={"document": document_id})
    search.retrievers[0] = BM25Retriever.from_documents(_texts(dense), k=K)


def _dense(folder: Path) -> Any:
    from chromadb.config import Settings
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings

    class Learned(Embeddings):
        """The knowledge base's own embeddings."""

        def __init__(self) -> None:
            self._embedder = LearnedEmbedder()

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return self._embedder.embed_documents(texts).tolist()

        def embed_query(self, text: str) -> list[float]:
            return self._embedder.embed_query(text).tolist()

    return Chroma(
        embedding_function=Learned(),
        persist_directory=str(folder),
        client_settings=Settings(anonymized_telemetry=False, is_persistent=True, persist_directory=str(folder)),
    )


def _texts(dense: Any) -> list[Any]:
    from langchain_core.documents import Document as Text

    held = dense.get(include=["documents", "metadatas"])
    both = zip(held["documents"], held["metadatas"], strict=True)
    return [Text(page_content=text, metadata=metadata) for text, metadata in both]


def _ensemble(texts: list[Any], dense: Any) -> BaseRetriever:
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever

    lexical = BM25Retriever.from_documents(texts, k=K)
    near = dense.as_retriever(search_kwargs={"k": K})
    return EnsembleRetriever(retrievers=[lexical, near], weights=[0.5, 0.5])


def ranking(found: Sequence[Any]) -> list[str]:
    """Ids of the articles of found texts, best first, each once."""
    return list(dict.fromkeys(text.metadata["document"] for text in found))


def chain(search: BaseRetriever, model_seconds: float = 0.0) -> Runnable[str, str]:
    """Question to answer: retriever, prompt, a model that repeats the first passage, parser.

    Args:
        model_seconds: How long the model takes.
    """
    from langchain_core.language_models import SimpleChatModel
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.runnables import RunnablePassthrough

    class FirstPassage(SimpleChatModel):
        """Answers with the first passage of its prompt."""

        @property
        def _llm_type(self) -> str:
            return "first-passage"

        def _call(self, messages: list[Any], stop: Any = None, run_manager: Any = None, **kwargs: Any) -> str:
            time.sleep(model_seconds)
            return str(messages[-1].content).split("Context:\n", 1)[1].split("\n\n", 1)[0]

    def joined(found: list[Any]) -> str:
        return "\n\n".join(text.page_content for text in found)

    asked = {"context": search | joined, "question": RunnablePassthrough()}
    return asked | ChatPromptTemplate.from_template(_PROMPT) | FirstPassage() | StrOutputParser()
