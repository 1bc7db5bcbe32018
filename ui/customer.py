"""The customer's chat: a page shell around static/chat.js."""

from __future__ import annotations

import gradio as gr

from .theme import shell


def build_chat() -> gr.Blocks:
    """The page at /chat. It has no event listeners: live chat goes over the app's own WebSocket."""
    return shell("Batonpass", "chat")
