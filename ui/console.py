"""What all commands share: talk on stderr, one line for a mistake, a progress bar."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from ..knowledge.base import Progress

talk = Console(stderr=True, highlight=False)


def fail(line: str) -> NoReturn:
    """Say one line and exit with 2."""
    talk.print(f"batonpass: {' '.join(line.split())}", markup=False, soft_wrap=True)
    sys.exit(2)


def write(path: Path, text: str) -> None:
    """Write a result file; a folder that is not there or not writable is the user's to mend."""
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        fail(f"cannot write {path}: {error.strerror}")


class progress_bar:
    """A progress bar on stderr as a context manager; the value is a ``Progress`` callable.

    Args:
        what: Shown until the first step names itself.
    """

    def __init__(self, what: str = "indexing") -> None:
        self._what = what

    def __enter__(self) -> Progress:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=talk, transient=True)
        self._bar.start()
        task = self._bar.add_task(self._what, total=None)

        def progress(done: int, total: int, what: str) -> None:
            self._bar.update(task, completed=done, total=total, description=what[:40])

        return progress

    def __exit__(self, *exc: object) -> None:
        self._bar.stop()
