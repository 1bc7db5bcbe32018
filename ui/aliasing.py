"""``batonpass aliases``: a supervisor looks through proposed aliases, and approves or rejects them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import fail, talk

if TYPE_CHECKING:
    from ..knowledge.aliases import Aliases, Decision

aliases_app = typer.Typer(help="Other ways in which customers ask for an article.", no_args_is_help=True)

Kb = Annotated[str, typer.Option("--kb", help="Name of the knowledge base.")]
Data = Annotated[Path | None, typer.Option("--data", help="Folder for conversations and knowledge.")]
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="As `batonpass aliases list` shows them.")]
By = Annotated[str, typer.Option("--by", help="Who decides, for the record.")]


@aliases_app.command("list")
def list_aliases(
    show_all: Annotated[bool, typer.Option("--all", help="Decided ones too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    kb: Kb = "default",
    data: Data = None,
) -> None:
    """List proposals: id, state, how often it was asked, article, question."""
    from dataclasses import asdict

    from ..knowledge.aliases import Decision

    found = _aliases(kb, data).list(None if show_all else Decision.PENDING)
    for alias in sorted(found, key=lambda each: (-each.times, each.document_id)):
        if as_json:
            print(json.dumps(asdict(alias), ensure_ascii=False))
        else:
            print(f"{alias.id}\t{alias.decision}\t{alias.times}\t{alias.document_id}\t{alias.text}")
    if not found and not as_json:
        talk.print("nothing to decide" if not show_all else "no aliases", markup=False)


@aliases_app.command("approve")
def approve(ids: Ids, by: By = "", kb: Kb = "default", data: Data = None) -> None:
    """Make proposals aliases: from the next sync on, and within seconds in a running server."""
    from ..knowledge.aliases import Decision

    _decide(ids, Decision.APPROVED, by, kb, data)


@aliases_app.command("reject")
def reject(ids: Ids, by: By = "", kb: Kb = "default", data: Data = None) -> None:
    """Reject proposals, or take approved aliases back; they are not proposed again."""
    from ..knowledge.aliases import Decision

    _decide(ids, Decision.REJECTED, by, kb, data)


def _decide(ids: list[str], decision: Decision, by: str, kb: str, data: Path | None) -> None:
    for alias in _aliases(kb, data).decide(ids, decision, by=by):
        talk.print(f"{decision}: {alias.text} -> {alias.document_id}", markup=False, soft_wrap=True)


def _aliases(kb: str, data: Path | None) -> Aliases:
    from ..agent import Settings
    from ..agent.compose import knowledge_folder
    from ..knowledge.aliases import Aliases

    settings = Settings(kb_name=kb, **({"data": data} if data else {}))
    folder = knowledge_folder(settings)
    if not folder.is_dir():
        fail(f"no knowledge base {kb!r} in {settings.data}")
    return Aliases(folder)
