"""The arithmetic of ``batonpass bench``: ratios, and the rows of its table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = tuple[str, str, str, str, str]
"""What, figure, ours, stock, ours / stock."""

_COUNTS = {"n", "judged", "sent"}
"""How much was measured; no ratios of these."""


def ratios(ours: Mapping[str, Any], stock: Mapping[str, Any]) -> dict[str, Any]:
    """Ours divided by theirs, figure by figure and down through what is nested; None where that has no meaning."""
    result: dict[str, Any] = {}
    for name, value in ours.items():
        other = stock.get(name)
        if name in _COUNTS or name not in stock:
            continue
        if isinstance(value, Mapping) and isinstance(other, Mapping):
            result[name] = ratios(value, other)
        else:
            result[name] = round(value / other, 3) if value is not None and other else None
    return result


def rows(figures: Mapping[str, Any]) -> list[Row]:
    """All figures as rows of a table, in their order."""
    result: list[Row] = []
    for what, values in figures.items():
        if what == "compare":
            for level in values:
                result += _side_by_side(f"{level['chunks']} chunks", level)
        elif what == "load":
            for level in values:
                result += _side_by_side(_load_name(level), level)
        else:
            result += [(what, name, _shown(value), "", "") for name, value in values.items()]
    return result


def _load_name(level: Mapping[str, Any]) -> str:
    name = f"load, {level['customers']} customers"
    return f"{name}, a model of {level['model_s']} s" if level["model_s"] else name


def _side_by_side(what: str, values: Mapping[str, Any]) -> list[Row]:
    ours, stock, ratio = (_flat(values[side] or {}) for side in ("ours", "stock", "ratios"))
    return [
        (what, name, _shown(value), _shown(stock.get(name)), _shown(ratio.get(name)))
        for name, value in ours.items()
    ]


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name} ")
        else:
            flat[f"{prefix}{name}"] = value
    return flat


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
