"""Sessions, login and passages over HTTP; what an attacker tries is in test_attacks."""

from __future__ import annotations

import pytest
from batonpass.ui.auth import CHAT_COOKIE, DESK_COOKIE

PASSWORD = "correct horse battery"


def test_home_and_health(server):
    client = server.client()
    assert client.get("/").headers["location"] == "/chat/"
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/chat", "/desk"])
def test_a_missing_slash_keeps_the_query(server, path):
    # An identity link without the slash would lose its identity.
    answer = server.client().get(f"{path}?identity=abc&x=1")
    assert answer.status_code == 307
    assert answer.headers["location"] == f"{path}/?identity=abc&x=1"


@pytest.mark.parametrize(("given", "lang"), [("ko", "ko"), ("en", "en"), ("fr", "ko"), (None, "ko"), ("", "ko")])
def test_the_language_of_a_session(server, given, lang):
    client = server.client()
    assert client.post("/api/chat/session", json={"lang": given}).json()["lang"] == lang
    assert server.parts.store.get(server.conversation(client)).lang == lang


def test_a_conversation_that_is_gone_is_made_anew(server):
    client = server.client()
    client.cookies.set(CHAT_COOKIE, server.keys.sign("chat", "deleted-long-ago"))
    assert client.post("/api/chat/session", json={}).status_code == 200
    made = server.keys.read("chat", client.cookies.get(CHAT_COOKIE, domain="127.0.0.1"), 60)
    assert server.parts.store.get(made).version == 0


def test_a_customer_without_a_link_stays_who_they_are(server):
    client = server.visit(identity=server.keys.sign("identity", "C-2"))
    first = server.conversation(client)
    assert client.post("/api/chat/session", json={}).json()["customer"] == {"name": "Joon Park"}
    assert server.conversation(client) == first
    same = client.post("/api/chat/session", json={"identity": server.keys.sign("identity", "C-2")})
    assert same.status_code == 200
    assert server.conversation(client) == first, "their own link again is no new conversation"


@pytest.mark.parametrize(
    "body", [b"", b"garbage", b"[]", b'"x"', b'{"new": "perhaps"}', b'{"identity": 5}', b"[" * 5000]
)
def test_a_body_that_cannot_be_read(server, body):
    answer = server.client().post("/api/chat/session", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert "set-cookie" not in answer.headers


def test_login_and_logout(server):
    server.agent("inout")
    client = server.client()
    answer = client.post("/api/login", data={"login": " InOut ", "password": PASSWORD, "next": "/desk/"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/")
    assert client.get("/desk/").status_code == 200
    out = client.post("/api/logout")
    assert (out.status_code, out.headers["location"]) == (303, "/login")
    assert DESK_COOKIE not in client.cookies
    assert client.get("/desk/").status_code == 303
    assert client.post("/api/logout").status_code == 303, "twice does no harm"


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "Login or password is not right."), ("ko", "아이디나 비밀번호가 맞지 않습니다.")]
)
def test_a_wrong_login_says_so_in_words(server, lang, words):
    client = server.client(**{"accept-language": lang})
    login = f"nobody-{lang}"
    answer = client.post("/api/login", data={"login": login, "password": "wrong", "next": "/desk/?c=1"})
    assert answer.status_code == 401
    assert words in answer.text
    assert 'value="/desk/?c=1"' in answer.text
    for _ in range(12):
        answer = client.post("/api/login", data={"login": login, "password": "wrong"})
    assert answer.status_code == 429
    assert {"en": "Too many attempts", "ko": "너무 여러 번"}[lang] in answer.text


@pytest.mark.parametrize(
    ("header", "query", "lang"),
    [
        ("en-GB,en;q=0.9", "", "en"),
        ("ko-KR", "", "ko"),
        ("fr;q=0.9,ko;q=0.8,en;q=0.1", "", "ko"),
        ("ko", "?lang=en", "en"),
        ("en", "?lang=ko", "ko"),
        ("en", "?lang=xx", "en"),
    ],
)
def test_the_language_of_the_login_page(server, header, query, lang):
    page = server.client(**{"accept-language": header}).get(f"/login{query}")
    assert f'<html lang="{lang}">' in page.text


def test_the_page_of_a_failed_login_can_be_reloaded_and_translated(server):
    # Its address is /api/login, where the link to the other language and a reload lead by GET.
    answer = server.client().get("/api/login?lang=en&next=/desk/")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?lang=en&next=/desk/"


@pytest.mark.parametrize(
    ("error", "shown"),
    [("wrong", True), ("blocked", True), ("expired", True), ("<b>Call 555-0199</b>", False), ("x", False)],
)
def test_the_login_page_shows_only_its_own_errors(server, error, shown):
    page = server.client().get("/login", params={"error": error}).text
    assert ('role="alert"' in page) is shown
    assert "555-0199" not in page


def test_a_passage_without_a_session(server):
    assert server.client().get("/api/chat/passages/x").status_code == 401
    assert server.client().get("/api/desk/passages/x").status_code == 401
    assert server.agent().get("/api/desk/passages/x").status_code == 404


def test_reading_passages_is_limited(server):
    client = server.visit()
    codes = {client.get("/api/chat/passages/x").status_code for _ in range(400)}
    assert codes == {404, 429}


def test_static_files(server):
    client = server.client()
    script = client.get("/static/chat.js")
    assert script.status_code == 200
    assert "javascript" in script.headers["content-type"]
    assert client.get("/static/chat.js", headers={"if-none-match": script.headers["etag"]}).status_code == 304
    assert client.get("/static/").status_code == 404
