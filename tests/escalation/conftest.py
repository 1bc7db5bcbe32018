from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from batonpass.escalation import SQLStore

LIMIT = 30
"""Seconds within which any text rule must be done: generous, an exponential one needs centuries."""


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SQLStore]:
    url = "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'batonpass.sqlite'}"
    opened = SQLStore(url)
    yield opened
    opened.close()


@pytest.fixture
def ends() -> Callable[..., Any]:
    """Run a function that may blow up: fail where it is not done after ``LIMIT`` seconds."""

    def run(function: Callable[..., Any], *args: Any) -> Any:
        answer: list[Any] = []
        thread = threading.Thread(target=lambda: answer.append(function(*args)), daemon=True)
        thread.start()
        thread.join(LIMIT)
        assert answer, f"{function.__name__} does not come to an end on {args[0][:20]!r}... ({len(args[0])})"
        return answer[0]

    return run
