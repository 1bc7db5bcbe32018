"""Does the run hold? Thresholds of suite.yaml, and no regression beyond noise."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .compare import Change, Comparison
from .items import METRICS, MetricInfo, samples
from .suite import Suite

Threshold = float | Mapping[Literal["min", "max"], float]


class GateError(ValueError):
    """The thresholds cannot be checked; one line."""


@dataclass(frozen=True, slots=True)
class GateFailure:
    """Why a gate does not hold.

    Attributes:
        kind: ``missing`` when the run has no such metric: what was not measured did not hold.
        reason: Metric, value, interval, threshold or baseline; without the full stop.
        worst: Keys of up to three items behind it.
    """

    metric: str
    kind: Literal["threshold", "regression", "missing"]
    reason: str
    worst: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The reason with the worst items, as one plain sentence."""
        worst = ", ".join(key.partition("/")[2] for key in self.worst)
        return f"{self.reason}; worst: {worst}." if worst else f"{self.reason}."


def gate(
    run: dict[str, Any],
    thresholds: Mapping[str, Threshold],
    comparison: Comparison | None = None,
    *,
    suite: Suite | None = None,
) -> list[GateFailure]:
    """Check a run.

    Args:
        run: The run.
        thresholds: By metric name. A number is the least value, or the greatest of a metric that is better low;
            ``{min: ...}`` and ``{max: ...}`` say which.
        comparison: With the baseline; a metric that got worse beyond noise fails.
        suite: Names the worst items behind a failure; without it they are left out.

    Returns:
        Failures, thresholds first, each kind in the reports' order; empty when the gate holds.

    Raises:
        GateError: a threshold names no known metric.
    """
    check_names(thresholds)
    rows = samples(suite, run) if suite and thresholds else {}
    failures = []
    for name in METRICS:
        if name not in thresholds:
            continue
        info, figure = METRICS[name], run["metrics"].get(name)
        if figure is None:
            why = f"{name} has a threshold, but this run did not measure it"
            failures.append(GateFailure(name, "missing", why))
            continue
        if broken := _broken(info, figure["value"], thresholds[name]):
            worst = tuple(rows[name].worst()) if name in rows else ()
            reason = f"{name} is {_with_interval(info, figure)}, {broken}"
            failures.append(GateFailure(name, "threshold", reason, worst))
    if comparison:
        failures += [_regression(change) for change in comparison.of("worse")]
    return failures


def check_names(thresholds: Mapping[str, Threshold]) -> None:
    """Look at a suite's thresholds before anything runs.

    Raises:
        GateError: one names no known metric; the nearest known one is said.
    """
    for name in thresholds:
        if name not in METRICS:
            near = difflib.get_close_matches(name, METRICS, 1, cutoff=0.4)
            raise GateError(f"thresholds: no metric {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))


def limits(info: MetricInfo, threshold: Threshold) -> dict[Literal["min", "max"], float]:
    """A threshold as least and greatest value."""
    if isinstance(threshold, Mapping):
        return dict(threshold)
    return {"min" if info.better == "higher" else "max": float(threshold)}


def shown(info: MetricInfo, value: float, *, signed: bool = False) -> str:
    """A value as people read it."""
    return _number(info, value, signed) + _unit(info, signed)


def span(info: MetricInfo, low: float, high: float, *, signed: bool = False) -> str:
    """An interval as people read it."""
    return f"{_number(info, low, signed)} to {_number(info, high, signed)}{_unit(info, signed)}"


def _number(info: MetricInfo, value: float, signed: bool) -> str:
    sign = "+" if signed else ""
    if info.unit == "share":
        return f"{value * 100:{sign}.1f}"
    if info.unit == "ms":
        return f"{value:{sign}.1f}"
    return f"{value:{sign}.4g}" if info.unit == "cost" else f"{value:{sign}.3f}"


def _unit(info: MetricInfo, signed: bool) -> str:
    return {"share": " points" if signed else " %", "ms": " ms"}.get(info.unit, "")


def _broken(info: MetricInfo, value: float, threshold: Threshold) -> str | None:
    bounds = limits(info, threshold)
    if "min" in bounds and not value >= bounds["min"] - 1e-12:
        return f"below the minimum of {shown(info, bounds['min'])}"
    if "max" in bounds and not value <= bounds["max"] + 1e-12:
        return f"above the maximum of {shown(info, bounds['max'])}"
    return None


def _with_interval(info: MetricInfo, figure: Mapping[str, float]) -> str:
    interval = span(info, figure["low"], figure["high"])
    return f"{shown(info, figure['value'])} (95 % interval {interval}, n = {figure['n']})"


def _regression(change: Change) -> GateFailure:
    info, pair = change.info, change.paired
    reason = (
        f"{info.name} got worse beyond noise: {shown(info, pair.value)} against {shown(info, pair.baseline)} in "
        f"the baseline ({shown(info, change.difference, signed=True)}, 95 % interval "
        f"{span(info, pair.low, pair.high, signed=True)}, {p_text(pair.p)}, {pair.n} items)"
    )
    return GateFailure(info.name, "regression", reason, change.worst)


def p_text(p: float, name: str = "p") -> str:
    """A p-value with three decimals at most."""
    return (
        f"{name} < .001" if p < 0.001 else f"{name} = {p:.3f}".replace("0.", ".") if p < 0.9995 else f"{name} = 1"
    )
