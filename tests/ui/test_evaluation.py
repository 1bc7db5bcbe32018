"""The evaluators' page and its routes: who may, what is looked up, what is kept."""

from __future__ import annotations

import json
import re
import shutil
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from batonpass.escalation import Role
from batonpass.evals.suite import load_suite
from batonpass.ui.evals_views import decided
from batonpass.ui.evaluation import build_evals

STATIC = Path(__file__).parents[2] / "ui" / "static"
KB = {
    "fee.md": "---\nid: fee\ntitle: Delivery fee\nlang: en\n---\nThe delivery fee is 3 dollars.\n",
    "return.md": "---\nid: return\ntitle: Returns\nlang: en\n---\nYou can return an item within 14 days.\n",
}
QUESTIONS = [
    {"id": "fee", "text": "How much is the delivery fee?", "articles": ["fee"], "contains": [["3 dollars"]]},
    {"id": "days", "text": "Within how many days can I return an item?", "articles": ["return"]},
    {"id": "moon", "text": "Do you sell tickets to the moon?", "answerable": False},
]
SCENARIOS = [
    {
        "id": "person",
        "lang": "en",
        "turns": [{"text": "Please connect me to a human agent", "expect": {"decision": ["hand_off"]}}],
    }
]
SIMULATION = {
    "id": "curious",
    "lang": "en",
    "persona": "calm",
    "goal": {"ask": "How much is the delivery fee?", "facts": [["3 dollars"]]},
    "expect": {"outcome": ["satisfied"], "never": ["hand_off"]},
}
ROUTES = [
    ("GET", "/suites"),
    ("GET", "/runs"),
    ("GET", "/job"),
    ("POST", "/job"),
    ("POST", "/job/cancel"),
    ("GET", "/runs/a"),
    ("GET", "/runs/a/items"),
    ("GET", "/runs/a/item?key=x"),
    ("GET", "/runs/a/curve"),
    ("GET", "/compare?run=a&baseline=b"),
    ("GET", "/significance?run=a&baseline=b"),
    ("POST", "/labels"),
    ("GET", "/conversations"),
    ("GET", "/conversations/x"),
    ("POST", "/scenarios"),
]
TRICKS = ["../secret.key", "..%2f..%2fsecret", "/etc/passwd", "a/../b", "*", ".work", "own...", "\x00", "x" * 300]


def write_suite(folder: Path, name: str = "tiny") -> Path:
    """A suite of four items over two articles."""
    place = folder / name
    (place / "kb").mkdir(parents=True)
    for file, text in KB.items():
        (place / "kb" / file).write_text(text, encoding="utf-8")
    (place / "suite.yaml").write_text(f"name: {name}\n", encoding="utf-8")
    for file, lines in (("questions", QUESTIONS), ("scenarios", SCENARIOS)):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (place / f"{file}.jsonl").write_text(text, encoding="utf-8")
    return place


def make_run(started: str, confidences: dict[str, float], *, suite: str = "tiny") -> dict[str, Any]:
    """A run as the command writes it; from .5 on a question is answered."""
    cites = {"fee": "fee", "days": "return", "moon": "fee"}
    questions = []
    for question in QUESTIONS:
        name, confidence = str(question["id"]), confidences[str(question["id"])]
        answered = confidence >= 0.5
        result = {"id": name, "decision": "answer" if answered else "clarify", "ms": 1.0, "confidence": confidence}
        result |= {"reply": "The delivery fee is 3 dollars." if answered else "Which one?", "ranking": ["fee"]}
        result |= {"citations": [cites[name]] if answered else []}
        questions.append(result | {"reasons": [] if answered else ["low_confidence"], "right": answered})
    turn = {"decision": "hand_off", "reasons": ["explicit_request"], "reply": "One moment.", "citations": []}
    turn |= {"confidence": 0.0, "frustration": 0, "ms": 1.0}
    right = sum(result["right"] for result in questions) / 3
    return {
        "run": {"suite": suite, "version": "0", "started": started, "seconds": 1.0, "kb": {"version": "k"}},
        "metrics": {"answer.right": {"value": right, "n": 3, "low": 0.0, "high": 1.0}},
        "retrieval": [],
        "questions": questions,
        "scenarios": [{"id": "person", "turns": [turn], "handoff": None}],
    }


