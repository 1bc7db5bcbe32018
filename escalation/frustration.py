"""How upset a customer is, 0 calm to 3 furious: what the heads hear in a message, in its conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .combiner import MOOD, Combiner, of_readings
from .conversation import Author, Message
from .heads import Heads

RECENT = 6
"""Earlier messages of the customer that are looked at."""


UPSET_AT = 0.35
"""Probability from which a level of 2 is told: best F1 on the dev scenarios, each half by the other's weights."""


def scale(mood: float, furious: float) -> float:
    """One number, 0..3, that is 2 or more exactly where a level of 2 is told, and 2.6 at level 3.

    Args:
        mood: Probability 0..1 of a level of 2 or more, in its conversation.
        furious: That of level 3, from the message alone.
    """
    return 2 * mood / UPSET_AT if mood < UPSET_AT else 2 + furious


def level_of(value: float) -> int:
    """The level, 0 to 3, of a number on the scale."""
    return 3 if value >= 2.6 else int(max(value, 0.0))


def mood(signals: Mapping[str, float]) -> float:
    """0..3 on ``scale``, from the guard's signals."""
    return scale(Combiner.load("mood").score(signals), signals["furious"])


def heard(text: str, before: Sequence[str] = ()) -> float:
    """How upset a message sounds, 0..3 on ``scale``.

    Args:
        text: One message.
        before: The customer's messages before it, oldest first.
    """
    heads = Heads.load()
    reading = heads.read(text)
    return mood(of_readings([reading], [heads.read(each) for each in before[-RECENT:]]))


def frustration(text: str, before: Sequence[str] = ()) -> int:
    """As ``heard``, as a level: 0 calm, 1 mildly annoyed, 2 clearly annoyed, 3 furious or done with us."""
    return level_of(heard(text, before))


def trend(messages: Sequence[Message]) -> tuple[int, ...]:
    """The level of each message of the customer, in its conversation."""
    texts = [message.text for message in messages if message.author is Author.CUSTOMER and not message.internal]
    return tuple(frustration(text, texts[max(0, at - RECENT) : at]) for at, text in enumerate(texts))


__all__ = ["MOOD", "frustration", "heard", "level_of", "mood", "scale", "trend"]
