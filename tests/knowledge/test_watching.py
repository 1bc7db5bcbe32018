"""Following real folders. No test says how long anything takes; what must not come is waited out by what must."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from batonpass.knowledge.watching import changes

LIMIT = 30.0
QUIET, LOOK = 0.1, 0.1

Start = Callable[..., "queue.Queue[bool]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Follows paths in a thread; the queue holds what came."""
    stops: list[tuple[threading.Event, threading.Thread]] = []

    def begin(*paths: Path, **options: Any) -> queue.Queue[bool]:
        stop, heard = threading.Event(), queue.Queue[bool]()

        def run() -> None:
            for told in changes(paths, stop, quiet=QUIET, look=LOOK, **options):
                heard.put(told)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        stops.append((stop, thread))
        return heard

    yield begin
    for stop, thread in stops:
        stop.set()
        thread.join(LIMIT)
        assert not thread.is_alive(), "it did not stop"


def settle(heard: queue.Queue[bool]) -> None:
    """Wait until nothing comes any more: the first word at the start, and what a change still brings."""
    heard.get(timeout=LIMIT)
    while True:
        try:
            heard.get(timeout=10 * LOOK)
        except queue.Empty:
            return


def test_the_first_word_comes_by_itself_and_reading_is_no_change(start: Start, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("a")
    heard = start(tmp_path)
    assert heard.get(timeout=LIMIT) is True
    (tmp_path / "a.md").read_text()
    list(tmp_path.iterdir())
    with pytest.raises(queue.Empty):
        heard.get(timeout=10 * LOOK)


@pytest.mark.parametrize("change", ["write", "new", "deep", "rename", "delete", "replace"])
def test_changes(start: Start, tmp_path: Path, change: str) -> None:
    kb = tmp_path / "kb"
    (kb / "deep").mkdir(parents=True)
    (kb / "a.md").write_text("a")
    heard = start(kb)
    settle(heard)
    if change == "write":
        (kb / "a.md").write_text("b")
    elif change == "new":
        (kb / "b.md").write_text("b")
    elif change == "deep":
        (kb / "deep" / "b.md").write_text("b")
    elif change == "rename":
        (kb / "a.md").rename(kb / "c.md")
    elif change == "delete":
        (kb / "a.md").unlink()
    else:
        (tmp_path / "new").write_text("c")
        os.replace(tmp_path / "new", kb / "a.md")
    assert heard.get(timeout=LIMIT) is True


def test_hidden_and_backup_files_are_no_change(start: Start, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    heard = start(tmp_path)
    settle(heard)
    (tmp_path / ".git" / "index").write_text("x")
    (tmp_path / ".a.md.swp").write_text("x")
    (tmp_path / "a.md~").write_text("x")
    with pytest.raises(queue.Empty):
        heard.get(timeout=10 * LOOK)
    (tmp_path / "..data").write_text("x")
    assert heard.get(timeout=LIMIT) is True


def test_a_single_file(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("a")
    heard = start(path)
    settle(heard)
    (tmp_path / "b.md").write_text("not asked for")
    with pytest.raises(queue.Empty):
        heard.get(timeout=10 * LOOK)
    path.write_text("abc")
    assert heard.get(timeout=LIMIT) is True
    path.unlink()
    assert heard.get(timeout=LIMIT) is True


def test_a_folder_that_goes_and_comes_back(start: Start, tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    kb.mkdir()
    heard = start(kb)
    settle(heard)
    kb.rename(tmp_path / "away")
    settle(heard)
    kb.mkdir()
    settle(heard)
    (kb / "a.md").write_text("a")
    assert heard.get(timeout=LIMIT) is True


def test_a_link_that_is_turned_to_another_folder(start: Start, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "kb").symlink_to("one")
    heard = start(tmp_path / "kb")
    settle(heard)
    (tmp_path / "next").symlink_to("two")
    os.replace(tmp_path / "next", tmp_path / "kb")
    settle(heard)
    (tmp_path / "two" / "a.md").write_text("a")
    assert heard.get(timeout=LIMIT) is True


def test_something_else_is_told_apart(start: Start, tmp_path: Path) -> None:
    value = [1]
    heard = start(tmp_path, also=lambda: value[0])
    settle(heard)
    value[0] = 2
    assert heard.get(timeout=LIMIT) is False
    alone = start(also=lambda: value[0])
    with pytest.raises(queue.Empty):
        alone.get(timeout=10 * LOOK)
    value[0] = 3
    assert alone.get(timeout=LIMIT) is False
