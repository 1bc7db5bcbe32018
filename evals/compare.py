"""Two runs of one suite: what got better, what got worse, and is it more than noise?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from scipy.stats import false_discovery_control

from .cards import Card, cards
from .items import METRICS, PARTS, MetricInfo, samples, unjudged
from .paired import Paired, paired
from .suite import Suite

ALPHA = 0.05
"""The greatest p of a single metric that counts as more than noise."""

FALSE_DISCOVERIES = 0.10
"""And the greatest after Benjamini-Hochberg. When nothing changed but noise, some metric is then called better or
worse in at most about one comparison of ten, worse in one of twenty."""

NOT_COMPARABLE = ("latency.",)
"""Times are shown, but another machine or its load is no regression: a threshold is the way to guard them."""

Verdict = Literal["better", "worse", "same"]


@dataclass(frozen=True, slots=True)
class Change:
    """One metric of both runs, over the items that both hold.

    Attributes:
        q: p after Benjamini-Hochberg; None for times, which are not judged.
        verdict: ``better`` or ``worse`` only where p is at most ``ALPHA`` and q ``FALSE_DISCOVERIES``.
        worst: Keys of the items that lost most.
    """

    info: MetricInfo
    paired: Paired
    q: float | None
    verdict: Verdict
    worst: tuple[str, ...]

    @property
    def difference(self) -> float:
        """Now less before."""
        return self.paired.value - self.paired.baseline

    @property
    def direction(self) -> Verdict:
        """Which way it went, noise or not."""
        if abs(self.difference) < 1e-12:
            return "same"
        return "better" if (self.difference > 0) == (self.info.better == "higher") else "worse"


@dataclass(frozen=True, slots=True)
class Flip:
    """An item that changed sides.

    Attributes:
        now: Its card in the run.
        before: Its card in the baseline.
    """

    now: Card
    before: Card


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run against its baseline.

    Attributes:
        broke: Right before, wrong now; gravest first.
        fixed: Wrong before, right now.
        shared: Items that both runs hold.
        warnings: What makes the two less comparable than they look.
    """

    baseline: dict[str, Any]
    changes: dict[str, Change]
    broke: tuple[Flip, ...]
    fixed: tuple[Flip, ...]
    shared: int
    warnings: tuple[str, ...]

    def of(self, verdict: Verdict) -> list[Change]:
        """The metrics with this verdict."""
        return [change for change in self.changes.values() if change.verdict == verdict]


def compare(run: dict[str, Any], baseline: dict[str, Any], suite: Suite, *, seed: int = 7) -> Comparison:
    """Compare a run with its baseline, both judged by the suite as it is now.

    Only metrics in which some item differs are tested; the others cannot be a finding (Tarone 1990), so they do
    not weaken the correction for looking at many (Benjamini and Hochberg 1995).

    Args:
        run: The new run.
        baseline: The old one.
        suite: Whose gold judges both.
        seed: Of resampling and swapping; the same seed gives the same figures.

    Returns:
        Metrics that both runs have, in the reports' order, and the items that changed sides.
    """
    now, before = samples(suite, run), samples(suite, baseline)
    held, there = _keys(run), _keys(baseline)
    shared = [key for key in held if key in there]
    found: dict[str, Paired] = {}
    for name in now:
        if name in before and (pair := paired(now[name], before[name], shared, seed)):
            found[name] = pair
    tested = [name for name, pair in found.items() if pair.changed and not name.startswith(NOT_COMPARABLE)]
    adjusted = false_discovery_control([found[name].p for name in tested]) if tested else []
    q = dict(zip(tested, map(float, adjusted), strict=True))
    changes: dict[str, Change] = {}
    for name, pair in found.items():
        corrected = None if name.startswith(NOT_COMPARABLE) else q.get(name, 1.0)
        lost = {
            key: now[name].blame.get(key, 0.0) - before[name].blame.get(key, 0.0)
            for key in shared
            if now[name].blame.get(key, 0.0) > before[name].blame.get(key, 0.0)
        }
        worst = tuple(sorted(lost, key=lambda key: -lost[key])[:3])
        change = Change(METRICS[name], pair, corrected, "same", worst)
        if corrected is not None and pair.p <= ALPHA and corrected <= FALSE_DISCOVERIES:
            change = Change(METRICS[name], pair, corrected, change.direction, worst)
        changes[name] = change
    broke, fixed = _flips(suite, run, baseline)
    return Comparison(
        baseline=baseline["run"],
        changes=changes,
        broke=tuple(sorted(broke, key=lambda flip: -flip.now.severity)),
        fixed=tuple(fixed),
        shared=len(shared),
        warnings=tuple(_warnings(suite, run, baseline, held, shared)),
    )


def _keys(run: dict[str, Any]) -> dict[str, None]:
    parts = {"retrieval": "retrieval", **PARTS}
    return {f"{kind}/{result['id']}": None for kind, part in parts.items() for result in run.get(part, ())}


def _flips(suite: Suite, run: dict[str, Any], baseline: dict[str, Any]) -> tuple[list[Flip], list[Flip]]:
    """An item that was run several times is right when each of its results is."""
    now, before = _gravest(cards(suite, run)), _gravest(cards(suite, baseline))
    pairs = [Flip(card, before[key]) for key, card in now.items() if key in before]
    broke = [flip for flip in pairs if flip.before.right and not flip.now.right]
    return broke, [flip for flip in pairs if flip.now.right and not flip.before.right]


def _gravest(found: Iterable[Card]) -> dict[str, Card]:
    by_key: dict[str, Card] = {}
    for card in found:
        if card.key not in by_key or (by_key[card.key].right and not card.right):
            by_key[card.key] = card
    return by_key


def _warnings(
    suite: Suite, run: dict[str, Any], baseline: dict[str, Any], held: dict[str, None], shared: list[str]
) -> list[str]:
    new, old = run["run"], baseline["run"]
    lines = []
    if not shared:
        lines.append("The runs share no item: nothing can be compared.")
    elif len(shared) < len(held) or len(shared) < len(_keys(baseline)):
        ours, theirs = len(held) - len(shared), len(_keys(baseline)) - len(shared)
        lines.append(f"Compared over the {len(shared)} items of both; {ours} only now, {theirs} only before.")
    for what, a, b in (
        ("suites", new.get("suite"), old.get("suite")),
        ("models", new.get("model"), old.get("model")),
        ("embeddings", new.get("embeddings"), old.get("embeddings")),
        ("guard policies", new.get("policy"), old.get("policy")),
        ("seeds", new.get("seed"), old.get("seed")),
        ("knowledge bases", new["kb"].get("version"), old["kb"].get("version")),
        ("numbers of documents", new["kb"].get("documents"), old["kb"].get("documents")),
    ):
        if a is not None and b is not None and a != b:
            now, before = str(a)[:40] or "none", str(b)[:40] or "none"
            lines.append(f"Different {what}: {now} now, {before} in the baseline.")
    for which, results in (("this run", run), ("the baseline", baseline)):
        if strange := unjudged(suite, results):
            ids = ", ".join(key.partition("/")[2] for key in strange[:3])
            lines.append(f"{len(strange)} items of {which} are not those of the suite and are left out: {ids}.")
    right = {card.key: card.right for card in cards(suite, baseline) if card.kind == "question"}
    other = sum(
        bool(result.get("right")) != right[key]
        for result in baseline["questions"]
        if (key := f"question/{result['id']}") in right
    )
    if other:
        lines.append(f"The suite changed since the baseline: {other} of its questions are judged otherwise now.")
    return lines
