"""Fusion, confidence and calibration: the arithmetic of a search."""

from __future__ import annotations

import math
from dataclasses import astuple, fields, replace
from pathlib import Path

import pytest
from batonpass.knowledge import LocalKnowledgeBase, make_document
from batonpass.knowledge.calibration import Example, auroc, fit, leave_out
from batonpass.knowledge.confidence import DEFAULT, MIDDLE, Coefficients, Features, confidence, features, logit
from batonpass.knowledge.fusion import FusionWeights, fuse, min_max, weights_for
from batonpass.knowledge.lexical import Held


def test_min_max() -> None:
    assert min_max({"a": 3.0, "b": 1.0, "c": 2.0}) == {"a": 1.0, "b": 0.0, "c": 0.5}
    assert min_max({"a": 3.0, "b": 1.5}, floor=0.0) == {"a": 1.0, "b": 0.5}
    assert min_max({"a": 2.0, "b": 2.0}) == {"a": 1.0, "b": 1.0}
    assert min_max({}) == {}


def test_fusion_weighs_scores_and_not_ranks() -> None:
    lexical = {"sure": 10.0, "second": 1.0}
    dense = {"second": 0.9, "sure": 0.8, "third": 0.5}
    weights = FusionWeights(literal=0.9, everyday=0.9, absolute=False)
    fused = fuse(lexical, dense, weights)
    assert [each.chunk_id for each in fused] == ["sure", "second", "third"]
    assert fused[0].parts == {"lexical": 1.0, "dense": pytest.approx(0.75)}
    assert fused[0].score == pytest.approx(0.9 + 0.1 * 0.75)
    assert all(0 <= each.score <= 1 for each in fused)


def test_fusion_with_one_part_missing() -> None:
    assert fuse({"a": 4.0, "b": 2.0}, {}, FusionWeights(), 0.0)[0].score == 1.0
    assert fuse({}, {"a": 0.4, "b": 0.2}, FusionWeights(absolute=False))[0].score == 1.0
    assert fuse({}, {"a": 0.4, "b": -0.2}, FusionWeights())[0].score == pytest.approx(0.4), "the cosine as it is"
    assert fuse({}, {}, FusionWeights()) == []


@pytest.mark.parametrize(("strength", "best"), [(0.5, "words"), (0.05, "meaning")])
def test_words_count_for_a_question_in_the_articles_words(strength: float, best: str) -> None:
    fused = fuse({"words": 8.0, "meaning": 1.0}, {"meaning": 0.8, "words": 0.3}, FusionWeights(), strength)
    assert fused[0].chunk_id == best


def test_the_share_of_words_follows_the_lexical_strength() -> None:
    weights = FusionWeights()
    shares = [weights.lexical(step / 20) for step in range(21)]
    assert shares == sorted(shares)
    assert weights.lexical(weights.middle) == pytest.approx((weights.literal + weights.everyday) / 2)
    assert shares[0] == pytest.approx(weights.everyday, abs=0.02)
    assert shares[-1] == pytest.approx(weights.literal, abs=0.001)


def test_ties_are_broken_alike_every_time() -> None:
    assert [each.chunk_id for each in fuse({"b": 1.0, "a": 1.0}, {}, FusionWeights())] == ["a", "b"]


@pytest.mark.parametrize("lang", ["ko", "en", "de"])
def test_the_better_the_vectors_the_more_they_are_heard(lang: str) -> None:
    """Of a question in the customer's own words."""
    own, other, hashed = (
        weights_for(name, lang).lexical(0.05) for name in ("learned-1", "openai:m", "hashed-512")
    )
    assert own < other < hashed


def test_hashes_are_a_second_opinion_whatever_the_question() -> None:
    weights = weights_for("hashed-512", "ko")
    assert weights.lexical(0.0) == weights.lexical(1.0) > 0.9


HELD = Held(frozenset({"refund", "card"}), frozenset({"refund"}), frozenset({"_ref"}))


def test_features() -> None:
    found = features(
        {"refund": 2.0, "card": 1.0, "moon": 3.0},
        {"_ref": 1.0, "moon": 1.0},
        frozenset({"moon"}),
        HELD,
        [("a", 4.0), ("b", 2.0), ("c", 2.0)],
        [("b", 0.8), ("a", 0.6)],
        "a",
    )
    assert found.coverage == pytest.approx(0.5)
    assert found.title == pytest.approx(2 / 6)
    assert found.grams == pytest.approx(0.5)
    assert found.known == pytest.approx(0.5)
    assert found.lead == pytest.approx(0.5 * (4 - 1) / 4)
    assert found.agreement == pytest.approx(0.5)
    assert found.strength == pytest.approx(4.0 / (6 + 0.3 * 2) / 3)
    assert found.near == pytest.approx(0.6), "of the best document, not of the nearest"
    assert found.clear == pytest.approx(0.8 - 0.6 / 4)


