"""Made-up requests for a person, and other uses of the same words: ways of asking times names of roles.

The labelled turns name some thirty roles; customers name whichever their trade has. Frames written by hand, filled
with roles at random, teach that it is the asking that counts.
"""

from __future__ import annotations

import random
import re

from ..roles import ENGLISH, KOREAN
from . import frames_en, frames_ko
from .data import Turn

_PARTICLES = {"을": "를", "이": "가", "과": "와", "은": "는"}
_RUDE = re.compile("놈|욕|muppet|useless|disgrace|rude|무례")
_POLITE = re.compile("주세요|부탁|까요|싶어요|please|could|may I|can I|kindly|would|네 |yes")
_SLOT = re.compile(r"R(이랑|으로|이요|이야|이라면서|이|을|과|은)?")


def made_up(count: int, seed: int, weight: float) -> list[Turn]:
    """Made-up turns, as many of each kind and language as ``count`` says.

    They speak of ``explicit``, of no abuse unless a frame is rude, and a polite request also of no frustration.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    found = []
    for language, frames, roles in (("ko", frames_ko, KOREAN), ("en", frames_en, ENGLISH)):
        for asks, source in ((True, frames.ASKS), (False, frames.NAMES)):
            shapes = [line.strip() for line in re.split(r"[|\n]", source) if line.strip()]
            for number in range(count):
                text = _filled(shapes[number % len(shapes)], chance.choice(roles))
                found.append(_turn(text, language, asks, weight))
    return found


def _filled(frame: str, role: str) -> str:
    return _SLOT.sub(lambda match: role + _particle(role, match[1] or ""), frame)


def _particle(role: str, after: str) -> str:
    """The particle in the form that follows a consonant or a vowel."""
    last = role[-1]
    code = (ord(last) - ord("가")) % 28 if "가" <= last <= "힣" else 1
    if after == "으로":
        return "로" if code in (0, 8) else "으로"
    if code == 0:
        return _PARTICLES.get(after, after.removeprefix("이") if after.startswith("이") else after)
    return after


def _turn(text: str, language: str, asks: bool, weight: float) -> Turn:
    heads = {"explicit"}
    if not _RUDE.search(text):
        heads.add("abuse")
    if asks and _POLITE.search(text):
        heads |= {"frustration_1", "frustration_2", "frustration_3"}
    return Turn(text, language, asks, 0, False, "none", "other", "made up", weight, frozenset(heads))
