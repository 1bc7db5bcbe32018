"""JUnit XML: one test case for each question, scenario, simulation and gate threshold, for any CI's test view."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence

from .cards import Card
from .gate import limits, shown
from .items import METRICS, PARTS
from .outcome import Outcome

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold (section 2.2, Char), not even as references."""
    return _NOT_XML.sub("\ufffd", text)


def junit_report(outcomes: Sequence[Outcome]) -> str:
    """The XML document."""
    root = ET.Element("testsuites", name="batonpass eval")
    for outcome in outcomes:
        name = clean(outcome.run["run"]["suite"])
        _suite(root, f"{name}.gate", _gate(outcome))
        for kind, part in PARTS.items():
            _suite(root, f"{name}.{part}", [_card(card) for card in outcome.cards if card.kind == kind])
    for count in ("tests", "failures"):
        root.set(count, str(sum(int(suite.get(count, 0)) for suite in root)))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(root: ET.Element, name: str, cases: Sequence[tuple[str, float, str, str]]) -> None:
    if not cases:
        return
    suite = ET.SubElement(root, "testsuite", name=name, tests=str(len(cases)), errors="0", skipped="0")
    suite.set("failures", str(sum(bool(message) for _, _, message, _ in cases)))
    suite.set("time", f"{sum(seconds for _, seconds, _, _ in cases):.3f}")
    for title, seconds, message, detail in cases:
        case = ET.SubElement(suite, "testcase", classname=name, name=clean(title), time=f"{seconds:.3f}")
        if message:
            ET.SubElement(case, "failure", message=clean(message), type="wrong").text = clean(detail)


def _card(card: Card) -> tuple[str, float, str, str]:
    seconds = sum(turn.ms for turn in card.turns) / 1000
    lines = []
    for number, turn in enumerate(card.turns, 1):
        lines.append(f"{number}. customer: {turn.text}")
        wanted = f" (expected {' or '.join(turn.expected)})" if turn.ok is False else ""
        lines.append(
            f"   {turn.decision}{wanted} confidence {turn.confidence:.2f} {', '.join(turn.reasons)}".rstrip()
        )
        if turn.reply:
            lines.append(f"   assistant: {turn.reply} {' '.join(turn.citations)}".rstrip())
    return card.id, seconds, " ".join(card.faults), "\n".join(lines)


def _gate(outcome: Outcome) -> list[tuple[str, float, str, str]]:
    """Each threshold, and each metric that was compared with the baseline."""
    cases = []
    failed = {(failure.metric, failure.kind == "regression"): failure for failure in outcome.failures}
    for name, threshold in outcome.suite.info.thresholds.items():
        bounds = " ".join(
            f"{end} {shown(METRICS[name], value)}" for end, value in limits(METRICS[name], threshold).items()
        )
        failure = failed.get((name, False))
        cases.append((f"{name} {bounds}", 0.0, failure.sentence if failure else "", ""))
    for name, change in (outcome.comparison.changes if outcome.comparison else {}).items():
        if change.q is not None:
            failure = failed.get((name, True))
            cases.append((f"{name} against the baseline", 0.0, failure.sentence if failure else "", ""))
    return cases
