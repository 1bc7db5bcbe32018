"""Texts to vectors: a hashed one that needs nothing, and an OpenAI-compatible endpoint."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from .analysis import analyze, analyze_query
from .base import KnowledgeError

if TYPE_CHECKING:
    from openai import OpenAI

Vectors = NDArray[np.float32]


class EmbeddingError(KnowledgeError):
    """The embedding endpoint failed; searching goes on without vectors, indexing stops."""


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors of one length.

    Two embedders of one name must give equal vectors: an index is bound to the name and made anew under another.
    """

    @property
    def name(self) -> str:
        """Model and settings, such as ``hashed-512-1``."""
        ...

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """One L2-normalised row per text."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """One L2-normalised vector."""
        ...


class HashedEmbedder:
    """Hashed features of the text's analysis, weighted 1 + log(count): no model, no network.

    Signed feature hashing after Weinberger et al., "Feature Hashing for Large Scale Multitask Learning"
    (2009): each feature adds +1 or -1 times its weight to one of ``dimensions`` slots, so that collisions
    cancel out on average. Hashes are CRC-32, equal in every process.

    Args:
        dimensions: Length of the vectors.
        gram_weight: Weight of a character n-gram beside a term's 1.0.
    """

    def __init__(self, dimensions: int = 512, *, gram_weight: float = 0.5) -> None:
        self._dimensions = dimensions
        self._gram_weight = gram_weight

    @property
    def name(self) -> str:
        """Names every setting that changes the vectors."""
        return f"hashed-{self._dimensions}-g{self._gram_weight:g}-1"

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """One row per text; text without features gives a zero row."""
        if not texts:
            return np.zeros((0, self._dimensions), dtype=np.float32)
        return np.stack([self._vector(_features(text)) for text in texts])

    def embed_query(self, text: str) -> Vectors:
        """The vector of a question."""
        return self._vector(analyze_query(text).features())

    def _vector(self, features: Iterable[str]) -> Vectors:
        vector = np.zeros(self._dimensions, dtype=np.float32)
        for feature, count in Counter(features).items():
            slot, sign = _slot(feature, self._dimensions)
            weight = self._gram_weight if feature.startswith("#") else 1.0
            vector[slot] += sign * weight * (1.0 + math.log(count))
        return _unit(vector)


def _features(text: str) -> Iterator[str]:
    """Features of heading line and rest, cut as the lexical index analyses them: both come from the cache."""
    head, _, body = text.partition("\n")
    yield from analyze(head).features()
    yield from analyze(body).features()


@lru_cache(maxsize=200_000)
def _slot(feature: str, dimensions: int) -> tuple[int, float]:
    code = zlib.crc32(feature.encode("utf-8", "surrogatepass"))
    return (code >> 1) % dimensions, 1.0 if code & 1 else -1.0


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.where(norms > 0, norms, 1.0)).astype(np.float32)


class OpenAIEmbedder:
    """Any OpenAI-compatible ``/embeddings`` endpoint.

    Args:
        base_url: Such as ``http://127.0.0.1:8080/v1``; None for OpenAI's own.
        api_key: Sent as bearer token; local servers take any.
        model: The model's name at the endpoint.
        batch: Texts in one request.
        retries: How often a failed request (connection, 429, 5xx) is sent again, with back-off.
        timeout: Seconds for one request.
    """

    def __init__(
        self,
        *,
        model: str,
        api_key: str,
        base_url: str | None = None,
        batch: int = 64,
        retries: int = 3,
        timeout: float = 30.0,
    ) -> None:
        self._model = model
        self._api_key = api_key
        self._base_url = base_url
        self._batch = max(1, batch)
        self._retries = retries
        self._timeout = timeout
        self._client: OpenAI | None = None

    @property
    def name(self) -> str:
        """``openai:`` and the model's name."""
        return f"openai:{self._model}"

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """One row per text.

        Raises:
            EmbeddingError: the endpoint failed for good or answered nonsense.
        """
        rows: list[list[float]] = []
        for start in range(0, len(texts), self._batch):
            rows += self._request(texts[start : start + self._batch])
        if not rows:
            return np.zeros((0, 0), dtype=np.float32)
        if len({len(row) for row in rows}) != 1:
            raise EmbeddingError(f"embedding model {self._model} answered vectors of different lengths")
        return _unit(np.asarray(rows, dtype=np.float32))

    def embed_query(self, text: str) -> Vectors:
        """The vector of a question.

        Raises:
            EmbeddingError: the endpoint failed for good or answered nonsense.
        """
        return self.embed_documents([text[:8000]])[0]

    def _request(self, texts: Sequence[str]) -> list[list[float]]:
        import openai

        if self._client is None:
            self._client = openai.OpenAI(
                base_url=self._base_url, api_key=self._api_key, max_retries=self._retries, timeout=self._timeout
            )
        try:
            # Endpoints refuse empty strings.
            response = self._client.embeddings.create(
                model=self._model, input=[text or " " for text in texts], encoding_format="float"
            )
            rows = [item.embedding for item in sorted(response.data or [], key=lambda item: item.index)]
        except openai.OpenAIError as error:
            raise EmbeddingError(f"embedding model {self._model}: {_one_line(error)}") from error
        except (AttributeError, TypeError, ValueError) as error:
            # The client takes any JSON for an answer.
            raise EmbeddingError(
                f"embedding model {self._model} gave no embeddings: {_one_line(error)}"
            ) from error
        if len(rows) != len(texts):
            raise EmbeddingError(
                f"embedding model {self._model} answered {len(rows)} vectors for {len(texts)} texts"
            )
        return rows


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
