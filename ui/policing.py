"""``batonpass policy``: is a policy file right, and what is in force under it?"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .console import fail, talk

if TYPE_CHECKING:
    from ..escalation.policy import GuardPolicy, Rule


def policing(
    file: Annotated[Path | None, typer.Argument(help="Default: BATONPASS_POLICY.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object: every key, and the version.")
    ] = False,
) -> None:
    """Check a policy file and print what is in force under it."""
    from ..agent.settings import Settings
    from ..escalation.policy import GuardPolicy
    from ..escalation.policyfile import WEIGHTS, read_policy
    from ..escalation.yamlfile import InputError, YamlFile
    from ..evals.replay import Weights

    path = file or Settings().policy
    policy = GuardPolicy()
    if path:
        try:
            policy = read_policy(path)
            YamlFile(path).part(WEIGHTS, Weights)
        except InputError as error:
            fail(str(error))
    talk.print(f"{path or 'built in'}: version {policy.version}", markup=False, soft_wrap=True)
    if as_json:
        print(json.dumps({"version": policy.version, **policy.model_dump(mode="json")}, ensure_ascii=False))
        return
    for line in lines(policy, datetime.now(UTC)):
        print(line)


def lines(policy: GuardPolicy, now: datetime) -> list[str]:
    """What is in force: numbers, hours, topics, and the rules in the order in which they are looked at.

    Args:
        policy: The policy.
        now: With its time zone; whether it is inside of the business hours is said.
    """
    usual = type(policy)().model_dump(mode="json")
    said = []
    for name, value in policy.model_dump(mode="json").items():
        if name in ("business_hours", "topics", "rules"):
            continue
        shown = (
            ", ".join(f"{key} {_shown(part)}" for key, part in value.items()) if isinstance(value, dict) else value
        )
        said.append(f"{name}: {shown}" + ("" if value == usual[name] else "  (changed)"))
    if hours := policy.business_hours:
        state = "open" if hours.inside(now) else "closed"
        said.append(f"business_hours: {hours.timezone}, {state} now")
        for day, spans in hours.model_dump(exclude={"timezone", "holidays"}).items():
            said.append(f"  {day} {', '.join(spans) or 'closed'}")
        said += [f"  holidays {', '.join(hours.holidays)}"] if hours.holidays else []
    said += [f"topic {name}: {', '.join(phrases)}" for name, phrases in policy.topics.items()]
    ordered = sorted(policy.rules, key=lambda rule: not rule.always)
    return said + [f"rule {number}: {_rule(rule)}" for number, rule in enumerate(ordered, 1)]


def _rule(rule: Rule) -> str:
    from ..escalation.policy import PRIORITIES

    when = rule.when.model_dump(mode="json", exclude_defaults=True)
    holds = "; ".join(f"{name} {_shown(value)}" for name, value in when.items())
    then = rule.model_dump(mode="json", exclude_defaults=True, include={"queue", "skill", "reason"})
    if rule.priority is not None:
        then["priority"] = next(name for name, number in PRIORITIES.items() if number == rule.priority)
    extra = "".join(f", {name} {value}" for name, value in then.items())
    told = f", message in {', '.join(rule.message)}" if rule.message else ""
    always = "always " if rule.always else ""
    return f"{rule.name}: {always}{rule.then}{extra}{told}, when {holds}"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return " or ".join(str(part) for part in value) or "none"
    return "none" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)
