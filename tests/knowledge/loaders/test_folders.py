from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from batonpass.knowledge import KnowledgeError, load_folders
from batonpass.knowledge.loaders import folders, load_sources

from .files import docx, fails, paragraph, pdf


def test_ids_of_the_new_kinds_keep_their_endings(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.md").write_text("one")
    (tmp_path / "sub" / "a.html").write_text("<p>two")
    (tmp_path / "sub" / "a.PDF").write_bytes(pdf([["three"]]))
    (tmp_path / "sub" / "a.docx").write_bytes(docx(paragraph("four")))
    (tmp_path / "sub" / "~$a.docx").write_bytes(b"\0" * 160)
    (tmp_path / "sub" / "a.csv").write_text("q,a\nfive,5\n")
    documents, failures = load_folders([tmp_path])
    assert failures == []
    assert sorted(document.id for document in documents) == [
        "sub/a", "sub/a.PDF", "sub/a.csv#1", "sub/a.docx", "sub/a.html",
    ]  # fmt: skip


def test_office_files_that_are_not_read_are_named(tmp_path: Path) -> None:
    assert fails(tmp_path, "안내.hwp", b"\0") == "HWP files are not read: save it as DOCX, PDF or CSV"


def test_a_huge_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "good.md").write_text("fine")
    with (tmp_path / "huge.html").open("wb") as file:
        file.truncate(50_000_000)
    original, opened = Path.read_bytes, []

    def watch(self: Path) -> bytes:
        opened.append(self.name)
        return original(self)

    monkeypatch.setattr(Path, "read_bytes", watch)
    documents, (failure,) = load_folders([tmp_path])
    assert [document.id for document in documents] == ["good"]
    assert (failure.source, failure.reason, opened) == ("huge.html", "larger than 20 MB", ["good.md"])


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "good.md").write_text("fine")
    documents, (failure,) = load_folders([tmp_path])
    assert len(documents) == 1
    assert (failure.source, failure.reason) == ("pipe.md", "not a regular file")


def test_a_reader_s_own_mistake_is_named_and_the_rest_comes_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(data: bytes) -> None:
        raise RecursionError("deep")

    monkeypatch.setitem(folders._READERS, ".txt", stumble)
    assert fails(tmp_path, "bad.txt", "text") == "cannot be read: RecursionError"


def test_a_circle_is_named_and_left_out(tmp_path: Path) -> None:
    for name, successor in (("a", "b"), ("b", "c"), ("c", "b"), ("d", "d"), ("e", "f"), ("f", "gone")):
        (tmp_path / f"{name}.md").write_text(f"---\nsuperseded_by: {successor}\n---\ntext")
    documents, failures = load_folders([tmp_path])
    assert [document.id for document in documents] == ["a", "e", "f"]
    assert [(failure.source, failure.reason) for failure in failures] == [
        ("b.md", "superseded_by runs in a circle: b -> c -> b"),
        ("c.md", "superseded_by runs in a circle: b -> c -> b"),
        ("d.md", "superseded_by runs in a circle: d -> d"),
    ]


def test_sources_are_paths_and_addresses(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("text")
    documents, failures = load_sources([str(tmp_path)])
    assert [document.id for document in documents] == ["a"]
    assert failures == []
    with pytest.raises(KnowledgeError, match="private address"):
        load_sources([str(tmp_path), "http://127.0.0.1:9/"])


def test_libraries_are_loaded_when_they_are_needed() -> None:
    code = (
        "import sys, batonpass.knowledge.loaders\n"
        "heavy = {'selectolax', 'pypdf', 'mammoth', 'httpx', 'markdown_it'} & set(sys.modules)\n"
        "sys.exit(' '.join(sorted(heavy)) or 0)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
