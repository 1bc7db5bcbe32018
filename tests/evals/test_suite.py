"""Reading suites: every fault is one line with file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from batonpass.evals.suite import SuiteError, load_suite

from .small import QUESTIONS, SCENARIOS, lines, write_beir, write_suite


def fault(path: Path) -> str:
    with pytest.raises(SuiteError) as caught:
        load_suite(path)
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_a_suite_is_read_with_its_name_and_its_knowledge(tmp_path: Path) -> None:
    suite = load_suite(write_suite(tmp_path, info="name: small\nthresholds:\n  answer.right: 0.5\n"))
    assert (suite.name, len(suite.questions), len(suite.scenarios)) == ("small", 4, 2)
    assert suite.kb == tmp_path / "kb"
    assert suite.warnings == ()
    assert suite.questions[0].contains == (("4 euros",),)
    assert suite.info.thresholds == {"answer.right": 0.5}


def test_a_suite_without_a_name_is_called_by_its_folder(tmp_path: Path) -> None:
    assert load_suite(write_suite(tmp_path / "mine")).name == "mine"


def test_questions_may_lie_in_several_files_and_knowledge_elsewhere(tmp_path: Path) -> None:
    write_suite(tmp_path / "other")
    suite = tmp_path / "mine"
    suite.mkdir()
    (suite / "suite.yaml").write_text("kb: ../other/kb\n")
    lines(suite / "questions-en.jsonl", QUESTIONS[:1])
    lines(suite / "questions-ko.jsonl", QUESTIONS[1:2])
    loaded = load_suite(suite)
    assert [q.id for q in loaded.questions] == ["q-fee", "q-ko"]
    assert loaded.kb is not None
    assert loaded.kb.samefile(tmp_path / "other" / "kb")


def test_customers_beside_the_knowledge_are_taken_in(tmp_path: Path) -> None:
    lines(write_suite(tmp_path) / "customers.jsonl", [{"id": "C-9", "name": "Zoe"}])
    assert load_suite(tmp_path).customers == tmp_path / "customers.jsonl"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"id": "x", "text": ', "not JSON: Expecting value (column 21)"),
        ('["id"]', "not a JSON object"),
        ('{"text": "no id"}', "id: Field required"),
        ('{"id": "x"}', "text: Field required"),
        ('{"id": "x", "text": "  "}', "text: empty"),
        (f'{{"id": "x", "text": "{"a" * 4001}"}}', "longer than a customer's message may be"),
        ('{"id": "x", "text": "a", "answerable": "perhaps"}', "answerable: "),
        ('{"id": "q-fee", "text": "a"}', "id 'q-fee' is there already"),
        ('{"id": "x", "text": "a", "articles": ["delivery-fees"]}', "did you mean 'delivery-fee'?"),
    ],
)
def test_a_broken_question_names_its_file_and_line(tmp_path: Path, line: str, why: str) -> None:
    write_suite(tmp_path, questions=[QUESTIONS[0], "", line, QUESTIONS[1]])
    text = fault(tmp_path)
    assert text.startswith(f"{tmp_path / 'questions.jsonl'}:3: ")
    assert why in text


@pytest.mark.parametrize(
    "line", ["{", '{"id": "q-fee", "text": "again"}', '{"id": "x", "text": "a", "articles": ["?"]}']
)
def test_keep_going_leaves_a_broken_line_out_and_says_so(tmp_path: Path, line: str) -> None:
    suite = load_suite(write_suite(tmp_path, questions=[QUESTIONS[0], line, QUESTIONS[1]]), keep_going=True)
    assert [q.id for q in suite.questions] == ["q-fee", "q-ko"]
    (warning,) = suite.warnings
    assert warning.startswith(f"{tmp_path / 'questions.jsonl'}:2: left out: ")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"turns": []}, "turns: "),
        (
            {"turns": [{"text": "a", "expect": {"decision": ["answer", "handoff"]}}]},
            "turn 1 expect.decision: 'handoff' is none of answer, clarify, offer, hand_off, silent"
            " (did you mean 'hand_off'?)",
        ),
        ({"turns": [{"text": "a", "expect": {"reasons": ["angry"]}}]}, "reasons"),
        ({"turns": [{"text": "a", "expect": {"frustration": 4}}]}, "frustration"),
        ({"turns": [{"text": "a", "expect": {"articles": ["nowhere"]}}]}, "no article 'nowhere'"),
        ({"customer": {"id": "C-1", "verified": "perhaps"}}, "customer: verified"),
        ({"handoff": {"facts": {"order_number": 5}}}, "facts"),
    ],
)
def test_a_broken_scenario_names_its_file_and_line(tmp_path: Path, change: dict[str, Any], why: str) -> None:
    write_suite(tmp_path, scenarios=[{**SCENARIOS[0], **change}])
    text = fault(tmp_path)
    assert text.startswith(f"{tmp_path / 'scenarios.jsonl'}:1: ")
    assert why in text


def test_unknown_keys_are_warnings_with_the_nearest_known_one(tmp_path: Path) -> None:
    question = {**QUESTIONS[0], "answerible": True, "zzz": 1}
    turn = {"text": "hi", "expects": {}, "expect": {"decisions": ["answer"]}}
    scenario = {"id": "s", "turns": [turn], "handoff": {"fact": {}}}
    suite = load_suite(write_suite(tmp_path, [question], [scenario], info="name: a\nthreshold: {}\n"))
    assert [warning.removeprefix(f"{tmp_path}/") for warning in suite.warnings] == [
        "suite.yaml:2: unknown key 'threshold' (did you mean 'thresholds'?)",
        "questions.jsonl:1: unknown key 'answerible' (did you mean 'answerable'?)",
        "questions.jsonl:1: unknown key 'zzz'",
        "scenarios.jsonl:1 handoff: unknown key 'fact' (did you mean 'facts'?)",
        "scenarios.jsonl:1 turn 1: unknown key 'expects' (did you mean 'expect'?)",
        "scenarios.jsonl:1 turn 1: unknown key 'decisions' (did you mean 'decision'?)",
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name: [", "suite.yaml:1: not YAML"),
        ("- a\n", "suite.yaml:1: not a mapping"),
        ("name: a\nthresholds:\n  answer.right: high\n", "suite.yaml:3: thresholds.answer.right"),
        ("thresholds:\n  answer.right: {maxx: 1}\n", "suite.yaml:2: thresholds.answer.right: unknown key 'maxx'"),
        ("name: a\nkb: nowhere\n", "suite.yaml:2: kb: 'nowhere' is not there"),
    ],
)
def test_a_broken_suite_file_names_the_line(tmp_path: Path, text: str, why: str) -> None:
    assert why in fault(write_suite(tmp_path, info=text))


def test_an_empty_or_missing_suite_is_told(tmp_path: Path) -> None:
    assert "no such folder" in fault(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    assert "an empty suite" in fault(tmp_path / "empty")
    assert "an empty suite" in fault(write_suite(tmp_path / "lineless", [], []))


def test_questions_without_knowledge_are_told(tmp_path: Path) -> None:
    lines(tmp_path / "questions.jsonl", [{"id": "x", "text": "a"}])
    assert "without a knowledge base" in fault(tmp_path)


def test_an_article_of_an_empty_knowledge_base_is_missing(tmp_path: Path) -> None:
    (tmp_path / "kb").mkdir()
    lines(tmp_path / "questions.jsonl", [{"id": "x", "text": "a", "articles": ["b"]}])
    assert f"questions.jsonl:1: no article 'b': {tmp_path / 'kb'} holds none at all" in fault(tmp_path)
    lines(tmp_path / "questions.jsonl", [{"id": "x", "text": "a"}])
    assert load_suite(tmp_path).warnings == (f"{tmp_path / 'kb'}: no article in it",)


def test_a_file_that_is_no_utf8_names_the_line(tmp_path: Path) -> None:
    write_suite(tmp_path)
    (tmp_path / "questions.jsonl").write_bytes(b'{"id": "a", "text": "a"}\n{"id": "\xb0\xa1"}\n')
    assert f"{tmp_path / 'questions.jsonl'}:2: cannot be read: not UTF-8" in fault(tmp_path)


def test_a_line_separator_within_a_text_is_no_new_line(tmp_path: Path) -> None:
    suite = load_suite(write_suite(tmp_path, [{"id": "x", "text": "one\u2028two"}], []))
    assert suite.questions[0].text == "one\u2028two"


def test_a_beir_triple_is_read(tmp_path: Path) -> None:
    beir = load_suite(write_beir(tmp_path)).beir
    assert beir is not None
    assert [entry.id for entry in beir.corpus] == ["refund", "parking"]
    assert beir.qrels == {"b1": {"refund": 1}}
    assert beir.queries[0].answers == ("three days",)


def test_a_broken_beir_triple_names_the_line(tmp_path: Path) -> None:
    write_beir(tmp_path)
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nb1\tnowhere\t1\n")
    assert "qrels.tsv:2: no document 'nowhere'" in fault(tmp_path)
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nb1 refund 1\n")
    assert "qrels.tsv:2: not three cells" in fault(tmp_path)
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nb1\trefund\tyes\n")
    assert "qrels.tsv:2: score 'yes' is not a whole number" in fault(tmp_path)
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nb1\trefund\t1\nb9\trefund\t1\n")
    assert load_suite(tmp_path).warnings == (
        f"{tmp_path / 'qrels.tsv'}:3: no query 'b9' in queries.jsonl; not used",
    )
    (tmp_path / "qrels.tsv").unlink()
    assert "a BEIR triple without qrels.tsv" in fault(tmp_path)
