"""What every Guard must do. A test module subclasses it and has a fixture named ``guard``."""

from __future__ import annotations

import pytest
from batonpass.escalation import Decision, Draft, Guard, Reason, Turn, Verdict

from .support import ANSWER, NOT_FOUND, SMALLTALK, UNSURE, bot, customer, turn

PLAIN = turn(customer("how do I return a chair?"))
ASKS = turn(customer("I want to speak with a human here"))


def check(verdict: Verdict, judged: Turn) -> None:
    """What holds for every verdict, whatever was decided."""
    assert verdict.rule
    assert verdict.policy
    assert verdict.signals
    assert 0 <= verdict.confidence <= 1
    assert 0 <= verdict.frustration <= 3
    assert verdict.question_seq == judged.messages[-1].seq
    assert set(verdict.reasons) == {evidence.reason for evidence in verdict.evidence}
    said = {message.seq: message.text for message in judged.messages}
    for evidence in verdict.evidence:
        assert evidence.seq in said
        assert evidence.text
        assert evidence.text in said[evidence.seq]
    assert Verdict.model_validate_json(verdict.model_dump_json()) == verdict


class GuardContract:
    """Subclass it as ``class TestMine(GuardContract)``."""

    def test_is_a_guard(self, guard: Guard) -> None:
        assert isinstance(guard, Guard)

    @pytest.mark.parametrize("draft", [ANSWER, NOT_FOUND, UNSURE, SMALLTALK], ids=lambda d: d.kind)
    @pytest.mark.parametrize("judged", [PLAIN, ASKS, turn(customer("a"), bot("b"), customer("c"), customer("d"))])
    def test_a_verdict_carries_what_it_rests_on(self, guard: Guard, judged: Turn, draft: Draft) -> None:
        check(guard.judge(judged, draft), judged)

    def test_an_explicit_request_needs_no_draft(self, guard: Guard) -> None:
        verdict = guard.screen(ASKS)
        assert verdict is not None
        check(verdict, ASKS)
        assert verdict.decision is Decision.HAND_OFF
        assert Reason.EXPLICIT_REQUEST in verdict.reasons

    @pytest.mark.parametrize("draft", [ANSWER, NOT_FOUND, UNSURE, SMALLTALK], ids=lambda d: d.kind)
    def test_no_draft_cancels_an_explicit_request(self, guard: Guard, draft: Draft) -> None:
        assert guard.judge(ASKS, draft).decision is Decision.HAND_OFF

    def test_an_ordinary_question_needs_its_draft(self, guard: Guard) -> None:
        assert guard.screen(PLAIN) is None

    def test_a_sourced_sure_draft_is_given(self, guard: Guard) -> None:
        assert guard.judge(PLAIN, ANSWER).decision is Decision.ANSWER

    def test_an_unsourced_draft_is_not(self, guard: Guard) -> None:
        assert guard.judge(PLAIN, Draft(text="Trust me.", confidence=0.99)).decision is not Decision.ANSWER

    def test_the_same_turn_gets_the_same_verdict(self, guard: Guard) -> None:
        assert guard.judge(PLAIN, UNSURE) == guard.judge(PLAIN, UNSURE)
