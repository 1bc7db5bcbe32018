"""The hard rules: what the turn alone calls for, before there is a draft. Nothing learned takes them back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .frustration import level_of
from .policy import GuardPolicy
from .requests import explicit_request
from .state import TurnState
from .verdict import Decision, Evidence, Reason

SURE = 0.9
"""Probability from which a wish for a person counts although an offer of one seems to be turned down."""

Hit = tuple[Decision, tuple[Evidence, ...]]
"""What a rule calls for, with the customer's words that it goes by."""


@dataclass(slots=True)
class View:
    """What the rules share: the turn, the policy, and what is in force."""

    state: TurnState
    policy: GuardPolicy
    valuable: bool
    mood: float

    @property
    def level(self) -> int:
        """How upset the customer is, 0 calm to 3 furious."""
        return level_of(self.mood)

    @property
    def topic(self) -> str | None:
        """The likeliest sensitive topic that reaches the policy's threshold."""
        found = self.state.sensitive
        name = max(found, key=lambda topic: found[topic])
        return name if found[name] >= self.policy.sensitive_at else None


def _asked_for_person(view: View) -> Hit | None:
    state = view.state
    if state.asking < view.policy.explicit_at:
        return None
    if state.talk and state.asking < 1 and not explicit_request(state.turn.question):
        return None  # "yes, please" asks for nobody of itself
    if state.declines_now and state.asking < SURE:
        return None
    words = state.words_asking or state.turn.question[:200]
    asking = state.evidence(Reason.EXPLICIT_REQUEST, says=lambda text: words in text)
    return Decision.HAND_OFF, (asking.model_copy(update={"text": words}),)


def _took_up_offer(view: View) -> Hit | None:
    if view.state.taken_up:
        past = view.state.turn.past
        return Decision.HAND_OFF, (
            view.state.evidence(Reason.EXPLICIT_REQUEST, "accept_offer"),
            *(past[-1].evidence if past else ()),
        )
    return None


def _sensitive(view: View) -> Hit | None:
    topic = view.topic
    return (Decision.HAND_OFF, (view.state.evidence(Reason.SENSITIVE_TOPIC, topic),)) if topic else None


def _abused_again(view: View) -> Hit | None:
    """A first insult is answered calmly; a second one brings a person."""
    at = view.policy.abuse_at
    if view.state.abuse >= at and any(reading.abuse >= at for reading in view.state.before):
        return Decision.HAND_OFF, (view.state.evidence(Reason.ABUSE, "abuse"),)
    return None


def _furious(view: View) -> Hit | None:
    first_insult = view.state.abuse >= view.policy.abuse_at and not view.state.replies
    if view.level >= view.policy.hand_off_frustration and not first_insult:
        return Decision.HAND_OFF, (view.state.evidence(Reason.FRUSTRATION, "frustration_3"),)
    return None


def _asked_again_and_again(view: View) -> Hit | None:
    if len(view.state.again) > view.policy.offer_repeats:
        return Decision.HAND_OFF, repeated(view)
    return None


def repeated(view: View) -> tuple[Evidence, ...]:
    """The earlier messages that said the same."""
    return tuple(Evidence(reason=Reason.REPETITION, text=m.text[:200], seq=m.seq) for m in view.state.again)


def _too_long(view: View) -> Hit | None:
    if view.state.replies >= view.policy.max_answers and view.state.talk is None:
        return Decision.HAND_OFF, (view.state.evidence(Reason.POLICY),)
    return None


SCREEN: list[tuple[str, Callable[[View], Hit | None]]] = [
    ("asked_for_person", _asked_for_person),
    ("took_up_offer", _took_up_offer),
    ("sensitive", _sensitive),
    ("abused_again", _abused_again),
    ("furious", _furious),
    ("asked_again_and_again", _asked_again_and_again),
    ("too_long", _too_long),
]
"""Hard rules that need no draft, in order."""
SAID = ("asked_for_person", "took_up_offer")
"""Those that small talk may fire."""


def hard(view: View) -> tuple[str, Hit | None]:
    """The first rule that fires, by name."""
    for name, rule in SCREEN:
        # Small talk is known phrase by phrase: what is learned has nothing to add to a "yes, please".
        if (view.state.talk is None or name in SAID) and (hit := rule(view)):
            return name, hit
    return "", None
