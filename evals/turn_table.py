"""Figures of cross-validated turn labels with intervals, and the table that prints them beside a baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from rich.console import Console
from rich.table import Table

from .bootstrap import MEAN, Metric, Statistic, auroc, metric
from .golden_transfer import golden_transfer
from .turn_learning import SEED, Floats, Places, Turns

_PAIRS = auroc(0, 1)


def area(truth: Places, scores: Floats, dialogue: Places) -> Metric | None:
    """Area under the ROC curve over turns, its interval from resampled dialogues.

    Args:
        truth: 1 or 0 of each judged turn.
        scores: Of each.
        dialogue: Of each, which dialogue it is in.
    """
    rows = np.column_stack([truth, scores]).astype(float)
    names, member = np.unique(dialogue, return_inverse=True)
    assert _PAIRS.draws is not None
    draws = _PAIRS.draws
    found = Statistic(lambda _: _PAIRS.value(rows), lambda _, counts: draws(rows, counts[:, member]))
    return metric(names, found, SEED)


def f1(truth: Places, found: Places, dialogue: Places) -> Metric | None:
    """F1 over turns, its interval from resampled dialogues; columns as in ``area``."""
    names, member = np.unique(dialogue, return_inverse=True)
    rows = np.column_stack([np.bincount(member, weights=mask) for mask in (truth & found, truth ^ found)])

    def draws(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
        hit, wrong = (counts @ values).T
        return np.nan_to_num(2 * hit / (2 * hit + wrong))

    whole = np.ones((1, len(names)))
    return metric(rows, Statistic(lambda values: float(draws(values, whole[:, : len(values)])[0]), draws), SEED)


def transfers(turns: Turns, found: Places, tolerance: int, source: str | None = None) -> Metric | None:
    """Mean golden transfer over dialogues, those of one source or all."""
    values = [
        golden_transfer(found[places].astype(bool), turns.truth[places] == 1, tolerance)
        for places in turns.each()
        if source in (None, turns.source[turns.dialogue[places[0]]])
    ]
    return metric(values, MEAN, SEED)


def print_table(title: str, heads: Sequence[str], rows: Mapping[str, Sequence[Metric | None]]) -> None:
    """Print figures times 100 with their 95 % intervals."""
    table = Table(title=title, title_justify="left")
    for head in ("", *heads):
        table.add_column(head, justify="left" if not head else "right")
    for name, figures in rows.items():
        table.add_row(name, *[_cell(figure) for figure in figures])
    Console(width=140).print(table)


def _cell(figure: Metric | None) -> str:
    if figure is None:
        return "-"
    return f"{figure['value'] * 100:.1f} ({figure['low'] * 100:.1f}-{figure['high'] * 100:.1f})"
