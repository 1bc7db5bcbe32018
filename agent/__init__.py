"""One turn of the assistant: retrieve, draft, be judged, and only then speak.

Where things live:

- ``settings``     the only reader of the environment; ``compose`` wires all parts from it
- ``turn``         receive a message, run a turn, post its outcome; ``worker`` runs turns in a live server
- ``pipeline``     the one create_agent pipeline that both models go through
- ``middleware``   EscalationMiddleware, which also drops into anyone's own LangChain agent
- ``retrieval``    RetrievalMiddleware: passages are in the prompt before the model speaks
- ``tools``        ``search_knowledge`` as a LangChain tool
- ``extractive``   the chat model that needs no key; ``models`` chooses between it and an endpoint
- ``enrich``       question forms of articles by a model, as proposals for aliases
- ``costs``        tokens that a turn's model calls used, and what they cost
- ``drafts``       model text to Draft: markers and citations; ``replies`` the texts that code writes
- ``history``, ``prompts``, ``tokens``   what the model gets to read
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .compose import Batonpass
    from .extractive import ExtractiveChatModel
    from .middleware import EscalationMiddleware, Outcome
    from .retrieval import RetrievalMiddleware
    from .settings import Settings
    from .tools import search_knowledge_tool
    from .turn import Assistant, TurnResult
    from .worker import TurnWorker

_HOME = {
    "Assistant": "turn",
    "Batonpass": "compose",
    "EscalationMiddleware": "middleware",
    "ExtractiveChatModel": "extractive",
    "Outcome": "middleware",
    "RetrievalMiddleware": "retrieval",
    "Settings": "settings",
    "TurnResult": "turn",
    "TurnWorker": "worker",
    "search_knowledge_tool": "tools",
}

__all__ = [
    "Assistant",
    "Batonpass",
    "EscalationMiddleware",
    "ExtractiveChatModel",
    "Outcome",
    "RetrievalMiddleware",
    "Settings",
    "TurnResult",
    "TurnWorker",
    "search_knowledge_tool",
]


def __getattr__(name: str) -> Any:
    # LangChain takes a second to import: it is loaded by the first use, not by reading settings.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value
