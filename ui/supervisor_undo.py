"""Decisions of supervisors that can be taken back, for as long as the server runs."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict

from ..knowledge.aliases import Change


class Undos:
    """What each supervisor decided last, under tokens that are theirs alone.

    Args:
        kept: So many decisions of one supervisor at most; the oldest make room.
    """

    def __init__(self, kept: int = 100) -> None:
        self._kept = kept
        self._changes: dict[str, OrderedDict[str, Change]] = {}
        self._lock = threading.Lock()

    def keep(self, agent_id: str, change: Change) -> str:
        """Keep a decision; the returned token leads back to it."""
        token = secrets.token_urlsafe(12)
        with self._lock:
            own = self._changes.setdefault(agent_id, OrderedDict())
            own[token] = change
            while len(own) > self._kept:
                own.popitem(last=False)
        return token

    def find(self, agent_id: str, token: str) -> Change | None:
        """The decision, None where this supervisor has none of that name."""
        with self._lock:
            return self._changes.get(agent_id, {}).get(token)

    def drop(self, agent_id: str, token: str) -> None:
        """Forget a decision that was taken back, or cannot be any more."""
        with self._lock:
            self._changes.get(agent_id, OrderedDict()).pop(token, None)
