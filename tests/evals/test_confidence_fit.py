"""Fitting the confidence: what is asked, what is learned, what is printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from batonpass.evals.confidence_fit import Asked, ask, learn, main, told
from batonpass.knowledge.calibration import Example, auroc
from batonpass.knowledge.confidence import Features, confidence

SHOP = Path(__file__).parents[2] / "examples" / "suites" / "words-shop"


@pytest.fixture(scope="module")
def shop() -> Asked:
    return ask(SHOP, 10)


def test_whole_and_thinned(shop: Asked) -> None:
    kinds = [example.kind for example in shop.whole]
    assert set(kinds) == {"in", "off"}
    assert "out" in [example.kind for example in shop.thinned]
    assert not shop.literal
    assert len(shop.every) == 3 * len(shop.whole)


def test_what_is_learned_tells_answerable_questions_apart(shop: Asked) -> None:
    coefficients = learn([shop])
    inside = [confidence(e.features, coefficients) for e in shop.whole if e.kind == "in"]
    off = [confidence(e.features, coefficients) for e in shop.whole if e.kind == "off"]
    assert auroc(inside, off) > 0.7
    assert "AUROC" in told(shop, coefficients)


def test_near_misses_of_a_public_set_weigh_less() -> None:
    # The same features, answerable and not: the fit leans towards what weighs more.
    there, gone = Example(Features(1, 1, 1, 1), "in", True), Example(Features(1, 1, 1, 1), "off", False)
    nothing = Example(Features(0.01, 0, 0, 0), "off", False)
    near = learn([Asked("a", [there, gone, nothing], [], True)])
    plain = learn([Asked("a", [there, gone, nothing], [], False)])
    sure = Features(1, 1, 1, 1)
    assert confidence(sure, near) > confidence(sure, plain)


def test_a_suite_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none")]) == 2
    error = capsys.readouterr().err
    assert "none" in error
    assert error.count("\n") == 1


def test_the_coefficients_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(SHOP)]) == 0
    out = capsys.readouterr().out
    for name in ("literal", "everyday", "slope", "shift"):
        assert f"{name}=" in out
    assert json.loads("[" + out.split("literal=(")[1].split(")")[0] + "]")
