"""Texts to vectors: hashed features, which need nothing, or an OpenAI-compatible endpoint."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from .analysis import analyze, analyze_query
from .base import KnowledgeError

if TYPE_CHECKING:
    from openai import OpenAI

Vectors = NDArray[np.float32]


class EmbeddingError(KnowledgeError):
    """The embedding model failed; searching goes on without vectors, indexing stops.

    Attributes:
        done: Vectors of the first texts, where some were embedded before the failure: they are kept.
    """

    def __init__(self, message: str, done: Vectors | None = None) -> None:
        super().__init__(message)
        self.done = done


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
        return unit(vector)


def _features(text: str) -> Iterator[str]:
    """Features of heading line and rest, cut as the lexical index analyses them: both come from the cache."""
    head, _, body = text.partition("\n")
    yield from analyze(head).features()
    yield from analyze(body).features()


@lru_cache(maxsize=200_000)
def _slot(feature: str, dimensions: int) -> tuple[int, float]:
    code = zlib.crc32(feature.encode("utf-8", "surrogatepass"))
    return (code >> 1) % dimensions, 1.0 if code & 1 else -1.0


def unit(vectors: Vectors) -> Vectors:
    """Rows of length 1; a zero row stays zero."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.where(norms > 0, norms, 1.0)).astype(np.float32)


class OpenAIEmbedder:
    """Any OpenAI-compatible ``/embeddings`` endpoint.

    A failed request (connection, timeout, 408, 409, 429, 5xx) is sent again with growing pauses, or when the
    endpoint's Retry-After says. Indexing is patient; a customer's question is not, as it is searched for without
    vectors then.

    Args:
        base_url: Such as ``http://127.0.0.1:8080/v1``; None for OpenAI's own.
        api_key: Sent as bearer token; local servers take any.
        model: The model's name at the endpoint.
        batch: Texts in one request.
        retries: How often a failed request for documents is sent again.
        timeout: Seconds for one request for documents.
        query_retries: How often a failed request for a question is sent again.
        query_timeout: Seconds for one request for a question.
    """

    def __init__(
        self,
        *,
        model: str,
        api_key: str,
        base_url: str | None = None,
        batch: int = 64,
        retries: int = 6,
        timeout: float = 30.0,
        query_retries: int = 1,
        query_timeout: float = 5.0,
    ) -> None:
        self._model = model
        self._api_key = api_key
        self._base_url = base_url
        self._batch = max(1, batch)
        self._documents = {"max_retries": retries, "timeout": timeout}
        self._query = {"max_retries": query_retries, "timeout": query_timeout}
        self._client: OpenAI | None = None

    @property
    def name(self) -> str:
        """``openai:`` and the model's name."""
        return f"openai:{self._model}"

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """One row per text.

        Raises:
            EmbeddingError: the endpoint failed for good or answered nonsense; it has what was embedded before.
        """
        done: list[Vectors] = []
        for start in range(0, len(texts), self._batch):
            try:
                rows = self._request(texts[start : start + self._batch], **self._documents)
                if done and done[0].shape[1] != rows.shape[1]:
                    raise self._error("answered vectors of different lengths")
            except EmbeddingError as error:
                error.done = np.concatenate(done) if done else None
                raise
            done.append(rows)
        return np.concatenate(done) if done else np.zeros((0, 0), dtype=np.float32)

    def embed_query(self, text: str) -> Vectors:
        """The vector of a question.

        Raises:
            EmbeddingError: the endpoint failed for good or answered nonsense.
        """
        return self._request([text[:8000]], **self._query)[0]

    def _request(self, texts: Sequence[str], **how: Any) -> Vectors:
        import openai

        if self._client is None:
            self._client = openai.OpenAI(base_url=self._base_url, api_key=self._api_key)
        try:
            # Endpoints refuse empty strings, and half a surrogate pair cannot be sent.
            response = self._client.with_options(**how).embeddings.create(
                model=self._model,
                input=[text.encode("utf-8", "replace").decode("utf-8") or " " for text in texts],
                encoding_format="float",
            )
            items = sorted(response.data or [], key=lambda item: item.index)
            if [item.index for item in items] != list(range(len(texts))):
                raise self._error(f"answered {len(items)} vectors for {len(texts)} texts")
            if len({len(item.embedding) for item in items}) != 1:
                raise self._error("answered vectors of different lengths")
            rows = np.asarray([item.embedding for item in items], dtype=np.float32)
            if rows.ndim != 2 or not rows.shape[1] or not np.isfinite(rows).all():
                raise self._error("answered vectors that are no numbers")
        except openai.OpenAIError as error:
            raise self._error(_one_line(error)) from error
        except (AttributeError, TypeError, ValueError) as error:
            # The client takes any JSON for an answer.
            raise self._error(f"gave no embeddings: {_one_line(error)}") from error
        return unit(rows)

    def _error(self, what: str) -> EmbeddingError:
        return EmbeddingError(f"embedding model {self._model}: {what}")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
