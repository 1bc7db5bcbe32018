"""The policy as the operator writes it: a YAML file, read again when it changes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from .policy import GuardPolicy
from .yamlfile import InputError, YamlFile, read_text

_log = logging.getLogger(__name__)

PolicySource = Callable[[], GuardPolicy]
"""What tells the policy in force; asked once a turn."""

WEIGHTS = "weights"
"""What mistakes cost: in the same file, for ``batonpass replay`` alone."""

FRESH_NS = 2_000_000_000
"""Nanoseconds for which a file's time does not vouch for its content: file systems count in steps of up to 2 s
(FAT), and an edit within a step changes neither time nor, perhaps, size."""

QUIET_NS = 300_000_000
"""Nanoseconds after a change before it is read: many an editor empties a file and then writes it, and an empty
file is a policy too."""

_Stamp = tuple[int, int, int, int]


def read_policy(path: Path, text: str | None = None) -> GuardPolicy:
    """A policy file.

    Args:
        path: The file.
        text: Its content, where it was read already.

    Raises:
        InputError: it cannot be read or is no policy; one line with file, line and what is wrong.
    """
    file = YamlFile(path, text)
    return file.read(GuardPolicy, {name: value for name, value in file.value.items() if name != WEIGHTS})


class PolicyFile:
    """A policy file that may be edited while it is in force.

    A broken file is refused, said once in the log, and the policy before it stays in force.

    Args:
        path: The file.

    Raises:
        InputError: the file is broken at the start, when there is nothing to keep.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._stamp, self._read_at = _stamp(path), time.time_ns()
        self._text: str | None = read_text(path)
        self._policy = read_policy(path, self._text)
        self._fault: str | None = None

    def __call__(self) -> GuardPolicy:
        """As ``current``: the file is a ``PolicySource``."""
        return self.current()

    @property
    def fault(self) -> str | None:
        """Why the file as it is now is not in force; None: it is."""
        return self._fault

    def current(self) -> GuardPolicy:
        """The policy in force, read again if the file changed; safe from any thread."""
        if self._lock.acquire(
            blocking=False
        ):  # somebody else is looking: what they find counts from the next turn
            try:
                self._look()
            finally:
                self._lock.release()
        return self._policy

    def _look(self) -> None:
        stamp, now = _stamp(self.path), time.time_ns()
        settled = stamp is None or self._read_at - stamp[-1] > FRESH_NS
        if stamp == self._stamp and settled:
            return
        if stamp and stamp != self._stamp and 0 <= now - stamp[-1] < QUIET_NS:
            return
        try:
            text: str | None = read_text(self.path)
        except InputError as error:
            self._stamp, self._read_at, self._text = stamp, now, None
            self._refuse(str(error))
            return
        same = text == self._text
        self._stamp, self._read_at, self._text = stamp, now, text
        if same:
            return
        try:
            policy = read_policy(self.path, text)
        except InputError as error:
            self._refuse(str(error), again=True)
            return
        self._fault = None
        if policy != self._policy:
            self._policy = policy
            _log.info("policy %s: version %s is in force", self.path, policy.version)

    def _refuse(self, line: str, *, again: bool = False) -> None:
        if again or line != self._fault:
            _log.warning("policy: %s; version %s stays in force", line, self._policy.version)
        self._fault = line


def _stamp(path: Path) -> _Stamp | None:
    """Changes when the file does; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
