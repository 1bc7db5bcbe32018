"""Runs in the background: one at a time, in a child process that yields to the live chat."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import yaml

from ..escalation import GuardPolicy
from .evals_shelf import Entry

NICE = 15
GRACE = 5.0
"""Seconds that a cancelled run gets before it is killed."""

State = Literal["running", "done", "failed", "cancelled"]


class BusyError(RuntimeError):
    """Another run is under way."""


@dataclass
class _Job:
    id: str
    suite_id: str
    suite: str
    total: int
    work: Path
    out: Path
    log: Path
    started: float
    process: subprocess.Popen[bytes]
    cancelled: bool = False
    took: float | None = None


class Jobs:
    """Starts ``batonpass eval`` and tells how far it is.

    Args:
        runs: Where the runs are kept.
    """

    def __init__(self, runs: Path) -> None:
        self._runs = runs
        self._lock = threading.Lock()
        self._job: _Job | None = None

    def start(
        self, entry: Entry, *, limit: int | None = None, policy: GuardPolicy | None = None
    ) -> dict[str, Any]:
        """Start a run.

        Raises:
            BusyError: another one is under way.
        """
        from ..evals.runner import RunOptions, plan  # late, as in evals_shelf

        assert entry.suite
        with self._lock:
            if self._job and self._job.process.poll() is None:
                raise BusyError
            self._runs.mkdir(parents=True, exist_ok=True)
            run_id = self._free_id(entry.path.name)
            # A folder of its own for each suite: what an earlier, interrupted run left there goes on.
            work = self._runs / ".work" / entry.id
            out, log = self._runs / f"{run_id}.json", self._runs / f"{run_id}.log"
            command = [sys.executable, "-m", "batonpass", "eval", str(entry.path.resolve()), "--keep-going"]
            command += ["--json", str(out.resolve()), "--data", str(work.resolve())]
            if limit is not None:
                command += ["--limit", str(limit)]
            if policy and policy != GuardPolicy():
                file = self._runs / f"{run_id}.policy.yaml"
                file.write_text(
                    yaml.safe_dump(policy.model_dump(mode="json"), allow_unicode=True), encoding="utf-8"
                )
                command += ["--policy", str(file.resolve())]
            quiet = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NO_COLOR": "1", "COLUMNS": "400"}
            with log.open("wb") as output:
                process = subprocess.Popen(  # noqa: S603 - our own command; the suite comes from a list
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env=os.environ | quiet,
                    start_new_session=True,
                )
            with suppress(OSError, AttributeError):  # AttributeError: Windows
                os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
            total = len(plan(entry.suite, RunOptions(limit=limit)))
            self._job = _Job(run_id, entry.id, entry.name, total, work, out, log, time.time(), process)
            # Reaps it, and notes how long it took, whether or not anybody asks.
            threading.Thread(target=_wait, args=(self._job,), daemon=True).start()
            return _shown(self._job)

    def status(self) -> dict[str, Any] | None:
        """The latest run that was started here, None before the first."""
        with self._lock:
            return _shown(self._job) if self._job else None

    def cancel(self) -> bool:
        """Stop the run under way; False where there is none."""
        with self._lock:
            job = self._job
            if job is None or job.process.poll() is not None:
                return False
            job.cancelled = True
            _end(job.process, signal.SIGTERM)
        try:
            job.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            _end(job.process, getattr(signal, "SIGKILL", signal.SIGTERM))
        return True

    def stop(self) -> None:
        """The app ends: so does the run; started again, it goes on where it was."""
        self.cancel()

    def _free_id(self, suite: str) -> str:
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", suite).strip("-")[:40] or "suite"
        stem = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{name}"
        number, found = 1, stem
        while (self._runs / f"{found}.log").exists() or (self._runs / f"{found}.json").exists():
            number += 1
            found = f"{stem}-{number}"
        return found


def _shown(job: _Job) -> dict[str, Any]:
    state = _state(job)
    return {
        "id": job.id,
        "suite_id": job.suite_id,
        "suite": job.suite,
        "state": state,
        "done": job.total if state == "done" else min(_done(job), job.total),
        "total": job.total,
        "started": datetime.fromtimestamp(job.started, UTC).isoformat(),
        "seconds": round(job.took if job.took is not None else time.time() - job.started, 1),
        "message": _last_line(job.log) if state == "failed" else "",
    }


def _state(job: _Job) -> State:
    if job.process.poll() is None:
        return "running"
    if job.out.is_file():  # the figures are there, whatever became of reports after them
        return "done"
    return "cancelled" if job.cancelled else "failed"


def _wait(job: _Job) -> None:
    job.process.wait()
    job.took = time.time() - job.started
    if job.out.is_file():
        job.log.unlink(missing_ok=True)
        for copy in (job.work / "runs").glob("*.json"):  # the command keeps one of its own beside the partial file
            copy.unlink(missing_ok=True)


def _done(job: _Job) -> int:
    """Results written down so far; they stand line by line in the newest file that this run wrote to."""
    newest = None
    with suppress(OSError):
        marked = [(path.stat().st_mtime, path) for path in (job.work / "runs").glob("*.partial.jsonl")]
        newest = max((pair for pair in marked if pair[0] >= job.started - 1), default=None)
    if newest is None:
        return 0
    try:
        return newest[1].read_bytes().count(b"\n")
    except OSError:
        return 0


def _last_line(log: Path) -> str:
    try:
        lines = log.read_bytes()[-4000:].decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    said = [line.strip() for line in lines if line.strip()]
    return said[-1].removeprefix("batonpass: ")[:400] if said else ""


def _end(process: subprocess.Popen[bytes], how: int) -> None:
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, how)  # its own session: the processes that it started end too
        else:
            process.terminate()
