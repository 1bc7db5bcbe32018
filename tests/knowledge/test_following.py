"""A knowledge base that follows a real folder."""

from __future__ import annotations

import os
import queue
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from batonpass.knowledge import EmbeddingError, HashedEmbedder, KnowledgeError, LocalKnowledgeBase, SyncReport
from batonpass.knowledge import loaders as loaders_package
from batonpass.knowledge.aliases import Aliases, Decision, Origin
from batonpass.knowledge.following import follow
from batonpass.knowledge.loaders import folders, load_folders

from .contract import PARKING, REFUND

LIMIT = 30.0

Told = SyncReport | KnowledgeError


class Following:
    """A base that follows a folder in a thread."""

    def __init__(self, base: LocalKnowledgeBase, *paths: Path, **options: Any) -> None:
        self.base = base
        self.told: queue.Queue[Told] = queue.Queue()
        self.stop = threading.Event()
        more = {"quiet": 0.1, "look": 0.1, "retry": 0.3} | options
        self.thread = threading.Thread(
            target=follow, args=(base, paths, self.stop, self.told.put), kwargs=more, daemon=True
        )
        self.thread.start()

    def next(self) -> Told:
        return self.told.get(timeout=LIMIT)

    def until(self, wanted: Callable[[Told], object]) -> list[Told]:
        """Everything up to what is waited for: a burst may be told of in two parts."""
        heard = []
        while not heard or not wanted(heard[-1]):
            heard.append(self.next())
        return heard

    def end(self) -> None:
        self.stop.set()
        self.thread.join(LIMIT)
        assert not self.thread.is_alive()


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "refund.md").write_text(REFUND)
    (folder / "parking.md").write_text(PARKING)
    return folder


@pytest.fixture
def followed(open_base: Callable[..., LocalKnowledgeBase], kb: Path) -> Iterator[Callable[..., Following]]:
    made: list[Following] = []

    def start(*paths: Path, embedder: Any = None, **options: Any) -> Following:
        base = open_base(embedder=embedder)
        base.sync(load_folders([kb])[0])
        made.append(Following(base, *(paths or (kb,)), **options))
        return made[-1]

    yield start
    for each in made:
        each.end()


def has(report: Told, **wanted: tuple[str, ...]) -> bool:
    return isinstance(report, SyncReport) and all(getattr(report, name) == ids for name, ids in wanted.items())


def test_articles_come_change_and_go(followed: Callable[..., Following], kb: Path) -> None:
    following = followed()
    (kb / "lamp.md").write_text("# Lamp\n\nThe lamp needs a bulb.")
    following.until(lambda told: has(told, added=("lamp",)))
    assert following.base.search("bulb").ranking[0] == "lamp"
    (kb / "lamp.md").write_text("# Lamp\n\nThe lamp needs a candle.")
    following.until(lambda told: has(told, changed=("lamp",)))
    assert following.base.search("candle").ranking[0] == "lamp"
    (kb / "lamp.md").unlink()
    following.until(lambda told: has(told, removed=("lamp",)))
    assert "lamp" not in following.base.search("candle").ranking


def test_what_changed_before_it_began_is_seen(open_base: Callable[..., LocalKnowledgeBase], kb: Path) -> None:
    base = open_base()
    base.sync(load_folders([kb])[0])
    (kb / "lamp.md").write_text("# Lamp\n\nThe lamp needs a bulb.")
    following = Following(base, kb)
    assert has(following.next(), added=("lamp",))
    following.end()


def test_a_failing_file_is_named_once_and_the_rest_goes_on(followed: Callable[..., Following], kb: Path) -> None:
    following = followed()
    (kb / "refund.md").write_text("---\nstatus: nonsense\n---\nText")
    told = following.until(lambda told: isinstance(told, SyncReport) and told.failed)[-1]
    assert isinstance(told, SyncReport)
    (failed,) = told.failed
    assert (failed.source, "line 2" in failed.reason) == ("refund.md", True)
    assert following.base.search("refund card").ranking[0] == "refund", "its old text stays"
    (kb / "lamp.md").write_text("# Lamp\n\nThe lamp needs a bulb.")
    report = following.until(lambda told: has(told, added=("lamp",)))[-1]
    assert isinstance(report, SyncReport)
    assert report.failed == (), "named before"
    (kb / "refund.md").write_text(REFUND + " Or less.")
    following.until(lambda told: has(told, changed=("refund",)))


