from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from batonpass.knowledge import KnowledgeError, make_document
from batonpass.knowledge import aliases as module
from batonpass.knowledge.aliases import Aliases, Decision, Origin, learned, mask, write_whole


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

    monkeypatch.setattr(module.os, "replace", full)
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


@pytest.mark.parametrize(
    ("text", "names", "masked"),
    [
        ("Where is order 12345?", [], "Where is order ○○?"),
        ("SD-20261104-0312 언제 와요?", [], "○○ 언제 와요?"),
        ("주문번호 A77BC8899번이요", [], "주문번호 ○○번이요"),
        ("010-1234-5678로 전화 주세요", [], "○○로 전화 주세요"),
        ("+82 10 1234 5678 please", [], "○○ please"),
        ("card 4111 1111 1111 1111", [], "card ○○"),
        ("１２３４５ 왜 안 와요", [], "○○ 왜 안 와요"),
        ("mail me at mina.kim+x@example.co.kr now", [], "mail me at ○○ now"),
        ("see https://shop.example/o?id=1 please", [], "see ○○ please"),
        ("Is delivery 3000원 or 30,000원 in 2026?", [], "Is delivery 3000원 or 30,000원 in 2026?"),
        ("I'm MINA, Mina Kim: kimchi?", ["Mina Kim"], "I'm ○○, ○○: kimchi?"),
        ("김민아입니다, 민아 계정이요", ["김민아"], "○○입니다, ○○ 계정이요"),
        ("김 민아 고객입니다", ["김민아"], "○○ 고객입니다"),
        ("취소하고 싶어요", ["하고"], "취소하고 싶어요"),
        ("no name", ["", " "], "no name"),
        ("two\n lines \x1b[31m", [], "two lines [31m"),
    ],
)
def test_masking(text: str, names: list[str], masked: str) -> None:
    assert mask(text, names) == masked


def test_write_whole_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_whole(path, "one")
    write_whole(path, "two")
    assert path.read_text() == "two"
    assert list(tmp_path.iterdir()) == [path]
