"""The operator's policy: the numbers the guard goes by, and rules of the operator's own (docs/policy.md)."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal, NoReturn

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from .hours import BusinessHours
from .phrases import folded
from .verdict import Decision, Reason

SENSITIVE = ("legal", "safety", "fraud", "privacy", "self_harm")
"""Topics that the guard knows by itself; an operator's own are those of ``GuardPolicy.topics``."""

PRIORITIES = {"low": 0, "normal": 1, "high": 2, "urgent": 3}

Intent = Literal[
    "question",
    "problem_report",
    "complaint",
    "not_helped",
    "accept_offer",
    "decline_offer",
    "thanks",
    "chitchat",
    "other",
]
"""What a turn mainly does."""


def _listed(value: Any) -> Any:
    """One word may stand for a list of one."""
    return (value,) if isinstance(value, str) else value


def _quoted(value: Any) -> Any:
    if isinstance(value, bool | int | float):
        raise ValueError("a word that YAML takes for something else (no, on, 119): put it in quotes")
    return value


def _phrase(text: str) -> str:
    if not folded(text).split():
        raise ValueError("a phrase without a word in it")
    return text


def _slug(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", text):
        raise ValueError(f"{text[:70]!r} is not made of a-z, 0-9, - and _ (64 at most)")
    return text


def _lang(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", text):
        raise ValueError(f"{text[:70]!r} is no language (such as ko or en)")
    return text


def _priority(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value not in PRIORITIES:
        raise ValueError(f"{value!r} is none of {', '.join(PRIORITIES)}{nearest(value, PRIORITIES)}")
    return PRIORITIES[value]


Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Level = Annotated[int, Field(ge=0, le=3)]
Slug = Annotated[str, AfterValidator(_slug)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Lang = Annotated[str, AfterValidator(_lang)]
Phrase = Annotated[str, BeforeValidator(_quoted), Field(max_length=200), AfterValidator(_phrase)]
Phrases = Annotated[tuple[Phrase, ...], BeforeValidator(_listed), Field(max_length=500)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_listed), Field(max_length=500)]
Amount = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Priority = Annotated[int, BeforeValidator(_priority), Field(ge=0, le=3)]


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that may have been meant, as `` (did you mean ...?)``; empty where none is near."""
    near = difflib.get_close_matches(name, list(known), 1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def misplaced(place: tuple[str | int, ...], why: str) -> NoReturn:
    """Refuse what is wrong across several keys, naming the one to look at (``yamlfile`` finds its line)."""
    raise PydanticCustomError("misplaced", "{why}", {"place": place, "why": why})


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HighValue(_Part):
    """Who or what is too valuable to be left to the assistant alone.

    Attributes:
        tiers: Tiers of the customer record.
        amount: From here on, in the customer's currency; None: amounts do not count.
    """

    tiers: Names = ("vip",)
    amount: Amount | None = 1_000_000.0


class When(_Part):
    """What must hold for a rule to fire: each key that is given; within a list, one of it is enough.

    Attributes:
        topics: Of ``SENSITIVE``, or of the policy's own ``topics``.
        reasons: Why the guard itself would call a person.
        intents: What the turn mainly does.
        tiers: Of the customer record.
        verified: Whether it is known that the customer is who they say.
        langs: Of the turn, such as ``ko``.
        amount_from: An amount they name, or that is at stake, of at least this, in the customer's currency.
        keywords: Phrases (see ``phrases.find``).
        business_hours: ``inside`` or ``outside`` of the policy's.
        frustration_from: 0 (calm) to 3 (furious).
        confidence_below: Of the draft, 0 to 1; holds only once there is a draft.
        articles: Ids of articles, one of which was found for the question.
    """

    topics: Annotated[tuple[Slug, ...], BeforeValidator(_listed)] = ()
    reasons: Annotated[tuple[Reason, ...], BeforeValidator(_listed)] = ()
    intents: Annotated[tuple[Intent, ...], BeforeValidator(_listed)] = ()
    tiers: Names = ()
    verified: bool | None = None
    langs: Annotated[tuple[Lang, ...], BeforeValidator(_listed)] = ()
    amount_from: Amount | None = None
    keywords: Phrases = ()
    business_hours: Literal["inside", "outside"] | None = None
    frustration_from: Level | None = None
    confidence_below: Share | None = None
    articles: Names = ()

    @property
    def empty(self) -> bool:
        """Whether it would hold on every turn."""
        return all(value in ((), None) for value in self.__dict__.values())


class Rule(_Part):
    """A rule of the operator's.

    Attributes:
        name: Unique; it stands in the verdict.
        when: What must hold.
        then: The decision; ``answer`` lets the assistant answer where the guard would offer a person.
        always: It also wins over the guard's own hand-off (``ruling.settle`` says what nothing wins over).
        queue: Where a handed-over conversation waits; ``skill``: what its agent should know.
        priority: 0 ``low`` to 3 ``urgent``; None: as the guard finds.
        message: What the customer reads on a hand-off, by language; escaped where it is shown.
        reason: What the verdict gives as the reason.
    """

    name: Slug
    when: When
    then: Decision
    always: bool = False
    queue: Slug | None = None
    skill: Slug | None = None
    priority: Priority | None = None
    message: dict[Lang, Annotated[str, Field(min_length=1, max_length=500)]] = Field(default_factory=dict)
    reason: Reason = Reason.POLICY


class GuardPolicy(_Part):
    """The numbers the guard goes by, and the operator's rules.

    Attributes:
        answer_from: Confidence (0..1) from which a draft is given as an answer.
        near_from: Below ``answer_from`` but at least this, near articles are offered as choices.
        offer_repeats: So many earlier wordings of the same question lead to an offer, one more to a hand-off.
        failed_attempts: Unanswered questions in a row that hand off (the first one is an offer).
        max_answers: The assistant's replies since the last human after which a person is called.
        offer_frustration: Level (0..3, 4: never) at which a person is offered; ``hand_off_frustration``: called.
        offer_at: Score (0..1) of all signals together at which a person is offered; ``hand_off_at``: called.
        hysteresis: By so much an offer that was turned down raises ``offer_at``.
        sensitive_at: Probability (0..1) from which a sensitive topic counts; ``abuse_at``: abuse;
            ``explicit_at``: a request for a person.
        high_value: Customers and amounts that call for a person.
        business_hours: When people are there; None: always.
        topics: The operator's own topics, each with the phrases it is known by.
        rules: In the order in which they are looked at.
    """

    answer_from: Share = 0.8
    near_from: Share = 0.2
    offer_repeats: int = Field(default=1, ge=1, le=1000)
    failed_attempts: int = Field(default=2, ge=1, le=1000)
    max_answers: int = Field(default=20, ge=1, le=100_000)
    offer_frustration: int = Field(default=2, ge=0, le=4)
    hand_off_frustration: int = Field(default=3, ge=0, le=4)
    offer_at: Share = 0.4
    hand_off_at: Share = 0.8
    hysteresis: Share = 0.1
    sensitive_at: Share = 0.5
    abuse_at: Share = 0.5
    explicit_at: Share = 0.5
    high_value: HighValue = HighValue()
    business_hours: BusinessHours | None = None
    topics: dict[Slug, Phrases] = Field(default_factory=dict, max_length=200)
    rules: tuple[Rule, ...] = Field(default=(), max_length=500)

    @property
    def version(self) -> str:
        """Changes with anything in it."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    @model_validator(mode="after")
    def _fits_together(self) -> GuardPolicy:
        if self.hand_off_at < self.offer_at:
            given = "hand_off_at" if "hand_off_at" in self.model_fields_set else "offer_at"
            misplaced((given,), f"hand_off_at ({self.hand_off_at:g}) is below offer_at ({self.offer_at:g})")
        for topic, phrases in self.topics.items():
            if topic in SENSITIVE:
                misplaced(("topics", topic), "the guard knows this topic by itself; take another name")
            if not phrases:
                misplaced(("topics", topic), "no phrase to know it by")
        known = (*SENSITIVE, *self.topics)
        names: set[str] = set()
        for number, rule in enumerate(self.rules):
            if rule.name in names:
                misplaced(("rules", number, "name"), f"two rules are called {rule.name!r}")
            names.add(rule.name)
            if rule.when.empty:
                misplaced(("rules", number, "when"), "no condition: it would fire on every turn")
            if rule.when.business_hours and self.business_hours is None:
                misplaced(("rules", number, "when", "business_hours"), "the policy has no business_hours")
            for topic in rule.when.topics:
                if topic not in known:
                    why = f"no topic {topic!r}{nearest(topic, known)}: {', '.join(known)}"
                    misplaced(("rules", number, "when", "topics"), why)
        return self
