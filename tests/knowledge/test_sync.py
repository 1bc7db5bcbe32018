"""The plan of a synchronisation, the ledger and the snapshot, without indices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from batonpass.knowledge import Audience, Document, DocumentStatus, KnowledgeError, LoadFailure, make_document
from batonpass.knowledge.chunking import chunk
from batonpass.knowledge.ledger import Ledger
from batonpass.knowledge.snapshot import Snapshot, digest
from batonpass.knowledge.sync import plan


def doc(id: str, text: str = "text", **more: str) -> Document:
    return make_document(id, id, text, source=f"{id}.md", **more)  # type: ignore[arg-type]


def by_id(*documents: Document) -> dict[str, Document]:
    return {document.id: document for document in documents}


def test_plan_sorts_everything() -> None:
    ledger = by_id(doc("same"), doc("changed"), doc("gone"), doc("failed"))
    wanted = [doc("same"), doc("changed", "new text"), doc("new")]
    found = plan(ledger, wanted, [LoadFailure("failed.md", "why"), LoadFailure("never.md", "why")])
    assert (found.added, found.changed, found.removed) == (("new",), ("changed",), ("gone",))
    assert found.unchanged == ("same", "failed")
    assert [document.id for document in found.write] == ["new", "changed"]


def test_failure_of_a_source_whose_id_is_given_elsewhere() -> None:
    moved = replace(doc("a", "new"), source="b.md")
    found = plan(by_id(doc("a")), [moved], [LoadFailure("a.md", "why")])
    assert (found.changed, found.unchanged) == (("a",), ())


def test_a_kept_document_counts_as_a_successor() -> None:
    found = plan(by_id(doc("new")), [doc("old", superseded_by="new")], [LoadFailure("new.md", "why")])
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("links", "circle"),
    [({"a": "a"}, "a -> a"), ({"a": "b", "b": "c", "c": "b"}, "b -> c -> b")],
)
def test_circles_are_named(links: dict[str, str], circle: str) -> None:
    documents = [doc(key, superseded_by=target) for key, target in links.items()]
    with pytest.raises(KnowledgeError, match=circle):
        plan({}, documents, [])


def test_long_chain_is_fine() -> None:
    chain = [doc(f"d{i}", superseded_by=f"d{i + 1}") for i in range(3000)] + [doc("d3000")]
    assert plan({}, chain, []).warnings == ()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path, "test")
    yield ledger
    ledger.close()


def full() -> Document:
    return replace(
        doc("full", "# 제목\n\n본문 🙂"),
        status=DocumentStatus.CURRENT,
        audience=Audience.AGENT,
        updated=date(2026, 1, 2),
        effective=date(2026, 1, 3),
        expires=date(2026, 1, 4),
        superseded_by="other",
        meta={"tags": ["a"], "n": 1},
    )


def test_ledger_gives_back_what_it_was_given(ledger: Ledger, tmp_path: Path) -> None:
    document = full()
    ledger.replace([], [(document, chunk(document))], embedder="e")
    ledger.close()
    again = Ledger(tmp_path, "test")
    contents = again.contents()
    assert contents.documents == {"full": document}
    assert contents.chunks == {"full": tuple(chunk(document))}
    assert again.state()["embedder"] == "e"
    again.close()


def test_ledger_replaces_all_or_nothing(ledger: Ledger) -> None:
    document = full()
    ledger.replace([], [(document, chunk(document))])

    def broken() -> Iterator[tuple[Document, list[object]]]:
        yield doc("new"), []
        raise RuntimeError

    with pytest.raises(RuntimeError):
        ledger.replace(["full"], broken(), dirty="0")  # type: ignore[arg-type]
    assert list(ledger.contents().documents) == ["full"]
    assert "dirty" not in ledger.state()
    ledger.replace(["full"], [])
    assert ledger.contents().chunks == {}


def test_snapshot_shows_only_what_may_be_shown(ledger: Ledger) -> None:
    today = date(2026, 6, 1)
    documents = [
        doc("public"),
        replace(doc("agent"), audience=Audience.AGENT),
        replace(doc("draft"), status=DocumentStatus.DRAFT),
        replace(doc("later"), effective=date(2026, 6, 2)),
    ]
    ledger.replace([], [(document, chunk(document)) for document in documents])
    snapshot = Snapshot.of(ledger.contents())
    ids = {document.id: chunk(document)[0].id for document in documents}

    def shown(audience: Audience, day: date) -> set[str]:
        return {key for key, id in ids.items() if snapshot.visible(id, audience, day)}

    assert shown(Audience.PUBLIC, today) == {"public"}
    assert shown(Audience.AGENT, today) == {"public", "agent"}
    assert shown(Audience.PUBLIC, date(2026, 6, 2)) == {"public", "later"}
    assert not snapshot.visible("unknown", Audience.AGENT, today)
    assert set(snapshot.documents) == set(ids)


def test_version_follows_contents_and_not_order() -> None:
    a, b = doc("a"), doc("b")
    assert digest(by_id(a, b)) == digest(by_id(b, a))
    assert len({digest(by_id(a)), digest(by_id(a, b)), digest(by_id(doc("a", "x"))), digest({})}) == 4


def test_main_language(ledger: Ledger) -> None:
    ledger.replace([], [(doc(f"k{i}", "한국어 문서"), []) for i in range(2)])
    ledger.replace([], [(doc("e", "English text"), [])])
    snapshot = Snapshot.of(ledger.contents())
    assert snapshot.main_language == "ko"
    assert snapshot.languages == {"ko": 2, "en": 1}
    assert Snapshot().main_language == "en"
