import pytest
from batonpass.knowledge.word_order import in_order

WEIGHTS = {"refund": 2.0, "gift": 3.0, "card": 1.0}


@pytest.mark.parametrize(
    ("passage", "share"),
    [
        (["a", "refund", "gift", "card", "b"], 1.0),
        (["refund", "x", "gift", "card"], (5 * 0.5 + 4) / 9),  # a word between
        (["gift", "refund", "card"], (5 * 0.5 + 4 * 0.5) / 9),  # turned round, and one between
        (["card", "x", "x", "x", "gift", "x", "x", "x", "x", "refund"], 0.0),
        (["refund", "gift"], 5 / 9),
        ([], 0.0),
    ],
)
def test_neighbours_of_the_question_count_where_they_are_neighbours(passage, share):
    assert in_order(["refund", "gift", "card"], WEIGHTS, passage) == pytest.approx(share * 2 / 3)


def test_words_without_a_weight_do_not_part_neighbours():
    assert in_order(["refund", "please", "gift"], WEIGHTS, ["refund", "gift"]) == 0.5


def test_a_single_word_has_no_order():
    assert in_order(["refund"], WEIGHTS, ["refund"]) == 0.0
    assert in_order(["unknown", "words"], WEIGHTS, ["unknown", "words"]) == 0.0
