"""LocalKnowledgeBase: the contract, and what a folder on disk can suffer."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from batonpass.knowledge import (
    EmbeddingError,
    HashedEmbedder,
    KnowledgeError,
    LocalKnowledgeBase,
    OpenAIEmbedder,
    make_document,
)
from batonpass.knowledge.indices import Indices
from batonpass.knowledge.ledger import FILE, Ledger
from batonpass.knowledge.snapshot import Snapshot

from .contract import PARKING, REFUND, KnowledgeBaseContract, article
from .endpoint import Endpoint, down, vectors

Open = Callable[..., LocalKnowledgeBase]


class TestContract(KnowledgeBaseContract):
    pass


DOCUMENTS = [article("refund", REFUND), article("parking", PARKING)]


def healthy(base: LocalKnowledgeBase, *, left_over: bool = False) -> None:
    """Both indices hold exactly the snapshot's chunks, and the articles are found.

    Vectors of an unfinished sync may be left over until the next one.
    """
    wanted = set(base._snapshot.chunks)
    assert base._indices.lexical.ids() == wanted
    vectors = base._indices.vectors.ids()
    assert vectors >= wanted if left_over else vectors == wanted
    assert by_words(base, "refund card") == "refund"
    assert by_words(base, "garage") == "parking"


def by_words(base: LocalKnowledgeBase, query: str) -> str:
    """The article that holds the query's words best; the scripted endpoint's vectors mean nothing."""
    passages = base.search(query, limit=200).passages
    return max(passages, key=lambda passage: passage.scores["lexical"]).document.id


def test_reopening_keeps_everything(open_base: Open) -> None:
    base = open_base()
    base.sync(DOCUMENTS)
    version, chunk = base.version, base.search("refund").passages[0].chunk
    base.close()
    again = open_base()
    assert again.version == version
    assert again.documents() == base.documents()
    found = again.passage(chunk.id)
    assert found is not None
    assert found.chunk == chunk
    assert again.sync(DOCUMENTS).unchanged


class Killed(BaseException):
    """Stands for the process's end: nothing in the code may catch it."""


@pytest.mark.parametrize(
    ("owner", "method", "after"),
    [
        (Indices, "add", False),
        (Indices, "_add_vectors", False),
        (Indices, "_add_vectors", True),
        (Indices, "add", True),
        (Ledger, "replace", False),
        (Ledger, "replace", True),
        (Indices, "remove", False),
        (Indices, "remove", True),
    ],
)
def test_killed_in_mid_sync_the_next_opening_mends(
    open_base: Open, monkeypatch: pytest.MonkeyPatch, owner: type, method: str, after: bool
) -> None:
    base = open_base()
    base.sync([*DOCUMENTS, article("old", "# Old\n\nSomething that goes away.")])
    original = getattr(owner, method)

    def die(self: Any, *args: Any, **more: Any) -> Any:
        if after:
            original(self, *args, **more)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(owner, method, die)
        with pytest.raises(Killed):
            base.sync([article("refund", REFUND + " Or less."), DOCUMENTS[1]])
    base.close()
    again = open_base()
    healthy(again, left_over=True)
    flipped = method in ("replace", "remove") and (after or method == "remove")
    assert ("Or less." in again.search("refund").passages[0].document.text) == flipped
    assert ("old" in {document.id for document in again.documents()}) != flipped
    report = again.sync([article("refund", REFUND + " Or less."), DOCUMENTS[1]])
    assert bool(report.changed) != flipped
    healthy(again)


