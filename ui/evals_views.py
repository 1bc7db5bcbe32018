"""Records as the evaluators' page gets them: codes and values, never sentences (the page has the words)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ..escalation import GuardPolicy
from ..evals.assertions import misses
from ..evals.scoring import ESCALATED, holds, leaks, question_scores, scenario_scores
from .evals_shelf import Entry, Item, Judged

STEPS = 100
Marks = dict[str, dict[str, Any]]


def suite_view(entry: Entry, marked: int) -> dict[str, Any]:
    """A suite in the list."""
    suite = entry.suite
    return {
        "id": entry.id,
        "name": entry.name,
        "own": entry.own,
        "error": entry.error,
        "description": suite.info.description if suite else "",
        "questions": len(suite.questions) if suite else 0,
        "scenarios": len(suite.scenarios) if suite else 0,
        "simulations": len(suite.simulations) if suite else 0,
        "queries": len(suite.beir.queries) if suite and suite.beir else 0,
        "warnings": len(suite.warnings) if suite else 0,
        "marked": marked,
    }


def run_view(run_id: str, found: Judged, marks: Marks, policy: GuardPolicy | None) -> dict[str, Any]:
    """A run's head: figures, counts, what the filters may offer."""
    from ..evals.items import METRICS  # late, as in evals_shelf

    items = found.items.values()
    about = found.run["run"]
    return {
        "id": run_id,
        "about": {
            name: about.get(name) for name in ("suite", "version", "model", "embeddings", "policy", "started")
        }
        | {"seconds": about.get("seconds"), "seed": about.get("seed"), "kb": about.get("kb") or {}},
        "suite_id": found.entry.id if found.entry else None,
        "metrics": {
            name: figure | {"better": info.better, "unit": info.unit}
            for name, info in METRICS.items()
            if (figure := found.run["metrics"].get(name))
        },
        "counts": {
            "all": len(items),
            "wrong": sum(not item.card.right for item in items),
            "gaps": sum(item.card.right and item.card.failed for item in items),
            "marked": sum(key in marks for key in found.items),
            "strange": len(found.strange),
            "question": sum(item.card.kind == "question" for item in items),
            "scenario": sum(item.card.kind == "scenario" for item in items),
            "simulation": sum(item.card.kind == "simulation" for item in items),
        },
        "labels": sorted({label for item in items for label in item.card.labels}),
        "faults": sorted({fault["code"] for item in items for fault in faults(item)}),
        "thresholds": policy.model_dump(include={"answer_from", "near_from"}) if policy else None,
    }


def row_view(item: Item, marks: Marks) -> dict[str, Any]:
    """An item in a list."""
    card = item.card
    return {
        "key": card.key,
        "kind": card.kind,
        "id": card.id,
        "lang": card.lang,
        "labels": card.labels,
        "title": card.title,
        "right": card.right,
        "severity": card.severity,
        "faults": faults(item),
        "decisions": [turn.decision for turn in card.turns],
        "expected": [turn.expected for turn in card.turns],
        "oks": [turn.ok for turn in card.turns],
        "confidence": card.turns[-1].confidence if card.kind == "question" else None,
        "passes": [sum(item.passes), len(item.passes)],
        "marked": marks.get(card.key),
    }


def item_view(item: Item, marks: Marks) -> dict[str, Any]:
    """An item in full: transcript beside the guard's trace."""
    card = item.card
    return row_view(item, marks) | {
        "turns": [asdict(turn) for turn in card.turns],
        "articles": card.articles,
        "ranking": card.ranking,
        "packet": asdict(card.packet) if card.packet else None,
        "answerable": item.line.answerable if card.kind == "question" else None,
        "contains": item.line.contains if card.kind == "question" else (),
        "exact": item.line.exact if card.kind == "question" else (),
        "not_contains": item.line.not_contains if card.kind == "question" else (),
        "goal": card.goal,
        "customer": (item.line.customer or {}).get("id") if card.kind != "question" else None,
    }


def faults(item: Item) -> list[dict[str, Any]]:
    """What is wrong, as codes with values."""
    by_kind = {"question": _question_faults, "scenario": _scenario_faults, "simulation": _simulation_faults}
    return by_kind[item.card.kind](item)


def _question_faults(item: Item) -> list[dict[str, Any]]:
    line, result, card = item.line, item.result, item.card
    scores = question_scores(line, result)
    decision, reply, cited = result["decision"], result["reply"], list(result["citations"])
    found: list[dict[str, Any]] = []
    if forbidden := leaks(reply, line.not_contains):
        found.append({"code": "leak", "texts": forbidden})
    if not line.answerable and decision == "answer" and cited:
        found.append({"code": "answered_unknown"})
    if line.answerable and decision != "answer":
        found.append({"code": "not_answered", "decision": decision})
    elif line.answerable:
        lacking = [list(group) for group in line.contains if not holds(reply, [group])]
        found += [{"code": "lacks", "texts": group} for group in lacking]
        if scores["exact"] is False:
            found.append({"code": "exact", "texts": list(line.exact)})
        if scores["cited"] is False:
            found.append({"code": "cites", "texts": cited, "expected": list(line.articles)})
    if not card.right and not found:
        found.append({"code": "other", "decision": decision})
    return found


