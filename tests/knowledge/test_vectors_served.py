"""Vectors at a real Chroma server, started on loopback with a folder of its own."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from batonpass.knowledge import Audience, HashedEmbedder, KnowledgeError, LocalKnowledgeBase
from batonpass.knowledge.indices import indexed_text
from batonpass.knowledge.vectors import ServedVectorIndex

from .contract import PARKING, REFUND, TODAY, KnowledgeBaseContract, article
from .test_indices import unit

Open = Callable[..., LocalKnowledgeBase]
DOCUMENTS = [article("refund", REFUND), article("parking", PARKING)]
CHROMA = shutil.which(str(Path(sys.executable).with_name("chroma"))) or shutil.which("chroma")
pytestmark = pytest.mark.skipif(CHROMA is None, reason="chromadb's command `chroma` is not installed")


class Server:
    """``chroma run`` that can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        assert CHROMA
        self._process = subprocess.Popen(
            [CHROMA, "run", "--path", str(self._folder), "--host", "127.0.0.1", "--port", str(self.port)],
            cwd=self._folder.parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(600):
            assert self._process.poll() is None, "chroma run ended"
            with contextlib.suppress(OSError):
                asked = HTTPConnection("127.0.0.1", self.port, timeout=5)
                asked.request("GET", "/api/v2/heartbeat")
                if asked.getresponse().status == 200:
                    return
            time.sleep(0.1)
        raise AssertionError("chroma run does not answer")

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("chroma") / "data")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def open_base(tmp_path: Path, server: Server) -> Iterator[Open]:
    """Opens bases whose vectors lie at the server."""
    opened: list[LocalKnowledgeBase] = []

    def open_(folder: str = "kb", **options: Any) -> LocalKnowledgeBase:
        options = {"today": lambda: TODAY, "chroma_url": server.url, **options}
        opened.append(LocalKnowledgeBase(tmp_path / folder, **options))
        return opened[-1]

    yield open_
    for base in opened:
        base.close()


class TestContract(KnowledgeBaseContract):
    """A base with its vectors at a server is a knowledge base like any other."""


def test_vectors_lie_at_the_server_and_stay_there(open_base: Open, tmp_path: Path) -> None:
    base = open_base()
    base.sync(DOCUMENTS)
    wanted = set(base._snapshot.chunks)
    base.close()
    assert not (tmp_path / "kb" / "vectors").exists()
    heard: list[Any] = []
    again = open_base(progress=lambda *told: heard.append(told))
    assert isinstance(again._indices.vectors, ServedVectorIndex)
    assert again._indices.vectors.ids() == wanted
    assert heard == [], "nothing is embedded again"
    assert again.search("refund card").ranking[0] == "refund"
    assert any(passage.scores["dense"] for passage in again.search("refund card").passages)


def test_two_bases_share_a_server_and_nothing_else(open_base: Open) -> None:
    one, two = open_base("one"), open_base("two")
    one.sync(DOCUMENTS)
    two.sync([article("refund", REFUND + " Or five.")])
    one.sync(DOCUMENTS[:1])
    assert one._indices.vectors.ids() == set(one._snapshot.chunks)
    assert two._indices.vectors.ids() == set(two._snapshot.chunks)


def test_one_base_has_one_owner_at_a_server_too(open_base: Open) -> None:
    open_base()
    with pytest.raises(KnowledgeError, match="in use by another process"):
        open_base()


def test_moving_to_a_server_and_back_embeds_anew(open_base: Open) -> None:
    """The folder's old vectors are of another model by then; they must not be taken for the new ones."""
    base = open_base(chroma_url="", embedder=HashedEmbedder(64))
    base.sync(DOCUMENTS)
    base.close()
    other = HashedEmbedder(64, gram_weight=0.9)
    for where in ({}, {"chroma_url": ""}):
        heard: list[tuple[int, int, str]] = []
        base = open_base(embedder=other, progress=lambda *told, to=heard: to.append(told), **where)
        assert heard[-1][:2] == (2, 2)
        base.close()
    base = open_base(chroma_url="", embedder=other)
    held = base._indices.vectors._collections[Audience.PUBLIC].get(include=["embeddings"])
    texts = [indexed_text(base._snapshot.chunks[key]) for key in held["ids"]]
    assert np.allclose(held["embeddings"], other.embed_documents(texts), atol=1e-5)


def test_another_model_embeds_anew_at_the_server(open_base: Open) -> None:
    base = open_base(embedder=HashedEmbedder(64))
    base.sync(DOCUMENTS)
    base.close()
    heard: list[tuple[int, int, str]] = []
    base = open_base(embedder=HashedEmbedder(32), progress=lambda *told: heard.append(told))
    assert heard[-1][:2] == (2, 2)
    assert base.search("refund card").ranking[0] == "refund"


def test_vectors_of_another_length(server: Server, tmp_path: Path) -> None:
    index = ServedVectorIndex(server.url, "lengths", tmp_path / "vectors.npz")
    index.add(Audience.PUBLIC, ["a"], np.stack([unit(1, 0)]))
    with pytest.raises(KnowledgeError, match="another embedding model") as caught:
        index.add(Audience.PUBLIC, ["b"], np.stack([unit(1, 0, 0)]))
    assert "\n" not in str(caught.value)
    assert index.search(unit(1, 0, 0), audience=Audience.PUBLIC, limit=3) == []
    assert index.search(unit(1, 0), audience=Audience.PUBLIC, limit=3)[0][0] == "a"
    assert index.ids() == {"a"}
    index.close()


def test_a_server_that_goes_away_and_comes_back(open_base: Open, server: Server) -> None:
    base = open_base()
    base.sync(DOCUMENTS)
    server.stop()
    try:
        found = base.search("refund card")
        assert found.ranking[0] == "refund"
        assert found.passages[0].scores["dense"] > 0, "the vectors are in memory"
        with pytest.raises(KnowledgeError, match=f"Chroma server {server.url} cannot be used") as caught:
            base.sync([*DOCUMENTS, article("new", "# New\n\nA new thing.")])
        assert "\n" not in str(caught.value)
        assert base.search("refund card").ranking[0] == "refund"
    finally:
        server.start()
    assert base.sync([*DOCUMENTS, article("new", "# New\n\nA new thing.")]).added == ("new",)
    assert base._indices.vectors.ids() == set(base._snapshot.chunks)


def test_nobody_listens_is_one_line_and_leaves_nothing_locked(open_base: Open) -> None:
    with pytest.raises(KnowledgeError, match=r"Chroma server http://127\.0\.0\.1:9 cannot be used") as caught:
        open_base(chroma_url="http://127.0.0.1:9")
    assert "\n" not in str(caught.value)
    assert "chroma run" in str(caught.value)
    open_base(chroma_url="")


def test_somebody_else_listens(tmp_path: Path) -> None:
    class Stranger(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as stranger:
        Thread(target=stranger.serve_forever, args=(0.01,), daemon=True).start()
        with pytest.raises(KnowledgeError, match="answers 404"):
            ServedVectorIndex(f"http://127.0.0.1:{stranger.server_address[1]}", "x", tmp_path / "vectors.npz")
        stranger.shutdown()