def write_run(data: Path, name: str, run: Any) -> None:
    (data / "runs").mkdir(parents=True, exist_ok=True)
    (data / "runs" / f"{name}.json").write_text(json.dumps(run), encoding="utf-8")


@pytest.fixture(scope="module")
def filled(server) -> Any:
    """A server with a suite and two runs."""
    write_suite(server.settings.data / "suites")
    now = {"fee": 0.9, "days": 0.3, "moon": 0.2}
    before = {"fee": 0.8, "days": 0.6, "moon": 0.7}
    write_run(server.settings.data, "now", make_run("2026-01-02T00:00:00+00:00", now))
    write_run(server.settings.data, "before", make_run("2026-01-01T00:00:00+00:00", before))
    write_run(server.settings.data, "torn", "no run")
    (server.settings.data / "runs" / "broken.json").write_text("{", encoding="utf-8")
    return server


@pytest.fixture
def shelf(filled) -> httpx.Client:
    """An administrator's client of its routes."""
    client = filled.agent("boss", role=Role.ADMIN)
    client.base_url = f"{filled.base}/api/evals"
    wait(lambda: any(suite["id"] == "own.tiny" for suite in client.get("/suites").json()["suites"]))
    return client


def wait(done: Any, limit: float = 90.0) -> Any:
    end = time.monotonic() + limit
    while not (found := done()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.2)
    return found


def test_the_page_has_one_element_and_no_events():
    page = build_evals()
    config = page.get_config_file()
    assert page.fns == {}
    assert config.get("dependencies") == []
    assert [component["type"] for component in config.get("components", ())] == ["html"]


def test_the_page_is_for_administrators(server):
    for client in (server.client(), server.visit()):
        answer = client.get("/evals/")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/login?next=/evals/"
    agent = server.agent("plain")
    for lang, word in (("ko-KR", "관리자만"), ("en-US", "Only administrators")):
        answer = agent.get("/evals/", headers={"accept-language": lang})
        assert answer.status_code == 403
        assert word in answer.text
    assert server.agent("boss", role=Role.ADMIN).get("/evals/").status_code == 200


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_is_for_administrators(server, method, path):
    for client, status in ((server.client(), 401), (server.visit(), 401), (server.agent("plain"), 403)):
        answer = client.request(method, f"/api/evals{path}", json={} if method == "POST" else None)
        assert answer.status_code == status, answer.text


def test_the_routes_above_are_all_there_are(server):
    known = {(method, re.sub(r"/(a|x)(?=/|$)", "/{}", path.partition("?")[0])) for method, path in ROUTES}
    found = {
        (method, re.sub(r"\{\w+\}", "{}", path.removeprefix("/api/evals")))
        for path, operations in server.app.openapi()["paths"].items()
        for method in map(str.upper, operations)
        if path.startswith("/api/evals")
    }
    assert found == known


