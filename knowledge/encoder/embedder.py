"""The encoder as the knowledge base's embedder: the default vectors in Chroma."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..analysis import MAX_QUERY_CHARS
from .model import BUILT_IN, Encoder, read_table

TITLE_WEIGHT = 0.5
"""Of the heading line beside the text below it; chosen on the sample shop's paraphrases (words-shop)."""


class LearnedEmbedder:
    """The learned encoder: no network, both languages in one space.

    A chunk's vector is that of its text plus half that of its heading line, which says what it is about.

    Args:
        encoder: Default: the one that Batonpass brings along.
    """

    def __init__(self, encoder: Encoder | None = None) -> None:
        self.encoder = encoder or built_in()

    @property
    def name(self) -> str:
        """``learned-`` and the artefact's version."""
        return f"learned-{self.encoder.table.version}-t{TITLE_WEIGHT:g}"

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text whose first line is its heading; zeros where no feature is known."""
        if not texts:
            return np.zeros((0, self.encoder.table.dimensions), dtype=np.float32)
        return np.stack([self._document(text) for text in texts])

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """The vector of a question; of a long one, of its beginning and end."""
        if len(text) > MAX_QUERY_CHARS:
            half = MAX_QUERY_CHARS // 2
            text = f"{text[:half]}\n{text[-half:]}"
        return self.encoder.encode(text)

    def _document(self, text: str) -> NDArray[np.float32]:
        head, _, body = text.partition("\n")
        vector = TITLE_WEIGHT * self.encoder.encode(head) + self.encoder.encode(body)
        norm = float(np.linalg.norm(vector))
        return (vector / norm if norm > 0 else vector).astype(np.float32)


@lru_cache(maxsize=4)
def load(path: Path) -> Encoder:
    """The encoder of an artefact; one for all who ask.

    Raises:
        KnowledgeError: it cannot be read.
    """
    return Encoder(read_table(path))


def built_in() -> Encoder:
    """The encoder that Batonpass brings along."""
    return load(BUILT_IN)
