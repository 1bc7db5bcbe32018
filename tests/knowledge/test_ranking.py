"""Fusion, confidence and calibration: the arithmetic of a search."""

from __future__ import annotations

from dataclasses import astuple, fields
from pathlib import Path

import pytest
from batonpass.knowledge import LocalKnowledgeBase, make_document
from batonpass.knowledge.calibration import Example, auroc, fit, leave_out
from batonpass.knowledge.confidence import DEFAULT, Coefficients, Features, confidence, features
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
    weights = FusionWeights(lexical=1.0, dense=0.1)
    fused = fuse(lexical, dense, weights)
    assert [each.chunk_id for each in fused] == ["sure", "second", "third"]
    assert fused[0].parts == {"lexical": 1.0, "dense": pytest.approx(0.75)}
    assert fused[0].score == pytest.approx((1.0 + 0.1 * 0.75) / 1.1)
    assert all(0 <= each.score <= 1 for each in fused)


def test_fusion_with_one_part_missing_still_fills_the_scale() -> None:
    assert fuse({"a": 4.0, "b": 2.0}, {}, FusionWeights())[0].score == 1.0
    assert fuse({}, {"a": 0.4, "b": 0.2}, FusionWeights())[0].score == 1.0
    assert fuse({}, {}, FusionWeights()) == []


def test_ties_are_broken_alike_every_time() -> None:
    assert [each.chunk_id for each in fuse({"b": 1.0, "a": 1.0}, {}, FusionWeights())] == ["a", "b"]


def test_a_learned_model_is_heard_more_than_hashes() -> None:
    for lang in ("ko", "en", "de"):
        assert weights_for("openai:m", lang).dense > 2 * weights_for("hashed-512", lang).dense


HELD = Held(frozenset({"refund", "card"}), frozenset({"refund"}), frozenset({"_ref"}))


def test_features() -> None:
    found = features(
        {"refund": 2.0, "card": 1.0, "moon": 3.0},
        {"_ref": 1.0, "moon": 1.0},
        frozenset({"moon"}),
        HELD,
        [("a", 4.0), ("b", 2.0), ("c", 2.0)],
        ["b", "a"],
    )
    assert found.coverage == pytest.approx(0.5)
    assert found.title == pytest.approx(2 / 6)
    assert found.grams == pytest.approx(0.5)
    assert found.known == pytest.approx(0.5)
    assert found.lead == pytest.approx(0.5 * (4 - 1) / 4)
    assert found.agreement == pytest.approx(0.5)
    assert found.strength == pytest.approx(4.0 / (6 + 0.3 * 2) / 3)


def test_features_do_not_grow_with_the_base() -> None:
    small = features({"refund": 1.0}, {}, frozenset(), HELD, [("a", 2.0)], ["a"])
    large = features({"refund": 8.0}, {}, frozenset(), HELD, [("a", 16.0)], ["a"])
    assert astuple(small) == pytest.approx(astuple(large))
    assert all(0 <= value <= 1 for value in astuple(large))


def test_confidence_rises_with_every_feature() -> None:
    assert len(DEFAULT.weights) == len(fields(Features))
    for field in fields(Features):
        low = Features(strength=0.3)
        high = Features(**{"strength": 0.3, field.name: 0.9})
        assert confidence(high) > confidence(low)


def test_no_match_is_no_confidence() -> None:
    assert features({}, {}, frozenset(), HELD, [], []) == Features()
    assert confidence(Features(known=1.0)) == 0.0


def test_fit_finds_the_feature_that_tells() -> None:
    examples = [
        Example(Features(strength=0.5, coverage=0.9 if good else 0.2, known=(i % 5) / 5), "in", good)
        for i in range(40)
        for good in (True, False)
    ]
    found = fit(examples)
    assert found.weights[1] == max(found.weights) > 3
    assert abs(found.weights[3]) < 0.1
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
