"""Cookies and tokens: who this browser belongs to. All are signed; agents' sessions also live in the store."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from ..escalation import Accounts, HumanAgent, StoreError
from .security import RateLimiter

CHAT_COOKIE = "batonpass_chat"
DESK_COOKIE = "batonpass_desk"
CHAT_AGE = 30 * 24 * 3600
DESK_AGE = 12 * 3600
IDENTITY_AGE = 7 * 24 * 3600


def load_secret(path: Path) -> str:
    """Read the signing key, making it at the first start (readable by the owner only).

    Raises:
        StoreError: the file cannot be read or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"cannot use the key file {path}: {error}") from None
    if len(key) < 32:
        raise StoreError(f"the key file {path} is damaged: delete it (everybody has to log in again)")
    return key


class Keys:
    """Signs and reads the cookies and the identity links.

    Args:
        secret: The signing key.
        secure: Send cookies over HTTPS only.
    """

    def __init__(self, secret: str, *, secure: bool = False) -> None:
        self._signers = {
            purpose: URLSafeTimedSerializer(secret, salt=f"batonpass.{purpose}")
            for purpose in ("chat", "desk", "identity")
        }
        self._secure = secure

    def sign(self, purpose: str, value: Any) -> str:
        """A signed token for one purpose; it is worth nothing for another."""
        return self._signers[purpose].dumps(value)

    def read(self, purpose: str, token: str | None, max_age: int) -> Any | None:
        """The value of a token, None where it is forged, for another purpose or over ``max_age`` seconds old."""
        if not token or len(token) > 2048:
            return None
        try:
            return self._signers[purpose].loads(token, max_age=max_age)
        except (BadData, ValueError):  # ValueError: characters that no token has
            return None

    def conversation(self, connection: HTTPConnection) -> str | None:
        """The conversation that the customer's cookie is the key to."""
        found = self.read("chat", connection.cookies.get(CHAT_COOKIE), CHAT_AGE)
        return found if isinstance(found, str) else None

    def agent(self, connection: HTTPConnection, accounts: Accounts) -> HumanAgent | None:
        """The agent who is logged in."""
        token = self.session_token(connection)
        return accounts.session(token) if token else None

    def session_token(self, connection: HTTPConnection) -> str | None:
        """The desk session's token from the cookie."""
        found = self.read("desk", connection.cookies.get(DESK_COOKIE), DESK_AGE)
        return found if isinstance(found, str) else None

    def set_cookie(self, response: Response, name: str, purpose: str, value: Any, age: int) -> None:
        """Set a signed cookie that scripts cannot read and other sites cannot make the browser send."""
        response.set_cookie(
            name,
            self.sign(purpose, value),
            max_age=age,
            httponly=True,
            samesite="lax",
            secure=self._secure,
            path="/",
        )


class LoginGuard:
    """Slows guessing down: by address and, apart from that, by login, so that many addresses do not help.

    A try counts before its password is looked at, and a right one is taken back: tries sent all at once
    do not slip through while the first is still being hashed.
    """

    def __init__(self) -> None:
        self._by_address = RateLimiter(rate=1 / 15, burst=10)
        self._by_login = RateLimiter(rate=1 / 30, burst=5)

    def blocked(self, address: str, login: str) -> bool:
        """Whether this try is refused before the password is looked at."""
        return self._by_address.empty(address) or self._by_login.empty(login)

    def failed(self, address: str, login: str) -> None:
        """Count a try."""
        self._by_address.allow(address)
        self._by_login.allow(login)

    def succeeded(self, address: str, login: str) -> None:
        """Take a counted try back: the password was right."""
        self._by_address.refund(address)
        self._by_login.refund(login)