def test_a_foreign_origin_may_not_start_anything(shelf):
    answer = shelf.post("/job", json={"suite": "own.tiny"}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403


def test_suites_and_runs_are_listed(shelf):
    suites = {suite["id"]: suite for suite in shelf.get("/suites").json()["suites"]}
    assert {"own.tiny", "sample.shop-dev", "sample.shop-test"} <= set(suites)
    assert (suites["own.tiny"]["questions"], suites["own.tiny"]["scenarios"]) == (3, 1)
    runs = [run["id"] for run in shelf.get("/runs").json()["runs"]]
    assert [run for run in runs if run in ("now", "before")] == ["now", "before"]
    assert not {"torn", "broken"} & set(runs)


@pytest.mark.parametrize("trick", TRICKS)
def test_no_name_from_outside_is_a_path(server, shelf, trick):
    secret = (server.settings.data / "secret.key").read_text()
    quoted = re.sub(r"[^\w%.*-]", lambda found: f"%{ord(found[0]):02x}", trick)
    answers = [
        shelf.post("/job", json={"suite": trick}),
        shelf.get("/compare", params={"run": trick, "baseline": "now"}),
        shelf.get("/significance", params={"run": "now", "baseline": trick}),
        shelf.get("/runs/now/item", params={"key": trick}),
        shelf.post("/labels", json={"run": "now", "key": trick}),
        shelf.post("/labels", json={"run": trick, "key": "question/fee"}),
        shelf.post("/scenarios", json={"conversation": trick, "turns": [{"text": "a"}]}),
        *(shelf.get(f"/{path}") for path in (f"runs/{quoted}", f"runs/{quoted}/curve", f"conversations/{quoted}")),
    ]
    for answer in answers:
        assert answer.status_code in (404, 422), answer.request.url
        assert secret not in answer.text


def test_items_come_gravest_first_in_pages(shelf):
    everything = shelf.get("/runs/now/items", params={"show": "all"}).json()
    assert everything["total"] == 4
    assert not everything["items"][0]["right"]
    failed = shelf.get("/runs/now/items").json()
    assert [row["key"] for row in failed["items"]] == ["question/days"]
    assert failed["items"][0]["faults"] == [{"code": "not_answered", "decision": "clarify"}]
    page = shelf.get("/runs/now/items", params={"show": "all", "offset": 1, "limit": 2}).json()
    assert [row["key"] for row in page["items"]] == [row["key"] for row in everything["items"][1:3]]
    for query, count in (({"kind": "scenario"}, 1), ({"text": "MOON"}, 1), ({"fault": "not_answered"}, 1)):
        assert shelf.get("/runs/now/items", params={"show": "all"} | query).json()["total"] == count
    assert shelf.get("/runs/now/items", params={"limit": 100000}).status_code == 422


def test_an_item_holds_transcript_and_trace(shelf):
    item = shelf.get("/runs/before/item", params={"key": "question/moon"}).json()
    assert item["faults"] == [{"code": "answered_unknown"}]
    (turn,) = item["turns"]
    assert (turn["decision"], turn["confidence"], turn["citations"]) == ("answer", 0.7, ["fee"])
    assert item["answerable"] is False


@pytest.fixture(scope="module")
def simulated(filled) -> Any:
    """A run of a suite with a simulated customer, who was handed off instead."""
    place = write_suite(filled.settings.data / "suites", "talks")
    (place / "simulations.jsonl").write_text(json.dumps(SIMULATION) + "\n", encoding="utf-8")
    run = make_run("2026-01-03T00:00:00+00:00", {"fee": 0.9, "days": 0.9, "moon": 0.1}, suite="talks")
    turn = run["scenarios"][0]["turns"][0] | {"text": "How much is the delivery fee?"}
    result = {"id": "curious", "persona": "calm", "outcome": "handed_off", "turns": [turn], "handoff": None}
    failed = ["outcome handed_off, expected satisfied", "a turn was hand_off", "something of old"]
    run["simulations"] = [result | {"status": "waiting", "cost": 0.0, "failed": failed, "passed": False}]
    write_run(filled.settings.data, "talks", run)
    yield filled
    (filled.settings.data / "runs" / "talks.json").unlink()
    shutil.rmtree(place)


def test_a_simulated_customer_is_an_item_with_transcript_and_what_failed(simulated, shelf):
    wait(lambda: any(suite["id"] == "own.talks" for suite in shelf.get("/suites").json()["suites"]))
    counts = shelf.get("/runs/talks").json()["counts"]
    assert (counts["all"], counts["wrong"], counts["simulation"]) == (5, 1, 1)
    rows = shelf.get("/runs/talks/items", params={"kind": "simulation", "label": "handed_off"}).json()["items"]
    assert [row["key"] for row in rows] == ["simulation/curious"]
    item = shelf.get("/runs/talks/item", params={"key": "simulation/curious"}).json()
    assert item["title"] == "How much is the delivery fee?"
    assert item["labels"] == ["calm", "handed_off"]
    assert item["faults"] == [
        {"code": "outcome", "got": "handed_off", "expected": ["satisfied"]},
        {"code": "never", "decision": "hand_off", "turn": 1},
        {"code": "assertion", "texts": ["something of old"]},
    ]
    assert item["goal"] == [["3 dollars"]]
    (turn,) = item["turns"]
    assert (turn["ok"], turn["reasons"]) == (False, ["explicit_request"])


def test_the_curve_counts_both_errors(shelf):
    found = shelf.get("/runs/before/curve").json()
    at = {point["threshold"]: point for point in found["curve"]}
    assert (at[0.5]["over"], at[0.5]["under"]) == (0.0, 1.0)
    assert (at[0.65]["over"], at[0.65]["under"]) == (0.5, 1.0)
    assert (at[0.75]["over"], at[0.75]["under"]) == (0.5, 0.0)
    assert (at[1.0]["over"], at[1.0]["under"]) == (1.0, 0.0)
    assert all(item["free"] for item in found["items"])
    assert [decided(value, 0.6, 0.4) for value in (0.6, 0.5, 0.3)] == ["answer", "clarify", "offer"]


def test_two_runs_are_compared(shelf):
    found = shelf.get("/compare", params={"run": "now", "baseline": "before"}).json()
    assert [pair["now"]["key"] for pair in found["broke"]] == ["question/days"]
    assert [pair["now"]["key"] for pair in found["fixed"]] == ["question/moon"]
    assert found["shared"] == 4
    changes = shelf.get("/significance", params={"run": "now", "baseline": "before"}).json()["changes"]
    assert changes["answer.right"]["verdict"] == "same"
    assert changes["answer.right"]["difference"] == pytest.approx(0)


def test_a_mark_is_kept_with_who_and_why_and_leaves_the_suite_alone(server, shelf):
    suite = server.settings.data / "suites" / "tiny" / "questions.jsonl"
    content = suite.read_bytes()
    body = {"run": "now", "key": "question/days", "why": "It says 14 days."}
    assert shelf.post("/labels", json=body).json()["marked"]["by"] == "boss"
    marked = shelf.get("/runs/now/items", params={"show": "marked"}).json()["items"]
    assert [(row["key"], row["marked"]["why"]) for row in marked] == [("question/days", "It says 14 days.")]
    assert shelf.get("/runs/now").json()["counts"]["marked"] == 1
    count = {suite["id"]: suite["marked"] for suite in shelf.get("/suites").json()["suites"]}
    assert count["own.tiny"] == 1
    assert suite.read_bytes() == content
    lines = (server.settings.data / "suites" / "labels.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["item"] == "question/days"
    assert shelf.post("/labels", json=body | {"wrong": False}).json() == {"marked": None}
    assert shelf.get("/runs/now").json()["counts"]["marked"] == 0
    kept = (server.settings.data / "suites" / "labels.jsonl").read_text().splitlines()
    assert len(kept) == len(lines) + 1


def test_a_conversation_becomes_a_test(server, shelf):
    _, chat, conversation = server.waiting()
    chat.ask("I will wait, my number is 010-1234-5678")
    listed = {found["id"]: found for found in shelf.get("/conversations").json()["conversations"]}
    assert listed[conversation]["messages"] == 2
    draft = shelf.get(f"/conversations/{conversation}").json()
    assert [turn["decision"] for turn in draft["turns"]] == [["hand_off"], ["silent"]]
    assert draft["turns"][0]["reasons"] == ["explicit_request"]
    turns = [{key: turn[key] for key in ("text", "decision", "reasons")} for turn in draft["turns"]]
    turns[1]["text"] = "I will wait"
    made = shelf.post("/scenarios", json={"conversation": conversation, "turns": turns})
    assert made.status_code == 201
    again = shelf.post("/scenarios", json={"conversation": conversation, "turns": turns}).json()
    assert again["id"] != made.json()["id"]
    folder = server.settings.data / "suites" / "saved"
    written = (folder / "scenarios.jsonl").read_text()
    assert "010-1234" not in written
    suite = load_suite(folder)
    assert suite.kb is not None
    assert suite.kb.samefile(server.settings.knowledge)
    assert suite.scenarios[0].id == made.json()["id"]
    assert suite.scenarios[0].turns[1].expect.decision == ("silent",)
    assert shelf.get(f"/conversations/{conversation}").json()["saved"] == [made.json()["id"], again["id"]]


def test_of_a_known_customer_only_the_id_is_saved(server, shelf):
    identity = server.keys.sign("identity", "C-1")
    client = server.visit(identity=identity)
    chat = server.chat(client)
    chat.ask("How long does a delivery take?")
    chat.item(lambda item: item.get("author") == "bot")
    conversation = server.conversation(client)
    turns = [{"text": "How long does a delivery take?", "decision": ["answer"]}]
    made = shelf.post("/scenarios", json={"conversation": conversation, "turns": turns}).json()
    lines = (server.settings.data / "suites" / "saved" / "scenarios.jsonl").read_text().splitlines()
    line = next(found for found in map(json.loads, lines) if found["id"] == made["id"])
    assert line["customer"] == {"id": "C-1"}


@pytest.mark.parametrize(
    "body",
    [
        {"turns": []},
        {"turns": [{"text": "   "}]},
        {"turns": [{"text": "a", "decision": ["shout"]}]},
        {"turns": [{"text": "a", "reasons": ["because"]}]},
        {"turns": [{"text": "a" * 4001}]},
        {"turns": [{"text": "a"}] * 101},
    ],
)
def test_what_is_no_scenario_is_refused(server, shelf, body):
    conversation = server.conversation(server.visit())
    assert shelf.post("/scenarios", json={"conversation": conversation} | body).status_code == 422


def test_a_run_goes_to_its_end_one_at_a_time_and_can_be_cancelled(server, shelf):
    started = shelf.post("/job", json={"suite": "own.tiny", "thresholds": {"answer_from": 0.4, "near_from": 0.2}})
    assert started.status_code == 202, started.text
    run_id = started.json()["job"]["id"]
    assert shelf.post("/job", json={"suite": "own.tiny"}).status_code == 409
    job = wait(lambda: (found := shelf.get("/job").json()["job"])["state"] != "running" and found)
    assert (job["state"], job["done"], job["message"]) == ("done", 4, ""), job
    run = shelf.get(f"/runs/{run_id}").json()
    assert run["counts"]["all"] == 4
    assert run["thresholds"] == {"answer_from": 0.4, "near_from": 0.2}
    assert "answer.right" in run["metrics"]
    assert shelf.post("/job", json={"suite": "own.tiny"}).status_code == 202
    assert shelf.post("/job/cancel").json() == {"cancelled": True}
    assert shelf.get("/job").json()["job"]["state"] == "cancelled"
    assert shelf.post("/job/cancel").json() == {"cancelled": False}


def test_thresholds_outside_of_a_share_are_refused(shelf):
    for value in (-0.1, 1.1, "x", None):
        body = {"suite": "own.tiny", "thresholds": {"answer_from": value, "near_from": 0.2}}
        assert shelf.post("/job", json=body).status_code == 422


def test_a_broken_suite_is_listed_with_its_fault(server, shelf):
    place = server.settings.data / "suites" / "broken"
    place.mkdir()
    (place / "suite.yaml").write_text("name: [", encoding="utf-8")

    def listed() -> Any:
        return {suite["id"]: suite for suite in shelf.get("/suites").json()["suites"]}.get("own.broken")

    found = wait(listed)
    assert "suite.yaml" in found["error"]
    assert str(server.settings.data) not in found["error"]
    assert shelf.post("/job", json={"suite": "own.broken"}).status_code == 409


def strings(lang: str) -> dict[str, str]:
    source = (STATIC / f"evals-strings-{lang}.js").read_text(encoding="utf-8")
    return json.loads(source[source.index("{") : source.rindex("}") + 1])


def test_both_languages_have_every_string():
    korean, english = strings("ko"), strings("en")
    assert list(korean) == list(english)
    for key in korean:
        assert korean[key].strip(), key
        assert english[key].strip(), key
        assert set(re.findall(r"\{\w+\}", korean[key])) == set(re.findall(r"\{\w+\}", english[key])), key
    for script in STATIC.glob("evals*.js"):
        for key in re.findall(r'\btr\("([a-z_0-9.]+)"', script.read_text(encoding="utf-8")):
            assert key in korean, f"{script.name}: {key}"


def test_every_fault_metric_and_decision_has_words():
    from batonpass.evals.items import METRICS

    known = strings("en")
    views = (STATIC.parent / "evals_views.py").read_text(encoding="utf-8")
    asserted = (STATIC.parents[1] / "evals" / "assertions.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'"code": "(\w+)"', views + asserted))
    assert codes == {key.removeprefix("fault.") for key in known if key.startswith("fault.")} - {"any"}
    for prefix, names in (("cause", codes), ("metric", METRICS), ("decision", ("answer", "silent", "hand_off"))):
        for name in names:
            assert f"{prefix}.{name}" in known
