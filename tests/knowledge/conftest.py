from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from batonpass.knowledge import LocalKnowledgeBase

from .contract import TODAY
from .endpoint import Endpoint


@pytest.fixture
def open_base(tmp_path: Path) -> Iterator[Callable[..., LocalKnowledgeBase]]:
    """Opens bases in the test's folder; what is still open at the end is closed."""
    opened: list[LocalKnowledgeBase] = []

    def open_(folder: str = "kb", **options: Any) -> LocalKnowledgeBase:
        options.setdefault("today", lambda: TODAY)
        opened.append(LocalKnowledgeBase(tmp_path / folder, **options))
        return opened[-1]

    yield open_
    for base in opened:
        base.close()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with Endpoint() as running:
        yield running
