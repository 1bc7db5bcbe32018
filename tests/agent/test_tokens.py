from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import tiktoken
from batonpass.agent import tokens


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR", raising=False)
    monkeypatch.delenv("DATA_GYM_CACHE_DIR", raising=False)
    tokens._encoding.cache_clear()
    yield
    tokens._encoding.cache_clear()


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("가" * 100, 60), ("x" * 100, 31), ("가나다 abc", round((0.52 * 3 + 0.27 * 4) * 1.15))],
)
def test_without_the_encoding_it_is_estimated(text: str, count: int):
    assert tokens.count_tokens(text) == (count, False)


def test_nothing_is_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(tiktoken, "get_encoding", lambda name: pytest.fail("would download"))
    assert tokens.count_tokens("abc")[1] is False


def test_where_the_encoding_is_cached_it_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    bytes_only = tiktoken.Encoding(
        "bytes", pat_str=r"[\s\S]", mergeable_ranks={bytes([i]): i for i in range(256)}, special_tokens={}
    )
    (tmp_path / tokens._CACHE_KEY).write_text("cached")
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(tiktoken, "get_encoding", lambda name: bytes_only)
    assert tokens.count_tokens("abc <|endoftext|>") == (17, True)


def test_a_damaged_cache_is_estimated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def damaged(name: str):
        raise OSError("hash mismatch, no network")

    (tmp_path / tokens._CACHE_KEY).write_text("half a file")
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(tiktoken, "get_encoding", damaged)
    assert tokens.count_tokens("x" * 100) == (31, False)


def test_the_cache_key_is_the_addresss_digest():
    address = f"https://openaipublic.blob.core.windows.net/encodings/{tokens.ENCODING}.tiktoken"
    assert hashlib.sha1(address.encode()).hexdigest() == tokens._CACHE_KEY
