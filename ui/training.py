"""``batonpass train-encoder``: teach the encoder an operator's own ways of asking."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .console import fail, progress_bar, talk


def train_encoder(
    pairs: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PAIRS...", help="JSON lines: id, article_ko/article_en, ko/en (utterances)."),
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Where the artefact goes (BATONPASS_ENCODER names it to the server).")
    ] = Path("encoder.npz"),
    from_scratch: Annotated[
        bool,
        typer.Option("--from-scratch", help="Begin anew with the bank instead of going on from the built-in one."),
    ] = False,
    steps: Annotated[int | None, typer.Option(min=1, help="Training steps (default: the recipe's).")] = None,
    seed: Annotated[int, typer.Option(help="Equal seeds give equal artefacts on one machine.")] = 7,
) -> None:
    """Train the sentence encoder with your own pairs; needs the extra ``train``."""
    from dataclasses import replace

    from ..knowledge import KnowledgeError
    from ..knowledge.concepts import built_in
    from ..knowledge.encoder.model import BUILT_IN, read_table, write_table
    from ..knowledge.encoder.training.bank import FOLDER, read_bank

    try:
        from ..knowledge.encoder.training import build
        from ..knowledge.encoder.training.priors import teacher
    except ImportError:
        fail("training needs torch: install batonpass[train]")
    if not pairs and not from_scratch:
        fail("name files of your own pairs, or train the bank's encoder anew with --from-scratch")
    try:
        own = read_bank(pairs or [])
        bank = read_bank(sorted(FOLDER.glob("*.jsonl")))
        clash = sorted({s.id for s in own} & {s.id for s in bank})
        if clash:
            fail(f"id {clash[0]!r} is already one of the bank's")
        if pairs and len(own) < build.FEWEST:
            fail(f"{len(own)} situations are too few to learn from: {build.FEWEST} at least")
        with progress_bar() as progress:

            def tell(what: str, done: int, total: int) -> None:
                progress(done, total, what)

            recipe = replace(build.STANDARD if from_scratch else build.CONTINUED, seed=seed)
            recipe = replace(recipe, steps=steps or recipe.steps)
            if from_scratch:
                table = build.train([*bank, *own], built_in(), recipe, embed=teacher, progress=tell)
            else:
                table = build.go_on(read_table(BUILT_IN), own, bank, built_in(), recipe, progress=tell)
    except KnowledgeError as error:
        fail(str(error))
    try:
        write_table(out, table)
    except OSError as error:
        fail(f"{out}: {error.strerror}")
    talk.print(
        f"{out}: {len(table.codes)} features, {out.stat().st_size / 1e6:.1f} MB, version {table.version}",
        markup=False,
        soft_wrap=True,
    )