def test_features_where_one_part_found_nothing() -> None:
    words = features({"refund": 1.0}, {}, frozenset(), HELD, [("a", 2.0)], [], "a")
    assert (words.agreement, words.near, words.clear) == (0, 0, 0)
    meaning = features({"moon": 1.0}, {}, frozenset({"moon"}), HELD, [], [("a", 0.7)], "a")
    assert (meaning.strength, meaning.lead, meaning.agreement) == (0, 0, 0)
    assert meaning.near == meaning.clear == pytest.approx(0.7)


def test_one_word_in_common_is_chance_where_the_meaning_is_elsewhere() -> None:
    def rated(words: dict[str, float], near: float) -> Features:
        return features(words, {}, frozenset(), HELD, [("a", 2.0)], [("a", near)], "a")

    assert rated({"refund": 1.0}, 0.2).strength == rated({"refund": 1.0}, 0.2).lead == 0
    assert rated({"refund": 1.0}, 0.5).strength > 0
    assert rated({"refund": 1.0, "chair": 1.0}, 0.2).strength > 0
    assert features({"refund": 1.0}, {}, frozenset(), HELD, [("a", 2.0)], [], "a").strength > 0, (
        "no vectors to ask"
    )


def test_the_best_document_may_be_first_in_neither_ranking() -> None:
    lexical, dense = [("b", 4.0), ("a", 3.0)], [("c", 0.8), ("a", 0.7)]
    assert features({"refund": 1.0}, {}, frozenset(), HELD, lexical, dense, "a").agreement == pytest.approx(1 / 4)


def test_features_do_not_grow_with_the_base() -> None:
    small = features({"refund": 1.0}, {}, frozenset(), HELD, [("a", 2.0)], [("a", 0.9)], "a")
    large = features({"refund": 8.0}, {}, frozenset(), HELD, [("a", 16.0)], [("a", 0.9)], "a")
    assert astuple(small) == pytest.approx(astuple(large))
    assert all(0 <= value <= 1 for value in astuple(large))


def test_every_feature_has_its_weight_and_none_speaks_against() -> None:
    count = len(fields(Features))
    for weights in (DEFAULT.literal, DEFAULT.everyday):
        assert len(weights) == 1 + count
        assert min(weights[1:]) >= 0


def test_confidence_of_kinds_of_matches() -> None:
    literal = Features(
        0.6, coverage=1.0, grams=0.9, known=1.0, lead=0.9, agreement=1.0, title=0.5, near=0.7, clear=0.3
    )
    meant = Features(0.08, coverage=0.2, grams=0.1, known=0.5, lead=0.05, agreement=0.5, near=0.75, clear=0.3)
    doubtful = Features(0.08, coverage=0.2, grams=0.1, known=0.5, lead=0.05, agreement=0.1, near=0.45, clear=0.08)
    nothing = Features(0.02, known=0.1, near=0.15, clear=0.03)
    rated = [confidence(values) for values in (literal, meant, doubtful, nothing)]
    assert rated == sorted(rated, reverse=True)
    assert rated[0] > 0.95
    assert rated[1] > 0.8
    assert rated[-1] < 0.3


@pytest.mark.parametrize("strength", [0.0, 0.1, 0.19, 0.4, 0.9])
@pytest.mark.parametrize("name", [field.name for field in fields(Features) if field.name != "strength"])
def test_confidence_rises_with_every_feature(name: str, strength: float) -> None:
    start = Features(strength, coverage=0.3, grams=0.3, known=0.6, lead=0.2, agreement=0.3, near=0.4, clear=0.1)
    values = [confidence(replace(start, **{name: step / 10})) for step in range(11)]
    assert values == sorted(values)


def test_slope_and_shift_rescale_the_logit() -> None:
    none = (0.0,) * len(fields(Features))
    plain = Coefficients((-1.0, *none), (-1.0, *none))
    assert confidence(Features(strength=1.0), plain) == pytest.approx(1 / (1 + math.e))
    shifted = replace(plain, slope=2.0, shift=1.0)
    assert confidence(Features(strength=1.0), shifted) == pytest.approx(1 / (1 + math.e))
    assert confidence(Features(strength=0.5), replace(shifted, shift=2.0)) == pytest.approx(0.5)


