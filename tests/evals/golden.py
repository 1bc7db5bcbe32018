"""A suite of a few lines and runs of it, built here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from batonpass.evals.assertions import misses
from batonpass.evals.formats import Question, Scenario, Simulation, SuiteInfo
from batonpass.evals.metrics import all_metrics
from batonpass.evals.suite import Suite

HOSTILE = "<script>alert('x')</script> ]]> \x00\x1b[31m @everyone | `a` <img src=x onerror=alert(1)>"


def suite(questions: int = 30, scenarios: int = 20, *, hostile: bool = False, **info: Any) -> Suite:
    """Half of the questions can be answered; in half of the scenarios a person is due."""
    asked = [
        Question(
            id=f"q-{n}",
            text=HOSTILE if hostile and n == 0 else f"배송비가 얼마예요? {n}",
            answerable=n % 2 == 0,
            articles=("ko/fee",) if n % 2 == 0 else (),
            contains=(("3,000원", "삼천 원"),) if n % 2 == 0 else (),
            not_contains=("비밀",),
            style="plain" if n % 2 == 0 else "offtopic",
        )
        for n in range(questions)
    ]
    talks = [_scenario(n, HOSTILE if hostile and n == 0 else "이거 왜 이래요") for n in range(scenarios)]
    return Suite("golden", Path(), SuiteInfo(**info), None, None, tuple(asked), tuple(talks))


def _scenario(number: int, text: str) -> Scenario:
    due = number % 2 == 0
    last = {"decision": ["hand_off"], "reasons": ["explicit_request"], "frustration": 2} if due else {}
    return Scenario.model_validate(
        {
            "id": f"s-{number}",
            "lang": "ko",
            "turns": [
                {"text": text, "expect": {"decision": ["answer"], "frustration": 0}},
                {"text": "상담사 연결해 주세요" if due else "네", "expect": last or {"decision": ["answer"]}},
            ],
            "handoff": {"facts": {"order_number": "SD-1", "amount": "42,000원"}} if due else None,
            "tags": ["explicit"] if due else ["calm"],
        }
    )


def run(of: Suite, **meta: Any) -> dict[str, Any]:
    """Everything right."""
    questions = [
        {
            "id": q.id,
            "decision": "answer" if q.answerable else "offer",
            "reply": "3,000원입니다." if q.answerable else "연결해 드릴까요?",
            "citations": ["ko/fee"] if q.answerable else [],
            "ranking": ["ko/fee", "ko/time"],
            "confidence": 0.9 if q.answerable else 0.1,
            "reasons": [],
            "right": True,
            "ms": 10.0 + n,
        }
        for n, q in enumerate(of.questions)
    ]
    found: dict[str, Any] = {
        "run": {
            "suite": of.name,
            "version": "1",
            "model": "embedded",
            "started": "2026-01-02T03:04:05+00:00",
            "seconds": 1.5,
            "kb": {"documents": 2, "chunks": 4, "version": "a"},
            "policy": "p1",
            **meta,
        },
        "retrieval": [],
        "questions": questions,
        "scenarios": [_result(s) for s in of.scenarios],
    }
    return measure(of, found)


def _result(scenario: Scenario) -> dict[str, Any]:
    packet = {
        "question": "이거 왜 이래요",
        "facts": {"order_number": "SD-1", "amount": "42,000원"},
        "frustration": 2,
        "summary": "",
        "tried": [],
        "suggested_reply": None,
        "unsupported": [],
    }
    first = _turn("answer", ["ko/fee"], [], 0)
    if scenario.handoff is None:
        return {"id": scenario.id, "turns": [first, _turn("answer", ["ko/fee"], [], 0)], "handoff": None}
    return {"id": scenario.id, "turns": [first, _turn("hand_off", [], ["explicit_request"], 3)], "handoff": packet}


def _turn(decision: str, citations: list[str], reasons: list[str], frustration: int) -> dict[str, Any]:
    return {
        "decision": decision,
        "reasons": reasons,
        "reply": "네, 알겠습니다.",
        "citations": citations,
        "confidence": 0.8,
        "frustration": frustration,
        "ms": 12.0,
    }


def worsen(of: Suite, result: dict[str, Any], count: int) -> dict[str, Any]:
    """The guard no longer hands off in so many of the scenarios in which it should."""
    for scenario in [s for s in result["scenarios"] if s["handoff"]][:count]:
        scenario["turns"][1] |= {"decision": "answer", "reasons": []}
        scenario["handoff"] = None
    return measure(of, result)


def measure(of: Suite, result: dict[str, Any]) -> dict[str, Any]:
    """The run with its metrics computed again."""
    result["metrics"] = all_metrics(of, result, 7)
    return result


def simulated(of: Suite) -> Suite:
    """The suite with two simulated customers: one who wants an answer, one who wants a person."""
    goal = {"ask": "배송비가 얼마예요?", "facts": [["3,000원", "삼천 원"]]}
    lines = [
        {
            "id": "m-fee",
            "persona": "calm",
            "goal": goal,
            "expect": {"outcome": ["satisfied"], "never": ["hand_off"]},
        },
        {
            "id": "m-person",
            "persona": "furious",
            "goal": {"ask": "상담사요"},
            "customer": {"id": "C-1"},
            "expect": {"outcome": ["handed_off"], "facts": {"order_number": "SD-1"}},
        },
    ]
    return replace(of, simulations=tuple(Simulation.model_validate(line) for line in lines))


def talked(
    of: Suite, found: dict[str, Any], *, well: bool = True, said: str = "배송비가 얼마예요?"
) -> dict[str, Any]:
    """The run with what came of the suite's simulated customers; the second is served in any case."""
    packet = {"question": "상담사요", "facts": {"order_number": "SD-1"}, "frustration": 2, "summary": ""}
    packet |= {"tried": [], "suggested_reply": None, "unsupported": []}
    first = _turn("answer", ["ko/fee"], [], 0) | {"text": said, "rule": "confident", "signals": {"score": 0.5}}
    handed = _turn("hand_off", [], ["explicit_request"], 2) | {"text": "상담사요"}
    silent = _turn("silent", [], [], 0) | {"text": "SD-1이에요", "reply": ""}
    talks = [
        ("satisfied", [first], None, "bot")
        if well
        else ("handed_off", [first, handed, silent], packet, "waiting"),
        ("handed_off", [handed, silent], packet, "waiting"),
    ]
    found["simulations"] = []
    for line, (outcome, turns, handoff, status) in zip(of.simulations, talks, strict=True):
        result = {"id": line.id, "persona": line.persona, "outcome": outcome, "turns": turns, "handoff": handoff}
        result |= {"cost": 0.0, "status": status}
        failed = [miss.line for miss in misses(line, result)]
        found["simulations"].append(result | {"failed": failed, "passed": not failed})
    return measure(of, found)
