"""One search: analyse, ask both indices, fuse, prefer the query's language, judge the confidence."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from itertools import islice

from . import confidence as judge
from . import spelling, spelling_ko
from .analysis import MAX_QUERY_CHARS, Analysis, analyze_query
from .embedders import EmbeddingError, Vectors
from .fusion import Fused, FusionWeights, fuse, weights_for
from .indices import Indices
from .language import detect_language
from .lexical import MAX_GRAMS, Vocabulary, informative
from .names import Names
from .snapshot import Snapshot
from .translations import with_translations
from .types import Audience, Passage, SearchResult
from .word_order import in_order

_log = logging.getLogger(__name__)
_FIRST_FETCH = 64
_RANKING = 10
_RERANKED = 16  # candidates that are looked at more closely
_SAME = 0.95  # overlap from which a heading is the question itself
_DENSE_FLOOR = 0.1  # below this cosine, hashed vectors only meet by chance
_COMPARED = 24  # candidates whose articles' translations are compared too


@dataclass(frozen=True, slots=True)
class Found:
    """A search's candidates before they become a result.

    Attributes:
        lang: The query's language, or the base's main one where the query has no letters.
        fused: Best first.
        features: What the confidence rests on.
    """

    lang: str
    fused: tuple[Fused, ...] = ()
    features: judge.Features = field(default_factory=judge.Features)


def search(
    snapshot: Snapshot,
    indices: Indices,
    query: str,
    *,
    limit: int,
    audience: Audience,
    lang: str | None,
    today: date,
) -> SearchResult:
    """Search one snapshot; see ``KnowledgeBase.search``."""
    found = find(snapshot, indices, query, limit=limit, audience=audience, lang=lang, today=today)
    return SearchResult(
        query=query,
        lang=found.lang,
        passages=tuple(_passage(snapshot, each) for each in found.fused[: max(0, limit)]),
        confidence=judge.confidence(found.features),
        ranking=tuple(dict.fromkeys(snapshot.chunks[each.chunk_id].document_id for each in found.fused)),
    )


def find(
    snapshot: Snapshot,
    indices: Indices,
    query: str,
    *,
    limit: int,
    audience: Audience,
    lang: str | None,
    today: date,
) -> Found:
    """The search itself: candidates in order, and the confidence's features."""
    known_lang = lang or detect_language(query[:MAX_QUERY_CHARS], default="")
    answer_lang = known_lang or snapshot.main_language
    vocabulary = indices.lexical.vocabulary()
    query = spelling_ko.mended(spelling.mended(query, vocabulary.count), vocabulary)
    analysis = snapshot.names.added(analyze_query(query), query)
    if not snapshot.chunks or not (analysis.terms or analysis.grams):
        return Found(answer_lang)

    def seen(chunk_id: str) -> bool:
        return snapshot.visible(chunk_id, audience, today)

    def ask(size: int) -> list[tuple[str, float]]:
        hits = indices.lexical.search(analysis, audience=audience, limit=size)
        return [(hit.chunk_id, hit.score) for hit in hits]

    lexical = _fetch(ask, seen, snapshot, limit)
    vector, dense = _dense(snapshot, indices, query, audience, seen, limit, lexical)
    weights = weights_for(indices.embedder.name, answer_lang)
    asked = _asked(indices, analysis)
    strength = judge.strength(asked.terms, asked.grams, max(lexical.values(), default=0.0))
    meant = _translated(snapshot, indices, vector, audience, seen, dense, lexical, weights)
    fused = _prefer(fuse(lexical, meant, weights, strength), snapshot, known_lang, weights)
    if not fused:
        return Found(answer_lang)
    fused = _in_order(fused, indices, analysis, asked, weights)
    fused = _heading_first(fused, snapshot, indices, analysis, weights)
    return Found(answer_lang, tuple(fused), _features(snapshot, indices, asked, lexical, dense, fused))