def test_the_strength_mixes_both_logistics() -> None:
    none = (0.0,) * len(fields(Features))
    apart = Coefficients((3.0, *none), (-3.0, *none))
    assert logit(Features(strength=0.9), apart) == pytest.approx(3.0, abs=0.01)
    assert logit(Features(strength=MIDDLE), apart) == pytest.approx(0.0)
    assert logit(Features(near=0.5), apart) == pytest.approx(-3.0, abs=0.2)


def test_no_match_is_no_confidence() -> None:
    assert features({}, {}, frozenset(), HELD, [], [], "") == Features()
    assert confidence(Features(known=1.0)) == 0.0


def test_fit_finds_the_feature_that_tells() -> None:
    examples = [
        Example(Features(strength=0.5, coverage=0.9 if good else 0.2, known=(i % 5) / 5), "in", good)
        for i in range(40)
        for good in (True, False)
    ]
    found = fit(examples)
    assert found.literal[2] == max(found.literal) > 3
    assert found.literal[4] < 0.1
    assert confidence(examples[0].features, found) > 0.8
    assert confidence(examples[1].features, found) < 0.2


def test_fit_obeys_weights() -> None:
    mixed = [Example(Features(strength=0.5), "in", True), Example(Features(strength=0.5), "out", False)]
    assert confidence(mixed[0].features, fit(mixed, weights=[3, 1])) == pytest.approx(0.75, abs=0.01)
    assert confidence(mixed[0].features, fit(mixed)) == pytest.approx(0.5, abs=0.01)


def test_fit_needs_both_kinds() -> None:
    with pytest.raises(ValueError, match="answered and unanswered"):
        fit([Example(Features(), "in", True)])


def test_auroc() -> None:
    assert auroc([3, 4], [1, 2]) == 1.0
    assert auroc([1, 2], [3, 4]) == 0.0
    assert auroc([1, 1], [1, 1]) == 0.5
    assert auroc([1, 3], [2]) == 0.5
    with pytest.raises(ValueError, match="both kinds"):
        auroc([], [1])


def test_leaving_out() -> None:
    words = ["refund", "parking", "ribbon", "warranty", "coupon", "garage", "lamp", "carpet", "pillow"]
    documents = [make_document(word, word, f"# {word}\n\nAll about the {word} is said here.") for word in words]
    questions = {f"tell about {word}": frozenset({word}) for word in words}
    examples = leave_out(documents, questions, off_topic=["black hole"])
    assert [example.kind for example in examples].count("out") == 3
    assert [example.kind for example in examples].count("off") == 1
    assert all(example.answered == (example.kind == "in") for example in examples)
    inside = [confidence(example.features) for example in examples if example.kind == "in"]
    rest = [confidence(example.features) for example in examples if example.kind != "in"]
    assert auroc(inside, rest) == 1.0
    assert isinstance(fit(examples), Coefficients)


def test_a_heading_that_is_the_question_comes_before_one_that_asks_for_more(tmp_path: Path) -> None:
    plain = "## How long does a delivery take?\n\nParcels are with you in three working days."
    abroad = "## How long does international delivery take?\n\nDelivery abroad: delivery takes two weeks."
    others = [make_document(f"other-{n}", f"Thing {n}", f"All about thing number {n}.") for n in range(8)]
    with LocalKnowledgeBase(tmp_path) as base:
        base.sync(
            [make_document("plain", "Parcels", plain), make_document("abroad", "Delivery abroad", abroad), *others]
        )
        assert base.search("How long does a delivery take?").ranking[0] == "plain"
        assert base.search("How long does international delivery take?").ranking[0] == "abroad"


def test_translations_are_left_out_together() -> None:
    words = ["refund", "parking", "ribbon", "warranty", "coupon", "garage"]
    documents = [
        make_document(f"{lang}/{word}", word, f"# {word}\n\nAll about the {word}.", lang=lang)
        for word in words
        for lang in ("en", "ko")
    ]
    questions = {f"tell about {word}": frozenset({f"en/{word}", f"ko/{word}"}) for word in words}
    for seed in range(5):
        kinds = [example.kind for example in leave_out(documents, questions, seed=seed)]
        assert kinds.count("out") == 2
    assert [example.kind for example in leave_out(documents, questions, share=0)] == ["in"] * 6
