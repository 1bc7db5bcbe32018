from __future__ import annotations

from itertools import pairwise

import pytest
from batonpass.knowledge.sentences import sentence_spans
from hypothesis import given
from hypothesis import strategies as st


def split(text: str) -> list[str]:
    return [text[a:b] for a, b in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It costs 3.50 euros. Really!", ["It costs 3.50 euros.", "Really!"]),
        ("무게는 2.5kg입니다. 배송은 무료예요.", ["무게는 2.5kg입니다.", "배송은 무료예요."]),
        ("접수됐습니다.내일 도착해요", ["접수됐습니다.", "내일 도착해요"]),
        ("Ask Dr. Kim, e.g. by mail. Thanks.", ["Ask Dr. Kim, e.g. by mail.", "Thanks."]),
        ("Open until 6 p.m. Then we close.", ["Open until 6 p.m.", "Then we close."]),
        ("Open until 6 p.m. on weekdays.", ["Open until 6 p.m. on weekdays."]),
        ("1. Open the app.\n2. Tap it.", ["1. Open the app.", "2. Tap it."]),
        ("2026. 3. 1.부터 적용됩니다. 끝.", ["2026. 3. 1.부터 적용됩니다.", "끝."]),
        ("2026. 3. 1. 부터 적용됩니다.", ["2026. 3. 1. 부터 적용됩니다."]),
        ('He said "yes." Then left.', ['He said "yes."', "Then left."]),
        ("One line\ncontinues here.\n\nNew paragraph", ["One line\ncontinues here.", "New paragraph"]),
        ("정말요?! 네…", ["정말요?!", "네…"]),
        ("返品できますか。はい。 次", ["返品できますか。はい。", "次"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_splits(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


@given(st.text(alphabet=st.sampled_from("ab가다.!? \n1\"'")))
def test_spans_are_in_order_and_lose_nothing(text: str) -> None:
    spans = sentence_spans(text)
    assert all(a < b for a, b in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    assert "".join(text[a:b] for a, b in spans).split() == text.split() or "".join(
        "".join(text[a:b] for a, b in spans).split()
    ) == "".join(text.split())
