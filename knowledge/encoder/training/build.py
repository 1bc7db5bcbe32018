"""From the bank to an artefact: what is known beforehand, training, quantising."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from ...base import KnowledgeError
from ...concepts import Lexicon
from ..features import code, features
from ..model import Table, quantise
from .bank import Situation
from .fit import Example, Recipe, Student, Teacher, bags_of, fit
from .priors import Embed, concept_priors, english_priors, english_words, korean_priors

Progress = Callable[[str, int, int], None]
"""Called as ``progress(what, done, total)``."""

LEAST = 2
"""A feature that fewer texts hold, and of which nothing is known beforehand, is left out."""
SENTENCES = 20_000
"""English utterances whose likenesses the teacher tells."""
STANDARD = Recipe()
FEWEST = 8
"""Situations of one's own below which nothing can be told apart."""
CONTINUED = Recipe(steps=400, rate=1e-3)
"""Going on from an artefact: enough for some hundred pairs, too little to forget the bank."""


def train(
    situations: Sequence[Situation],
    lexicon: Lexicon,
    recipe: Recipe = STANDARD,
    *,
    embed: Embed | None = None,
    progress: Progress = lambda what, done, total: None,
) -> Table:
    """Train from nothing.

    Args:
        situations: The bank.
        lexicon: Its concepts become features.
        recipe: How.
        embed: The teacher (``priors.teacher``); None: trained without one, which is worse where the bank is thin.

    Returns:
        The artefact; equal inputs give an equal one on one machine.
    """
    progress("features", 0, 1)
    seen = {text: features(text, lexicon) for text in dict.fromkeys(_texts(situations))}
    counts = Counter(name for bag in seen.values() for name in bag)
    progress("priors", 0, 1)
    korean = korean_priors()
    english: dict[str, NDArray[np.float32]] = {}
    if embed:
        texts = [t for s in situations for t in (s.articles.get("en", ""), *s.utterances.get("en", ()))]
        forms = [form for concept in lexicon.concepts.values() for form in concept.english]
        english = english_priors(english_words([*texts, *forms, *forms, *forms]), embed)
        english |= concept_priors(lexicon, english)
    names = sorted({name for name, n in counts.items() if n >= LEAST} | korean.keys() | english.keys())
    place = {name: at for at, name in enumerate(names)}
    # Korean and English priors are of two spaces: side by side, each has its own map.
    wide = len(next(iter(korean.values())))
    priors = np.zeros((len(names), wide + (len(next(iter(english.values()))) if english else 0)), dtype=np.float32)
    for known, start in ((korean, 0), (english, wide)):
        for name, vector in known.items():
            priors[place[name], start : start + len(vector)] = vector

    def bag(text: str) -> NDArray[np.int64]:
        return np.array(sorted(place[name] for name in seen[text] if name in place), dtype=np.int64)

    torch.manual_seed(recipe.seed)
    student = Student(priors, _weights(names, counts, len(seen)), recipe.dimensions)
    guide = _guide(situations, embed, bag, recipe.seed) if embed else None
    fit(student, bags_of(situations, bag), recipe, guide, lambda step, _: progress("training", step, recipe.steps))
    codes = np.array([code(name) for name in names], dtype=np.uint64)
    return _table(codes, student.vectors())


def go_on(
    table: Table,
    own: Sequence[Situation],
    situations: Sequence[Situation],
    lexicon: Lexicon,
    recipe: Recipe = CONTINUED,
    *,
    progress: Progress = lambda what, done, total: None,
) -> Table:
    """Train an artefact further with an operator's own situations; needs no teacher.

    Half of the batches are drawn from the operator's situations alone, half from all, the bank's among them.

    Args:
        table: Where to start.
        own: The operator's situations, two at least.
        situations: The bank, so that nothing is forgotten.

    Raises:
        KnowledgeError: the operator's situations hold hardly a word.
    """
    progress("features", 0, 1)
    every = [replace(s, part="own") for s in own] + [replace(s, part="bank") for s in situations]
    seen = {text: features(text, lexicon) for text in dict.fromkeys(_texts(every))}
    known = {int(c): at for at, c in enumerate(table.codes)}
    mine = Counter(code(name) for text in _texts(own) for name in seen[text])
    fresh = [c for c, n in sorted(mine.items()) if n >= LEAST and c not in known]
    place = known | {c: len(known) + at for at, c in enumerate(fresh)}
    torch.manual_seed(recipe.seed)
    student = Student(
        np.zeros((len(place), 1), dtype=np.float32), np.ones(len(place), dtype=np.float32), table.dimensions
    )
    vectors = table.rows.astype(np.float32) * table.scales[:, None]
    # New features start as long as the known ones are on average, in any direction.
    typical = float(np.linalg.norm(vectors, axis=1).mean()) / table.dimensions**0.5
    student.start(np.concatenate([vectors, np.zeros((len(fresh), table.dimensions), dtype=np.float32)]), typical)

    def bag(text: str) -> NDArray[np.int64]:
        return np.array(sorted(at for name in seen[text] if (at := place.get(code(name))) is not None), np.int64)

    examples: list[Example] = bags_of(every, bag)
    if sum(example.part == "own" for example in examples) < 2:
        raise KnowledgeError("the situations hold no words to learn from")
    fit(student, examples, recipe, None, lambda step, _: progress("training", step, recipe.steps), focus="own")
    codes = np.concatenate([table.codes, np.array(fresh, dtype=np.uint64)])
    return _table(codes, student.vectors())


def _texts(situations: Sequence[Situation]) -> list[str]:
    return [
        t for s in situations for t in (*s.articles.values(), *(u for us in s.utterances.values() for u in us))
    ]


def _weights(names: Sequence[str], counts: Counter[str], texts: int) -> NDArray[np.float32]:
    """log(1 + N / n), n of N texts holding the feature, over the mean of those seen."""
    values = {name: float(np.log(1 + texts / counts[name])) for name in names if counts[name]}
    mean = float(np.mean(list(values.values())))
    rare = max(values.values())
    return np.array([values.get(name, rare) / mean for name in names], dtype=np.float32)


def _guide(
    situations: Sequence[Situation], embed: Embed, bag: Callable[[str], NDArray[np.int64]], seed: int
) -> Teacher:
    """The teacher's vectors of the bank's English utterances."""
    utterances = [u for s in situations for u in s.utterances.get("en", ())]
    random.Random(seed).shuffle(utterances)  # noqa: S311
    read = [u for u in utterances[:SENTENCES] if len(bag(u))]
    return Teacher([bag(u) for u in read], embed(read))


def _table(codes: NDArray[np.uint64], vectors: NDArray[np.float32]) -> Table:
    draft = quantise(codes, vectors, "")
    digest = hashlib.sha256(draft.codes.tobytes() + draft.rows.tobytes() + draft.scales.tobytes()).hexdigest()
    return replace(draft, version=digest[:10])
