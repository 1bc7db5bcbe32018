"""Vectors in memory: exact, safe beside a writer, and the file that spares reading them from Chroma."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from batonpass.knowledge import nearest
from batonpass.knowledge.embedders import unit
from batonpass.knowledge.nearest import Nearest


def some(count: int, *, seed: int = 1, length: int = 16) -> tuple[list[str], np.ndarray]:
    rows = np.random.default_rng(seed).standard_normal((count, length)).astype(np.float32)
    return [f"c{seed}-{n}" for n in range(count)], unit(rows)


def filled(count: int = 500, **how: int) -> Nearest:
    near = Nearest()
    near.add(*some(count, **how))
    return near


def test_the_nearest_are_the_nearest() -> None:
    ids, rows = some(500)
    near = filled()
    question = unit(np.random.default_rng(9).standard_normal(16).astype(np.float32))
    cosines = rows.astype(np.float64) @ question
    found = near.search(question, 20)
    assert [name for name, _ in found] == [ids[at] for at in np.argsort(-cosines)[:20]]
    assert [cosine for _, cosine in found] == pytest.approx(sorted(cosines, reverse=True)[:20], abs=2e-6)
    assert len(near.search(question, 10_000)) == 500
    assert near.search(question, 0) == []
    wanted = near.cosines(question, ["c1-3", "unknown", "c1-7"])
    assert wanted == pytest.approx({"c1-3": cosines[3], "c1-7": cosines[7]}, abs=2e-6)


def test_equal_texts_tie_wherever_they_lie() -> None:
    ids, rows = some(301)
    near = Nearest()
    near.add(ids, rows)
    near.add(["twin-b", "twin-a"], np.stack([rows[5], rows[5]]))
    found = near.search(rows[5], 3)
    assert {cosine for _, cosine in found} == {1.0}
    assert [name for name, _ in found] == ["c1-5", "twin-a", "twin-b"]


def test_added_removed_and_overwritten() -> None:
    near = filled(10)
    ids, rows = some(10, seed=2)
    near.add(ids, rows)
    assert near.remove(["c1-0", "unknown", "c2-9"]) == 2
    assert near.remove(["c1-0"]) == 0
    assert len(near) == 18
    assert "c1-0" not in near
    near.add(["c1-1"], rows[9:10])
    assert len(near) == 18
    assert near.search(rows[9], 1) == [("c1-1", 1.0)]
    near.fit()
    assert near.search(rows[9], 1) == [("c1-1", 1.0)]


def test_vectors_of_another_length_replace_all_and_find_nothing_before(caplog: pytest.LogCaptureFixture) -> None:
    near = filled(10)
    question = unit(np.ones(8, dtype=np.float32))
    assert near.search(question, 3) == []
    assert near.cosines(question, ["c1-1"]) == {}
    assert "without vectors" in caplog.text
    near.add(["new"], question[None])
    assert near.search(question, 3) == [("new", 1.0)]


def test_a_reader_sees_whole_rows_while_they_come_and_go() -> None:
    """Every id's vector is one of two; a torn or shifted row would give another cosine."""
    poles = np.eye(2, 16, dtype=np.float32)
    near = Nearest()
    near.add(["keep"], poles[:1])
    stop = threading.Event()
    wrong: list[object] = []

    def look() -> None:
        while not stop.is_set():
            for name, cosine in near.search(poles[0], 5000):
                if cosine != (0.0 if name.startswith("b") else 1.0):
                    wrong.append((name, cosine))
            if near.cosines(poles[0], ["keep"]) != {"keep": 1.0}:
                wrong.append("keep is gone")

    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    for round_ in range(40):
        names = [f"{'ab'[n % 2]}{round_}-{n}" for n in range(60)]
        near.add(names, poles[np.arange(60) % 2])
        near.remove(names[::3])
        near.fit()
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert len(near) == 1 + 40 * 40


def test_the_file_gives_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    full = filled(20)
    nearest.write(path, "mine", {"public": full, "agent": Nearest()})
    parts = nearest.read(path, "mine", ["public", "agent"])
    assert parts["public"].rows()[0] == full.rows()[0]
    assert np.array_equal(parts["public"].rows()[1], full.rows()[1])
    assert len(parts["agent"]) == 0
    assert [file.name for file in tmp_path.iterdir()] == ["vectors.npz"]
    parts["agent"].add(*some(3))
    assert len(parts["agent"]) == 3


@pytest.mark.parametrize("harm", ["other key", "cut", "flipped", "stranger", "pickle"])
def test_a_file_that_cannot_be_trusted_is_passed_over(tmp_path: Path, harm: str) -> None:
    path = tmp_path / "vectors.npz"
    nearest.write(path, "mine", {"public": filled(20)})
    data = bytearray(path.read_bytes())
    if harm == "cut":
        path.write_bytes(data[: len(data) // 2])
    if harm == "flipped":
        data[len(data) // 2] ^= 255
        path.write_bytes(data)
    if harm == "stranger":
        np.savez(path, other=np.arange(3))
    if harm == "pickle":
        np.savez(path, format=np.array([{}], dtype=object))
    parts = nearest.read(path, "another" if harm == "other key" else "mine", ["public"])
    assert len(parts["public"]) == 0


def test_a_file_that_cannot_be_written_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    nearest.write(tmp_path / "no folder" / "vectors.npz", "mine", {"public": filled(3)})
    assert "the next start takes longer" in caplog.text
