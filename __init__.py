"""Batonpass: answers from a knowledge base, and a person in time.

The names below are loaded on first use, so that ``import batonpass`` costs next to nothing: neither
gradio nor chromadb is imported until something needs it.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "Document": "knowledge",
    "Passage": "knowledge",
    "Citation": "knowledge",
    "KnowledgeBase": "knowledge",
    "LocalKnowledgeBase": "knowledge",
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
    "Settings": "agent",
    "compose": "agent.compose",
}

__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'batonpass' has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
