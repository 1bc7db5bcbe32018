"""The supervisors' page and its routes: whose they are, what a decision does at once, and attacks on both."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from batonpass.escalation import Role
from batonpass.knowledge import KnowledgeError
from batonpass.knowledge.aliases import Aliases, Decision, Origin
from batonpass.ui import app as ui_app
from batonpass.ui import security
from batonpass.ui.forbidden import render_forbidden
from batonpass.ui.supervisor import build_supervisor
from batonpass.ui.supervisor_undo import Undos
from fastapi import FastAPI
from gradio.routes import App as GradioApp
from starlette.routing import Mount

STATIC = Path(__file__).parents[2] / "ui" / "static"
API = "/api/supervisor"
ROUTES = [
    ("GET", "/questions"),
    ("POST", "/questions/decide"),
    ("POST", "/questions/reword"),
    ("POST", "/questions/undo"),
    ("GET", "/passages/x"),
]
SLANG = "how many sleeps until my box shows up"
SHIP = "who pays the courier?"
EVIL = '"><img src=x onerror=alert(1)><script>alert(2)</script> is it free?'


@pytest.fixture
def aliases(server) -> Iterator[Aliases]:
    """The server's aliases, none before and none after."""
    kept: Aliases = server.parts.knowledge.aliases
    kept.drop(lambda alias: True)
    server.parts.knowledge.relearn()
    yield kept
    kept.drop(lambda alias: True)
    server.parts.knowledge.relearn()


@pytest.fixture
def sue(server) -> httpx.Client:
    """A supervisor's browser."""
    return server.agent("sue", name="Sue Han", role=Role.SUPERVISOR)


def propose(aliases: Aliases, text: str, document: str = "delivery", times: int = 1, **more: Any) -> str:
    options: dict[str, Any] = {"origin": Origin.DESK, "by": "ann"} | more
    made = [aliases.propose(document, [text], **options)[0] for _ in range(times)]
    return made[-1].id


def articles(client: httpx.Client) -> dict[str, Any]:
    answer = client.get(f"{API}/questions")
    assert answer.status_code == 200, answer.text
    return {article["id"]: article for article in answer.json()["articles"]}


def decide(
    client: httpx.Client, *ids: str, decision: str = "approved", expected: str = "pending"
) -> httpx.Response:
    body = {"ids": list(ids), "decision": decision, "expected": expected}
    return client.post(f"{API}/questions/decide", json=body)


def found(server, question: str) -> list[str]:
    """Articles that this very question leads to."""
    return [each.document.id for each in server.parts.knowledge.search(question).passages if each.score == 1]


# --- Whose page it is ---------------------------------------------------------------------------------------


def test_the_page_has_one_element_and_no_events():
    page = build_supervisor()
    config = page.get_config_file()
    assert page.fns == {}
    assert config.get("dependencies") == []
    assert [component["type"] for component in config.get("components", ())] == ["html"]


def test_the_page_is_for_supervisors(server, sue):
    for client in (server.client(), server.visit()):
        answer = client.get("/supervisor/")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/login?next=/supervisor/"
    agent = server.agent("plain")
    for lang, word in (("ko-KR", "슈퍼바이저만"), ("en-US", "Only supervisors")):
        answer = agent.get("/supervisor/", headers={"accept-language": lang})
        assert answer.status_code == 403
        assert word in answer.text
        assert 'href="/desk/"' in answer.text
    for client in (sue, server.agent("boss", role=Role.ADMIN)):
        assert client.get("/supervisor/").status_code == 200
    assert sue.get("/evals/").status_code == 403, "a supervisor is no administrator"
    assert sue.get("/supervisor?a=1").headers["location"] == "/supervisor/?a=1"
    assert 'lang="ko"' in render_forbidden("xx", "supervisor")


