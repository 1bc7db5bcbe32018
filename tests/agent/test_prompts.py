from __future__ import annotations

import pytest
from batonpass.agent.prompts import CLARIFY, NO_ANSWER, system_prompt, without_marks


def test_the_prompt_names_company_day_language_and_markers():
    prompt = system_prompt("새담", "ko", "2026-11-22")
    for part in ("새담", "2026-11-22", "Korean (해요체)", NO_ANSWER, CLARIFY, "[n]"):
        assert part in prompt


def test_languages_without_a_name():
    assert "the customer's language" in system_prompt("Acme", "de", "2026-11-22")


def test_a_company_is_never_a_format():
    assert "{today} & Sons" in system_prompt("{today} & Sons", "en", "2026-11-22")
    assert "the company's customer service" in system_prompt("", "en", "2026-11-22")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("가 [1] 나[2, 3].", "가 나."),
        (f"{NO_ANSWER} 가 {CLARIFY}", "가"),
        ("[1](https://example.com)", "[1](https://example.com)"),
        ("가\n[1]\n나", "가\n\n나"),
    ],
)
def test_without_marks(text: str, left: str):
    assert without_marks(text) == left
