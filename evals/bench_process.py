"""What a process has used, and the environment that the bench's own processes get."""

from __future__ import annotations

import os
import sys
from pathlib import Path


class BenchError(Exception):
    """A side of the comparison came to nothing; one line that says why."""


def clean_environment() -> dict[str, str]:
    """Nothing of the user's settings, keys or tracing; no analytics."""
    return {
        "PATH": os.defpath,
        "HOME": str(Path.home()),
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "GRADIO_ANALYTICS_ENABLED": "False",
    }


def peak_mb(pid: int | str = "self") -> float | None:
    """Peak resident memory of a process in MB (10^6 bytes); of another process on Linux only, else None."""
    status = Path(f"/proc/{pid}/status")
    try:
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):  # ru_maxrss would count the parent's memory from before exec
                return round(int(line.split()[1]) * 1024 / 1e6, 1)
    except OSError:
        pass
    if pid != "self" or sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak * (1 if sys.platform == "darwin" else 1024) / 1e6, 1)


def cpu_seconds(pid: int) -> float | None:
    """CPU time that a process has used, user and system; on Linux only, else None."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # the name before it may hold anything
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
