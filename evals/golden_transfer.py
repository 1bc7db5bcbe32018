"""Golden transfer within tolerance: was a person called at about the right turn?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Bools = Sequence[bool] | NDArray[np.bool_]


def golden_transfer(found: Bools, truth: Bools, tolerance: int) -> float:
    """GT-T of one dialogue, 0..1; T is the tolerance, and papers write GT-I, GT-II and GT-III for 1, 2 and 3.

    Each turn found counts ``exp(-d² / (2 T²))``, d being the turns between it and the nearest true one; the
    dialogue counts their mean. Without a true turn it counts 1 if none is found, else 0; with one but none found,
    0. Turns missed beside one that is found cost nothing, so that always calling a person scores well: read it
    beside F1.

    Source: Liu et al., "Time to Transfer: Predicting and Evaluating Machine-Human Chatting Handoff" (AAAI 2021,
    arXiv 2012.07610), with their default, lambda = 0: too early and too late weigh the same.

    Args:
        found: Whether a person is called, turn by turn.
        truth: Whether one was due.
        tolerance: T, at least 1 turn.

    Raises:
        ValueError: the tolerance is below 1, or the lengths differ.
    """
    if tolerance < 1:
        raise ValueError("the tolerance is at least one turn")
    if len(found) != len(truth):
        raise ValueError(f"{len(found)} turns found for {len(truth)} true ones")
    called, due = np.flatnonzero(found), np.flatnonzero(truth)
    if not len(due):
        return float(not len(called))
    if not len(called):
        return 0.0
    apart = np.abs(called[:, None] - due[None, :]).min(axis=1)
    return float(np.exp(-(apart**2) / (2 * tolerance**2)).mean())
