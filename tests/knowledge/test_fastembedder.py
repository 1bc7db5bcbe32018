"""Local embedding models, with real ONNX files that the tests make themselves; the hub is a server on loopback."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from batonpass.knowledge import Audience, EmbeddingError, FastEmbedder, KnowledgeError, LocalKnowledgeBase
from batonpass.knowledge.embedders import Embedder

from .contract import PARKING, REFUND, article
from .onnx_model import TABLE, expected, write

fastembed = pytest.importorskip("fastembed", reason="the extra 'fastembed' is not installed")
pytest.importorskip("onnx", reason="onnx, which makes the test's model, is not installed")

KNOWN = "sentence-transformers/all-MiniLM-L6-v2"
SOURCE = "Qdrant/all-MiniLM-L6-v2-onnx"


def embedder(folder: Path, **more: Any) -> FastEmbedder:
    return FastEmbedder(str(folder), cache=folder.parent / "cache", **more)


# a folder


def test_a_folder_s_model_embeds(tmp_path: Path) -> None:
    made = embedder(write(tmp_path / "words"))
    assert isinstance(made, Embedder)
    rows = made.embed_documents(["refund card", "garage", "parking parking refund card"])
    want = [expected("refund", "card"), expected("garage"), expected("parking", "parking", "refund", "card")]
    assert np.allclose(rows, want, atol=1e-6)
    assert rows.dtype == np.float32
    assert np.allclose(made.embed_query("환불"), expected("환불"), atol=1e-6)
    assert made.embed_documents([]).shape[0] == 0


def test_strange_text_is_embedded(tmp_path: Path) -> None:
    made = embedder(write(tmp_path / "words"))
    rows = made.embed_documents(["\ud800", "refund " * 5000, "🙂", "a\x00b", "?"])
    assert rows.shape == (5, 6)
    assert np.isfinite(rows).all()
    assert made.embed_query("refund " * 5000).shape == (6,)
    assert np.isfinite(made.embed_query("")).all()


def test_more_texts_than_a_batch_keep_their_order(tmp_path: Path) -> None:
    made = embedder(write(tmp_path / "words"))
    texts = [("refund " if n % 2 else "garage ") * (n % 7 + 1) for n in range(50)]
    rows = made.embed_documents(texts)
    assert np.allclose(rows, [expected(text.split()[0]) for text in texts], atol=1e-6)


def test_many_threads_ask_at_once(tmp_path: Path) -> None:
    made = embedder(write(tmp_path / "words"))
    words = ["refund", "card", "garage", "parking"] * 100
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(made.embed_query, words))
    assert np.allclose(rows, [expected(word) for word in words], atol=1e-6)


@pytest.mark.parametrize(
    ("more", "want"),
    [
        ({"pooling": "pooling_mode_cls_token"}, lambda a, b: a),
        ({"pooling": "pooling_mode_lasttoken"}, lambda a, b: b),
        ({"pooling": "pooling_mode_mean_tokens"}, lambda a, b: (a + b) / 2),
        ({"pooled": "sentence_embedding"}, np.maximum),
    ],
)
def test_pooling_is_the_model_s_own(tmp_path: Path, more: dict[str, Any], want: Callable[..., np.ndarray]) -> None:
    row = embedder(write(tmp_path / "words", **more)).embed_query("refund card")
    vector = want(TABLE[2], TABLE[3])
    assert np.allclose(row, vector / np.linalg.norm(vector), atol=1e-6)


def test_prompts_are_the_model_s_own(tmp_path: Path) -> None:
    made = embedder(write(tmp_path / "words", prompts={"query": "query: ", "document": "passage: "}))
    assert np.allclose(made.embed_query("refund"), expected("query", ":", "refund"), atol=1e-6)
    (row,) = made.embed_documents(["refund"])
    assert np.allclose(row, expected("passage", ":", "refund"), atol=1e-6)


def test_name_changes_with_anything_that_changes_the_vectors(tmp_path: Path) -> None:
    folders = [
        write(tmp_path / "1" / "words"),
        write(tmp_path / "2" / "words", table=TABLE[::-1].copy()),
        write(tmp_path / "3" / "words", prompts={"query": "query: "}),
        write(tmp_path / "4" / "words", pooling="pooling_mode_cls_token"),
    ]
    names = [embedder(folder).name for folder in folders]
    assert len(set(names)) == 4
    assert all(name.startswith("fastembed:words-") for name in names)
    assert embedder(write(tmp_path / "5" / "words", file="model.onnx")).name == names[0], "wherever it lies"
    assert embedder(folders[0]).name == names[0], "loaded twice"


@pytest.mark.parametrize("file", ["onnx/model.onnx", "model_optimized.onnx", "deep/down/q8.onnx"])
def test_the_onnx_file_is_found(tmp_path: Path, file: str) -> None:
    assert embedder(write(tmp_path / "words", file=file)).embed_query("refund").shape == (6,)


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def spoil(name: str) -> Callable[[Path], None]:
    def overwrite(folder: Path) -> None:
        (folder / name).write_bytes(b"nonsense\n" * 9)

    return overwrite


def second_onnx(folder: Path) -> None:
    (folder / "model.onnx").rename(folder / "a.onnx")
    (folder / "b.onnx").write_bytes(b"")


def move_away(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def no_numbers(folder: Path) -> None:
    write(folder, table=TABLE * np.nan)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (move_away, "is not there"),
        (remove("model.onnx"), "no .onnx files"),
        (second_onnx, "2 .onnx files"),
        (remove("tokenizer.json"), "no tokenizer.json"),
        (remove("tokenizer_config.json"), "no tokenizer_config.json"),
        (spoil("model.onnx"), "cannot be loaded"),
        (spoil("tokenizer.json"), "cannot be loaded"),
        (spoil("tokenizer_config.json"), "cannot be loaded"),
        (no_numbers, "gave no vectors"),
    ],
)
def test_a_folder_that_is_no_model_says_so_in_one_line(
    tmp_path: Path, damage: Callable[[Path], None], said: str
) -> None:
    folder = write(tmp_path / "words")
    damage(folder)
    with pytest.raises(KnowledgeError, match=said) as caught:
        embedder(folder)
    assert "\n" not in str(caught.value)


def test_a_model_that_fails_later_is_an_embedding_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = embedder(write(tmp_path / "words"))

    def fails(*args: Any, **more: Any) -> Any:
        raise RuntimeError("out of\nmemory")

    monkeypatch.setattr(made._model, "embed", fails)
    for use in (lambda: made.embed_query("a"), lambda: made.embed_documents(["a"])):
        with pytest.raises(EmbeddingError, match="out of memory"):
            use()


def test_a_knowledge_base_is_bound_to_the_model(tmp_path: Path) -> None:
    heard: list[tuple[int, int, str]] = []
    documents = [article("refund", REFUND), article("parking", PARKING)]
    with LocalKnowledgeBase(tmp_path / "kb", embedder=embedder(write(tmp_path / "words"))) as base:
        base.sync(documents)
        vector = base._indices.embedder.embed_query("refund card")
        assert len(base._indices.vectors.search(vector, audience=Audience.PUBLIC, limit=5)) == 2
    write(tmp_path / "words", table=TABLE[::-1].copy())
    changed = embedder(tmp_path / "words")
    with LocalKnowledgeBase(tmp_path / "kb", embedder=changed, progress=lambda *told: heard.append(told)) as base:
        assert heard[-1] == (2, 2, f"embedding with {changed.name}")
        assert base.search("refund card").ranking[0] == "refund"


# a model by name


class Hub:
    """As much of the Hugging Face hub as fetching a model needs."""

    def __init__(self, source: str, files: dict[str, bytes]) -> None:
        self.asked: list[str] = []
        revision = "a" * 40
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                hub.asked.append(f"{self.command} {path}")
                if path.startswith(f"/api/models/{source}/tree/"):
                    tree = [
                        {
                            "type": "file",
                            "path": name,
                            "size": len(content),
                            "oid": hashlib.sha1(content).hexdigest(),
                        }
                        for name, content in files.items()
                    ]
                    self._answer(json.dumps(tree).encode())
                elif path.startswith(f"/api/models/{source}"):
                    listed = [{"rfilename": name} for name in files]
                    self._answer(json.dumps({"id": source, "sha": revision, "siblings": listed}).encode())
                elif path.startswith(f"/{source}/resolve/") and path.split("/", 5)[5] in files:
                    content = files[path.split("/", 5)[5]]
                    self._answer(
                        content, {"ETag": f'"{hashlib.sha1(content).hexdigest()}"', "X-Repo-Commit": revision}
                    )
                else:
                    self.send_error(404)

            do_HEAD = do_GET

            def _answer(self, content: bytes, headers: dict[str, str] | None = None) -> None:
                self.send_response(200)
                for name, value in {**(headers or {}), "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    folder = write(tmp_path / "remote")
    running = Hub(SOURCE, {path.name: path.read_bytes() for path in folder.iterdir()})
    yield running
    running.close()


def load(cache: Path, url: str, model: str = KNOWN, download: bool = True) -> subprocess.CompletedProcess[str]:
    """In a process of its own: the hub's address is read once, when its client is imported."""
    code = (
        "import pathlib, sys\n"
        "from batonpass.knowledge import FastEmbedder, KnowledgeError\n"
        "try: made = FastEmbedder(sys.argv[1], cache=pathlib.Path(sys.argv[2]), download=sys.argv[3] == 'True')\n"
        "except KnowledgeError as error: sys.exit('said: ' + str(error))\n"
        "print(made.name, made.embed_query('refund card').tolist())\n"
    )
    ours = {"HF_ENDPOINT": url, "HF_HOME": str(cache.parent / "home"), "HF_HUB_DISABLE_XET": "1", "NO_PROXY": "*"}
    return subprocess.run(
        [sys.executable, "-c", code, model, str(cache), str(download)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **ours},
        check=False,
    )


