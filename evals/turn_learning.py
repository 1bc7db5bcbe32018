"""Learns a label of turns from their text and their turn state, cross-validated by dialogue.

Two stages, both logistic regression or trees of scikit-learn. The first reads hashed n-grams; the second reads the
first one's scores of this and earlier turns beside the turn state. Whatever is fitted or chosen (weights, document
frequencies, meanings, thresholds) is so from the training folds alone: the first stage's scores of training turns
come from inner folds, so that the second sees them as they are on turns that nobody trained on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction import FeatureHasher
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler, normalize

from .turn_state import AGENT, Said, ngrams, turn_state

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Fit = Callable[[Places, Places], Floats]
"""Fits on turns at the first places and gives log odds or probabilities at the second."""

SEED = 11
OUTER, INNER = 5, 4
_HASHES = 2**19
_MEANINGS = 40  # dimensions of a turn's meaning


@dataclass(frozen=True, slots=True)
class Turns:
    """All turns of a set, dialogue after dialogue.

    Attributes:
        said: Every turn.
        dialogue: Of each turn, which dialogue it is in, from 0, in order.
        truth: Of each, 1 or 0, or -1 where nobody judged it.
        source: Of each dialogue, the file or domain that it came from.
    """

    said: list[Said]
    dialogue: Places
    truth: Places
    source: list[str]

    @property
    def judged(self) -> NDArray[np.bool_]:
        """Which turns have a label."""
        return self.truth >= 0

    def each(self) -> Iterator[Places]:
        """The places of each dialogue's turns."""
        ends = np.flatnonzero(np.diff(self.dialogue)) + 1
        yield from np.split(np.arange(len(self.said)), ends)


def gather(dialogues: Sequence[tuple[str, Sequence[Said], Sequence[int]]]) -> Turns:
    """Source, turns and labels of each dialogue, as ``Turns``."""
    return Turns(
        [said for _, turns, _ in dialogues for said in turns],
        np.array([at for at, (_, turns, _) in enumerate(dialogues) for _ in turns], dtype=np.int64),
        np.array([label for _, _, labels in dialogues for label in labels], dtype=np.int64),
        [source for source, _, _ in dialogues],
    )


def folds(turns: Turns, count: int, seed: int = SEED) -> Places:
    """The fold of each turn: dialogues dealt at random, so that none is in two.

    Raises:
        ValueError: there are fewer dialogues than folds.
    """
    dialogues = len(turns.source)
    if dialogues < count:
        raise ValueError(f"{dialogues} dialogues cannot be dealt to {count} folds")
    dealt = np.random.default_rng(seed).permutation(np.arange(dialogues) % count)
    return dealt[turns.dialogue]


def hashed(names: Sequence[Sequence[str]]) -> sparse.csr_matrix:
    """Hashed features, one row of length 1 a turn; what only one turn has carries over to none and is left out."""
    hasher = FeatureHasher(_HASHES, input_type="string", alternate_sign=False)
    found = sparse.csc_matrix(normalize(hasher.transform(sorted(set(row)) for row in names)))
    return found[:, np.flatnonzero(np.diff(found.indptr) > 1)].tocsr()


def text_names(turns: Turns, longest: int = 3, *, context: bool = False) -> list[list[str]]:
    """N-grams of each turn, its side marked.

    Args:
        longest: The greatest n.
        context: Also those of the other side's last turn and of this side's last, marked as such.
    """
    rows: list[list[str]] = []
    for places in turns.each():
        last: dict[str, Said] = {}
        for place in places:
            said = turns.said[place]
            row = list(ngrams(said, said.role[0], longest))
            if context:
                for role, before in last.items():
                    own = role == said.role
                    row += ngrams(before, f"{said.role[0]}{'own' if own else 'other'}", 1 if own else 2)
            last[said.role] = said
            rows.append(row)
    return rows


def states(turns: Turns) -> Floats:
    """``turn_state`` of every turn, as rows."""
    found = [turn_state([turns.said[place] for place in places]) for places in turns.each()]
    return np.array([list(state.values()) for dialogue in found for state in dialogue])


