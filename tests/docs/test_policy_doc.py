"""docs/policy.md and examples/policy.yaml: they load, and say every key and default as it is."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import get_args

import batonpass
import pytest
import yaml
from batonpass.escalation import GuardPolicy, Reason
from batonpass.escalation.hours import BusinessHours
from batonpass.escalation.policy import PRIORITIES, SENSITIVE, HighValue, Intent, Rule, When
from batonpass.escalation.policyfile import read_policy
from batonpass.escalation.yamlfile import InputError

ROOT = Path(batonpass.__file__).parent
DOC = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "examples" / "policy.yaml"
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", DOC, re.S | re.M)
YAML = [text for language, text in BLOCKS if language == "yaml"]
KEYS = {
    *(
        name
        for name in GuardPolicy.model_fields
        if name not in ("high_value", "business_hours", "topics", "rules")
    ),
    *(f"high_value.{name}" for name in HighValue.model_fields),
    *(f"business_hours.{name}" for name in BusinessHours.model_fields),
    *(f"rules.{name}" for name in Rule.model_fields),
    *(f"when.{name}" for name in When.model_fields),
}
TABLES = "\n".join(re.findall(r"^\| (`[^|]*`) \|", DOC, re.M))


@pytest.mark.parametrize("text", YAML, ids=[text.partition(":")[0] for text in YAML])
def test_each_example_loads_and_says_something(text: str, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    assert read_policy(path).version != GuardPolicy().version


def test_the_whole_file_loads_and_leads_to_articles_of_the_sample_shop() -> None:
    policy = read_policy(EXAMPLE)
    assert len(policy.rules) > 5
    named = [article for rule in policy.rules for article in rule.when.articles]
    assert named
    assert [name for name in named if not (ROOT / "examples" / "shop" / "kb" / f"{name}.md").is_file()] == []


def test_every_key_is_described_and_every_described_key_exists() -> None:
    described = set(re.findall(r"`([a-z_.]+)`", TABLES))
    assert described == KEYS
    for name in ("topics", "rules", "business_hours", "high_value"):
        assert re.search(rf"^{name}:", "\n".join(YAML), re.M)


def test_every_key_stands_in_an_example() -> None:
    shown = "\n".join([*YAML, EXAMPLE.read_text(encoding="utf-8")])
    numbers = {"offer_repeats", "failed_attempts", "max_answers", "offer_frustration", "hand_off_frustration"}
    numbers |= {"hysteresis", "sensitive_at", "abuse_at", "explicit_at"}  # in the table, with their defaults
    assert [key for key in KEYS - numbers if not re.search(rf"\b{key.split('.')[-1]}:", shown)] == []


def test_defaults_are_those_in_force() -> None:
    said = dict(re.findall(r"^\| `(\w+(?:\.\w+)?)` \| `?([^|`]+?)`? \|", DOC, re.M))
    usual = GuardPolicy()
    for name, default in GuardPolicy().model_dump(mode="json").items():
        if isinstance(default, int | float):
            assert yaml.safe_load(said[name]) == default, name
    for name in HighValue.model_fields:
        assert yaml.safe_load(said[f"high_value.{name}"]) == usual.high_value.model_dump(mode="json")[name]


def test_every_code_is_listed() -> None:
    codes = [*get_args(Intent), *SENSITIVE, *PRIORITIES, "inside", "outside"]
    codes += [str(reason) for reason in Reason if reason is not Reason.GUARD_ERROR]
    assert [code for code in codes if f"`{code}`" not in DOC] == []


def test_the_fault_is_said_as_the_doc_shows_it(tmp_path: Path) -> None:
    (shown,) = [text for language, text in BLOCKS if language == "text"]
    rules = [{"name": f"r{n}", "when": {"langs": "ko"}, "then": "offer"} for n in range(2)]
    path = tmp_path / "policy.yaml"
    head = yaml.safe_dump({"rules": rules}, sort_keys=False)
    lines = head.splitlines()
    padding = "\n" * (10 - len(lines))
    path.write_text(
        f"{head}{padding}- name: r3\n  when: {{frustation_from: 2}}\n  then: offer\n", encoding="utf-8"
    )
    with pytest.raises(InputError) as refused:
        read_policy(path)
    assert str(refused.value).replace(f"{tmp_path}/", "batonpass: ") == shown.strip()


@pytest.mark.parametrize(
    "command", [line for language, text in BLOCKS if not language for line in text.splitlines()]
)
def test_commands_run_as_printed(command: str) -> None:
    program, *arguments = shlex.split(command)
    assert program == ".venv/bin/batonpass"
    done = subprocess.run(
        [sys.executable, "-m", "batonpass", *arguments], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "rule 1: " in done.stdout


def test_links_lead_somewhere() -> None:
    headings = {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^## (.*)$", DOC, re.M)}
    assert set(re.findall(r"\]\(#([\w-]+)\)", DOC)) <= headings
    files = re.findall(r"\]\(([^#)][^)]*)\)", DOC)
    assert files
    assert [name for name in files if not (ROOT / "docs" / name).resolve().is_file()] == []
