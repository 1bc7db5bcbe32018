"""Exact nearest neighbours in memory: what searches read, while Chroma keeps the vectors.

One product of a matrix and a vector: 100,000 rows of 160 numbers take about 4 ms and 64 MB.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

_log = logging.getLogger(__name__)

FORMAT = "rows-1"

_DECIMALS = 6
"""Of a cosine: equal texts tie, whichever row of the product they are."""
_SPARE = 1024  # rows


@dataclass(frozen=True, slots=True)
class _Rows:
    """The first ``count`` of ids and matrix rows; what lies behind them is a writer's business."""

    ids: list[str] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    matrix: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    count: int = 0


class Nearest:
    """Vectors by id. One writer at a time, any number of readers: each sees the rows of one moment."""

    def __init__(self) -> None:
        self._rows = _Rows()

    def __len__(self) -> int:
        return self._rows.count

    def __contains__(self, name: str) -> bool:
        return name in self._rows.places

    def add(self, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Add or overwrite.

        Args:
            ids: Each once.
            vectors: float32 (n, d), L2-normalised; rows of another length than those that are there replace all.
        """
        if not ids:
            return
        if vectors.shape[1] != self._rows.matrix.shape[1]:
            self._rows = _Rows(matrix=np.zeros((0, vectors.shape[1]), dtype=np.float32))
        self.remove([name for name in ids if name in self._rows.places])
        old = self._rows
        total = old.count + len(ids)
        matrix, places, names = old.matrix, old.places, old.ids
        if total > len(matrix):
            matrix = np.empty((total + max(_SPARE, total // 4), vectors.shape[1]), dtype=np.float32)
            matrix[: old.count] = old.matrix[: old.count]
        # Readers of the old rows look no further than its count.
        matrix[old.count : total] = vectors
        names.extend(ids)
        places.update(zip(ids, range(old.count, total), strict=True))
        self._rows = _Rows(names, places, matrix, total)

    def remove(self, ids: Collection[str]) -> int:
        """Drop ids, unknown ones are passed over; how many were there."""
        old = self._rows
        gone = {name for name in ids if name in old.places}
        if not gone:
            return 0
        keep = np.array([name not in gone for name in old.ids], dtype=bool)
        names = [name for name in old.ids if name not in gone]
        places = {name: row for row, name in enumerate(names)}
        self._rows = _Rows(names, places, old.matrix[: old.count][keep], len(names))
        return len(gone)

    def fit(self) -> None:
        """Give spare memory back, after many additions."""
        old = self._rows
        if len(old.matrix) - old.count > _SPARE:
            self._rows = _Rows(old.ids, old.places, old.matrix[: old.count].copy(), old.count)

    def search(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        """The nearest as (id, cosine -1..1), best first; none for a vector of another length."""
        rows = self._rows
        if limit <= 0 or not rows.count or not _fits(rows, vector):
            return []
        cosines = rows.matrix[: rows.count] @ vector
        best = np.arange(rows.count)
        if limit < rows.count:
            best = np.argpartition(cosines, rows.count - limit)[-limit:]
        found = zip(best.tolist(), np.round(cosines[best], _DECIMALS).tolist(), strict=True)
        return sorted(((rows.ids[row], cosine) for row, cosine in found), key=lambda hit: (-hit[1], hit[0]))

    def cosines(self, vector: NDArray[np.float32], ids: Collection[str]) -> dict[str, float]:
        """Cosines -1..1 of those that are there; none for a vector of another length."""
        rows = self._rows
        found = [(name, row) for name in ids if (row := rows.places.get(name, rows.count)) < rows.count]
        if not found or not _fits(rows, vector):
            return {}
        cosines = rows.matrix[[row for _, row in found]] @ vector
        return dict(zip((name for name, _ in found), np.round(cosines, _DECIMALS).tolist(), strict=True))

    def take(self, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Hold just these, each id once; the matrix is kept, not copied."""
        names = list(ids)
        if vectors.ndim != 2 or len(names) != len(vectors) or vectors.dtype != np.float32:
            raise ValueError("ids and vectors do not fit together")
        self._rows = _Rows(names, {name: row for row, name in enumerate(names)}, vectors, len(names))

    def rows(self) -> tuple[list[str], NDArray[np.float32]]:
        """Ids and vectors (n, d)."""
        rows = self._rows
        return rows.ids[: rows.count], rows.matrix[: rows.count]


def _fits(rows: _Rows, vector: NDArray[np.float32]) -> bool:
    if rows.matrix.shape[1] == len(vector):
        return True
    _log.warning(
        "searching without vectors: the question's has %d numbers, the index %d", len(vector), rows.matrix.shape[1]
    )
    return False


def write(path: Path, key: str, parts: Mapping[str, Nearest]) -> None:
    """Write what is in memory, so that the next opening need not fetch it; a disk that is full is only a warning.

    Args:
        path: The file; replaced in one step.
        key: Says which vectors these are; ``read`` wants the same.
        parts: By name.
    """
    arrays: dict[str, Any] = {"format": np.str_(FORMAT), "key": np.str_(key)}
    for name, part in parts.items():
        ids, matrix = part.rows()
        arrays[f"{name}_ids"] = np.frombuffer("\n".join(ids).encode(), dtype=np.uint8)
        arrays[f"{name}_rows"] = matrix
    new = path.with_name(f"{path.name}.new")
    try:
        with new.open("wb") as file:
            np.savez(file, **arrays)
        os.replace(new, path)
    except OSError as error:
        new.unlink(missing_ok=True)
        _log.warning("%s is not written (%s): the next start takes longer", path, error.strerror)


def read(path: Path, key: str, names: Collection[str]) -> dict[str, Nearest]:
    """Read what ``write`` wrote; empty parts where there is nothing, or it is damaged or of other vectors."""
    parts = {name: Nearest() for name in names}
    if not path.exists():
        return parts
    try:
        with np.load(path, allow_pickle=False) as arrays:  # the file's checksums are verified
            if str(arrays["format"]) != FORMAT or str(arrays["key"]) != key:
                return parts
            for name, part in parts.items():
                ids = arrays[f"{name}_ids"].tobytes().decode().split("\n")
                part.take(ids if ids != [""] else [], arrays[f"{name}_rows"])
    except (OSError, EOFError, LookupError, ValueError, TypeError, AttributeError, BadZipFile) as error:
        _log.warning("%s is passed over (%s): vectors are read from Chroma", path, type(error).__name__)
        return {name: Nearest() for name in names}
    return parts