def test_what_failed_before_is_not_named_again(open_base: Callable[..., LocalKnowledgeBase], kb: Path) -> None:
    (kb / "broken.md").write_bytes(b"\x00\x01")
    base = open_base()
    documents, failures = load_folders([kb])
    base.sync(documents, failures=failures)
    following = Following(base, kb, failed=failures)
    (kb / "lamp.md").write_text("# Lamp\n\nThe lamp needs a bulb.")
    assert has(following.until(lambda told: has(told, added=("lamp",)))[0], failed=())
    following.end()


def test_a_folder_that_is_gone_keeps_the_old_base(
    followed: Callable[..., Following], kb: Path, tmp_path: Path
) -> None:
    following = followed()
    kb.rename(tmp_path / "away")
    told = following.until(lambda told: isinstance(told, KnowledgeError))[-1]
    assert "no such folder" in str(told)
    assert following.base.search("refund card").ranking[0] == "refund"
    shutil.copytree(tmp_path / "away", tmp_path / "new")
    (tmp_path / "new" / "lamp.md").write_text("# Lamp\n\nThe lamp needs a bulb.")
    os.rename(tmp_path / "new", kb)
    following.until(lambda told: has(told, added=("lamp",)))


def test_an_endpoint_that_is_down_is_tried_again(followed: Callable[..., Following], kb: Path) -> None:
    class Breaking(HashedEmbedder):
        broken = False

        def embed_documents(self, texts: Any) -> Any:
            if self.broken:
                raise EmbeddingError("the endpoint is down")
            return super().embed_documents(texts)

    embedder = Breaking()
    following = followed(embedder=embedder)
    embedder.broken = True
    (kb / "lamp.md").write_text("# Lamp\n\nThe lamp needs a bulb.")
    assert "down" in str(following.until(lambda told: isinstance(told, KnowledgeError))[-1])
    embedder.broken = False
    following.until(lambda told: has(told, added=("lamp",)))


def test_a_mistake_of_ours_does_not_end_it(
    followed: Callable[..., Following], kb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    following = followed()
    with monkeypatch.context() as patch:
        patch.setattr("batonpass.knowledge.following.load_folders", lambda *_, **__: 1 / 0)
        (kb / "lamp.md").write_text("# Lamp\n\nThe lamp needs a bulb.")
        following.until(lambda told: "ZeroDivisionError" in str(told))
    following.until(lambda told: has(told, added=("lamp",)))


@pytest.mark.parametrize("with_folder", [True, False])
def test_an_approval_counts_at_once(followed: Callable[..., Following], kb: Path, with_folder: bool) -> None:
    following = followed() if with_folder else None
    if following is None:
        following = followed(kb)
        following.end()
        following = Following(following.base)
    # As the command line does it, in another process: with an object of its own.
    aliases = Aliases(following.base.aliases.path.parent)
    (made,) = aliases.propose("refund", ["gimme the moolah"], origin=Origin.DESK, by="ann")
    aliases.decide([made.id], Decision.APPROVED, by="bo")
    following.until(lambda told: has(told, changed=("refund",)))
    assert following.base.search("gimme the moolah").ranking[0] == "refund"
    aliases.decide([made.id], Decision.REJECTED, by="bo")
    following.until(lambda told: has(told, changed=("refund",)))
    assert following.base.search("gimme the moolah").ranking[:1] != ("refund",)
    following.end()


def test_only_changed_files_are_read(kb: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    original = folders.load_file

    def load(path: Path, source: str) -> Any:
        read.append(source)
        return original(path, source)

    monkeypatch.setattr(folders, "load_file", load)
    for path in kb.iterdir():
        os.utime(path, (1, 1))
    monkeypatch.setattr(folders, "_FRESH", -1.0)  # as if they had lain there for long
    known = loaders_package.Known()
    first = load_folders([kb], known=known)
    assert load_folders([kb], known=known) == first
    assert read == ["parking.md", "refund.md"]
    (kb / "refund.md").write_text(REFUND + " More.")
    documents, _ = load_folders([kb], known=known)
    assert read[2:] == ["refund.md"]
    assert "More." in documents[1].text
    (kb / "refund.md").unlink()
    assert [each.id for each in load_folders([kb], known=known)[0]] == ["parking"]
    monkeypatch.setattr(folders, "_FRESH", 2.0)
    (kb / "new.md").write_text("# New\n\nText")
    load_folders([kb], known=known)
    load_folders([kb], known=known)
    assert read[3:].count("new.md") == 2, "just written: a second change could bear the same time"