def _scenario_faults(item: Item) -> list[dict[str, Any]]:
    line, result, card = item.line, item.result, item.card
    scores = scenario_scores(line, result)
    first = next((n for n, turn in enumerate(card.turns, 1) if turn.decision in ESCALATED), None)
    found: list[dict[str, Any]] = []
    told = None
    if scores["gold"] and not scores["escalated"]:
        found.append({"code": "missed"})
    elif scores["on_time"] is False:
        found.append({"code": "off_time", "turn": first})
    elif scores["escalated"] and not scores["gold"]:
        needless = [n for n, turn in enumerate(card.turns, 1) if turn.ok is False and turn.decision in ESCALATED]
        told = needless[0] if needless else first
        found.append({"code": "needless", "turn": told})
    for number, turn in enumerate(card.turns, 1):
        if turn.ok is False and number != told:
            found.append(
                {"code": "turn", "turn": number, "decision": turn.decision, "expected": list(turn.expected)}
            )
    if scores["reason_right"] is False and first is not None:
        wanted = list(dict.fromkeys(str(r) for turn in line.turns for r in turn.expect.reasons))
        found.append({"code": "reason", "reasons": list(card.turns[first - 1].reasons), "expected": wanted})
    if card.packet:
        if card.packet.missing:
            found.append({"code": "no_packet"})
        else:
            lost = [slot for slot in card.packet.slots if not slot.ok]
            found += [{"code": "slot", "slot": slot.name, "texts": [slot.expected]} for slot in lost]
        if card.packet.unsupported:
            found.append({"code": "unsupported", "texts": list(card.packet.unsupported)})
    if card.failed and not found:
        found.append({"code": "other", "decision": card.turns[-1].decision})
    return found


def _simulation_faults(item: Item) -> list[dict[str, Any]]:
    """Those that the run holds; a line that the suite as it is now does not explain stays as it is."""
    known = {miss.line: miss.fault for miss in misses(item.line, item.result)}
    return [known.get(line) or {"code": "assertion", "texts": [line]} for line in item.result["failed"]]


def curve_view(found: Judged, policy: GuardPolicy | None) -> dict[str, Any]:
    """How often a person is called needlessly, and how often an unanswerable question is answered, by threshold.

    Only what confidence decides moves: what a hard rule decided, or what the thresholds of the run do not
    explain, stays as it was.
    """
    questions = [item for item in found.items.values() if item.card.kind == "question"]
    points = []
    for item in questions:
        turn = item.card.turns[0]
        points.append(
            {
                "key": item.card.key,
                "confidence": turn.confidence,
                "answerable": bool(item.line.answerable),
                "decision": turn.decision,
                "free": _free(turn, policy),
            }
        )
    curve = []
    for step in range(STEPS + 1):
        threshold = step / STEPS
        decided = [(p["answerable"], _answered(p, threshold)) for p in points]
        can = [answered for answerable, answered in decided if answerable]
        cannot = [answered for answerable, answered in decided if not answerable]
        curve.append(
            {
                "threshold": threshold,
                "over": can.count(False) / len(can) if can else None,
                "under": cannot.count(True) / len(cannot) if cannot else None,
            }
        )
    known = policy.model_dump(include={"answer_from", "near_from"}) if policy else None
    return {"items": points, "curve": curve, "thresholds": known}


def decided(confidence: float, answer_from: float, near_from: float) -> str:
    """What confidence alone leads to."""
    return "answer" if confidence >= answer_from else "clarify" if confidence >= near_from else "offer"


def _free(turn: Any, policy: GuardPolicy | None) -> bool:
    if turn.decision not in ("answer", "clarify", "offer") or set(turn.reasons) - {"low_confidence"}:
        return False
    if turn.decision == "answer" and not turn.citations:  # small talk
        return False
    return policy is None or turn.decision == decided(turn.confidence, policy.answer_from, policy.near_from)


def _answered(point: dict[str, Any], threshold: float) -> bool:
    return point["confidence"] >= threshold if point["free"] else point["decision"] == "answer"


def compare_view(now: Judged, before: Judged, now_marks: Marks) -> dict[str, Any]:
    """Items that changed sides, first those that broke, and what makes the two less comparable."""
    broke, fixed, moved = [], [], []
    for key, item in now.items.items():
        other = before.items.get(key)
        if other is None:
            continue
        pair = {"now": row_view(item, now_marks), "before": row_view(other, now_marks)}
        if other.card.right and not item.card.right:
            broke.append(pair)
        elif item.card.right and not other.card.right:
            fixed.append(pair)
        elif pair["now"]["decisions"] != pair["before"]["decisions"]:
            moved.append(pair)
    new, old = now.run["run"], before.run["run"]
    differs = [
        {"what": what, "now": str(new.get(what) or ""), "before": str(old.get(what) or "")}
        for what in ("suite", "model", "embeddings", "policy", "seed", "version")
        if new.get(what) != old.get(what)
    ]
    versions = [str((about.get("kb") or {}).get("version") or "")[:12] for about in (new, old)]
    if versions[0] != versions[1]:
        differs.append({"what": "kb", "now": versions[0], "before": versions[1]})
    shared = len(now.items.keys() & before.items.keys())
    return {
        "broke": broke,
        "fixed": fixed,
        "moved": moved,
        "shared": shared,
        "only_now": len(now.items) - shared,
        "only_before": len(before.items) - shared,
        "differs": differs,
    }
