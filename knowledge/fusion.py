"""Two rankings to one: a weighted sum whose weights follow how much of the question the articles' words hold.

Not reciprocal rank fusion: ranks throw away how sure each part is, and a weak part with an equal vote drags
a good one down (measured: nDCG .94 to .37 with English embeddings on Korean questions).

A question in the articles' own words is best answered by its words, one in the customer's own words by its
meaning; the best BM25 score over the query's sum of idf tells them apart (medians: .35 on SQuAD's and KorQuAD's
questions, .15 on ordinary ones of the sample shop, .08 on its paraphrases).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """How the parts are mixed; chosen on words-shop, shop-dev and the tune halves of the public sets.

    Attributes:
        literal: Share of BM25 for a question in the articles' words; the rest is the vectors'.
        everyday: Its share for one that hardly shares a word with any.
        middle: Lexical strength (0..1, see ``confidence.Features``) at which it is half of each.
        width: How fast one turns to the other, a logistic's scale.
        absolute: The cosine counts as it is; else it is stretched to 0..1 among the candidates, as the cosines of
            most models lie in a narrow band.
        heading: Share of its score that a chunk loses when its headings share no word with the question.
        order: What the share of the question's words that stand in its order (``word_order``) weighs beside the
            fused score's 1.
        translation: What the cosine of an article's translation weighs beside its own 1.
        other_language: Factor on articles in another language than the query's, where the base has the query's.
    """

    literal: float = 0.75
    everyday: float = 0.0
    middle: float = 0.19
    width: float = 0.05
    absolute: bool = True
    heading: float = 0.0
    order: float = 0.0
    translation: float = 0.0
    other_language: float = 0.8

    def lexical(self, strength: float) -> float:
        """The share of BM25 at this lexical strength."""
        return self.everyday + (self.literal - self.everyday) / (
            1 + math.exp((self.middle - strength) / self.width)
        )


@dataclass(frozen=True, slots=True)
class Fused:
    """One candidate's score in 0..1 with its parts, each in 0..1."""

    chunk_id: str
    score: float
    parts: dict[str, float]


_BUILT_IN = FusionWeights(order=0.3, translation=0.7)
# Hashed features see what BM25 sees, without idf: a light second opinion, whatever the question.
_HASHED = FusionWeights(literal=0.91, everyday=0.91, absolute=False, heading=0.4, other_language=0.5)
# Of a model that we do not know: not tuned. Many speak English only, so Korean words count more.
_OTHER = {
    "ko": FusionWeights(literal=0.65, everyday=0.5, absolute=False, heading=0.2, other_language=0.7),
    "en": FusionWeights(literal=0.55, everyday=0.35, absolute=False, heading=0.2, other_language=0.7),
}


def weights_for(embedder: str, lang: str) -> FusionWeights:
    """The default weights for an embedder (by name) and a query language."""
    if embedder.startswith("learned-"):
        return _BUILT_IN
    if embedder.startswith("hashed-"):
        return _HASHED
    return _OTHER.get(lang, _OTHER["en"])


def min_max(scores: Mapping[str, float], *, floor: float | None = None) -> dict[str, float]:
    """Scores stretched to 0..1; equal scores all become 1.

    Args:
        scores: Raw scores by id.
        floor: What counts as 0 (default: the smallest score).
    """
    if not scores:
        return {}
    low = min(scores.values()) if floor is None else floor
    span = max(scores.values()) - low
    if span <= 0:
        return dict.fromkeys(scores, 1.0)
    return {key: max(0.0, (value - low) / span) for key, value in scores.items()}


def fuse(
    lexical: Mapping[str, float], dense: Mapping[str, float], weights: FusionWeights, strength: float = 1.0
) -> list[Fused]:
    """Mix two score lists; a candidate that a part did not find gets 0 from it.

    Args:
        lexical: BM25 scores by chunk.
        dense: Cosines by chunk.
        weights: How.
        strength: Lexical strength of the question, 0..1.

    Returns:
        All candidates, best first; ties by id, so that equal inputs give equal rankings.
    """
    # BM25 has a true zero, "no word in common"; a cosine's lower end is arbitrary.
    near = {key: max(0.0, value) for key, value in dense.items()} if weights.absolute else min_max(dense)
    parts = {"lexical": min_max(lexical, floor=0.0), "dense": near}
    share = weights.lexical(strength)
    if not lexical or not dense:  # a part that found nothing has no say
        share = 1.0 if lexical else 0.0
    shares = {"lexical": share, "dense": 1.0 - share}
    fused = []
    for key in lexical.keys() | dense.keys():
        own = {name: scores.get(key, 0.0) for name, scores in parts.items()}
        fused.append(Fused(key, sum(shares[name] * value for name, value in own.items()), own))
    return sorted(fused, key=lambda each: (-each.score, each.chunk_id))
