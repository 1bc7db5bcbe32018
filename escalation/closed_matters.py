"""Which matters the customer left behind: a reply came, and they went on to something else."""

from __future__ import annotations

from collections.abc import Sequence

from .conversation import Author, Message
from .facts.types import LIMIT
from .matter import ASKS, follows_up, reading_of
from .repetition import likeness
from .requests import explicit_request

ANSWERED, LEFT = 2.0, 1.5
"""What a message loses of its worth (``matter.worth``, a logit) where the reply to it had sources, and where it
had none, and a calm question or report about something else came next. Chosen by walks through the product: the
dev suites hardly speak of several matters, and gain as often as they lose by it."""
_ANOTHER = 0.3
"""Likeness in meaning below which the next message is about something else."""


def left_behind(visible: Sequence[Message]) -> dict[int, float]:
    """What each message that was left behind loses, by its seq.

    Args:
        visible: The transcript as the customer saw it, oldest first.
    """
    lost: dict[int, float] = {}
    burst: list[Message] = []
    reply: Message | None = None
    for message in visible:
        if message.author is Author.BOT and burst:
            reply = message
        elif message.author is Author.CUSTOMER:
            if reply is not None:
                if _another(message.text, [each.text for each in burst]):
                    answered = bool(reply.citations)
                    # A trouble that no reply spoke to stays, whatever else they ask.
                    gone = [each for each in burst if answered or not _reports(each.text)]
                    lost |= {each.seq: ANSWERED if answered else LEFT for each in gone}
                burst, reply = [], None
            burst.append(message)
        elif message.author is Author.AGENT:
            burst, reply = [], None
    return lost


def _another(text: str, before: Sequence[str]) -> bool:
    if follows_up(text) or explicit_request(text) or not (ASKS.search(text[:LIMIT]) or _reports(text)):
        return False
    if likeness(text, before) >= _ANOTHER:
        return False
    # Who is upset, or was not helped, goes on about the same in other words.
    reading = reading_of(text)
    return reading is not None and reading.frustration[1] < 0.3 and reading.act["not_helped"] < 0.3


def _reports(text: str) -> bool:
    reading = reading_of(text)
    return reading is not None and reading.act["problem_report"] >= 0.5
