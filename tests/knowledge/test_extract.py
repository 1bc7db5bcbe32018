from __future__ import annotations

import pytest
from batonpass.knowledge.extract import Extract, SourceText, extract
from hypothesis import given, settings
from hypothesis import strategies as st

FEES = (
    "The fee depends on the order.\n\n"
    "| Order | Fee |\n| --- | --- |\n| Below 50 euros | 4 euros |\n| From 50 euros | free |\n"
    "| Furniture | 30 euros |\n\n"
    "Fees are paid at the checkout. Points cannot pay them."
)
STEPS = (
    "You return a parcel like this:\n\n1. Open your orders.\n2. Choose the item.\n3. Hand it to the courier.\n\n"
    "The label is free."
)


def cut(query: str, *texts: str | SourceText) -> Extract:
    passages = [SourceText(text) if isinstance(text, str) else text for text in texts]
    found = extract(query, passages)
    assert found is not None
    passage = passages[found.passage]
    for start, end in found.spans:
        assert passage.text[start - passage.start : end - passage.start] in found.text
    assert found.start == found.spans[0][0]
    assert found.end == found.spans[-1][1]
    return found


def test_best_sentence() -> None:
    found = cut(
        "can points pay fees",
        "Parcels are sent daily. We ship with a courier of our own in the whole country.",
        FEES,
    )
    assert found.passage == 1
    assert "Points cannot pay them." in found.text
    assert "|" not in found.text


def test_korean_sentence() -> None:
    text = (
        "반품은 7일 안에 신청할 수 있습니다. 환불은 상품이 도착하고 영업일 기준 3일이 걸립니다. "
        "문의는 고객센터로 해 주세요."
    )
    assert "3일이 걸립니다." in cut("환불 며칠 걸려요?", text).text


def test_list_comes_whole_with_its_lead_in() -> None:
    found = cut("how do I return a parcel", STEPS)
    assert found.kind == "list"
    assert found.text.startswith("You return a parcel like this:\n\n1. Open")
    assert found.text.endswith("3. Hand it to the courier.")


def test_lead_in_sentence_is_followed_by_its_list() -> None:
    found = cut("return a parcel like this", STEPS)
    assert "1. Open your orders." in found.text


def test_table_gives_header_and_the_rows_that_match() -> None:
    found = cut("furniture fee", FEES)
    assert found.kind == "table"
    lines = found.text.splitlines()
    assert lines == [
        "The fee depends on the order.",
        "",
        "| Order | Fee |",
        "| --- | --- |",
        "| Furniture | 30 euros |",
    ]


def test_table_without_a_matching_row_comes_whole() -> None:
    text = "| Order | Fee |\n| --- | --- |\n" + "\n".join(f"| Kind {i} | {i} euros |" for i in range(4))
    assert cut("order fee", text).text == text


def test_short_sentence_takes_the_next_along() -> None:
    text = (
        "Yes, you can. The lamp needs a bulb of its own kind, which we sell. "
        "Another topic starts with this sentence."
    )
    found = cut("can I use the lamp bulb", text)
    assert found.text.count(".") <= 3
    assert "bulb of its own kind" in found.text


def test_offsets_count_from_the_passage_s_start() -> None:
    found = cut("refund", SourceText("A refund takes three days.", start=100))
    assert (found.start, found.end) == (100, 126)


def test_heading_leads_to_its_passage() -> None:
    passages = [
        SourceText(
            "It takes one to three days.", title="Delivery", heading_path=("Delivery", "Within the country")
        ),
        SourceText("It takes ten days or more.", title="Delivery", heading_path=("Delivery", "Abroad")),
    ]
    assert cut("delivery abroad", *passages).passage == 1


def test_nothing_shared_gives_the_beginning_of_the_first() -> None:
    found = cut(
        "black holes", "First words. More words follow here, and they are rather many of them.", "Other text."
    )
    assert (found.passage, found.start, found.score) == (0, 0, 0)


FILLER = (
    "Parcels are sent each working day by a courier of our own from the warehouse in the north of the country, "
    "where we pack them by hand, each in a box of recycled paper. "
)