@pytest.mark.parametrize(
    "path", ["/supervisor/", "//supervisor/", "/supervisor//", "/supervisor/config", "/SUPERVISOR/"]
)
def test_no_spelling_of_the_address_shows_the_page(server, path):
    cookies = "; ".join(f"{name}={value}" for name, value in server.agent("plain").cookies.items())
    for header in ({}, {"cookie": cookies}):
        status, text = server.request("GET", path, **header)
        assert status in (303, 307, 401, 403, 404)
        assert "supervisor.js" not in text


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_is_for_supervisors(server, method, path):
    for client, status in ((server.client(), 401), (server.visit(), 401), (server.agent("plain"), 403)):
        answer = client.request(method, f"{API}{path}", json={} if method == "POST" else None)
        assert answer.status_code == status, answer.text
        assert answer.headers["cache-control"] == "no-store"


def test_the_routes_above_are_all_there_are(server):
    known = {(method, path.replace("/x", "/{}")) for method, path in ROUTES}
    found = {
        (method, re.sub(r"\{\w+\}", "{}", path.removeprefix(API)))
        for path, operations in server.app.openapi()["paths"].items()
        for method in map(str.upper, operations)
        if path.startswith(API)
    }
    assert found == known


def test_the_role_is_asked_for_each_time(server, aliases):
    name = propose(aliases, SLANG)
    accounts = server.parts.accounts
    client = server.agent("demoted", role=Role.SUPERVISOR)
    assert client.get(f"{API}/questions").status_code == 200
    accounts.set_role("demoted", Role.AGENT)
    assert decide(client, name).status_code == 403
    assert client.get("/supervisor/").status_code == 403
    accounts.set_role("demoted", Role.SUPERVISOR)
    assert decide(client, name).status_code == 200
    client.post("/api/logout")
    assert client.post(f"{API}/questions/undo", json={"token": "x"}).status_code == 401


# --- Decisions ----------------------------------------------------------------------------------------------


def test_questions_come_by_article_with_where_they_come_from(server, sue, aliases):
    server.agent("ann", name="Ann")
    asked = propose(aliases, SLANG, times=3)
    propose(aliases, SHIP, origin=Origin.MODEL, by="writer")
    propose(aliases, "May I give a voucher?", "goodwill")
    propose(aliases, "Where was this?", "long-gone")
    aliases.decide([propose(aliases, "nonsense of course")], Decision.REJECTED, by="sue")
    shown = articles(sue)
    assert list(shown) == ["delivery", "goodwill", "long-gone"]
    assert [shown[name]["state"] for name in shown] == ["live", "agents", "gone"]
    assert (shown["delivery"]["title"], shown["long-gone"]["title"]) == ("How long does a delivery take?", None)
    first, second = shown["delivery"]["questions"]
    assert (first["id"], first["by"], first["times"], first["origin"]) == (asked, "Ann", 3, "desk")
    assert (second["text"], second["by"], second["times"], second["origin"]) == (SHIP, "writer", 1, "model")
    assert sue.get(f"{API}/questions").json()["me"] == {"id": "sue", "name": "Sue Han", "role": "supervisor"}


def test_an_approved_question_counts_at_once_and_can_be_taken_back(server, sue, aliases):
    name = propose(aliases, SLANG)
    assert found(server, SLANG) == []
    answer = decide(sue, name).json()
    assert answer["counts"] is True
    ((shown,),) = [article["questions"] for article in answer["articles"]]
    assert (shown["decision"], shown["decided_by"]) == ("approved", "Sue Han")
    assert found(server, SLANG) == ["delivery"]
    undone = sue.post(f"{API}/questions/undo", json={"token": answer["undo"]})
    assert undone.json()["articles"][0]["questions"][0]["decision"] == "pending"
    assert found(server, SLANG) == []
    assert sue.post(f"{API}/questions/undo", json={"token": answer["undo"]}).status_code == 404


def test_an_approved_question_is_removed(server, sue, aliases):
    name = propose(aliases, SLANG)
    decide(sue, name)
    answer = decide(sue, name, decision="rejected", expected="approved").json()
    assert answer["articles"][0]["questions"] == []
    assert found(server, SLANG) == []
    assert propose(aliases, SLANG) == name
    assert articles(sue) == {}, "what was removed is not proposed again"


