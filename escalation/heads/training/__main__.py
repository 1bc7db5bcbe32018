"""Learn the heads and measure them.

``python -m batonpass.escalation.heads.training`` learns from train alone and prints dev's figures, then learns
from train and dev and writes the artefact. With ``--test`` nothing is learned: the artefact is measured on test.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..artefact import BUILT_IN, LANGUAGES, HeadsError, write
from ..model import Heads
from .data import TrainingDataError, Turn, read_turns
from .fit import SEED, Recipe, learn
from .frames import made_up
from .ordinary import ordinary
from .report import table
from .scenarios import scenario_turns

MADE_UP = 600
"""Made-up turns of each kind and language; 1,500 did no more on the folds."""
MADE_UP_WEIGHT = 0.3
ORDINARY = 1_200
"""Ordinary questions a language, from the utterance bank."""
ORDINARY_WEIGHT = 0.2
SCENARIO_WEIGHT = 1.0


def main() -> int:
    """The exit code: 0, or 2 for data that cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m batonpass.escalation.heads.training", description=__doc__)
    parser.add_argument("--test", action="store_true", help="measure the artefact on test; learn nothing")
    parser.add_argument("--out", type=Path, default=BUILT_IN, help="the artefact (default: the built-in one)")
    parser.add_argument("--left-out", type=int, choices=(0, 1), help="half of the dev scenarios not to learn from")
    parser.add_argument("--no-figures", action="store_true", help="print no figures of dev")
    parser.add_argument("--reviews", type=Path, help="NSMC as TSV (text, positive), for the Korean baseline")
    chosen = parser.parse_args()
    try:
        if chosen.test:
            _print(Heads.load(chosen.out), "test", chosen.reviews)
            return 0
        recipe = Recipe()
        extra = made_up(MADE_UP, SEED, MADE_UP_WEIGHT) + ordinary(ORDINARY, SEED, ORDINARY_WEIGHT)
        extra += scenario_turns(SCENARIO_WEIGHT, chosen.left_out)
        if not chosen.no_figures:
            weights, _ = learn(_turns("train"), extra, recipe)
            _print(Heads(weights), "dev", chosen.reviews)
        weights, _ = learn(_turns("train", "dev"), extra, recipe)
        write(chosen.out, weights)
    except (TrainingDataError, HeadsError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"\n{chosen.out.name}: {len(weights.codes):,} features, {chosen.out.stat().st_size:,} bytes")
    return 0


def _turns(*splits: str) -> list[Turn]:
    return [turn for split in splits for language in LANGUAGES for turn in read_turns(split, language)]


def _print(heads: Heads, split: str, reviews: Path | None) -> None:
    for language in LANGUAGES:
        print("\n".join(table(heads, split, language, reviews)), flush=True)


if __name__ == "__main__":
    sys.exit(main())
