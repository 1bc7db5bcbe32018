"""What every implementation of ``KnowledgeBase`` must do. Subclass it and give it an ``open_base`` fixture."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from batonpass.knowledge import Audience, DocumentStatus, KnowledgeBase, KnowledgeError, LoadFailure, make_document

TODAY = date(2026, 6, 1)

REFUND = "# Refunds\n\nA refund reaches your card three business days after we receive the parcel."
PARKING = "# Parking\n\nThe garage below the building opens at seven and costs two euros an hour."
REFUND_KO = "# 환불\n\n반품 상품이 도착하면 영업일 기준 3일 안에 카드로 환불됩니다."


def article(id: str, text: str, **more: Any) -> Any:
    return make_document(id, more.pop("title", id), text, **more)


class KnowledgeBaseContract:
    """Tests; ``open_base()`` gives an empty base whose day is ``TODAY``."""

    @pytest.fixture
    def base(self, open_base: Callable[[], KnowledgeBase]) -> KnowledgeBase:
        return open_base()

    def test_is_a_knowledge_base(self, base: KnowledgeBase) -> None:
        assert isinstance(base, KnowledgeBase)
        assert base.name

    def test_empty_base_finds_nothing(self, base: KnowledgeBase) -> None:
        result = base.search("refund")
        assert (result.passages, result.ranking, result.confidence) == ((), (), 0.0)

    def test_finds_the_article_and_its_exact_place(self, base: KnowledgeBase) -> None:
        base.sync([article("refund", REFUND), article("parking", PARKING)])
        result = base.search("when does my refund arrive")
        best = result.passages[0]
        assert best.document.id == "refund"
        assert best.document.text[best.chunk.start : best.chunk.end] == best.chunk.text
        assert "three business days" in best.chunk.text
        assert result.ranking[0] == "refund"
        assert 0 < best.score <= 1

    @pytest.mark.parametrize("query", ["", "   ", "\n", "🙂", "?!"])
    def test_text_without_words_finds_nothing(self, base: KnowledgeBase, query: str) -> None:
        base.sync([article("refund", REFUND)])
        result = base.search(query)
        assert (result.passages, result.confidence) == ((), 0.0)

    @pytest.mark.parametrize(
        "query", ["환불 " * 10_000, "refund" * 5_000, "\ud800refund", "a\x00b", "مرحبا 注文 refund"]
    )
    def test_hostile_text_is_survived(self, base: KnowledgeBase, query: str) -> None:
        base.sync([article("refund", REFUND), article("refund-ko", REFUND_KO)])
        assert 0 <= base.search(query).confidence <= 1

    def test_limit(self, base: KnowledgeBase) -> None:
        base.sync([article(f"a{i}", f"# Topic {i}\n\nThe refund number {i} is paid.") for i in range(12)])
        result = base.search("refund", limit=3)
        assert len(result.passages) == 3
        assert len(result.ranking) >= 10
        assert base.search("refund", limit=0).passages == ()

    def test_second_sync_changes_nothing(self, base: KnowledgeBase) -> None:
        documents = [article("refund", REFUND), article("parking", PARKING)]
        first = base.sync(documents)
        version = base.version
        second = base.sync(documents)
        assert first.added == ("refund", "parking")
        assert (second.added, second.changed, second.removed) == ((), (), ())
        assert sorted(second.unchanged) == ["parking", "refund"]
        assert base.version == version

    def test_full_set_is_reconciled(self, base: KnowledgeBase) -> None:
        base.sync([article("refund", REFUND), article("parking", PARKING)])
        before = base.version
        report = base.sync([article("parking", PARKING.replace("seven", "eight"))])
        assert (report.changed, report.removed) == (("parking",), ("refund",))
        assert base.version != before
        assert [document.id for document in base.documents()] == ["parking"]
        assert base.search("refund reaches card").ranking in ((), ("parking",))
        assert "eight" in base.search("garage parking opens").passages[0].chunk.text

    def test_citation_of_a_gone_passage_is_none(self, base: KnowledgeBase) -> None:
        base.sync([article("refund", REFUND)])
        chunk = base.search("refund").passages[0].chunk
        found = base.passage(chunk.id)
        assert found is not None
        assert found.chunk == chunk
        base.sync([article("refund", REFUND + " Or five.")])
        assert base.passage(chunk.id) is None
        assert base.passage("no such chunk") is None

    def test_agent_articles_are_for_agents_only(self, base: KnowledgeBase) -> None:
        base.sync(
            [
                article("refund", REFUND),
                article("fraud", "# Refund fraud\n\nrefund fraud check", audience=Audience.AGENT),
            ]
        )
        assert base.search("refund fraud").ranking == ("refund",)
        agent = base.search("refund fraud", audience=Audience.AGENT)
        assert agent.ranking[0] == "fraud"
        assert set(agent.ranking) == {"fraud", "refund"}
        chunk = agent.passages[0].chunk
        assert base.passage(chunk.id) is None
        assert base.passage(chunk.id, audience=Audience.AGENT) is not None

    @pytest.mark.parametrize(
        "more",
        [
            {"status": DocumentStatus.DEPRECATED},
            {"status": DocumentStatus.DRAFT},
            {"effective": TODAY + timedelta(days=1)},
            {"expires": TODAY - timedelta(days=1)},
        ],
    )
    def test_articles_that_are_not_live_never_come_out(self, base: KnowledgeBase, more: dict[str, Any]) -> None:
        base.sync([article("refund", REFUND, **more), article("parking", PARKING)])
        for audience in Audience:
            assert "refund" not in base.search("refund card", audience=audience).ranking
        assert {document.id for document in base.documents()} == {"refund", "parking"}

    def test_dates_include_their_day(self, base: KnowledgeBase) -> None:
        base.sync([article("refund", REFUND, effective=TODAY, expires=TODAY)])
        assert base.search("refund").ranking == ("refund",)

    def test_failed_source_keeps_its_old_version(self, base: KnowledgeBase) -> None:
        base.sync(
            [article("refund", REFUND, source="refund.md"), article("parking", PARKING, source="parking.md")]
        )
        failure = LoadFailure("refund.md", "line 3: not YAML")
        report = base.sync([article("parking", PARKING, source="parking.md")], failures=[failure])
        assert report.failed == (failure,)
        assert report.removed == ()
        assert base.search("refund").ranking[0] == "refund"

    def test_equal_ids_are_an_error_and_change_nothing(self, base: KnowledgeBase) -> None:
        base.sync([article("parking", PARKING)])
        with pytest.raises(KnowledgeError, match=r"one\.md and two\.md"):
            base.sync([article("a", REFUND, source="one.md"), article("a", PARKING, source="two.md")])
        assert [document.id for document in base.documents()] == ["parking"]

    def test_superseded_in_a_circle_is_an_error(self, base: KnowledgeBase) -> None:
        circle = [article("a", REFUND, superseded_by="b"), article("b", PARKING, superseded_by="a")]
        with pytest.raises(KnowledgeError, match="a -> b -> a"):
            base.sync(circle)

    def test_missing_successor_is_a_warning(self, base: KnowledgeBase) -> None:
        report = base.sync([article("a", REFUND, superseded_by="gone", source="a.md")])
        assert [failure.source for failure in report.failed] == ["a.md"]
        assert "'gone'" in report.failed[0].reason
        assert base.search("refund").ranking == ("a",)

    def test_the_question_s_language_is_preferred_but_not_required(self, base: KnowledgeBase) -> None:
        mixed = "VIP refund 환불"
        base.sync(
            [
                article("en/refund", REFUND + f" {mixed}", lang="en"),
                article("ko/refund", REFUND_KO + f" {mixed}", lang="ko"),
                article("en/parking", PARKING + " 주차", lang="en"),
            ]
        )
        assert base.search("VIP refund 환불 되나요").ranking[0] == "ko/refund"
        assert base.search("how do I get a VIP refund").ranking[0] == "en/refund"
        assert base.search("how do I get a VIP refund", lang="ko").ranking[0] == "ko/refund"
        assert base.search("주차 되나요").ranking[0] == "en/parking"

    def test_progress_reaches_its_end(self, base: KnowledgeBase) -> None:
        heard: list[tuple[int, int, str]] = []
        base.sync(
            [article("refund", REFUND), article("parking", PARKING)], progress=lambda *told: heard.append(told)
        )
        assert heard[-1][:2] == (2, 2)

    def test_closing_twice_is_fine_and_ends_searching(self, base: KnowledgeBase) -> None:
        base.sync([article("refund", REFUND)])
        base.close()
        base.close()
        with pytest.raises(KnowledgeError):
            base.search("refund")