@pytest.mark.parametrize("method", ["replace", "set_state"])
def test_process_that_dies_without_a_word(open_base: Open, tmp_path: Path, method: str) -> None:
    """As by SIGKILL: no handler, no flush. Before the flip (replace), or before the sync is called clean."""
    base = open_base()
    base.sync(DOCUMENTS)
    base.close()
    code = (
        "import os, pathlib, sys\n"
        "from batonpass.knowledge import LocalKnowledgeBase, make_document\n"
        "from batonpass.knowledge.ledger import Ledger\n"
        "base = LocalKnowledgeBase(pathlib.Path(sys.argv[1]))\n"
        "documents = base.documents()[:1] + [make_document('lamp', 'Lamp', 'The lamp needs a bulb.')]\n"
        "method, original = sys.argv[2], Ledger.set_state\n"
        "def die(self, *args, **more):\n"
        "    if method == 'set_state' and more.get('dirty') == '1': return original(self, **more)\n"
        "    os._exit(9)\n"
        "setattr(Ledger, method, die)\n"
        "base.sync(documents)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "kb"), method],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert ended.returncode == 9
    again = open_base()
    flipped = method == "set_state"
    assert ("lamp" in {document.id for document in again.documents()}) == flipped
    assert (again.search("lamp bulb").ranking[:1] == ("lamp",)) == flipped
    again.sync(DOCUMENTS)
    healthy(again)


def test_failed_sync_leaves_the_old_base_searchable(open_base: Open) -> None:
    embedder = Breaking()
    base = open_base(embedder=embedder)
    base.sync(DOCUMENTS)
    embedder.broken = True
    with pytest.raises(EmbeddingError):
        base.sync([*DOCUMENTS, article("new", "# New\n\nA new thing.")])
    assert base.search("refund card").ranking[0] == "refund"
    assert "new" not in base.search("new thing").ranking
    embedder.broken = False
    assert base.sync([*DOCUMENTS, article("new", "# New\n\nA new thing.")]).added == ("new",)
    healthy(base)


class Breaking(HashedEmbedder):
    """An endpoint that can be switched off."""

    broken = False

    def embed_documents(self, texts: Sequence[str]) -> Any:
        if self.broken:
            raise EmbeddingError("endpoint is down")
        return super().embed_documents(texts)

    def embed_query(self, text: str) -> Any:
        if self.broken:
            raise EmbeddingError("endpoint is down")
        return super().embed_query(text)


def test_vectors_are_in_memory_after_a_sync_that_went_on_and_after_every_start(
    open_base: Open, endpoint: Endpoint, tmp_path: Path
) -> None:
    """Those that an unfinished sync left in Chroma, too: memory holds exactly what may be found."""

    def in_memory(base: LocalKnowledgeBase) -> set[str]:
        return {name for near in base._indices.vectors._near.values() for name in near.rows()[0]}

    embedder = OpenAIEmbedder(model="m", api_key="k", base_url=endpoint.url, retries=0)
    base = open_base(embedder=embedder)
    base.sync(DOCUMENTS)
    endpoint.answers = [vectors] * (len(endpoint.requests) + 1) + [down]
    with pytest.raises(EmbeddingError):
        base.sync([*DOCUMENTS, *NEW])
    base.close()
    base = open_base(embedder=embedder)
    assert in_memory(base) == set(base._snapshot.chunks)
    endpoint.answers = [vectors]
    base.sync([*DOCUMENTS, *NEW])
    assert in_memory(base) == set(base._snapshot.chunks)
    base.sync([DOCUMENTS[0], *NEW])
    assert in_memory(base) == set(base._snapshot.chunks)
    base.close()
    (tmp_path / "kb" / "vectors.npz").write_bytes(b"no vectors")
    base = open_base(embedder=embedder)
    assert in_memory(base) == set(base._snapshot.chunks)


def test_a_changed_base_is_what_a_start_would_read(open_base: Open) -> None:
    """The snapshot is changed in memory; the ledger's own is the measure."""
    base = open_base()
    empty = article("empty", "")
    lamp = article("lamp", "# Lamp\n\nA bulb.", questions=["Which bulb?"])
    base.sync([*DOCUMENTS, empty, replace(lamp, meta={"sizes": (1, 2), "since": date(2026, 1, 2)})])
    assert base._snapshot == Snapshot.of(base._ledger.contents())
    base.sync([article("a", "# A\n\nFirst."), article("lamp", "# Lamp\n\nTwo bulbs.")])
    assert base._snapshot == Snapshot.of(base._ledger.contents())
    assert [document.id for document in base.documents()] == ["a", "lamp"]


def test_search_goes_on_without_vectors(open_base: Open) -> None:
    embedder = Breaking()
    base = open_base(embedder=embedder)
    base.sync(DOCUMENTS)
    embedder.broken = True
    result = base.search("refund card")
    assert result.ranking[0] == "refund"
    assert result.passages[0].scores["dense"] == 0


def test_another_embedder_embeds_all_anew(open_base: Open) -> None:
    first = open_base()
    first.sync(DOCUMENTS)
    first.close()
    heard: list[tuple[int, int, str]] = []
    second = open_base(embedder=HashedEmbedder(64), progress=lambda *told: heard.append(told))
    assert heard[-1][:2] == (2, 2)
    assert "hashed-64" in heard[-1][2]
    healthy(second)
    second.close()
    heard.clear()
    open_base(embedder=HashedEmbedder(64), progress=lambda *told: heard.append(told))
    assert heard == []


NEW = [article(f"new{n}", f"# New {n}\n\nA new thing, number {n}.") for n in range(150)]


@pytest.mark.parametrize("batch", [64, 10])
@pytest.mark.parametrize("reopened", [False, True])
def test_what_was_embedded_before_a_failure_is_not_embedded_again(
    open_base: Open, endpoint: Endpoint, batch: int, reopened: bool
) -> None:
    """The endpoint goes down in mid-sync; the next sync asks for the rest only."""
    embedder = OpenAIEmbedder(model="m", api_key="k", base_url=endpoint.url, batch=batch, retries=0)
    base = open_base(embedder=embedder)
    base.sync(DOCUMENTS)
    endpoint.answers = [vectors] * (len(endpoint.requests) + (10 if batch == 10 else 1)) + [down]
    with pytest.raises(EmbeddingError, match="no room left"):
        base.sync([*DOCUMENTS, *NEW])
    assert base.search("refund card").ranking[0] == "refund"
    assert {document.id for document in base.documents()} == {"refund", "parking"}
    useful = list(endpoint.embedded)
    assert len(useful) == 2 + (94 if batch == 10 else 64)  # 64 at a time: six tens and a four, then three tens
    endpoint.answers = [vectors]
    if reopened:
        base.close()
        base = open_base(embedder=embedder)
        healthy(base, left_over=True)
    endpoint.requests.clear()
    assert len(base.sync([*DOCUMENTS, *NEW]).added) == 150
    texts = endpoint.asked()
    assert not set(texts) & set(useful)
    assert len(useful) + len(texts) == 152
    healthy(base)
    assert base._ledger.state()["dirty"] == "0"


def test_what_a_failed_sync_left_is_cleaned_up_although_nobody_wants_it(
    open_base: Open, endpoint: Endpoint
) -> None:
    base = open_base(embedder=OpenAIEmbedder(model="m", api_key="k", base_url=endpoint.url, retries=0))
    base.sync(DOCUMENTS)
    endpoint.answers = [vectors] * (len(endpoint.requests) + 1) + [down]
    with pytest.raises(EmbeddingError):
        base.sync([*DOCUMENTS, *NEW])
    assert len(base._indices.vectors) == 2 + 64
    endpoint.answers = [vectors]
    base.sync(DOCUMENTS)
    healthy(base)
    base.close()
    endpoint.requests.clear()
    healthy(open_base(embedder=OpenAIEmbedder(model="m", api_key="k", base_url=endpoint.url)))
    assert endpoint.asked() == ["refund card", "garage"], "nothing but the questions"


def test_embedding_anew_goes_on_where_it_stopped(open_base: Open, endpoint: Endpoint) -> None:
    base = open_base()
    base.sync([*DOCUMENTS, *NEW])
    base.close()
    embedder = OpenAIEmbedder(model="m", api_key="k", base_url=endpoint.url, retries=0)
    endpoint.answers = [vectors, vectors, down]
    with pytest.raises(EmbeddingError) as caught:
        open_base(embedder=embedder)
    assert "\n" not in str(caught.value)
    endpoint.answers = [vectors]
    endpoint.requests.clear()
    heard: list[tuple[int, int, str]] = []
    base = open_base(embedder=embedder, progress=lambda *told: heard.append(told))
    assert len(endpoint.asked()) == 152 - 128
    assert heard[-1] == (24, 24, "embedding with openai:m")
    healthy(base)


def test_another_model_after_a_failed_sync_starts_over(open_base: Open, endpoint: Endpoint) -> None:
    base = open_base(embedder=OpenAIEmbedder(model="m", api_key="k", base_url=endpoint.url, retries=0))
    base.sync(DOCUMENTS)
    endpoint.answers = [vectors] * (len(endpoint.requests) + 1) + [down]
    with pytest.raises(EmbeddingError):
        base.sync([*DOCUMENTS, *NEW])
    base.close()
    base = open_base(embedder=HashedEmbedder(64))
    healthy(base)
    base.sync([*DOCUMENTS, *NEW])
    healthy(base)


def test_another_model_under_the_old_name_is_one_line(open_base: Open, tmp_path: Path) -> None:
    class Renamed(HashedEmbedder):
        @property
        def name(self) -> str:
            return "one-name"

    base = open_base(embedder=Renamed(64))
    base.sync(DOCUMENTS)
    base.close()
    base = open_base(embedder=Renamed(32))
    assert base.search("refund card").ranking[0] == "refund", "without vectors"
    with pytest.raises(KnowledgeError, match="another embedding model answer under the old name") as caught:
        base.sync([*DOCUMENTS, NEW[0]])
    assert "\n" not in str(caught.value)
    base.close()
    shutil.rmtree(tmp_path / "kb" / "vectors")
    base = open_base(embedder=Renamed(32))
    base.sync([*DOCUMENTS, NEW[0]])
    healthy(base)


def damage_lexical(folder: Path) -> None:
    for file in (folder / "lexical").iterdir():
        if file.is_file():
            file.write_bytes(b"no index")


def damage_vectors(folder: Path) -> None:
    file = folder / "vectors" / "chroma.sqlite3"
    file.write_bytes(file.read_bytes()[:5000])


def remove_lexical(folder: Path) -> None:
    shutil.rmtree(folder / "lexical")


def remove_vectors(folder: Path) -> None:
    shutil.rmtree(folder / "vectors")


@pytest.mark.parametrize("damage", [damage_lexical, damage_vectors, remove_lexical, remove_vectors])
def test_damaged_index_comes_back_from_the_ledger(
    open_base: Open, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    base = open_base()
    base.sync(DOCUMENTS)
    base.close()
    damage(tmp_path / "kb")
    healthy(open_base())


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def overwrite(file: Path) -> None:
    file.write_bytes(b"this is no database" * 500)


def spoil_a_date(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("update documents set updated = 'yesterday'")
    connection.close()


@pytest.mark.parametrize("damage", [truncate, empty, overwrite, spoil_a_date])
def test_damaged_ledger_says_what_to_do_in_one_line(
    open_base: Open, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    base = open_base()
    base.sync(DOCUMENTS)
    base.close()
    damage(tmp_path / "kb" / FILE)
    with pytest.raises(KnowledgeError, match="ingest again") as caught:
        open_base()
    assert "\n" not in str(caught.value)
    shutil.rmtree(tmp_path / "kb")
    assert open_base().sync(DOCUMENTS).added == ("refund", "parking")  # and the lock was let go


def test_ledger_of_another_version_is_refused(open_base: Open) -> None:
    base = open_base()
    base._ledger.set_state(schema="99")
    base.close()
    with pytest.raises(KnowledgeError, match="format 99"):
        open_base()


def test_second_owner_is_refused_in_one_line(open_base: Open) -> None:
    open_base()
    with pytest.raises(KnowledgeError, match="in use by another process") as caught:
        open_base()
    assert "\n" not in str(caught.value)


def test_second_process_is_refused(open_base: Open, tmp_path: Path) -> None:
    open_base()
    code = (
        "import sys, pathlib\n"
        "from batonpass.knowledge import LocalKnowledgeBase, KnowledgeError\n"
        "try: LocalKnowledgeBase(pathlib.Path(sys.argv[1]))\n"
        "except KnowledgeError as error: sys.exit(str(error))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "kb")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert ended.returncode == 1
    assert "in use by another process" in ended.stderr


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(KnowledgeError, match="cannot use folder"):
        LocalKnowledgeBase(tmp_path / "file" / "kb")


def test_searches_during_syncs_see_one_base_or_the_other(open_base: Open) -> None:
    """Two versions of ten articles, never mixed: each article names its version."""
    versions = [
        [article(f"a{i}", f"# Topic {i}\n\nThe shared word refund, in version {name}.") for i in range(10)]
        for name in ("alpha", "beta")
    ]
    base = open_base()
    base.sync(versions[0])
    stop = threading.Event()
    wrong: list[str] = []

    def look() -> None:
        while not stop.is_set():
            texts = [passage.chunk.text for passage in base.search("refund version", limit=20).passages]
            names = {"alpha" if "alpha" in text else "beta" for text in texts}
            if len(texts) != 10 or len(names) != 1:
                wrong.append(f"{len(texts)} passages of {names}")

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for round_ in range(6):
        base.sync(versions[(round_ + 1) % 2])
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_deleted_article_is_gone_although_the_index_still_holds_it(
    open_base: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The snapshot decides, not the indices: a slow clean-up shows nobody a deleted article."""
    base = open_base()
    base.sync(DOCUMENTS)
    monkeypatch.setattr(Indices, "remove", lambda self, ids: None)
    base.sync(DOCUMENTS[1:])
    assert "refund" not in base.search("refund card").ranking
    assert len(base._indices.lexical) == 2


def test_many_hidden_articles_do_not_crowd_out_a_visible_one(open_base: Open) -> None:
    from datetime import date

    hidden = [
        article(f"h{i}", "# Refund\n\nrefund refund refund card", expires=date(2020, 1, 1)) for i in range(150)
    ]
    base = open_base()
    base.sync(
        [*hidden, article("shown", "# Help\n\nA long text that mentions a refund in passing, among other things.")]
    )
    assert base.search("refund").ranking == ("shown",)


def test_confidence_tells_topics_apart(open_base: Open) -> None:
    base = open_base()
    base.sync(
        [
            *DOCUMENTS,
            article("ko-refund", "# 환불 기간\n\n카드 환불은 영업일 기준 3일이 걸립니다."),
            article("ko-gift", "# 선물 포장\n\n선물 포장은 1,000원입니다. 리본 색을 고를 수 있습니다."),
            article("gift", "# Gift wrap\n\nGift wrapping costs one euro, with a ribbon of your choice."),
        ]
    )
    inside = [
        "When does the refund reach my card?",
        "환불 기간이 얼마나 걸려요?",
        "선물 포장 되나요?",
        "gift wrapping",
    ]
    outside = ["오늘 날씨 어때요?", "who won the world cup", "비트코인 시세 알려줘", "what is a black hole"]
    low = max(base.search(query).confidence for query in outside)
    high = min(base.search(query).confidence for query in inside)
    assert low < 0.6, "below that nothing is answered"
    assert high > 0.95


def test_numbers_match_however_they_are_grouped(open_base: Open) -> None:
    base = open_base()
    base.sync(
        [
            article("fee", "# Fee\n\nIt costs 50,000 won."),
            article("code", "# Model\n\nThe lamp AB-1200 has two bulbs."),
        ]
    )
    assert base.search("50000").ranking[0] == "fee"
    assert base.search("ab-1200").ranking[0] == "code"


def test_vectors_have_the_length_of_their_embedder(open_base: Open) -> None:
    base = open_base(embedder=HashedEmbedder(32))
    base.sync(DOCUMENTS)
    assert np.asarray(base._indices.embedder.embed_query("refund")).shape == (32,)
    healthy(base)


def test_an_article_without_a_title_is_found(open_base: Open) -> None:
    base = open_base()
    base.sync(
        [make_document("faq", "", "How do I reset the zyntherloom?"), make_document("b", "", "Opening hours.")]
    )
    assert base.search("reset the zyntherloom please").ranking[0] == "faq"
