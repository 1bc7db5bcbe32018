from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from batonpass.escalation.heads import Heads
from batonpass.escalation.heads.artefact import write
from batonpass.escalation.heads.training import fit
from batonpass.escalation.heads.training.data import TrainingDataError, Turn, label, read_turns
from batonpass.escalation.heads.training.fit import Recipe, learn, platt
from batonpass.escalation.heads.training.frames import _particle, made_up
from batonpass.escalation.heads.training.report import auc, calibration_error, f1, false_fires, figure

HEADER = "id\ttext\texplicit_request\tfrustration\tabuse\tsensitive\tact\ttrade\n"


def test_no_trade_is_in_two_splits() -> None:
    for language in ("ko", "en"):
        trades = {
            split: {turn.trade for turn in read_turns(split, language)} for split in ("train", "dev", "test")
        }
        assert not trades["train"] & trades["dev"]
        assert not (trades["train"] | trades["dev"]) & trades["test"]


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "dev-en.tsv").write_text(HEADER + "1\thello\t0\tmuch\t0\tnone\tchitchat\ttea\n", encoding="utf-8")
    with pytest.raises(TrainingDataError, match="line 2"):
        read_turns("dev", "en", tmp_path)
    with pytest.raises(TrainingDataError, match="test-en"):
        read_turns("test", "en", tmp_path)


def test_labels() -> None:
    turn = Turn("x", "en", True, 2, False, "legal", "complaint", "tea")
    held = ("explicit", "frustration_1", "frustration_2", "frustration_3", "abuse", "legal", "fraud", "complaint")
    assert [label(turn, head) for head in held] == [True, True, True, False, False, True, False, True]


@pytest.mark.parametrize(
    ("role", "after", "form"),
    [
        ("매니저", "을", "를"),
        ("점장", "을", "을"),
        ("매니저", "으로", "로"),
        ("소장", "이랑", "이랑"),
        ("기사", "이랑", "랑"),
    ],
)
def test_particles_follow_the_last_sound(role: str, after: str, form: str) -> None:
    assert _particle(role, after) == form


def test_made_up_turns_are_the_same_each_time() -> None:
    turns = made_up(20, 1, 0.5)
    assert turns == made_up(20, 1, 0.5)
    assert len(turns) == 80
    assert sum(turn.explicit for turn in turns) == 40


def test_learning_from_few_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tiny world in which every head has examples of both kinds in each fold is learned and can be read."""
    monkeypatch.setattr(fit, "HEADS", ("explicit", "abuse"))
    turns = [
        Turn(
            text, language, "R" in kind, 0, "A" in kind, "none", "other" if kind else "trap", f"trade {number % 4}"
        )
        for number in range(16)
        for language in ("ko", "en")
        for text, kind in (
            (f"connect me to a {['human', 'agent', 'clerk', 'nurse'][number % 4]} {number}", "R"),
            (f"you {['stupid', 'rotten', 'vile', 'daft'][number % 4]} lot {number}", "A"),
            (f"where is parcel {number}", ""),
        )
    ]
    weights, left_out = learn(turns, [], Recipe(folds=4))
    known = np.array([turn.explicit for turn in turns])
    assert auc(known, left_out.chances["explicit"]) > 0.9
    write(tmp_path / "small.npz", weights)
    assert weights.heads == ("explicit", "abuse")
    assert np.all(weights.slopes > 0)


def test_platt_keeps_order_and_rate() -> None:
    logits = np.linspace(-4, 4, 200)
    known = (logits > 1).astype(np.int8)
    slope, offset = platt(logits, known)
    chances = 1 / (1 + np.exp(-(slope * logits + offset)))
    assert slope > 0
    assert chances.mean() == pytest.approx(known.mean(), abs=0.02)


def test_measures() -> None:
    known = np.array([True, True, False, False])
    flagged = np.array([True, False, True, False])
    assert f1(known, flagged) == 0.5
    assert false_fires(~known, flagged) == 0.5
    assert calibration_error(known, np.array([1.0, 1.0, 0.0, 0.0])) == 0
    assert calibration_error(known, np.array([0.0, 0.0, 1.0, 1.0])) == 1
    found = figure(auc, known, np.array([0.9, 0.8, 0.2, 0.1]))
    assert (found.value, found.low, found.high) == (1, 1, 1)


def test_the_heads_beat_the_rate_on_dev() -> None:
    """The artefact was learned from dev too: this only shows that it was learned at all."""
    heads = Heads.load()
    turns = read_turns("dev", "ko")
    known = np.array([turn.frustration >= 2 for turn in turns])
    assert auc(known, np.array([heads.read(turn.text).frustration[1] for turn in turns])) > 0.9
