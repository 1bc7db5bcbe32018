"""The supervisors' page: a shell around static/supervisor.js."""

from __future__ import annotations

import gradio as gr

from .theme import shell


def build_supervisor() -> gr.Blocks:
    """The page at /supervisor. It has no event listeners: everything goes over /api/supervisor."""
    return shell("Batonpass", "supervisor")
