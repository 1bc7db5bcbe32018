"""Small plots as inline SVG: no library, colours from the page's classes, every text escaped."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

import numpy as np
from markupsafe import Markup

WIDTH, HEIGHT = 400, 260
LEFT, RIGHT, TOP, BOTTOM = 58, 22, 12, 42
Point = tuple[float, float]


def strip(value: float, low: float, high: float, *, baseline: float | None = None, top: float = 1.0) -> Markup:
    """A value with its interval on a scale from nought to ``top``; the baseline as a tick."""
    lines = [_line(0, 8, 100, 8, "rule"), _band(low, high, top, "interval")]
    if baseline is not None:
        lines.append(_line(_share(baseline, top), 1, _share(baseline, top), 15, "base"))
    lines.append(_line(_share(value, top), 3, _share(value, top), 13, "mark"))
    label = f"{value:.3g}, 95 % interval {low:.3g} to {high:.3g}"
    return _strip(lines, label if baseline is None else f"{label}, baseline {baseline:.3g}")


def difference_strip(difference: float, low: float, high: float, *, reach: float, tone: str) -> Markup:
    """A difference with its interval around nought; ``reach`` is the end of the scale on both sides."""

    def place(at: float) -> float:
        return (at + reach) / 2

    lines = [
        _line(0, 8, 100, 8, "rule"),
        _line(50, 1, 50, 15, "zero"),
        _band(place(low), place(high), reach, f"interval {tone}"),
        _line(_share(place(difference), reach), 3, _share(place(difference), reach), 13, f"mark {tone}"),
    ]
    return _strip(lines, f"{difference:+.3g}, 95 % interval {low:+.3g} to {high:+.3g}")


def confusion(
    title: str,
    counts: Mapping[tuple[str, str], int],
    rows: Sequence[str],
    columns: Sequence[str],
    good: Container[tuple[str, str]],
    corner: tuple[str, str] = ("expected", "came"),
) -> Markup:
    """What was expected (rows) against what came (columns); shading by a row's share, cells in ``good`` green."""
    left, top = 92, 46
    wide, high = (WIDTH - left - 4) / len(columns), min(44, (HEIGHT - top - 6) / len(rows))
    parts = [_text(left + wide * len(columns) / 2, 13, corner[1], "axis", "middle")]
    parts.append(_text(left - 12, top - 12, corner[0], "axis", "end"))
    for column, label in enumerate(columns):
        parts.append(_text(left + wide * (column + 0.5), top - 12, label, "tick", "middle"))
    for row, wanted in enumerate(rows):
        parts.append(_text(left - 12, top + high * (row + 0.5) + 4, wanted, "tick", "end"))
        total = sum(counts.get((wanted, got), 0) for got in columns)
        for column, got in enumerate(columns):
            count = counts.get((wanted, got), 0)
            x, y = left + wide * column, top + high * row
            shade = Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="4" class="{}" fill-opacity="{}"/>')
            parts.append(
                shade.format(
                    f"{x + 1:.1f}",
                    f"{y + 1:.1f}",
                    f"{wide - 2:.1f}",
                    f"{high - 2:.1f}",
                    "good" if (wanted, got) in good else "bad",
                    f"{0.06 + 0.6 * count / total if count else 0.04:.2f}",
                )
            )
            text, kind = (str(count), "cell") if count else ("·", "none")
            parts.append(_text(x + wide / 2, y + high / 2 + 5, text, kind, "middle"))
    return _svg(title, parts, WIDTH, round(top + high * len(rows) + 6))


def curves(title: str, lines: Sequence[tuple[str, Sequence[Point]]], x: str, y: str, top: float = 1.0) -> Markup:
    """Curves over the unit interval, in the page's series colours."""
    parts = _axes(x, y, 1.0, top, percent=True)
    for number, (_, points) in enumerate(lines):
        path = " ".join(f"{_x(a, 1.0):.1f},{_y(b, top):.1f}" for a, b in points)
        parts.append(Markup('<polyline points="{}" class="curve s{}"/>').format(path, number))
    return _svg(title, parts, WIDTH, HEIGHT)


