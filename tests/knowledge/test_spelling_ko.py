"""Misspelt Korean is read as the base has it; what is right, or the base's own, stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from batonpass.knowledge import LocalKnowledgeBase, make_document, spelling_ko
from batonpass.knowledge.lexical import Vocabulary
from batonpass.knowledge.spelling_ko import MOST, mended

ARTICLES = {
    "배송 기간": "배송은 보통 사흘 걸립니다. 배송지는 출고 전까지 바꿀 수 있습니다. 배송 조회는 내역에서 하세요.",
    "환불 안내": "반품이 도착하면 환불은 이틀 안에 됩니다. 환불 규정은 아래를 보세요. 교환 신청도 같습니다.",
    "예약 취소": "예약 취소는 하루 전까지 무료입니다. 취소한 예약은 되살릴 수 없습니다.",
    "결제 수단": "결제 수단은 카드와 계좌 이체입니다. 결제가 안 되면 카드사에 물어보세요. 영수증도 발급합니다.",
    "회원 탈퇴": "회원 탈퇴는 설정에서 합니다. 비밀번호 찾기에는 전화번호가 필요합니다. 적립금은 사라집니다.",
    "카바릿 사용법": "카바릿은 물에 담가 두었다가 씁니다. 카바릿을 세게 누르지 마세요.",
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKnowledgeBase]:
    with LocalKnowledgeBase(tmp_path_factory.mktemp("spelling") / "kb") as opened:
        opened.sync([make_document(title, title, text, lang="ko") for title, text in ARTICLES.items()])
        yield opened


@pytest.fixture
def words(base: LocalKnowledgeBase) -> Vocabulary:
    return base._indices.lexical.vocabulary()


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("배숑이 언제 오나요", "배송이 언제 오나요"),  # the wrong vowel
        ("환뷸 받고 싶어요", "환불 받고 싶어요"),
        ("반픔 접수", "반품 접수"),
        ("회언 탈퇴", "회원 탈퇴"),  # half a vowel
        ("영수즘 발급", "영수증 발급"),
        ("적립굼 사용", "적립금 사용"),
        ("예약취쇼 되나요", "예약취소 되나요"),  # in a compound
        ("교한 신청하고 싶어요", "교환 신청하고 싶어요"),
        ("비밀번호 찿기", "비밀번호 찾기"),  # the wrong coda
        ("뱃송 늦어요", "배송 늦어요"),  # a coda too many
        ("ㅂ송 언제 와요", "배송 언제 와요"),  # a vowel too few
        ("환부ㄹ 해주세요", "환불 해주세요"),
        ("배ㅅ송 조회", "배송 조회"),
        ("배배송 조회", "배송 조회"),
        ("약예 취소", "예약 취소"),
        ("결재 수단 바꾸기", "결제 수단 바꾸기"),  # a word, but not the base's
    ],
)
def test_what_is_misspelt_is_read_as_the_base_has_it(asked: str, meant: str, words: Vocabulary) -> None:
    assert mended(asked, words) == meant


@pytest.mark.parametrize(
    "asked",
    [
        "배송지를 바꾸고 싶은데 어떻게 하나요?",
        "세탁기가 새서 아랫집 천장까지 젖었어요",  # ordinary words that the base lacks
        "강아지 미용은 어디서 예약해요",
        "오늘 점심 뭐 먹지",
        "카바릿을 물에 담가도 되나요",  # Kiwi only guesses at it, but the base has it
        "ㅋㅋㅋ 배송 왜이래 ㅠㅠ",
        "ㅇㅋ",
        "where is my order",
        "",
        "배",
    ],
)
def test_what_is_right_stays(asked: str, words: Vocabulary) -> None:
    assert mended(asked, words) == asked


def test_the_rest_of_the_question_stays_to_the_letter(words: Vocabulary) -> None:
    assert mended("ORDER-77 배숑  언제 와요?? 😀", words) == "ORDER-77 배송  언제 와요?? 😀"


def test_two_places_in_one_question(words: Vocabulary) -> None:
    assert mended("배숑 조회랑 환뷸 규정", words) == "배송 조회랑 환불 규정"


def test_only_so_many_places_are_mended(words: Vocabulary) -> None:
    asked = " ".join(["배숑 조회"] * (MOST + 2))
    assert mended(asked, words).count("배송") == MOST


def test_what_is_pasted_is_left_alone(words: Vocabulary) -> None:
    pasted = "배숑 조회 " * 60
    assert len(pasted) > spelling_ko.LONGEST
    assert mended(pasted, words) == pasted


def test_a_base_that_lacks_the_word_mends_nothing(tmp_path: Path) -> None:
    with LocalKnowledgeBase(tmp_path / "kb") as other:
        other.sync([make_document("tea", "녹차", "녹차는 섭씨 칠십 도에서 우립니다.", lang="ko")])
        words = other._indices.lexical.vocabulary()
        assert mended("배숑이 언제 오나요", words) == "배숑이 언제 오나요"


def test_a_search_finds_what_is_misspelt(base: LocalKnowledgeBase) -> None:
    for asked, title in (("환뷸 규정", "환불 안내"), ("예약취쇼", "예약 취소"), ("ㅂ송 기간", "배송 기간")):
        found = base.search(asked)
        assert found.ranking[0] == title
        assert found.query == asked
