"""The lines of a suite's files, as records (docs/evals.md; the formats are a contract)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from ..agent.turn import MAX_MESSAGE
from ..escalation import Reason

Expected = Literal["answer", "clarify", "offer", "hand_off", "silent"]
REFUSALS = ("offer", "hand_off", "clarify")
"""Decisions with which an unanswerable question is right in any case."""


def _sayable(text: str) -> str:
    """A customer could send it."""
    if not text.strip():
        raise ValueError("empty")
    if len(text.strip()) > MAX_MESSAGE:
        raise ValueError(f"longer than a customer's message may be ({MAX_MESSAGE} characters)")
    return text


Said = Annotated[str, AfterValidator(_sayable)]


class _Line(BaseModel):
    # Unknown keys are told of as warnings by the loader, with the nearest known one; they do not stop a run.
    model_config = ConfigDict(frozen=True, extra="ignore")


class Question(_Line):
    """One line of questions.jsonl, or one query of a BEIR triple with answers.

    Attributes:
        articles: Ids of articles that answer it; citing one of them is right.
        contains: Groups of alternatives; the reply must hold one of each group.
        exact: Alternatives; without its marks of sources the reply must be one of them, to the letter but for
            case and white space.
        not_contains: Strings that must not appear in the reply.
    """

    id: str = Field(min_length=1)
    text: Said
    answerable: bool = True
    articles: tuple[str, ...] = ()
    contains: tuple[tuple[str, ...], ...] = ()
    exact: tuple[str, ...] = ()
    not_contains: tuple[str, ...] = ()
    style: str = ""

    @field_validator("exact", mode="before")
    @classmethod
    def _options(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("contains", mode="before")
    @classmethod
    def _groups(cls, value: Any) -> Any:
        """A lone string is a group of one."""
        if isinstance(value, list):
            return [[group] if isinstance(group, str) else group for group in value]
        return value


class Expect(_Line):
    """What a turn should lead to; what is left out is not looked at."""

    decision: tuple[Expected, ...] = ()
    reasons: tuple[Reason, ...] = ()
    articles: tuple[str, ...] = ()
    frustration: int | None = Field(default=None, ge=0, le=3)

    @field_validator("decision", "reasons", "articles", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


class ScenarioTurn(_Line):
    """One message of the customer."""

    text: Said
    expect: Expect = Expect()


class HandoffGold(_Line):
    """What the packet should hold."""

    question: str | None = None
    facts: dict[str, str | list[str]] = Field(default_factory=dict)
    frustration: int | None = Field(default=None, ge=0, le=3)


class Scenario(_Line):
    """One line of scenarios.jsonl: the customer's turns, sent whatever the assistant says."""

    id: str = Field(min_length=1)
    lang: str = "ko"
    customer: dict[str, Any] | None = None
    turns: tuple[ScenarioTurn, ...] = Field(min_length=1)
    handoff: HandoffGold | None = None
    tags: tuple[str, ...] = ()


class Goal(_Line):
    """What a simulated customer wants.

    Attributes:
        ask: The question; ``again``: other wordings of it.
        facts: Groups of alternatives: a reply that holds one of each settles it. A model that plays the customer
            never sees them.
        details: What they tell a person, such as an order number; ``wrong``: what they take for it at first.
    """

    ask: Said
    again: tuple[Said, ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    details: str = ""
    wrong: str = ""


class SimulationExpect(_Line):
    """What must come of a simulation; what is left out is not looked at.

    Attributes:
        never: Decisions that must not appear.
        articles: One of them must be cited.
        not_contains: Strings that must appear in no reply.
        facts: Slots of the packet.
        status: Of the conversation in the store at the end.
        max_turns: Of the customer.
    """

    outcome: tuple[Literal["satisfied", "handed_off", "gave_up", "misled"], ...] = ()
    decisions: tuple[Expected, ...] = ()
    never: tuple[Expected, ...] = ()
    articles: tuple[str, ...] = ()
    not_contains: tuple[str, ...] = ()
    facts: dict[str, str] = Field(default_factory=dict)
    status: Literal["bot", "waiting"] | None = None
    max_turns: int | None = None


class Simulation(_Line):
    """One line of simulations.jsonl: a customer who reacts to the assistant."""

    id: str = Field(min_length=1)
    lang: Literal["ko", "en"] = "ko"
    persona: str
    goal: Goal
    patience: int | None = Field(default=None, ge=1, le=20)
    customer: dict[str, Any] | None = None
    expect: SimulationExpect = SimulationExpect()

    @field_validator("persona")
    @classmethod
    def _known(cls, value: str) -> str:
        from .personas import PERSONAS, unknown

        if value not in PERSONAS:
            raise ValueError(unknown(value))
        return value


class Query(_Line):
    """One line of a BEIR queries.jsonl."""

    id: str = Field(alias="_id", min_length=1)
    text: str
    answerable: bool | None = None
    answers: tuple[str, ...] = ()


class CorpusEntry(_Line):
    """One line of a BEIR corpus.jsonl."""

    id: str = Field(alias="_id", min_length=1)
    title: str = ""
    text: str = ""


class SuiteInfo(_Line):
    """suite.yaml.

    Attributes:
        kb: Knowledge folder, where it is not ``kb/`` in the suite itself; relative to the suite.
        customers: customers.jsonl, likewise.
        thresholds: Metric name to the least value it may have (for a share of errors: ``max``).
        weights: Costs for replay, by name.
    """

    name: str = ""
    description: str = ""
    kb: str | None = None
    customers: str | None = None
    thresholds: dict[str, float | dict[Literal["min", "max"], float]] = Field(default_factory=dict)
    weights: dict[str, float] = Field(default_factory=dict)
