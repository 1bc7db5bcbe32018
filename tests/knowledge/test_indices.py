"""The lexical and the vector index, each alone."""

from __future__ import annotations

import math
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from batonpass.knowledge import Audience
from batonpass.knowledge.analysis import MAX_QUERY_TERMS, analyze
from batonpass.knowledge.lexical import Entry, FieldWeights, LexicalIndex, informative
from batonpass.knowledge.vectors import VectorIndex


def entry(id: str, body: str, title: str = "", audience: Audience = Audience.PUBLIC) -> Entry:
    return Entry(id, audience, analyze(body), analyze(title))


def fill(index: LexicalIndex, *entries: Entry) -> None:
    with index.changing() as change:
        change.add(entries)


def ids(index: LexicalIndex, query: str, audience: Audience = Audience.PUBLIC) -> list[str]:
    return [hit.chunk_id for hit in index.search(analyze(query), audience=audience, limit=10)]


@pytest.fixture
def lexical(tmp_path: Path) -> LexicalIndex:
    return LexicalIndex(tmp_path / "lexical")


def test_bm25_is_as_published(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path / "x", weights=FieldWeights(body=1, title=0, grams=0))
    fill(index, entry("a", "refund refund card"), entry("b", "parking garage card lamp table"))
    (hit,) = index.search(analyze("refund"), audience=Audience.PUBLIC, limit=10)
    idf = math.log(1 + (2 - 1 + 0.5) / (1 + 0.5))
    expected = idf * 2 * (1.2 + 1) / (2 + 1.2 * (1 - 0.75 + 0.75 * 3 / 4))
    assert hit.score == pytest.approx(expected, rel=1e-3)


def test_title_counts_on_top(lexical: LexicalIndex) -> None:
    fill(lexical, entry("a", "refund of a card"), entry("b", "refund of a card", title="refund"))
    assert ids(lexical, "refund") == ["b", "a"]


def test_grams_forgive_spelling_and_spacing(lexical: LexicalIndex) -> None:
    fill(lexical, entry("a", "refunds for cards"), entry("b", "주문취소 안내"), entry("c", "parking"))
    assert ids(lexical, "refundz") == ["a"]
    assert ids(lexical, "주 문취소됨") == ["b"]


def test_audience(lexical: LexicalIndex) -> None:
    fill(lexical, entry("p", "refund"), entry("a", "refund refund", audience=Audience.AGENT))
    assert ids(lexical, "refund") == ["p"]
    assert set(ids(lexical, "refund", Audience.AGENT)) == {"p", "a"}
    # The filter must not change the scores that fusion and confidence read.
    scores = {
        audience: {
            hit.chunk_id: hit.score for hit in lexical.search(analyze("refund"), audience=audience, limit=9)
        }["p"]
        for audience in Audience
    }
    assert scores[Audience.PUBLIC] == pytest.approx(scores[Audience.AGENT])


