"""Turns of the dev scenarios as examples: how ordinary conversations sound beside the labelled turns' troubles.

Scenarios tell what should happen, not what is said, so each turn speaks of few heads.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

from ...smalltalk import accepts
from ..model import TOPICS
from .data import TrainingDataError, Turn

SUITES = Path(__file__).parents[3] / "examples" / "suites"
_CALLED = {"offer", "hand_off"}
_SHORT = 15
"""Letters up to which an upset turn behind an upset one may sound calm by itself: no example of a mood."""


def scenario_turns(weight: float, left_out: int | None = None, folder: Path = SUITES) -> list[Turn]:
    """Turns of all dev suites.

    Args:
        weight: Of each, beside a turn labelled by hand.
        left_out: Half of the scenarios (0 or 1) that is not taken, so that the combiner is fitted to what heads
            say of conversations that they never saw.
        folder: Where the suites are.

    Raises:
        TrainingDataError: a file cannot be read.
    """
    found: list[Turn] = []
    for path in sorted(folder.glob("*-dev/scenarios-*.jsonl")):
        try:
            scenarios = [
                json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
            ]
        except (OSError, ValueError) as error:
            raise TrainingDataError(f"{path}: {error}") from None
        for scenario in scenarios:
            if half_of(scenario["id"]) != left_out:
                found += _turns(scenario, weight)
    return found


def half_of(name: str) -> int:
    """Which half a scenario belongs to, 0 or 1."""
    return zlib.crc32(name.encode()) % 2


def _turns(scenario: dict[str, Any], weight: float) -> list[Turn]:
    found, before = [], 0
    for turn in scenario["turns"]:
        expect, text = turn.get("expect", {}), turn["text"]
        reasons, called = set(expect.get("reasons") or ()), bool(_CALLED & set(expect.get("decision") or ()))
        level = expect.get("frustration")
        heads: set[str] = set()
        if level is not None and not (level >= 2 and before >= 2 and len(text) < _SHORT):
            heads |= {"frustration_1", "frustration_2", "frustration_3"}
        if "silent" not in (expect.get("decision") or ("silent",)):
            asked = "explicit_request" in reasons
            if not (asked and accepts(text)) and (asked or not called):
                heads.add("explicit")
            if not called:
                heads |= {"abuse", *TOPICS}
            elif "sensitive_topic" not in reasons:
                heads |= set(TOPICS)
        before = level or 0
        asks = "explicit" in heads and "explicit_request" in reasons
        lang = "ko" if scenario.get("lang") == "ko" else "en"
        found.append(
            Turn(text, lang, asks, level or 0, False, "none", "other", "scenario", weight, frozenset(heads))
        )
    return [turn for turn in found if turn.heads]