def test_all_of_an_article_at_once(server, sue, aliases):
    names = [propose(aliases, text) for text in (SLANG, SHIP)]
    answer = decide(sue, *names).json()
    assert found(server, SLANG) == found(server, SHIP) == ["delivery"]
    sue.post(f"{API}/questions/undo", json={"token": answer["undo"]})
    assert [alias.decision for alias in aliases.list()] == [Decision.PENDING] * 2
    assert found(server, SHIP) == []


def test_a_question_is_approved_in_other_words(server, sue, aliases):
    name = propose(aliases, "when does ○○ get here")
    answer = sue.post(f"{API}/questions/reword", json={"id": name, "text": f" {SLANG}\n"})
    assert answer.status_code == 200
    (shown,) = answer.json()["articles"][0]["questions"]
    assert (shown["text"], shown["origin"], shown["by"]) == (SLANG, "person", "Sue Han")
    assert found(server, SLANG) == ["delivery"]
    sue.post(f"{API}/questions/undo", json={"token": answer.json()["undo"]})
    assert [(each.id, each.decision) for each in aliases.list()] == [(name, Decision.PENDING)]
    for text, status in (("?!", 422), ("x" * 301, 422), ("", 422)):
        refused = sue.post(f"{API}/questions/reword", json={"id": name, "text": text})
        assert refused.status_code == status


def test_one_decides_and_the_other_is_told(server, sue, aliases):
    other = server.agent("tom", role=Role.SUPERVISOR)
    name, free = propose(aliases, SLANG), propose(aliases, SHIP)
    undo = decide(sue, name).json()["undo"]
    assert decide(other, free, name, decision="rejected").status_code == 409
    assert len(aliases.list(Decision.PENDING)) == 1, "nothing of it was decided"
    assert sue.post(f"{API}/questions/reword", json={"id": name, "text": SHIP}).status_code == 409
    decide(other, name, decision="rejected", expected="approved")
    assert sue.post(f"{API}/questions/undo", json={"token": undo}).status_code == 409
    assert aliases.list(Decision.APPROVED) == []


def test_nobody_takes_back_what_another_decided(server, sue, aliases):
    undo = decide(sue, propose(aliases, SLANG)).json()["undo"]
    other = server.agent("tom", role=Role.SUPERVISOR)
    assert other.post(f"{API}/questions/undo", json={"token": undo}).status_code == 404
    assert len(aliases.list(Decision.APPROVED)) == 1


def test_only_so_many_decisions_can_be_taken_back():
    undos = Undos(kept=2)
    tokens = [undos.keep("sue", change) for change in (1, 2, 3)]  # type: ignore[arg-type]
    assert [undos.find("sue", token) for token in tokens] == [None, 2, 3]
    undos.drop("sue", tokens[2])
    undos.drop("nobody", tokens[1])
    assert [undos.find("sue", token) for token in tokens] == [None, 2, None]


def test_a_decision_stays_when_indexing_fails(server, sue, aliases, monkeypatch):
    name = propose(aliases, SLANG)

    def fail() -> None:
        raise KnowledgeError("the endpoint is down")

    monkeypatch.setattr(server.parts.knowledge, "relearn", fail)
    assert decide(sue, name).json()["counts"] is False
    assert len(aliases.list(Decision.APPROVED)) == 1
    rejected = decide(sue, propose(aliases, SHIP), decision="rejected")
    assert rejected.json()["counts"] is True, "nothing had to be indexed"


def test_a_damaged_file_is_said_without_its_place(server, sue, aliases):
    propose(aliases, SLANG)
    good = aliases.path.read_text(encoding="utf-8")
    try:
        aliases.path.write_text("{}\n", encoding="utf-8")
        for answer in (sue.get(f"{API}/questions"), decide(sue, "0" * 10)):
            assert answer.status_code == 503
            assert str(aliases.path.parent) not in answer.text
    finally:
        aliases.path.write_text(good, encoding="utf-8")


