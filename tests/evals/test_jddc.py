import json
from pathlib import Path

import pytest
from batonpass.evals import jddc
from batonpass.evals.turn_state import AGENT, CUSTOMER

CALM = ("네 확인했습니다", "그럼 내일 받을게요", "친절히 알려 주셔서 편했어요", "주소는 그대로예요")
CROSS = ("왜 아직도 안 와요", "도대체 언제까지 기다려요", "또 같은 말만 하네요", "왜 자꾸 미뤄요")


def window(turns: list[tuple[str, str]], satisfaction: int) -> str:
    rows = [{"customer": customer, "agent": agent} for customer, agent in turns]
    return json.dumps({"turns": rows, "satisfaction": satisfaction}, ensure_ascii=False) + "\n"


def test_windows_are_joined_to_dialogues(tmp_path: Path) -> None:
    lines = [
        window([("가방이 안 왔어요", "번호가요?"), ("9921", "")], 1),
        window([("가방이 안 왔어요", "번호가요?"), ("9921", "찾아보죠"), ("얼마나 걸려요", "")], 0),
        window([("9921", "찾아보죠"), ("얼마나 걸려요", "곧요"), ("네", "")], 2),  # moved on by one
        window([("환불은요", "됩니다"), ("언제요", "")], 0),
    ]
    (tmp_path / "train.jsonl").write_text("".join(lines), encoding="utf-8")
    turns = jddc.load(tmp_path)
    assert turns.dialogue.tolist() == [0] * 7 + [1] * 3
    assert turns.truth.tolist() == [-1, -1, 0, -1, 1, -1, 0, -1, -1, 1]
    roles = [said.role for said in turns.said]
    assert roles == [CUSTOMER, AGENT] * 3 + [CUSTOMER, CUSTOMER, AGENT, CUSTOMER]
    assert "".join(turns.said[5].tokens) == "곧요"


def test_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = []
    for number in range(20):
        turns: list[tuple[str, str]] = [(f"{number}번 주문이요", "네")]
        for at in range(4):
            cross = (number + at) % 3 == 0
            said = (CROSS if cross else CALM)[(number * 3 + at) % 4]
            turns = [*turns[:-1], (turns[-1][0], "잠시만요"), (said, "")]
            lines.append(window(turns, 0 if cross else 1 + at % 2))
    (tmp_path / "train.jsonl").write_text("".join(lines), encoding="utf-8")
    assert jddc.main([str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "20 dialogues, 80 judged turns, 27 dissatisfied, 5 folds" in " ".join(printed.split())
    assert "text and turn state" in printed
    text = next(line for line in printed.splitlines() if "text alone" in line)
    assert "100.0" in text  # the words tell


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"turns": [], "satisfaction": 1}\n', "train.jsonl, line 1: not a labelled window"),
        ('{"turns": [{"customer": "네", "agent": ""}], "satisfaction": 3}\n', "satisfaction is 0, 1 or 2"),
        ('{"turns": [{"customer": "네"}], "satisfaction": 1}\n', "line 1"),
        ("", "0 dialogues cannot be dealt"),
        (None, "train.jsonl"),
    ],
)
def test_what_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, says: str
) -> None:
    if content is not None:
        (tmp_path / "train.jsonl").write_text(content, encoding="utf-8")
    assert jddc.main([str(tmp_path)]) == 2
    assert says in capsys.readouterr().err
