"""Who simulated customers are: their patience, what they do with an offer, and what they say, in two languages."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

__all__ = ["PERSONAS", "Lines", "Persona", "unknown"]


class Lines(BaseModel):
    """What a persona says; texts with blanks for the goal's. A list is used in order, its last entry for ever."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    open: tuple[str, ...]
    again: tuple[str, ...]
    ask_person: tuple[str, ...]
    accept: tuple[str, ...]
    decline: tuple[str, ...]
    thanks: tuple[str, ...]
    leave: tuple[str, ...]
    details: tuple[str, ...]
    doubt: tuple[str, ...] = ()
    rage: tuple[str, ...] = ()


class Persona(BaseModel):
    """How a simulated customer behaves.

    Attributes:
        patience: How many unhelpful turns they bear.
        on_offer: What they do with the offer of a person.
        at_limit: What they do when their patience is at its end.
        asks_person_first: They want a person before anything else.
        doubts: They ask once more although the answer was right.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    patience: int
    on_offer: Literal["accept", "decline"]
    at_limit: Literal["ask_person", "leave", "rage"]
    asks_person_first: bool = False
    doubts: bool = False
    ko: Lines
    en: Lines

    def lines(self, lang: str) -> Lines:
        """What they say in a language (English for those they have none in)."""
        return self.ko if lang == "ko" else self.en


def _read() -> dict[str, Persona]:
    text = (Path(__file__).parent / "personas.yaml").read_text(encoding="utf-8")
    return {name: Persona.model_validate(value) for name, value in yaml.safe_load(text).items()}


PERSONAS: dict[str, Persona] = _read()


def unknown(name: str) -> str:
    """That there is no such persona, and which may be meant."""
    near = difflib.get_close_matches(name, PERSONAS, 1)
    return f"no persona {name!r}" + (f" (did you mean {near[0]!r}?)" if near else f", only {', '.join(PERSONAS)}")
