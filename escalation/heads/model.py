"""The heads at run time: a look-up, a sum and a sigmoid for each. Numpy only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ...knowledge.encoder import embedder
from ...knowledge.language import detect_language
from .artefact import BUILT_IN, LANGUAGES, HeadsError, Weights, read
from .features import LIMIT, Seen, code, see
from .spans import heaviest

TOPICS = ("legal", "safety", "fraud", "privacy", "self_harm")
"""Sensitive topics, each with a head of its own."""
ACTS = (
    "question",
    "problem_report",
    "complaint",
    "not_helped",
    "accept_offer",
    "decline_offer",
    "thanks",
    "chitchat",
)
"""What a message mainly does; what is none of these has no head."""
LEVELS = ("frustration_1", "frustration_2", "frustration_3")
HEADS = ("explicit", *LEVELS, "abuse", *TOPICS, *ACTS)
"""All heads, in the order in which they are trained."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the heads make of one message; every number is a calibrated probability unless said otherwise.

    Attributes:
        explicit: The customer asks for a person, now or later.
        frustration: P(level >= 1), P(>= 2), P(>= 3), never rising.
        level: Expected level of frustration, 0 calm to 3 furious: the sum of the three.
        abuse: Insult, slur or threat aimed at somebody or at the firm.
        sensitive: One for each of ``TOPICS``.
        act: One for each of ``ACTS``; they need not add up to 1.
        language: ``ko`` or ``en``; ``other`` where the heads have learned nothing and only marks, shouting
            and emoji speak.
    """

    explicit: float
    frustration: tuple[float, float, float]
    level: float
    abuse: float
    sensitive: Mapping[str, float]
    act: Mapping[str, float]
    language: Literal["ko", "en", "other"]


class Heads:
    """Linear heads over what is seen of a message and the knowledge base's encoder.

    Args:
        weights: From ``artefact.read``.

    Raises:
        HeadsError: they were learned with another encoder's vectors, or lack a head.
    """

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._encoder = embedder.built_in()
        if missing := [name for name in HEADS if name not in weights.heads]:
            raise HeadsError(f"the heads lack {', '.join(missing)}")
        if weights.encoder != self._encoder.table.version or len(weights.dense) != self._encoder.table.dimensions:
            raise HeadsError(
                f"the heads were learned with encoder {weights.encoder}, not {self._encoder.table.version}: "
                "run `python -m batonpass.escalation.heads.training`"
            )
        self._place = {int(c): at for at, c in enumerate(weights.codes)}
        self._column = {name: at for at, name in enumerate(weights.heads)}
        self._dense = weights.dense.astype(np.float32)
        self._logits = lru_cache(maxsize=1024)(self._computed)

    @classmethod
    def load(cls, path: Path | None = None) -> Heads:
        """The heads that Batonpass brings along, or those of an artefact; one for all who ask.

        Raises:
            HeadsError: there are none, or they do not fit the encoder.
        """
        return _loaded(path or BUILT_IN)

    def read(self, text: str, before: Sequence[str] = ()) -> Reading:
        """What one message says and how.

        Args:
            text: Any length and language; of a long one the beginning and the end are read.
            before: The customer's messages before it since somebody answered, oldest first. A burst of short
                messages is one utterance, so frustration is the message's or the burst's, whichever is higher.
        """
        found = self._probabilities(text)
        if before:
            burst = self._probabilities("\n".join([*before[-3:], text])[-LIMIT:])
            for name in LEVELS:
                found[name] = max(found[name], burst[name])
        return self._reading(found, language_of(text))

    def words(self, text: str, head: str) -> str | None:
        """The words that speak most for a head: a run of the text, verbatim but NFKC-normalised.

        Args:
            text: As for ``read``.
            head: One of ``HEADS``.

        Returns:
            None where nothing in the text speaks for it.
        """
        seen = see(text)
        return heaviest(seen, self._contributions(seen, self._column[head]))

    def _probabilities(self, text: str) -> dict[str, float]:
        at = LANGUAGES.index("ko" if language_of(text) == "ko" else "en")
        logits = self.weights.slopes[at] * self._logits(text) + self.weights.offsets[at]
        chances = 1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30)))
        return {name: float(chances[column]) for name, column in self._column.items()}

    def _computed(self, text: str) -> NDArray[np.float32]:
        """Uncalibrated logits (h,)."""
        weights = self.weights
        total: NDArray[np.float32] = weights.bias.copy()
        for group, features in enumerate(see(text).groups):
            if places := self._known(features):
                share = weights.groups[group] / np.float32(len(features) ** 0.5)
                total += (
                    share * weights.scales * weights.rows[places].sum(axis=0, dtype=np.int32).astype(np.float32)
                )
        return (total + self._encoder.encode(_encoded(text)) @ self._dense).astype(np.float32)

    def _known(self, features: Mapping[str, object]) -> list[int]:
        return [at for at in (self._place.get(code(feature)) for feature in features) if at is not None]

    def _contributions(self, seen: Seen, column: int) -> list[tuple[tuple[int, int], float]]:
        """What each feature adds to a head, with the stretch of text that it stands for."""
        found = []
        weights = self.weights
        for group, features in enumerate(seen.groups):
            share = float(weights.groups[group] * weights.scales[column]) / max(len(features), 1) ** 0.5
            for feature, span in features.items():
                if (at := self._place.get(code(feature))) is not None:
                    found.append((span, share * float(weights.rows[at, column])))
        return found

    @staticmethod
    def _reading(found: Mapping[str, float], language: Literal["ko", "en", "other"]) -> Reading:
        first, second, third = (found[name] for name in LEVELS)
        second = min(first, second)
        third = min(second, third)
        return Reading(
            explicit=found["explicit"],
            frustration=(first, second, third),
            level=first + second + third,
            abuse=found["abuse"],
            sensitive={topic: found[topic] for topic in TOPICS},
            act={act: found[act] for act in ACTS},
            language=language,
        )


def language_of(text: str) -> Literal["ko", "en", "other"]:
    """The language a message is read as."""
    found = detect_language(text, default="other")
    return "ko" if found == "ko" else "en" if found == "en" else "other"


def _encoded(text: str) -> str:
    """What the encoder reads of a message; equal in training."""
    if len(text) <= LIMIT:
        return text
    half = LIMIT // 2
    return f"{text[:half]}\n{text[-half:]}"


@lru_cache(maxsize=4)
def _loaded(path: Path) -> Heads:
    return Heads(read(path))
