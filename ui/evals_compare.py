"""Is a difference between two runs more than noise? Worked out in a child process, so that the chat never waits.

``python -m batonpass.ui.evals_compare RUN BASELINE SUITE`` prints what ``significance`` returns.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Any

TIME = 300.0
KEPT = 32


class CompareError(RuntimeError):
    """The comparison did not come about; one line."""


class Significance:
    """Comparisons by child process, one at a time, remembered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Any, dict[str, Any]] = OrderedDict()

    def of(self, run: Path, baseline: Path, suite: Path, *, stamp: Any) -> dict[str, Any]:
        """Changes of every metric that both runs have.

        Args:
            run: The new run's file.
            baseline: The old one's.
            suite: The suite's folder.
            stamp: Changes when any of them does.

        Raises:
            CompareError: it failed.
        """
        with self._lock:
            if stamp not in self._kept:
                self._kept[stamp] = _ask(run, baseline, suite)
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            return self._kept[stamp]


def _ask(run: Path, baseline: Path, suite: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "batonpass.ui.evals_compare"]
    command += [str(path.resolve()) for path in (run, baseline, suite)]
    try:
        answer = subprocess.run(  # noqa: S603 - our own command; the paths come from lists
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIME,
            env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            check=True,
        )
        return json.loads(answer.stdout)
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().splitlines()
        raise CompareError(said[-1][:300] if said else "the comparison failed") from None
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise CompareError(f"the comparison failed: {error.__class__.__name__}") from None


def _changes(run: Path, baseline: Path, suite: Path) -> dict[str, Any]:
    from ..evals.compare import compare
    from ..evals.storage import read_run
    from ..evals.suite import load_suite

    found = compare(read_run(run), read_run(baseline), load_suite(suite, keep_going=True))
    return {
        "changes": {
            name: {
                "value": change.paired.value,
                "baseline": change.paired.baseline,
                "difference": change.difference,
                "low": change.paired.low,
                "high": change.paired.high,
                "n": change.paired.n,
                "q": change.q,
                "verdict": change.verdict,
            }
            for name, change in found.changes.items()
        },
        "shared": found.shared,
    }


if __name__ == "__main__":
    with suppress(AttributeError, OSError):  # Windows has no nice
        os.nice(15)
    print(json.dumps(_changes(*(Path(argument) for argument in sys.argv[1:4]))))
