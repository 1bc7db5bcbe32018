"""What was answered before they went on to something else is not what they are waiting for."""

from __future__ import annotations

from batonpass.escalation.closed_matters import ANSWERED, LEFT, left_behind
from batonpass.escalation.question import open_questions

from .support import CITED, agent, bot, customer, transcript


def told(lines, cited=()):
    """A transcript; the bot's lines at these places have a source."""
    return [
        m.model_copy(update={"citations": (CITED,)}) if place in cited else m
        for place, m in enumerate(transcript(lines))
    ]


def test_answered_and_left() -> None:
    lines = told(
        [
            customer("How long does a delivery take?"),
            bot("Three days."),
            customer("is it going to rain on us tonight?"),
            bot("One of these?", "clarify", "barely"),
            customer("can I pay by bank transfer?"),
        ],
        cited=(1,),
    )
    first, weather = (m.seq for m in lines if m.text.startswith(("How", "is it")))
    assert left_behind(lines) == {first: ANSWERED, weather: LEFT}


def test_who_goes_on_about_it_has_left_nothing() -> None:
    for next_line in (
        "that didn't help at all",
        "how long does the delivery take to Jeju?",
        "ok",
        "I want to speak to a person please",
        "are you even listening? how pathetic is this service",
    ):
        lines = told(
            [customer("How long does a delivery take?"), bot("Three days."), customer(next_line)], cited=(1,)
        )
        assert left_behind(lines) == {}, next_line


def test_an_agent_in_between_has_it() -> None:
    lines = [
        customer("How long does a delivery take?"),
        agent("Let me see"),
        customer("can I pay by bank transfer?"),
    ]
    assert left_behind(transcript(lines)) == {}


def test_the_open_question_is_the_one_that_was_not_answered() -> None:
    lines = told(
        [
            customer("How long does a delivery take?"),
            bot("Three days."),
            customer("my kettle of order SD-20261113-0140 does not heat, what can I do?"),
            bot("Which one?", "clarify", "unclear"),
            customer("a person please"),
        ],
        cited=(1,),
    )
    own = [m for m in lines if m.author == "customer"]
    main, _ = open_questions(own, left_behind(lines))
    assert main is not None
    assert main.text.startswith("my kettle")


def test_a_trouble_that_no_reply_spoke_to_stays() -> None:
    lines = transcript(
        [
            customer("is it going to rain on us tonight?"),
            bot("One of these?", "clarify", "barely"),
            customer("my couch showed up with a snapped leg"),
            bot("Which one?", "clarify", "unclear"),
            customer("can I pay by bank transfer?"),
        ]
    )
    assert left_behind(lines) == {lines[0].seq: LEFT}
