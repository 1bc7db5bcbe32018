"""Follows folders and files: says when something of them may have changed, once for a burst of changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

QUIET = 0.4
"""Seconds without a change after which a burst is over: an editor writes a file in several steps."""
LONGEST = 5.0
"""Seconds after which even an endless burst is told of."""
LOOK = 1.0
"""Seconds between looks at what no notification tells: single files, and whether a folder is still the same."""


def changes(
    paths: Sequence[Path],
    stop: threading.Event,
    *,
    also: Callable[[], object] = lambda: None,
    quiet: float = QUIET,
    look: float = LOOK,
) -> Iterator[bool]:
    """Yield after each burst of changes until stopped, and once at the start for what happened before it.

    A folder that goes away is waited for, and followed again when it comes back.

    Args:
        paths: Folders, with all below them, and single files; none: only ``also`` is looked at.
        stop: Set it to end.
        also: Another value than at the last look is a change too.
        quiet: Seconds without a change that end a burst.
        look: Seconds between looks.

    Yields:
        True where something of the paths may have changed, False where only ``also`` did.
    """
    seen, stamps = also(), [_stamp(path) for path in paths]
    while not stop.is_set():
        fresh = bool(paths)  # between the last reading and the first notification anything may have happened
        for told in _told([path for path in paths if path.is_dir()], stop, quiet, look):
            now, there = also(), [_stamp(path) for path in paths]
            other, moved = now != seen, there != stamps
            seen, stamps = now, there
            if told or moved or fresh:
                fresh = False
                yield True
            elif other:
                yield False
            if moved:
                break  # notifications are of the folder that was there


def _told(folders: Sequence[Path], stop: threading.Event, quiet: float, look: float) -> Iterator[bool]:
    """Whether something changed, after each burst and at each look."""
    if not folders:
        while not stop.wait(look):
            yield False
        return
    from watchfiles import Change, watch

    def wanted(_: Change, name: str) -> bool:
        return any(_article(Path(name), folder) for folder in folders)

    try:
        for found in watch(
            *folders,
            watch_filter=wanted,
            debounce=round(LONGEST * 1000),
            step=round(quiet * 1000),
            stop_event=stop,
            rust_timeout=round(look * 1000),
            yield_on_timeout=True,
            ignore_permission_denied=True,
        ):
            yield bool(found)
    except OSError:  # it went away before it could be followed, or the system follows no more
        stop.wait(look)
        yield True


def _article(path: Path, folder: Path) -> bool:
    """Whether it is no hidden or backup file; "..data" is what Kubernetes swaps under a folder's links."""
    try:
        parts = path.relative_to(folder).parts
    except ValueError:
        return True
    hidden = any(part.startswith(".") and not part.startswith("..") for part in parts)
    return not hidden and not path.name.endswith("~")


def _stamp(path: Path) -> tuple[int, ...] | None:
    """Changes when a file does; of a folder, when it is another one."""
    try:
        status = path.stat()
    except OSError:
        return None
    if path.is_dir():
        return status.st_dev, status.st_ino
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
