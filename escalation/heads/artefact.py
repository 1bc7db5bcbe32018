"""The heads' weights as plain arrays (``heads.npz``): reading, writing, checking."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

BUILT_IN = Path(__file__).parent / "heads.npz"
FORMAT = 1

LANGUAGES = ("ko", "en")
"""Each has its own calibration; any other language is read with the English one."""


class HeadsError(Exception):
    """The weights cannot be read."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Linear heads over hashed features and the encoder's vector.

    Attributes:
        heads: Their names, (h,).
        codes: uint32 (n,), ascending: the features' hashes.
        rows: int8 (n, h).
        scales: float32 (h,): a column times its scale is the head's weights.
        dense: float16 (d, h): for the encoder's vector of length 1.
        bias: float32 (h,).
        groups: float32 (g,): what each family of features counts.
        slopes: float32 (2, h) and
        offsets: float32 (2, h): a logit of language l becomes ``slope * logit + offset`` (Platt 1999).
        encoder: Version of the encoder whose vectors were learned from.
        thresholds: float32 (2,): where the head alone takes a message for a request for a person.
    """

    heads: tuple[str, ...]
    codes: NDArray[np.uint32]
    rows: NDArray[np.int8]
    scales: NDArray[np.float32]
    dense: NDArray[np.float16]
    bias: NDArray[np.float32]
    groups: NDArray[np.float32]
    slopes: NDArray[np.float32]
    offsets: NDArray[np.float32]
    encoder: str
    thresholds: NDArray[np.float32]


_ARRAYS = ("codes", "rows", "scales", "dense", "bias", "groups", "slopes", "offsets", "thresholds")


def write(path: Path, weights: Weights) -> None:
    """Write an artefact."""
    arrays = {name: getattr(weights, name) for name in _ARRAYS}
    np.savez_compressed(
        path,
        format=np.int64(FORMAT),
        heads=np.array(weights.heads),
        encoder=np.str_(weights.encoder),
        **arrays,
    )


def read(path: Path) -> Weights:
    """Read an artefact; nothing pickled is looked at.

    Raises:
        HeadsError: it is missing or no artefact of this format.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            if int(stored["format"]) != FORMAT:
                raise HeadsError(f"{path}: heads of format {int(stored['format'])}, not {FORMAT}")
            arrays = {name: stored[name] for name in _ARRAYS}
            heads = tuple(str(name) for name in stored["heads"])
            encoder = str(stored["encoder"])
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
        raise HeadsError(f"{path}: no heads ({type(error).__name__})") from None
    count, languages = len(heads), len(LANGUAGES)
    fits = (
        arrays["rows"].shape == (len(arrays["codes"]), count)
        and arrays["scales"].shape == arrays["bias"].shape == (count,)
        and arrays["dense"].shape[1:] == (count,)
        and arrays["slopes"].shape == arrays["offsets"].shape == (languages, count)
        and arrays["thresholds"].shape == (languages,)
        and arrays["codes"].dtype == np.uint32
        and arrays["rows"].dtype == np.int8
    )
    if not fits:
        raise HeadsError(f"{path}: no heads (its arrays do not fit together)")
    return Weights(heads, **arrays, encoder=encoder)