def _fetch(
    ask: Callable[[int], list[tuple[str, float]]], seen: Callable[[str], bool], snapshot: Snapshot, limit: int
) -> dict[str, float]:
    """Ask for more until enough visible chunks of enough documents came, or there are no more."""
    size = max(_FIRST_FETCH, 4 * limit)
    while True:
        hits = ask(size)
        found = {chunk_id: score for chunk_id, score in hits if seen(chunk_id)}
        documents = {snapshot.chunks[chunk_id].document_id for chunk_id in found}
        if len(hits) < size or (len(found) >= limit and len(documents) >= _RANKING):
            return found
        size *= 4


def _dense(
    snapshot: Snapshot,
    indices: Indices,
    query: str,
    audience: Audience,
    seen: Callable[[str], bool],
    limit: int,
    also: Iterable[str],
) -> tuple[Vectors | None, dict[str, float]]:
    """The question's vector, the nearest chunks, and how near those are that were found by words (``also``)."""
    try:
        vector = indices.embedder.embed_query(query)
    except EmbeddingError as error:
        # An endpoint that is down makes answers worse, not absent.
        _log.warning("searching without vectors: %s", error)
        return None, {}
    found = _fetch(lambda n: indices.vectors.search(vector, audience=audience, limit=n), seen, snapshot, limit)
    found |= indices.vectors.cosines(vector, [key for key in also if key not in found], audience=audience)
    return vector, {chunk_id: score for chunk_id, score in found.items() if score >= _DENSE_FLOOR}


def _translated(
    snapshot: Snapshot,
    indices: Indices,
    vector: Vectors | None,
    audience: Audience,
    seen: Callable[[str], bool],
    dense: Mapping[str, float],
    lexical: Mapping[str, float],
    weights: FusionWeights,
) -> Mapping[str, float]:
    """Cosines in which an article's translation has a say: what two wordings say is less often chance."""
    if vector is None or not snapshot.translations or not weights.translation:
        return dense
    first = sorted(dense, key=lambda key: -dense[key])[:_COMPARED] + sorted(lexical, key=lambda key: -lexical[key])
    documents = dict.fromkeys(snapshot.chunks[key].document_id for key in first[: 2 * _COMPARED])
    wanted = {
        key
        for name in documents
        for other in snapshot.translations.get(name, ())
        for key in snapshot.chunks_of[other]
        if key not in dense and seen(key)
    }
    compared = {**dense, **indices.vectors.cosines(vector, sorted(wanted), audience=audience)}
    document_of = {key: snapshot.chunks[key].document_id for key in compared}
    mixed = with_translations(compared, document_of, snapshot.translations, weights.translation)
    return {key: score for key, score in mixed.items() if score >= _DENSE_FLOOR}


def _prefer(fused: list[Fused], snapshot: Snapshot, lang: str, weights: FusionWeights) -> list[Fused]:
    """Articles in the query's language first, where there are any; others stay, with less weight."""
    if not lang or lang not in snapshot.languages or len(snapshot.languages) < 2:
        return fused
    preferred = [
        each
        if snapshot.documents[snapshot.chunks[each.chunk_id].document_id].lang == lang
        else replace(each, score=each.score * weights.other_language)
        for each in fused
    ]
    return sorted(preferred, key=lambda each: (-each.score, each.chunk_id))


def _in_order(
    fused: list[Fused], indices: Indices, analysis: Analysis, asked: _Asked, weights: FusionWeights
) -> list[Fused]:
    """Of the best, those first that say the question's words in its order."""
    if not weights.order or len(asked.terms) < 2:
        return fused
    whole = 1 + weights.order
    head = []
    for each in fused[:_RERANKED]:
        share = in_order(analysis.terms, asked.terms, indices.lexical.terms(each.chunk_id))
        head.append(replace(each, score=(each.score + weights.order * share) / whole))
    below = [replace(each, score=each.score / whole) for each in fused[_RERANKED:]]
    return sorted(head + below, key=lambda each: (-each.score, each.chunk_id))


