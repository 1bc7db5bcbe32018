import numpy as np
import pytest
from batonpass.evals.turn_learning import gather
from batonpass.evals.turn_state import AGENT, Said
from batonpass.evals.turn_table import area, f1, print_table, transfers
from sklearn.metrics import f1_score, roc_auc_score

TRUTH = np.tile([0, 1, 0, 1, 1, 0], 5)
SCORES = np.random.default_rng(2).random(30)
DIALOGUE = np.repeat(np.arange(5) * 7, 6)  # numbers may have gaps where a part of a set is judged


def test_values_are_those_of_scikit_learn_with_an_interval_around() -> None:
    called = (SCORES > 0.5).astype(int)
    for figure, value in (
        (area(TRUTH, SCORES, DIALOGUE), roc_auc_score(TRUTH, SCORES)),
        (f1(TRUTH, called, DIALOGUE), f1_score(TRUTH, called)),
    ):
        assert figure is not None
        assert figure["value"] == pytest.approx(value)
        assert figure["low"] < figure["value"] < figure["high"]
        assert figure["n"] == 5


def test_dialogues_are_resampled_not_turns() -> None:
    alike = np.tile([1, 0, 1, 0, 1, 0], 5)
    figure = f1(TRUTH, alike, DIALOGUE)
    assert figure is not None
    assert figure["low"] == pytest.approx(figure["high"])  # five equal dialogues


def test_transfers_of_one_source_and_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    turns = gather([(name, [Said(AGENT, ("1",))] * 2, [0, 1]) for name in ("a", "b")])
    found = np.array([0, 1, 0, 0])
    figures = [transfers(turns, found, 2, source) for source in ("a", "b", None)]
    assert [figure and figure["value"] for figure in figures] == [1.0, 0.0, 0.5]
    print_table("Calls", ("GT-II", "none"), {"made up": [figures[2], None]})
    assert "50.0 (0.0-100.0)" in capsys.readouterr().out
