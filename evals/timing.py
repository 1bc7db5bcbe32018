"""Medians and percentiles of measured times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Summary of times.

    Args:
        seconds: At least one.

    Returns:
        ``n``, and ``p50_ms``, ``p95_ms``, ``max_ms`` in milliseconds.
    """
    values = np.asarray(seconds) * 1000
    return {
        "n": len(values),
        "p50_ms": round(float(np.percentile(values, 50)), 2),
        "p95_ms": round(float(np.percentile(values, 95)), 2),
        "max_ms": round(float(values.max()), 2),
    }
