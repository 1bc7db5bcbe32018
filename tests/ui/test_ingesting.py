"""``batonpass ingest``: --enrich against a real endpoint on loopback, --watch on a real folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from batonpass.knowledge import LocalKnowledgeBase
from batonpass.knowledge.aliases import Aliases, Decision, Origin

from .test_cli import check_mistake, run

__all__ = ["run"]

LIMIT = 60.0


class Model:
    """An OpenAI-compatible endpoint that answers by the article's title."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.asked: list[str] = []
        self.down = False
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                title = json.loads(body["messages"][-1]["content"])["title"]
                model.asked.append(title)
                message = {"role": "assistant", "content": model.answers.get(title, "")}
                choice = {"index": 0, "message": message, "finish_reason": "stop"}
                answer = {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
                data = json.dumps({"error": {"message": "closed"}} if model.down else answer).encode()
                self.send_response(400 if model.down else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def model(run: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    made = Model()
    made.answers["Delivery"] = json.dumps({"questions": ["When does my stuff get here?", "Is it free?"]})
    made.answers["Returns"] = json.dumps({"questions": ["Can I send it back?"]})
    monkeypatch.setenv("BATONPASS_MODEL", "writer")
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{made.server.server_address[1]}/v1")
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "delivery.md").write_text("# Delivery\n\nParcels arrive within 3 days.")
    (folder / "returns.md").write_text("# Returns\n\nReturn parcels within 7 days.")
    return folder


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--enrich"], "BATONPASS_MODEL"),
        (["--accept"], "--enrich"),
        (["--watch", "--enrich"], "enrich first"),
        (["--watch", "https://shop.example"], "web sites"),
    ],
)
def test_what_does_not_go(run: Any, articles: Path, options: list[str], word: str) -> None:
    check_mistake(run("ingest", articles, *options), word)


def test_proposals_are_shown_and_count_only_when_accepted(
    run: Any, articles: Path, model: Model, tmp_path: Path
) -> None:
    question = "when does my stuff get here"

    def found() -> tuple[str, ...]:
        """Articles with this very question."""
        with LocalKnowledgeBase(tmp_path / ".batonpass" / "knowledge" / "default") as base:
            return tuple(each.document.id for each in base.search(question).passages if each.score == 1)

    code, out, err = run("ingest", articles, "--enrich")
    assert code == 0
    lines = out.splitlines()
    assert lines[0].startswith("2 added")
    assert lines[1] == "delivery.md: Delivery"
    assert lines[2].startswith("  + When does my stuff get here?  (")
    assert lines[-1] == "3 to add, 0 to remove, in 2 articles"
    assert "--accept" in err
    assert found() == ()
    model.asked.clear()
    assert run("ingest", articles, "--enrich")[0] == 0
    assert model.asked == [], "nothing has changed"
    name = lines[3].split("(")[1].rstrip(")")
    assert run("aliases", "reject", name)[0] == 0
    code, out, err = run("ingest", articles, "--enrich", "--accept")
    assert (code, model.asked) == (0, [])
    assert "2 aliases accepted" in err
    assert "2 changed" in out
    assert found() == ("delivery",)
    aliases = Aliases(tmp_path / ".batonpass" / "knowledge" / "default")
    assert [each.text for each in aliases.list(Decision.REJECTED)] == ["Is it free?"]
    assert run("ingest", articles)[1].startswith("0 added, 0 changed")


def test_a_changed_article_is_asked_for_alone_and_shown_as_a_difference(
    run: Any, articles: Path, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("ingest", articles, "--enrich")
    run("ingest", articles, "--enrich", "--accept")
    model.asked.clear()
    (articles / "returns.md").write_text("# Returns\n\nReturn parcels within 14 days.")
    model.answers["Returns"] = json.dumps({"questions": ["How long may I send it back?"]})
    _, out, _ = run("ingest", articles, "--enrich")
    assert model.asked == ["Returns"]
    assert "  - Can I send it back?" in out
    assert "  + How long may I send it back?" in out
    assert out.endswith("1 to add, 1 to remove, in 1 articles\n")
    monkeypatch.delenv("BATONPASS_MODEL")
    code, _, err = run("ingest", articles, "--enrich", "--accept")
    assert (code, "1 aliases accepted, 1 dropped" in err) == (0, True), "no model is needed"


def test_an_endpoint_that_is_down(run: Any, articles: Path, model: Model) -> None:
    model.answers["Delivery"] = "I would rather not"
    code, out, err = run("ingest", articles, "--enrich")
    assert code == 0
    assert "no questions: delivery.md: the model's answer is not JSON" in err
    assert "1 to add" in out
    model.down = True
    code, out, err = run("ingest", articles, "--enrich")
    assert code == 2
    assert "goes on from here" in err
    assert "Traceback" not in err
    model.down = False
    model.answers["Delivery"] = json.dumps({"questions": ["Is it free?"]})
    model.asked.clear()
    assert run("ingest", articles, "--enrich")[0] == 0
    assert model.asked == ["Delivery"]


def program(*arguments: Any, cwd: Path) -> subprocess.Popen[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("BATONPASS_", "OPENAI_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "batonpass", *map(str, arguments)],
        cwd=cwd,
        env=env | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def heard(stream: Any, words: str) -> list[str]:
    """Read lines up to one with these words; the test's own limit is the runner's."""
    lines = []
    for line in stream:
        lines.append(line)
        if words in line:
            return lines
    raise AssertionError(f"it ended without {words!r}: {lines}")


def test_watching_until_ctrl_c(articles: Path, tmp_path: Path) -> None:
    running = program("ingest", articles, "--watch", cwd=tmp_path)
    try:
        heard(running.stderr, "watching")
        (articles / "lamp.md").write_text("# Lamp\n\nThe lamp needs a bulb.")
        heard(running.stderr, "added lamp; 3 chunks")
        (articles / "lamp.md").write_text("---\nstatus: nonsense\n---\nText")
        heard(running.stderr, "not read: lamp.md: line 2: status")
        (articles / "delivery.md").unlink()
        heard(running.stderr, "removed delivery; 2 chunks")
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=LIMIT)
    finally:
        running.kill()
        running.wait()
    assert (running.returncode, err) == (0, "stopped\n")
    with LocalKnowledgeBase(tmp_path / ".batonpass" / "knowledge" / "default") as base:
        assert sorted(each.id for each in base.documents()) == ["lamp", "returns"]


def test_a_server_that_watches(articles: Path, tmp_path: Path) -> None:
    running = program("serve", "--kb", articles, "--port", 0, "--watch", cwd=tmp_path)
    try:
        heard(running.stderr, "First login")
        (articles / "lamp.md").write_text("# Lamp\n\nThe lamp needs a bulb.")
        heard(running.stderr, "added lamp; 3 chunks")
        # A supervisor approves beside the running server.
        aliases = Aliases(tmp_path / ".batonpass" / "knowledge" / "default")
        (made,) = aliases.propose("lamp", ["it is so dark here"], origin=Origin.DESK, by="ann")
        aliases.decide([made.id], Decision.APPROVED, by="bo")
        heard(running.stderr, "changed lamp; 3 chunks")
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=LIMIT)
    finally:
        running.kill()
        running.wait()
    assert "Traceback" not in err
    assert "Error" not in err
