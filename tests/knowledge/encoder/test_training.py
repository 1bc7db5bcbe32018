"""Training on a tiny bank; what the built-in artefact can do is test_model's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from batonpass.knowledge import KnowledgeError
from batonpass.knowledge.concepts import Lexicon, built_in
from batonpass.knowledge.encoder import Encoder, Table
from batonpass.knowledge.encoder.embedder import built_in as encoder
from batonpass.knowledge.encoder.features import code
from batonpass.knowledge.encoder.training.bank import FOLDER, Situation, read_bank

pytest.importorskip("torch")

from batonpass.knowledge.encoder.training import build
from batonpass.knowledge.encoder.training.fit import Recipe

RECIPE = Recipe(dimensions=24, steps=60, batch=8, sentences=8)
KO = ["환불", "배송", "쿠폰", "비밀번호", "영수증", "주차", "교환", "포장"]
EN = ["refund", "delivery", "coupon", "password", "receipt", "parking", "exchange", "wrapping"]


def situation(name: str, ko: str, en: str) -> Situation:
    return Situation(
        name,
        "tiny",
        "",
        {"ko": f"{ko}: {ko} 안내입니다.", "en": f"{en}: about {en}."},
        {
            "ko": (f"{ko} 어떻게 해요", f"{ko} 언제 돼요", f"{ko} 문의"),
            "en": (f"how do i get {en}", f"{en} please", f"where is my {en}"),
        },
    )


TINY = [situation(f"s{at}", ko, en) for at, (ko, en) in enumerate(zip(KO, EN, strict=True))]


@pytest.fixture(autouse=True)
def few_priors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kiwi's likenesses of all morphemes take a minute."""
    rng = np.random.default_rng(1)
    known = {f"n:{word}": rng.normal(size=6).astype(np.float32) for word in [*KO, "택배", "보증"]}
    monkeypatch.setattr(build, "korean_priors", lambda: known)
    monkeypatch.setattr(build, "english_words", lambda texts: Counter(" ".join(texts).split()))


