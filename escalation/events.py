"""Notifications: which conversation moved, and how far; never the data itself."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol, runtime_checkable

log = logging.getLogger(__name__)

Listener = Callable[[str, int], None]
"""Called as ``listener(conversation_id, seq)``, from any thread; must return at once."""


@runtime_checkable
class EventBus(Protocol):
    """Tells readers to look. A lost notification costs time, never data: readers fetch behind their last seq."""

    def publish(self, conversation_id: str, seq: int) -> None:
        """Say that a conversation has items up to ``seq``."""
        ...

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call the listener on every notification; the returned function ends that."""
        ...


class LocalBus:
    """Notifications within one process."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()

    def publish(self, conversation_id: str, seq: int) -> None:
        """Call every listener; one that fails is logged and does not keep the others from hearing."""
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            try:
                listener(conversation_id, seq)
            except Exception:
                log.exception("a listener failed on %s at %d", conversation_id, seq)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call the listener on every notification; the returned function ends that."""
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe
