"""The evaluators' page: a shell around static/evals.js."""

from __future__ import annotations

import gradio as gr

from .theme import shell


def build_evals() -> gr.Blocks:
    """The page at /evals. It has no event listeners: everything goes over /api/evals."""
    return shell("Batonpass", "evals")
