"""The rules of FORMATS, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from batonpass.evals.formats import HandoffGold, Question, Scenario
from batonpass.evals.scoring import flat, handoff_scores, holds, leaks, question_scores, scenario_scores


def question(**fields: Any) -> Question:
    return Question.model_validate({"id": "q", "text": "?", **fields})


def result(decision: str = "answer", reply: str = "", citations: Sequence[str] = ()) -> dict[str, Any]:
    return {"decision": decision, "reply": reply, "citations": list(citations)}


def right(line: Question, **given: Any) -> bool | None:
    return question_scores(line, result(**given))["right"]


def test_texts_are_compared_after_nfkc_case_folding_and_without_white_space() -> None:
    assert flat("Ｆree\u3000 Straße\n") == "freestrasse"
    assert holds("배송비는 3,000 원 입니다", [["3,000원"]])
    assert holds("ＦＲＥＥ from ５０", [["free"], ["60", "50"]])
    assert not holds("free", [["free"], ["50"]])


def test_an_answerable_question_needs_an_answer_every_group_and_a_right_citation() -> None:
    line = question(articles=["a", "b"], contains=[["3 days", "three days"], ["free"]])
    assert right(line, reply="Three days, free.", citations=["b", "x"])
    assert not right(line, reply="Three days.", citations=["b"])
    assert not right(line, reply="Three days, free.", citations=["x"])
    assert not right(line, reply="Three days, free.")
    for decision in ("clarify", "offer", "hand_off"):
        assert not right(line, decision=decision, reply="Three days, free.", citations=["b"])


def test_a_forbidden_string_makes_any_reply_wrong() -> None:
    line = question(articles=["a"], contains=[["3 days"]], not_contains=["5 euros"])
    assert right(line, reply="3 days", citations=["a"])
    assert not right(line, reply="3 days, 5 EUROS", citations=["a"])
    secret = question(answerable=False, not_contains=["5 euros"])
    assert not right(secret, decision="offer", reply="It is 5euros.")
    assert leaks("5 Euros!", ["5 euros", "", "6"]) == ["5 euros"]


def test_an_unanswerable_question_wants_a_refusal_or_an_answer_that_claims_nothing() -> None:
    line = question(answerable=False)
    for decision in ("offer", "hand_off", "clarify"):
        assert right(line, decision=decision, citations=["a"])
    assert right(line, reply="You're welcome!")
    assert not right(line, reply="It costs 5 euros.", citations=["a"])


def test_an_exact_reply_is_held_to_its_words_but_not_to_its_marks() -> None:
    line = question(exact=["4 euros.", "Four euros."], contains=[])
    assert right(line, reply="Four  euros. [1]", citations=["a"])
    assert not right(line, reply="It costs 4 euros. [1]", citations=["a"])
    assert question_scores(line, result("offer"))["exact"] is None


def test_parts_that_do_not_apply_are_left_out() -> None:
    scores = question_scores(question(), result("offer"))
    nothing = dict.fromkeys(("contains", "exact", "cited", "leak"))
    assert scores == {"right": False, **nothing, "refused_wrongly": True}
    scores = question_scores(question(answerable=False), result("offer"))
    assert scores["refused_wrongly"] is None


ANSWER, OFFER, CALL, SILENT = ["answer"], ["offer"], ["hand_off"], ["silent"]


def scores(expected: Sequence[Sequence[str]], decided: Sequence[str], **more: Any) -> dict[str, Any]:
    turns = [{"text": "?", "expect": {"decision": list(e), **more}} for e in expected]
    scenario = Scenario.model_validate({"id": "s", "turns": turns})
    got = [{"decision": d, "reasons": ["low_confidence"], "frustration": 1} for d in decided]
    return scenario_scores(scenario, {"turns": got})


@pytest.mark.parametrize(
    ("expected", "decided", "gold", "escalated", "on_time"),
    [
        ([ANSWER, CALL], ["answer", "hand_off"], True, True, True),
        ([ANSWER, CALL], ["answer", "offer"], True, True, True),
        ([ANSWER, CALL], ["answer", "answer"], True, False, False),
        ([ANSWER, CALL], ["hand_off", "silent"], True, True, True),  # one turn early
        ([ANSWER, ANSWER, CALL], ["hand_off", "silent", "silent"], True, True, False),  # two turns early
        ([CALL, SILENT, SILENT], ["answer", "hand_off", "silent"], True, True, True),  # one turn late
        ([CALL, SILENT, SILENT], ["answer", "answer", "hand_off"], True, True, False),  # two turns late
        ([["answer", "offer"], OFFER, CALL], ["answer", "offer", "hand_off"], True, True, True),
        ([["answer", "hand_off"], SILENT], ["hand_off", "silent"], True, True, True),  # silent: a person was due
        ([ANSWER, ANSWER], ["answer", "answer"], False, False, None),
        ([ANSWER, ANSWER], ["answer", "offer"], False, True, None),
        ([ANSWER, ["clarify", "offer"]], ["answer", "offer"], False, False, None),  # it may
        ([ANSWER, ["clarify", "offer"]], ["offer", "clarify"], False, True, None),  # but not there
        ([[], []], ["answer", "offer"], False, True, None),
    ],
)
def test_escalation(expected: Any, decided: Any, gold: bool, escalated: bool, on_time: bool | None) -> None:
    found = scores(expected, decided)
    assert (found["gold"], found["escalated"], found["on_time"]) == (gold, escalated, on_time)


def test_the_reason_of_the_first_escalation_must_be_an_accepted_one() -> None:
    assert scores([CALL], ["hand_off"], reasons=["low_confidence", "policy"])["reason_right"] is True
    assert scores([CALL], ["hand_off"], reasons=["policy"])["reason_right"] is False
    assert scores([CALL], ["hand_off"])["reason_right"] is None
    assert scores([CALL], ["answer"], reasons=["policy"])["reason_right"] is None


def test_turns_and_frustration_are_kept_turn_by_turn() -> None:
    found = scores([ANSWER, [], SILENT], ["answer", "offer", "answer"], frustration=2)
    assert found["turns"] == [True, None, False]
    assert found["frustration"] == [(2, 1), (2, 1), (2, 1)]


def test_a_finer_mood_counts_in_place_of_the_level() -> None:
    scenario = Scenario.model_validate(
        {"id": "s", "lang": "en", "turns": [{"text": "Still no lamp.", "expect": {"frustration": 2}}]}
    )
    turn = {"decision": "answer", "reasons": [], "frustration": 1, "mood": 1.9}
    assert scenario_scores(scenario, {"turns": [turn]})["frustration"] == [(2, 1.9)]


def packet(**fields: Any) -> dict[str, Any]:
    return {"question": "Where is  my order?", "facts": {}, **fields}


def test_slots_are_compared_without_spaces_and_marks() -> None:
    gold = HandoffGold(question="where is my order?", facts={"order_number": "SD-1", "amount": "64,000 won"})
    found = handoff_scores(gold, packet(facts={"order_number": "sd1", "amount": "64000won"}))
    assert found == {"slots": {"order_number": True, "amount": True}, "question": True}
    found = handoff_scores(gold, packet(facts={"order_number": "SD-2"}))
    assert found["slots"] == {"order_number": False, "amount": False}


def test_without_a_packet_everything_is_missing() -> None:
    gold = HandoffGold(question="?", facts={"name": "Ann"})
    assert handoff_scores(gold, None) == {"slots": {"name": False}, "question": False}
    assert handoff_scores(HandoffGold(), None) == {"slots": {}, "question": None}


def test_a_slot_with_several_values_needs_them_all() -> None:
    gold = HandoffGold(facts={"date": ["1 May", "2 May"]})
    assert handoff_scores(gold, packet(facts={"date": ["2 May", "1 May", "3 May"]}))["slots"] == {"date": True}
    assert handoff_scores(gold, packet(facts={"date": "1 May"}))["slots"] == {"date": False}
