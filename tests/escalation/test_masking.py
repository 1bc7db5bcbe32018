from __future__ import annotations

from pathlib import Path

import pytest
from batonpass.escalation import StoreError, Vault
from batonpass.escalation.masking import mask
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from .support import ADVERSARIAL


@pytest.mark.parametrize(
    ("text", "shown", "slots"),
    [
        ("카드번호 4242-4242-4242-4242 예요", "카드번호 4***-****-****-4242 예요", ["card"]),
        ("card 4242424242424242 please", "card 4***********4242 please", ["card"]),
        ("amex 3782 822463 10005", "amex 3*** ****** *0005", ["card"]),
        # Its check digit is wrong; in groups of four it is a card all the same.
        ("5555 5555 5555 4445 였나", "5*** **** **** 4445 였나", ["card"]),
        ("주민번호는 900101-1234568이에요", "주민번호는 900101-*******이에요", ["resident_number"]),
        ("cvc 123이요", "cvc ***이요", ["card_code"]),
        ("4000 0566 5566 5556, CVV: 987", "4*** **** **** 5556, CVV: ***", ["card", "card_code"]),
        ("my SSN is 536-90-4399", "my SSN is ***-**-4399", ["social_security_number"]),
    ],
)
def test_sensitive_numbers_are_masked(text: str, shown: str, slots: list[str]) -> None:
    masked, secrets = mask(text)
    assert masked == shown
    assert [secret.slot for secret in secrets] == slots
    assert all(text[s.start : s.end] == s.value for s in secrets)
    assert mask(masked) == (masked, ())


@pytest.mark.parametrize(
    "text",
    [
        "SD-20261104-0312 확인해 주세요",
        "010-1234-5678로 전화 주세요",
        "송장번호 656431858333 이에요",
        "1234567890123456",  # no check digit, no issuer, no groups
        "2026-11-23 14:30 에 왔어요",
        "991399-1234567",  # no such day
        "1,234,567,890,123원",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask(text) == (text, ())


@pytest.mark.parametrize("text", ADVERSARIAL[::5], ids=lambda text: f"{text[:12]!r}{text[-1]!r}")
def test_comes_to_an_end(text: str, ends) -> None:
    ends(mask, text)


@given(st.text(alphabet="0123456789- *카드cvc", max_size=60))
def test_a_masked_text_is_as_long_and_masked_for_good(text: str) -> None:
    masked, secrets = mask(text)
    assert len(masked) == len(text)
    assert all("*" in masked[s.start : s.end] for s in secrets)


def test_a_vault_gives_back_what_it_sealed_in_its_own_conversation(tmp_path: Path) -> None:
    _, secrets = mask("4242-4242-4242-4242 cvc 123")
    vault = Vault.open(tmp_path / "vault.key")
    card, code = vault.seal("c1", secrets)
    assert "4242-4242" not in str(card)
    assert Vault.open(tmp_path / "vault.key").unseal("c1", card) == "4242-4242-4242-4242"
    assert vault.unseal("c2", card) is None
    assert vault.unseal("c1", code) is None
    assert Vault(Fernet.generate_key()).unseal("c1", card) is None
    assert (tmp_path / "vault.key").stat().st_mode & 0o077 == 0


def test_a_damaged_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "vault.key").write_text("nonsense")
    with pytest.raises(StoreError, match=r"vault\.key is damaged"):
        Vault.open(tmp_path / "vault.key")
