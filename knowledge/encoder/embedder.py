"""The encoder as the knowledge base's embedder: the default vectors in Chroma."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..analysis import MAX_QUERY_CHARS
from ..base import KnowledgeError
from ..concepts import with_synonyms
from .model import BUILT_IN, Encoder, read_table

_log = logging.getLogger(__name__)

TITLE_WEIGHT = 0.5
"""Of the heading line beside the text below it; chosen on the sample shop's paraphrases (words-shop)."""


class LearnedEmbedder:
    """The learned encoder: no network, both languages in one space.

    A chunk's vector is that of its text plus half that of its heading line, which says what it is about.

    Args:
        encoder: Default: the one that Batonpass brings along.
        synonyms: Files of concepts beside the built-in lexicon. A changed file counts from the next question on;
            what is indexed follows when it is indexed anew.

    Raises:
        KnowledgeError: a file of synonyms cannot be used.
    """

    def __init__(self, encoder: Encoder | None = None, *, synonyms: Sequence[Path] = ()) -> None:
        self._plain = encoder or built_in()
        self._synonyms = tuple(synonyms)
        self._stamp = _stamp(self._synonyms)
        self._encoder = self._with_synonyms() if synonyms else self._plain

    @property
    def name(self) -> str:
        """``learned-`` and the artefact's version."""
        return f"learned-{self._plain.table.version}-t{TITLE_WEIGHT:g}"

    @property
    def encoder(self) -> Encoder:
        """The encoder with the synonyms as the files have them now."""
        if self._synonyms and (stamp := _stamp(self._synonyms)) != self._stamp:
            self._stamp = stamp
            try:
                self._encoder = self._with_synonyms()
            except KnowledgeError as error:  # the old ones stay
                _log.warning("synonyms: %s", error)
        return self._encoder

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text whose first line is its heading; zeros where no feature is known."""
        encoder = self.encoder
        if not texts:
            return np.zeros((0, encoder.table.dimensions), dtype=np.float32)
        return np.stack([_document(encoder, text) for text in texts])

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """The vector of a question; of a long one, of its beginning and end."""
        if len(text) > MAX_QUERY_CHARS:
            half = MAX_QUERY_CHARS // 2
            text = f"{text[:half]}\n{text[-half:]}"
        return self.encoder.encode(text)

    def _with_synonyms(self) -> Encoder:
        return Encoder(self._plain.table, with_synonyms(self._synonyms))


def _document(encoder: Encoder, text: str) -> NDArray[np.float32]:
    head, _, body = text.partition("\n")
    vector = TITLE_WEIGHT * encoder.encode(head) + encoder.encode(body)
    norm = float(np.linalg.norm(vector))
    return (vector / norm if norm > 0 else vector).astype(np.float32)


def _stamp(files: Sequence[Path]) -> tuple[tuple[int, int], ...]:
    """Time and size of each file; nothing of one that is gone."""
    found = []
    for file in files:
        try:
            about = file.stat()
        except OSError:
            continue
        found.append((about.st_mtime_ns, about.st_size))
    return tuple(found)


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
