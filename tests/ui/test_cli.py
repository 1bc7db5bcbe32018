"""The command line: machine output on stdout, one clear line and exit code 2 for a user's mistake."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main
from batonpass.agent import Settings
from batonpass.agent.compose import customers
from batonpass.escalation import Accounts, SQLStore
from batonpass.ui import cli
from batonpass.ui.auth import Keys, load_secret


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """Run a command in this process, in a folder of its own; exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("BATONPASS_", "OPENAI_")):
            monkeypatch.delenv(name)

    def command(*arguments: Any, stdin: str = "") -> tuple[int, str, str]:
        from io import StringIO

        monkeypatch.setattr(sys, "argv", ["batonpass", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", StringIO(stdin))
        capfd.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        out, err = capfd.readouterr()
        return code, out, err

    return command


def check_mistake(result: tuple[int, str, str], *words: str) -> None:
    """One clear line on stderr, nothing on stdout, exit code 2."""
    code, out, err = result
    assert code == 2, err
    assert out == ""
    assert len(err.strip().splitlines()) == 1, err
    assert err.strip().startswith("batonpass: ")
    assert "Traceback" not in err
    for word in words:
        assert word in err


def commands() -> list[list[str]]:
    """All commands and groups, also those that are added later."""

    def walk(command: Any, path: list[str]) -> list[list[str]]:
        found = [path]
        for name, inner in getattr(command, "commands", {}).items():
            found += walk(inner, [*path, name])
        return found

    return walk(typer.main.get_command(cli.app), [])


def test_the_commands_are_found():
    names = {" ".join(path) for path in commands()}
    assert {"serve", "ingest", "ask", "link", "agents add", "agents password", "agents list"} <= names


@pytest.mark.parametrize("path", commands(), ids=" ".join)
def test_every_command_has_help(run, path):
    code, out, _ = run(*path, "--help")
    assert code == 0
    assert "Usage:" in out


def test_version_and_no_arguments(run):
    from batonpass import __version__

    assert run("--version")[:2] == (0, f"{__version__}\n")
    code, out, err = run()
    assert code == 2
    assert "Usage:" in out + err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--wrong"], "--wrong"),
        (["dance"], "dance"),
        (["serve", "--port", "abc"], "--port"),
        (["serve", "--port", "99999"], "PORT"),
        (["serve", "--port", "-1"], "PORT"),
        (["ask"], "text"),
        (["ask", "a", "b"], "b"),
        (["ask", "hi", "--jsn"], "--jsn"),
        (["ingest"], "PATH"),
        (["agents", "dance"], "dance"),
        (["agents", "add"], "login"),
    ],
)
def test_a_wrong_option(run, arguments, word):
    check_mistake(run(*arguments), word)


@pytest.mark.parametrize("command", [["ingest"], ["serve", "--port", "0", "--kb"], ["ask", "hello", "--kb"]])
def test_a_folder_that_is_not_there(run, command):
    check_mistake(run(*command, "nowhere"), "nowhere")


def test_a_setting_in_the_environment_that_is_wrong(run, monkeypatch):
    monkeypatch.setenv("BATONPASS_PORT", "many")
    check_mistake(run("ask", "hello"), "BATONPASS_PORT")


def test_a_port_in_use(run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        check_mistake(run("serve", "--port", port), str(port))
    check_mistake(run("serve", "--host", "256.0.0.1", "--port", 0), "256.0.0.1")


@pytest.mark.parametrize(
    "command", [["ingest", "kb"], ["agents", "list"], ["link", "C-1", "--kb", "kb"], ["serve", "--port", "0"]]
)
def test_a_file_where_the_data_folder_should_be(run, kb, tmp_path, command):
    (tmp_path / "kb").symlink_to(kb)
    (tmp_path / "file").write_text("x")
    check_mistake(run(*command, "--data", "file"), "file")


@pytest.mark.parametrize("garbage", [b"garbage " * 1000, b"SQLite format 3\x00" + b"\xff" * 5000])
@pytest.mark.parametrize("command", [["agents", "list"], ["agents", "add", "ann"], ["serve", "--port", "0"]])
def test_a_damaged_database(run, tmp_path, garbage, command):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "batonpass.sqlite").write_bytes(garbage)
    check_mistake(run(*command, "--data", "data", stdin="long enough\n"), "batonpass.sqlite")


@pytest.mark.parametrize("garbage", [b"", b"short", b"\xff" * 64])
def test_a_damaged_key(run, kb, tmp_path, garbage):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret.key").write_bytes(garbage)
    check_mistake(run("link", "C-1", "--kb", kb, "--data", "data"), "secret.key")


def test_a_damaged_knowledge_folder(run, kb, tmp_path):
    assert run("ingest", kb, "--data", "data")[0] == 0
    stored = [path for path in (tmp_path / "data" / "knowledge").rglob("*") if path.is_file()]
    assert stored
    for path in stored:
        path.write_bytes(b"garbage " * 100)
    code, out, err = run("ingest", kb, "--data", "data")
    assert "Traceback" not in err
    if code:
        check_mistake((code, out, err), "data")
    else:
        assert "2 added" in out or "2 unchanged" in out, "made anew from the articles"


