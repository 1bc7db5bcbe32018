from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from batonpass.agent import settings as module
from batonpass.agent.settings import Settings, SettingsError

ROOT = Path(module.__file__).parents[1]


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def test_defaults_serve_the_sample_offline():
    settings = Settings()
    assert settings.sample
    assert (settings.model, settings.embeddings, settings.host) == ("", "builtin", "127.0.0.1")
    assert settings.openai_api_key.get_secret_value() == ""


def test_the_environment_with_its_prefix(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("BATONPASS_PORT", "9000")
    monkeypatch.setenv("BATONPASS_KB", str(tmp_path))
    monkeypatch.setenv("MODEL", "not-ours")
    monkeypatch.setenv("COMPANY", "not-ours")
    settings = Settings()
    assert (settings.port, settings.kb, settings.sample) == (9000, tmp_path, False)
    assert (settings.model, settings.company) == ("", "")


def test_a_policy_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    assert Settings().policy is None
    monkeypatch.setenv("BATONPASS_POLICY", str(tmp_path / "policy.yaml"))
    assert Settings().policy == tmp_path / "policy.yaml"
    monkeypatch.setenv("BATONPASS_POLICY", "")
    assert Settings().policy is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "https://chroma.example:443/", "http://[::1]:8000"])
def test_a_chroma_server(monkeypatch: pytest.MonkeyPatch, url: str):
    assert Settings().chroma_url == ""
    monkeypatch.setenv("BATONPASS_CHROMA_URL", url)
    assert Settings().chroma_url == url


def test_the_openai_names_everybody_uses(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    settings = Settings()
    assert settings.openai_api_key.get_secret_value() == "sk-secret"
    assert settings.openai_base_url == "http://127.0.0.1:1/v1"


def test_arguments_go_before_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BATONPASS_MODEL", "from-the-environment")
    assert Settings(model="given").model == "given"


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    settings = Settings()
    assert "sk-secret" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("https://a.example", ("https://a.example",)),
        (" https://a.example , https://b.example,", ("https://a.example", "https://b.example")),
        (",", ()),
    ],
)
def test_comma_lists(monkeypatch: pytest.MonkeyPatch, text: str, parts: tuple[str, ...]):
    monkeypatch.setenv("BATONPASS_ALLOWED_ORIGINS", text)
    assert Settings().allowed_origins == parts
    assert Settings(frame_ancestors=text).frame_ancestors == parts  # type: ignore[arg-type]
    assert Settings(trusted_proxies=parts).trusted_proxies == parts


def test_empty_means_unset(monkeypatch: pytest.MonkeyPatch):
    for name in ("KB", "PORT", "MODEL", "DATA", "ALLOWED_ORIGINS"):
        monkeypatch.setenv(f"BATONPASS_{name}", "")
    settings = Settings()
    assert settings.kb is None
    assert (settings.port, settings.data, settings.allowed_origins) == (7860, Path(".batonpass"), ())


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BATONPASS_PORT", "many"),
        ("BATONPASS_PORT", "70000"),
        ("BATONPASS_EMBEDDINGS", "magic"),
        ("BATONPASS_EMBEDDINGS", "fastembed:"),
        ("BATONPASS_CHROMA_URL", "localhost:8000"),
        ("BATONPASS_CHROMA_URL", "http://localhost"),
        ("BATONPASS_CHROMA_URL", "http://localhost:8000/path"),
        ("BATONPASS_MODEL_TIMEOUT", "0"),
        ("BATONPASS_MODEL_TIMEOUT", "nan"),
        ("BATONPASS_GUARD_TIMEOUT", "inf"),
        ("BATONPASS_GUARD_TIMEOUT", "-1"),
        ("BATONPASS_SETTLE", "11"),
        ("BATONPASS_SECURE_COOKIES", "perhaps"),
        ("BATONPASS_MAX_BODY", "10"),
        ("OPENAI_BASE_URL", "localhost:8000/v1"),
    ],
)
def test_a_wrong_value_names_its_variable(monkeypatch: pytest.MonkeyPatch, variable: str, value: str):
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        Settings()
    message = str(caught.value)
    assert message.startswith(f"{variable}: ")
    assert "\n" not in message


def test_no_file_in_the_working_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / ".env").write_text("BATONPASS_PORT=1234\n")
    monkeypatch.chdir(tmp_path)
    assert Settings().port == 7860


def test_where_conversations_are():
    assert Settings(data=Path("here")).database_url == f"sqlite:///here{os.sep}batonpass.sqlite"
    assert Settings(data=Path("here")).models == Path("here/models")


def test_nobody_else_reads_the_environment():
    sources = [p for name in ("agent", "escalation", "knowledge") for p in (ROOT / name).rglob("*.py")]
    readers = [p.name for p in sources if re.search(r"\bos\.(environ|getenv)|\bgetenv\(", p.read_text("utf-8"))]
    assert readers == ["settings.py"]
