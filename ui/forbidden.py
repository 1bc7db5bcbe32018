"""The page for an agent whose role a page is not for: plain HTML without Gradio or scripts."""

from __future__ import annotations

from .i18n import LANGS

_TEXTS = {
    "evals": {
        "ko": (
            "평가",
            "관리자만 볼 수 있는 화면입니다",
            "평가 화면은 관리자 권한이 있는 계정으로만 열 수 있습니다. 권한이 필요하면 관리자에게 문의해 주세요.",
        ),
        "en": (
            "Evaluation",
            "Only administrators may see this page",
            "Your account is not an administrator's. Ask your administrator if you need to run evaluations.",
        ),
    },
    "supervisor": {
        "ko": (
            "슈퍼바이저",
            "슈퍼바이저만 볼 수 있는 화면입니다",
            "배운 질문은 슈퍼바이저나 관리자만 검토할 수 있습니다. 권한이 필요하면 관리자에게 문의해 주세요.",
        ),
        "en": (
            "Supervisor",
            "Only supervisors may see this page",
            "Supervisors and administrators review learned questions. Ask your administrator if you should, too.",
        ),
    },
}
_LINKS = {
    "ko": ("상담 데스크로 가기", "다른 계정으로 로그인"),
    "en": ("Go to the desk", "Log in as somebody else"),
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
<nav><a href="/desk/">{desk}</a> &middot; <a href="/login?next=/{page}/">{login}</a></nav>
</body>
</html>
"""


def render_forbidden(lang: str, page: str) -> str:
    """The page that says for whom it is.

    Args:
        lang: ``ko`` or ``en``; anything else means the default language.
        page: ``evals`` or ``supervisor``.
    """
    lang = lang if lang in LANGS else LANGS[0]
    title, heading, text = _TEXTS[page][lang]
    desk, login = _LINKS[lang]
    return _PAGE.format(lang=lang, page=page, title=title, heading=heading, text=text, desk=desk, login=login)