def test_the_passage_of_a_question(server, sue, aliases):
    fee = sue.get(f"{API}/passages/{propose(aliases, 'Is the delivery fee free from 30 dollars?')}").json()
    assert fee["heading_path"][-1] == "Delivery fee"
    internal = propose(aliases, "May I give a voucher?", "goodwill")
    assert "INTERNAL-ONLY" in sue.get(f"{API}/passages/{internal}").json()["text"]
    strange = propose(aliases, "ㅋㅋㅋㅋ 완전 딴소리", "delivery")
    assert sue.get(f"{API}/passages/{strange}").json()["title"] == "How long does a delivery take?"
    assert sue.get(f"{API}/passages/{propose(aliases, SHIP, 'long-gone')}").status_code == 404


# --- Attacks ------------------------------------------------------------------------------------------------


TRICKS = ["../secret.key", "/etc/passwd", "*", "a" * 10, "", "0" * 9, "0" * 11, "\x00", "x" * 300]


@pytest.mark.parametrize("trick", TRICKS)
def test_no_id_from_outside_is_more_than_an_id(server, sue, aliases, trick):
    # Aliases take beginnings of ids: "" or "a" from the web must not mean any question that happens to fit.
    kept = [propose(aliases, SLANG)]
    answers = [
        decide(sue, trick),
        decide(sue, kept[0], trick),
        sue.post(f"{API}/questions/reword", json={"id": trick, "text": SHIP}),
        sue.post(f"{API}/questions/undo", json={"token": trick}),
    ]
    quoted = re.sub(r"[^\w]", lambda found: f"%{ord(found[0]):02x}", trick) or "%20"
    answers.append(sue.get(f"{API}/passages/{quoted}"))
    for answer in answers:
        assert answer.status_code in (404, 422), answer.request.url
    assert [alias.decision for alias in aliases.list()] == [Decision.PENDING]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"ids": []}', b'{"ids": ["0123456789"], "decision": "pending"}']
)
def test_no_body_is_a_crash(sue, body):
    for what in ("decide", "reword", "undo"):
        answer = sue.post(f"{API}/questions/{what}", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 422


def test_too_many_ids_at_once(sue):
    assert decide(sue, *[f"{number:010x}" for number in range(2001)]).status_code == 422


def test_a_foreign_site_decides_nothing(server, sue, aliases):
    name = propose(aliases, SLANG)
    body = {"ids": [name], "decision": "approved"}
    answer = sue.post(f"{API}/questions/decide", json=body, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert (
        "samesite=lax"
        in server.client()
        .post("/api/login", data={"login": "sue", "password": "correct horse battery"})
        .headers["set-cookie"]
        .lower()
    )
    assert len(aliases.list(Decision.PENDING)) == 1


def test_hostile_words_stay_words(server, sue, aliases):
    name = propose(aliases, EVIL, document="<b>gone</b>", by="<i>ann</i>")
    answer = sue.get(f"{API}/questions")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert articles(sue)["<b>gone</b>"]["questions"][0]["text"] == EVIL
    reworded = sue.post(f"{API}/questions/reword", json={"id": name, "text": "\u202egnp.\x1b[31mexe\x00 free?"})
    (shown,) = reworded.json()["articles"][0]["questions"]
    assert shown["text"].isprintable()


def forged(path: Any) -> dict[str, Any]:
    """A FileData that nobody uploaded."""
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}, "orig_name": "x.txt"}


