"""``batonpass bench``: measure, write the figures, show the table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from .console import fail, talk, write

MOST = 1000
"""Simulated customers at most."""

MOST_CHUNKS = 1_000_000
"""Chunks at most."""


def bench(
    out: Annotated[Path | None, typer.Option("--json", help="Write the figures to a file.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often each question is asked.")] = 10,
    chunks: Annotated[
        str,
        typer.Option(
            metavar="10000,100000",
            help="Index and search so many chunks beside LangChain's EnsembleRetriever; 0: leave it out.",
        ),
    ] = "2000",
    load: Annotated[
        str,
        typer.Option(
            metavar="10,50,200",
            help="Let so many customers chat at once, beside a stock gr.ChatInterface (takes minutes).",
        ),
    ] = "",
    model_seconds: Annotated[
        float, typer.Option(min=0, max=10, help="With --load: how long the model of either side takes to answer.")
    ] = 0.0,
) -> None:
    """Measure import, sync, search, turns and racing claims, and search beside what one would otherwise build."""
    from rich.table import Table

    levels = _numbers("--load", load, MOST, "10,50,200")
    sizes = _numbers("--chunks", "" if chunks == "0" else chunks, MOST_CHUNKS, "10000,100000")

    from ..evals import bench as measuring
    from ..evals import stock
    from ..evals.bench_figures import rows
    from ..evals.bench_process import BenchError

    try:
        with talk.status("") as status:
            figures = measuring.run(
                lambda what: status.update(f"measuring {what}"),
                rounds=rounds,
                chunks=sizes,
                load=levels,
                model_seconds=model_seconds,
            )
    except BenchError as error:
        fail(str(error))
    if out:
        write(out, json.dumps(figures, indent=2))
    table = Table("what", "figure", "ours", "stock", "ours / stock")
    last = ""
    for what, *row in rows(figures):
        if what != last:
            table.add_section()
        table.add_row("" if what == last else what, *row)
        last = what
    Console().print(table)
    if (sizes or levels) and not stock.available():
        talk.print(stock.HOW_TO_GET, markup=False, soft_wrap=True)


def _numbers(option: str, text: str, most: int, example: str) -> list[int]:
    """The numbers of an option."""
    try:
        numbers = [int(part) for part in text.split(",")] if text else []
    except ValueError:
        numbers = [0]
    if not all(0 < number <= most for number in numbers):
        fail(f"{option} takes numbers from 1 to {most} with commas between, such as {example}, not {text!r}")
    return numbers
