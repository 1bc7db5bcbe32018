"""Attacks, each really tried against the running server; the tests say what would happen without the defence."""

from __future__ import annotations

import json
import logging
import threading
import uuid
from contextlib import suppress
from typing import Any

import gradio as gr
import pytest
from batonpass.escalation import Role
from batonpass.ui import app as ui_app
from batonpass.ui import security
from batonpass.ui.auth import CHAT_COOKIE, DESK_COOKIE
from fastapi import FastAPI
from gradio.routes import App as GradioApp
from itsdangerous import URLSafeTimedSerializer
from starlette.routing import Mount
from websockets.exceptions import ConnectionClosed

PASSWORD = "correct horse battery"
REFUSED = {400, 401, 403, 404, 405}
EVIL = "https://evil.example"


def forged(path: Any) -> dict[str, Any]:
    """A FileData that nobody uploaded."""
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}, "orig_name": "x.txt"}


def echo_file_app(mount: Any) -> FastAPI:
    """A page with an event that takes a file: the kind that a later page of ours might have."""
    with gr.Blocks(analytics_enabled=False) as page:
        gr.File().upload(lambda file: file, gr.File(), gr.File(), api_name="leak")
        given, back = gr.File(), gr.File()
        gr.Button().click(lambda file: file, given, back, api_name="echo")
    app = FastAPI()
    mount(app, page, "/chat")
    return app


def steal(served: Any, secret: Any) -> str:
    """Everything that an anonymous forged FileData brings back through queue/join and the file= route."""
    client = served.client()
    seen = ""
    for index in (0, 1):
        body = {"data": [forged(secret)], "fn_index": index, "session_hash": f"s{index}"}
        joined = client.post("/chat/gradio_api/queue/join", json=body)
        seen += joined.text
        if joined.status_code != 200:
            continue
        with client.stream("GET", f"/chat/gradio_api/queue/data?session_hash=s{index}") as stream:
            for line in stream.iter_lines():
                if not line.startswith("data:"):
                    continue
                event = json.loads(line[5:])
                if event["msg"] == "process_completed":
                    seen += json.dumps(event)
                    for output in event["output"].get("data") or ():
                        if output and output.get("path"):
                            seen += client.get(f"/chat/gradio_api/file={output['path']}").text
                    break
                if event["msg"] == "close_stream":
                    break
    return seen


