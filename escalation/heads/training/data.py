"""The labelled turns, and what each head is to say of them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..model import ACTS, TOPICS

TURNS = Path(__file__).parents[2] / "training" / "turns"


class TrainingDataError(Exception):
    """A file of labelled turns cannot be used."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One labelled message; the columns are told of in the README beside the files.

    Attributes:
        weight: How much it counts in training, 1 for a turn labelled by hand.
        heads: The heads it says something about, or None for all.
    """

    text: str
    language: str
    explicit: bool
    frustration: int
    abuse: bool
    sensitive: str
    act: str
    trade: str
    weight: float = 1.0
    heads: frozenset[str] | None = None


def read_turns(split: str, language: str, folder: Path = TURNS) -> list[Turn]:
    """One split of one language.

    Raises:
        TrainingDataError: the file is missing or a line of it is malformed, named by its number.
    """
    path = folder / f"{split}-{language}.tsv"
    found = []
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            for number, row in enumerate(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), 2):
                try:
                    found.append(
                        Turn(
                            row["text"],
                            language,
                            row["explicit_request"] == "1",
                            int(row["frustration"]),
                            row["abuse"] == "1",
                            row["sensitive"],
                            row["act"],
                            row["trade"],
                        )
                    )
                except (KeyError, ValueError, TypeError) as error:
                    raise TrainingDataError(f"{path}, line {number}: {error}") from None
    except OSError as error:
        raise TrainingDataError(f"{path}: {error.strerror}") from None
    return found


def label(turn: Turn, head: str) -> bool:
    """What a head is to say of a turn."""
    if head == "explicit":
        return turn.explicit
    if head == "abuse":
        return turn.abuse
    if head.startswith("frustration_"):
        return turn.frustration >= int(head[-1])
    if head in TOPICS:
        return turn.sensitive == head
    if head in ACTS:
        return turn.act == head
    raise ValueError(f"no head {head!r}")


def labels(turns: list[Turn], head: str) -> NDArray[np.int8]:
    """Of each turn, 1 or 0."""
    return np.array([label(turn, head) for turn in turns], dtype=np.int8)


def speaks_of(turn: Turn, head: str) -> bool:
    """Whether a turn has a label for a head; weak examples have few."""
    return turn.heads is None or head in turn.heads
