"""``batonpass replay``: stored conversations judged again under another policy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from .console import fail, talk, write


def replaying(
    policy: Annotated[Path, typer.Option(help="The other policy (docs/policy.md), and weights.")],
    data: Annotated[Path | None, typer.Option("--data", help="Folder that holds the conversations.")] = None,
    kb: Annotated[Path | None, typer.Option("--kb", help="Knowledge folder, for the customers beside it.")] = None,
    out: Annotated[
        Path | None, typer.Option("--json", help="Write the figures and every change to a file.")
    ] = None,
) -> None:
    """Judge stored conversations again: who would have reached a person earlier, later, never or newly."""
    from ..agent.compose import customers
    from ..agent.settings import Settings
    from ..escalation import SQLStore
    from ..escalation.yamlfile import InputError, YamlFile
    from ..evals.history import read_history
    from ..evals.replay import Weights, replay
    from .evaluating import guard_policy

    try:
        rules = guard_policy(policy)
        weights = YamlFile(policy).part("weights", Weights)
    except InputError as error:
        fail(str(error))
    settings = Settings(**{name: path for name, path in (("data", data), ("kb", kb)) if path})
    if not (settings.data / "batonpass.sqlite").is_file():
        fail(f"{settings.data}: no conversations are stored there")
    store = SQLStore(settings.database_url)
    try:
        heads = len(store.list(limit=10_000_000))
        parts = read_history(store)
    finally:
        store.close()
    if not parts:
        fail(
            f"{settings.data}: {heads} conversations, none with a verdict: nothing to judge again"
            if heads
            else f"{settings.data}: no conversations are stored there"
        )
    with talk.status(f"judging {len(parts)} parts of {heads} conversations again"):
        figures = replay(parts, rules, weights, directory=customers(settings))
    if out:
        write(out, json.dumps(figures, ensure_ascii=False, indent=1))
    show(figures)


def show(figures: dict[str, Any]) -> None:
    """What changes and what it costs, as two tables on stderr."""
    changes = figures["changes"]
    title = f"{figures['conversations']} conversations, {figures['turns']} turns"
    table = Table("escalated", "parts", title=title)
    for name, count in changes.items():
        table.add_row(name.replace("_", " "), str(count))
    talk.print(table)
    table = Table("", "needless", "missed", "late turns", "cost")
    for name, row in (("as stored", figures["cost"]["stored"]), ("replayed", figures["cost"]["replayed"])):
        table.add_row(name, *(f"{row[key]:g}" for key in ("needless", "missed", "late_turns", "cost")))
    for name, points in figures["curve"].items():
        best = min(points, key=lambda point: (point["cost"], abs(point["value"] - figures["policy"][name])))
        figured = (f"{best[key]:g}" for key in ("needless", "missed", "late_turns", "cost"))
        table.add_row(f"best {name}: {best['value']:g}", *figured)
    talk.print(table)
    if figures["without_draft"]:
        talk.print(
            f"{figures['without_draft']} turns had no draft to judge and are taken as answered", markup=False
        )
