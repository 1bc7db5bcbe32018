"""The chat under load: servers in processes of their own on loopback, customers over the real protocols.

Ours is asked over the WebSocket of docs/live-protocol.md; the stock chat over the queue of Gradio's own page
(``queue/join``, then the events of ``queue/data``), with one call per message where the page makes several.
Everything is bounded: messages, waiting, and the servers, which end with this process.
"""

from __future__ import annotations

import asyncio
import http.client
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import Any

from .bench_customers import OurCustomer, StockCustomer, chat_function
from .bench_figures import ratios
from .bench_process import BenchError, clean_environment, cpu_seconds, peak_mb
from .bench_turns import QUESTIONS
from .timing import percentiles

MESSAGES = 4
"""Messages of each customer."""

THINK = (1.0, 3.0)
"""Seconds that a customer waits before a message, evenly spread."""

LIMIT = 30.0
"""Seconds to wait for an answer; a message without one is lost, and its customer leaves."""

STARTING = 120.0
"""Seconds for a server to come up."""

Ask = Callable[[str], Awaitable[bool]]
"""Sends a message and waits for its answer; False: the server refused or said that it failed."""


def load(
    levels: Sequence[int], *, stock: bool, progress: Callable[[str], None], model_seconds: float = 0.0
) -> list[dict[str, Any]]:
    """Both chats under each number of customers, each time with a fresh server.

    Args:
        levels: Numbers of customers.
        model_seconds: How long the model of either side takes to answer, as one at an endpoint does.
        stock: Whether the other side can be measured.
        progress: Told what is being measured.

    Raises:
        BenchError: a server did not come up.
    """
    result = []
    for customers in levels:
        sides: dict[str, Any] = {"ours": None, "stock": None}
        for side in ("ours", "stock") if stock else ("ours",):
            progress(f"load of {customers} customers: {side}")
            sides[side] = one_level(side, customers, model_seconds=model_seconds)
        both = ratios(sides["ours"], sides["stock"]) if stock else None
        result.append({"customers": customers, "model_s": model_seconds, **sides, "ratios": both})
    return result


def one_level(
    side: str,
    customers: int,
    *,
    messages: int = MESSAGES,
    think: tuple[float, float] = THINK,
    model_seconds: float = 0.0,
) -> dict[str, Any]:
    """Start a server, let the customers talk, stop it; what they met and what it took."""
    with (
        tempfile.TemporaryDirectory(prefix="batonpass-load-") as folder,
        serving(side, Path(folder), model_seconds) as (port, pid),
    ):
        asyncio.run(_crowd(side, port, 1, 2, (0.0, 0.0)))  # warms up: first questions load models
        before = cpu_seconds(pid)
        times = asyncio.run(_crowd(side, port, customers, messages, think))
        after = cpu_seconds(pid)
        used = None if before is None or after is None else round(after - before, 2)
        return {**summary(times, customers * messages), "server_cpu_s": used, "server_peak_mb": peak_mb(pid)}


def summary(times: Sequence[float | None], planned: int) -> dict[str, Any]:
    """What customers met.

    Args:
        times: Seconds to each answer; None for a message that got none.
        planned: Messages that would be sent if no customer left early.

    Returns:
        ``sent``; ``answered``: share of the planned messages; ``answer``: times of the answered ones.
    """
    answered = [one for one in times if one is not None]
    share = round(len(answered) / planned, 4)
    return {"sent": len(times), "answered": share, "answer": percentiles(answered) if answered else None}


async def _crowd(
    side: str, port: int, customers: int, messages: int, think: tuple[float, float]
) -> list[float | None]:
    """All customers at once; seconds to each answer."""
    function = await asyncio.to_thread(chat_function, port) if side == "stock" else 0

    def customer(number: int) -> AbstractAsyncContextManager[Ask]:
        return OurCustomer(port, number) if side == "ours" else StockCustomer(port, function)

    return [
        spent
        for each in await asyncio.gather(
            *(_talk(customer(number), number, messages, think) for number in range(customers))
        )
        for spent in each
    ]


async def _talk(
    customer: AbstractAsyncContextManager[Ask], number: int, messages: int, think: tuple[float, float]
) -> list[float | None]:
    """One customer: thinks, asks, waits; leaves when a message is lost. Equal numbers say equal things."""
    rng = random.Random(number)
    texts = rng.sample(QUESTIONS[rng.choice(("ko", "en"))], messages)
    times: list[float | None] = []
    await asyncio.sleep(rng.uniform(0, think[1]))  # not all at the same moment
    try:
        async with asyncio.timeout(LIMIT):
            ask = await customer.__aenter__()
    except (OSError, TimeoutError, http.client.HTTPException):
        return [None]
    try:
        for text in texts:
            await asyncio.sleep(rng.uniform(*think))
            start = time.perf_counter()
            try:
                async with asyncio.timeout(LIMIT):
                    good = await ask(text)
            except (OSError, TimeoutError):
                good = False
            times.append(time.perf_counter() - start if good else None)
            if not good:
                break
    finally:
        await customer.__aexit__(None, None, None)
    return times


@contextmanager
def serving(side: str, folder: Path, model_seconds: float = 0.0) -> Iterator[tuple[int, int]]:
    """A server of one side on a free loopback port: its port and process id.

    Raises:
        BenchError: it did not come up.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "batonpass.ui.load_target", side, str(port), str(folder)]
    command.append(str(model_seconds))
    with (folder / "log").open("wb") as log:
        # It ends when its stdin does: also where this process is killed.
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=clean_environment())
        try:
            _wait(server, side, port, folder / "log")
            yield port, server.pid
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
            if server.stdin:
                server.stdin.close()


def _wait(server: subprocess.Popen[bytes], side: str, port: int, log: Path) -> None:
    path = "/healthz" if side == "ours" else "/config"
    deadline = time.monotonic() + STARTING
    while time.monotonic() < deadline:
        if server.poll() is not None:
            last = (log.read_text(errors="replace").strip().splitlines() or ["no word"])[-1]
            raise BenchError(f"the server of {side} ended: {last}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.2)
    raise BenchError(f"the server of {side} did not come up within {STARTING:.0f} s")
