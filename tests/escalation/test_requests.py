from __future__ import annotations

import unicodedata

import pytest
from batonpass.escalation.requests import LANGUAGES, explain_request, explicit_request
from batonpass.escalation.wording import normalise
from hypothesis import given
from hypothesis import strategies as st

from .support import ADVERSARIAL, rows

ROWS = rows("requests.tsv")
# What was reached when the rules were last changed, less one line: they may only get better.
FLOORS = {
    ("ko", "dev"): (0.97, 0.0), ("ko", "test"): (0.93, 0.02),
    ("en", "dev"): (0.97, 0.01), ("en", "test"): (0.88, 0.04),
}  # fmt: skip


@pytest.mark.parametrize(("lang", "part"), FLOORS)
def test_recall_and_false_fires(lang: str, part: str) -> None:
    mine = [row for row in ROWS if (row.lang, row.part) == (lang, part)]
    asking = [row.text for row in mine if row.label == "1"]
    others = [row.text for row in mine if row.label == "0"]
    assert min(len(asking), len(others)) >= 40
    missed = [text for text in asking if not explicit_request(text)]
    fired = [(text, explain_request(text)) for text in others if explicit_request(text)]
    recall, false = FLOORS[lang, part]
    assert 1 - len(missed) / len(asking) >= recall, missed
    assert len(fired) / len(others) <= false, fired


def test_every_pattern_is_needed() -> None:
    fired = {found[0] for row in ROWS if (found := explain_request(row.text))}
    for language in LANGUAGES:
        assert set(language.ASKS) <= fired


@pytest.mark.parametrize("row", [row for row in ROWS if row.label == "1"][::9], ids=lambda row: row.text[:30])
def test_the_words_are_the_customers_own(row) -> None:
    words = explicit_request(row.text)
    if words is not None:
        assert words in normalise(row.text)


@pytest.mark.parametrize("text", ["상담원 연결해주세요", "connect me to an agent"])
def test_forms_of_unicode_do_not_matter(text: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert explicit_request(unicodedata.normalize(form, text))
    assert explicit_request(text.replace(" ", "  \u200b "))


def test_full_width_and_curly_quotes() -> None:
    assert explicit_request("ｈｕｍａｎ　ｐｌｅａｓｅ")
    assert explicit_request("I don’t want to talk to a bot")


def test_single_letters_survive_normalising() -> None:
    assert normalise("ㄱㄱ ㅠㅠ ㅅㅂ ㄳ") == "ㄱㄱ ㅠㅠ ㅅㅂ ㄳ"
    assert explicit_request("상담원 ㄱㄱ")


def test_the_matter_beside_it_does_not_hide_it() -> None:
    long = "I ordered a chair on Monday. " * 20 + "Please connect me to an agent."
    assert explicit_request(long) == "connect me to an agent"


@pytest.mark.parametrize("text", ADVERSARIAL, ids=lambda text: f"{text[:12]!r}{text[-1]!r}")
def test_comes_to_an_end(text: str, ends) -> None:
    ends(lambda t: (explicit_request(t), True), text)


@given(st.text(max_size=300))
def test_takes_any_text(text: str) -> None:
    words = explicit_request(text)
    assert words is None or " ".join(words.split()) in " ".join(normalise(text).split())
