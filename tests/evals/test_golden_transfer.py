from math import exp

import pytest
from batonpass.evals.golden_transfer import golden_transfer


@pytest.mark.parametrize(
    ("found", "truth", "tolerance", "expected"),
    [
        ([0, 0, 1, 0], [0, 0, 1, 0], 1, 1.0),
        ([0, 1, 0, 0], [0, 0, 1, 0], 1, exp(-1 / 2)),
        ([0, 0, 0, 1], [0, 0, 1, 0], 1, exp(-1 / 2)),  # too late weighs what too early does
        ([1, 0, 0, 0], [0, 0, 1, 0], 2, exp(-4 / 8)),
        ([1, 0, 0, 0], [0, 0, 0, 1], 3, exp(-9 / 18)),
        ([1, 1, 0, 0], [0, 1, 0, 0], 2, (exp(-1 / 8) + 1) / 2),
        ([0, 1, 0, 0, 0], [1, 0, 0, 0, 1], 1, exp(-1 / 2)),  # the nearest true turn counts
        ([0, 1, 0, 0], [0, 1, 1, 1], 1, 1.0),  # what is missed beside it does not
        ([0, 0], [0, 0], 1, 1.0),
        ([0, 1], [0, 0], 3, 0.0),
        ([0, 0], [0, 1], 3, 0.0),
    ],
)
def test_by_hand(found: list[int], truth: list[int], tolerance: int, expected: float) -> None:
    assert golden_transfer([bool(x) for x in found], [bool(x) for x in truth], tolerance) == pytest.approx(
        expected
    )


def test_what_cannot_be_scored_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one turn"):
        golden_transfer([True], [True], 0)
    with pytest.raises(ValueError, match="2 turns found for 1"):
        golden_transfer([True, False], [True], 1)