def meanings(turns: Turns, train: Places) -> Floats:
    """What a turn means and how near that is to what was said before, from the words of the training turns.

    Latent semantic analysis (Deerwester et al. 1990); likeness is the greatest and the last cosine to this side's
    and the other side's earlier turns, over weighted words and over meanings.
    """
    words = [sorted(set(said.tokens)) for said in turns.said]
    counts = FeatureHasher(_HASHES, input_type="string", alternate_sign=False).transform(words).tocsr()
    used = np.asarray((counts[train] > 0).sum(axis=0)).ravel()
    weighted = sparse.csr_matrix(normalize(counts @ sparse.diags(np.log((1 + len(train)) / (1 + used)))))
    size = min(_MEANINGS, len(train) - 1)
    known = weighted[:, np.flatnonzero(used)].tocsr()
    svd = TruncatedSVD(size, random_state=SEED).fit(known[train])
    vectors = np.asarray(normalize(svd.transform(known)))
    rows: list[list[float]] = []
    for places in turns.each():
        near = [(weighted[places] @ weighted[places].T).toarray(), vectors[places] @ vectors[places].T]
        roles = np.array([turns.said[place].role for place in places])
        for at in range(len(places)):
            same = roles[:at] == roles[at]
            before = [table[at, :at][mask] for table in near for mask in (same, ~same)]
            rows.append([value for b in before for value in (b.max(initial=0.0), b[-1] if len(b) else 0.0)])
    return np.hstack([vectors, np.array(rows)])


def recent(turns: Turns, scores: Floats) -> Floats:
    """A score on this turn and before it, by side: NaN where there was none.

    Columns: this turn; this side's last two and the other side's last two; greatest so far and mean of this
    side's; slope against that mean; mean and greatest of the other side's.
    """
    rows: list[list[float]] = []
    for places in turns.each():
        heard: dict[bool, list[float]] = {True: [], False: []}
        for place in places:
            side = turns.said[place].role == AGENT
            own, other, now = heard[side], heard[not side], float(scores[place])
            mean = float(np.mean(own)) if own else np.nan
            last = [values[-back] if len(values) >= back else np.nan for values in (own, other) for back in (1, 2)]
            others = [float(np.mean(other)), max(other)] if other else [np.nan, np.nan]
            rows.append([now, *last, max([*own, now]), mean, now - mean, *others])
            own.append(now)
    return np.array(rows)


def logistic(x: sparse.csr_matrix, turns: Turns, strength: float, state: Floats | None = None) -> Fit:
    """Logistic regression on sparse rows, by its dual form, which is quick where features outnumber turns.

    Args:
        state: Turn state to set beside the text, standardised and then scaled so that neither drowns the other.
    """

    def fit(train: Places, wanted: Places) -> Floats:
        model = LogisticRegression(
            C=strength, solver="liblinear", dual=True, tol=1e-3, max_iter=300, random_state=SEED
        )
        rows = [x[train], x[wanted]]
        if state is not None:
            scaler = StandardScaler().fit(state[train])
            beside = [
                sparse.csr_matrix(np.asarray(scaler.transform(state[places])) * 0.3) for places in (train, wanted)
            ]
            rows = [sparse.hstack(both).tocsr() for both in zip(rows, beside, strict=True)]
        return model.fit(rows[0], turns.truth[train]).decision_function(rows[1])

    return fit


def inner(fit: Fit, turns: Turns, train: Places, everywhere: Places, seed: int = SEED + 1) -> Floats:
    """Scores of turns as if none had been trained on.

    Args:
        train: Judged turns to learn from.
        everywhere: Turns to score; those of training dialogues by models that did not see their dialogue.

    Returns:
        One score for each turn of the set, NaN elsewhere.
    """
    fold, scores = folds(turns, INNER, seed), np.full(len(turns.said), np.nan)
    learnt = np.isin(turns.dialogue[everywhere], turns.dialogue[train])
    for part in range(INNER):
        wanted = everywhere[learnt & (fold[everywhere] == part)]
        if len(wanted):
            scores[wanted] = fit(train[fold[train] != part], wanted)
    if len(rest := everywhere[~learnt]):
        scores[rest] = fit(train, rest)
    return scores