def test_ingest_says_what_it_did_and_the_second_time_changes_nothing(run, kb, tmp_path):
    folder = tmp_path / "articles"
    folder.mkdir()
    for path in kb.glob("*.md"):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "broken.md").write_text("---\ntitle: [never closed\n---\nText")
    code, out, err = run("ingest", folder, "--data", "data")
    assert code == 0
    assert out.startswith("2 added, 0 changed, 0 removed, 0 unchanged, 1 failed;")
    assert "broken.md" in err
    (folder / "broken.md").unlink()
    assert run("ingest", folder, "--data", "data")[1].startswith(
        "0 added, 0 changed, 0 removed, 2 unchanged, 0 failed;"
    )
    (folder / "goodwill.md").unlink()
    assert run("ingest", folder, "--data", "data")[1].startswith(
        "0 added, 0 changed, 1 removed, 1 unchanged, 0 failed;"
    )


def test_ask(run, kb):
    code, out, err = run("ask", "How long does a delivery take?", "--kb", kb)
    assert code == 0
    assert "[1]" in out
    assert "(delivery)" in out
    assert "confidence" in err
    assert not Path(".batonpass").exists(), "nothing is kept"


def test_ask_json_prints_one_object(run, kb):
    code, out, _ = run("ask", "How long does a delivery take?", "--kb", kb, "--json")
    assert code == 0
    shown = json.loads(out)
    assert {"decision", "reply", "citations", "confidence", "reasons"} <= set(shown)
    assert shown["decision"] == "answer"
    assert shown["citations"][0]["document_id"] == "delivery"


@pytest.mark.parametrize(("text", "word"), [("", "empty"), ("  \n ", "empty"), ("a" * 4001, "4000")])
def test_ask_what_cannot_be_asked(run, kb, text, word):
    check_mistake(run("ask", text, "--kb", kb), word)
    check_mistake(run("ask", text, "--kb", kb, "--json"), word)


def test_bytes_that_are_no_text_are_survived(run, kb):
    code, out, _ = run("ask", "delivery \udcff time", "--kb", kb, "--json")
    assert code == 0
    assert json.loads(out)["decision"]


def test_link(run, kb, tmp_path):
    code, out, _ = run("link", "C-1", "--kb", kb, "--data", "data", "--base", "https://shop.example/")
    assert code == 0
    address, token = out.strip().split("?identity=")
    assert address == "https://shop.example/chat/"
    assert Keys(load_secret(tmp_path / "data" / "secret.key")).read("identity", token, 60) == "C-1"
    check_mistake(run("link", "C-404", "--kb", kb, "--data", "data"), "C-404")


def test_a_damaged_customer_file(run, kb, tmp_path):
    shop = tmp_path / "shop"
    (shop / "kb").mkdir(parents=True)
    for content in (b'{"id": "C-1"}\nnonsense\n', b"\xff\xfe\x00garbage", b'{"name": "no id"}\n', b"[1]\n"):
        (shop / "customers.jsonl").write_bytes(content)
        check_mistake(run("link", "C-1", "--kb", shop / "kb", "--data", "data"))


def test_agents(run, tmp_path):
    assert run("agents", "add", "ann", "--name", "Ann Lee", "--data", "data", stdin="long enough\n")[0] == 0
    assert run("agents", "add", "boss", "--admin", "--data", "data", stdin="long enough\n")[0] == 0
    assert run("agents", "add", "sue", "--supervisor", "--data", "data", stdin="long enough\n")[0] == 0
    listed = "ann\tagent\tAnn Lee\nboss\tadmin\tboss\nsue\tsupervisor\tsue\n"
    assert run("agents", "list", "--data", "data")[1] == listed
    assert run("agents", "role", "sue", "admin", "--data", "data")[0] == 0
    assert "sue\tadmin" in run("agents", "list", "--data", "data")[1]
    accounts = Accounts(SQLStore(Settings(data=tmp_path / "data").database_url).engine)
    ann = accounts.verify("ann", "long enough")
    assert ann is not None
    token = accounts.start_session(ann)
    assert run("agents", "password", "ann", "--data", "data", stdin="another one\n")[0] == 0
    assert accounts.session(token) is None
    assert accounts.verify("ann", "another one") == ann


def test_agents_that_cannot_be(run):
    check_mistake(run("agents", "add", "ann", "--data", "data", stdin="short\n"), "8")
    check_mistake(run("agents", "add", "ann", "--data", "data"), "8")
    check_mistake(run("agents", "add", "Ann Lee!", "--data", "data", stdin="long enough\n"), "a-z")
    check_mistake(run("agents", "password", "nobody", "--data", "data", stdin="long enough\n"), "nobody")
    check_mistake(run("agents", "role", "nobody", "admin", "--data", "data"), "nobody")
    run("agents", "add", "ann", "--data", "data", stdin="long enough\n")
    check_mistake(run("agents", "role", "ann", "queen", "--data", "data"), "queen")
    check_mistake(run("agents", "add", "ann", "--data", "data", stdin="long enough\n"), "taken")


def test_the_password_is_not_shown(run):
    for arguments in (["agents", "add", "ann"], ["agents", "password", "ann"]):
        _, out, err = run(*arguments, "--data", "data", stdin="hidden-password-1\n")
        assert "hidden-password-1" not in out + err


def test_the_command_as_a_program(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "batonpass", "ingest", "nowhere"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
    )
    check_mistake((done.returncode, done.stdout, done.stderr), "nowhere")


def test_no_customers_beside_the_knowledge_is_nobody(tmp_path):
    assert customers(Settings(data=tmp_path, kb=tmp_path)).get("C-1") is None
