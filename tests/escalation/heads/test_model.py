from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from batonpass.escalation.combiner import BUILT_IN as COMBINER
from batonpass.escalation.heads import ACTS, HEADS, TOPICS, Heads, HeadsError
from batonpass.escalation.heads.artefact import BUILT_IN, read
from hypothesis import given, settings
from hypothesis import strategies as st

HERE = Heads.load()


def test_one_for_all_who_ask() -> None:
    assert Heads.load() is HERE


def test_the_artefact_stays_small() -> None:
    assert BUILT_IN.stat().st_size + COMBINER.stat().st_size < 2_000_000


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    reading = HERE.read(text)
    first, second, third = reading.frustration
    assert 1 >= first >= second >= third >= 0
    assert reading.level == pytest.approx(first + second + third)
    assert set(reading.sensitive) == set(TOPICS)
    assert set(reading.act) == set(ACTS)
    chances = [reading.explicit, reading.abuse, *reading.sensitive.values(), *reading.act.values()]
    assert all(0 <= chance <= 1 for chance in chances)


@pytest.mark.parametrize(
    ("angrier", "calmer"),
    [
        ("벌써 네 번째 같은 소리 듣고 있네요 장난합니까?", "문의 하나 드릴게요, 배송은 며칠 걸리나요"),
        ("진짜 어이가 없어서 말도 안 나오네", "덕분에 금방 찾았어요ㅎㅎ"),
        ("I have explained this five times and you STILL don't listen", "could you tell me the opening times"),
        pytest.param(
            "what an absolute joke of a company",
            "lovely, that worked a treat",
            marks=pytest.mark.xfail(
                reason="known limit: terse English scorn stays below .5 (docs/guard.md)", strict=True
            ),
        ),
    ],
)
def test_anger_is_told_from_calm(angrier: str, calmer: str) -> None:
    assert HERE.read(angrier).frustration[1] > 0.5 > HERE.read(calmer).frustration[1]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("제가 하지도 않은 결제가 카드로 세 건이나 나갔습니다", "fraud"),
        ("someone used my card without my permission", "fraud"),
        ("이제 다 끝내고 죽고 싶어요", "self_harm"),
        ("my solicitor will be taking you to court", "legal"),
        ("변호사 선임해서 소송 걸겠습니다", "legal"),
    ],
)
def test_a_sensitive_topic_is_heard(text: str, topic: str) -> None:
    sensitive = HERE.read(text).sensitive
    assert sensitive[topic] == max(sensitive.values())
    assert sensitive[topic] > 0.5


def test_acts() -> None:
    assert HERE.read("고맙습니다 좋은 하루 되세요").act["thanks"] > 0.5
    assert HERE.read("네 그렇게 해 주세요").act["accept_offer"] > 0.5
    assert HERE.read("no thanks, leave it as it is").act["decline_offer"] > 0.5


@pytest.mark.parametrize("text", ["", "Здравствуйте, где мой заказ", "注文はどこですか", "🙂🙂🙂"])
def test_what_is_neither_language_says_so(text: str) -> None:
    reading = HERE.read(text)
    assert reading.language == "other"
    assert reading.explicit < 0.5


def test_a_burst_is_at_least_as_upset_as_its_last_message() -> None:
    alone = HERE.read("여보세요?")
    burst = HERE.read("여보세요?", ["몇 번을 말해야 알아듣습니까", "진짜 너무하시네요"])
    assert burst.frustration[1] > alone.frustration[1]
    assert burst.explicit == alone.explicit


def test_evidence_is_words_of_the_message() -> None:
    text = "The parcel came on Monday and frankly this whole thing is ridiculous"
    words = HERE.words(text, "frustration_2")
    assert words is not None
    assert words in text
    assert "ridiculous" in words
    assert HERE.words("", "frustration_2") is None


def test_contributions_add_up_to_the_logit() -> None:
    """What evidence is made of is what the decision is made of."""
    from batonpass.escalation.heads.features import see

    text = "기사님이 또 안 오셨어요 정말 지치네요"
    parts = sum(amount for _, amount in HERE._contributions(see(text), HEADS.index("frustration_2")))
    column = HEADS.index("frustration_2")
    dense = HERE._encoder.encode(text) @ HERE.weights.dense.astype(np.float32)
    total = float(HERE._logits(text)[column])
    assert total == pytest.approx(parts + float(dense[column] + HERE.weights.bias[column]), abs=1e-3)


def test_another_encoder_is_refused() -> None:
    weights = dataclasses.replace(read(BUILT_IN), encoder="another")
    with pytest.raises(HeadsError, match="encoder another"):
        Heads(weights)


def test_a_missing_head_is_named() -> None:
    weights = read(BUILT_IN)
    cut = dataclasses.replace(weights, heads=("something", *weights.heads[1:]))
    with pytest.raises(HeadsError, match="lack explicit"):
        Heads(cut)