@pytest.fixture
def secret(tmp_path):
    """A file that nobody may read over the web."""
    path = tmp_path / "private.txt"
    path.write_text("TOP-SECRET-4711")
    return path


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the Shield's lock on Gradio's routes away."""
    monkeypatch.setattr(security, "_closed", lambda path, method: False)


# --- Gradio's own routes ------------------------------------------------------------------------------------


def test_without_has_launched_anybody_reads_any_file(serve_asgi, secret):
    # The attack itself works: this is Gradio mounted as its documentation says.
    app = echo_file_app(lambda app, page, path: gr.mount_gradio_app(app, page, path=path))
    assert "TOP-SECRET-4711" in steal(serve_asgi(app), secret)


def test_mounted_by_us_a_forged_file_is_refused(serve_asgi, secret):
    # The same page, mounted by our own function: has_launched alone holds.
    served = serve_asgi(echo_file_app(ui_app._mount))
    seen = steal(served, secret)
    assert "process_completed" in seen, "the event did not run: the attack was not tried"
    assert "TOP-SECRET-4711" not in seen


def test_every_page_counts_as_launched(server):
    mounted = [getattr(route, "app", None) for route in server.app.routes if isinstance(route, Mount)]
    pages = [app.get_blocks() for app in mounted if isinstance(app, GradioApp)]
    assert len(pages) == len(security.GRADIO_MOUNTS)
    assert all(page.has_launched for page in pages)


@pytest.mark.parametrize("who", ["anonymous", "customer", "agent"])
@pytest.mark.parametrize("mount", security.GRADIO_MOUNTS)
@pytest.mark.parametrize("lock", ["locked", "unlocked"])
def test_no_gradio_call_reads_a_file(server, request, secret, who, mount, lock):
    # Without has_launched and without the lock: the content of any file of the server's user.
    if lock == "unlocked":
        request.getfixturevalue("unlocked")
    client = {"anonymous": server.client, "customer": server.visit, "agent": server.agent}[who]()
    client.headers["connection"] = "close"  # Gradio crashes on some of these, and the connection with it
    for target in (secret, server.settings.data / "secret.key"):
        content = target.read_text()
        for name in ("predict", "echo", "0"):
            for route in (f"call/{name}", f"call/v2/{name}", f"run/{name}", f"api/{name}", "queue/join", "upload"):
                body = {"data": [forged(target)], "fn_index": 0, "session_hash": "abc", "trigger_id": 1}
                answer = client.post(f"{mount}/gradio_api/{route}", json=body)
                assert content not in answer.text
                if lock == "locked":
                    assert answer.status_code == 404
                else:
                    assert answer.status_code >= 400
        component = {"data": [forged(target)], "component_id": 1, "fn_name": "x", "session_hash": "abc"}
        answer = client.post(f"{mount}/gradio_api/component_server", json=component)
        assert answer.status_code >= 400
        assert content not in answer.text


PATH_TRICKS = [
    "{mount}/gradio_api/file={path}",
    "{mount}/gradio_api/file/{path}",
    "{mount}/file={path}",
    "{mount}/gradio_api/file={encoded}",
    "{mount}/gradio_api/file%3D{encoded}",
    "{mount}/gradio_api/file=/..{path}",
    "{mount}/gradio_api/file=..%2f..%2f..%2f..%2f..%2f..{path}",
    "{mount}/gradio_api//file={path}",
    "{mount}//gradio_api/file={path}",
    "{mount}/./gradio_api/file={path}",
    "{mount}/%2e/gradio_api/file={path}",
    "{mount}/x/../gradio_api/file={path}",
    "{mount}/GRADIO_API/FILE={path}",
    "{mount}/gradio_api/FILE={path}",
    "{mount}/gradio_api/file={path}?x=1",
    "{mount}/gradio_api/file={path}%00.png",
    "{mount}/gradio_api/file={path};.png",
    "{mount}/gradio_api/file=file://{path}",
    "{mount}/gradio_api/proxy=file://{path}",
    "{mount}/gradio_api/proxy=http://127.0.0.1:1{path}",
    "{mount}/gradio_api/stream/x/y/z/playlist-file?path={path}",
    "{mount}/assets/{path}",
    "{mount}/assets/..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2f..{path}",
    "{mount}/assets/../gradio_api/file={path}",
    "{mount}/static/..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2f..{path}",
    "{mount}/svelte/..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2f..{path}",
    "{mount}/static//{path}",
    "{mount}/gradio_api/custom_component/x/client/component/..%2f..{path}",
    "{mount}/?deep_link=..%2f..%2f..{path}",
    "/static/..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2f..{path}",
    "/static//{path}",
    "/static/../../../../../../../../..{path}",
    "/static/%2e%2e/auth.py",
    "/static/..%5c..%5c{path}",
]


@pytest.mark.parametrize("lock", ["locked", "unlocked"])
@pytest.mark.parametrize("trick", PATH_TRICKS)
def test_no_path_reads_a_file(server, request, secret, trick, lock):
    # Without the checks of Gradio and Starlette behind has_launched: the file's content.
    if lock == "unlocked":
        request.getfixturevalue("unlocked")
    session = f"{DESK_COOKIE}={server.agent('path-agent').cookies[DESK_COOKIE]}"
    for target in (secret, server.settings.data / "secret.key"):
        for mount in security.GRADIO_MOUNTS:
            path = trick.format(mount=mount, path=target, encoded=str(target).replace("/", "%2f"))
            for method in ("GET", "HEAD"):
                status, text = server.request(method, path, cookie=session)
                assert target.read_text() not in text
                assert status in REFUSED | {422} or ("deep_link" in path and status in (200, 500))
    assert "TOP-SECRET" not in server.request("GET", "/static/%2e%2e/auth.py")[1]


LOCK_TRICKS = [
    "/chat//gradio_api/queue/join",
    "/chat/./gradio_api/queue/join",
    "/chat/%2e/gradio_api/queue/join",
    "/chat/gradio_api/./queue/join",
    "/chat/gradio_api/../gradio_api/queue/join",
    "/chat/%67radio_api/queue/join",
    "/chat/gradio_api%2fqueue%2fjoin",
    "/chat/gradio_api/gradio_api/queue/join",
    "/chat/gradio_api/queue/join/",
    "/chat/gradio_api/queue/join?x=/assets/",
    "/chat/assets/../gradio_api/queue/join",
    "/chat/assets/%2e%2e/gradio_api/queue/join",
    "/chat/theme.css/../gradio_api/queue/join",
    "//chat/gradio_api/queue/join",
    "/./chat/gradio_api/queue/join",
    "/%63hat/gradio_api/queue/join",
    "/chat%2fgradio_api/queue/join",
    "/desk/./gradio_api/queue/join",
    "/desk//gradio_api/queue/join",
    "/static/../chat/gradio_api/queue/join",
    "http://127.0.0.1/chat/gradio_api/queue/join",
]


@pytest.mark.parametrize("path", LOCK_TRICKS)
def test_the_lock_has_no_back_door(server, path):
    # A path that the lock reads differently from the router would reach the queue: 200, or 422 for a bad body.
    body = json.dumps({"data": [], "fn_index": 0, "session_hash": "abc"}).encode()
    for method in ("POST", "GET"):
        status, text = server.request(method, path, body)
        assert status in REFUSED, text
        assert "event_id" not in text


def all_routes(app: Any) -> list[tuple[str, set[str]]]:
    """Paths and methods of an app, those of its included routers too."""
    found, routers = [], [app.router]
    while routers:
        router = routers.pop()
        for route in router.routes:
            if hasattr(route, "original_router"):
                routers.append(route.original_router)
            elif hasattr(route, "path"):
                found.append((route.path, getattr(route, "methods", None) or {"GET"}))
    return found


def test_the_lock_covers_every_route_that_gradio_has(server):
    # A list of what is closed would miss what a release of Gradio brings (process_recording writes to disk).
    seen = 0
    for mount in server.app.routes:
        if not (isinstance(mount, Mount) and hasattr(mount.app, "get_blocks")):
            continue
        for path, methods in all_routes(mount.app):
            for method in methods:
                seen += 1
                concrete = path.replace("{path:path}", "x").replace("{", "").replace("}", "")
                if security._closed(mount.path + concrete, method):
                    continue
                assert method in ("GET", "HEAD")
                assert concrete in security._GRADIO_PAGES or concrete.startswith(security._GRADIO_FOLDERS)
    assert seen > 60, "Gradio's routes were not found: nothing was checked"


@pytest.mark.parametrize(
    "route",
    [
        "gradio_api/heartbeat/abc",
        "gradio_api/deep_link?session_hash=abc",
        "gradio_api/info",
        "gradio_api/openapi.json",
        "gradio_api/startup-events",
        "gradio_api/queue/data?session_hash=abc",
        "gradio_api/dev/reload",
        "gradio_api/token",
        "gradio_api/runs",
        "gradio_api/vibe-code",
        "monitoring",
        "monitoring/summary",
        "config",
        "logout",
        "login",
    ],
)
def test_gradio_pages_serve_nothing_but_the_page(server, route):
    # A heartbeat is a connection that never ends; deep_link writes to the disk; config shows the desk to anybody.
    for mount in security.GRADIO_MOUNTS:
        assert server.request("GET", f"{mount}/{route}")[0] == 404


@pytest.mark.parametrize(
    "route", ["process_recording", "upload", "cancel", "reset", "vibe-edit", "profiling/clear"]
)
def test_gradio_takes_no_posts(server, route):
    # process_recording takes a file of any size from anybody and writes it to the disk.
    for mount in security.GRADIO_MOUNTS:
        assert server.client().post(f"{mount}/gradio_api/{route}", json={}).status_code == 404


@pytest.mark.parametrize("who", ["anonymous", "customer"])
def test_the_desk_page_is_for_agents(server, unlocked, who):
    # Without auth_dependency Gradio serves the desk's page and config to anybody, lock or not.
    client = server.visit() if who == "customer" else server.client()
    page = client.get("/desk/")
    assert page.status_code == 303
    assert page.headers["location"] == "/login?next=/desk/"
    for path in ("/desk/config", "/desk/gradio_api/info", "/desk/gradio_api/queue/data?session_hash=a"):
        assert client.get(path).status_code == 401, path
    body = {"data": [], "fn_index": 0, "session_hash": "abc"}
    for path in ("/desk/gradio_api/queue/join", "/desk/gradio_api/run/x", "/desk/gradio_api/call/x"):
        assert client.post(path, json=body).status_code == 401, path
    assert server.agent().get("/desk/").status_code == 200


# --- Somebody else's conversation ---------------------------------------------------------------------------


def told(server) -> tuple[Any, str, str]:
    """A customer who said something private: browser, cookie, conversation id."""
    client = server.visit()
    chat = server.chat(client)
    assert chat.ask("my card number ends in 5512")["type"] == "ack"
    chat.item(lambda item: item.get("author") == "bot")
    return client, client.cookies[CHAT_COOKIE], server.conversation(client)


def test_no_cookie_no_conversation(server, refused):
    assert refused(server, "/ws/chat") == 4401
    assert refused(server, "/ws/chat?after=0&session_hash=abc") == 4401
    assert server.client().get("/api/chat/passages/x").status_code == 401


def test_a_conversation_id_alone_opens_nothing(server, refused):
    # Unsigned, the id (which agents see) would be the key.
    _, cookie, conversation = told(server)
    unsigned = [conversation, json.dumps(conversation), f"{conversation}.{cookie.split('.', 1)[1]}"]
    for forged_cookie in unsigned:
        assert refused(server, "/ws/chat", cookies={CHAT_COOKIE: forged_cookie}) == 4401
    assert refused(server, f"/ws/chat?conversation={conversation}&id={conversation}") == 4401
    assert refused(server, "/ws/chat", cookies={"conversation": conversation}) == 4401


def test_a_cookie_signed_with_another_key_opens_nothing(server, refused):
    _, _, conversation = told(server)
    for key in ("", "secret", "x" * 64):
        forged_cookie = URLSafeTimedSerializer(key, salt="batonpass.chat").dumps(conversation)
        assert refused(server, "/ws/chat", cookies={CHAT_COOKIE: str(forged_cookie)}) == 4401


def test_every_altered_cookie_is_refused(server, refused):
    _, cookie, _ = told(server)
    altered = [
        cookie[:-1],
        cookie + "A",
        cookie.swapcase(),
        cookie.replace(".", "", 1),
        "." + cookie,
        cookie[::-1],
        "..",
        "%00",
    ]
    for position in (0, len(cookie) // 2):
        altered.append(cookie[:position] + ("A" if cookie[position] != "A" else "B") + cookie[position + 1 :])
    for value in altered:
        assert refused(server, "/ws/chat", cookies={CHAT_COOKIE: value}) == 4401, value
        client = server.client()
        client.cookies.set(CHAT_COOKIE, value)
        made = client.post("/api/chat/session", json={})
        assert made.status_code == 200
        assert server.keys.read("chat", made.cookies[CHAT_COOKIE], 60) != server.keys.read("chat", cookie, 60)


def test_an_expired_cookie_is_refused(server, refused, monkeypatch):
    _, cookie, _ = told(server)
    monkeypatch.setattr("batonpass.ui.auth.CHAT_AGE", -1)
    assert refused(server, "/ws/chat", cookies={CHAT_COOKIE: cookie}) == 4401
    monkeypatch.undo()
    assert server.socket("/ws/chat", cookies={CHAT_COOKIE: cookie}).until("hello")


def test_a_token_is_worth_nothing_for_another_purpose(server, refused):
    # With one salt for all, an identity link (which customers hold) could be made into a desk session.
    _, cookie, conversation = told(server)
    agent = server.agent()
    desk = agent.cookies[DESK_COOKIE]
    identity = server.keys.sign("identity", conversation)
    for token in (identity, server.keys.sign("desk", conversation), desk):
        assert refused(server, "/ws/chat", cookies={CHAT_COOKIE: token}) == 4401
    for token in (cookie, server.keys.sign("identity", "ann"), server.keys.sign("chat", "ann")):
        assert refused(server, "/ws/desk", cookies={DESK_COOKIE: token}) == 4401
    # Rightly signed, but the value is not a session's token.
    for value in ("ann", conversation, "", None, 1, {"id": "ann"}, ["ann"]):
        assert refused(server, "/ws/desk", cookies={DESK_COOKIE: server.keys.sign("desk", value)}) == 4401
    for value in (None, 1, ["x"], {"id": conversation}):
        assert refused(server, "/ws/chat", cookies={CHAT_COOKIE: server.keys.sign("chat", value)}) == 4401
    for token in (cookie, desk, server.keys.sign("chat", "C-1")):
        assert server.client().post("/api/chat/session", json={"identity": token}).status_code == 403


def test_a_customer_cookie_is_no_desk_cookie(server, refused):
    client, cookie, _ = told(server)
    assert refused(server, "/ws/desk", cookies={CHAT_COOKIE: cookie}) == 4401
    assert refused(server, "/ws/desk") == 4401
    assert client.get("/api/desk/passages/x").status_code == 401


def test_a_session_hash_or_an_after_opens_nothing_else(server):
    # Keyed on Gradio's session_hash, another one in the address would be another customer's chat.
    _, _, victim = told(server)
    mine = server.visit()
    cookies = {CHAT_COOKIE: mine.cookies[CHAT_COOKIE]}
    for query in (
        f"?session_hash={victim}&conversation={victim}",
        "?after=-1",
        "?after=0 OR 1=1",
        "?after=99999999999999999999",
        "?after=1e3",
        "?after=%D9%A1",
        "?after=",
        "?after=0&after=-5",
        f"?after={'9' * 5000}",
    ):
        hello = server.socket(f"/ws/chat{query.replace(' ', '%20')}", cookies=cookies).until("hello")
        assert hello["items"] == []
        assert hello["conversation"]["version"] == 0


def test_a_frame_cannot_name_another_conversation(server):
    _, _, victim = told(server)
    before = server.parts.store.get(victim).version
    client = server.visit()
    chat = server.chat(client)
    assert chat.ask("hello there", conversation=victim, conversation_id=victim)["type"] == "ack"
    chat.send(type="open", conversation=victim, after=0)
    assert chat.until("error")["code"] == "bad_request"
    chat.send(type="typing", conversation=victim)
    for kind in ("claim", "reply", "note", "close", "hand_back", "transfer"):
        chat.send(type=kind, id=str(uuid.uuid4()), conversation=victim, text="x")
        assert chat.until("error")["code"] == "bad_request"
    assert server.parts.store.get(victim).version == before
    assert "5512" not in json.dumps(chat.frames)


def test_forged_and_old_identity_links_are_refused(server, monkeypatch):
    good = server.keys.sign("identity", "C-1")
    bad = [good[:-2], good + "A", "C-1", json.dumps("C-1"), "\ud800", server.keys.sign("identity", "C-404")]
    bad += [server.keys.sign("identity", ["C-1"]), server.keys.sign("identity", {"id": "C-1"}), "x" * 2048]
    for token in bad:
        answer = server.client().post(
            "/api/chat/session",
            content=json.dumps({"identity": token}),
            headers={"content-type": "application/json"},
        )
        assert answer.status_code in (403, 422), token
        assert CHAT_COOKIE not in answer.cookies
    monkeypatch.setattr("batonpass.ui.api.IDENTITY_AGE", -1)
    assert server.client().post("/api/chat/session", json={"identity": good}).status_code == 403


def test_an_identity_for_somebody_else_starts_anew(server):
    # Kept, the conversation would show one customer what another said on the same computer.
    client = server.visit(identity=server.keys.sign("identity", "C-1"))
    first = server.conversation(client)
    assert server.chat(client).ask("my order is A-778899")["type"] == "ack"
    shown = client.post("/api/chat/session", json={"identity": server.keys.sign("identity", "C-2")}).json()
    assert shown["customer"] == {"name": "Joon Park"}
    second = server.conversation(client)
    assert second != first
    hello = server.socket("/ws/chat", cookies={CHAT_COOKIE: client.cookies[CHAT_COOKIE]}).until("hello")
    assert hello["items"] == []
    assert server.parts.store.get(second).customer_id == "C-2"
    assert server.parts.store.get(first).customer_id == "C-1"


def test_an_anonymous_conversation_is_not_taken_over_by_an_identity(server):
    client = server.visit()
    first = server.conversation(client)
    client.post("/api/chat/session", json={"identity": server.keys.sign("identity", "C-1")}).raise_for_status()
    assert server.conversation(client) != first
    assert server.parts.store.get(first).customer_id is None


# --- The desk -----------------------------------------------------------------------------------------------


def end_by_logout(server, client, login):
    assert client.post("/api/logout").status_code == 303


def end_by_password(server, client, login):
    server.parts.accounts.set_password(login, "another password")


def end_by_deletion(server, client, login):
    from batonpass.escalation.schema import agents, sessions
    from sqlalchemy import delete

    with server.parts.store.engine.execution_options(write=True).begin() as connection:
        connection.execute(delete(sessions).where(sessions.c.agent_id == login))
        connection.execute(delete(agents).where(agents.c.id == login))


ENDS = [end_by_logout, end_by_password, end_by_deletion]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("action", ["claim", "note", "open", "typing", "ping"])
def test_the_next_action_after_the_end_of_a_session_is_refused(server, end, action):
    # Looked up only at the connect, a dismissed agent would work on for as long as the tab stays open.
    login = f"gone-{uuid.uuid4().hex[:8]}"
    client = server.agent(login)
    desk = server.desk(client)
    _, _, conversation = server.waiting()
    desk.until(lambda frame: frame["type"] == "queue")
    before = server.parts.store.get(conversation)
    end(server, client, login)
    seen = len(desk.frames)
    with suppress(ConnectionClosed):  # something else that moved may have ended it already
        desk.send(type=action, id=str(uuid.uuid4()), conversation=conversation, text="hello", after=0)
    assert desk.closed_with() == 4401
    assert not [f for f in desk.frames[seen:] if f["type"] in ("result", "conversation", "pong")]
    assert server.parts.store.get(conversation) == before


@pytest.mark.parametrize("end", ENDS)
def test_after_the_end_of_a_session_nothing_more_is_shown(server, end):
    # A tab that only listens would otherwise see every conversation for ever.
    login = f"gone-{uuid.uuid4().hex[:8]}"
    client = server.agent(login)
    desk = server.desk(client)
    _, chat, conversation = server.waiting()
    desk.open(conversation)
    end(server, client, login)
    pin = uuid.uuid4().hex
    assert chat.ask(f"my pin is {pin}")["type"] == "ack"
    assert desk.closed_with() == 4401
    assert pin not in json.dumps(desk.frames)


def test_an_ended_session_does_not_connect_again(server, refused):
    client = server.agent("leaver")
    cookies = {DESK_COOKIE: client.cookies[DESK_COOKIE]}
    client.post("/api/logout")
    assert refused(server, "/ws/desk", cookies=cookies) == 4401
    kept = server.client()
    kept.cookies.set(DESK_COOKIE, cookies[DESK_COOKIE])
    assert kept.get("/desk/").status_code == 303
    assert kept.get("/api/desk/passages/x").status_code == 401


def test_an_expired_desk_cookie_is_refused(server, refused, monkeypatch):
    client = server.agent("sleeper")
    monkeypatch.setattr("batonpass.ui.auth.DESK_AGE", -1)
    assert refused(server, "/ws/desk", cookies={DESK_COOKIE: client.cookies[DESK_COOKIE]}) == 4401


def test_an_agent_cannot_act_on_somebody_elses_conversation(server):
    _, _, conversation = server.waiting()
    holder, other = server.desk(server.agent("holder", name="Hana")), server.desk(server.agent("other"))
    assert holder.act("claim", conversation)["ok"]
    for kind in ("reply", "hand_back", "transfer", "close"):
        result = other.act(kind, conversation, text="mine now", disposition="solved")
        assert not result["ok"]
        assert result["code"] == "not_yours"
    assert server.parts.store.get(conversation).assignee == "holder"
    admin = server.desk(server.agent("boss", role=Role.ADMIN))
    assert not admin.act("reply", conversation, text="hi")["ok"], (
        "an admin frees conversations, but does not impersonate"
    )
    assert admin.act("transfer", conversation)["ok"]


# --- What customers write and see ---------------------------------------------------------------------------

OVERLAYS = [
    '<div style="position:fixed;inset:0;background:red">Session expired <form action="https://evil.example"></form></div>',
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "![x](https://evil.example/track.png) [click](javascript:alert(1))",
    "</script><!--<svg/onload=alert(1)>",
    '"};alert(1);//\\u2028\u2028 \u202e RTL',
]


@pytest.mark.parametrize("text", OVERLAYS)
def test_markup_stays_text(server, text):
    # The wire carries what was typed, as a JSON string; the pages draw it as text (see the browser tests).
    _, _, conversation = server.waiting(f"human agent please {text}", intent="human")
    desk = server.desk()
    opened = desk.open(conversation)
    said = next(item for item in opened["items"] if item.get("author") == "customer")
    assert said["text"] == f"human agent please {text}"
    page = server.agent().get("/desk/")
    assert text not in page.text
    assert page.headers["content-type"].startswith("text/html")


def test_agents_articles_stay_with_agents(server):
    # One knowledge base with two audiences: asked by chunk id, the audience must be checked again.
    kb = server.parts.knowledge
    chunks = {chunk.document_id: chunk.id for chunk in kb._snapshot.chunks.values()}
    customer, agent = server.visit(), server.agent()
    hidden = customer.get(f"/api/chat/passages/{chunks['goodwill']}")
    assert hidden.status_code == 404
    assert "7731" not in hidden.text
    assert hidden.json() == customer.get("/api/chat/passages/nothing").json(), (
        "it does not even say that it exists"
    )
    assert "7731" in agent.get(f"/api/desk/passages/{chunks['goodwill']}").text
    assert customer.get(f"/api/desk/passages/{chunks['goodwill']}").status_code == 401
    assert customer.get(f"/api/chat/passages/{chunks['delivery']}").status_code == 200
    chat = server.chat(customer)
    chat.ask("How much goodwill credit may agents grant without asking a supervisor?")
    chat.until(lambda frame: frame["type"] == "progress" and frame["stage"] is None)
    chat.item(lambda item: item.get("author") == "bot")
    assert "7731" not in json.dumps(chat.frames)


def test_notes_verdicts_and_packets_never_reach_the_customer(server):
    client, chat, conversation = server.waiting("Your service is terrible, I want a human agent")
    desk = server.desk()
    assert "handoff" in desk.open(conversation)
    assert desk.act("claim", conversation)["ok"]
    assert desk.act("note", conversation, text="NOTE-1 customer sounds angry")["ok"]
    assert desk.act("reply", conversation, text="Hello, I am here")["ok"]
    assert desk.act("transfer", conversation, text="NOTE-2 needs billing")["ok"]
    assert desk.act("claim", conversation)["ok"]
    assert desk.act("hand_back", conversation, text="NOTE-3 refund done")["ok"]
    assert desk.act("claim", conversation)["ok"]
    assert desk.act("close", conversation, disposition="spam", text="NOTE-4 spam")["ok"]
    chat.item(lambda item: item["kind"] == "status" and item["action"] == "close")
    again = server.chat(client, after=0)
    again.ping()
    for live in (chat, again):
        seen = json.dumps(live.frames)
        assert "Hello, I am here" in seen
        for hidden in ("NOTE-", "verdict", "frustration", "confidence", "disposition", "spam", "suggested_reply"):
            assert hidden not in seen
        assert not [item for item in live.items() if item.get("internal")]
        assert {item["kind"] for item in live.items()} <= {"message", "status"}
    assert "NOTE-4" in json.dumps(desk.open(conversation))


# --- Too much -----------------------------------------------------------------------------------------------

POSTS = ["/api/chat/session", "/api/login", "/api/logout", "/chat/gradio_api/upload", "/", "/nothing", "/login"]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "content", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]
)
def test_an_announced_body_over_the_cap_is_refused_unread(server, path, content):
    # Without the cap the server reads it all into memory before it looks at it.
    length = server.settings.max_body + 1
    status, text = server.request("POST", path, content_length=str(length), content_type=content)
    assert status in ({413, 404} if "gradio" in path else {413}), text


@pytest.mark.parametrize("path", ["/api/chat/session", "/api/login"])
def test_a_chunked_body_over_the_cap_is_refused(server, path):
    # A chunked body announces no length: it must be counted. FastAPI alone would say 400, or nothing at all.
    content = {"/api/login": "application/x-www-form-urlencoded"}.get(path, "application/json")
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{server.port}\r\ncontent-type: {content}\r\n"
        "transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    ).encode()
    chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    answer = server.raw(head + chunk * 20 + b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413"), answer[:200]
    assert b"content-security-policy" in answer
    small = server.raw(head + b"2\r\n{}\r\n0\r\n\r\n")
    assert not small.startswith(b"HTTP/1.1 413")


def test_a_lying_length_is_refused(server):
    for length in ("-1", "abc", "9" * 30, "1e9", "\xb2"):
        status, _ = server.request(
            "POST", "/api/chat/session", content_length=length, content_type="application/json"
        )
        assert status in (400, 413), length
    head = f"POST /api/chat/session HTTP/1.1\r\nhost: 127.0.0.1:{server.port}\r\nconnection: close\r\n".encode()
    both = head + b"content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    assert server.raw(both)[9:12] in (b"400", b"422", b"200")
    assert server.client().get("/healthz").status_code == 200


def test_an_oversized_frame_ends_only_its_own_connection(server):
    # Without ws_max_size one frame of gigabytes is held in memory.
    client = server.visit()
    good, bad = server.chat(client), server.chat(client)
    bad.raw(json.dumps({"type": "send", "id": "x", "text": "a" * 200_000}))
    assert bad.closed_with() == 1009
    assert good.ask("still here")["type"] == "ack"


GARBAGE = [
    "",
    "garbage",
    "null",
    "[]",
    "1",
    '"send"',
    "{}",
    '{"type": null}',
    '{"type": 1}',
    '{"type": ["send"]}',
    '{"type": "nonsense"}',
    '{"type": "send"}',
    '{"type": "send", "id": 1, "text": "x"}',
    '{"type": "send", "id": "", "text": "x"}',
    '{"type": "send", "id": "a", "text": null}',
    '{"type": "send", "id": "a", "text": {"a": 1}}',
    '{"type": "send", "id": "' + "a" * 65 + '", "text": "x"}',
    '{"type": "send", "id": "\\ud800", "text": "x"}',
    '{"type": "send", "id": "a\\u0000b", "text": "x"}',
    "[" * 30_000,
    '{"type":"send","id":"d","text":' + "[" * 20_000 + "]" * 20_000 + "}",
    '{"type": "send", "id": "n", "text": ' + "1" * 20_000 + "}",
    '{"a":' * 8_000 + "1" + "}" * 8_000,
    '{"type": "send", "id": NaN, "text": Infinity}',
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_at_the_chat_is_answered_and_survived(server, garbage):
    # An exception here would close the tab of whoever sent it, and fill the log.
    client = server.visit()
    chat = server.chat(client)
    chat.raw(garbage)
    assert chat.until("error")["code"] == "bad_request"
    assert chat.ask("hello")["type"] == "ack"
    assert server.parts.store.get(server.conversation(client)).version >= 1


DESK_GARBAGE = [
    *(text for text in GARBAGE if "send" not in text),
    '{"type": "claim"}',
    '{"type": "claim", "conversation": "x"}',
    '{"type": "claim", "conversation": 5, "id": "a"}',
    '{"type": "open"}',
    '{"type": "open", "conversation": ["x"]}',
    '{"type": "open", "conversation": "\\ud800"}',
    '{"type": "typing", "conversation": "\\ud800"}',
    '{"type": "reply", "conversation": "x", "id": "a", "text": 5}',
    '{"type": "reply", "conversation": "x", "id": {"a": [1]}, "text": "x"}',
    '{"type": "claim", "conversation": "x", "id": ' + "[" * 900 + "]" * 900 + "}",
]


@pytest.mark.parametrize("garbage", DESK_GARBAGE, ids=range(len(DESK_GARBAGE)))
def test_garbage_at_the_desk_is_answered_and_survived(server, garbage):
    desk = server.desk()
    desk.raw(garbage)
    result = desk.until("result")
    assert (result["ok"], result["code"]) == (False, "invalid")
    assert desk.ping() is not None


@pytest.mark.parametrize(
    "frame", [{"after": 10**30}, {"after": -5}, {"after": True}, {"after": "0"}, {"after": 1.5}, {"after": None}]
)
def test_a_strange_after_at_the_desk_is_survived(server, frame):
    # A number that no database takes made the connection read again every second, for ever.
    _, chat, conversation = server.waiting()
    desk = server.desk()
    desk.send(type="open", conversation=conversation, **frame)
    assert desk.until("conversation")["items"]
    chat.ask("one more thing")
    assert desk.item(lambda item: item.get("text") == "one more thing")


@pytest.mark.parametrize("path", ["/ws/chat", "/ws/desk"])
def test_binary_frames_close_the_connection_cleanly(server, path, caplog):
    live = server.chat() if path == "/ws/chat" else server.desk()
    live.raw(b"\x00\xff binary")
    assert live.closed_with() == 1003
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_a_flood_of_frames_is_ended(server):
    # Ping and typing cost no token of the message limit: without one of their own one tab keeps the server busy.
    client = server.visit()
    flood, calm = server.chat(client), server.chat(client)

    def send() -> None:
        try:
            for _ in range(2000):
                flood.send(type="ping")
        except Exception:
            return

    sender = threading.Thread(target=send)
    sender.start()
    assert flood.closed_with() == 4429
    sender.join()
    assert calm.ask("hello")["type"] == "ack"


def test_no_more_tabs_than_allowed(server, refused):
    from batonpass.ui.live import TABS

    client = server.visit()
    tabs = [server.chat(client) for _ in range(TABS)]
    cookies = {CHAT_COOKIE: client.cookies[CHAT_COOKIE]}
    assert refused(server, "/ws/chat", cookies=cookies) == 4429
    tabs[0].close()
    tabs[1].ping()
    for _ in range(200):
        code = refused_or_none(server, cookies)
        if code is None:
            return
    pytest.fail("a closed tab is still counted")


def refused_or_none(server, cookies) -> int | None:
    """The close code of a new tab, None where it is let in."""
    tab = server.socket("/ws/chat", cookies=cookies)
    try:
        tab.until("hello")
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 1006
    return None


def test_connections_from_one_address_are_limited(server, refused):
    codes = [refused(server, "/ws/chat", x_forwarded_for="10.250.0.1") for _ in range(80)]
    assert codes[0] == 4401
    assert 4429 in codes


def test_sessions_from_one_address_are_limited(server):
    client = server.client()
    codes = []
    for _ in range(45):
        codes.append(client.post("/api/chat/session", json={"new": True}).status_code)
    assert codes[0] == 200
    assert 429 in codes


# --- Guessing passwords -------------------------------------------------------------------------------------


def tries(client, login: str, count: int, password: str = "wrong wrong") -> list[int]:
    """Status codes of that many tries."""
    return [
        client.post("/api/login", data={"login": login, "password": password}).status_code for _ in range(count)
    ]


def test_guesses_at_one_login_are_stopped_whatever_the_address(server):
    server.agent("target")
    codes = [tries(server.client(), "target", 1)[0] for _ in range(8)]
    assert codes[:5] == [401] * 5
    assert codes[-1] == 429
    right = server.client().post("/api/login", data={"login": "target", "password": PASSWORD})
    assert right.status_code == 429, "otherwise a guesser learns during the block which password is right"
    assert DESK_COOKIE not in right.cookies
    for spelling in ("TARGET", " target "):
        assert tries(server.client(), spelling, 1) == [429]


def test_guesses_from_one_address_are_stopped_whatever_the_login(server):
    server.agent("bystander")
    client = server.client()
    codes = [tries(client, f"nobody-{n}", 1)[0] for n in range(13)]
    assert codes[:10] == [401] * 10
    assert codes[-1] == 429
    assert client.post("/api/login", data={"login": "bystander", "password": PASSWORD}).status_code == 429
    assert server.agent("bystander").get("/desk/").status_code == 200, "elsewhere the agent can log in"


def test_guesses_sent_all_at_once_are_stopped_too(server):
    # Counted only after the password was hashed, a hundred tries at once would all be looked at.
    server.agent("crowded")
    codes: list[int] = []
    start = threading.Barrier(30)
    clients = [server.client() for _ in range(30)]

    def guess(client) -> None:
        start.wait()
        codes.extend(tries(client, "crowded", 1))

    threads = [threading.Thread(target=guess, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes.count(401) <= 6
    assert codes.count(429) >= 24


def test_a_right_password_costs_nothing(server):
    for _ in range(12):
        server.agent("busy")


def test_a_made_up_forwarded_address_does_not_help(serve):
    with serve(trusted_proxies=()) as server:
        codes = [tries(server.client(), f"nobody-{n}", 1)[0] for n in range(13)]
        assert codes[-1] == 429


def test_behind_a_proxy_only_its_own_line_counts(server):
    # A proxy that adds a line of its own below the caller's: only the last address is the proxy's word.
    codes = []
    for n in range(13):
        body = f"login=nobody-{n}&password=wrong".encode()
        head = (
            f"POST /api/login HTTP/1.1\r\nhost: 127.0.0.1:{server.port}\r\nconnection: close\r\n"
            f"content-type: application/x-www-form-urlencoded\r\ncontent-length: {len(body)}\r\n"
            f"x-forwarded-for: 10.9.{n}.1\r\nx-forwarded-for: 10.8.8.8\r\n\r\n"
        ).encode()
        codes.append(server.raw(head + body)[9:12])
    assert codes[0] == b"401"
    assert codes[-1] == b"429"


def test_an_unknown_login_looks_like_a_wrong_password(server):
    server.agent("known")
    answers = []
    for login in ("known", "unknown"):
        answer = server.client().post("/api/login", data={"login": login, "password": "wrong wrong"})
        headers = {k: v for k, v in answer.headers.items() if k != "date"}
        answers.append((answer.status_code, answer.text, headers))
    assert answers[0] == answers[1]
    assert answers[0][0] == 401


def test_strange_logins_are_only_wrong(server):
    for login in ("", "'", "' OR 1=1 --", "a" * 10_000, "\u0000", "관리자", "ann\r\nx: y", "%00"):
        assert tries(server.client(), login, 1) == [401], login
    client = server.client()
    assert client.post("/api/login", data={}).status_code == 401
    assert client.post("/api/login", json={"login": {"$ne": None}}).status_code in (401, 422)
    assert client.post("/api/login", data={"login": "ann", "password": "x" * 100_000}).status_code == 401
    assert client.post("/api/login", data={"login": ["ann", "bob"], "password": ["a", "b"]}).status_code == 401
    files = {"login": ("x.txt", b"ann"), "password": ("y.txt", b"z")}
    answer = client.post("/api/login", files=files)
    assert answer.status_code in (401, 422)


# --- Other sites --------------------------------------------------------------------------------------------


def foreign_origins(port: int) -> list[str]:
    """Origins that are not ours, however alike."""
    here = f"127.0.0.1:{port}"
    return [
        EVIL,
        "null",
        "",
        "file://",
        "http://127.0.0.1",
        f"http://127.0.0.1:{port}0",
        f"http://127.0.0.1.evil.example:{port}",
        f"http://evil.example/{here}",
        f"http://evil.example?{here}",
        f"http://{here}@evil.example",
        f"http://user@{here}",
        f"http://localhost:{port}",
        f"http://[::1]:{port}",
        "http://[::1",
        here,
        f"//{here}.",
    ]


def test_foreign_pages_cannot_post(server):
    # SameSite=Lax keeps cookies off cross-site posts, but not off those of a sibling subdomain, nor logins.
    client = server.agent("origin")
    for origin in foreign_origins(server.port):
        for path in ("/api/login", "/api/logout", "/api/chat/session"):
            answer = client.post(path, headers={"origin": origin}, json={})
            assert answer.status_code == 403, (origin, path)
            assert "access-control-allow-origin" not in answer.headers
            assert "set-cookie" not in answer.headers
    assert client.get("/desk/").status_code == 200, "the logout of a foreign page did nothing"
    assert client.post("/api/chat/session", headers={"origin": server.base}, json={}).status_code == 200
    for method in ("PUT", "PATCH", "DELETE"):
        assert client.request(method, "/api/logout", headers={"origin": EVIL}).status_code == 403


def test_foreign_pages_cannot_open_a_websocket(server, refused):
    # Browsers let any page open a WebSocket to any site, cookies and all.
    agent = server.agent("origin")
    customer = server.visit()
    cookies = {DESK_COOKIE: agent.cookies[DESK_COOKIE], CHAT_COOKIE: customer.cookies[CHAT_COOKIE]}
    for path in ("/ws/chat", "/ws/desk"):
        for origin in foreign_origins(server.port):
            if origin:
                assert refused(server, path, cookies=cookies, origin=origin) == 4403, origin
        assert server.socket(path, cookies=cookies, origin=server.base).until("hello")


def test_an_allowed_site_may(serve, refused):
    with serve(allowed_origins=("https://shop.example",)) as server:
        client = server.visit()
        cookies = {CHAT_COOKIE: client.cookies[CHAT_COOKIE]}
        assert server.socket("/ws/chat", cookies=cookies, origin="https://shop.example").until("hello")
        answer = client.post("/api/chat/session", json={}, headers={"origin": "https://shop.example"})
        assert answer.headers["access-control-allow-origin"] == "https://shop.example"
        asks = {"origin": "https://shop.example", "access-control-request-method": "POST"}
        assert client.options("/api/chat/session", headers=asks).status_code == 200
        for origin in (
            "http://shop.example",
            "https://shop.example.evil.example",
            "https://SHOP.example:444",
            EVIL,
        ):
            assert refused(server, "/ws/chat", cookies=cookies, origin=origin) == 4403
            assert client.post("/api/chat/session", json={}, headers={"origin": origin}).status_code == 403


@pytest.mark.parametrize(
    "path", ["/api/chat/session", "/api/login", "/chat/", "/desk/", "/chat/config", "/static/chat.js", "/healthz"]
)
def test_no_preflight_and_no_read_for_foreign_pages(server, path):
    # Gradio's own CORS reflects every origin with credentials.
    client = server.agent("cors")
    asks = {
        "origin": EVIL,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    preflight = client.options(path, headers=asks)
    assert preflight.status_code >= 400
    assert "access-control-allow-origin" not in preflight.headers
    assert "access-control-allow-origin" not in client.get(path, headers={"origin": EVIL}).headers


NEXTS = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "http:///evil.example",
    "/desk/\r\nset-cookie: a=b",
    "/desk/\r\n\r\n<script>alert(1)</script>",
    "//[evil",
    "evil.example",
    "/" + "a" * 5000,
    "",
    "@evil.example",
]


@pytest.mark.parametrize("target", NEXTS)
def test_the_login_leads_nowhere_else(server, target):
    # An address of ours that ends at a copy of the login page elsewhere is how passwords are fished.
    server.agent("nexter")
    client = server.client()
    data = {"login": "nexter", "password": PASSWORD, "next": target}
    answer = client.post("/api/login", data=data)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/desk/"
    assert "a=b" not in answer.headers.get_list("set-cookie")[0]
    page = client.get("/login", params={"next": target})
    assert 'name="next" value="/desk/"' in page.text


def test_the_login_leads_on_within_the_site(server):
    server.agent("nexter")
    for target in ("/desk/", "/desk/?c=abc", "/chat/"):
        data = {"login": "nexter", "password": PASSWORD, "next": target}
        assert server.client().post("/api/login", data=data).headers["location"] == target


@pytest.mark.parametrize(
    "name", ["host", "x-forwarded-host", "x-forwarded-proto", "x-original-url", "x-rewrite-url", "forwarded"]
)
def test_a_made_up_host_changes_nothing_that_matters(server, name):
    # Gradio writes the host into its page: as text it must not become markup.
    value = '"></script><script>alert(1)</script>'
    for path in ("/chat/", "/login", "/", "/chat", "/desk/", "/api/login"):
        status, text = server.request("GET", path, **{name.replace("-", "_"): value})
        assert status < 500 or path == "/chat/"
        assert "<script>alert(1)</script>" not in text
        assert "location: http" not in text.lower()


def test_headers_cannot_be_injected(server):
    for path in ("/chat?%0d%0aset-cookie:%20x=y", "/desk?a=%0d%0ax:%20y", "/login?next=%0d%0aset-cookie:%20x=y"):
        _, text = server.request("GET", path)
        head = text.split("\n\n")[0].lower()
        assert "\nset-cookie: x" not in head
        assert "\nx: y" not in head


# --- Headers and cookies ------------------------------------------------------------------------------------


def crash(request):
    raise RuntimeError("boom")


def check_headers(headers) -> None:
    """What every response must carry."""
    csp = headers["content-security-policy"]
    for part in (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    ):
        assert part in csp
    assert "http:" not in csp
    assert "*" not in csp
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "server" not in headers
    assert "x-powered-by" not in headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 302),
        ("GET", "/chat", 307),
        ("GET", "/chat/", 200),
        ("HEAD", "/chat/", 200),
        ("GET", "/chat/theme.css", 200),
        ("GET", "/desk/", 303),
        ("GET", "/login", 200),
        ("GET", "/static/chat.js", 200),
        ("GET", "/static/nothing.js", 404),
        ("GET", "/healthz", 200),
        ("GET", "/nothing", 404),
        ("GET", "/docs", 404),
        ("GET", "/openapi.json", 404),
        ("GET", "/api/chat/passages/x", 401),
        ("PUT", "/api/login", 405),
        ("POST", "/api/chat/session", 422),
        ("GET", "/api/login", 303),
        ("POST", "/chat/gradio_api/queue/join", 404),
        ("OPTIONS", "/chat/", 405),
    ],
)
def test_every_response_carries_the_headers(server, method, path, status):
    answer = server.client().request(method, path)
    assert answer.status_code == status
    check_headers(answer.headers)
    if path.startswith("/api/"):
        assert answer.headers["cache-control"] == "no-store"


def test_refusals_and_crashes_carry_the_headers(serve, monkeypatch):
    # Starlette answers a crash outside of all middleware: without headers, unless the Shield does it.
    with serve() as server:
        client = server.visit()
        check_headers(client.post("/api/chat/session", headers={"origin": EVIL}).headers)
        check_headers(client.post("/api/login", content=b"x" * (server.settings.max_body + 1)).headers)
        monkeypatch.setattr(server.parts.knowledge, "passage", crash)
        answer = client.get("/api/chat/passages/x")
        assert answer.status_code == 500
        assert answer.json() == {"error": "internal error"}
        check_headers(answer.headers)


def test_frames_are_allowed_by_setting(serve):
    with serve(frame_ancestors=("https://shop.example", "https://www.shop.example")) as server:
        csp = server.client().get("/chat/").headers["content-security-policy"]
        assert "frame-ancestors https://shop.example https://www.shop.example" in csp


def test_cookies_are_out_of_reach_of_scripts_and_sites(server):
    chat = server.client().post("/api/chat/session", json={}).headers["set-cookie"].lower()
    login = server.client().post(
        "/api/login", data={"login": server.agent("cook") and "cook", "password": PASSWORD}
    )
    desk = login.headers["set-cookie"].lower()
    for cookie in (chat, desk):
        parts = {part.strip() for part in cookie.split(";")}
        assert {"httponly", "samesite=lax", "path=/"} <= parts
        assert "secure" not in parts
        assert not [part for part in parts if part.startswith("domain")]


def test_cookies_are_for_https_only_by_setting(serve):
    with serve(secure_cookies=True) as server:
        server.parts.accounts.create("sec", PASSWORD)
        client = server.client()
        for answer in (
            client.post("/api/chat/session", json={}),
            client.post("/api/login", data={"login": "sec", "password": PASSWORD}),
        ):
            assert "; secure" in answer.headers["set-cookie"].lower()


# --- Secrets ------------------------------------------------------------------------------------------------


def test_secrets_are_in_no_log_and_no_response(serve, caplog, capfd, monkeypatch):
    caplog.set_level(logging.INFO)  # below, the test's own clients log what they send
    bodies: list[str] = []
    with serve() as server:
        for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
            monkeypatch.setattr(logging.getLogger(name), "propagate", True)
        key = (server.settings.data / "secret.key").read_text()
        server.parts.accounts.create("keeper", PASSWORD)
        identity = server.keys.sign("identity", "C-1")
        client = server.client()
        for data in (
            {"login": "keeper", "password": "Wrong-Pass-991"},
            {"login": "keeper", "password": PASSWORD},
            {"login": "keeper", "password": "Wrong-Pass-991" * 1000},
        ):
            bodies.append(client.post("/api/login", data=data).text)
        bodies.append(client.post("/api/login", json={"password": "Wrong-Pass-991"}).text)
        bodies.append(client.post("/api/chat/session", json={"identity": identity, "lang": 5}).text)
        bodies.append(client.post("/api/chat/session", json={"identity": identity}).text)
        bodies += [client.get(path).text for path in ("/chat/", "/desk/", "/login", "/static/chat.js", "/nothing")]
        desk, chat = client.cookies[DESK_COOKIE], client.cookies[CHAT_COOKIE]
        live = server.socket("/ws/chat", cookies={CHAT_COOKIE: chat})
        live.until("hello")
        monkeypatch.setattr(server.parts.assistant, "receive", crash_with_text)
        assert live.ask("my card is 4000 1234")["code"] == "unavailable"
        monkeypatch.setattr(server.parts.knowledge, "passage", crash)
        bodies.append(client.get("/api/chat/passages/x").text)
        bodies.append(json.dumps(live.frames))
    out, err = capfd.readouterr()
    logged = caplog.text + out + err
    assert "cannot store a message" in logged, "the log was not caught: nothing was checked"
    for hidden in (key, PASSWORD, "Wrong-Pass-991", desk, chat, identity, "$argon2"):
        assert hidden not in logged
        assert not [body for body in bodies if hidden in body], hidden
    assert "4000 1234" not in logged


def crash_with_text(*args, **more):
    raise RuntimeError("the disk is full")


def test_the_key_file_is_for_its_owner_only(server):
    assert (server.settings.data / "secret.key").stat().st_mode & 0o077 == 0
