"""Embedders; the OpenAI-compatible one against a server of our own on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from batonpass.knowledge import EmbeddingError, FastEmbedder, HashedEmbedder, KnowledgeError, OpenAIEmbedder
from batonpass.knowledge.embedders import Embedder

from .endpoint import Answer, Endpoint, down, vectors


def test_endpoint_gets_batches_and_its_order_is_restored(endpoint: Endpoint) -> None:
    embedder = OpenAIEmbedder(model="m", api_key="secret", base_url=endpoint.url, batch=2)
    assert isinstance(embedder, Embedder)
    rows = embedder.embed_documents(["a", "bbb", "", "ccccc"])
    expected = np.array([[n, 1] for n in (1, 3, 1, 5)], dtype=float)
    assert np.allclose(rows, expected / np.linalg.norm(expected, axis=1, keepdims=True))
    assert [body["input"] for body, _ in endpoint.requests] == [["a", "bbb"], [" ", "ccccc"]]
    assert {key for _, key in endpoint.requests} == {"Bearer secret"}
    assert embedder.embed_query("dd").shape == (2,)
    assert embedder.name == "openai:m"


def test_endpoint_is_asked_again(endpoint: Endpoint) -> None:
    endpoint.answers = [
        down,
        lambda body: (429, {}),
        down,
        down,
        lambda body: (500, {}),
        lambda body: (408, {}),
        vectors,
    ]
    embedder = OpenAIEmbedder(model="m", api_key="k", base_url=endpoint.url)
    assert embedder.embed_documents(["a"]).shape == (1, 2)
    assert len(endpoint.requests) == 7


def test_a_customer_s_question_does_not_wait_that_long(endpoint: Endpoint) -> None:
    endpoint.answers = [down, down, vectors]
    embedder = OpenAIEmbedder(model="m", api_key="k", base_url=endpoint.url)
    with pytest.raises(EmbeddingError):
        embedder.embed_query("a")
    assert len(endpoint.requests) == 2
    assert embedder.embed_query("a").shape == (2,)


def test_what_is_wrong_with_the_request_is_not_tried_again(endpoint: Endpoint) -> None:
    endpoint.answers = [lambda body: (400, {"error": {"message": "too long"}})]
    with pytest.raises(EmbeddingError, match="too long"):
        OpenAIEmbedder(model="m", api_key="k", base_url=endpoint.url).embed_documents(["a"])
    assert len(endpoint.requests) == 1


def test_a_failure_brings_what_was_embedded_before(endpoint: Endpoint) -> None:
    endpoint.answers = [vectors, vectors, down]
    embedder = OpenAIEmbedder(model="m", api_key="k", base_url=endpoint.url, batch=2, retries=0)
    with pytest.raises(EmbeddingError) as caught:
        embedder.embed_documents(["a", "bb", "ccc", "dddd", "e", "f"])
    assert caught.value.done is not None
    assert caught.value.done.shape == (4, 2)
    assert np.allclose(np.linalg.norm(caught.value.done, axis=1), 1)
    endpoint.answers = [down]
    with pytest.raises(EmbeddingError) as caught:
        embedder.embed_documents(["a"])
    assert caught.value.done is None


def test_lengths_that_change_between_requests(endpoint: Endpoint) -> None:
    longer = {"data": [{"index": 0, "embedding": [1.0, 2.0, 3.0]}]}
    endpoint.answers = [vectors, lambda body: (200, longer)]
    with pytest.raises(EmbeddingError, match="different lengths"):
        OpenAIEmbedder(model="m", api_key="k", base_url=endpoint.url, batch=1).embed_documents(["a", "b"])


def test_half_a_surrogate_pair_is_sent_as_something(endpoint: Endpoint) -> None:
    embedder = OpenAIEmbedder(model="m", api_key="k", base_url=endpoint.url)
    assert embedder.embed_query("\ud800").shape == (2,)


@pytest.mark.parametrize(
    "answer",
    [
        lambda body: (500, {"error": {"message": "out of\nmemory"}}),
        lambda body: (401, {"error": {"message": "bad key"}}),
        lambda body: (200, {"object": "list", "data": []}),
        lambda body: (200, {"object": "list", "data": None}),
        lambda body: (200, ["nonsense"]),
        lambda body: (200, {"data": [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}]}),
        lambda body: (200, {"data": [{"index": 0, "embedding": [1.0]}, {"index": 0, "embedding": [2.0]}]}),
        lambda body: (200, {"data": [{"index": 0, "embedding": ["a"]}, {"index": 1, "embedding": ["b"]}]}),
        lambda body: (200, {"data": [{"index": 0, "embedding": None}, {"index": 1, "embedding": None}]}),
        lambda body: (200, {"data": [{"index": 0, "embedding": []}, {"index": 1, "embedding": []}]}),
        lambda body: (200, {"data": [{"index": 0, "embedding": [1e999]}, {"index": 1, "embedding": [1.0]}]}),
    ],
)
def test_endpoint_that_fails_says_so_in_one_line(endpoint: Endpoint, answer: Answer) -> None:
    endpoint.answers = [answer]
    with pytest.raises(EmbeddingError, match="embedding model m") as caught:
        OpenAIEmbedder(model="m", api_key="k", base_url=endpoint.url, retries=0).embed_documents(["a", "b"])
    assert "\n" not in str(caught.value)


def test_nobody_listens() -> None:
    with pytest.raises(EmbeddingError):
        OpenAIEmbedder(model="m", api_key="k", base_url="http://127.0.0.1:9/v1", query_retries=0).embed_query("a")


def test_hashed_vectors_are_unit_and_near_for_near_texts() -> None:
    embedder = HashedEmbedder()
    assert isinstance(embedder, Embedder)
    near, far, query = (
        *embedder.embed_documents(["Refund\nA refund takes three days.", "Parking\nThe garage opens at seven."]),
        embedder.embed_query("how long does a refund take"),
    )
    assert np.linalg.norm(near) == pytest.approx(1)
    assert near @ query > far @ query + 0.2
    assert not np.any(embedder.embed_query("🙂"))
    assert embedder.embed_documents([]).shape == (0, 512)


def test_hashed_vectors_are_equal_in_every_process() -> None:
    code = (
        "from batonpass.knowledge import HashedEmbedder\n"
        "print(HashedEmbedder(16).embed_query('환불 refund ABC-1').tolist())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": seed},
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert printed == {str(HashedEmbedder(16).embed_query("환불 refund ABC-1").tolist())}


def test_name_tells_settings_apart() -> None:
    assert len({HashedEmbedder().name, HashedEmbedder(64).name, HashedEmbedder(gram_weight=0.1).name}) == 3


def test_without_the_extra_a_local_model_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "fastembed", None)
    with pytest.raises(KnowledgeError, match=r"pip install 'batonpass\[fastembed\]'") as caught:
        FastEmbedder("any", cache=tmp_path)
    assert "\n" not in str(caught.value)
