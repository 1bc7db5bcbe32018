from __future__ import annotations

from itertools import pairwise

import pytest
from batonpass.knowledge.markdown import blocks, heading_title, plain_text
from hypothesis import given
from hypothesis import strategies as st

TEXT = """# Title {#title}

A paragraph
of two lines.

- one
- two

| a | b |
|---|---|
| 1 | 2 |

```js
# no heading
```

> quoted

[link]: https://example.com "a definition makes no token"

Setext
------
<div>html</div>
"""


def test_kinds_and_offsets() -> None:
    found = [(block.kind, TEXT[block.start : block.end].splitlines()[0]) for block in blocks(TEXT)]
    assert found == [
        ("heading", "# Title {#title}"),
        ("paragraph", "A paragraph"),
        ("list", "- one"),
        ("table", "| a | b |"),
        ("code", "```js"),
        ("quote", "> quoted"),
        ("text", '[link]: https://example.com "a definition makes no token"'),
        ("heading", "Setext"),
        ("html", "<div>html</div>"),
    ]


def test_headings() -> None:
    headings = [(block.level, block.title) for block in blocks(TEXT) if block.kind == "heading"]
    assert headings == [(1, "Title"), (2, "Setext")]


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Basics {#basics}", "Basics"),
        ("`v-model` **in** [detail](/x.html)", "v-model in detail"),
        (r"`reactive()` \*\* {#reactive}", "reactive()"),
        ("`<KeepAlive>` <sup class='vt-badge'/>", "<KeepAlive>"),
        ("반품 &amp; 교환", "반품 & 교환"),
    ],
)
def test_heading_titles(line: str, title: str) -> None:
    assert heading_title(line) == title


def test_plain_text_keeps_words_and_drops_markup() -> None:
    text = (
        "## See {#a}\n[the guide](/guide/x.html) and ![a picture](x.png)\n:::tip Note\n"
        "<script setup>\nimport x\n</script><!-- hidden -->**bold** ~~gone~~\n| a |\n| --- |\n```js\nlet a\n```"
    )
    plain = plain_text(text)
    assert plain.split() == [
        "See",
        "the",
        "guide",
        "and",
        "a",
        "picture",
        "Note",
        "bold",
        "gone",
        "|",
        "a",
        "|",
        "let",
        "a",
    ]


def test_multiplication_and_snake_case_survive() -> None:
    assert plain_text("2 * 3 * 4 and my_long_name") == "2 * 3 * 4 and my_long_name"


@given(st.text(alphabet=st.sampled_from("ab #-*|>`~\n\r\t.1[]:()<\u2028\x0b가"), max_size=120))
def test_every_non_blank_line_is_in_one_block(text: str) -> None:
    found = blocks(text)
    assert all(first.end <= second.start for first, second in pairwise(found))
    kept = "".join(text[block.start : block.end] for block in found)
    assert "".join(kept.split()) == "".join(text.split())
