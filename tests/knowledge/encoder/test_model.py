from __future__ import annotations

import hashlib
import json
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from batonpass.knowledge import KnowledgeError
from batonpass.knowledge.concepts import Concept, Lexicon
from batonpass.knowledge.concepts import built_in as lexicon
from batonpass.knowledge.encoder import Encoder, Table, load, read_table, write_table
from batonpass.knowledge.encoder.features import code
from batonpass.knowledge.encoder.model import BUILT_IN, quantise

RNG = np.random.default_rng(3)


def small(version: str = "v") -> Table:
    codes = np.array([code("w:refund"), code("w:card"), code("n:환불"), code("c:refund")], dtype=np.uint64)
    return quantise(codes, RNG.normal(size=(4, 8)).astype(np.float32), version)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load(BUILT_IN)


# the artefact


def test_what_is_written_is_read(tmp_path: Path) -> None:
    table = small("abc")
    write_table(tmp_path / "own.npz", table)
    again = read_table(tmp_path / "own.npz")
    assert again.version == "abc"
    assert again.dimensions == 8
    for one, other in ((table.codes, again.codes), (table.rows, again.rows), (table.scales, again.scales)):
        assert one.dtype == other.dtype
        assert np.array_equal(one, other)


def test_quantising_errs_by_half_a_step_at_most() -> None:
    vectors = (RNG.normal(size=(50, 16)) * RNG.uniform(0.01, 10, size=(50, 1))).astype(np.float32)
    vectors[7] = 0
    codes = RNG.permutation(50).astype(np.uint64)
    table = quantise(codes, vectors, "v")
    assert table.codes.tolist() == sorted(codes.tolist())
    restored = table.rows * table.scales[:, None]
    wanted = vectors[np.argsort(codes)]
    assert (np.abs(restored - wanted) <= table.scales[:, None] * 0.5001).all()
    assert (np.abs(table.rows).max(axis=1)[np.abs(wanted).max(axis=1) > 0] == 127).all()
    assert not table.rows[np.abs(wanted).max(axis=1) == 0].any()


def write_other(path: Path, **changed: Any) -> None:
    table = small()
    arrays = {"format": np.int64(1), "codes": table.codes, "rows": table.rows, "scales": table.scales}
    arrays |= {"version": np.str_("v")} | changed
    np.savez(path, **{key: value for key, value in arrays.items() if value is not None})


