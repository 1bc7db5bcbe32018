"""BM25 on disk by tantivy, over text that is analysed already: our terms, tantivy's index.

BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with tantivy's fixed
k1 = 1.2 and b = 0.75. A query is a weighted sum over the fields body, title (with headings) and n-grams.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .analysis import MAX_QUERY_TERMS, Analysis
from .types import Audience

if TYPE_CHECKING:
    import tantivy

FORMAT = "lexical-2"
"""Goes up when the analysis or the schema changes: an index of another format is made anew."""

_ANALYZER = "batonpass"
_WRITER_BYTES = 32_000_000
MAX_GRAMS = 2 * MAX_QUERY_TERMS
"""A query is searched with at most this many different n-grams."""


@dataclass(frozen=True, slots=True)
class FieldWeights:
    """How much each field counts in a lexical score."""

    body: float = 1.0
    title: float = 0.6
    grams: float = 0.3


@dataclass(frozen=True, slots=True)
class Entry:
    """A chunk as it is indexed."""

    chunk_id: str
    audience: Audience
    body: Analysis
    title: Analysis


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that matched, with its BM25 sum and the terms it holds."""

    chunk_id: str
    score: float


@dataclass(frozen=True, slots=True)
class Held:
    """What a chunk is indexed under.

    Attributes:
        terms: Of its body and its headings.
        title: Of its headings alone, the article's title among them.
        grams: Character n-grams of both.
    """

    terms: frozenset[str] = frozenset()
    title: frozenset[str] = frozenset()
    grams: frozenset[str] = frozenset()


class Vocabulary:
    """What the index knows of a query's words: their idf, as BM25 defines it."""

    def __init__(self, searcher: tantivy.Searcher) -> None:
        self._searcher = searcher
        self.size = searcher.num_docs

    def count(self, term: str) -> int:
        """About how many chunks hold the term in body or title."""
        return min(self.size, max(self._searcher.doc_freq("body", term), self._searcher.doc_freq("title", term)))

    def idf(self, term: str) -> float:
        """BM25's idf of a term."""
        return self._idf(self.count(term))

    def gram_count(self, gram: str) -> int:
        """About how many chunks hold a character n-gram."""
        return min(self.size, self._searcher.doc_freq("grams", gram))

    def gram_idf(self, gram: str) -> float:
        """BM25's idf of a character n-gram."""
        return self._idf(self.gram_count(gram))

    def _idf(self, n: int) -> float:
        """ln(1 + (N - n + .5) / (n + .5)), n being the chunks that hold it."""
        return math.log(1 + (self.size - n + 0.5) / (n + 0.5))


class Change:
    """Additions and deletions that become one commit."""

    def __init__(self, module: Any, writer: tantivy.IndexWriter) -> None:
        self._tantivy = module
        self._writer = writer

    def remove(self, chunk_ids: Iterable[str]) -> None:
        """Delete chunks; unknown ids are passed over."""
        for chunk_id in chunk_ids:
            self._writer.delete_documents_by_term("chunk_id", chunk_id)

    def add(self, entries: Iterable[Entry]) -> None:
        """Add chunks; one that is there already is replaced, not doubled."""
        for entry in entries:
            self._writer.delete_documents_by_term("chunk_id", entry.chunk_id)
            document = self._tantivy.Document()
            document.add_text("chunk_id", entry.chunk_id)
            document.add_text("audience", entry.audience.value)
            document.add_text("body", " ".join(entry.body.terms))
            document.add_text("title", " ".join(entry.title.terms))
            document.add_text("grams", " ".join(entry.title.grams + entry.body.grams))
            self._writer.add_document(document)


