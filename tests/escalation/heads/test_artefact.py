from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from batonpass.escalation.heads import HeadsError
from batonpass.escalation.heads.artefact import BUILT_IN, read, write


def test_written_and_read_again(tmp_path: Path) -> None:
    weights = read(BUILT_IN)
    write(tmp_path / "copy.npz", weights)
    again = read(tmp_path / "copy.npz")
    assert again.heads == weights.heads
    assert np.array_equal(again.rows, weights.rows)
    assert again.encoder == weights.encoder


def test_codes_ascend() -> None:
    codes = read(BUILT_IN).codes
    assert np.all(codes[1:] > codes[:-1])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"text"])
def test_no_artefact_is_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "heads.npz"
    path.write_bytes(content)
    with pytest.raises(HeadsError, match=r"heads\.npz: no heads"):
        read(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(HeadsError, match="gone"):
        read(tmp_path / "gone.npz")


def test_arrays_that_do_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "heads.npz"
    with np.load(BUILT_IN) as stored:
        arrays = dict(stored)
    arrays["rows"] = arrays["rows"][:-1]
    np.savez(path, **arrays)
    with pytest.raises(HeadsError, match="fit together"):
        read(path)


def test_pickles_are_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "heads.npz"
    with np.load(BUILT_IN) as stored:
        arrays = dict(stored)
    arrays["codes"] = np.array([object()], dtype=object)
    np.savez(path, **arrays)
    with pytest.raises(HeadsError):
        read(path)
