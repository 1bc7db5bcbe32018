"""Who is dissatisfied, on a public set: ``python -m batonpass.evals.jddc FOLDER``.

JDDC with users' satisfaction (Sun et al., SIGIR 2021): Chinese service dialogues, the customer's turns labelled 0
(dissatisfied) to 2. Five folds by dialogue; the text of the turn alone is the baseline beside it in the same run.
A turn sees nothing that follows it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.metrics import roc_auc_score

from .turn_learning import (
    OUTER,
    Floats,
    Places,
    Turns,
    folds,
    gather,
    hashed,
    inner,
    logistic,
    recent,
    states,
    text_names,
)
from .turn_state import AGENT, CUSTOMER, Said
from .turn_table import area, print_table

_STRENGTHS = (0.3, 1.0, 3.0)
_SECOND = (0.001, 0.01, 0.1)  # C of the second stage: a few columns that overlap

Exchange = tuple[str, str]
"""What the customer wrote and the agent answered, nothing as yet for the last."""


def load(folder: Path) -> Turns:
    """The dialogues of ``train.jsonl`` in a folder, put together from its windows; tokens are characters.

    Raises:
        ValueError: a line is not as expected; names it.
        OSError: there is no such file.
    """
    dialogues: list[tuple[list[Exchange], dict[int, int]]] = []
    before: list[Exchange] = []
    with (folder / "train.jsonl").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
                window = [(str(turn["customer"]), str(turn["agent"])) for turn in row["turns"]]
                satisfaction = row["satisfaction"]
                if satisfaction not in (0, 1, 2) or not window:
                    raise ValueError("satisfaction is 0, 1 or 2, of at least one turn")
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"train.jsonl, line {number}: not a labelled window ({error!r})") from None
            if not dialogues or not _follows(before, window):
                dialogues.append((window, {}))
            else:
                whole = dialogues[-1][0]
                whole[len(whole) - len(window) + 1 :] = window
            whole, labels = dialogues[-1]
            labels[len(whole) - 1] = int(satisfaction == 0)
            before = window
    return gather([_spread(whole, labels) for whole, labels in dialogues])


def _follows(before: list[Exchange], window: list[Exchange]) -> bool:
    """Whether a window is the one before with one more turn of the customer, grown or moved on by one."""
    said, earlier = [customer for customer, _ in window[:-1]], [customer for customer, _ in before]
    return bool(said) and said == earlier[-len(said) :] and len(window) >= len(before)


def _spread(whole: list[Exchange], labels: dict[int, int]) -> tuple[str, list[Said], list[int]]:
    said, judged = [], []
    for at, (customer, agent) in enumerate(whole):
        said.append(Said(CUSTOMER, tuple(customer)))
        judged.append(labels.get(at, -1))
        if agent:
            said.append(Said(AGENT, tuple(agent)))
            judged.append(-1)
    return "jddc", said, judged


def judge(turns: Turns) -> dict[str, Floats]:
    """Scores of every turn by models that did not see its dialogue: ``text``, ``context`` and ``state``.

    ``context`` reads n-grams of the turns before too, ``state`` the scores of earlier turns and the turn state.
    How strongly each is fitted is chosen within the training folds.
    """
    fold, everywhere = folds(turns, OUTER), np.arange(len(turns.said))
    state = states(turns)
    texts = {"text": hashed(text_names(turns)), "context": hashed(text_names(turns, context=True))}
    found = {name: np.zeros(len(fold)) for name in ("text", "context", "state")}
    for part in range(OUTER):
        train, test = np.flatnonzero((fold != part) & turns.judged), np.flatnonzero(fold == part)
        firsts = {name: _strongest(x, turns, train, everywhere) for name, x in texts.items()}
        beside = recent(turns, firsts["text"])
        beside = np.where(np.isnan(beside), np.nanmean(beside[train], axis=0), beside)
        columns = np.hstack([beside, state])
        scaled = (columns - columns[train].mean(axis=0)) / (columns[train].std(axis=0) + 1e-9)
        found["state"][test] = _strongest(sparse.csr_matrix(scaled), turns, train, everywhere, _SECOND)[test]
        for name, scores in firsts.items():
            found[name][test] = scores[test]
    return found


def _strongest(
    x: sparse.csr_matrix, turns: Turns, train: Places, wanted: Places, strengths: Sequence[float] = _STRENGTHS
) -> Floats:
    """Scores by the strength that separates the training turns best, each judged by models that did not see it."""
    tried = [inner(logistic(x, turns, strength), turns, train, wanted) for strength in strengths]
    areas = [roc_auc_score(turns.truth[train], scores[train]) for scores in tried]
    return tried[int(np.argmax(areas))]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 2 where the folder cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m batonpass.evals.jddc", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of the set's train.jsonl")
    folder = parser.parse_args(arguments).folder
    try:
        turns = load(folder)
        found = judge(turns)
    except (ValueError, OSError) as error:
        print(f"jddc: {error}", file=sys.stderr)
        return 2
    labels = {
        "text": "text alone",
        "context": "text and n-grams of the turns before",
        "state": "text and turn state",
    }
    judged = turns.judged
    rows = {
        label: [area(turns.truth[judged], found[name][judged], turns.dialogue[judged])]
        for name, label in labels.items()
    }
    counts = f"{judged.sum()} judged turns, {(turns.truth == 1).sum()} dissatisfied"
    print_table(
        f"JDDC: {len(turns.source)} dialogues, {counts}, {OUTER} folds by dialogue",
        ("AUC",),
        rows,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
