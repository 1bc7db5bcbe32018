from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from batonpass.knowledge import Audience, DocumentStatus, load_folders
from batonpass.knowledge.chunking import chunk
from batonpass.knowledge.loaders import pairs

from .files import fails


def read(root: Path, name: str, data: bytes | str) -> tuple[list, list[tuple[str, str]]]:
    (root / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    documents, failures = load_folders([root])
    return documents, [(failure.source, failure.reason) for failure in failures]


def test_csv(tmp_path: Path) -> None:
    documents, failures = read(
        tmp_path,
        "faq.csv",
        "id,question,answer,lang,status,audience,updated,team\n"
        ',환불은 언제 되나요?,"3일 안에, 늦어도\n5일 안에 됩니다.",,,,,CS\n'
        "gift,Can I return gifts?,Yes.,en,deprecated,agent,2026-01-02 10:00,\n",
    )
    assert failures == []
    first, second = documents
    assert (first.id, first.title, first.lang, first.source) == (
        "faq.csv#1",
        "환불은 언제 되나요?",
        "ko",
        "faq.csv",
    )
    assert first.text == "# 환불은 언제 되나요?\n\n3일 안에, 늦어도\n5일 안에 됩니다."
    assert first.meta == {"team": "CS"}
    assert [each.heading_path for each in chunk(first)] == [("환불은 언제 되나요?",)]
    assert (second.id, second.lang, second.updated) == ("gift", "en", date(2026, 1, 2))
    assert (second.status, second.audience) == (DocumentStatus.DEPRECATED, Audience.AGENT)


@pytest.mark.parametrize(
    "data",
    [
        "질문,답변\n환불?,됩니다\n".encode("cp949"),
        "\ufeffQ;A\r\n환불?;됩니다\r\n".encode(),
        "question\tanswer\n환불?\t됩니다".encode("utf-16"),
        "Title,Question,Answer\n,환불?,됩니다".encode(),
    ],
)
def test_headers_delimiters_and_encodings(tmp_path: Path, data: bytes) -> None:
    documents, failures = read(tmp_path, "faq.csv", data)
    assert failures == []
    assert [(document.title, document.text) for document in documents] == [("환불?", "# 환불?\n\n됩니다")]


def test_broken_rows_are_named_and_the_rest_comes_in(tmp_path: Path) -> None:
    documents, failures = read(
        tmp_path,
        "faq.csv",
        'question,answer,status\na,one,\n,two,\nc,,\nd,"multi\nline",\ne,x,nonsense\nf,1,2,3\ng,"open,\nh,last,\n',
    )
    assert [document.id for document in documents] == ["faq.csv#1", "faq.csv#4", "faq.csv#8"]
    assert failures == [
        ("faq.csv", "line 3: no question"),
        ("faq.csv", "line 4: no answer"),
        ("faq.csv", "line 7: status: 'nonsense' is none of current, deprecated, draft"),
        ("faq.csv", "line 8: 4 cells where the header has 3"),
        ("faq.csv", "line 9: a quoted cell is never closed"),
    ]


def test_jsonl(tmp_path: Path) -> None:
    rows = [
        '{"q": "One?", "a": "Yes."}',
        "",
        "{broken",
        "[1]",
        '{"질문": "둘?", "답변": "네", "id": 7}',
        '{"q": {}}',
    ]
    documents, failures = read(tmp_path, "faq.jsonl", "\n".join(rows))
    assert [(document.id, document.title) for document in documents] == [("faq.jsonl#1", "One?"), ("7", "둘?")]
    assert [reason.split(":")[0] for _, reason in failures] == ["line 3", "line 4", "line 6"]
    assert "not JSON" in failures[0][1]


def test_two_rows_of_one_id(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("---\nid: y\n---\ntext")
    documents, failures = read(tmp_path, "c.csv", "id,q,a\nx,1,1\nx,2,2\ny,3,3\nz z,4,4\n")
    assert [document.id for document in documents] == ["y", "x"]
    assert [reason for _, reason in failures] == [
        "line 3: id 'x' is already taken by another row",
        "line 5: id: 'z z' holds white space",
        "id 'y' is already taken by b.md",
    ]


def test_an_answer_in_html_is_drawn(tmp_path: Path) -> None:
    row = {"question": "How?", "answer": "<p>Do <b>this</b>:</p><ul><li>one</li></ul><script>bad()</script>"}
    documents, _ = read(tmp_path, "a.jsonl", json.dumps(row))
    assert documents[0].text == "# How?\n\nDo this:\n\n- one"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("bad.csv", "name,price\na,1\n", "line 1: no column 'question' (or q, 질문)"),
        ("bad.csv", "q,question,a\n1,2,3\n", "line 1: several columns for 'question'"),
        ("bad.csv", "", "empty"),
        ("bad.csv", "question,answer\n", "no rows"),
        ("bad.csv", b"\x00\x01\x02", "binary"),
        ("bad.jsonl", '{"id": "c1", "name": "Kim"}\n{"id": "c2"}\n', "line 1: no question (and 1 more such)"),
        ("bad.jsonl", "[" * 100_000, "line 1: not JSON"),
    ],
)
def test_what_is_no_such_table_is_named(tmp_path: Path, name: str, data: bytes | str, reason: str) -> None:
    assert reason in fails(tmp_path, name, data)


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "MAX_ROWS", 2)
    documents, failures = read(tmp_path, "a.csv", "q,a\n1,1\n2,2\n3,3\n")
    assert len(documents) == 2
    assert failures == [("a.csv", "line 4: not read from here on: more than 2 rows")]


def test_other_ways_to_ask(tmp_path: Path) -> None:
    rows = [{"q": "Fees?", "a": "3 dollars", "questions": ["How much?", "Is it dear?"]}]
    rows += [{"q": "Hours?", "a": "At nine", "questions": "When?"}, {"q": "None?", "a": "Yes"}]
    rows += [{"q": "Bad?", "a": "Yes", "questions": [7]}]
    documents, failures = read(tmp_path, "faq.jsonl", "\n".join(map(json.dumps, rows)))
    assert [each.questions for each in documents] == [("How much?", "Is it dear?"), ("When?",), ()]
    assert all(each.meta == {} for each in documents)
    assert failures == [("faq.jsonl", "line 4: questions: question 1 is not a text (put it in quotes)")]
    (tmp_path / "faq.jsonl").unlink()
    documents, failures = read(
        tmp_path, "faq.csv", 'question,answer,questions\nFees?,3 dollars,"How much?\nIs it dear?"\nHours?,Nine,\n'
    )
    assert [each.questions for each in documents] == [("How much?", "Is it dear?"), ()]
    assert failures == []
