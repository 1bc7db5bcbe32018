"""The chat model: embedded by default, an OpenAI-compatible endpoint when one is named."""

from __future__ import annotations

from langchain_core.language_models import BaseChatModel

from .extractive import ExtractiveChatModel
from .settings import Settings


def chat_model(settings: Settings) -> BaseChatModel:
    """The model that the settings name.

    Args:
        settings: ``model`` empty: ExtractiveChatModel; else ChatOpenAI against the endpoint.
    """
    if not settings.model:
        return ExtractiveChatModel()
    from langchain_openai import ChatOpenAI  # half a second that the embedded default need not pay

    return ChatOpenAI(
        model=settings.model,
        # A local endpoint wants no key, but the client insists on one.
        api_key=settings.openai_api_key if settings.openai_api_key.get_secret_value() else (lambda: "none"),
        base_url=settings.openai_base_url or None,
        temperature=0,
        timeout=settings.model_timeout,
        max_retries=1,
    )
