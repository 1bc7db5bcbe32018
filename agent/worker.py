"""Runs owed turns in a live server: one at a time for each conversation, many conversations at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from ..escalation import NotFound
from .turn import Assistant

log = logging.getLogger(__name__)

RETRY = (0.5, 1, 2, 5, 10, 30)
"""Seconds between tries when not even a hand-off could be stored; then every 30 s."""

_AT_ONCE = float("-inf")


class TurnWorker:
    """Answers conversations as they are woken, and all that are owed an answer at the start.

    Args:
        assistant: Runs the turns.
        settle: Seconds of quiet to wait for after a message, so that a burst is answered once.
        progress: Told ``(conversation_id, stage)``; stage None when the turn is over.
        parallel: Turns at a time.
    """

    def __init__(
        self,
        assistant: Assistant,
        *,
        settle: float = 0.15,
        progress: Callable[[str, str | None], None] = lambda conversation_id, stage: None,
        parallel: int = 32,
    ) -> None:
        self._assistant = assistant
        self._settle = settle
        self._progress = progress
        self._slots = asyncio.Semaphore(parallel)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._woken: dict[str, float] = {}
        self._hurry: dict[str, asyncio.Event] = {}
        self._stopped = False

    async def recover(self) -> int:
        """Wake every conversation that is owed an answer, such as after a crash; returns how many."""
        owed = await asyncio.to_thread(self._assistant.store.unanswered)
        for conversation_id in owed:
            self.wake(conversation_id)
        return len(owed)

    def wake(self, conversation_id: str, *, at_once: bool = False) -> None:
        """Have a conversation answered soon (call it in the event loop's thread); nothing happens once stopped.

        Args:
            at_once: Do not wait for quiet; somebody asked for a person.
        """
        if self._stopped:
            return
        if at_once:
            self._woken[conversation_id] = _AT_ONCE
            if hurry := self._hurry.get(conversation_id):
                hurry.set()
        elif self._woken.get(conversation_id) != _AT_ONCE:
            self._woken[conversation_id] = asyncio.get_running_loop().time()
        task = self._tasks.get(conversation_id)
        if task is None or task.done():
            self._tasks[conversation_id] = asyncio.create_task(self._run(conversation_id))

    async def stop(self) -> None:
        """Let running turns go; what they owed is recovered at the next start."""
        self._stopped = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()

    async def _run(self, conversation_id: str) -> None:
        failures = 0
        hurry = self._hurry[conversation_id] = asyncio.Event()
        try:
            while (woken := self._woken.get(conversation_id)) is not None:
                quiet = woken + self._settle - asyncio.get_running_loop().time()
                if quiet > 0:
                    await _rest(quiet, hurry)
                    continue
                del self._woken[conversation_id]
                hurry.clear()
                try:
                    async with self._slots:
                        await self._assistant.answer(
                            conversation_id, lambda stage: self._progress(conversation_id, stage)
                        )
                    failures = 0
                except NotFound:
                    log.warning("there is no conversation %s to answer", conversation_id)
                except Exception:
                    log.exception("cannot answer %s, trying again", conversation_id)
                    await _rest(RETRY[min(failures, len(RETRY) - 1)], hurry)
                    failures += 1
                    self._woken[conversation_id] = _AT_ONCE
                finally:
                    self._over(conversation_id)
        finally:
            # No await since the last look at _woken: a wake cannot fall in between.
            self._tasks.pop(conversation_id, None)
            self._hurry.pop(conversation_id, None)

    def _over(self, conversation_id: str) -> None:
        try:
            self._progress(conversation_id, None)
        except Exception:
            log.exception("cannot tell that the turn of %s is over", conversation_id)


async def _rest(seconds: float, hurry: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await hurry.wait()
