"""All settings; the only module that reads the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

SAMPLE = Path(__file__).parent.parent / "examples" / "shop"
"""The sample shop, served where no knowledge folder is named."""


class SettingsError(ValueError):
    """A setting is wrong; one line that names it."""


def tiktoken_cache() -> str | None:
    """The folder in which tiktoken itself looks for encodings."""
    return os.environ.get("TIKTOKEN_CACHE_DIR") or os.environ.get("DATA_GYM_CACHE_DIR")


def _split(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


CommaList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""A tuple that may be written as ``a, b``."""


class Settings(BaseSettings):
    """Settings from ``BATONPASS_*`` (and ``OPENAI_API_KEY``, ``OPENAI_BASE_URL``), or passed by name.

    Attributes:
        data: Folder for conversations, knowledge and the secret key.
        kb: Knowledge folder; None: the sample shop.
        company: Name in the page header.
        model: Chat model at an OpenAI-compatible endpoint; empty: the embedded extractive model.
        embeddings: ``builtin``, ``openai:<model>``, or ``fastembed:<model or folder>`` (the extra ``fastembed``).
        chroma_url: A Chroma server for the vectors, ``http[s]://host:port``; empty: embedded in the data folder.
        price_input: What a million tokens that the model reads cost, in your currency; 0: nothing is reckoned.
        price_output: Likewise for a million tokens that it writes.
        encoder: An artefact of ``batonpass train-encoder`` in place of the built-in one.
        synonyms: Files of concepts (see knowledge/lexicon) beside the built-in ones, separated by commas; a change
            counts without a restart.
        country: Where your customers are (ISO 3166): whose crisis lines are named to those who need one.
        model_timeout: Seconds for a try of the model; after the second one the embedded model answers.
        summary_timeout: Seconds for the model to word a packet's summary, which is there without it; 0: never.
        policy: The guard's policy file (docs/policy.md), read again when it changes; None: the built-in numbers.
        guard_timeout: Seconds before a silent guard means a hand-off.
        settle: Seconds of quiet after a message before it is answered: a burst is answered once.
        allowed_origins: Sites (scheme://host) whose pages may open the WebSockets, besides the app's own.
        frame_ancestors: Sites that may show the chat in a frame.
        trusted_proxies: Addresses whose X-Forwarded-For is believed.
        secure_cookies: Send cookies over HTTPS only (set it behind TLS).
        max_body: Largest request body in bytes.
    """

    model_config = SettingsConfigDict(
        env_prefix="BATONPASS_",
        env_ignore_empty=True,  # "BATONPASS_KB=" in a compose file means unset, not the current folder
        extra="ignore",
        populate_by_name=True,
    )

    data: Path = Path(".batonpass")
    kb: Path | None = None
    kb_name: str = "default"
    company: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)
    model: str = ""
    embeddings: str = Field(default="builtin", pattern=r"^(builtin|(openai|fastembed):.+)$")
    chroma_url: str = Field(default="", pattern=r"^(https?://[^\s/@]+:\d{1,5}/?)?$")
    openai_api_key: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("openai_api_key", "OPENAI_API_KEY")
    )
    openai_base_url: str = Field(
        default="",
        pattern=r"^(https?://\S+)?$",
        validation_alias=AliasChoices("openai_base_url", "OPENAI_BASE_URL"),
    )
    price_input: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    price_output: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    encoder: Path | None = None
    synonyms: CommaList = ()
    country: str = Field(default="KR", pattern=r"^[A-Z]{2}$")
    model_timeout: float = Field(default=20.0, gt=0, allow_inf_nan=False)
    summary_timeout: float = Field(default=4.0, ge=0, allow_inf_nan=False)
    policy: Path | None = None
    guard_timeout: float = Field(default=5.0, gt=0, allow_inf_nan=False)
    settle: float = Field(default=0.15, ge=0, le=10)
    allowed_origins: CommaList = ()
    frame_ancestors: CommaList = ()
    trusted_proxies: CommaList = ()
    secure_cookies: bool = False
    max_body: int = Field(default=1_000_000, ge=1_000)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            first = error.errors()[0]
            name = "_".join(str(part) for part in first["loc"]).upper()
            prefix = "" if name.startswith("OPENAI_") else "BATONPASS_"
            raise SettingsError(f"{prefix}{name}: {first['msg']}") from None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment; no dotenv file that a working folder could bring along."""
        return init_settings, env_settings

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the conversations."""
        return f"sqlite:///{self.data / 'batonpass.sqlite'}"

    @property
    def models(self) -> Path:
        """The folder that local embedding models are fetched into."""
        return self.data / "models"

    @property
    def knowledge(self) -> Path:
        """The folder that the knowledge base is read from."""
        return self.kb or SAMPLE / "kb"

    @property
    def sample(self) -> bool:
        """Whether the sample shop is served."""
        return self.kb is None
