import numpy as np
from batonpass.evals.turn_calls import CallRule, best_rule
from batonpass.evals.turn_learning import Turns, gather
from batonpass.evals.turn_state import CUSTOMER, Said


def made(*labels: list[int]) -> Turns:
    return gather([("x", [Said(CUSTOMER, ("1",))] * len(each), each) for each in labels])


def test_the_first_call_and_later_ones_have_their_own_thresholds() -> None:
    turns = made([0, 0, 0, 0], [0, 0])
    scores = np.array([0.4, 0.6, 0.4, 0.1, 0.4, 0.4])
    assert CallRule(0.5, 0.3).calls(turns, scores).tolist() == [0, 1, 1, 0, 0, 0]
    assert CallRule(0.3, 0.5).calls(turns, scores).tolist() == [1, 1, 0, 0, 1, 0]


def test_what_follows_changes_no_call() -> None:
    turns, shorter = made([0, 0, 0]), made([0, 0])
    scores = np.array([0.2, 0.6, 0.9])
    rule = CallRule(0.5, 0.7)
    assert rule.calls(turns, scores)[:2].tolist() == rule.calls(shorter, scores[:2]).tolist()


def test_the_best_rule_finds_both_thresholds_on_training_turns_alone() -> None:
    # Before a call .5 is not enough, after it .5 is: no single threshold gets all right.
    turns = made(*[[0, 0, 0, 1, 1, 0]] * 10)
    scores = np.tile([0.1, 0.5, 0.3, 0.9, 0.5, 0.1], 10)
    train = np.arange(30)
    scores[30:] = 1.0  # dialogues that are not for training
    rule = best_rule(turns, scores, train)
    assert rule.calls(turns, scores)[:30].tolist() == turns.truth[:30].tolist()
    assert rule.first > 0.5 >= rule.later
