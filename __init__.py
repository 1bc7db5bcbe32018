"""Batonpass: answers from a knowledge base, and a person in time.

The names below are loaded on first use, so that ``import batonpass`` costs next to nothing: neither
gradio nor chromadb is imported until something needs it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .agent import EscalationMiddleware, ExtractiveChatModel, Settings, search_knowledge_tool
    from .agent.compose import compose
    from .escalation import (
        Author,
        Conversation,
        Decision,
        Desk,
        Draft,
        Guard,
        Handoff,
        Message,
        Reason,
        RuleGuard,
        Status,
        Verdict,
    )
    from .knowledge import Citation, Document, KnowledgeBase, KnowledgeRetriever, LocalKnowledgeBase, Passage

__version__ = "0.1.0"

_HOME = {
    "Document": "knowledge",
    "Passage": "knowledge",
    "Citation": "knowledge",
    "KnowledgeBase": "knowledge",
    "LocalKnowledgeBase": "knowledge",
    "KnowledgeRetriever": "knowledge",
    "Conversation": "escalation",
    "Status": "escalation",
    "Author": "escalation",
    "Message": "escalation",
    "Decision": "escalation",
    "Reason": "escalation",
    "Draft": "escalation",
    "Verdict": "escalation",
    "Guard": "escalation",
    "RuleGuard": "escalation",
    "Handoff": "escalation",
    "Desk": "escalation",
    "EscalationMiddleware": "agent",
    "ExtractiveChatModel": "agent",
    "search_knowledge_tool": "agent",
    "Settings": "agent",
    "compose": "agent.compose",
}

# Written out, for checkers that do not run code; a test holds it to the table above.
__all__ = [  # noqa: RUF022
    "__version__",
    "Document",
    "Passage",
    "Citation",
    "KnowledgeBase",
    "LocalKnowledgeBase",
    "KnowledgeRetriever",
    "Conversation",
    "Status",
    "Author",
    "Message",
    "Decision",
    "Reason",
    "Draft",
    "Verdict",
    "Guard",
    "RuleGuard",
    "Handoff",
    "Desk",
    "EscalationMiddleware",
    "ExtractiveChatModel",
    "search_knowledge_tool",
    "Settings",
    "compose",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'batonpass' has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
