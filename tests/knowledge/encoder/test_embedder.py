from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from batonpass.knowledge import KnowledgeError, LocalKnowledgeBase, make_document
from batonpass.knowledge.analysis import MAX_QUERY_CHARS
from batonpass.knowledge.encoder import LearnedEmbedder
from batonpass.knowledge.encoder.embedder import TITLE_WEIGHT, built_in

MOOLAH = "refund\t땡전환급\tmoolah\t\n"


@pytest.fixture
def synonyms(tmp_path: Path) -> Path:
    path = tmp_path / "synonyms.tsv"
    path.write_text("# none yet\n")
    return path


def likeness(embedder: LearnedEmbedder, question: str, text: str) -> float:
    return float(embedder.embed_query(question) @ embedder.embed_documents([f"\n{text}"])[0])


def test_its_name_names_the_artefact() -> None:
    assert LearnedEmbedder().name == f"learned-{built_in().table.version}-t{TITLE_WEIGHT:g}"


def test_a_document_is_its_text_and_half_its_heading() -> None:
    embedder, encoder = LearnedEmbedder(), built_in()
    (row,) = embedder.embed_documents(["Refunds\nIt takes three days.\nOr four."])
    wanted = TITLE_WEIGHT * encoder.encode("Refunds") + encoder.encode("It takes three days.\nOr four.")
    assert row == pytest.approx(wanted / np.linalg.norm(wanted), abs=1e-6)


def test_rows_have_length_one_or_are_zeros() -> None:
    embedder = LearnedEmbedder()
    rows = embedder.embed_documents(["Refunds\nIn three days.", "Heading only", "\nText only", "", "😀\n😀"])
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1, 1, 0, 0], abs=1e-5)
    assert rows.dtype == np.float32
    assert embedder.embed_documents([]).shape == (0, rows.shape[1])
    assert not embedder.embed_query("").any()


def test_of_a_long_question_beginning_and_end_count() -> None:
    embedder, half = LearnedEmbedder(), MAX_QUERY_CHARS // 2
    begin, end = "refund please ".ljust(half, "."), " my parcel".rjust(half, ".")
    found = embedder.embed_query(begin + " password" * 5000 + end)
    assert np.array_equal(found, embedder.embed_query(begin + "\n" + end))


def test_it_is_the_default_embedder(tmp_path: Path) -> None:
    with LocalKnowledgeBase(tmp_path) as base:
        assert isinstance(base._indices.embedder, LearnedEmbedder)
        base.sync(
            [
                make_document("refund", "Refunds", "# Refunds\n\nA refund reaches your card in three days."),
                make_document("door", "Entry", "# Entry\n\nThe building opens at seven."),
            ]
        )
        assert base.search("돈은 언제 돌려받나요?").ranking[0] == "refund", "no word in common"


def test_changed_synonyms_count_without_a_restart(synonyms: Path) -> None:
    embedder = LearnedEmbedder(synonyms=[synonyms])
    name, before = embedder.name, likeness(embedder, "moolah", "Refunds are paid to your card.")
    synonyms.write_text(MOOLAH)
    assert likeness(embedder, "moolah", "Refunds are paid to your card.") > before + 0.2
    assert likeness(embedder, "땡전환급", "Refunds are paid to your card.") > before + 0.2
    assert embedder.name == name, "the index stays good"
    assert embedder.encoder is embedder.encoder, "read once"


@pytest.mark.parametrize("how", ["broken", "gone"])
def test_synonyms_that_break_leave_the_old_ones(
    synonyms: Path, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    synonyms.write_text(MOOLAH)
    embedder = LearnedEmbedder(synonyms=[synonyms])
    good = embedder.embed_query("moolah")
    if how == "gone":
        synonyms.unlink()
    else:
        synonyms.write_text(MOOLAH + "no tabs here\n")
    with caplog.at_level(logging.WARNING):
        assert np.array_equal(embedder.embed_query("moolah"), good)
        assert np.array_equal(embedder.embed_query("moolah"), good)
    (record,) = caplog.records
    assert "synonyms.tsv" in record.message, "told once, not for each question"
    synonyms.write_text("lamp\t전등\tmoolah\tbulb\n")
    assert not np.array_equal(embedder.embed_query("moolah"), good), "mended, it counts again"


def test_synonyms_that_are_broken_at_the_start_are_one_line(synonyms: Path) -> None:
    synonyms.write_text("no tabs here\n")
    with pytest.raises(KnowledgeError, match=r"synonyms\.tsv:1: ") as caught:
        LearnedEmbedder(synonyms=[synonyms])
    assert "\n" not in str(caught.value)
