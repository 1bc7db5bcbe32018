from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from batonpass.knowledge.chunking import chunk
from batonpass.knowledge.loaders.page import read_fragment
from batonpass.knowledge.markdown import plain_text

from .files import fails, one

PAGE = """<!doctype html><html lang="ko-KR"><head><title>반품 안내 | 새담</title><style>.x{}</style>
<meta property="article:modified_time" content="2026-03-04T10:00:00+09:00"></head><body>
<header>새담 로고 <nav><a href="/">홈</a></nav></header><div class="gnb-wrap"><ul><li>큰 메뉴</li></ul></div>
<main><h1>반품 안내</h1><p>반품은 <b>7일</b> 안에<br>됩니다.</p>
<h2>절차</h2><ul><li>신청<ul><li>앱에서</li></ul></li><li>수거</li></ul><ol start="3"><li>셋<li>넷</ol>
<table><thead><tr><th>지역<th>요금</thead><tr><td rowspan=2>제주<td>3,000원<tr><td>5,000원|왕복</table>
<p hidden>안 보임</p><p style="color: red; display:none">안 보임</p><div aria-hidden="true">안 보임</div>
<h3><button aria-expanded="false" aria-controls="a1">언제 환불되나요?</button></h3>
<div id="a1" hidden>3일 뒤.</div>
<button>장바구니</button><script>alert("나쁨")</script><template>나쁨</template><noscript>나쁨</noscript>
<pre>a
  b</pre></main><aside>광고</aside><div id="cookie-banner">쿠키 동의</div><footer>바닥</footer></body></html>"""


def test_a_page(tmp_path: Path) -> None:
    document = one(tmp_path, "return.html", PAGE)
    assert (document.id, document.title, document.lang) == ("return.html", "반품 안내", "ko")
    assert document.updated == date(2026, 3, 4)
    assert document.text == (
        "# 반품 안내\n\n반품은 7일 안에\n됩니다.\n\n## 절차\n\n- 신청\n  - 앱에서\n- 수거\n\n3. 셋\n4. 넷\n\n"
        "| 지역 | 요금 |\n| --- | --- |\n| 제주 | 3,000원 |\n| 제주 | 5,000원\\|왕복 |\n\n"
        "### 언제 환불되나요?\n\n3일 뒤.\n\n```\na\n  b\n```"
    )
    chunks = chunk(document)
    assert ("반품 안내", "절차") in [each.heading_path for each in chunks]
    assert all(document.text[each.start : each.end] == each.text for each in chunks)


def test_without_main_what_surrounds_the_content_goes(tmp_path: Path) -> None:
    text = one(tmp_path, "a.htm", PAGE.replace("<main>", "<div>").replace("</main>", "</div>")).text
    assert text.startswith("# 반품 안내")
    for word in ("로고", "홈", "큰 메뉴", "광고", "쿠키", "바닥", "나쁨", "안 보임", "장바구니"):
        assert word not in text


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Returns &amp; refunds</title>", "<h1>All about it</h1>", "Returns & refunds"),
        ("", "<h1>All <em>about</em> it</h1>", "All about it"),
        ("<title> </title>", "<p>x", "a"),
    ],
)
def test_title(tmp_path: Path, head: str, body: str, title: str) -> None:
    assert one(tmp_path, "a.html", f"<head>{head}</head><body>{body}<p>text").title == title


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("fr", "Les retours", "fr"),
        ("en", "반품은 됩니다", "ko"),
        ("ko", "iPhone", "ko"),
        ("??", "The word is", "en"),
    ],
)
def test_language(tmp_path: Path, lang: str, text: str, expected: str) -> None:
    assert one(tmp_path, "a.html", f'<html lang="{lang}"><p>{text}').lang == expected


@pytest.mark.parametrize(
    "data",
    [
        '<meta charset="euc-kr"><p>환불'.encode("cp949"),
        "<p>환불".encode("cp949"),
        "<p>환불".encode("utf-16"),
        '<meta http-equiv="Content-Type" content="text/html; charset=utf-8"><p>환불'.encode(),
        '<meta charset="utf-8"><p>환불 뷁'.encode("cp949"),
        '<meta charset="hex"><p>환불'.encode(),
    ],
)
def test_encodings(tmp_path: Path, data: bytes) -> None:
    assert one(tmp_path, "a.html", data).text.startswith("환불")


@pytest.mark.parametrize(
    "words",
    [
        "1 < 2 and <b> is a tag",
        "# not a heading",
        "> not a quote",
        "* 별표",
        "a*b*c `code` ~~x~~",
        r"C:\*",
        "&amp; &lt;",
    ],
)
def test_words_that_look_like_markup_stay_words(words: str) -> None:
    escaped = words.replace("&", "&amp;").replace("<", "&lt;")
    assert plain_text(read_fragment(f"<p>{escaped}</p>")) == words


def test_paragraphs_are_no_setext_headings() -> None:
    assert read_fragment("<p>one<br>---<br>two</p>") == "one\n\\---\ntwo"


def test_layout_tables_are_drawn_as_text() -> None:
    assert read_fragment("<table><tr><td><h2>A</h2><p>b</table>") == "## A\n\nb"
    assert read_fragment("<table><tr><td colspan=9999>a<td>b<tr></table>").count("|") < 200
    assert read_fragment("<table></table>") == ""


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("<script>draw()</script><div id=root></div>", "no text of its own"),
        ("", "no text of its own"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "binary"),
        ("<div>" * 50_000 + "x", "nested too deeply"),
        ("<i><b></u>" * 50_000 + "x", "nested too deeply"),
        ("<svg>" + "<td>" * 50_000 + "x", "nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, data: bytes | str, reason: str) -> None:
    assert reason in fails(tmp_path, "bad.html", data)


def test_deep_and_long_pages_are_read(tmp_path: Path) -> None:
    assert one(tmp_path, "a.html", "<div>" * 1000 + "<script>no</script>deep").text == "deep"
    (tmp_path / "a.html").unlink()
    assert len(one(tmp_path, "b.html", "<ul>" + "<li>x" * 5000).text.splitlines()) == 5000


def test_a_page_that_is_all_navigation_is_still_read(tmp_path: Path) -> None:
    assert one(tmp_path, "a.html", "<nav><p>All there is</p></nav>").text == "All there is"
