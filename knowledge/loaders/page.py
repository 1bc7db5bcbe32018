"""HTML pages: what a reader sees of the page's own content, as Markdown.

Scripts, styles, controls, hidden parts and what surrounds the content (navigation, header, footer, banners) are
left out. An accordion's panels are kept though they are hidden until somebody opens them.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from ..frontmatter import FrontMatter
from ..language import detect_language, word_set
from .documents import Content, Unreadable, one_line
from .drawing import Skip, draw, words
from .text import decode

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_NESTING = 1_500
"""Deeper pages are refused: the parser's time grows with the square of the depth."""

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:-]{2,30})", re.IGNORECASE)
_OPENED = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,30})")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?\Z", re.IGNORECASE | re.DOTALL)
_UNSEEN_STYLE = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_AROUND = re.compile(
    r"(?:.*[-_])?(?:gnb|lnb|snb|breadcrumbs?|skip[-_]?(?:nav|navi|links?|to[-_]content)|pagination|paginate"
    r"|(?:cookie|consent|gdpr)s?[-_]?(?:banner|bar|notice|popup|modal|dialog|overlay|layer|consent)"
    r"|social[-_]share|share[-_]buttons?|site[-_](?:header|footer|nav))(?:[-_].*)?",
    re.IGNORECASE,
)

# Elements that a following one closes, or that hold nothing: a page may open as many as it likes.
_SELF_CLOSING = word_set(
    "area base br col embed hr img input link meta param source track wbr p li td th tr dt dd option optgroup "
    "thead tbody tfoot colgroup caption body html head rt rp"
)
_LEAVE_DRAWINGS = word_set("body br dd dt embed head hr img li meta p")  # in SVG the others nest
_NEVER = word_set(
    "script style noscript template iframe svg math canvas object embed audio video map head link meta title "
    "input select textarea option datalist progress meter frameset"
)
_AROUND_TAGS = word_set("nav footer dialog")
_AROUND_ROLES = word_set("navigation banner contentinfo search complementary dialog alertdialog menu menubar")


def read_page(data: bytes, charset: str = "") -> Content:
    """A whole page.

    Args:
        data: The file.
        charset: What its server said of the encoding, if any.

    Raises:
        Unreadable: not text, nested beyond measure, or without any text.
    """
    tree = tree_of(data, charset)
    text = _content(tree)
    if not text:
        raise Unreadable("the page has no text of its own (scripts may draw it)")
    return Content(text, _title(tree), FrontMatter(lang=_lang(tree, text), updated=_updated(tree)))


def read_fragment(markup: str) -> str:
    """A piece of HTML, such as a table's cell or a converted document, as Markdown; all that is visible."""
    tree = parse(markup)
    return draw(tree.body, _Skip(tree, lenient=True)) if tree.body is not None else ""


def tree_of(data: bytes, charset: str = "") -> LexborHTMLParser:
    """The tree of a file, in the encoding that its server or else the page itself declares.

    Raises:
        Unreadable: not text, or nested beyond measure.
    """
    declared = _CHARSET.search(data[:4096])
    return parse(decode(data, charset or (declared[1].decode() if declared else "")))


def parse(markup: str) -> LexborHTMLParser:
    """The tree of a page.

    Raises:
        Unreadable: it is nested beyond measure.
    """
    from selectolax.lexbor import LexborHTMLParser

    foreign = re.search(r"<(?:svg|math)\b", markup, re.IGNORECASE) is not None
    closing = _LEAVE_DRAWINGS if foreign else _SELF_CLOSING
    still_open: Counter[str] = Counter()
    depth = 0
    for match in _OPENED.finditer(markup):
        name = match[2].lower()
        if name in closing:
            continue
        if not match[1]:
            still_open[name] += 1
            depth += 1
        elif still_open[name]:
            still_open[name] -= 1
            depth -= 1
        if depth > (10 if foreign else 1) * MAX_NESTING:
            raise Unreadable("nested too deeply")
    return LexborHTMLParser(markup)


def _content(tree: LexborHTMLParser) -> str:
    skip = _Skip(tree, lenient=False)
    articles = tree.css("article")
    roots = [*tree.css("main, [role=main]")[:3], *(articles if len(articles) == 1 else ())]
    for root in roots:
        if not skip.hidden(root) and (text := draw(root, skip)):
            return text
    body = tree.body
    if body is None:
        return ""
    # Some pages put everything into what looks like a frame.
    return draw(body, skip) or draw(body, _Skip(tree, lenient=True))


class _Skip:
    """Says which elements are not content.

    Args:
        tree: The page.
        lenient: Keep navigation and the like; only what nobody sees is skipped.
    """

    def __init__(self, tree: LexborHTMLParser, *, lenient: bool) -> None:
        self._lenient = lenient
        opened = (node.attributes.get("aria-controls") for node in tree.css("[aria-controls]") if _opens(node))
        self._panels = {name for value in opened if value for name in value.split()}

    def __call__(self, node: LexborNode) -> bool:
        tag = node.tag or ""
        if tag in _NEVER or self.hidden(node):
            return True
        if tag == "button":
            return not (_opens(node) or _within(node, "h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary"))
        if self._lenient:
            return False
        if tag in _AROUND_TAGS or (tag in ("header", "aside") and not _within(node, "main", "article")):
            return True
        attributes = node.attributes
        if (attributes.get("role") or "").strip().lower() in _AROUND_ROLES:
            return True
        names = [attributes.get("id") or "", *(attributes.get("class") or "").split()]
        if any(name and _AROUND.fullmatch(name[:80]) for name in names):
            return tag not in ("body", "main", "article") and node.css_first("main, article, h1") is None
        return False

    def hidden(self, node: LexborNode) -> bool:
        """Whether it is not shown, nor the panel of an accordion or tab."""
        attributes = node.attributes
        if "hidden" in attributes:
            unseen = (attributes["hidden"] or "").lower() != "until-found"
        else:
            unseen = (attributes.get("aria-hidden") or "").lower() == "true"
            unseen = unseen or _UNSEEN_STYLE.search(attributes.get("style") or "") is not None
        return unseen and attributes.get("id") not in self._panels


def _opens(node: LexborNode) -> bool:
    return "aria-expanded" in node.attributes or node.attributes.get("role") == "tab"


def _within(node: LexborNode, *tags: str) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag in tags:
            return True
        parent = parent.parent
    return False


def _title(tree: LexborHTMLParser) -> str:
    """The page's title, without the site's name where the first heading tells the two apart."""
    everything: Skip = _Skip(tree, lenient=True)
    node = tree.css_first("head > title") or tree.css_first("title")
    title = one_line(node.text(deep=True)) if node is not None else ""
    first = tree.css_first("h1")
    heading = one_line(words(first, everything)) if first is not None else ""
    return heading if not title or (heading and heading in title) else title


def _lang(tree: LexborHTMLParser, text: str) -> str | None:
    root = tree.css_first("html")
    attributes = root.attributes if root is not None else {}
    match = _LANGUAGE.match((attributes.get("lang") or attributes.get("xml:lang") or "").strip())
    if not match:
        return None
    declared = match[1].lower()
    # Templates say "en" of pages in any language; another script gives them away.
    return None if declared == "en" and detect_language(text) != "en" else declared


def _updated(tree: LexborHTMLParser) -> date | None:
    node = tree.css_first('meta[property="article:modified_time"]')
    try:
        return date.fromisoformat((node.attributes.get("content") or "")[:10]) if node is not None else None
    except ValueError:
        return None
