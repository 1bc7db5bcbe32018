"""Other people's formats as suites that run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from batonpass.evals.adapters import read_clinc, read_paraphrases, read_squad, write_suite
from batonpass.evals.runner import run_suite
from batonpass.evals.suite import Suite, SuiteError, load_suite

SQUAD = {
    "data": [
        {
            "title": "Lighthouse",
            "paragraphs": [
                {
                    "context": "The Orben lighthouse was built in 1874. Its lamp burns rapeseed oil.",
                    "qas": [
                        {
                            "id": "l1",
                            "question": "When was the Orben lighthouse built?",
                            "answers": [{"text": "1874"}],
                        },
                        {"id": "l2", "question": "Who painted its door?", "answers": [], "is_impossible": True},
                    ],
                },
                {"context": "A ferry leaves at noon.", "qas": []},
            ],
        }
    ]
}
CLINC = {
    "train": [
        ["move money to my savings", "transfer"],
        ["send cash across", "transfer"],
        ["what do I owe", "balance"],
    ],
    "test": [["shift funds to savings", "transfer"]],
    "oos_test": [["who invented the spoon", "oos"]],
}


def written(folder: Path, value: Any) -> Path:
    path = folder / "set.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def beir(suite: Suite) -> Any:
    assert suite.beir is not None
    return suite.beir


def test_squad_paragraphs_become_documents_and_questions_queries(tmp_path: Path) -> None:
    suite = read_squad(written(tmp_path, SQUAD))
    assert suite.name == "set"
    assert [(entry.id, entry.title) for entry in beir(suite).corpus] == [
        ("0000-0000", "Lighthouse"),
        ("0000-0001", "Lighthouse"),
    ]
    assert [(q.id, q.answerable, q.answers) for q in beir(suite).queries] == [
        ("l1", True, ("1874",)),
        ("l2", False, ()),
    ]
    assert beir(suite).qrels == {"l1": {"0000-0000": 1}}


def test_squad_1_without_is_impossible_is_answerable_where_it_has_answers(tmp_path: Path) -> None:
    value = json.loads(json.dumps(SQUAD))
    del value["data"][0]["paragraphs"][0]["qas"][1]
    assert all(q.answerable for q in beir(read_squad(written(tmp_path, value))).queries)


def test_clinc_intents_become_documents_and_the_rest_is_unanswerable(tmp_path: Path) -> None:
    suite = read_clinc(written(tmp_path, CLINC))
    assert [entry.id for entry in beir(suite).corpus] == ["transfer", "balance"]
    assert beir(suite).corpus[0].text == "move money to my savings\nsend cash across"
    assert [(q.text, q.answerable) for q in beir(suite).queries] == [
        ("shift funds to savings", True),
        ("who invented the spoon", False),
    ]
    assert beir(suite).qrels == {"test-00000": {"transfer": 1}}


@pytest.mark.parametrize("read", [read_squad, read_clinc])
def test_what_is_written_is_read_back_and_runs(tmp_path: Path, read: Any) -> None:
    suite = read(written(tmp_path, SQUAD if read is read_squad else CLINC))
    again = load_suite(write_suite(suite, tmp_path / "suite"))
    assert again.beir == suite.beir
    run = run_suite(suite)
    assert [q["id"] for q in run["questions"]] == [q.id for q in beir(suite).queries]
    assert run["metrics"]["retrieval.mrr"]["value"] == 1


@pytest.mark.parametrize(
    ("read", "value", "why"),
    [
        (read_squad, "{", "not JSON"),
        (read_squad, {"version": 1}, "data: not SQuAD style"),
        (
            read_squad,
            {"data": [{"paragraphs": [{"context": "a", "qas": [{"id": 1}]}]}]},
            "data[0].paragraphs[0].qas[0]",
        ),
        (read_squad, {"data": []}, "an empty suite"),
        (read_clinc, {"train": []}, "no split 'test'"),
        (read_clinc, {"train": [["a", "b"], ["c"]], "test": []}, "train[0]: not CLINC style"),
        (read_clinc, {"train": [["a", "b"]], "test": []}, "an empty suite"),
    ],
)
def test_other_files_are_told_by_place(tmp_path: Path, read: Any, value: Any, why: str) -> None:
    with pytest.raises(SuiteError) as caught:
        read(written(tmp_path, value))
    assert str(tmp_path / "set.json") in str(caught.value)
    assert why in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="cannot be read"):
        read_squad(tmp_path / "none.json")


def test_paraphrases_become_queries_of_their_question(tmp_path: Path) -> None:
    table = tmp_path / "faq.tsv"
    table.write_text("question\tparaphrase\nReset it?\tmake it new\nReset it?\tstart over\nCost?\thow much\n")
    suite = read_paraphrases(table)
    assert suite.beir is not None
    texts = {entry.id: entry.text for entry in suite.beir.corpus}
    assert texts == {"faq-0000": "Reset it?", "faq-0001": "Cost?"}
    assert [suite.beir.qrels[query.id] for query in suite.beir.queries] == [
        {"faq-0000": 1},
        {"faq-0000": 1},
        {"faq-0001": 1},
    ]


def test_a_paraphrase_without_its_question_is_named(tmp_path: Path) -> None:
    table = tmp_path / "faq.tsv"
    table.write_text("question\tparaphrase\nReset it?\tmake it new\nlonely\n")
    with pytest.raises(SuiteError, match=r"faq\.tsv:3: not 'question<TAB>paraphrase'"):
        read_paraphrases(table)