class LexicalIndex:
    """One tantivy index in a folder.

    Args:
        path: The folder; made if missing.
        weights: Field weights of the score.

    Raises:
        ValueError, OSError: the folder holds no readable index of this format.
    """

    def __init__(self, path: Path, *, weights: FieldWeights | None = None) -> None:
        import tantivy

        self._tantivy = tantivy
        self._weights = weights or FieldWeights()
        path.mkdir(parents=True, exist_ok=True)
        builder = tantivy.SchemaBuilder()
        for name in ("chunk_id", "audience"):
            builder.add_text_field(name, stored=name == "chunk_id", tokenizer_name="raw", index_option="basic")
        for name in ("body", "title", "grams"):
            builder.add_text_field(name, stored=True, tokenizer_name=_ANALYZER, index_option="freq")
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, path=str(path), reuse=True)
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer(_ANALYZER, analyzer)
        # Reloaded by hand after each commit: searches then see it at once and never half-way.
        self._index.config_reader("manual")
        self._index.reload()

    def __len__(self) -> int:
        return self._index.searcher().num_docs

    def check(self) -> None:
        """Read once through the index; a damaged one raises here and not before a customer."""
        searcher = self._index.searcher()
        if searcher.num_docs:
            for _, address in searcher.search(self._tantivy.Query.all_query(), limit=1, count=True).hits:
                searcher.doc(address)

    def ids(self) -> set[str]:
        """The ids of all indexed chunks."""
        searcher = self._index.searcher()
        if searcher.num_docs == 0:
            return set()
        hits = searcher.search(self._tantivy.Query.all_query(), limit=searcher.num_docs, count=False).hits
        return {_first(searcher.doc(address), "chunk_id") for _, address in hits}

    @contextmanager
    def changing(self) -> Iterator[Change]:
        """Delete and add chunks; all of it is committed at the end, or none on an error."""
        writer = self._index.writer(heap_size=_WRITER_BYTES, num_threads=1)
        try:
            yield Change(self._tantivy, writer)
            writer.commit()
        except BaseException:
            writer.rollback()
            raise
        finally:
            writer.wait_merging_threads()
        self._index.reload()

    def vocabulary(self) -> Vocabulary:
        """The idf of terms as of now."""
        return Vocabulary(self._index.searcher())

    def search(self, query: Analysis, *, audience: Audience, limit: int) -> list[Hit]:
        """The chunks with the best weighted BM25 sum, best first."""
        parsed = self._query(query, audience)
        if parsed is None or limit <= 0:
            return []
        searcher = self._index.searcher()
        hits = searcher.search(parsed, limit=limit, count=False).hits
        return [Hit(_first(searcher.doc(address), "chunk_id"), float(score)) for score, address in hits]

    def held(self, chunk_id: str) -> Held:
        """What a chunk is indexed under; nothing if it is gone."""
        if (document := self._document(chunk_id)) is None:
            return Held()
        body, title, grams = (frozenset(_first(document, name).split()) for name in ("body", "title", "grams"))
        return Held(body | title, title, grams)

    def terms(self, chunk_id: str) -> list[str]:
        """The terms of a chunk's headings and body in reading order; none if it is gone."""
        document = self._document(chunk_id)
        if document is None:
            return []
        return [term for field in ("title", "body") for term in _first(document, field).split()]

    def _document(self, chunk_id: str) -> Any:
        searcher = self._index.searcher()
        query = self._tantivy.Query.term_query(self._schema, "chunk_id", chunk_id, "basic")
        for _, address in searcher.search(query, limit=1, count=False).hits:
            return searcher.doc(address)
        return None

    def close(self) -> None:
        """Let go of the files."""
        del self._index

    def _query(self, query: Analysis, audience: Audience) -> Any:
        build = self._tantivy.Query
        should = self._tantivy.Occur.Should
        weights = self._weights
        parts = []
        terms = informative(query.terms, self.vocabulary())
        for field, words, weight in (
            ("body", terms, weights.body),
            ("title", terms, weights.title),
            ("grams", dict(Counter(query.grams).most_common(MAX_GRAMS)), weights.grams),
        ):
            for word, count in words.items():
                term = build.term_query(self._schema, field, word, "freq")
                # A word said twice in a question hardly matters twice as much.
                parts.append((should, build.boost_query(term, weight * (1 + math.log(count)))))
        if not parts:
            return None
        matching = build.boolean_query(parts)
        if audience is Audience.AGENT:
            return matching
        public = build.term_query(self._schema, "audience", Audience.PUBLIC.value, "basic")
        must = self._tantivy.Occur.Must
        return build.boolean_query([(must, matching), (must, build.const_score_query(public, 0.0))])


def informative(terms: Sequence[str], vocabulary: Vocabulary, *, limit: int = MAX_QUERY_TERMS) -> dict[str, int]:
    """The query's different terms with their counts; of very many, the rarest that the index knows."""
    counts = Counter(terms)
    if len(counts) <= limit:
        return dict(counts)
    # An unknown word has the highest idf but can match nothing, so known ones come first.
    unknown = math.log(1 + (vocabulary.size + 0.5) / 0.5)
    rank = {term: vocabulary.idf(term) for term in counts}
    best = sorted(counts, key=lambda term: (rank[term] >= unknown, -rank[term]))[:limit]
    return {term: counts[term] for term in best}


def _first(document: Any, field: str) -> str:
    return document.get_first(field) or ""
