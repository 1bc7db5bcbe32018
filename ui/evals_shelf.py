"""The suites and runs that the evaluators' page may see: looked up in lists, never by a path from outside."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from ..agent.settings import SAMPLE
from ..escalation import GuardPolicy
from ..evals.storage import read_run
from ..evals.suite import Suite, load_suite

if TYPE_CHECKING:  # they bring scikit-learn along, which the chat does without until somebody evaluates
    from ..evals.cards import Card

SHIPPED = SAMPLE.parent / "suites"
"""The suites that come with the package."""

LOOK_AGAIN = 3.0
"""Seconds for which a suite's folder is taken to be as it was."""

KEPT = 6
"""Runs with their cards that are held in memory."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A suite's place on the shelf.

    Attributes:
        own: It lies in the data folder; the others come with the package.
        suite: None where it cannot be read; ``error`` says why.
    """

    id: str
    path: Path
    own: bool
    suite: Suite | None
    error: str = ""

    @property
    def name(self) -> str:
        """What its runs call it."""
        return self.suite.name if self.suite else self.path.name


@dataclass(frozen=True, slots=True)
class Item:
    """One question, scenario or simulation of a run beside its line in the suite.

    Attributes:
        passes: Whether it was right, once for each time it ran; ``card`` is the worst of them.
    """

    card: Card
    line: Any
    result: dict[str, Any]
    passes: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A run with its suite's judgement.

    Attributes:
        items: By key, gravest first.
        strange: Keys of results that the suite as it is now cannot judge.
    """

    run: dict[str, Any]
    entry: Entry | None
    items: dict[str, Item]
    strange: tuple[str, ...]


class Shelf:
    """Suites and runs, read when they change.

    Args:
        data: The data folder; runs are in ``runs/``, its own suites in ``suites/``.
    """

    def __init__(self, data: Path) -> None:
        self.runs_folder = data / "runs"
        self.suites_folder = data / "suites"
        self._lock = threading.RLock()
        self._suites: dict[str, tuple[Any, Entry]] = {}
        self._looked = -LOOK_AGAIN
        self._heads: dict[str, tuple[Any, dict[str, Any] | None]] = {}
        self._judged: OrderedDict[Any, Judged] = OrderedDict()

    def suites(self, *, fresh: bool = False) -> dict[str, Entry]:
        """All suites by id, those of the data folder first."""
        with self._lock:
            if not fresh and time.monotonic() - self._looked < LOOK_AGAIN:
                return {name: entry for name, (_, entry) in self._suites.items()}
            found: dict[str, tuple[Any, Entry]] = {}
            for own, folder in ((True, self.suites_folder), (False, SHIPPED)):
                for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                    if not path.is_dir() or path.name.startswith("."):
                        continue
                    suite_id = f"{'own' if own else 'sample'}.{path.name}"
                    kept = self._suites.get(suite_id)
                    stamp = _stamp(path, kept[1] if kept else None)
                    if kept and kept[0] == stamp:
                        found[suite_id] = kept
                        continue
                    entry = _entry(suite_id, path, own)
                    found[suite_id] = (_stamp(path, entry), entry)
            self._suites, self._looked = found, time.monotonic()
            return {name: entry for name, (_, entry) in found.items()}

    def suite_of(self, run: dict[str, Any]) -> Entry | None:
        """The suite that a run names."""
        named = [e for e in self.suites().values() if e.suite and e.name == run["run"].get("suite")]
        return named[0] if named else None

    def run_files(self) -> dict[str, Path]:
        """Files that may be runs, by id."""
        if not self.runs_folder.is_dir():
            return {}
        return {path.stem: path for path in self.runs_folder.glob("*.json") if path.is_file()}

    def runs(self) -> list[dict[str, Any]]:
        """What the list shows of every run, the newest first; files that are no runs are left out."""
        with self._lock:
            files = self.run_files()
            self._heads = {run_id: head for run_id, head in self._heads.items() if run_id in files}
            for run_id, path in files.items():
                stamp = _mark(path)
                kept = self._heads.get(run_id)
                if kept is None or kept[0] != stamp:
                    self._heads[run_id] = (stamp, _head(run_id, path))
            heads = [head for _, head in self._heads.values() if head]
        return sorted(heads, key=lambda head: head["started"], reverse=True)

    def judged(self, run_id: str) -> Judged | None:
        """A run with its cards; None where there is none of this id."""
        path = self.run_files().get(run_id)
        if path is None:
            return None
        with self._lock:
            self.suites()
            key = (run_id, _mark(path), tuple((name, stamp) for name, (stamp, _) in self._suites.items()))
            if key in self._judged:
                self._judged.move_to_end(key)
                return self._judged[key]
            try:
                run = read_run(path)
            except ValueError:
                return None
            found = _judge(run, self.suite_of(run))
            self._judged[key] = found
            while len(self._judged) > KEPT:
                self._judged.popitem(last=False)
            return found

    def stamp(self, run_id: str, suite_id: str) -> tuple[Any, ...]:
        """Changes when the run or the suite does."""
        with self._lock:
            path = self.run_files().get(run_id)
            return (run_id, path and _mark(path), self._suites.get(suite_id, (None,))[0])

    def policy(self, run_id: str, run: dict[str, Any]) -> GuardPolicy | None:
        """The guard's thresholds in a run, where they are known."""
        version = run["run"].get("policy")
        if version == GuardPolicy().version:
            return GuardPolicy()
        if run_id not in self.run_files():
            return None
        try:
            written = (self.runs_folder / f"{run_id}.policy.yaml").read_text(encoding="utf-8")
            policy = GuardPolicy.model_validate(yaml.safe_load(written))
        except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError):
            return None
        return policy if policy.version == version else None


