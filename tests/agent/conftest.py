from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from batonpass.agent.compose import Batonpass, compose
from batonpass.agent.settings import Settings
from batonpass.escalation import Conversation, SQLStore

from .support import SAMPLE, FakeEndpoint, ScriptedChatModel, Step

TRAP = "sk-from-the-environment"
"""Stands in OPENAI_API_KEY: a test that sends it has read a developer's real key."""


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = ("BATONPASS_", "OPENAI_", "LANGSMITH_", "LANGCHAIN_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    for name in list(os.environ):
        if name.upper().startswith(ours):
            monkeypatch.delenv(name)
    monkeypatch.setenv("OPENAI_API_KEY", TRAP)


@pytest.fixture
def scripted() -> Iterator[Callable[..., ScriptedChatModel]]:
    """Make scripted models; at the end each must have played all its steps."""
    made: list[ScriptedChatModel] = []

    def make(*steps: Step) -> ScriptedChatModel:
        made.append(ScriptedChatModel(steps=list(steps)))
        return made[-1]

    yield make
    for model in made:
        model.done()


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    with FakeEndpoint() as running:
        yield running
    assert TRAP not in running.keys


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'conversations.sqlite'}"


@pytest.fixture
def store(database: str) -> Iterator[SQLStore]:
    opened = SQLStore(database)
    yield opened
    opened.close()


@pytest.fixture
def conversation(store: SQLStore) -> Conversation:
    return store.create()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Batonpass]:
    """The sample shop as it runs: real knowledge base, real guard, embedded model."""
    # Made before _own_environment has cleared the environment: what matters is named.
    data = tmp_path_factory.mktemp("shop")
    settings = Settings(data=data, kb=None, company="", model="", openai_api_key="", embeddings="builtin")
    with compose(settings) as parts:
        parts.sync([SAMPLE / "kb"])
        yield parts
