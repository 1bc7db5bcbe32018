"""What is read while a person is on the way, above all by who speaks of self-harm."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from batonpass.agent.holding import HOTLINES, TEXTS, holding
from batonpass.escalation import Decision, Reason, Verdict
from batonpass.escalation.policy import SENSITIVE

COUNTRIES = sorted(HOTLINES)
LANGS = pytest.mark.parametrize("lang", ["ko", "en"])
EMERGENCY = {"KR": "119", "US": "911", "CA": "911", "GB": "999", "IE": "112", "AU": "000", "NZ": "111"}
CRISIS = {
    "KR": "109",
    "US": "988",
    "CA": "988",
    "GB": "116 123",
    "IE": "116 123",
    "AU": "13 11 14",
    "NZ": "1737",
}
NUMBER = re.compile(r"\d[\d -]*\d")


def called(topic: str = "", *reasons: Reason, message: dict[str, str] | None = None) -> Verdict:
    """A hand-off, about a sensitive topic where one is given."""
    why = (Reason.SENSITIVE_TOPIC, *reasons) if topic else reasons
    return Verdict(
        decision=Decision.HAND_OFF, reasons=why, signals={"topic": topic or None}, message=message or {}
    )


@LANGS
@pytest.mark.parametrize("country", COUNTRIES)
def test_self_harm_names_the_countrys_lines_in_the_customers_language(country: str, lang: str):
    said = holding(called("self_harm"), lang, country)
    assert said.startswith(TEXTS[lang]["self_harm"])
    assert said.endswith(TEXTS[lang]["self_harm_end"])
    listed = [line for line in said.split("\n") if line.startswith("· ")]
    assert listed == [f"· {line}" for line in HOTLINES[country][lang]]
    assert any(CRISIS[country] in NUMBER.findall(line) for line in listed)
    assert EMERGENCY[country] in NUMBER.findall(listed[-1])


@LANGS
@pytest.mark.parametrize("country", ["FR", "kr", "", "??"])
def test_an_unlisted_country_gets_no_wrong_number(country: str, lang: str):
    for topic in ("self_harm", "safety"):
        said = holding(called(topic), lang, country)
        assert TEXTS[lang]["emergency_other"] in said
        assert not re.search(r"\d", said)


@LANGS
def test_an_operators_message_never_replaces_the_hotlines(lang: str):
    own = {"ko": "담당 부서에서 연락드립니다.", "en": "Our team will ring you."}
    said = holding(called("self_harm", Reason.POLICY, message=own), lang)
    assert own[lang] not in said
    assert HOTLINES["KR"][lang][0] in said
    assert said == holding(called("self_harm"), lang)


@LANGS
@pytest.mark.parametrize("topic", ["safety", "fraud", "privacy", "legal", ""])
def test_otherwise_the_operators_message_is_read_as_it_stands(topic: str, lang: str):
    own = {"ko": "<b>{country}</b> 담당자에게 넘깁니다.", "en": "{0} our night team has it."}
    assert holding(called(topic, Reason.POLICY, message=own), lang) == own[lang]


def test_an_operators_message_in_one_language_serves_the_others():
    assert holding(called("", Reason.POLICY, message={"en": "Night team."}), "ko") == "Night team."


@LANGS
@pytest.mark.parametrize("country", COUNTRIES)
def test_who_may_be_hurt_is_told_whom_to_call_first(country: str, lang: str):
    said = holding(called("safety"), lang, country)
    assert NUMBER.findall(said) == [EMERGENCY[country]]
    assert "{" not in said


@LANGS
@pytest.mark.parametrize("topic", ["fraud", "privacy", "legal"])
def test_each_topic_has_words_of_its_own(topic: str, lang: str):
    said = holding(called(topic, Reason.FRUSTRATION), lang)
    assert said == TEXTS[lang][topic]
    assert said not in (TEXTS[lang]["plain"], TEXTS[lang]["upset"])


@LANGS
def test_every_topic_the_guard_knows_is_provided_for(lang: str):
    assert set(SENSITIVE) <= TEXTS[lang].keys()
    # Fraud: the bank can block a card sooner than any agent can.
    assert ("카드사나 은행" if lang == "ko" else "your bank") in TEXTS[lang]["fraud"]


@LANGS
def test_a_topic_that_is_not_the_reason_is_passed_over(lang: str):
    seen = Verdict(decision=Decision.HAND_OFF, reasons=(Reason.EXPLICIT_REQUEST,), signals={"topic": "self_harm"})
    assert holding(seen, lang) == TEXTS[lang]["plain"]


@LANGS
@pytest.mark.parametrize(
    ("reasons", "key"),
    [
        ((Reason.EXPLICIT_REQUEST,), "plain"),
        ((Reason.POLICY,), "plain"),
        ((), "plain"),
        ((Reason.FRUSTRATION,), "upset"),
        ((Reason.ABUSE,), "upset"),
        ((Reason.EXPLICIT_REQUEST, Reason.FRUSTRATION), "upset"),
        ((Reason.FAILED_ATTEMPTS, Reason.FRUSTRATION), "upset"),
        ((Reason.FAILED_ATTEMPTS, Reason.LOW_CONFIDENCE), "trouble"),
        ((Reason.GUARD_ERROR,), "trouble"),
        ((Reason.TOOL_FAILURE,), "trouble"),
    ],
)
def test_by_reason(reasons: tuple[Reason, ...], key: str, lang: str):
    assert holding(called("", *reasons), lang) == TEXTS[lang][key]


def test_languages_without_texts_get_english():
    assert holding(called("self_harm"), "de", "GB") == holding(called("self_harm"), "en", "GB")
    assert holding(called(), "") == TEXTS["en"]["plain"]


def test_topics_that_are_no_texts_of_a_topic_are_plain():
    """An operator's own topic may be called like one of the keys."""
    assert holding(called("recalls"), "en") == TEXTS["en"]["plain"]


@LANGS
def test_every_text_is_in_its_language(lang: str):
    assert TEXTS["ko"].keys() == TEXTS["en"].keys()
    for key, text in TEXTS[lang].items():
        fields = {field for _, field, _, _ in Formatter().parse(text) if field is not None}
        assert fields == {"safety": {"emergency"}, "emergency": {"number"}}.get(key, set()), key
        if key != "emergency":
            assert any("가" <= char <= "힣" for char in text) is (lang == "ko"), key
    for country in COUNTRIES:
        assert len(HOTLINES[country][lang]) >= 2