def _entry(suite_id: str, path: Path, own: bool) -> Entry:
    try:
        return Entry(suite_id, path, own, load_suite(path, keep_going=True))
    except ValueError as error:
        return Entry(suite_id, path, own, None, str(error).replace(str(path), path.name)[:600])
    except Exception as error:  # a suite that somebody put there must not take the page down
        return Entry(suite_id, path, own, None, f"{path.name}: {error.__class__.__name__}: {error}"[:300])


def _judge(run: dict[str, Any], entry: Entry | None) -> Judged:
    from ..evals.cards import cards
    from ..evals.items import judged, unjudged

    items: dict[str, Item] = {}
    strange: tuple[str, ...] = ()
    if entry and entry.suite:
        for card, (_, line, result) in zip(cards(entry.suite, run), judged(entry.suite, run), strict=True):
            known = items.get(card.key)
            passes = (*(known.passes if known else ()), card.right)
            worse = known is None or (card.severity, not card.right) > (known.card.severity, not known.card.right)
            if known is None or worse:
                items[card.key] = Item(card, line, result, passes)
            else:
                items[card.key] = Item(known.card, known.line, known.result, passes)
        strange = tuple(unjudged(entry.suite, run))
    ordered = sorted(items.items(), key=lambda pair: (pair[1].card.right, -pair[1].card.severity))
    return Judged(run, entry, dict(ordered), strange)


def _head(run_id: str, path: Path) -> dict[str, Any] | None:
    try:
        run = read_run(path)
        about, metrics = run["run"], run["metrics"]
        return {
            "id": run_id,
            "suite": str(about["suite"]),
            "started": str(about["started"]),
            "seconds": about.get("seconds"),
            "model": str(about.get("model", "")),
            "policy": str(about.get("policy", "")),
            "version": str(about.get("version", "")),
            "kb": str((about.get("kb") or {}).get("version") or "")[:12],
            "items": sum(
                len(run.get(kind) or ()) for kind in ("questions", "scenarios", "simulations", "retrieval")
            ),
            "headline": {
                name: float(metrics[name]["value"])
                for name in ("answer.right", "escalation.f1", "simulation.passed", "retrieval.ndcg@10")
                if name in metrics
            },
        }
    except (KeyError, TypeError, ValueError):
        return None


def _mark(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


def _stamp(path: Path, entry: Entry | None) -> tuple[Any, ...]:
    """Changes with any file of the suite or of its knowledge base."""
    kb = entry.suite.kb if entry and entry.suite else None
    files = [file for folder in (path, kb) if folder for file in sorted(folder.rglob("*"))]
    return tuple((file.name, *_mark(file)) for file in files)