def spoil(path: Path, how: str) -> None:
    if how == "missing":
        return
    write_table(path, small())
    whole = path.read_bytes()
    match how:
        case "empty":
            path.write_bytes(b"")
        case "text":
            path.write_text("no encoder")
        case "cut":
            path.write_bytes(whole[: len(whole) // 2])
        case "flipped":
            path.write_bytes(whole[:60] + bytes(byte ^ 255 for byte in whole[60:90]) + whole[90:])
        case "folder":
            path.unlink()
            path.mkdir()
        case "array":
            with path.open("wb") as file:
                np.save(file, np.zeros(3))
        case "pickle":
            path.write_bytes(pickle.dumps({"codes": [1]}))
        case "objects":
            write_other(path, codes=np.array([{"a": 1}] * 4, dtype=object))
        case "format":
            write_other(path, format=np.int64(2))
        case "no version":
            write_other(path, version=None)
        case "lengths":
            write_other(path, codes=np.zeros(3, dtype=np.uint64))
        case "floats":
            write_other(path, rows=np.zeros((4, 8), dtype=np.float32))


@pytest.mark.parametrize(
    "how",
    [
        *("missing", "empty", "text", "cut", "flipped", "folder", "array", "pickle", "objects", "format"),
        *("no version", "lengths", "floats"),
    ],
)
def test_what_is_no_artefact_is_one_line(tmp_path: Path, how: str) -> None:
    path = tmp_path / "own.npz"
    spoil(path, how)
    with pytest.raises(KnowledgeError, match=r"own\.npz: ") as caught:
        read_table(path)
    assert "\n" not in str(caught.value)


def test_the_built_in_artefact_is_small_and_holds_plain_arrays_only() -> None:
    assert BUILT_IN.stat().st_size <= 12_000_000
    with zipfile.ZipFile(BUILT_IN) as file:
        assert {Path(name).suffix for name in file.namelist()} == {".npy"}
    with np.load(BUILT_IN, allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays)
    table = read_table(BUILT_IN)
    assert len(set(table.codes.tolist())) == len(table.codes) > 30_000
    assert (np.diff(table.codes.astype(object)) > 0).all()
    assert np.isfinite(table.scales).all()
    assert (table.scales > 0).all()


# encoding


@pytest.mark.parametrize(
    "text", ["환불 언제 돼요?", "refund", "ㅠㅠ 안돼", "my parcel never came", "1", "환불" * 500]
)
def test_vectors_have_length_one(encoder: Encoder, text: str) -> None:
    vector = encoder.encode(text)
    assert vector.dtype == np.float32
    assert vector.shape == (encoder.table.dimensions,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("text", ["", "😀", "()"])
def test_texts_without_features_are_zeros(encoder: Encoder, text: str) -> None:
    assert not encoder.encode(text).any()


def test_a_vector_is_the_sum_of_its_features() -> None:
    table = small()
    encoder = Encoder(table, Lexicon([]))
    rows = {int(c): table.rows[at] * table.scales[at] for at, c in enumerate(table.codes)}
    wanted = rows[code("w:refund")] + rows[code("w:card")]
    assert encoder.encode("refund card card unheardof") == pytest.approx(wanted / np.linalg.norm(wanted), abs=1e-6)


def test_many_at_once(encoder: Encoder) -> None:
    texts = ["환불", "refund", ""]
    assert np.array_equal(encoder.encode_all(texts), np.stack([encoder.encode(text) for text in texts]))
    assert encoder.encode_all([]).shape == (0, encoder.table.dimensions)


SAME = [
    ("돈은 언제 돌려받나요?", "When do I get my money back?"),
    ("비밀번호를 까먹었어요", "I can't remember my password"),
    ("택배가 아직도 안 왔어요", "my parcel still hasn't turned up"),
    ("탈퇴하고 싶은데요", "please delete my account for good"),
    ("받아 보니 깨져 있어요", "it arrived in pieces"),
    ("현금영수증 되나요?", "can I have a receipt for that"),
    ("이사해서 주소가 바뀌었어요", "I've moved, new address"),
]


def test_a_situation_is_nearest_to_itself_in_the_other_language(encoder: Encoder) -> None:
    korean, english = (encoder.encode_all([pair[at] for pair in SAME]) for at in (0, 1))
    likeness = korean @ english.T
    assert likeness.argmax(axis=0).tolist() == likeness.argmax(axis=1).tolist() == list(range(len(SAME)))


def test_vectors_are_equal_in_every_process(encoder: Encoder) -> None:
    texts = [text for pair in SAME for text in pair]
    program = (
        "import hashlib, json, sys\n"
        "from batonpass.knowledge.encoder.embedder import built_in\n"
        "print(hashlib.sha256(built_in().encode_all(json.loads(sys.stdin.read())).tobytes()).hexdigest())\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "12345", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert ended.stdout.strip() == hashlib.sha256(encoder.encode_all(texts).tobytes()).hexdigest()


# an operator's own concepts


def test_an_own_concept_lies_where_its_forms_lie(encoder: Encoder) -> None:
    own = Concept("own-cashback", ("환급 돈 돌려받기",), ("moolah", "get my money back"))
    more = Encoder(encoder.table, Lexicon([*lexicon().concepts.values(), own]))
    asked, meant, other = "moolah", "When do I get my money back?", "I forgot my password"
    before, after = (each.encode(asked) @ each.encode(meant) for each in (encoder, more))
    assert after > max(before, more.encode(asked) @ more.encode(other)) + 0.2
    assert np.array_equal(more.encode(other), encoder.encode(other)), "all else stays"


def test_an_own_concept_of_unknown_words_only_changes_nothing(encoder: Encoder) -> None:
    table = small()
    own = Concept("own", ("뷁뷁",), ("qqqq",))
    assert not Encoder(table, Lexicon([own])).encode("qqqq").any()
