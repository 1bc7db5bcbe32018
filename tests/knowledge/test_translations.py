from __future__ import annotations

from pathlib import Path

import pytest
from batonpass.knowledge import LocalKnowledgeBase, load_folders, make_document
from batonpass.knowledge.translations import translations, with_translations


def _document(name: str, lang: str):
    return make_document(
        name, name, f"# {name}\n\n{'환불은 사흘 걸립니다.' if lang == 'ko' else 'Refunds take three days.'}"
    )


@pytest.mark.parametrize(
    ("ko", "en"), [("ko/refund", "en/refund"), ("help/ko/refund", "help/en/refund"), ("refund.ko", "refund.en")]
)
def test_ids_that_differ_in_the_language_alone_are_translations(ko: str, en: str) -> None:
    found = translations([_document(ko, "ko"), _document(en, "en"), _document("ko/other", "ko")])
    assert found == {ko: (en,), en: (ko,)}


def test_a_name_without_a_language_has_no_translation() -> None:
    assert translations([_document("refund", "ko"), _document("refund-2", "en")]) == {}
    # A folder called after another language than the text's is no sign of a translation.
    assert translations([_document("en/refund", "ko"), _document("ko/refund", "en")]) == {}


def test_two_in_one_language_do_not_vouch_for_each_other() -> None:
    found = translations([_document("ko/a/ko", "ko"), _document("en/a/ko", "ko")])
    assert found == {}


def test_a_translation_has_its_say() -> None:
    cosines = {"k1": 0.6, "k2": 0.2, "e1": 0.8, "x1": 0.65}
    document_of = {"k1": "ko/a", "k2": "ko/a", "e1": "en/a", "x1": "ko/x"}
    mixed = with_translations(cosines, document_of, {"ko/a": ("en/a",), "en/a": ("ko/a",)}, 0.5)
    assert mixed["k1"] == pytest.approx((0.6 + 0.4) / 1.5)
    assert mixed["k2"] == pytest.approx((0.2 + 0.4) / 1.5)
    assert mixed["e1"] == pytest.approx((0.8 + 0.3) / 1.5)
    assert mixed["x1"] == 0.65, "no translation: as it was"
    assert mixed["k1"] > mixed["x1"]


def test_a_translation_that_was_not_compared_says_nothing() -> None:
    assert with_translations({"k1": 0.6}, {"k1": "ko/a"}, {"ko/a": ("en/a",)}, 0.5) == {"k1": 0.6}


def test_an_agents_translation_has_no_say_for_customers(tmp_path: Path) -> None:
    words = "Money back for a thing you sent back is on your account within three days."
    hidden = f"---\naudience: agent\n---\n# 환불\n\n{words}"
    for name, text in {"ko/refund.md": "# 환불\n\n환불은 사흘 걸립니다.", "en/refund.md": hidden}.items():
        (tmp_path / "kb" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "kb" / name).write_text(text, encoding="utf-8")
    documents, _ = load_folders([tmp_path / "kb"])
    with LocalKnowledgeBase(tmp_path / "base") as base, LocalKnowledgeBase(tmp_path / "alone") as alone:
        base.sync(documents)
        alone.sync(document for document in documents if document.id == "ko/refund")
        found, lone = base.search("돈 언제 돌려받아요"), alone.search("돈 언제 돌려받아요")
        assert found.ranking == ("ko/refund",)
        assert found.passages[0].scores["dense"] == pytest.approx(lone.passages[0].scores["dense"], abs=1e-4)
