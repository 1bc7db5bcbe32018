"""Documents in, passages out.

A newcomer's way through: ``types`` has the words, ``base`` the protocol that everything to the right relies on.
``loaders`` (with ``frontmatter`` and ``markdown``) read a folder into documents; ``chunking`` cuts them;
``language``, ``korean``, ``analysis`` and ``sentences`` understand their text. ``lexical`` (tantivy) and
``vectors`` (Chroma, filled by ``embedders``, or a local model of ``fastembedder``) are the two ``indices``; the
``ledger`` says what is in them, ``sync`` what has to change, ``snapshot`` what a search may see. ``questions`` are
other ways to ask for an article, ``aliases`` those that people approve, ``asked`` puts the very question first;
``watching`` and ``following`` keep a base in step with its folders. ``search`` asks
both, ``fusion`` mixes, ``confidence`` judges (``calibration`` taught it). ``local`` puts all that into
``LocalKnowledgeBase``, ``retriever`` hands it to LangChain chains, and ``extract`` picks the sentences of an
answer (``from batonpass.knowledge.extract import extract``).
Names are loaded on first use; importing this package loads no index and no model.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .base import KnowledgeBase, KnowledgeError, Progress
    from .embedders import Embedder, EmbeddingError, HashedEmbedder, OpenAIEmbedder
    from .extract import Extract, PassageLike
    from .fastembedder import FastEmbedder
    from .language import detect_language
    from .loaders import load_folders, make_document
    from .local import LocalKnowledgeBase
    from .retriever import KnowledgeRetriever
    from .types import (
        Audience,
        Chunk,
        Citation,
        Document,
        DocumentStatus,
        LoadFailure,
        Passage,
        SearchResult,
        SyncReport,
    )

_HOME = {
    "Audience": "types",
    "Chunk": "types",
    "Citation": "types",
    "Document": "types",
    "DocumentStatus": "types",
    "Embedder": "embedders",
    "EmbeddingError": "embedders",
    "Extract": "extract",
    "FastEmbedder": "fastembedder",
    "HashedEmbedder": "embedders",
    "KnowledgeBase": "base",
    "KnowledgeError": "base",
    "KnowledgeRetriever": "retriever",
    "LoadFailure": "types",
    "LocalKnowledgeBase": "local",
    "OpenAIEmbedder": "embedders",
    "Passage": "types",
    "PassageLike": "extract",
    "Progress": "base",
    "SearchResult": "types",
    "SyncReport": "types",
    "detect_language": "language",
    "load_folders": "loaders",
    "make_document": "loaders",
}

__all__ = [
    "Audience",
    "Chunk",
    "Citation",
    "Document",
    "DocumentStatus",
    "Embedder",
    "EmbeddingError",
    "Extract",
    "FastEmbedder",
    "HashedEmbedder",
    "KnowledgeBase",
    "KnowledgeError",
    "KnowledgeRetriever",
    "LoadFailure",
    "LocalKnowledgeBase",
    "OpenAIEmbedder",
    "Passage",
    "PassageLike",
    "Progress",
    "SearchResult",
    "SyncReport",
    "detect_language",
    "load_folders",
    "make_document",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
