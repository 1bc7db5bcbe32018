"""Where runs are kept: one JSON file a run, and the results of an interrupted one line by line beside it."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ..escalation import GuardPolicy
from .suite import Suite, SuiteError

ROOT = Path(__file__).parent.parent
PACKAGES = ("knowledge", "escalation", "agent", "evals")


@cache
def code_version() -> str:
    """Changes with any line of the code that a run goes through."""
    stamp = hashlib.sha256()
    for file in sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py")):
        stamp.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return stamp.hexdigest()[:12]


def keep_run(folder: Path, run: dict[str, Any], policy: GuardPolicy) -> Path:
    """Write a finished run down under its suite's name and time, its policy beside it; returns where."""
    folder.mkdir(parents=True, exist_ok=True)
    started = re.sub(r"\D", "", run["run"]["started"].partition("+")[0])[:17]
    path = folder / f"{slug(run['run']['suite'])}-{started}.json"
    path.write_text(json.dumps(run, ensure_ascii=False), encoding="utf-8")
    path.with_suffix(".policy.yaml").write_text(
        yaml.safe_dump(policy.model_dump(mode="json"), allow_unicode=True), encoding="utf-8"
    )
    return path


def slug(name: str) -> str:
    """A name as part of a file's name."""
    return re.sub(r"[^\w.-]+", "-", name).strip(".-") or "suite"


def read_run(path: Path) -> dict[str, Any]:
    """A run as ``keep_run`` or ``batonpass eval --json`` wrote it (of several suites: the first).

    Raises:
        SuiteError: the file is no run.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SuiteError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:  # no JSON, or no UTF-8
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
        self.path = folder / f"{slug(suite.name)}-{key}.partial.jsonl"

    def finished(self) -> dict[str, dict[str, Any]]:
        """Results that are there, by key; what was torn is cut off, so that the next line starts on its own."""
        found: dict[str, dict[str, Any]] = {}
        if not self.path.is_file():
            return found
        sound = 0
        with self.path.open("rb") as file:
            for line in file:
                try:
                    entry = json.loads(line)
                    found[entry["key"]] = entry["result"]
                except (ValueError, KeyError, TypeError):
                    break
                if not line.endswith(b"\n"):
                    break
                sound += len(line)
        with self.path.open("r+b") as file:
            file.truncate(sound)
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
    """Changes with whatever the suite is read from; other files in its folder (results, say) do not count."""
    files = [suite.path / "suite.yaml", *sorted(suite.path.glob("*.jsonl")), suite.path / "qrels.tsv"]
    files += sorted(suite.kb.rglob("*")) if suite.kb else []
    files += [suite.customers] if suite.customers else []
    stamp = hashlib.sha256()
    for file in files:
        if file.is_file():
            stamp.update(file.name.encode() + b"\0" + file.read_bytes())
    return stamp.hexdigest()
