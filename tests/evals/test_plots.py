from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from batonpass.evals import plots
from batonpass.evals.figures import calibration_bins, figures, risk_coverage
from batonpass.evals.outcome import judge
from sklearn.calibration import calibration_curve

from .golden import HOSTILE, measure, run, suite


def test_every_plot_is_well_formed_and_escapes_its_labels() -> None:
    labels = ("<b>", HOSTILE.replace("\x00", "").replace("\x1b", ""))
    for picture in (
        plots.strip(0.5, 0.4, 0.6, baseline=0.7),
        plots.difference_strip(-0.1, -0.2, 0.0, reach=0.3, tone='bad"><script>'),
        plots.confusion(labels[0], {(labels[0], labels[1]): 3}, labels, labels, {(labels[0], labels[0])}),
        plots.curves(labels[1], [("a", [(0.1, 0.0), (1.0, 0.4)])], x=labels[0], y=labels[1]),
        plots.calibration([(0.1, 0.2, 4), (0.9, 1.0, 6)]),
        plots.histogram(labels[0], [1, 2, 3, 400], x=labels[1], marks=[(labels[0], 2), ("late", 400)]),
        plots.histogram("none", [0.0, 0.0], x="cost"),
    ):
        root = ET.fromstring(str(picture))
        assert root.tag == "svg"
        assert not [node for node in root.iter() if node.tag in ("script", "b", "img")]
        assert "nan" not in str(picture)


def test_strip_places_value_interval_and_baseline() -> None:
    root = ET.fromstring(str(plots.strip(0.5, 0.4, 0.6, baseline=0.7)))
    band = next(node for node in root if node.get("class") == "interval")
    assert (float(band.get("x", "")), float(band.get("width", ""))) == (40, 20)
    assert {n.get("class"): float(n.get("x1", "")) for n in root if n.tag == "line"} == {
        "rule": 0,
        "base": 70,
        "mark": 50,
    }


def test_confusion_counts_each_turn_once() -> None:
    of = suite()
    found = run(of)
    found["questions"][0]["decision"] = "offer"
    found["scenarios"][0]["turns"][1]["decision"] = "answer"
    titles = {plot["title"]: plot for plot in figures(judge(measure(of, found), of))}

    def cells(title: str) -> list[int]:
        root = ET.fromstring(str(titles[title]["picture"]))
        return [int(node.text or "") for node in root if node.get("class") == "cell"]

    assert cells("Decisions on questions") == [14, 1, 15]
    assert cells("Decisions in scenarios") == [30, 1, 9]
    assert cells("Frustration") == [20, 10]
    assert "Cost" not in titles


def test_cost_is_drawn_where_present() -> None:
    of = suite()
    found = run(of)
    for number, scenario in enumerate(found["scenarios"]):
        scenario["cost"] = number / 1000
    assert "Cost" in {plot["title"] for plot in figures(judge(measure(of, found), of))}


def test_risk_and_coverage() -> None:
    assert risk_coverage([0.9, 0.8, 0.8, 0.1], [True, True, False, False]) == [
        (0.25, 0.0),
        (0.75, pytest.approx(1 / 3)),
        (1.0, 0.5),
    ]


def test_calibration_bins_agree_with_scikit_learn() -> None:
    confidence = [0.05, 0.12, 0.18, 0.55, 0.57, 0.93, 0.97]
    truth = [False, True, False, True, True, True, False]
    held, mean = calibration_curve(truth, confidence, n_bins=10)
    found = calibration_bins(confidence, truth)
    assert [m for m, _, _ in found] == pytest.approx(list(mean))
    assert [h for _, h, _ in found] == pytest.approx(list(held))
    assert sum(count for _, _, count in found) == 7
    assert calibration_bins([1.0], [True]) == [(1.0, 1.0, 1)]
