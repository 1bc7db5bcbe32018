from __future__ import annotations

import pytest
from batonpass.escalation.heads.features import GROUPS, LIMIT, code, see, shortened
from hypothesis import given, settings
from hypothesis import strategies as st


def group(text: str, name: str) -> set[str]:
    return set(see(text).groups[GROUPS.index(name)])


@settings(deadline=None)  # the first call loads Kiwi
@given(st.text(max_size=300))
def test_any_text_has_features_within_itself(text: str) -> None:
    seen = see(text)
    assert len(seen.groups) == len(GROUPS)
    for features in seen.groups:
        assert all(0 <= start <= end <= len(seen.text) for start, end in features.values())


def test_hashes_are_equal_in_every_process() -> None:
    assert code("w:human") == 1912748024


def test_a_long_message_is_read_at_both_ends() -> None:
    long = "first " + "x" * 20_000 + " last"
    assert len(shortened(long)) <= LIMIT + 1
    assert {"w:first", "w:last"} <= group(long, "words")


def test_missing_spaces_keep_the_pieces() -> None:
    spaced, run_together = group("점장님 좀 바꿔 주세요", "pieces"), group("점장님좀바꿔주세요", "pieces")
    assert spaced == run_together


def test_a_slip_of_the_finger_keeps_most_letters() -> None:
    right, wrong = group("답답하네요", "pieces"), group("답닥하네요", "pieces")
    assert {piece for piece in right & wrong if piece.startswith("j")}


@pytest.mark.parametrize("role", ["beekeeper's colleague", "midwife", "porters"])
def test_the_name_of_a_role_does_not_matter_in_english(role: str) -> None:
    assert "x:have the R" in group(f"have the {role.split()[-1]} ring me", "english")


@pytest.mark.parametrize("role", ["영양사", "소장님", "사서"])
def test_the_name_of_a_role_does_not_matter_in_korean(role: str) -> None:
    assert {"§>바꿔", "k:^§"} <= group(f"{role} 바꿔 주세요", "korean")


def test_manner() -> None:
    assert {"!4", "shout", "caps3"} <= group("WHERE IS IT!!!!", "manner")
    assert "cry2" in group("안 와요ㅠㅠ", "manner")


def test_the_rules_are_heard() -> None:
    assert "asks" in group("상담원 연결해 주세요", "rules")
    assert "asks" not in group("상담원은 몇 시에 퇴근하나요", "rules")
