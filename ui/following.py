"""``--watch``: what is said while a knowledge base follows its folder."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from ..knowledge import KnowledgeError, LoadFailure, LocalKnowledgeBase, SyncReport
from ..knowledge.following import follow
from .console import talk

NAMED = 5
"""So many articles are named; of more only the number is said."""


def not_read(failed: Iterable[LoadFailure], out: Console = talk) -> None:
    """Name what could not be read."""
    for failure in failed:
        out.print(f"not read: {failure.source}: {failure.reason}", markup=False, soft_wrap=True)


def tell(told: SyncReport | KnowledgeError, out: Console = talk) -> None:
    """Say what a sync did, or why it could not."""
    if isinstance(told, KnowledgeError):
        out.print(f"not followed: {' '.join(str(told).split())}", markup=False, soft_wrap=True)
        return
    not_read(told.failed, out)
    parts = [
        f"{what} {', '.join(ids) if len(ids) <= NAMED else f'{len(ids)} articles'}"
        for what, ids in (("added", told.added), ("changed", told.changed), ("removed", told.removed))
        if ids
    ]
    if parts:
        out.print(f"{'; '.join(parts)}; {told.chunks} chunks", markup=False, soft_wrap=True)


@contextmanager
def following(
    knowledge: LocalKnowledgeBase, paths: Sequence[Path], out: Console, failed: Iterable[LoadFailure] = ()
) -> Iterator[None]:
    """Follow folders, and decisions about aliases, in a thread of its own for as long as the block runs."""
    stop = threading.Event()

    def run() -> None:
        follow(knowledge, paths, stop, lambda told: tell(told, out), failed=failed)

    thread = threading.Thread(target=run, name="follow", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
