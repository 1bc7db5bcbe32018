"""``batonpass ingest``: articles in, their question forms by a model, and following a folder."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .console import fail, progress_bar, talk

if TYPE_CHECKING:
    from ..agent import Settings
    from ..agent.enrich import Difference
    from ..knowledge import Document


def ingest(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Knowledge folders, or https:// addresses.")
    ],
    kb: Annotated[str, typer.Option("--kb", help="Name of the knowledge base.")] = "default",
    data: Annotated[Path | None, typer.Option("--data", help="Folder for conversations and knowledge.")] = None,
    hosts: Annotated[
        list[str] | None,
        typer.Option("--host", help="A further host to read a site from; a private one must be named."),
    ] = None,
    max_pages: Annotated[int, typer.Option("--max-pages", min=1, help="Pages of a site at most.")] = 200,
    enrich: Annotated[
        bool, typer.Option("--enrich", help="Have BATONPASS_MODEL propose questions that customers ask.")
    ] = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="With --enrich: make the proposals aliases; asks no model.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on and follow changes until Ctrl-C.")] = False,
) -> None:
    """Make a knowledge base hold exactly the articles of these folders and sites."""
    from ..agent import Settings
    from ..agent.compose import knowledge_base
    from ..knowledge.duplicates import told
    from ..knowledge.loaders import load_sources

    settings = Settings(kb_name=kb, **({"data": data} if data else {}))
    _check(settings, paths, enrich=enrich, accept=accept, watch=watch)
    with progress_bar("reading") if talk.is_terminal else nullcontext() as progress:
        documents, failures = load_sources(paths, hosts=hosts or (), max_pages=max_pages, progress=progress)
    with closing(knowledge_base(settings)) as knowledge:
        if accept:
            _accept(settings, documents)
        with progress_bar() as progress:
            report = knowledge.sync(documents, failures=failures, progress=progress)
        for failure in report.failed:
            talk.print(f"not read: {failure.source}: {failure.reason}", markup=False, soft_wrap=True)
        for line in told(report.twins):
            talk.print(line, markup=False, soft_wrap=True)
        print(
            f"{len(report.added)} added, {len(report.changed)} changed, {len(report.removed)} removed, "
            f"{len(report.unchanged)} unchanged, {len(report.failed)} failed; {report.chunks} chunks",
            flush=True,
        )
        if watch:
            _follow(knowledge, [Path(path) for path in paths], report.failed)
    if enrich and not accept:
        _enrich(settings, documents)


def _check(settings: Settings, paths: Sequence[str], *, enrich: bool, accept: bool, watch: bool) -> None:
    if accept and not enrich:
        fail("--accept goes with --enrich")
    if watch and enrich:
        fail("--watch and --enrich do not go together: enrich first, then watch")
    if watch and any(path.lower().startswith(("http://", "https://")) for path in paths):
        fail("--watch follows folders and files, no web sites")
    if enrich and not accept and not settings.model:
        fail("--enrich needs a model: set BATONPASS_MODEL (and OPENAI_BASE_URL, OPENAI_API_KEY)")


def _follow(knowledge: Any, paths: Sequence[Path], failed: Any) -> None:
    from .following import following

    talk.print("watching for changes; Ctrl-C ends", markup=False)
    # Ctrl-C interrupts the main thread, so the work is done in another: it cuts no sync off, and no line that
    # is being printed, which rich would keep in its buffer and print again.
    with suppress(KeyboardInterrupt), following(knowledge, paths, talk, failed):
        while True:
            time.sleep(3600)
    talk.print("stopped", markup=False)


def _enrich(settings: Settings, documents: Sequence[Document]) -> None:
    from ..agent.compose import knowledge_folder
    from ..agent.enrich import Forms, enrich, propose
    from ..agent.models import chat_model
    from ..knowledge.aliases import Aliases

    folder = knowledge_folder(settings)
    forms = Forms(folder)
    with progress_bar("asking the model") as progress:
        result = enrich(chat_model(settings), documents, forms, name=settings.model, progress=progress)
    for failure in result.failed:
        talk.print(f"no questions: {failure.source}: {failure.reason}", markup=False, soft_wrap=True)
    found = propose(documents, forms, Aliases(folder), name=settings.model)
    show(found)
    talk.print(f"asked {settings.model} about {result.asked} articles", markup=False, soft_wrap=True)
    if found:
        talk.print(
            "nothing is changed yet: run it again with --enrich --accept, or decide each with `batonpass aliases`",
            markup=False,
            soft_wrap=True,
        )
    if result.stopped:
        fail(f"stopped, as the model cannot be asked ({result.stopped}); the next run goes on from here")


def _accept(settings: Settings, documents: Sequence[Document]) -> None:
    """Only what a run before has shown: a text that changed since then has no proposals."""
    from ..agent.compose import knowledge_folder
    from ..agent.enrich import Forms, accept, differences
    from ..knowledge.aliases import Aliases

    folder = knowledge_folder(settings)
    aliases = Aliases(folder)
    found = differences(documents, Forms(folder), aliases)
    show(found)
    added, removed = accept(found, aliases, by="ingest --accept")
    talk.print(f"{added} aliases accepted, {removed} dropped", markup=False)


def show(found: Sequence[Difference]) -> None:
    """Print what would change as a diff, on stdout; each proposal with its id for ``batonpass aliases``."""
    for each in found:
        print(f"{each.document.source}: {' '.join(each.document.title.split())}")
        for mark, aliases in ((" ", each.keep), ("-", each.remove), ("+", each.add)):
            for alias in aliases:
                print(f"  {mark} {alias.text}  ({alias.id})")
    added, removed = sum(len(each.add) for each in found), sum(len(each.remove) for each in found)
    print(f"{added} to add, {removed} to remove, in {len(found)} articles", flush=True)
