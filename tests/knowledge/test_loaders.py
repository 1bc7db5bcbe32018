from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from batonpass.knowledge import Audience, DocumentStatus, KnowledgeError, load_folders
from batonpass.knowledge.loaders import folders
from batonpass.knowledge.types import Document


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def one(root: Path, content: str | bytes, name: str = "a.md") -> Document:
    documents, failures = load_folders([write(root, {name: content})])
    assert failures == []
    assert len(documents) == 1
    return documents[0]


def fails(root: Path, content: str | bytes, name: str = "bad.md") -> str:
    documents, failures = load_folders([write(root, {name: content, "good.md": "# Good\n\nfine"})])
    assert [document.id for document in documents] == ["good"]
    assert [failure.source for failure in failures] == [name]
    return failures[0].reason


def test_defaults(tmp_path: Path) -> None:
    document = one(tmp_path, "# 반품 안내 {#return}\n\n반품은 7일 안에 됩니다.", "faq/return.md")
    assert (document.id, document.title, document.lang) == ("faq/return", "반품 안내", "ko")
    assert document.source == "faq/return.md"
    assert (document.status, document.audience) == (DocumentStatus.CURRENT, Audience.PUBLIC)
    assert document.updated is document.effective is document.expires is document.superseded_by is None
    assert len(document.content_hash) == 64


def test_front_matter(tmp_path: Path) -> None:
    document = one(
        tmp_path,
        "---\nid: returns\ntitle: 'Returns: all of them'\nlang: en\nstatus: deprecated\naudience: agent\n"
        "updated: 2026-01-02\neffective: '2026-01-03'\nexpires: 2026-01-04 10:00:00\nsuperseded_by: new\n"
        "tags: [a, b]\nowner:\n---\n\nBody",
    )
    assert (document.id, document.title, document.text) == ("returns", "Returns: all of them", "\nBody")
    assert (document.status, document.audience) == (DocumentStatus.DEPRECATED, Audience.AGENT)
    assert (document.updated, document.effective) == (date(2026, 1, 2), date(2026, 1, 3))
    assert (document.expires, document.superseded_by) == (date(2026, 1, 4), "new")
    assert document.meta == {"tags": ["a", "b"], "owner": None}


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("title: ok\nstatus: live", "line 3: status: 'live' is none of current, deprecated, draft"),
        ("audience: staff", "line 2: audience: 'staff' is none of public, agent"),
        ("a: 1\nb: 2\nupdated: soon", "line 4: updated: 'soon' is not a date like 2026-01-31"),
        ("title: x\nexpires: 2026-02-30", "line 3: "),
        ("lang: Korean language", "line 2: lang: 'Korean language' is not a language code"),
        ("id: has space", "line 2: id: 'has space' holds white space"),
        ("title: [a, b]", "line 2: title: must be a single value"),
        ("title: ''", "line 2: title: is empty"),
        ("title: a: b", "line 2: mapping values are not allowed here"),
        ("ok: 1\nlist: [1, 2", "line 4: "),
        ("- just\n- a list", "line 2: front matter must be 'key: value' lines"),
        ("x: !!python/object:os.system []", "line 2: could not determine a constructor"),
        ("a: &a [1]\nb: *nobody", "line 3: found undefined alias"),
    ],
)
def test_broken_front_matter_names_the_line_and_the_rest_comes_in(tmp_path: Path, front: str, reason: str) -> None:
    assert fails(tmp_path, f"---\n{front}\n---\nBody").startswith(reason)


def test_front_matter_that_never_ends(tmp_path: Path) -> None:
    assert fails(tmp_path, "---\ntitle: x\n\nBody").startswith("line 1:")


def test_a_rule_at_the_top_is_no_front_matter(tmp_path: Path) -> None:
    assert one(tmp_path, "---\n\nJust a rule above.").text.startswith("---")


@pytest.mark.parametrize("content", ["---\n---\nBody", "---\n# only a comment\n---\nBody"])
def test_empty_front_matter(tmp_path: Path, content: str) -> None:
    assert one(tmp_path, content).text == "Body"


