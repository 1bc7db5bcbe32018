"""History judged again: same policy, same decisions; another one, and what that costs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from batonpass.agent import Batonpass, Settings
from batonpass.agent.compose import compose
from batonpass.escalation import (
    Action,
    Author,
    Draft,
    EventKind,
    FileCustomerDirectory,
    GuardPolicy,
    Message,
    NewEvent,
    NewMessage,
    RuleGuard,
    SQLStore,
    Turn,
    Verdict,
)
from batonpass.evals.history import Part, read_history
from batonpass.evals.replay import Weights, change, costs, rejudge, replay

from .small import company, here

DEFAULT = GuardPolicy()


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Batonpass]:
    """A product in which a few conversations took place."""
    folder = tmp_path_factory.mktemp("lived")
    settings = Settings(data=folder / "data", kb=company(folder / "kb"))
    with compose(settings) as parts:
        parts.sync([settings.knowledge])
        for said in (
            ["how much is standard delivery?", "thanks!"],
            ["how long can I return an item?", "This is unacceptable, ridiculous!!!", "It was a lamp."],
            ["can you repair my helicopter?", "yes please", "hello?"],
            ["기본 배송비 얼마예요?", "상담원 연결해 주세요"],
            ["how long do I have to return a lamp?", "and how much is standard shipping?", "thanks!"],
        ):
            talk(parts, said)
        yield parts


def talk(parts: Batonpass, said: Sequence[str]) -> str:
    head = parts.store.create(lang="en")
    for text in said:
        parts.assistant.receive(head.id, text)
        asyncio.run(parts.assistant.answer(head.id))
    return head.id


def part_of(parts: list[Part], text: str) -> Part:
    return next(part for part in parts if any(text in m.text for step in part.steps for m in step.before))


def replayed(part: Part, policy: GuardPolicy) -> list[str]:
    return [str(verdict.decision) if verdict else "silent" for verdict in rejudge(part, RuleGuard(policy))]


def test_under_the_same_policy_every_decision_is_the_stored_one(lived: Batonpass) -> None:
    parts = read_history(lived.store)
    assert len(parts) == 5
    for part in parts:
        assert replayed(part, DEFAULT) == part.stored
    figures = replay(parts, DEFAULT)
    assert figures["changed"] == []
    assert figures["cost"]["stored"] == figures["cost"]["replayed"]
    assert figures["without_draft"] == 0
    assert figures["stored_policies"] == [DEFAULT.version]


def test_a_stored_verdict_holds_what_the_guard_saw_of_the_draft(lived: Batonpass) -> None:
    signals = [s.verdict.signals for part in read_history(lived.store) for s in part.steps if s.verdict]
    kinds = {signal["draft"] for signal in signals}
    assert {"answer", "not_found", None} <= kinds
    assert all(signal["cited"] > 0 for signal in signals if signal["draft"] == "answer")


def test_a_stricter_threshold_escalates_newly_and_a_looser_one_not_at_all(lived: Batonpass) -> None:
    parts = read_history(lived.store)
    strict = replay(parts, DEFAULT.model_copy(update={"answer_from": 1.0, "near_from": 1.0}))
    assert strict["changes"]["new"] == 1
    calm = part_of(parts, "return a lamp")
    (row,) = [row for row in strict["changed"] if row["conversation"] == calm.conversation_id]
    assert (row["change"], row["needed"]) == ("new", None)
    # Near articles come first, a person where they were no help.
    assert [turn["replayed"]["decision"] for turn in row["turns"]] == ["clarify", "offer", "answer"]
    assert row["turns"][1]["replayed"]["rule"] == "nothing_found"
    patient = replay(parts, DEFAULT.model_copy(update={"offer_frustration": 4, "hand_off_frustration": 4}))
    upset = part_of(parts, "unacceptable")
    (row,) = [row for row in patient["changed"] if row["conversation"] == upset.conversation_id]
    assert row["change"] == "not_at_all"
    assert patient["without_draft"] > 0


def test_after_a_replayed_hand_off_the_assistant_is_silent(lived: Batonpass) -> None:
    part = part_of(read_history(lived.store), "helicopter")
    assert replayed(part, DEFAULT.model_copy(update={"failed_attempts": 1})) == ["hand_off", "silent", "silent"]


def test_needed_is_where_a_person_was_asked_for_or_wrote(lived: Batonpass) -> None:
    parts = read_history(lived.store)
    assert part_of(parts, "상담원 연결").needed == 1
    assert part_of(parts, "helicopter").needed == 1  # the offer was taken up
    assert part_of(parts, "standard delivery").needed is None
    assert part_of(parts, "unacceptable").needed is None


def test_a_conversation_that_was_given_back_is_judged_in_parts(lived: Batonpass, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, kb=lived.settings.kb)
    with compose(settings) as parts:
        parts.sync([settings.knowledge])
        head = talk(parts, ["how long can I return an item?", "connect me to an agent"])
        parts.store.apply(head, Action.CLAIM, assignee="kim", by="kim")
        parts.store.apply(head, Action.REPLY, [NewMessage(Author.AGENT, "Done.", author_id="kim")], holder="kim")
        parts.store.apply(head, Action.HAND_BACK, holder="kim", by="kim")
        parts.assistant.receive(head, "how much is standard delivery?")
        asyncio.run(parts.assistant.answer(head))
        first, second = read_history(parts.store)
    assert (first.number, first.stored, first.helped, first.needed) == (1, ["answer", "hand_off"], True, 1)
    assert (second.number, second.stored, second.helped, second.needed) == (2, ["answer"], False, None)
    assert replayed(second, DEFAULT) == ["answer"]


def test_verdicts_of_before_the_drafts_facts_were_stored_are_read_all_the_same(lived: Batonpass) -> None:
    old = SQLStore()
    for head in lived.store.list():
        copy = old.create(lang=head.lang)
        for item in lived.store.items(head.id):
            if isinstance(item, Message):
                made: Any = NewMessage(item.author, item.text, citations=item.citations, meta=item.meta)
            elif item.kind is EventKind.VERDICT:
                kept = {k: v for k, v in item.payload["signals"].items() if k not in ("draft", "cited", "near")}
                made = NewEvent(item.kind, {**item.payload, "signals": kept, "question_seq": None})
            else:
                continue
            old.apply(copy.id, Action.RECEIVE, [made])
    parts = read_history(old)
    assert parts
    for part in parts:
        assert replayed(part, DEFAULT)[: len(part.stored)] == part.stored


@pytest.mark.parametrize(
    ("stored", "now", "what"),
    [
        (None, None, "none"),
        (None, 2, "new"),
        (2, None, "not_at_all"),
        (2, 2, "same"),
        (2, 1, "earlier"),
        (2, 3, "later"),
    ],
)
def test_changes(stored: int | None, now: int | None, what: str) -> None:
    assert change(stored, now) == what


class Watching:
    """The rules, noting what they were shown."""

    def __init__(self) -> None:
        self.rules = RuleGuard()
        self.turns: list[Turn] = []
        self.drafts: list[Draft] = []

    def screen(self, turn: Turn) -> Verdict | None:
        self.turns.append(turn)
        return self.rules.screen(turn)

    def judge(self, turn: Turn, draft: Draft) -> Verdict:
        self.turns.append(turn)
        self.drafts.append(draft)
        return self.rules.judge(turn, draft)


def test_the_guard_is_shown_whose_it_is_and_what_was_found(lived: Batonpass, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", kb=lived.settings.kb)
    records = tmp_path / "customers.jsonl"
    records.write_text('{"id": "C-7", "name": "Bo Lind", "tier": "gold", "verified": true}\n', encoding="utf-8")
    directory = FileCustomerDirectory(records)
    with compose(settings, directory=directory) as parts:
        parts.sync([settings.knowledge])
        head = parts.store.create(lang="en", customer_id="C-7")
        parts.assistant.receive(head.id, "how much is standard delivery?")
        asyncio.run(parts.assistant.answer(head.id))
        talk(parts, ["how long can I return an item?"])
        history = read_history(parts.store)
    guard = Watching()
    replay(history, DEFAULT, guard=guard, directory=directory)
    (known,) = [turn for turn in guard.turns if turn.customer]
    assert known.customer == directory.get("C-7")
    assert "delivery" in known.question
    found = {citation.document_id for draft in guard.drafts for citation in draft.citations}
    assert found == {"delivery-fee", "returns"}
    assert not any(turn.customer for turn in _shown(history))


def _shown(history: list[Part]) -> list[Turn]:
    guard = Watching()
    replay(history, DEFAULT, guard=guard)
    return guard.turns


def test_figures_of_a_policy_with_rules_are_json(lived: Batonpass) -> None:
    rule = {"name": "late", "when": {"keywords": ["배송"], "reasons": "repetition"}, "then": "offer"}
    policy = GuardPolicy.model_validate({"rules": [rule], "business_hours": {"timezone": "Asia/Seoul"}})
    figures = json.loads(json.dumps(replay(read_history(lived.store), policy)))
    assert figures["policy"].pop("version") == policy.version
    assert GuardPolicy.model_validate(figures["policy"]) == policy


def test_costs_follow_the_operators_weights(lived: Batonpass) -> None:
    parts = read_history(lived.store)
    calm, asked = part_of(parts, "standard delivery"), part_of(parts, "상담원 연결")
    weights = Weights(needless=2, missed=10, late_turn=3)
    assert costs([(calm, 0), (asked, None)], weights)["cost"] == 12
    assert costs([(calm, None), (asked, 3)], weights) == {
        "needless": 0,
        "missed": 0,
        "late_turns": 2,
        "over": 0.0,
        "under": 0.0,
        "cost": 6,
    }


def test_the_curves_run_from_always_to_hardly_ever_offering(lived: Batonpass) -> None:
    parts = read_history(lived.store)
    figures = replay(parts, DEFAULT)
    assert set(figures["curve"]) == {"offer_at", "hand_off_at", "answer_from", "near_from"}
    for points in figures["curve"].values():
        assert [point["value"] for point in points] == pytest.approx([n / 20 for n in range(21)])
    for name in ("offer_at", "hand_off_at"):
        points = figures["curve"][name]
        assert points[0]["over"] == 1
        assert points[0]["needless"] > points[-1]["needless"]
    (same,) = [point for point in figures["curve"]["answer_from"] if point["value"] == DEFAULT.answer_from]
    assert {k: v for k, v in same.items() if k != "value"} == figures["cost"]["replayed"]
    assert replay(parts, DEFAULT) == figures


def test_the_command_writes_figures(lived: Batonpass, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("near_from: 1.0\nanswer_from: 1.0\nweights:\n  missed: 7\n")
    out = tmp_path / "out.json"
    assert here(monkeypatch, "replay", "--data", lived.settings.data, "--policy", policy, "--json", out) == 0
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert figures["weights"] == {"needless": 1, "missed": 7, "late_turn": 1}
    assert figures["conversations"] == 5
    assert figures["changes"]["new"] == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("near_from: [", "policy.yaml:1: not YAML"),
        ("\nnear_form: 1", "policy.yaml:2: unknown key 'near_form' (did you mean 'near_from'?)"),
        ("near_from: low", "policy.yaml:1: near_from: "),
        ("weights:\n  mised: 1", "policy.yaml:2: weights: unknown key 'mised' (did you mean 'missed'?)"),
        ("weights:\n  missed: -1", "policy.yaml:2: weights.missed: "),
        ("weights: 3", "policy.yaml:1: weights: not a mapping"),
        (None, "policy.yaml: cannot be read"),
        ("near_from: 0.5", "none: no conversations are stored there"),
    ],
)
def test_bad_input_is_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str | None,
    why: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    if text is not None:
        (tmp_path / "policy.yaml").write_text(text)
    assert here(monkeypatch, "replay", "--data", "none", "--policy", "policy.yaml") == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert why in said
    assert not (tmp_path / "none").exists()


def test_an_empty_store_and_one_without_verdicts_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "policy.yaml").write_text("near_from: 0.3")
    store = SQLStore(f"sqlite:///{tmp_path / 'batonpass.sqlite'}")
    command = ("replay", "--data", tmp_path, "--policy", tmp_path / "policy.yaml")
    assert here(monkeypatch, *command) == 2
    assert "no conversations are stored there" in capsys.readouterr().err
    head = store.create()
    store.apply(head.id, Action.RECEIVE, [NewMessage(Author.CUSTOMER, "hi")])
    store.close()
    assert here(monkeypatch, *command) == 2
    assert "1 conversations, none with a verdict" in capsys.readouterr().err
