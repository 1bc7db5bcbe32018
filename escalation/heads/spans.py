"""From features' contributions to the words that made the difference."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .features import Seen

_TOKEN = re.compile(r"\S+")
LONGEST = 12
"""Words that evidence holds at most: an agent reads it at a glance."""


def heaviest(seen: Seen, contributions: Iterable[tuple[tuple[int, int], float]]) -> str | None:
    """The run of words with the greatest sum of contributions (Kadane's maximum subarray).

    A feature's contribution is shared out evenly among the words it spans; one that spans the whole text,
    such as its length, favours no word and is left out. Each word costs a little, so that filler at the ends is
    not drawn in.

    Args:
        seen: What was read.
        contributions: Spans in ``seen.text`` and what each adds.

    Returns:
        Words of the text, or None where none speaks for it.
    """
    words = [match.span() for match in _TOKEN.finditer(seen.text)]
    if not words:
        return None
    of_place = {place: at for at, (start, end) in enumerate(words) for place in range(start, end)}
    scores = [0.0] * len(words)
    for (start, end), amount in contributions:
        if len(words) > 1 and (start, end) == (0, len(seen.text)):
            continue
        touched = sorted({of_place[place] for place in range(start, end) if place in of_place})
        for at in touched:
            scores[at] += amount / len(touched)
    cost = 0.1 * max(scores)
    best, found = 0.0, None
    for start in range(len(words)):
        total = 0.0
        for end in range(start, min(start + LONGEST, len(words))):
            total += scores[end] - cost
            if total > best:
                best, found = total, (start, end)
    if found is None:
        return None
    return seen.text[words[found[0]][0] : words[found[1]][1]]