def calibration(bins: Sequence[tuple[float, float, int]]) -> Markup:
    """A reliability diagram (Guo et al. 2017): mean confidence, share that held, count; dots by count."""
    parts = _axes("confidence", "can be answered", 1.0, 1.0, percent=True)
    parts.append(_line(_x(0, 1), _y(0, 1), _x(1, 1), _y(1, 1), "diagonal"))
    most = max((count for _, _, count in bins), default=1)
    for confidence, held, count in bins:
        x, y = _x(confidence, 1), _y(held, 1)
        parts.append(_line(x, _y(confidence, 1), x, y, "gap"))
        dot = Markup('<circle cx="{}" cy="{}" r="{}" class="dot"><title>{}</title></circle>')
        says = f"confidence {confidence:.2f}: {held:.0%} of {count} can be answered"
        parts.append(dot.format(f"{x:.1f}", f"{y:.1f}", f"{3 + 7 * (count / most) ** 0.5:.1f}", says))
    return _svg("Calibration of confidence", parts, WIDTH, HEIGHT)


def histogram(title: str, values: Sequence[float], *, x: str, marks: Iterable[tuple[str, float]] = ()) -> Markup:
    """A histogram of at most 24 bins; what lies beyond the 99th percentile goes into the last one."""
    data = np.asarray(values, dtype=float)
    end = max(float(np.percentile(data, 99)), 1e-9)
    end = _round_up(end)
    counts, edges = np.histogram(np.minimum(data, end), bins=min(24, max(4, len(data) // 3)), range=(0, end))
    top = float(counts.max())
    parts = _axes(x, "turns" if "ms" in x else "conversations", end, top)
    for count, start, stop in zip(counts, edges[:-1], edges[1:], strict=True):
        bar = Markup('<rect x="{}" y="{}" width="{}" height="{}" class="bar"/>')
        x0, x1, y0 = _x(start, end), _x(stop, end), _y(float(count), top)
        parts.append(bar.format(f"{x0 + 0.5:.1f}", f"{y0:.1f}", f"{x1 - x0 - 1:.1f}", f"{_y(0, top) - y0:.1f}"))
    for number, (label, at) in enumerate(marks):
        place, right = _x(min(at, end), end), at > end * 0.75
        parts.append(_line(place, TOP, place, _y(0, top), "percentile"))
        beside = (place - 5, "end") if right else (place + 5, "start")
        parts.append(_text(beside[0], TOP + 10 + 15 * number, label, "tick", beside[1]))
    return _svg(title, parts, WIDTH, HEIGHT)


def _axes(x: str, y: str, right: float, top: float, *, percent: bool = False) -> list[Markup]:
    parts = []
    for step in range(5):
        part = step / 4
        across, up = _x(part, 1), _y(part, 1)
        parts.append(_line(LEFT, up, WIDTH - RIGHT, up, "grid"))
        parts.append(_text(LEFT - 7, up + 4, _tick(part * top, percent), "tick", "end"))
        parts.append(_text(across, HEIGHT - BOTTOM + 17, _tick(part * right, percent), "tick", "middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, x, "axis", "middle"))
    turned = Markup('<text transform="translate(11 {}) rotate(-90)" class="axis" text-anchor="middle">{}</text>')
    parts.append(turned.format(f"{(TOP + HEIGHT - BOTTOM) / 2:.0f}", y))
    return parts


def _tick(value: float, percent: bool) -> str:
    return f"{value * 100:.0f}%" if percent else f"{value:.3g}"


def _round_up(value: float) -> float:
    """The next 1, 2, 4, 5 or 8 times a power of ten, so that quarters read well."""
    power = 10.0 ** np.floor(np.log10(value))
    steps = (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 5, 6, 8, 10, 12)
    return float(next(step * power for step in steps if step * power >= value))


def _x(value: float, end: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * value / end


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top


def _share(value: float, top: float) -> float:
    return round(100 * min(max(value / top, 0.0), 1.0), 2)


def _band(low: float, high: float, top: float, kind: str) -> Markup:
    start, stop = _share(low, top), _share(high, top)
    width = max(round(stop - start, 2), 0.4)
    return Markup('<rect x="{}" y="5" width="{}" height="6" class="{}"/>').format(start, width, kind)


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    places = [f"{value:.2f}" for value in (x1, y1, x2, y2)]
    line = Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}" vector-effect="non-scaling-stroke"/>')
    return line.format(*places, kind)


def _text(x: float, y: float, text: str, kind: str, anchor: str) -> Markup:
    return Markup('<text x="{}" y="{}" class="{}" text-anchor="{}">{}</text>').format(
        f"{x:.1f}", f"{y:.1f}", kind, anchor, text
    )


def _strip(parts: Sequence[Markup], label: str) -> Markup:
    return Markup(
        '<svg class="strip" viewBox="0 0 100 16" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    ).format(label, Markup("").join(parts))


def _svg(title: str, parts: Sequence[Markup], width: float, height: float) -> Markup:
    return Markup('<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        width, height, title, Markup("").join(parts)
    )
