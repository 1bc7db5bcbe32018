"""``batonpass policy``, as an operator types it."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from batonpass.escalation import GuardPolicy
from batonpass.ui import cli
from batonpass.ui.policing import lines


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["batonpass", "policy", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def write(folder: Path, text: str) -> Path:
    path = folder / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_it_prints_what_is_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(
        tmp_path,
        "answer_from: 0.72\nhigh_value: {amount: null}\ntopics: {strike: [파업, walkout]}\nrules:\n"
        "- {name: calm, when: {langs: en}, then: offer}\n"
        "- {name: strike-desk, when: {topics: strike, amount_from: 2000000}, then: hand_off, always: true, "
        "priority: urgent, queue: news, message: {en: One moment please.}}\n",
    )
    assert run(monkeypatch, path) == 0
    said = capsys.readouterr()
    shown = said.out.splitlines()
    assert "answer_from: 0.72  (changed)" in shown
    assert "near_from: 0.2" in shown
    assert "high_value: tiers vip, amount none  (changed)" in shown
    assert "topic strike: 파업, walkout" in shown
    assert shown[-2:] == [
        "rule 1: strike-desk: always hand_off, queue news, priority urgent, message in en, "
        "when topics strike; amount_from 2000000",
        "rule 2: calm: offer, when langs en",
    ]
    assert "version " in said.err


def test_as_json_it_is_the_whole_policy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BATONPASS_POLICY", str(write(tmp_path, "hysteresis: 0.25\n")))
    assert run(monkeypatch, "--json") == 0
    value = json.loads(capsys.readouterr().out)
    version = value.pop("version")
    assert GuardPolicy.model_validate(value) == GuardPolicy(hysteresis=0.25)
    assert version == GuardPolicy(hysteresis=0.25).version


def test_without_a_file_it_is_the_built_in_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BATONPASS_POLICY", raising=False)
    assert run(monkeypatch) == 0
    said = capsys.readouterr()
    assert "(changed)" not in said.out
    assert f"built in: version {GuardPolicy().version}" in said.err


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("hysterysis: 0.1\n", "policy.yaml:1: unknown key 'hysterysis' (did you mean 'hysteresis'?)"),
        ("near_from: 0.2\nweights: {misst: 2}\n", "policy.yaml:2: weights: unknown key 'misst'"),
        (None, "policy.yaml: cannot be read: No such file or directory"),
    ],
)
def test_a_mistake_is_one_line_and_exit_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str | None,
    why: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    if text is not None:
        write(tmp_path, text)
    assert run(monkeypatch, "policy.yaml") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert why in said.err


def test_the_product_does_not_start_on_a_broken_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, "answer_from: 0.5\nrules:\n- {name: a, when: {}, then: offer}\n")
    monkeypatch.setenv("BATONPASS_POLICY", str(path))
    monkeypatch.setattr(sys, "argv", ["batonpass", "ask", "배송 조회 부탁드려요"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"{path}:3: rule 1 when: no condition" in said


def test_hours_say_whether_somebody_is_there_now() -> None:
    hours = {"timezone": "Asia/Seoul", "mon": ["09:00-12:00", "13:00-18:00"], "holidays": ["12-25"]}
    policy = GuardPolicy.model_validate({"business_hours": hours})
    shown = lines(policy, datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
    assert "business_hours: Asia/Seoul, open now" in shown
    assert "  mon 09:00-12:00, 13:00-18:00" in shown
    assert "  tue closed" in shown
    assert "  holidays 12-25" in shown
    assert "business_hours: Asia/Seoul, closed now" in lines(policy, datetime(2026, 11, 23, 3, 0, tzinfo=UTC))
