"""Where runs are kept: one JSON file a run, and the results of an interrupted one line by line beside it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from .suite import Suite, SuiteError


def read_run(path: Path) -> dict[str, Any]:
    """A run as ``batonpass eval --json`` wrote it (of several suites: the first).

    Raises:
        SuiteError: the file is no run.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise SuiteError(f"{path}: not a run: {error}") from None
    if isinstance(value, list) and value:
        value = value[0]
    if not isinstance(value, dict) or not {"run", "metrics", "questions", "scenarios"} <= set(value):
        raise SuiteError(f"{path}: not a run: no run, metrics, questions and scenarios in it")
    return value


class Resumable:
    """Results of a run under way, so that an interrupted one goes on where it stopped.

    Args:
        folder: Where it is kept.
        suite: The suite that is run.
        conditions: Whatever would make earlier results wrong (seed, model, policy, code version).
    """

    def __init__(self, folder: Path, suite: Suite, conditions: dict[str, Any]) -> None:
        parts = [str(suite.path.resolve()), _digest(suite), conditions]
        described = json.dumps(parts, sort_keys=True, default=str)
        key = hashlib.sha256(described.encode()).hexdigest()[:16]
        self.path = folder / f"{suite.name}-{key}.partial.jsonl"

    def finished(self) -> dict[str, dict[str, Any]]:
        """Results that are there, by key; a torn last line is dropped."""
        found: dict[str, dict[str, Any]] = {}
        if self.path.is_file():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                try:
                    entry = json.loads(line)
                except ValueError:
                    break
                found[entry["key"]] = entry["result"]
        return found

    def keep(self, key: str, result: dict[str, Any]) -> None:
        """Write one result down."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, "result": result}, ensure_ascii=False) + "\n")

    def clear(self) -> None:
        """The run is complete."""
        self.path.unlink(missing_ok=True)


def _digest(suite: Suite) -> str:
    files = [p for p in sorted(suite.path.rglob("*")) if p.is_file()]
    if suite.kb and suite.path not in suite.kb.parents:
        files += [p for p in sorted(suite.kb.rglob("*")) if p.is_file()]
    stamp = hashlib.sha256()
    for file in files:
        stamp.update(file.read_bytes())
    return stamp.hexdigest()
