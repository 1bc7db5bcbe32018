"""Product names that Kiwi tears apart are terms of their own: in index and questions, and for one base alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from batonpass.knowledge import Document, LocalKnowledgeBase, make_document
from batonpass.knowledge.analysis import analyze
from batonpass.knowledge.embedders import EmbeddingError, HashedEmbedder
from batonpass.knowledge.names import Names, as_text, from_text, names_in

Open = Callable[..., LocalKnowledgeBase]


def article(name: str, title: str, text: str, **more: Any) -> Document:
    return make_document(name, title, text, lang="ko", **more)


PRODUCT = article("mist", "해온다 가습기 안내", "해온다를 켜면 물방울이 보입니다. 물통은 매일 비워 주세요.")
MENTION = article("parts", "필터 판매", "필터는 석 달마다 바꿉니다. 해온다의 필터도 이곳에서 팝니다.")


@pytest.mark.parametrize(
    ("title", "text", "names"),
    [
        ("해온다 가습기 안내", "해온다를 켜면 물방울이 보입니다.", ("해온다",)),  # reads as a verb
        ("해온다 가습기 안내", "해온다는 소식이 왔습니다.", ()),  # and nothing says that it is none
        ("시나브로 사용법", "시나브로의 단추는 세 개입니다.", ("시나브로",)),  # an adverb
        ("해온길을 처음 켤 때", "보호 필름을 떼세요.", ("해온길",)),
        ("물결이 가습기", "물결이의 물통은 매일 비우세요.", ("물결이",)),  # ends like a particle
        ("카바릿 공기청정기", "보호 필름을 떼세요.", ("카바릿",)),  # guessed at
        ("비밀번호 바꾸기", "비밀번호 바꾸기를 누르세요.", ()),
        ("비밀번호 변경", "비밀번호를 바꾸는 방법입니다.", ()),  # words that Kiwi knows
        ("환불받는 방법", "환불은 이틀 걸립니다.", ()),
        ("배송 조회", "배송은 사흘 걸립니다.", ()),
        ("Refunds", "Refunds take two days.", ()),
        ("", "", ()),
    ],
)
def test_names_of_an_article(title: str, text: str, names: tuple[str, ...]) -> None:
    assert names_in(article("a", title, text)) == names


def test_questions_bring_names_that_the_article_uses() -> None:
    asked = replace(
        article("a", "가습기", "해온다를 켜세요."), questions=("해온다 어떻게 써요", "바꾸려면 어떻게 해요")
    )
    assert names_in(asked) == ("해온다",)


def test_names_in_a_text() -> None:
    names = Names(["누리온다", "누리온"])
    assert names.found("누리온다를 샀는데, 누리온은요? 누리온다!") == ["누리온다", "누리온다"]
    assert names.found("누리온에서 새누리온다 누리온다라마") == ["누리온"]
    assert Names().found("누리온다") == []


def test_names_stand_behind_the_terms_and_once() -> None:
    names = Names(["카바릿"])
    plain = analyze("카바릿을 씁니다")
    assert plain.terms.count("카바릿") == 1
    assert names.added(plain, "카바릿을 씁니다") == plain
    torn = analyze("해온다 필터")
    added = Names(["해온다"]).added(torn, "해온다 필터")
    assert added.terms == (*torn.terms, "해온다")
    assert added.grams == torn.grams


def test_written_down_and_read_again() -> None:
    assert from_text(as_text({"a": ("누리온다",), "b": ()})) == {"a": ("누리온다",)}
    assert from_text(as_text({})) == {}
    for broken in ("", "[1]", "{", '{"a": 1}'):
        assert from_text(broken) is None


def holds(base: LocalKnowledgeBase, document: str, term: str) -> bool:
    ids = [chunk.id for chunk in base._snapshot.chunks.values() if chunk.document_id == document]
    return any(term in base._indices.lexical.held(name).terms for name in ids)


def test_a_name_reaches_articles_that_were_there_before(open_base: Open) -> None:
    base = open_base()
    base.sync([MENTION])
    assert not holds(base, "parts", "해온다")
    version = base._indices.vectors.ids()
    base.sync([MENTION, PRODUCT])
    assert holds(base, "parts", "해온다")
    assert holds(base, "mist", "해온다")
    assert version < base._indices.vectors.ids()
    base.sync([MENTION])
    assert base._snapshot.names == Names()
    base.close()
    again = open_base()
    again.sync([MENTION, PRODUCT])
    again.close()
    assert open_base()._snapshot.names == Names(["해온다"])


def test_index_and_questions_agree_whatever_came_first(open_base: Open) -> None:
    one, other = open_base("one"), open_base("other")
    one.sync([MENTION])
    one.sync([MENTION, PRODUCT])
    other.sync([PRODUCT, MENTION])
    for question in ("해온다는 어떻게 켜요", "해온다의 필터", "필터"):
        mine, theirs = one.search(question), other.search(question)
        assert mine.ranking == theirs.ranking
        assert mine.confidence == pytest.approx(theirs.confidence)


def test_two_bases_know_their_own_names(open_base: Open) -> None:
    one, other = open_base("one"), open_base("other")
    one.sync([PRODUCT])
    other.sync([MENTION])
    assert len(one._snapshot.names) == 1
    assert not len(other._snapshot.names)
    assert not holds(other, "parts", "해온다")


def test_a_base_of_an_older_version_learns_its_names_when_opened(open_base: Open) -> None:
    base = open_base()
    base.sync([PRODUCT, MENTION])
    base._ledger.set_state(names="", lexical="lexical-1")
    base.close()
    again = open_base()
    assert again._snapshot.names == Names(["해온다"])
    assert holds(again, "parts", "해온다")


def test_a_sync_that_fails_brings_no_name(open_base: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = HashedEmbedder()
    base = open_base(embedder=embedder)
    base.sync([MENTION])

    def fail(texts: Any) -> Any:
        raise EmbeddingError("down")

    with monkeypatch.context() as patched:
        patched.setattr(embedder, "embed_documents", fail)
        with pytest.raises(EmbeddingError):
            base.sync([MENTION, PRODUCT])
    assert base._snapshot.names == Names()
    assert not holds(base, "parts", "해온다")
    base.sync([MENTION, PRODUCT])
    assert holds(base, "parts", "해온다")


def test_a_crash_between_index_and_ledger_is_mended(open_base: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    base = open_base()
    base.sync([MENTION])

    def crash(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(base._ledger, "replace", crash)
        with pytest.raises(KeyboardInterrupt):
            base.sync([MENTION, PRODUCT])
    base.close()
    again = open_base()
    assert again._snapshot.names == Names()
    assert again.search("필터").ranking == ("parts",)
    again.sync([MENTION, PRODUCT])
    assert holds(again, "parts", "해온다")


NAMES = ("바람길", "해온다", "물결이", "가온나", "모아요", "별하나", "꿈드림", "온누리는", "늘봄이", "소복이")


def test_a_product_is_found_by_its_name_and_any_particle(tmp_path: Path) -> None:
    common = "필터는 석 달마다 갈고, 물통은 매일 비웁니다. 처음 켤 때는 보호 필름을 떼세요."
    documents = [
        article(name, f"{name} 가습기 설명서", f"{common} {name}의 보증은 이 년입니다.") for name in NAMES
    ] + [
        article(f"other-{at}", title, text)
        for at, (title, text) in enumerate(
            [
                ("보증 기간", "보증은 산 날부터 셉니다. 하루라도 지나면 값을 받습니다. 물결 무늬도 같습니다."),
                ("필터 모아 사기", "필터를 모아 사면 값이 쌉니다. 누리집에서 하나씩 고르세요."),
                ("봄 행사", "봄을 맞아 꿈을 드립니다. 별 스티커를 모으세요. 바람이 부는 날에도 합니다."),
            ]
        )
    ]
    with LocalKnowledgeBase(tmp_path / "kb") as base:
        base.sync(documents)
        for name in NAMES:
            for rest in (" 보증 되나요", "의 필터는 언제 갈아요", "도 물통 비워요?", "를 켜려면 어떻게 해요"):
                assert base.search(name + rest).ranking[0] == name, name + rest
