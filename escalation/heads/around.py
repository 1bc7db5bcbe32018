"""What is said around the name of a role, whichever it is: "have the <role> ring me", "<role> 바꿔 주세요"."""

from __future__ import annotations

from collections.abc import Iterator

from .function_words import FUNCTION_WORDS
from .roles import is_role, korean_spans

Span = tuple[int, int]
REACH = 7
"""Words on each side of an English role that are paired with it."""
REACH_KO = 14
"""Syllables after a Korean role that are paired with it; requests follow their object."""


def english(words: list[tuple[str, Span]]) -> Iterator[tuple[str, Span]]:
    """Runs of words with roles as R and what is no everyday word left open, and words paired with a role.

    Args:
        words: Lower-case words and marks with their spans.
    """
    shapes: list[tuple[str, Span]] = [("^", (0, 0))]
    for word, span in words:
        if word.isascii() and word.isalpha():
            role = is_role(word) or (word.endswith("s") and is_role(word[:-1]))
            shape = "R" if role else word if word in FUNCTION_WORDS else "*"
        else:
            shape = word if not word.isalnum() or "'" in word else "*"
        if shape in "R*" and shapes[-1][0] == shape:
            continue
        shapes.append((shape, span))
    shapes.append(("$", shapes[-1][1]))
    for size in (2, 3, 4, 5):
        for at in range(len(shapes) - size + 1):
            run = shapes[at : at + size]
            if any(shape == "R" for shape, _ in run) or size > 2:
                yield "x:" + " ".join(shape for shape, _ in run), (run[0][1][0], run[-1][1][1])
    for at, (shape, span) in enumerate(shapes):
        if shape != "R":
            continue
        yield "R", span
        for other, there in shapes[max(at - REACH, 0) : at]:
            yield f"{other}>R", (there[0], span[1])
        for other, there in shapes[at + 1 : at + 1 + REACH]:
            yield f"R>{other}", (span[0], there[1])


def korean(low: str) -> Iterator[tuple[str, Span]]:
    """Runs of syllables with roles as §, spaces left out, and syllable pairs that follow a role.

    Args:
        low: The text in lower case.
    """
    spans = korean_spans(low)
    if not spans:
        return
    shape, places, at = ["^"], [(0, 0)], 0
    for start, end in [*spans, (len(low), len(low))]:
        for place in range(at, start):
            if not low[place].isspace():
                shape.append(low[place])
                places.append((place, place + 1))
        if end > start:
            shape.append("§")
            places.append((start, end))
        at = end
    shape.append("$")
    places.append((len(low), len(low)))
    line = "".join(shape)
    for size in (2, 3, 4, 5):
        for at in range(len(line) - size + 1):
            if "§" in line[at : at + size]:
                yield "k:" + line[at : at + size], (places[at][0], places[at + size - 1][1])
    for at, char in enumerate(line):
        if char != "§":
            continue
        yield "§", places[at]
        for later in range(at + 1, min(at + REACH_KO, len(line) - 1)):
            yield "§>" + line[later : later + 2], (places[at][0], places[later + 1][1])
        for earlier in range(max(at - REACH_KO, 0), at):
            yield line[earlier : earlier + 2] + ">§", (places[earlier][0], places[at][1])