def test_deleting_and_replacing(lexical: LexicalIndex, tmp_path: Path) -> None:
    fill(lexical, entry("a", "refund"), entry("b", "parking"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with lexical.changing() as change:
            change.remove(["a", "unknown"])
    fill(lexical, entry("b", "garage"))
    assert lexical.ids() == {"b"}
    assert len(lexical) == 1
    assert ids(lexical, "refund parking") == []
    lexical.close()
    assert ids(LexicalIndex(tmp_path / "lexical"), "garage") == ["b"]


def test_a_failed_change_changes_nothing(lexical: LexicalIndex) -> None:
    fill(lexical, entry("a", "refund"))

    def broken() -> Iterator[Entry]:
        yield entry("b", "parking")
        raise RuntimeError

    def fail() -> None:
        with lexical.changing() as change:
            change.remove(["a"])
            change.add(broken())

    with pytest.raises(RuntimeError):
        fail()
    assert lexical.ids() == {"a"}
    fill(lexical, entry("c", "lamp"))
    assert lexical.ids() == {"a", "c"}


def test_held_and_vocabulary(lexical: LexicalIndex) -> None:
    fill(lexical, entry("a", "refund card", title="money"), entry("b", "parking"))
    held = lexical.held("a")
    assert (held.terms, held.title) == ({"refund", "card", "money"}, {"money"})
    assert "_ref" in held.grams
    assert not lexical.held("none").terms
    vocabulary = lexical.vocabulary()
    assert [vocabulary.count(term) for term in ("money", "park", "none")] == [1, 1, 0]
    assert vocabulary.idf("none") > vocabulary.idf("money") > 0


def test_of_very_many_terms_the_rarest_known_ones_are_kept(lexical: LexicalIndex) -> None:
    fill(lexical, entry("a", "refund"), *(entry(f"x{i}", "common") for i in range(9)))
    terms = [f"unknown{i}" for i in range(100)] + ["common"] * 5 + ["refund"]
    kept = informative(terms, lexical.vocabulary())
    assert len(kept) == MAX_QUERY_TERMS
    assert list(kept)[:2] == ["refund", "common"]
    assert kept["common"] == 5


def test_no_query_no_hits(lexical: LexicalIndex) -> None:
    fill(lexical, entry("a", "refund"))
    assert ids(lexical, "") == []
    assert lexical.search(analyze("refund"), audience=Audience.PUBLIC, limit=0) == []


@pytest.fixture
def vectors(tmp_path: Path) -> Iterator[VectorIndex]:
    index = VectorIndex(tmp_path / "vectors")
    yield index
    index.close()


def unit(*values: float) -> np.ndarray:
    row = np.array(values, dtype=np.float32)
    return row / np.linalg.norm(row)


def test_vectors_cosine_audiences_and_deletes(vectors: VectorIndex) -> None:
    vectors.add(Audience.PUBLIC, ["a", "b"], np.stack([unit(1, 0), unit(1, 1)]))
    vectors.add(Audience.AGENT, ["c"], np.stack([unit(1, 0.1)]))
    public = vectors.search(unit(1, 0), audience=Audience.PUBLIC, limit=5)
    assert [key for key, _ in public] == ["a", "b"]
    assert [score for _, score in public] == pytest.approx([1, 0.7071], abs=1e-3)
    assert [key for key, _ in vectors.search(unit(1, 0), audience=Audience.AGENT, limit=2)] == ["a", "c"]
    assert vectors.ids() == {"a", "b", "c"}
    vectors.remove(["a", "c", "unknown"])
    assert [key for key, _ in vectors.search(unit(1, 0), audience=Audience.AGENT, limit=5)] == ["b"]
    assert len(vectors) == 1


def test_vectors_of_another_length_after_clearing(vectors: VectorIndex) -> None:
    vectors.add(Audience.PUBLIC, ["a"], np.stack([unit(1, 0)]))
    vectors.clear()
    assert len(vectors) == 0
    vectors.add(Audience.PUBLIC, ["a"], np.stack([unit(1, 0, 0)]))
    assert vectors.search(unit(1, 0, 0), audience=Audience.PUBLIC, limit=1)[0][0] == "a"


def test_zero_vector_finds_nothing(vectors: VectorIndex) -> None:
    vectors.add(Audience.PUBLIC, ["a"], np.stack([unit(1, 0)]))
    assert vectors.search(np.zeros(2, dtype=np.float32), audience=Audience.PUBLIC, limit=3) == []


WANTED = {Audience.PUBLIC: ["a", "b"], Audience.AGENT: ["c"]}


def found(index: VectorIndex) -> list[str]:
    return [key for key, _ in index.search(unit(1, 0), audience=Audience.AGENT, limit=9)]


@pytest.mark.parametrize("file", ["settled", "none", "old"])
def test_a_reopened_index_finds_what_is_wanted_from_the_file_or_from_chroma(
    tmp_path: Path, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = VectorIndex(tmp_path / "vectors")
    index.add(Audience.PUBLIC, ["a", "gone"], np.stack([unit(1, 0), unit(1, 0.2)]))
    if file == "old":
        index.settle(closing=True)
    index.add(Audience.PUBLIC, ["b"], np.stack([unit(1, 1)]))
    index.add(Audience.AGENT, ["c"], np.stack([unit(1, 0.1)]))
    if file == "settled":
        index.settle(closing=True)
    index.close()
    again = VectorIndex(tmp_path / "vectors")
    asked: list[str] = []
    for collection in again._collections.values():
        get = type(collection).get

        def spy(self: object, *args: object, get: Any = get, **more: Any) -> Any:
            asked.extend(more.get("ids") or ())
            return get(self, *args, **more)

        monkeypatch.setattr(type(collection), "get", spy)
        break
    again.load(WANTED)
    assert found(again) == ["a", "c", "b"]
    assert sorted(asked) == {"settled": [], "none": ["a", "b", "c"], "old": ["b", "c"]}[file]
    again.close()


def test_a_file_of_deleted_vectors_counts_for_nothing(tmp_path: Path) -> None:
    """Somebody deletes Chroma's folder, as a message advises: its vectors must not live on in the file."""
    index = VectorIndex(tmp_path / "vectors")
    index.add(Audience.PUBLIC, ["a", "b"], np.stack([unit(1, 0), unit(1, 1)]))
    index.settle(closing=True)
    index.close()
    shutil.rmtree(tmp_path / "vectors")
    again = VectorIndex(tmp_path / "vectors")
    again.load(WANTED)
    assert found(again) == []
    again.close()


def test_chroma_embeds_nothing_itself(vectors: VectorIndex) -> None:
    collection = vectors._collections[Audience.PUBLIC]
    with pytest.raises(Exception, match="takes vectors, not texts"):
        collection.add(ids=["x"], documents=["a text"])
    with pytest.raises(Exception, match="takes vectors, not texts"):
        collection.query(query_texts=["a text"])