def test_a_known_model_is_fetched_once_and_then_works_offline(tmp_path: Path, hub: Hub) -> None:
    first = load(tmp_path / "cache", hub.url)
    assert first.returncode == 0, first.stderr
    name, _, row = first.stdout.partition(" ")
    assert name.startswith(f"fastembed:{KNOWN}-")
    assert np.allclose(json.loads(row), expected("refund", "card"), atol=1e-6)
    assert any("model.onnx" in asked for asked in hub.asked)
    hub.asked.clear()
    second = load(tmp_path / "cache", hub.url)
    assert (second.stdout, hub.asked) == (first.stdout, []), "not even asked for news"
    hub.close()
    assert load(tmp_path / "cache", "http://127.0.0.1:9", download=False).stdout == first.stdout


def said(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("said: ")]
    assert done.stderr.strip().splitlines() == [line], "one line, and nothing of any library's own"
    return line


def test_a_missing_model_offline_is_one_line(tmp_path: Path) -> None:
    told = said(load(tmp_path / "cache", "http://127.0.0.1:9"))
    assert f"{KNOWN} is not in {tmp_path / 'cache'} and cannot be downloaded" in told


def test_a_missing_model_that_may_not_be_fetched(tmp_path: Path, hub: Hub) -> None:
    told = said(load(tmp_path / "cache", hub.url, download=False))
    assert "downloading is off" in told
    assert hub.asked == []


def test_a_broken_download_is_mended_by_the_next(tmp_path: Path, hub: Hub) -> None:
    assert load(tmp_path / "cache", hub.url).returncode == 0
    (weights,) = (tmp_path / "cache").rglob("snapshots/*/model.onnx")
    weights.unlink()
    assert "incomplete" in said(load(tmp_path / "cache", hub.url, download=False))
    assert load(tmp_path / "cache", hub.url).returncode == 0


def test_an_unknown_name(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"does not know the embedding model 'no/such'.*or a folder"):
        FastEmbedder("no/such", cache=tmp_path)


def test_prompts_of_named_models() -> None:
    from batonpass.knowledge.fastembedder import prompts_of

    assert prompts_of("intfloat/multilingual-e5-large").query == "query: "
    assert prompts_of("nomic-ai/nomic-embed-text-v1.5-Q").passage == "search_document: "
    assert prompts_of("BAAI/bge-small-en").query.startswith("Represent this sentence")
    for none in ("BAAI/bge-small-en-v1.5", "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"):
        assert (prompts_of(none).query, prompts_of(none).passage) == ("", "")
