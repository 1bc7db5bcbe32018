"""The agents' login: one plain HTML page without Gradio or scripts."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

from .i18n import LANGS, STRINGS, text

_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{login_title}</title>
<link rel="icon" type="image/svg+xml" href="/static/favicon.svg">
<link rel="stylesheet" href="/static/login.css">
</head>
<body>
<main class="card">
<img class="mark" src="/static/favicon.svg" alt="" width="48" height="48">
<h1>{login_title}</h1>
<p class="lead">{login_lead}</p>
{alert}<form method="post" action="/api/login">
<input type="hidden" name="next" value="{next_path}">
<label for="login">{login_name}</label>
<input id="login" name="login" type="text" autocomplete="username" autocapitalize="none"
 spellcheck="false" maxlength="200" required autofocus{described}>
<label for="password">{login_password}</label>
<input id="password" name="password" type="password" autocomplete="current-password"
 maxlength="1000" required{described}>
<button type="submit">{login_submit}</button>
</form>
<p class="help">{login_help}</p>
</main>
<nav><a href="/login?{other_query}" hreflang="{other}" lang="{other}">{login_other}</a></nav>
</body>
</html>
"""


def render_login(lang: str, *, error: str | None, next_path: str) -> str:
    """The login page.

    Args:
        lang: ``ko`` or ``en``; anything else means the default language.
        error: A code (``wrong``, ``blocked``, ``expired``) or a text to show as it is.
        next_path: Where the agent goes after the login; the caller has checked that it is a local path.
    """
    lang = lang if lang in LANGS else LANGS[0]
    other = next(code for code in LANGS if code != lang)
    values = {key: escape(text(lang, key)) for key in STRINGS[lang]}
    alert = ""
    if error:
        message = STRINGS[lang].get(f"login_error_{error}", error)
        alert = f'<p class="error" id="error" role="alert">{escape(message)}</p>\n'
    return _PAGE.format(
        **values,
        lang=lang,
        other=other,
        alert=alert,
        described=' aria-describedby="error"' if error else "",
        next_path=escape(next_path, quote=True),
        other_query=escape(urlencode({"lang": other, "next": next_path}), quote=True),
    )
