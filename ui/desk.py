"""The agents' takeover desk: a page shell around static/desk.js."""

from __future__ import annotations

import gradio as gr

from .theme import shell


def build_desk() -> gr.Blocks:
    """The page at /desk. It has no event listeners: the desk works over the app's own WebSocket."""
    return shell("Batonpass", "desk")
