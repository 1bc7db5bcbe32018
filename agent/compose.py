"""Wires the parts from the settings; nothing else does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..escalation import (
    Accounts,
    CustomerDirectory,
    Desk,
    FileCustomerDirectory,
    Guard,
    Learning,
    PolicyFile,
    RuleGuard,
    SQLStore,
    Vault,
)
from ..knowledge import (
    FastEmbedder,
    KnowledgeError,
    LocalKnowledgeBase,
    OpenAIEmbedder,
    SyncReport,
    load_folders,
)
from ..knowledge.base import Progress
from ..knowledge.encoder import LearnedEmbedder, load
from .costs import Prices
from .models import chat_model
from .pipeline import build_agent
from .settings import SAMPLE, Settings
from .turn import Assistant
from .wording import SummaryWriter

if TYPE_CHECKING:
    from ..knowledge.embedders import Embedder

SAMPLE_COMPANY = {"ko": "새담", "en": "Saedam Home"}


@dataclass(slots=True)
class Batonpass:
    """All parts of one running Batonpass; close it when done."""

    settings: Settings
    knowledge: LocalKnowledgeBase
    store: SQLStore
    guard: Guard
    assistant: Assistant
    desk: Desk
    accounts: Accounts
    directory: CustomerDirectory

    def sync(self, folders: list[Path], progress: Progress | None = None) -> SyncReport:
        """Make the knowledge base hold exactly the articles of these folders.

        Raises:
            KnowledgeError: a folder is missing or unreadable.
        """
        documents, failures = load_folders(folders)
        return self.knowledge.sync(documents, failures=failures, progress=progress)

    def close(self) -> None:
        """Release files and locks."""
        self.knowledge.close()
        self.store.close()

    def __enter__(self) -> Batonpass:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def embedder(settings: Settings) -> Embedder:
    """The embedder that the settings name.

    Raises:
        KnowledgeError: a local model is missing, or cannot be fetched or loaded.
    """
    kind, _, model = settings.embeddings.partition(":")
    if kind == "builtin":
        return LearnedEmbedder(
            load(settings.encoder) if settings.encoder else None,
            synonyms=[Path(name) for name in settings.synonyms],
        )
    if kind == "fastembed":
        return FastEmbedder(model, cache=settings.models)
    return OpenAIEmbedder(
        model=model,
        base_url=settings.openai_base_url or None,
        api_key=settings.openai_api_key.get_secret_value() or "none",
    )


def knowledge_folder(settings: Settings) -> Path:
    """Where the knowledge base lies in the data folder."""
    return settings.data / "knowledge" / settings.kb_name


def knowledge_base(settings: Settings, progress: Progress | None = None) -> LocalKnowledgeBase:
    """Open the knowledge base in the data folder.

    Args:
        settings: ``embeddings`` other than last time: all is embedded anew.
        progress: Hears how that goes on.

    Raises:
        KnowledgeError: it is in use by another process or cannot be used.
    """
    path = knowledge_folder(settings)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KnowledgeError(f"cannot use the data folder {settings.data}: {error.strerror}") from None
    return LocalKnowledgeBase(
        path, name=settings.kb_name, embedder=embedder(settings), progress=progress, chroma_url=settings.chroma_url
    )


def compose(
    settings: Settings | None = None,
    *,
    guard: Guard | None = None,
    store: SQLStore | None = None,
    directory: CustomerDirectory | None = None,
    progress: Progress | None = None,
) -> Batonpass:
    """Build a Batonpass.

    Args:
        settings: Default: from the environment.
        guard: Default: the hard rules, under the settings' policy file.
        store: Default: SQLite in the data folder.
        directory: Default: the sample shop's customers with its knowledge base, else nobody.
        progress: Hears how an embedding anew, by another model than last time, goes on.

    Raises:
        InputError: the policy file is broken; one line that names it.
        KnowledgeError: the knowledge folder cannot be used.
        StoreError: the database cannot be used.
    """
    settings = settings or Settings()
    guard = guard or RuleGuard(PolicyFile(settings.policy) if settings.policy else None)
    knowledge = knowledge_base(settings, progress)
    own: list[SQLStore] = []
    try:
        if store is None:
            store = SQLStore(settings.database_url)
            own.append(store)
        directory = directory or customers(settings)
        company = settings.company or (SAMPLE_COMPANY["en"] if settings.sample else "")
        model = chat_model(settings)
        agent = build_agent(
            model,
            knowledge,
            guard,
            company=company,
            guard_timeout=settings.guard_timeout,
            country=settings.country,
        )
        accounts = Accounts(store.engine)
        vault = Vault.open(settings.data / "vault.key")
        writer = None
        if settings.model and settings.summary_timeout:
            writer = SummaryWriter(model, timeout=settings.summary_timeout, name=settings.model)
    except BaseException:
        for opened in own:
            opened.close()
        knowledge.close()
        raise
    names: dict[str, str] = {}

    def name_of(agent_id: str) -> str | None:
        if agent_id not in names and (found := accounts.get(agent_id)):
            names[agent_id] = found.name
        return names.get(agent_id)

    return Batonpass(
        settings=settings,
        knowledge=knowledge,
        store=store,
        guard=guard,
        assistant=Assistant(
            store,
            agent,
            knowledge,
            directory,
            prices=Prices(settings.price_input, settings.price_output),
            vault=vault,
            writer=writer,
        ),
        desk=Desk(
            store, directory, name_of, Learning(store, directory, knowledge, knowledge.aliases).replied, vault
        ),
        accounts=accounts,
        directory=directory,
    )


def customers(settings: Settings) -> FileCustomerDirectory:
    """The customers of customers.jsonl beside the knowledge folder; nobody where there is none.

    Raises:
        CustomerFileError: a line is not a customer record.
    """
    beside = (settings.kb.resolve().parent if settings.kb else SAMPLE) / "customers.jsonl"
    return FileCustomerDirectory(beside if beside.is_file() else None)
