import random

import numpy as np
import pytest
from batonpass.evals.turn_learning import (
    Turns,
    folds,
    gather,
    hashed,
    inner,
    logistic,
    meanings,
    recent,
    text_names,
)
from batonpass.evals.turn_state import AGENT, CUSTOMER, Said


def some(count: int = 20) -> Turns:
    rng = random.Random(3)
    dialogues = []
    for _ in range(count):
        said, labels = [], []
        for at in range(6):
            angry = rng.random() < 0.4
            words = (rng.choice("abcd"), "enough" if angry else "thanks", rng.choice("efgh"))
            said.append(Said(AGENT if at % 2 else CUSTOMER, words))
            labels.append(int(angry))
        dialogues.append(("made_up", said, labels))
    return gather(dialogues)


def test_a_dialogue_is_in_one_fold() -> None:
    turns = some()
    fold = folds(turns, 5)
    assert set(fold) == set(range(5))
    assert all(len(set(fold[places])) == 1 for places in turns.each())
    with pytest.raises(ValueError, match="20 dialogues cannot be dealt to 21 folds"):
        folds(turns, 21)


def test_scores_come_from_models_that_did_not_see_the_dialogue() -> None:
    turns = some()
    train, everywhere = np.arange(90), np.arange(len(turns.said))
    asked: list[int] = []

    def fit(seen: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        assert not set(turns.dialogue[seen]) & set(turns.dialogue[wanted])
        assert set(seen) <= set(train)
        asked.extend(wanted)
        return np.zeros(len(wanted))

    assert not np.isnan(inner(fit, turns, train, everywhere)).any()
    assert sorted(asked) == list(everywhere)


def test_learns_what_the_words_say() -> None:
    turns = some()
    train, test = np.arange(90), np.arange(90, 120)
    scores = logistic(hashed(text_names(turns)), turns, 5.0)(train, test)
    assert ((scores > 0) == (turns.truth[test] == 1)).all()


def test_context_is_marked_apart() -> None:
    turns = gather([("x", [Said(CUSTOMER, ("1",)), Said(AGENT, ("2",)), Said(CUSTOMER, ("3",))], [0, 0, 1])])
    plain, wide = text_names(turns, 1)[2], text_names(turns, 1, context=True)[2]
    assert {"c1:3"} < set(plain)
    assert {"cown1:1", "cother1:2"} <= set(wide) - set(plain)


def test_recent_scores_by_side() -> None:
    roles = (CUSTOMER, AGENT, CUSTOMER, CUSTOMER)
    turns = gather([("x", [Said(role, ("1",)) for role in roles], [0, 0, 0, 0])])
    row = recent(turns, np.array([1.0, 5.0, 3.0, 2.0]))[3]
    assert row == pytest.approx([2, 3, 1, 5, np.nan, 3, 2, 0, 5, 5], nan_ok=True)


def test_meanings_see_nothing_that_follows_and_know_a_repeat() -> None:
    turns = gather([("x", [Said(CUSTOMER, tuple(text)) for text in ("abc", "def", "abc", "agh", "dbx")], [0] * 5)])
    found = meanings(turns, np.arange(5))[:, 4:]  # four dimensions of meaning stand before
    same_side_words = found[:, :2]
    assert same_side_words[0] == pytest.approx([0, 0])
    assert same_side_words[2] == pytest.approx([1, 0])
    assert 0 < same_side_words[3][0] < 1
