from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from batonpass.knowledge import KnowledgeError, alias_file, make_document
from batonpass.knowledge import aliases as module
from batonpass.knowledge.alias_file import write_whole
from batonpass.knowledge.aliases import Aliases, DecidedError, Decision, Origin, UnknownAliasError, learned


@pytest.fixture
def aliases(tmp_path: Path) -> Aliases:
    return Aliases(tmp_path)


def test_nothing_yet(aliases: Aliases) -> None:
    assert (aliases.list(), aliases.approved(), aliases.stamp()) == ([], {}, None)


def test_a_proposal_is_kept_and_counted(aliases: Aliases, tmp_path: Path) -> None:
    (made,) = aliases.propose("fees", [" What does\nit cost? "], origin=Origin.DESK, by="ann")
    assert (made.text, made.decision, made.by, made.times) == ("What does it cost?", Decision.PENDING, "ann", 1)
    (again,) = aliases.propose("fees", ["what does it cost"], origin=Origin.DESK, by="bob")
    assert (again.id, again.times, again.text) == (made.id, 2, made.text)
    assert Aliases(tmp_path).list() == [again]
    assert aliases.approved() == {}
    assert aliases.propose("other", ["What does it cost?"], origin=Origin.DESK, by="ann")[0].id != made.id


def test_what_is_no_question_is_passed_over(aliases: Aliases) -> None:
    assert aliases.propose("fees", ["", "?!", "x" * 301], origin=Origin.DESK, by="ann") == []
    assert not aliases.path.exists()


def test_decisions(aliases: Aliases) -> None:
    one, two = aliases.propose("fees", ["What does it cost?", "Is it dear?"], origin=Origin.MODEL, by="m")
    (approved,) = aliases.decide([one.id[:6]], Decision.APPROVED, by="bo")
    assert (approved.decided_by, bool(approved.decided_at)) == ("bo", True)
    assert aliases.approved() == {"fees": ("What does it cost?",)}
    aliases.decide([two.id], Decision.REJECTED, by="bo")
    (still,) = aliases.propose("fees", ["Is it dear?"], origin=Origin.DESK, by="ann")
    assert still.decision is Decision.REJECTED
    assert aliases.list(Decision.PENDING) == []
    aliases.decide([one.id], Decision.REJECTED, by="bo")
    assert aliases.approved() == {}


@pytest.mark.parametrize("name", ["nonsense", ""])
def test_a_decision_about_nothing_decides_nothing(aliases: Aliases, name: str) -> None:
    one, two = aliases.propose("fees", ["What does it cost?", "Is it dear?"], origin=Origin.MODEL, by="m")
    with pytest.raises(KnowledgeError, match="alias"):
        aliases.decide([one.id, name], Decision.APPROVED, by="bo")
    assert aliases.list(Decision.PENDING) == [one, two]