@pytest.mark.parametrize(
    ("query", "text", "wanted"),
    [
        (
            "결제한 돈이 아직 안 들어왔는데 얼마나 기다려야 하죠?",
            "반품은 7일 안에 신청할 수 있습니다. 수거는 기사님이 방문합니다. "
            "환불은 상품이 도착하고 영업일 3일이 걸립니다.",
            "환불은 상품이 도착하고 영업일 3일이 걸립니다.",
        ),
        (
            "비번 까먹음",
            "회원 등급은 매월 1일에 조정됩니다. 등급이 오르면 안내 메일을 드립니다. "
            "비밀번호를 잊으셨다면 로그인 화면에서 재설정 링크를 받으세요.",
            "비밀번호를 잊으셨다면 로그인 화면에서 재설정 링크를 받으세요.",
        ),
        (
            "I never got my money back",
            FILLER + "A refund reaches the card three business days after the goods were checked.",
            "A refund reaches the card three business days after the goods were checked.",
        ),
    ],
)
def test_a_paraphrase_takes_the_sentence_that_means_it(query: str, text: str, wanted: str) -> None:
    found = cut(query, text)
    assert found.text == wanted
    assert found.score < 0.1, "hardly a word in common"


@pytest.mark.parametrize(
    ("query", "other", "wanted"),
    [
        (
            "돈은 언제 돌려받나요?",
            "새 소파는 주문 제작이라 4주가 걸립니다.",
            "환불은 상품 도착 후 영업일 3일이 걸립니다.",
        ),
        (
            "What do I pay for postage?",
            "The warranty covers two years.",
            "Delivery to your door costs four euros.",
        ),
        (
            "When do I get my money back?",
            "새 소파는 주문 제작이라 4주가 걸립니다.",
            "환불은 영업일 3일이 걸립니다.",
        ),
    ],
)
def test_a_later_passage_that_means_it_is_taken(query: str, other: str, wanted: str) -> None:
    assert (cut(query, other, wanted).passage, cut(query, other, wanted).text) == (1, wanted)


def test_words_still_beat_meaning() -> None:
    """A question in the article's words takes the sentence that holds them."""
    text = FILLER + "A refund is paid within three days. The label for your return parcel is free."
    assert "The label for your return parcel is free." in cut("is the label free", text).text


def test_later_passage_must_match_clearly_better() -> None:
    same = "A refund takes three days."
    assert cut("refund days", same, same).passage == 0


@pytest.mark.parametrize("passages", [[], [SourceText("")], [SourceText(" \n ")]])
def test_no_text_no_answer(passages: list[SourceText]) -> None:
    assert extract("refund", passages) is None


def test_containers_and_html_are_not_answers() -> None:
    text = "<script setup>\nrefund()\n</script>\n\n:::tip\n\nA refund takes three days.\n\n:::"
    assert cut("refund", text).text == "A refund takes three days."


def test_only_a_heading() -> None:
    assert cut("refund", "## Refund").text == "## Refund"


@settings(max_examples=60)
@given(
    st.text(alphabet=st.sampled_from("ab 환불.?\n|-#1:"), max_size=150),
    st.text(alphabet=st.sampled_from("ab 환불?"), max_size=12),
)
def test_every_piece_is_verbatim(text: str, query: str) -> None:
    found = extract(query, [SourceText(text, start=7)])
    if found is None:
        return
    for start, end in found.spans:
        assert text[start - 7 : end - 7] in found.text
    kept = "".join("".join(text[a - 7 : b - 7] for a, b in found.spans).split())
    assert "".join(found.text.split()) == kept
    assert 0 <= found.score <= 1


def test_below_a_heading_that_asks_the_question_the_first_sentence_answers() -> None:
    text = (
        "Orders that are paid by noon leave on the same day and are with you one to three days later. "
        "Orders paid after noon leave on the next day.\n\n"
        "Sundays do not count. "
        "An order that is paid on a Friday is with you between Tuesday and Thursday."
    )
    asked = SourceText(text, "Parcels", ("How long does a delivery take?",))
    found = extract("How long does a delivery take?", [asked])
    assert found is not None
    assert found.text.startswith("Orders that are paid by noon")
