"""Korean morphemes: many texts at once are read as one by one, and not read again."""

from __future__ import annotations

import threading

import pytest
from batonpass.knowledge import korean

TEXTS = [f"주문 번호 {n}번은 {n}일 뒤에 문 앞으로 배송됩니다." for n in range(40)]


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(korean, "_known", {})


def test_prepared_texts_read_as_each_alone_and_once() -> None:
    alone = [korean.korean_tokens(text) for text in TEXTS]
    assert ("배송", "NNG") in alone[0]
    korean._known.clear()
    korean.prepare([*TEXTS, *TEXTS, "no Hangul here"])
    prepared = dict(korean._known)
    assert set(prepared) == set(TEXTS)
    assert [korean.korean_tokens(text) for text in TEXTS] == alone
    assert korean._known == prepared


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(korean, "_KEPT", 10)
    korean.prepare(TEXTS)
    assert list(korean._known) == TEXTS[-10:]
    assert korean.korean_tokens(TEXTS[0])


def test_text_without_hangul_loads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(korean, "_analyser", lambda: pytest.fail("the analyser was loaded"))
    assert korean.korean_tokens("refund 注文 42") == ()
    korean.prepare(["", "refund", "注文"])


def test_questions_come_through_while_many_texts_are_read() -> None:
    expected = [korean.korean_tokens(text) for text in TEXTS]
    wrong: list[int] = []

    def ask() -> None:
        for at, text in enumerate(TEXTS):
            if korean.korean_tokens(text) != expected[at]:
                wrong.append(at)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    korean._known.clear()
    for asker in askers:
        asker.start()
    korean.prepare(TEXTS)
    for asker in askers:
        asker.join()
    assert wrong == []