def test_the_file_is_replaced_whole(aliases: Aliases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aliases.propose("fees", ["What does it cost?"], origin=Origin.DESK, by="ann")
    before = aliases.path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(alias_file.os, "replace", full)
    with pytest.raises(KnowledgeError, match="No space left"):
        aliases.propose("fees", ["Is it dear?"], origin=Origin.DESK, by="ann")
    assert aliases.path.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["aliases.jsonl", "aliases.jsonl.lock"]


@pytest.mark.parametrize("shared", [True, False])
def test_many_at_once_lose_nothing(aliases: Aliases, tmp_path: Path, shared: bool) -> None:
    def propose(n: int) -> None:
        own = aliases if shared else Aliases(tmp_path)
        for m in range(10):
            own.propose("fees", [f"question {n} {m}"], origin=Origin.DESK, by="ann")

    threads = [threading.Thread(target=propose, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Aliases(tmp_path).list()) == 40


@pytest.mark.parametrize("line", ["{", "[]", "{}", "7", '{"id": "a"}', "\x00"])
def test_a_damaged_line_is_named(aliases: Aliases, line: str) -> None:
    aliases.propose("fees", ["What does it cost?"], origin=Origin.DESK, by="ann")
    with aliases.path.open("a") as file:
        file.write(f"{line}\n")
    with pytest.raises(KnowledgeError, match="line 2"):
        aliases.list()
    with pytest.raises(KnowledgeError, match="line 2"):
        aliases.propose("fees", ["More?"], origin=Origin.DESK, by="ann")


def test_values_of_other_types(aliases: Aliases) -> None:
    aliases.propose("fees", ["What does it cost?"], origin=Origin.DESK, by="ann")
    row = json.loads(aliases.path.read_text())
    for change in ({"times": "2"}, {"text": 7}, {"decision": "maybe"}, {"origin": None}):
        aliases.path.write_text(json.dumps(row | change) + "\n")
        with pytest.raises(KnowledgeError, match="line 1"):
            aliases.list()


def test_old_undecided_ones_make_room(aliases: Aliases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PENDING", 3)
    (kept,) = aliases.propose("fees", ["approved?"], origin=Origin.DESK, by="ann")
    aliases.decide([kept.id], Decision.APPROVED, by="bo")
    aliases.propose("fees", ["often?"], origin=Origin.DESK, by="ann")
    aliases.propose("fees", ["often?"], origin=Origin.DESK, by="ann")
    for n in range(5):
        aliases.propose("fees", [f"seldom {n}?"], origin=Origin.DESK, by="ann")
    texts = [each.text for each in aliases.list()]
    assert len(texts) == 4
    assert {"approved?", "often?"} <= set(texts)


def test_learned_aliases_of_documents() -> None:
    document = make_document("fees", "Fees", "Text", questions=["Is it dear?"])
    (after,) = learned([document], {"fees": ("is it dear", "What does it cost?"), "gone": ("x",)})
    assert after.learned == ("What does it cost?",)
    assert after.content_hash != document.content_hash
    assert learned([after], {"fees": ("What does it cost?",)}) == [after]
    assert learned([after], {}) == [document]


def test_write_whole_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_whole(path, "one")
    write_whole(path, "two")
    assert path.read_text() == "two"
    assert list(tmp_path.iterdir()) == [path]


def test_a_decision_that_somebody_else_made(aliases: Aliases) -> None:
    one, two = aliases.propose("fees", ["What does it cost?", "Is it dear?"], origin=Origin.DESK, by="ann")
    aliases.change([one.id], Decision.REJECTED, by="bo", expected=Decision.PENDING)
    with pytest.raises(DecidedError) as error:
        aliases.change([two.id, one.id], Decision.APPROVED, by="cy", expected=Decision.PENDING)
    assert error.value.alias is not None
    assert error.value.alias.decided_by == "bo"
    with pytest.raises(DecidedError):
        aliases.reword(one.id, "What do I pay?", by="cy", expected=Decision.PENDING)
    assert aliases.approved() == {}
    assert aliases.list(Decision.PENDING) == [two]


def test_a_decision_is_taken_back(aliases: Aliases) -> None:
    one, two = aliases.propose("fees", ["What does it cost?", "Is it dear?"], origin=Origin.DESK, by="ann")
    change = aliases.change([one.id, two.id], Decision.APPROVED, by="bo")
    aliases.propose("fees", ["is it dear"], origin=Origin.DESK, by="ann")
    back = aliases.undo(change)
    assert [(each.decision, each.decided_by, each.times) for each in back] == [
        (Decision.PENDING, "", 1),
        (Decision.PENDING, "", 2),
    ]
    assert aliases.list() == back
    with pytest.raises(DecidedError):
        aliases.undo(change)
    assert aliases.list() == back


def test_what_was_decided_anew_is_not_taken_back(aliases: Aliases) -> None:
    one, two = aliases.propose("fees", ["What does it cost?", "Is it dear?"], origin=Origin.DESK, by="ann")
    change = aliases.change([one.id, two.id], Decision.APPROVED, by="bo")
    aliases.decide([two.id], Decision.REJECTED, by="cy")
    before = aliases.list()
    with pytest.raises(DecidedError, match=two.id):
        aliases.undo(change)
    assert aliases.list() == before


def test_a_reworded_question(aliases: Aliases) -> None:
    (model,) = aliases.propose("fees", ["What does ○○ cost?"], origin=Origin.MODEL, by="m")
    change = aliases.reword(model.id, " What does it\ncost? ", by="bo")
    assert aliases.approved() == {"fees": ("What does it cost?",)}
    (new,) = aliases.list(Decision.APPROVED)
    # A person's words: the model's next run does not drop them as not its own.
    assert (new.origin, new.by, new.decided_by) == (Origin.PERSON, "bo", "bo")
    (old,) = aliases.propose("fees", ["What does ○○ cost?"], origin=Origin.DESK, by="ann")
    assert old.decision is Decision.REJECTED
    (back,) = aliases.undo(change)
    assert (back.text, back.decision) == ("What does ○○ cost?", Decision.PENDING)
    assert aliases.list() == [back]


def test_a_reworded_question_that_is_the_same_one(aliases: Aliases) -> None:
    (made,) = aliases.propose("fees", ["what does it cost"], origin=Origin.DESK, by="ann")
    change = aliases.reword(made.id, "What does it cost?", by="bo")
    (now,) = aliases.list()
    assert (now.id, now.text, now.decision, now.by) == (made.id, "What does it cost?", Decision.APPROVED, "ann")
    assert aliases.undo(change) == [made]


def test_a_question_reworded_as_another_proposal(aliases: Aliases) -> None:
    one, two = aliases.propose("fees", ["What it cost?", "What does it cost?"], origin=Origin.DESK, by="ann")
    change = aliases.reword(one.id, "what does it cost?", by="bo")
    assert [each.decision for each in aliases.list()] == [Decision.REJECTED, Decision.APPROVED]
    assert aliases.approved() == {"fees": ("what does it cost?",)}
    aliases.undo(change)
    assert aliases.list() == [one, two]


@pytest.mark.parametrize(("text", "word"), [("", "empty"), (" ?! ", "empty"), ("x" * 301, "300")])
def test_a_question_cannot_become_none(aliases: Aliases, text: str, word: str) -> None:
    (made,) = aliases.propose("fees", ["What does it cost?"], origin=Origin.DESK, by="ann")
    with pytest.raises(ValueError, match=word):
        aliases.reword(made.id, text, by="bo")
    with pytest.raises(UnknownAliasError):
        aliases.reword("nothing", "What does it cost?", by="bo")
    assert aliases.list() == [made]