@pytest.mark.parametrize(
    "data",
    ["환불은 3일".encode("cp949"), "환불은 3일".encode("utf-8-sig"), "환불은 3일".encode("utf-16")],
    ids=["cp949", "utf-8-sig", "utf-16"],
)
def test_encodings(tmp_path: Path, data: bytes) -> None:
    assert one(tmp_path, data).text == "환불은 3일"


def test_line_ends_are_one_kind(tmp_path: Path) -> None:
    document = one(tmp_path, "---\r\ntitle: T\r\n---\r\n# A\r\n\r\nb\rc")
    assert (document.title, document.text) == ("T", "# A\n\nb\nc")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary"),
        (bytes(range(256)), "neither UTF-8 nor CP949|binary"),
        (b"\xff\xff\xff", "neither UTF-8 nor CP949"),
        (b"", "empty"),
        (b"---\ntitle: only\n---\n \n", "empty"),
    ],
)
def test_unreadable_files_are_named(tmp_path: Path, content: bytes, reason: str) -> None:
    import re

    assert re.search(reason, fails(tmp_path, content))


def test_oversized_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MAX_BYTES", 100)
    assert "larger than" in fails(tmp_path, "x" * 101)


def test_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Path.read_bytes

    def refuse(self: Path) -> bytes:
        if self.name == "bad.md":
            raise PermissionError(13, "Permission denied")
        return original(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert fails(tmp_path, "x") == "Permission denied"


def test_plain_text(tmp_path: Path) -> None:
    document = one(tmp_path, "---\nno front matter here\n---\n# no heading", "notes.txt")
    assert (document.id, document.title) == ("notes", "notes")
    assert document.text.startswith("---")


def test_other_and_hidden_files_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "A", "b.png": b"\x00", ".git/c.md": "C", ".d.md": "D", "e.MD": "E"})
    documents, failures = load_folders([tmp_path])
    assert ([document.id for document in documents], failures) == (["a", "e"], [])


def test_two_articles_of_one_id(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"one.md": "---\nid: same\n---\nA", "two.md": "---\nid: same\n---\nB"}
    documents, failures = load_folders([write(tmp_path, files)])
    assert [document.source for document in documents] == ["one.md"]
    assert [(failure.source, failure.reason) for failure in failures] == [
        ("two.md", "id 'same' is already taken by one.md")
    ]


def test_roots_that_would_clash_are_told_apart(tmp_path: Path) -> None:
    roots = [write(tmp_path / name, {"a.md": name, "sub/b.md": "B " + name}) for name in ("ko", "en")]
    documents, failures = load_folders(roots)
    assert failures == []
    assert [document.id for document in documents] == ["ko/a", "ko/sub/b", "en/a", "en/sub/b"]
    assert [document.source for document in documents][:2] == ["ko/a.md", "ko/sub/b.md"]


def test_roots_that_do_not_clash_keep_their_ids(tmp_path: Path) -> None:
    roots = [write(tmp_path / "x", {"a.md": "A"}), write(tmp_path / "y", {"b.md": "B"})]
    assert [document.id for document in load_folders(roots)[0]] == ["a", "b"]


def test_roots_of_one_name(tmp_path: Path) -> None:
    roots = [write(tmp_path / name / "kb", {"a.md": name}) for name in ("x", "y")]
    assert [document.id for document in load_folders(roots)[0]] == ["kb/a", "kb-2/a"]


def test_single_file(tmp_path: Path) -> None:
    write(tmp_path, {"sub/a.md": "A"})
    assert [document.id for document in load_folders([tmp_path / "sub" / "a.md"])[0]] == ["a"]


def test_missing_folder_is_an_error_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="no such folder") as caught:
        load_folders([tmp_path / "none"])
    assert "\n" not in str(caught.value)


def test_unreadable_folder_is_an_error_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str | os.PathLike[str]) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(KnowledgeError, match=r"cannot read folder .*: Permission denied"):
        load_folders([tmp_path])


def test_hash_follows_text_and_metadata(tmp_path: Path) -> None:
    hashes = {
        one(tmp_path, content).content_hash
        for content in ("A", "B", "---\nstatus: draft\n---\nA", "---\nowner: me\n---\nA", "---\nlang: ko\n---\nA")
    }
    assert len(hashes) == 5
    assert one(tmp_path, "A").content_hash in hashes