def _heading_first(
    fused: list[Fused], snapshot: Snapshot, indices: Indices, analysis: Analysis, weights: FusionWeights
) -> list[Fused]:
    """Of the best, those first whose headings say what was asked, and nothing else.

    "How long does a delivery take?" means the plain article, not the one on international delivery, although
    that one holds the same words more often. Measured by the idf-weighted Dice overlap of question and heading.
    """
    vocabulary = indices.lexical.vocabulary()
    asked = {term: vocabulary.idf(term) for term in set(analysis.terms)}
    total = sum(asked.values())

    def closer(each: Fused) -> Fused:
        path = snapshot.chunks[each.chunk_id].heading_path
        near = max(
            (_dice(asked, total, _terms(text, snapshot.names), vocabulary) for text in {*path[:1], *path[-1:]}),
            default=0.0,
        )
        if near > _SAME and len(asked) > 1:
            # Asked in so many words: before all others, which stay below, and in its own chunks' order.
            return replace(each, score=_SAME + (1 - _SAME) * each.score)
        return replace(each, score=_SAME * each.score * (1 - weights.heading * (1 - near)))

    head = sorted(map(closer, fused[:_RERANKED]), key=lambda each: (-each.score, each.chunk_id))
    # The rest keeps its order, scaled so that scores still fall.
    below = _SAME * (1 - weights.heading)
    return head + [replace(each, score=each.score * below) for each in fused[_RERANKED:]]


def _dice(asked: Mapping[str, float], total: float, heading: frozenset[str], vocabulary: Vocabulary) -> float:
    shared = sum(asked[term] for term in heading & asked.keys())
    both = total + sum(vocabulary.idf(term) for term in heading)
    return 2 * shared / both if both else 0.0


@lru_cache(maxsize=20_000)
def _terms(heading: str, names: Names) -> frozenset[str]:
    return frozenset(names.added(analyze_query(heading), heading).terms)


def _passage(snapshot: Snapshot, fused: Fused) -> Passage:
    chunk = snapshot.chunks[fused.chunk_id]
    return Passage(chunk, snapshot.documents[chunk.document_id], fused.score, dict(fused.parts))


@dataclass(frozen=True, slots=True)
class _Asked:
    """The query's informative terms and n-grams with their idf, and those terms that occur nowhere."""

    terms: dict[str, float]
    grams: dict[str, float]
    unknown: frozenset[str]


def _asked(indices: Indices, analysis: Analysis) -> _Asked:
    vocabulary = indices.lexical.vocabulary()
    terms = {term: vocabulary.idf(term) for term in informative(analysis.terms, vocabulary)}
    grams = {gram: vocabulary.gram_idf(gram) for gram in islice(dict.fromkeys(analysis.grams), MAX_GRAMS)}
    return _Asked(terms, grams, frozenset(term for term in terms if not vocabulary.count(term)))


def _features(
    snapshot: Snapshot,
    indices: Indices,
    asked: _Asked,
    lexical: Mapping[str, float],
    dense: Mapping[str, float],
    fused: list[Fused],
) -> judge.Features:
    best = snapshot.chunks[fused[0].chunk_id].document_id
    return judge.features(
        asked.terms,
        asked.grams,
        asked.unknown,
        indices.lexical.held(fused[0].chunk_id),
        _by_document(snapshot, lexical),
        _of_language(snapshot, _by_document(snapshot, dense), best),
        best,
    )


def _of_language(snapshot: Snapshot, ranking: list[tuple[str, float]], best: str) -> list[tuple[str, float]]:
    """Documents of the best one's language: its translation is as near, and says nothing against it."""
    lang = snapshot.documents[best].lang
    return [(name, score) for name, score in ranking if snapshot.documents[name].lang == lang]


def _by_document(snapshot: Snapshot, scores: Mapping[str, float]) -> list[tuple[str, float]]:
    best: dict[str, float] = {}
    for chunk_id, score in scores.items():
        document = snapshot.chunks[chunk_id].document_id
        best[document] = max(best.get(document, 0.0), score)
    return sorted(best.items(), key=lambda item: (-item[1], item[0]))
