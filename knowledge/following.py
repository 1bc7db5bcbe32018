"""Keeps a knowledge base in step with its folders while they change, and with decisions about aliases."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from .base import KnowledgeError
from .loaders import Known, load_folders
from .local import LocalKnowledgeBase
from .types import LoadFailure, SyncReport
from .watching import LOOK, QUIET, changes

_log = logging.getLogger(__name__)
RETRY = 30.0
"""Seconds until what failed as a whole, such as at an embeddings endpoint that is down, is tried again."""


def follow(
    knowledge: LocalKnowledgeBase,
    paths: Sequence[Path],
    stop: threading.Event,
    tell: Callable[[SyncReport | KnowledgeError], None],
    *,
    failed: Iterable[LoadFailure] = (),
    quiet: float = QUIET,
    look: float = LOOK,
    retry: float = RETRY,
) -> None:
    """Sync after each change until stopped; only changed files are read, and only changed articles indexed.

    Args:
        knowledge: Open, and synced with the paths once.
        paths: Folders and files that it holds; none: only decisions about aliases are followed.
        stop: Set it to end.
        tell: Hears what each sync did (in ``failed`` only what failed newly), or why it could not.
        failed: What could not be read before, and was told of.
        quiet: Seconds without a change that end a burst.
        look: Seconds between looks.
        retry: Seconds until a sync that failed as a whole is tried again.
    """
    known, owed = Known(), False
    complained = set(failed)

    def also() -> object:
        return knowledge.aliases.stamp(), int(time.monotonic() / retry) if owed else 0

    for files in changes(paths, stop, also=also, quiet=quiet, look=look):
        try:
            if paths and (files or owed):
                documents, failures = load_folders(paths, known=known)
                report = knowledge.sync(documents, failures=failures)
            else:
                report = knowledge.relearn()
        except KnowledgeError as error:
            owed = True
            tell(error)
            continue
        except Exception as error:  # a follower that ended quietly would leave the base behind for ever
            _log.exception("cannot follow the knowledge folder, trying again")
            owed = True
            tell(KnowledgeError(f"{type(error).__name__}: {error}"))
            continue
        fresh = tuple(each for each in report.failed if each not in complained)
        if files or owed:
            complained = set(report.failed)
        owed = False
        report = replace(report, failed=fresh)
        if report.added or report.changed or report.removed or report.failed:
            tell(report)
