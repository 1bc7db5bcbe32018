"""A policy file while it is edited."""

from __future__ import annotations

import logging
import os
import threading
import time
from pathlib import Path

import pytest
from batonpass.escalation import GuardPolicy, PolicyFile
from batonpass.escalation import policyfile as module
from batonpass.escalation.policyfile import read_policy
from batonpass.escalation.yamlfile import InputError

LOGGER = "batonpass.escalation.policyfile"


def write(path: Path, text: str, *, age: float = 60) -> None:
    """Write a file that was last changed so many seconds ago."""
    path.write_text(text, encoding="utf-8")
    then = time.time() - age
    os.utime(path, (then, then))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "policy.yaml"
    write(path, "answer_from: 0.6\n", age=120)
    return path


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


def test_an_edit_counts_from_the_next_time_it_is_asked(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, LOGGER)
    file = PolicyFile(path)
    assert file.current() == GuardPolicy(answer_from=0.6)
    write(path, "answer_from: 0.7\n")
    now = file()
    assert now == GuardPolicy(answer_from=0.7)
    assert file.current() is now
    assert caplog.messages == [f"policy {path}: version {now.version} is in force"]


def test_a_broken_file_is_said_once_and_the_old_one_stays(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = PolicyFile(path)
    good = file.current()
    write(path, "near_from: 0.2\nanswer_form: 0.7\n")
    for _ in range(3):
        assert file.current() is good
    (line,) = warnings(caplog)
    assert f"{path}:2: unknown key 'answer_form' (did you mean 'answer_from'?)" in line
    assert good.version in line
    assert file.fault is not None
    assert "answer_form" in file.fault
    write(path, "near_from: 7\n")
    assert file.current() is good
    assert len(warnings(caplog)) == 2
    write(path, "near_from: 0.2\n", age=30)
    assert file.current() == GuardPolicy(near_from=0.2)
    assert file.fault is None


def test_a_file_that_is_mended_to_what_it_was_has_no_fault(path: Path) -> None:
    file = PolicyFile(path)
    good = file.current()
    write(path, "answer_from: nought\n")
    file.current()
    assert file.fault
    write(path, "answer_from: 0.6\n", age=30)
    assert file.current() == good
    assert file.fault is None


def test_a_file_that_is_gone_leaves_the_old_one(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = PolicyFile(path)
    good = file.current()
    path.unlink()
    assert file.current() is good
    assert file.current() is good
    (line,) = warnings(caplog)
    assert "cannot be read" in line
    write(path, "answer_from: 0.8\n")
    assert file.current() == GuardPolicy(answer_from=0.8)


def test_a_file_put_in_its_place_is_read(path: Path, tmp_path: Path) -> None:
    file = PolicyFile(path)
    other = tmp_path / "new.yaml"
    write(other, "answer_from: 0.9\n", age=120)
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)  # same size, same time: another file
    assert file.current() == GuardPolicy(answer_from=0.9)


def test_a_file_being_written_waits_until_it_is_quiet(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = PolicyFile(path)
    good = file.current()
    path.write_text("", encoding="utf-8")  # as an editor leaves it for a moment
    changed = path.stat().st_mtime_ns
    monkeypatch.setattr(module.time, "time_ns", lambda: changed + module.QUIET_NS - 1)
    assert file.current() is good
    monkeypatch.setattr(module.time, "time_ns", lambda: changed + module.QUIET_NS)
    assert file.current() == GuardPolicy()


def test_an_edit_that_changes_neither_size_nor_time_is_seen_while_the_file_is_fresh(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp = path.stat().st_mtime_ns
    monkeypatch.setattr(module.time, "time_ns", lambda: stamp + module.FRESH_NS // 2)
    file = PolicyFile(path)
    path.write_text("answer_from: 0.5\n", encoding="utf-8")
    os.utime(path, ns=(stamp, stamp))
    assert file.current() == GuardPolicy(answer_from=0.5)


def test_a_settled_file_is_not_read_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = PolicyFile(path)
    read: list[Path] = []
    monkeypatch.setattr(module, "read_text", lambda where: read.append(where) or "")
    for _ in range(5):
        file.current()
    assert read == []


def test_at_the_start_a_broken_or_missing_file_is_refused(path: Path, tmp_path: Path) -> None:
    write(path, "rules: 3\n")
    with pytest.raises(InputError, match=r"policy\.yaml:1: rules: "):
        PolicyFile(path)
    with pytest.raises(InputError, match="cannot be read"):
        PolicyFile(tmp_path / "none.yaml")


def test_what_mistakes_cost_may_stand_beside(path: Path) -> None:
    write(path, "answer_from: 0.6\nweights: {missed: 9}\n")
    assert read_policy(path) == GuardPolicy(answer_from=0.6)


def test_many_threads_see_whole_policies_only(path: Path) -> None:
    file = PolicyFile(path)
    versions = {GuardPolicy(answer_from=n / 10, near_from=n / 10).version for n in range(1, 10)}
    versions.add(file.current().version)
    seen: set[str] = set()
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            seen.add(file.current().version)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for n in range(1, 10):
        other = path.with_name("next.yaml")
        write(other, f"answer_from: {n / 10}\nnear_from: {n / 10}\n", age=100 - n)
        other.replace(path)
    stop.set()
    for thread in threads:
        thread.join()
    assert seen <= versions
    assert file.current() == GuardPolicy(answer_from=0.9, near_from=0.9)
