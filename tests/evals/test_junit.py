from __future__ import annotations

import xml.etree.ElementTree as ET

from batonpass.evals.junit import clean, junit_report
from batonpass.evals.outcome import judge

from .golden import HOSTILE, run, simulated, suite, talked, worsen


def test_every_item_and_threshold_is_a_case_and_failures_say_why() -> None:
    of = suite(thresholds={"escalation.missed_rate": {"max": 0.1}, "answer.right": 0.9})
    root = ET.fromstring(junit_report([judge(worsen(of, run(of), 3), of)]))
    cases = {(case.get("classname"), case.get("name")): case for case in root.iter("testcase")}
    assert len(cases) == 30 + 20 + 2 == int(root.get("tests", ""))
    assert int(root.get("failures", "")) == 4
    failure = cases[("golden.scenarios", "s-0")].find("failure")
    assert failure is not None
    assert "No person was ever offered or called." in failure.get("message", "")
    assert "answer (expected hand_off)" in (failure.text or "")
    broken = cases[("golden.gate", "escalation.missed_rate max 10.0 %")].find("failure")
    assert broken is not None
    assert "above the maximum" in broken.get("message", "")
    assert cases[("golden.gate", "answer.right min 90.0 %")].find("failure") is None


def test_simulated_customers_are_cases_with_their_transcript() -> None:
    of = simulated(suite(2, 2))
    root = ET.fromstring(junit_report([judge(talked(of, run(of), well=False), of)]))
    (cases,) = [found for found in root if found.get("name") == "golden.simulations"]
    assert (cases.get("tests"), cases.get("failures")) == ("2", "1") == (str(len(cases)), root.get("failures"))
    failure = cases[0].find("failure")
    assert failure is not None
    assert failure.get("message") == "Outcome handed_off, expected satisfied. A turn was hand_off."
    assert "2. customer: 상담사요\n   hand_off (expected answer or clarify or offer or silent)" in (
        failure.text or ""
    )


def test_each_compared_metric_is_a_case() -> None:
    of = suite(scenarios=40)
    root = ET.fromstring(junit_report([judge(worsen(of, run(of), 12), of, run(of))]))
    failed = {case.get("name") for case in root.iter("testcase") if case.find("failure") is not None}
    assert "escalation.missed_rate against the baseline" in failed
    assert not any("latency" in str(case.get("name")) for case in root.iter("testcase"))


def test_hostile_text_stays_text() -> None:
    of = suite(hostile=True)
    found = run(of, suite="bad\x00name\ud800")
    found["questions"][0] |= {"reply": HOSTILE + "\ufffe\ud800", "citations": []}
    found["scenarios"][0]["turns"][0] |= {"decision": "clarify", "reply": HOSTILE}
    text = junit_report([judge(found, of)])
    root = ET.fromstring(text)
    failures = [failure.text or "" for failure in root.iter("failure")]
    assert any("<script>alert('x')</script> ]]> " in failure for failure in failures)
    assert "<script" not in text
    assert "]]>" not in text
    text.encode("utf-8")


def test_clean_keeps_what_xml_allows() -> None:
    assert clean("한글 \t\n😀") == "한글 \t\n😀"
    assert clean("a\x00b\x0bc\x1bd\ufffee\ud800f") == "a�b�c�d�e�f"
