"""The few strings that the server itself writes: page titles and the login page. The rest is in static/."""

from __future__ import annotations

from collections.abc import Iterable

LANGS = ("ko", "en")
"""The languages of the interface; the first one is the default."""

STRINGS: dict[str, dict[str, str]] = {
    "ko": {
        "chat_title": "고객 상담",
        "desk_title": "상담 데스크",
        "login_title": "상담 데스크 로그인",
        "login_lead": "상담원 계정으로 로그인해 주세요.",
        "login_name": "아이디",
        "login_password": "비밀번호",
        "login_submit": "로그인",
        "login_other": "English",
        "login_help": "계정이 없거나 비밀번호를 잊었다면 관리자에게 문의해 주세요.",
        "login_error_wrong": "아이디나 비밀번호가 맞지 않습니다.",
        "login_error_blocked": "로그인을 너무 여러 번 시도했습니다. 잠시 뒤에 다시 시도해 주세요.",
        "login_error_expired": "로그인이 만료되었습니다. 다시 로그인해 주세요.",
    },
    "en": {
        "chat_title": "Customer chat",
        "desk_title": "Takeover desk",
        "login_title": "Log in to the desk",
        "login_lead": "Use your agent account.",
        "login_name": "Login",
        "login_password": "Password",
        "login_submit": "Log in",
        "login_other": "한국어",
        "login_help": "No account, or forgot the password? Ask your administrator.",
        "login_error_wrong": "Login or password is not right.",
        "login_error_blocked": "Too many attempts. Please wait a moment and try again.",
        "login_error_expired": "Your session has ended. Please log in again.",
    },
}


def text(lang: str, key: str) -> str:
    """The string in that language (the default language where it is unknown).

    Raises:
        KeyError: no such string.
    """
    return STRINGS.get(lang, STRINGS[LANGS[0]])[key]


def pick_lang(accept: str | None, *, supported: Iterable[str] = LANGS) -> str:
    """The best language for an Accept-Language header; English where none of them is spoken.

    A missing header means the default language.
    """
    known = tuple(supported)
    if not accept:
        return known[0]
    wishes: list[tuple[float, str]] = []
    for part in accept.split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            quality = 0.0
        wishes.append((quality, tag.split("-")[0].lower()))
    for quality, tag in sorted(wishes, key=lambda wish: -wish[0]):
        if quality > 0 and tag in known:
            return tag
    return "en" if "en" in known else known[0]