def teacher(texts: Sequence[str]) -> Any:
    """A sentence is its words' letters."""
    rows = np.array([[text.count(chr(97 + at)) + 0.1 for at in range(26)] for text in texts], dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def equal(one: Table, other: Table) -> bool:
    return one.version == other.version and all(
        np.array_equal(a, b)
        for a, b in ((one.codes, other.codes), (one.rows, other.rows), (one.scales, other.scales))
    )


def found(table: Table, question: str, situations: Sequence[Situation], lexicon: Lexicon) -> str:
    """The situation whose article, in either language, is nearest."""
    made = Encoder(table, lexicon)
    asked = made.encode(question)
    return max(
        situations, key=lambda s: max(float(asked @ made.encode(article)) for article in s.articles.values())
    ).id


@pytest.mark.parametrize("embed", [None, teacher])
def test_a_tiny_bank_is_learned(embed: Any) -> None:
    heard: list[tuple[str, int, int]] = []
    table = build.train(TINY, Lexicon([]), RECIPE, embed=embed, progress=lambda *told: heard.append(told))
    assert table.dimensions == RECIPE.dimensions
    assert (np.diff(table.codes.astype(object)) > 0).all()
    for at, (ko, en) in enumerate(zip(KO, EN, strict=True)):
        assert found(table, f"{ko} 좀 알려줘", TINY, Lexicon([])) == f"s{at}"
        assert found(table, f"my {en} !!", TINY, Lexicon([])) == f"s{at}"
    across = Encoder(table, Lexicon([])).encode_all(["환불", "refund", "parking"])
    assert across[0] @ across[1] > across[0] @ across[2], "both languages in one space"
    assert {what for what, _, _ in heard} == {"features", "priors", "training"}
    assert all(0 <= done < total for _, done, total in heard)


def test_what_is_only_known_beforehand_has_a_vector_and_rare_features_have_none() -> None:
    table = build.train([*TINY, situation("s8", "오로라", "aurora")], Lexicon([]), RECIPE)
    codes = set(table.codes.tolist())
    assert code("n:택배") in codes, "nobody said it, a prior is known"
    assert code("w:aurora") in codes
    assert code("n:안내") in codes
    rare = Situation("s9", "tiny", "", {"en": "Door: it opens."}, {"en": ("zorbing door",)})
    assert code("w:zorb") not in build.train([*TINY, rare], Lexicon([]), RECIPE).codes.tolist()


@pytest.mark.parametrize("embed", [None, teacher])
def test_equal_seeds_give_equal_artefacts(embed: Any) -> None:
    torch = pytest.importorskip("torch")
    first = build.train(TINY, Lexicon([]), RECIPE, embed=embed)
    torch.manual_seed(99)
    assert equal(first, build.train(TINY, Lexicon([]), RECIPE, embed=embed))
    other = build.train(
        TINY, Lexicon([]), Recipe(dimensions=24, steps=60, batch=8, sentences=8, seed=8), embed=embed
    )
    assert first.version != other.version


OWN = [
    Situation(f"own{at}", "own", "", {"ko": article_ko, "en": article_en}, {"ko": ko, "en": en})
    for at, (article_ko, article_en, ko, en) in enumerate(
        [
            (
                "모임 회비 정산: 총무가 매달 정산합니다.",
                "Settling the club fee: the treasurer settles it monthly.",
                ("뽀시래기 언제 해요", "뽀시래기 안 들어왔어요", "이번 달 뽀시래기는요"),
                ("when is zubrowing due", "zubrowing is late", "my zubrowing never came"),
            ),
            (
                "사물함 열쇠: 안내 데스크에서 새로 받습니다.",
                "Locker keys: get a new one at the desk.",
                ("꼬부랑이 잃어버림", "꼬부랑이 하나 더 주세요", "꼬부랑이가 휘었어요"),
                ("lost my flimbo", "another flimbo please", "flimbo is bent"),
            ),
        ]
    )
] + [
    situation(f"more{at}", word, word) for at, word in enumerate(["일출", "수영", "등산", "도서", "악기", "사진"])
]


@pytest.fixture(scope="module")
def bank() -> list[Situation]:
    """A part of the bank: the features of all of it take a while."""
    return read_bank(sorted(FOLDER.glob("*.jsonl")))[::40]


def test_going_on_learns_ones_own_words(bank: list[Situation]) -> None:
    start = encoder().table
    assert code("w:flimbo") not in start.codes.tolist()
    recipe = Recipe(steps=60, rate=3e-3)
    table = build.go_on(start, OWN, bank, built_in(), recipe)
    every = [*OWN, *bank]
    questions = {
        "뽀시래기 얼마예요": "own0",
        "zubrowing?": "own0",
        "꼬부랑이 어디서 받아요": "own1",
        "where do i get a flimbo": "own1",
    }
    assert {question: found(table, question, every, built_in()) for question in questions} == questions
    before = {question: found(start, question, every, built_in()) for question in questions}
    assert sum(before[question] == wanted for question, wanted in questions.items()) < len(questions)
    assert table.dimensions == start.dimensions
    assert set(start.codes.tolist()) <= set(table.codes.tolist())
    assert table.version != start.version
    # What the bank taught is still there.
    again = Encoder(table).encode_all(["돈은 언제 돌려받나요?", "When do I get my money back?", "lost password"])
    assert again[0] @ again[1] > again[0] @ again[2] + 0.2


def test_going_on_is_deterministic() -> None:
    start = build.train(TINY, Lexicon([]), RECIPE)
    recipe = Recipe(steps=10, batch=8)
    one, other = (build.go_on(start, OWN, TINY, Lexicon([]), recipe) for _ in range(2))
    assert equal(one, other)


def test_own_situations_without_words_are_one_line() -> None:
    blank = [Situation(f"own{at}", "own", "", {"ko": "!"}, {"ko": ("?",)}) for at in range(8)]
    with pytest.raises(KnowledgeError, match="no words"):
        build.go_on(encoder().table, blank, TINY, Lexicon([]), Recipe(steps=1))
