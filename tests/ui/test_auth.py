"""The signing key, the tokens and the guard against guessing."""

from __future__ import annotations

import string

import pytest
from batonpass.escalation import Accounts, SQLStore, StoreError
from batonpass.ui.auth import CHAT_COOKIE, DESK_COOKIE, Keys, LoginGuard, load_secret
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection
from starlette.responses import Response

KEYS = Keys("k" * 48)


def with_cookie(name: str, value: str) -> HTTPConnection:
    return HTTPConnection({"type": "http", "headers": [(b"cookie", f"{name}={value}".encode())]})


def test_the_key_is_made_once_and_kept(tmp_path):
    path = tmp_path / "deep" / "secret.key"
    first = load_secret(path)
    assert len(first) >= 48
    assert load_secret(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_secret(tmp_path / "other.key") != first


@pytest.mark.parametrize("content", [b"", b"short", b"\n" * 100, b"\xff\xfe" * 40])
def test_a_damaged_key_is_named(tmp_path, content):
    # Signed with an empty key, anybody could make cookies.
    path = tmp_path / "secret.key"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"secret\.key"):
        load_secret(path)
    assert path.read_bytes() == content, "not overwritten: the operator decides"


def test_a_key_that_cannot_be_read_or_made_is_named(tmp_path):
    (tmp_path / "secret.key").mkdir()
    with pytest.raises(StoreError, match="key file"):
        load_secret(tmp_path / "secret.key")
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="key file"):
        load_secret(tmp_path / "file" / "secret.key")


@pytest.mark.parametrize("purpose", ["chat", "desk", "identity"])
def test_a_token_is_read_for_its_purpose_only(purpose):
    token = KEYS.sign(purpose, "value")
    assert KEYS.read(purpose, token, 60) == "value"
    for other in {"chat", "desk", "identity"} - {purpose}:
        assert KEYS.read(other, token, 60) is None
    assert Keys("x" * 48).read(purpose, token, 60) is None
    assert KEYS.read(purpose, token, -1) is None, "too old"


@given(st.text(alphabet=string.printable, max_size=80))
def test_made_up_tokens_are_nothing(text):
    assert KEYS.read("chat", text, 60) is None


@given(st.data())
def test_altered_tokens_are_nothing(data):
    token = KEYS.sign("chat", "conversation")
    position = data.draw(st.integers(0, len(token) - 2))  # the last character carries unused bits
    other = data.draw(
        st.sampled_from(string.ascii_letters + string.digits + "-_.").filter(lambda c: c != token[position])
    )
    assert KEYS.read("chat", token[:position] + other + token[position + 1 :], 60) is None


@pytest.mark.parametrize(
    "token", [None, "", "a" * 3000, "\ud800", "한글", "\x00", "a.b.c", "....", "ImEi.\u00e9.x"]
)
def test_strange_tokens_are_nothing(token):
    assert KEYS.read("chat", token, 60) is None


@pytest.mark.parametrize("value", [None, 1, ["a"], {"a": 1}, True])
def test_a_signed_value_that_is_no_id_is_nobody(value):
    assert KEYS.conversation(with_cookie(CHAT_COOKIE, KEYS.sign("chat", value))) is None
    assert KEYS.session_token(with_cookie(DESK_COOKIE, KEYS.sign("desk", value))) is None


def test_cookies_lead_to_conversation_and_agent():
    accounts = Accounts(SQLStore().engine)
    agent = accounts.create("ann", "long enough")
    token = accounts.start_session(agent)
    assert KEYS.conversation(with_cookie(CHAT_COOKIE, KEYS.sign("chat", "c1"))) == "c1"
    logged_in = with_cookie(DESK_COOKIE, KEYS.sign("desk", token))
    assert KEYS.agent(logged_in, accounts) == agent
    accounts.end_session(token)
    assert KEYS.agent(logged_in, accounts) is None
    assert KEYS.agent(with_cookie(CHAT_COOKIE, KEYS.sign("desk", token)), accounts) is None
    assert KEYS.agent(with_cookie(DESK_COOKIE, token), accounts) is None, "the bare token is no cookie"


@pytest.mark.parametrize("secure", [False, True])
def test_cookie_flags(secure):
    response = Response()
    Keys("k" * 48, secure=secure).set_cookie(response, "name", "chat", "value", 60)
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "max-age=60" in cookie
    assert ("secure" in cookie) is secure


def guess(guard: LoginGuard, address: str, login: str) -> bool:
    """A wrong try; whether it was looked at."""
    if guard.blocked(address, login):
        return False
    guard.failed(address, login)
    return True


def test_guesses_are_counted_by_login_whatever_the_address():
    guard = LoginGuard()
    assert [guess(guard, f"10.0.0.{n}", "ann") for n in range(7)] == [True] * 5 + [False] * 2
    assert not guard.blocked("10.0.0.9", "bob")


def test_guesses_are_counted_by_address_whatever_the_login():
    guard = LoginGuard()
    assert [guess(guard, "10.0.0.1", f"agent{n}") for n in range(12)] == [True] * 10 + [False] * 2
    assert not guard.blocked("10.0.0.2", "agent0")


def test_a_right_password_is_not_counted():
    guard = LoginGuard()
    for _ in range(50):
        assert guess(guard, "10.0.0.1", "ann")
        guard.succeeded("10.0.0.1", "ann")
    for _ in range(4):
        assert guess(guard, "10.0.0.1", "ann")
    guard.succeeded("10.0.0.1", "ann")
    assert [guess(guard, "10.0.0.1", "ann") for _ in range(4)] == [True, True, False, False], (
        "one is taken back, not all"
    )