@pytest.fixture
def secret(tmp_path) -> Path:
    path = tmp_path / "private.txt"
    path.write_text("TOP-SECRET-4711")
    return path


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the Shield's lock on Gradio's routes away: the mount alone must hold."""
    monkeypatch.setattr(security, "_closed", lambda path, method: False)


def test_the_mount_counts_as_launched(server):
    mounts = {route.path: route.app for route in server.app.routes if isinstance(route, Mount)}
    page = mounts["/supervisor"]
    assert isinstance(page, GradioApp)
    assert page.get_blocks().has_launched
    assert "/supervisor" in security.GRADIO_MOUNTS


@pytest.mark.parametrize("who", ["anonymous", "customer", "agent", "supervisor"])
@pytest.mark.parametrize("lock", ["locked", "unlocked"])
def test_a_forged_file_reads_nothing(server, request, secret, who, lock):
    if lock == "unlocked":
        request.getfixturevalue("unlocked")
    make = {"anonymous": server.client, "customer": server.visit, "agent": server.agent}
    client = request.getfixturevalue("sue") if who == "supervisor" else make[who]()
    client.headers["connection"] = "close"
    for target in (secret, server.settings.data / "secret.key"):
        content = target.read_text()
        for route in ("queue/join", "run/predict", "call/predict", "upload", "component_server"):
            body = {
                "data": [forged(target)],
                "fn_index": 0,
                "session_hash": "abc",
                "component_id": 1,
                "fn_name": "x",
            }
            answer = client.post(f"/supervisor/gradio_api/{route}", json=body)
            assert answer.status_code == 404 if lock == "locked" else answer.status_code >= 400
            assert content not in answer.text
        for path in (f"gradio_api/file={target}", f"file={target}", f"gradio_api/file=/..{target}"):
            answer = client.get(f"/supervisor/{path}")
            assert answer.status_code >= 400
            assert content not in answer.text


def test_an_event_of_a_later_page_takes_no_forged_file(serve_asgi, secret):
    # As a section with a file event would be mounted: by our function, at this address.
    with gr.Blocks(analytics_enabled=False) as page:
        gr.Button().click(lambda file: file, gr.File(), gr.File(), api_name="echo")
    app = FastAPI()
    ui_app._mount(app, page, "/supervisor")
    client = serve_asgi(app).client()
    body = {"data": [forged(secret)], "fn_index": 0, "session_hash": "s"}
    assert client.post("/supervisor/gradio_api/queue/join", json=body).status_code == 200
    seen = []
    with client.stream("GET", "/supervisor/gradio_api/queue/data?session_hash=s") as stream:
        for line in stream.iter_lines():
            if line.startswith("data:"):
                seen.append(json.loads(line[5:]))
                if seen[-1]["msg"] in ("process_completed", "close_stream"):
                    break
    assert seen[-1]["msg"] == "process_completed", "the event did not run: the attack was not tried"
    assert seen[-1]["success"] is False
    assert "TOP-SECRET-4711" not in json.dumps(seen)


# --- Words --------------------------------------------------------------------------------------------------


def strings(lang: str) -> dict[str, str]:
    source = (STATIC / f"supervisor-strings-{lang}.js").read_text(encoding="utf-8")
    return json.loads(source[source.index("{") : source.rindex("}") + 1])


def test_both_languages_have_every_string():
    korean, english = strings("ko"), strings("en")
    assert set(korean) == set(english)
    for key in korean:
        assert korean[key].strip(), key
        assert english[key].strip(), key
        assert set(re.findall(r"\{\w+\}", korean[key])) == set(re.findall(r"\{\w+\}", english[key])), key
    used = set()
    for script in STATIC.glob("supervisor*.js"):
        used |= set(
            re.findall(r'"((?:err|edit|done|empty)\.[a-z_]+|[a-z_.]+)"', script.read_text(encoding="utf-8"))
        )
        for key in re.findall(r'\btr\("([a-z_0-9.]+)"', script.read_text(encoding="utf-8")):
            assert key in korean, f"{script.name}: {key}"
    codes = {f"origin.{origin}" for origin in Origin} | {f"tab.{tab}" for tab in ("pending", "approved")}
    assert codes <= set(korean)
    assert {key for key in korean if key.startswith("err.")} <= used, "words that nothing says"
