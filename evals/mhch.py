"""When is a person needed, on a public set: ``python -m batonpass.evals.mhch FOLDER``.

Machine-human chatting handoff (Liu et al., AAAI 2021): Chinese service dialogues as word ids, each turn labelled
whether a person should take over. Five folds by dialogue; the text of the turn alone is the baseline beside it in
the same run. A turn sees nothing that follows it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from .turn_calls import best_rule
from .turn_learning import (
    OUTER,
    SEED,
    Fit,
    Floats,
    Places,
    Turns,
    folds,
    gather,
    hashed,
    inner,
    logistic,
    meanings,
    recent,
    states,
    text_names,
)
from .turn_state import AGENT, CUSTOMER, Said
from .turn_table import area, f1, print_table, transfers

_STRENGTH = 5.0  # C of the first stage; 5 and 10 came out the same within the training folds
_TREES = 2  # models whose chances are averaged


def load(folder: Path) -> Turns:
    """The dialogues of ``*.jsonl`` in a folder; a file's name is their source.

    Raises:
        ValueError: there are none, or a line is not a dialogue; names the file and the line.
    """
    dialogues: list[tuple[str, list[Said], list[int]]] = []
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    turns = json.loads(line)["turns"]
                    said = [Said(turn["role"], tuple(map(str, turn["tokens"]))) for turn in turns]
                    labels = [_label(turn) for turn in turns]
                except (ValueError, KeyError, TypeError) as error:
                    raise ValueError(f"{path.name}, line {number}: not a labelled dialogue ({error!r})") from None
                if not said:
                    raise ValueError(f"{path.name}, line {number}: a dialogue without turns")
                dialogues.append((path.stem.removesuffix("_train"), said, labels))
    if not dialogues:
        raise ValueError(f"{folder}: no dialogues (*.jsonl)")
    return gather(dialogues)


def _label(turn: dict[str, Any]) -> int:
    if turn["transfer"] not in (0, 1) or turn["role"] not in (CUSTOMER, AGENT):
        raise ValueError("transfer is 0 or 1, role customer or agent")
    return int(turn["transfer"])


def _trees(x: Floats, turns: Turns) -> Fit:
    """Boosted trees: repetition counts for more from an agent, and late, which no sum of features says."""

    def fit(train: Places, wanted: Places) -> Floats:
        models = [
            HistGradientBoostingClassifier(
                max_iter=120,
                learning_rate=0.06,
                max_leaf_nodes=15,
                min_samples_leaf=20,
                l2_regularization=1.0,
                max_features=0.3,
                random_state=SEED + again,
            ).fit(x[train], turns.truth[train])
            for again in range(_TREES)
        ]
        return np.mean([model.predict_proba(x[wanted])[:, 1] for model in models], axis=0)

    return fit


def judge(turns: Turns) -> dict[str, tuple[Floats, Places]]:
    """Scores and decisions of every turn by models that did not see its dialogue.

    Returns:
        ``text`` (this turn's n-grams alone) and ``state`` (with context and turn state), each the scores and, by
        the rule that is best in the training folds, 1 or 0.
    """
    fold, everywhere, state = folds(turns, OUTER), np.arange(len(turns.said)), states(turns)
    alone = logistic(hashed(text_names(turns)), turns, _STRENGTH)
    beside = logistic(hashed(text_names(turns, context=True)), turns, _STRENGTH, state)
    found = {name: (np.zeros(len(fold)), np.zeros(len(fold), dtype=np.int64)) for name in ("text", "state")}
    for part in range(OUTER):
        train, test = np.flatnonzero(fold != part), np.flatnonzero(fold == part)
        first = [inner(fit, turns, train, everywhere) for fit in (alone, beside)]
        second = np.hstack([*[recent(turns, scores) for scores in first], state, meanings(turns, train)])
        both = {"text": first[0], "state": inner(_trees(second, turns), turns, train, everywhere)}
        for name, scores in both.items():
            found[name][0][test] = scores[test]
            found[name][1][test] = best_rule(turns, scores, train).calls(turns, scores)[test]
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 2 where the folder cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m batonpass.evals.mhch", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of the set's *.jsonl")
    folder = parser.parse_args(arguments).folder
    try:
        turns = load(folder)
        found = judge(turns)
    except (ValueError, OSError) as error:
        print(f"mhch: {error}", file=sys.stderr)
        return 2
    found["always"] = (np.zeros(len(turns.said)), np.ones(len(turns.said), dtype=np.int64))
    names = {"always": "a person always", "text": "text alone", "state": "text and turn state"}
    sources = sorted(set(turns.source))
    for source in (*sources, None) if len(sources) > 1 else (None,):
        mask = np.isin(turns.dialogue, [at for at, one in enumerate(turns.source) if source in (None, one)])
        rows = {}
        for name, label in names.items():
            scores, called = found[name]
            cut = turns.truth[mask], turns.dialogue[mask]
            rows[label] = [
                f1(cut[0], called[mask], cut[1]),
                None if name == "always" else area(cut[0], scores[mask], cut[1]),
                *[transfers(turns, called, tolerance, source) for tolerance in (1, 2, 3)],
            ]
        count = len(np.unique(turns.dialogue[mask]))
        print_table(
            f"MHCH, {source or 'all'}: {count} dialogues, {mask.sum()} turns, {OUTER} folds by dialogue",
            ("F1", "AUC", "GT-I", "GT-II", "GT-III"),
            rows,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
