from __future__ import annotations

import pytest
from batonpass.escalation import Customer, GuardPolicy
from batonpass.escalation.policy import HighValue
from batonpass.escalation.value import amounts_in, valuable

from .support import customer, turn

POLICY = GuardPolicy(high_value=HighValue(tiers=("vip", "Gold"), amount=500_000))


def of(text: str, tier: str | None = None, policy: GuardPolicy = POLICY) -> bool:
    known = None if tier is None else Customer(id="C-1", name="A", tier=tier)
    return valuable(turn(customer(text)).model_copy(update={"customer": known}), policy)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("소파가 1,250,000원인데요", [1_250_000.0]),
        ("120만원짜리 식탁이에요", [1_200_000.0]),
        ("they charged me $1,499.50 for it", [1499.5]),
        ("주문번호 20260302-118 확인해 주세요", []),
        ("call me at 010-2233-4455", []),
        ("", []),
    ],
)
def test_amounts_of_money_are_read(text: str, found: list[float]) -> None:
    assert list(amounts_in([text])) == found


def test_amounts_of_every_message() -> None:
    assert amounts_in(["30,000원 냈어요", "아니 50,000원이요"]) == (30_000.0, 50_000.0)
    assert amounts_in([]) == ()


@pytest.mark.parametrize(
    ("text", "is_it"),
    [("500,000원 결제했어요", True), ("499,999원 결제했어요", False), ("500000번 물었어요", False)],
)
def test_from_the_amount_on(text: str, is_it: bool) -> None:
    assert of(text) is is_it


@pytest.mark.parametrize(("tier", "is_it"), [("vip", True), ("GOLD", True), ("silver", False), ("", False)])
def test_tiers_whatever_their_case(tier: str, is_it: bool) -> None:
    assert of("where is my chair?", tier) is is_it


def test_nobody_known_is_of_no_tier() -> None:
    assert of("where is my chair?") is False


def test_amounts_may_be_left_out() -> None:
    assert of("9,000,000원인데요", policy=GuardPolicy(high_value=HighValue(tiers=(), amount=None))) is False


def test_no_length_of_text_is_read_whole(ends) -> None:
    assert ends(amounts_in, ["1,000,000" * 4000 + "원"]) is not None
