"""What is left to judgement: the draft and the score of all signals, against two thresholds."""

from __future__ import annotations

from .combiner import Combiner
from .hard_rules import Hit, View, repeated
from .state import BESIDE
from .verdict import Decision, Draft, DraftKind, Evidence, Reason

BARELY = 0.6
"""Confidence below which choices are given with little hope: a person is offered beside them, and they are not
given twice in one matter."""
MOST_CHOICES = 2
"""So many clarifying questions in a row, and then a person is offered."""

_HEADS = {Reason.FRUSTRATION: "frustration_2", Reason.ABUSE: "abuse", Reason.FAILED_ATTEMPTS: "not_helped"}


def weigh(view: View, draft: Draft, found: dict[str, float], combiner: Combiner) -> tuple[str, Hit]:
    """What the draft and the score call for, the graver first."""
    state, policy = view.state, view.policy
    if state.talk or draft.kind is DraftKind.SMALLTALK:
        return "small_talk", (Decision.ANSWER, ())
    unsure = state.wants and (draft.kind is not DraftKind.ANSWER or draft.confidence < policy.answer_from)
    unable = state.wants and (draft.kind is DraftKind.NOT_FOUND or draft.confidence < policy.near_from)
    # Offered and turned down, now or the turn before: to ask again at once would be pressing.
    refused = state.declines_now or state.declined_before
    if not refused and (hit := _called(view, draft, found, combiner, unsure, unable)):
        return hit
    if not state.wants and draft.confidence < policy.answer_from:
        return "acknowledged", (Decision.ANSWER, ())
    # A first insult is met calmly, a second one brings a person.
    calmed = "calmed" if state.abuse >= policy.abuse_at else ""
    if unsure:
        doubt = (state.evidence(Reason.LOW_CONFIDENCE),)
        if draft.near or draft.kind is DraftKind.CLARIFY:
            barely = draft.kind is not DraftKind.CLARIFY and draft.confidence < BARELY
            return calmed or (BESIDE if barely else "unclear"), (Decision.CLARIFY, doubt)
        return "nothing_found", (Decision.OFFER, doubt)
    return calmed or "answer", (Decision.ANSWER, ())


def _called(
    view: View, draft: Draft, found: dict[str, float], combiner: Combiner, unsure: bool, unable: bool
) -> tuple[str, Hit] | None:
    """A person offered or called, where the draft or all signals together ask for one."""
    state, policy = view.state, view.policy
    score = combiner.score(found)
    if score >= policy.hand_off_at:
        return "needs_person", (Decision.HAND_OFF, _reasons(view, found, combiner))
    if unable and state.failures + 1 >= policy.failed_attempts:
        return "failed_again", (Decision.HAND_OFF, _reasons(view, found, combiner, Reason.FAILED_ATTEMPTS))
    if unable and (not draft.near or (state.doubts and state.asks >= 0.5)):
        return "nothing_found", (Decision.OFFER, _reasons(view, found, combiner, Reason.LOW_CONFIDENCE))
    if draft.kind is DraftKind.ANSWER and not draft.citations and state.wants:
        return "ungrounded", (Decision.OFFER, (state.evidence(Reason.LOW_CONFIDENCE),))
    if len(state.again) >= policy.offer_repeats and not state.clarified:
        return "same_question", (Decision.OFFER, repeated(view))
    stuck = state.unsettled or (state.same_matter and draft.confidence < BARELY)
    many = MOST_CHOICES + (draft.confidence >= BARELY)
    if unsure and state.doubts and (stuck or state.doubts >= many):
        return "unclear_again", (Decision.OFFER, _reasons(view, found, combiner, Reason.LOW_CONFIDENCE))
    calm = state.ever_declined or state.abuse >= policy.abuse_at  # the score alone then says whether to offer
    if view.level >= policy.offer_frustration and not calm:
        return "upset", (Decision.OFFER, (state.evidence(Reason.FRUSTRATION, _HEADS[Reason.FRUSTRATION]),))
    if score >= min(1.0, policy.offer_at + (policy.hysteresis if state.ever_declined else 0.0)):
        return "weighed", (Decision.OFFER, _reasons(view, found, combiner))
    return None


def _reasons(
    view: View, found: dict[str, float], combiner: Combiner, first: Reason | None = None
) -> tuple[Evidence, ...]:
    """Why, with the customer's words: what the rule says, then what the score rests on where it is high."""
    weighed = combiner.score(found) >= view.policy.offer_at
    reasons = [first] if first else []
    if weighed or not first:
        reasons += [each for each in combiner.reasons(found) if each is not first]
    evidence: list[Evidence] = []
    for reason in reasons or [Reason.LOW_CONFIDENCE]:
        if reason is Reason.REPETITION and view.state.again:
            evidence += repeated(view)
        else:
            evidence.append(view.state.evidence(reason, _HEADS.get(reason)))
    return tuple(evidence)
