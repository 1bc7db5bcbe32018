"""Faults of a YAML file, each in one line with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from batonpass.escalation.policy import GuardPolicy
from batonpass.escalation.yamlfile import InputError, YamlFile, read_text


def write(folder: Path, text: str) -> Path:
    path = folder / "p.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_key_and_item_has_its_line(tmp_path: Path) -> None:
    file = YamlFile(write(tmp_path, "a: 1\nrules:\n- name: x\n  when:\n    langs: ko\n- name: y\n"))
    assert file.where("rules", 0, "when", "langs").endswith("p.yaml:5")
    assert file.where("rules", 1).endswith("p.yaml:6")
    assert file.where("rules", 1, "when", "topics").endswith("p.yaml:6")  # the nearest that is there
    assert file.where("nowhere") == str(file.path)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("rules:\n- name: a\n  when: {langs: [ko]\n", ":4: not YAML"),
        ("near_from: 1\n\nnear_from: 0.5\n", ":3: near_from: given twice"),
        ("- near_from\n", ":1: not a mapping"),
        ("a: 1\nb: \x01\n", ":2: not YAML: character 1"),
        ("business_hours:\n  timezone: UTC\n  holidays: [2026-02-31]\n", ":3: not YAML: day is out of range"),
        ("topics: &a\n  x: *a\n", ":1: nested too deeply"),
        ("[" * 3000, ": nested too deeply"),
        ("near_form: 1\n", ":1: unknown key 'near_form' (did you mean 'near_from'?)"),
        (
            "rules:\n- nmae: a\n  when: {langs: ko}\n  then: offer\n",
            ":2: rule 1: unknown key 'nmae' (did you mean 'name'?)",
        ),
        (
            "rules:\n- name: a\n  when: {langs: ko}\n  then: offer\n- name: b\n  when:\n    frustation_from: 1\n",
            ":7: rule 2 when: unknown key 'frustation_from' (did you mean 'frustration_from'?)",
        ),
        ("high_value:\n  tier: [a]\n", ":2: high_value: unknown key 'tier' (did you mean 'tiers'?)"),
        ("rules:\n- when: {langs: ko}\n  then: offer\n", ":2: rule 1 name: Field required"),
        ("answer_from: 2\nnear_from: 3\n", ":1: answer_from: "),
        ("near_from: 3\nanswer_from: 2\n", ":1: near_from: "),
        ("rules:\n- name: a\n  when: {langs: ko}\n  then: offfer\n", ":4: rule 1 then: 'offfer' is none of"),
        ("rules: some\n", ":1: rules: Input should be a list, not 'some'"),
        ("topics: some\n", ":1: topics: Input should be a mapping of names to values"),
        (
            "rules:\n- {name: a, when: {langs: ko}, then: offer}\n- name: a\n  when: {langs: en}\n  then: offer\n",
            ":3: rule 2 name: two rules are called 'a'",
        ),
        (
            "rules:\n- name: a\n  when:\n    topics: [legl]\n  then: offer\n",
            ":4: rule 1 when.topics: no topic 'legl'",
        ),
        ("business_hours:\n  timezone: UTC\n  mon: 18:00\n", ":3: business_hours.mon: not written like"),
        ("topics:\n  ok: [aye, no]\n", ":2: topics.ok: a word that YAML takes for something else"),
    ],
)
def test_a_fault_is_one_line(tmp_path: Path, text: str, line: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(InputError) as refused:
        YamlFile(path).read(GuardPolicy)
    assert f"{path}{line}" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_few_lines_that_stand_for_millions_are_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(InputError, match="too many values"):
        YamlFile(write(tmp_path, "\n".join(lines)))


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yaml: cannot be read: No such file"):
        read_text(tmp_path / "none.yaml")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        YamlFile(tmp_path)
    (tmp_path / "p.yaml").write_bytes("a: 1\nb: 가".encode("cp949"))
    with pytest.raises(InputError, match=r"p\.yaml:2: cannot be read: not UTF-8"):
        YamlFile(tmp_path / "p.yaml")


def test_an_empty_file_and_anchors_are_fine(tmp_path: Path) -> None:
    assert YamlFile(write(tmp_path, "# nothing yet\n")).read(GuardPolicy) == GuardPolicy()
    shared = "topics:\n  a: &words [하나, one]\n  b: *words\n"
    assert YamlFile(write(tmp_path, shared)).read(GuardPolicy).topics["b"] == ("하나", "one")
