import json
import random
from pathlib import Path

import numpy as np
import pytest
from batonpass.evals import mhch
from batonpass.evals.turn_state import AGENT, CUSTOMER


def write(folder: Path, name: str, count: int, seed: int) -> None:
    """Dialogues in which a person is due once the agent says the same again."""
    rng = random.Random(seed)
    with (folder / f"{name}_train.jsonl").open("w", encoding="utf-8") as file:
        for number in range(count):
            turns, stuck = [], [rng.randint(30, 60) for _ in range(4)]
            for at in range(8):
                again = at in (5, 7) and number % 4 != 0
                words = stuck if at == 3 or again else [rng.randint(3, 60) for _ in range(4)]
                turns.append(
                    {"role": AGENT if at % 2 else CUSTOMER, "tokens": words, "transfer": int(again and at % 2)}
                )
            file.write(json.dumps({"dialogue": number, "turns": turns}) + "\n")


def test_repetition_is_found_where_words_say_nothing(tmp_path: Path) -> None:
    write(tmp_path, "one", 40, 5)
    turns = mhch.load(tmp_path)
    found = mhch.judge(turns)
    right = {name: (called == turns.truth).mean() for name, (_, called) in found.items()}
    assert right["state"] > 0.97
    assert right["state"] > right["text"]


def test_prints_each_source_and_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "one", 12, 1)
    write(tmp_path, "two", 8, 2)
    assert mhch.main([str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    for title in ("MHCH, one: 12 dialogues, 96 turns", "MHCH, two: 8 dialogues", "MHCH, all: 20 dialogues"):
        assert title in printed
    assert printed.count("text and turn state") == 3


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "a_train.jsonl, line 1: not a labelled dialogue"),
        ('{"turns": []}', "a dialogue without turns"),
        ('{"turns": [{"role": "customer", "tokens": [1], "transfer": 2}]}', "transfer is 0 or 1"),
        ('{"turns": [{"role": "bot", "tokens": [1], "transfer": 0}]}', "role customer or agent"),
        ('{"turns": [{"role": "agent", "tokens": [1], "transfer": 0}]}', "1 dialogues cannot be dealt to 5 folds"),
        ("", "no dialogues"),
    ],
)
def test_what_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, says: str
) -> None:
    (tmp_path / "a_train.jsonl").write_text(line + "\n" if line else "", encoding="utf-8")
    assert mhch.main([str(tmp_path)]) == 2
    assert says in capsys.readouterr().err


def test_labels_and_sources_are_kept(tmp_path: Path) -> None:
    write(tmp_path, "one", 6, 1)
    turns = mhch.load(tmp_path)
    assert turns.source == ["one"] * 6
    assert turns.dialogue.tolist() == np.repeat(range(6), 8).tolist()
    assert turns.truth.reshape(6, 8).sum(axis=1).tolist() == [0, 2, 2, 2, 0, 2]
