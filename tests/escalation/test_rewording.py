from __future__ import annotations

import pytest
from batonpass.escalation.rewording import adds_facts, rewritten

from .test_summary import packet


@pytest.mark.parametrize(
    ("line", "added"),
    [
        ("Ann Moss writes about a rug, order SD-20261101-0001.", []),
        ("She paid 64,000 won.", ["64,000"]),
        ("The customer, Peter Hall, is waiting.", ["Peter Hall"]),
        ("They said “you will hear from my lawyer”.", ["you will hear from my lawyer"]),
        ("박하늘 님이 기다립니다.", ["박하늘"]),
        ("Write to help@rug.example about it.", ["help@rug.example"]),
        ("Details at https://rug.example/a.", ["https://rug.example/a."]),
        ("The return was approved already.", ["approved"]),
        ("반품은 환불 완료로 보입니다.", ["환불 완료"]),
    ],
)
def test_a_rewording_must_add_nothing(line: str, added: list[str]) -> None:
    assert adds_facts([line], packet()) == added


def test_a_rewording_cannot_verify_anybody() -> None:
    assert not packet(who=None).verified
    assert adds_facts(["The customer is verified."], packet(who=None)) == ["verified"]
    assert adds_facts(["본인 확인을 마쳤습니다."], packet(who=None)) == ["본인 확인을 마쳤"]
    assert (
        adds_facts(["The customer is not verified.", "Not yet verified.", "본인 확인 전입니다."], packet(who=None))
        == []
    )


def test_a_rewording_that_adds_is_dropped() -> None:
    good = ["- Ann Moss (VIP) has a rug with a burn mark.", "- Order SD-20261101-0001 is paid.", "- She is calm."]
    assert rewritten(good, packet()) == tuple(line[2:] for line in good)
    assert rewritten([*good, "Refund of 12,000 agreed."], packet()) is None
    assert rewritten(good[:2], packet()) is None
    assert rewritten([good[0]] * 9, packet()) is None
