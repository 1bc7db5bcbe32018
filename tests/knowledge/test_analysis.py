from __future__ import annotations

import threading

import pytest
from batonpass.knowledge.analysis import MAX_QUERY_CHARS, analyze, analyze_query, stem
from batonpass.knowledge.korean import korean_terms


def test_korean_content_morphemes_only() -> None:
    assert korean_terms("무료배송은 언제까지 신청할 수 있나요?") == ["무료", "배송", "신청"]
    assert korean_terms("옷이 예뻐요") == ["옷", "예쁘다"]
    assert korean_terms("no Hangul 123") == []


def test_inflections_meet() -> None:
    assert set(analyze("추웠어요").terms) == set(analyze("추운").terms) == {"춥다"}
    assert analyze("cancelling orders").terms == analyze("Cancel order").terms
    assert stem("returns") == stem("returning") == "return"


def test_english_function_words_are_left_out() -> None:
    assert analyze("How do I cancel it? It's mine, I don't know").terms == ("cancel", "mine", "know")


def test_measures_are_no_topic() -> None:
    assert analyze("How long does a long parcel take?").terms == ("long", "parcel", "take")
    assert analyze("how old are you").terms == ()


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("3,000원", "3000"),
        ("50,000.50", "50000.50"),
        ("2026-03-01", "2026-03-01"),
        ("주문번호 ABC-1234 확인", "abc-1234"),
        ("ＡＢＣ－１２３４", "abc-1234"),
        ("user@example.com1", "user@example.com1"),
    ],
)
def test_numbers_and_ids_stay_whole(text: str, term: str) -> None:
    assert term in analyze(text).terms


def test_parts_of_ids_are_terms_too() -> None:
    assert {"iphone15", "15"} <= set(analyze("iPhone15").terms)
    assert "1234" in analyze("ABC-1234").terms


def test_grams() -> None:
    assert analyze("주문취소").grams == ("주문", "문취", "취소")
    assert "_ref" in analyze("refund").grams
    assert analyze("the of").grams == ()


def test_other_scripts() -> None:
    assert "注文" in analyze("注文する").terms
    assert "заказ" in analyze("Мой заказ").terms


@pytest.mark.parametrize("text", ["", " \n", "🙂", "\ud800", "\x00"])
def test_nothing_in_nothing_out(text: str) -> None:
    analysis = analyze(text)
    assert (analysis.terms, analysis.grams) == ((), ())


def test_long_query_reads_beginning_and_end() -> None:
    text = "refund " + "filler " * 5_000 + "parking"
    assert len(text) > MAX_QUERY_CHARS
    terms = analyze_query(text).terms
    assert terms[0] == "refund"
    assert terms[-1] == "park"
    assert len(terms) < 300


def test_features_tell_terms_from_grams() -> None:
    assert list(analyze("주문").features()) == ["주문", "#주문"]


def test_many_threads_share_the_analyser() -> None:
    texts = [f"주문 {i}번을 취소하고 환불받고 싶어요" for i in range(40)]
    alone = [korean_terms(text) for text in texts]
    together: dict[int, list[str]] = {}

    def work(start: int) -> None:
        for i in range(start, len(texts), 4):
            together[i] = korean_terms(texts[i])

    threads = [threading.Thread(target=work, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[i] for i in range(len(texts))] == alone
