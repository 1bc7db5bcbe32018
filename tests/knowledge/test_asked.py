"""Aliases in a search: found by, ranked by, and never part of what comes out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from batonpass.knowledge import Audience, Document, LocalKnowledgeBase, make_document
from batonpass.knowledge.aliases import Aliases, Decision, Origin
from batonpass.knowledge.asked import SURE
from batonpass.knowledge.indices import indexed_text
from batonpass.knowledge.ledger import FILE

from .contract import PARKING, REFUND, TODAY

Open = Callable[..., LocalKnowledgeBase]
ALIAS = "Can I get my dough back?"
OTHERS = [
    make_document("parking", "Parking", PARKING),
    make_document("bread", "Bread", "# Bread\n\nOur dough rests for two days. We get it back from the cellar."),
]


def refund(*questions: str, **more: Any) -> Document:
    return make_document(
        "refund",
        "Refunds",
        REFUND + "\n\n## Vouchers\n\nVouchers are refunded as vouchers.",
        questions=questions,
        **more,
    )


def test_without_the_alias_another_article_is_found(open_base: Open) -> None:
    base = open_base()
    base.sync([refund(), *OTHERS])
    assert base.search(ALIAS).ranking[0] == "bread"


@pytest.mark.parametrize("query", [ALIAS, "can i get my DOUGH back", " can I get\nmy dough back ?!"])
def test_a_question_equal_to_an_alias_finds_its_article_first(open_base: Open, query: str) -> None:
    base = open_base()
    base.sync([refund(ALIAS), *OTHERS])
    result = base.search(query)
    assert result.ranking[0] == "refund"
    assert result.passages[0].document.id == "refund"
    assert result.confidence >= SURE
    assert len({each.chunk.id for each in result.passages}) == len(result.passages)
    scores = [each.score for each in result.passages]
    assert scores == sorted(scores, reverse=True)
    assert [each.document.id for each in base.search(query, limit=1).passages] == ["refund"]


def test_an_alias_of_words_that_nothing_else_has(open_base: Open) -> None:
    base = open_base()
    base.sync([refund("Gimme the moolah!"), *OTHERS])
    assert base.search("gimme the moolah").ranking[0] == "refund"
    assert base.search("moolah please, gimme it").ranking[0] == "refund", "near it, too"
    assert base.search("!?").passages == ()


def test_a_decision_counts_after_relearning(open_base: Open) -> None:
    base = open_base()
    base.sync([refund(), *OTHERS])
    (made,) = base.aliases.propose("refund", [ALIAS], origin=Origin.DESK, by="ann")
    assert base.relearn().changed == ()
    base.aliases.decide([made.id], Decision.APPROVED, by="bo")
    report = base.relearn()
    assert (report.changed, report.removed, len(report.unchanged)) == (("refund",), (), 2)
    assert base.search(ALIAS).ranking[0] == "refund"
    base.aliases.decide([made.id], Decision.REJECTED, by="bo")
    assert base.relearn().changed == ("refund",)
    assert base.search(ALIAS).ranking[0] == "bread"


def test_korean_aliases_forgive_spacing(open_base: Open) -> None:
    base = open_base()
    base.sync([refund("꿔간 거 언제 주세요?"), make_document("ko", "주세요", "# 주세요\n\n언제 주세요 꿔간")])
    assert base.search("꿔간거 언제주세요").ranking[0] == "refund"


def test_what_comes_out_is_the_articles_own_text(open_base: Open) -> None:
    base = open_base()
    base.sync([refund(ALIAS), *OTHERS])
    for passage in base.search(ALIAS).passages:
        chunk = passage.chunk
        assert passage.document.text[chunk.start : chunk.end] == chunk.text
        assert "dough back?" not in chunk.text
        assert ALIAS not in " ".join(chunk.heading_path)


def test_only_the_first_chunk_carries_aliases(open_base: Open) -> None:
    base = open_base()
    base.sync([refund("moolah"), *OTHERS])
    chunks = [each for each in base._snapshot.chunks.values() if each.document_id == "refund"]
    assert len(chunks) == 2
    held = [("moolah" in base._indices.lexical.held(chunk.id).terms) for chunk in chunks]
    assert held == [chunk.ordinal == 0 for chunk in chunks]


def test_what_is_embedded() -> None:
    from batonpass.knowledge.chunking import chunk

    first = chunk(refund())[0]
    assert indexed_text(first, ("Where is it?", "When?")).startswith("Refunds\nWhere is it?\nWhen?\nA refund")
    assert indexed_text(first).startswith("Refunds\nA refund")
    assert len(indexed_text(first, ["x" * 300] * 100)) < 1500


def test_hidden_articles_stay_hidden(open_base: Open) -> None:
    base = open_base()
    base.sync([refund(ALIAS, audience=Audience.AGENT), *OTHERS])
    assert "refund" not in base.search(ALIAS).ranking
    assert base.search(ALIAS, audience=Audience.AGENT).ranking[0] == "refund"
    base.sync([refund(ALIAS, expires=TODAY - timedelta(days=1)), *OTHERS])
    assert "refund" not in base.search(ALIAS).ranking


def test_of_two_the_one_in_the_questions_language(open_base: Open) -> None:
    base = open_base()
    base.sync([refund(ALIAS), replace(refund(ALIAS), id="a-ko", lang="ko", source="ko"), *OTHERS])
    assert base.search(ALIAS).ranking[:2] == ("refund", "a-ko")
    assert base.search(ALIAS, lang="ko").ranking[:2] == ("a-ko", "refund")


def test_aliases_come_and_go_with_a_sync(open_base: Open) -> None:
    base = open_base()
    base.sync([refund(), *OTHERS])
    assert base.sync([refund(ALIAS), *OTHERS]).changed == ("refund",)
    assert base.search(ALIAS).ranking[0] == "refund"
    base.close()
    again = open_base()
    assert again.search(ALIAS).ranking[0] == "refund"
    assert again.sync([refund(ALIAS), *OTHERS]).changed == ()
    again.sync([refund(), *OTHERS])
    assert again.search(ALIAS).ranking[0] == "bread"


def test_approved_aliases_count_from_the_next_sync_on_and_can_be_taken_back(open_base: Open) -> None:
    base = open_base()
    base.sync([refund(), *OTHERS])
    (made,) = base.aliases.propose("refund", [ALIAS], origin=Origin.DESK, by="ann")
    base.sync([refund(), *OTHERS])
    assert base.search(ALIAS).ranking[0] == "bread", "only proposed"
    base.aliases.decide([made.id], Decision.APPROVED, by="bo")
    assert base.sync(base.documents()).changed == ("refund",)
    assert base.search(ALIAS).ranking[0] == "refund"
    assert base.sync([refund(), *OTHERS]).changed == ()
    base.close()
    again = open_base()
    assert next(each for each in again.documents() if each.id == "refund").learned == (ALIAS,)
    again.aliases.decide([made.id], Decision.REJECTED, by="bo")
    again.sync(again.documents())
    assert again.search(ALIAS).ranking[0] == "bread"


def test_an_alias_of_its_own_is_not_learned_twice(open_base: Open) -> None:
    base = open_base()
    (made,) = base.aliases.propose("refund", [ALIAS], origin=Origin.DESK, by="ann")
    base.aliases.decide([made.id], Decision.APPROVED, by="bo")
    base.sync([refund(ALIAS.upper()), *OTHERS])
    assert next(each for each in base.documents() if each.id == "refund").aliases == (ALIAS.upper(),)


def test_a_ledger_from_before_there_were_aliases(open_base: Open, tmp_path: Path) -> None:
    base = open_base()
    base.sync([refund(), *OTHERS])
    documents = base.documents()
    base.close()
    with sqlite3.connect(tmp_path / "kb" / FILE) as connection:
        for name in ("questions", "learned"):
            connection.execute(f"ALTER TABLE documents DROP COLUMN {name}")
    again = open_base()
    assert again.documents() == documents
    assert again.sync([refund(), *OTHERS]).changed == ()
    again.sync([refund(ALIAS), *OTHERS])
    assert again.search(ALIAS).ranking[0] == "refund"


def test_a_damaged_aliases_file_is_one_clear_line(open_base: Open, tmp_path: Path) -> None:
    from batonpass.knowledge import KnowledgeError

    base = open_base()
    base.sync([refund(ALIAS), *OTHERS])
    Aliases(tmp_path / "kb").path.write_text('{"id": 1}\n')
    with pytest.raises(KnowledgeError, match=r"aliases\.jsonl: line 1"):
        base.sync([refund(), *OTHERS])
    assert base.search(ALIAS).ranking[0] == "refund", "the old base stays"
