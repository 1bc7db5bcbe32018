"""The evaluators' page: a shell around static/evals.js, and what those get who may not see it."""

from __future__ import annotations

import gradio as gr

from .i18n import LANGS
from .theme import shell

_FORBIDDEN = {
    "ko": (
        "평가",
        "관리자만 볼 수 있는 화면입니다",
        "평가 화면은 관리자 권한이 있는 계정으로만 열 수 있습니다. 권한이 필요하면 관리자에게 문의해 주세요.",
        "상담 데스크로 가기",
        "다른 계정으로 로그인",
    ),
    "en": (
        "Evaluation",
        "Only administrators may see this page",
        "Your account is not an administrator's. Ask your administrator if you need to run evaluations.",
        "Go to the desk",
        "Log in as somebody else",
    ),
}

_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="icon" type="image/svg+xml" href="/static/favicon.svg">
<link rel="stylesheet" href="/static/login.css">
</head>
<body>
<main class="card" data-testid="forbidden">
<img class="mark" src="/static/favicon.svg" alt="" width="48" height="48">
<h1>{heading}</h1>
<p class="lead">{text}</p>
</main>
<nav><a href="/desk/">{desk}</a> &middot; <a href="/login?next=/evals/">{login}</a></nav>
</body>
</html>
"""


def build_evals() -> gr.Blocks:
    """The page at /evals. It has no event listeners: everything goes over /api/evals."""
    return shell("Batonpass", "evals")


def render_forbidden(lang: str) -> str:
    """The page for an agent who is no administrator."""
    lang = lang if lang in LANGS else LANGS[0]
    title, heading, text, desk, login = _FORBIDDEN[lang]
    return _PAGE.format(lang=lang, title=title, heading=heading, text=text, desk=desk, login=login)
