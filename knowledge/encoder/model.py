"""The encoder at run time: a table of feature vectors, looked up and summed. Numpy only."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from ..base import KnowledgeError
from ..concepts import Lexicon, built_in
from .features import code, features

BUILT_IN = Path(__file__).parent / "encoder.npz"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Table:
    """Quantised feature vectors.

    Attributes:
        codes: uint64 (n,), ascending: the features' hashes.
        rows: int8 (n, d).
        scales: float32 (n,): a row times its scale is the feature's vector, its learned weight included.
        version: Named in the embedder, so that an index made by another table is made anew.
    """

    codes: NDArray[np.uint64]
    rows: NDArray[np.int8]
    scales: NDArray[np.float32]
    version: str

    @property
    def dimensions(self) -> int:
        """Length of the vectors."""
        return int(self.rows.shape[1])


def read_table(path: Path) -> Table:
    """Read an artefact: plain arrays, nothing pickled.

    Raises:
        KnowledgeError: it is missing or no artefact of this format.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            if int(arrays["format"]) != FORMAT:
                raise KnowledgeError(f"{path}: an encoder of format {int(arrays['format'])}, not {FORMAT}")
            table = Table(arrays["codes"], arrays["rows"], arrays["scales"], str(arrays["version"]))
    except (
        OSError,
        EOFError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        BadZipFile,
        zlib.error,
    ) as error:
        raise KnowledgeError(f"{path}: no encoder ({type(error).__name__})") from None
    kinds = table.codes.dtype, table.rows.dtype, table.scales.dtype
    fits = table.rows.ndim == 2 and table.codes.shape == table.scales.shape == table.rows.shape[:1]
    if not fits or kinds != (np.uint64, np.int8, np.float32):
        raise KnowledgeError(f"{path}: no encoder (its arrays do not fit together)")
    return table


def write_table(path: Path, table: Table) -> None:
    """Write an artefact."""
    np.savez_compressed(
        path,
        format=np.int64(FORMAT),
        codes=table.codes,
        rows=table.rows,
        scales=table.scales,
        version=np.str_(table.version),
    )


def quantise(codes: NDArray[np.uint64], vectors: NDArray[np.float32], version: str) -> Table:
    """Feature vectors to a table: each row's largest entry becomes 127."""
    order = np.argsort(codes)
    vectors = vectors[order]
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-12) / 127
    rows = np.rint(vectors / scales[:, None]).astype(np.int8)
    return Table(codes[order], rows, scales.astype(np.float32), version)


class Encoder:
    """Texts of either language to vectors of one space.

    Args:
        table: Feature vectors.
        lexicon: Whose concepts are features; an operator's synonyms count at once.
    """

    def __init__(self, table: Table, lexicon: Lexicon | None = None) -> None:
        self.table = table
        self.lexicon = lexicon or built_in()
        self._place = {int(c): at for at, c in enumerate(table.codes)}
        self._added = self._new_concepts()

    def knows(self, feature: str) -> bool:
        """Whether the table has a feature, such as ``w:refund``."""
        return code(feature) in self._place

    def encode(self, text: str) -> NDArray[np.float32]:
        """One L2-normalised vector (d,); zeros where no feature of the text is known."""
        return self.encode_features(features(text, self.lexicon))

    def encode_features(self, found: Iterable[str]) -> NDArray[np.float32]:
        """As ``encode``, of features."""
        found = frozenset(found)
        place = self._place.get
        places = [at for feature in found if (at := place(code(feature))) is not None]
        places.sort()  # sums of floats depend on their order
        vector = self.table.scales[places] @ self.table.rows[places].astype(np.float32)
        for name in sorted(found & self._added.keys()):
            vector = vector + self._added[name]
        norm = float(np.linalg.norm(vector))
        return (vector / norm if norm > 0 else vector).astype(np.float32)

    def _new_concepts(self) -> dict[str, NDArray[np.float32]]:
        """Vectors of concepts that the table lacks, an operator's own: the mean of their forms."""
        lacking = [c for c in self.lexicon.concepts.values() if code(f"c:{c.id}") not in self._place]
        known = [at for c in self.lexicon.concepts if (at := self._place.get(code(f"c:{c}"))) is not None]
        if not lacking or not known:
            return {}
        lengths = np.linalg.norm(self.table.rows[known].astype(np.float32), axis=1) * self.table.scales[known]
        self._added = {}
        found = {}
        for concept in lacking:
            mean = self.encode_all([*concept.korean, *concept.english]).mean(axis=0)
            norm = float(np.linalg.norm(mean))
            if norm > 0:
                found[f"c:{concept.id}"] = (mean / norm * float(np.median(lengths))).astype(np.float32)
        return found

    def encode_all(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row a text (n, d)."""
        if not texts:
            return np.zeros((0, self.table.dimensions), dtype=np.float32)
        return np.stack([self.encode(text) for text in texts])
