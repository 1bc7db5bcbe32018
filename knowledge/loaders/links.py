"""Addresses: those that a page links to, each in one plain form."""

from __future__ import annotations

import re

import httpx

from .page import tree_of

_MAX_LINKS = 2_000
_TRACKING = re.compile(r"(?:utm_\w+|gclid|fbclid|msclkid|n_media|n_query|n_rank|n_ad_group|n_ad|n_keyword\w*)\Z")
_NO_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|svg|webp|ico|bmp|css|js|mjs|json|xml|rss|woff2?|ttf|eot|mp[34]|avi|mov|webm|zip|gz|tgz|rar|7z"
    r"|exe|dmg|apk|hwpx?|docm?|xlsx?|pptx?)\Z",
    re.IGNORECASE,
)


def plain_address(url: httpx.URL) -> httpx.URL:
    """An address without its fragment and without what only counts visitors."""
    url = url.copy_with(fragment=None)
    for name in url.params:
        if _TRACKING.match(name):
            url = url.copy_remove_param(name)
    return url


def page_links(data: bytes, charset: str = "") -> list[str]:
    """What a page links to, as it says it; not what it asks robots to leave alone, nor pictures and archives.

    Raises:
        Unreadable: not a page.
    """
    tree = tree_of(data, charset)
    robots = tree.css_first('meta[name="robots" i]')
    if robots is not None and "nofollow" in (robots.attributes.get("content") or "").lower():
        return []
    base_node = tree.css_first("base[href]")
    base = (base_node.attributes.get("href") or "").strip() if base_node is not None else ""
    found: dict[str, None] = {}
    for node in tree.css("a[href], area[href]"):
        address = (node.attributes.get("href") or "").strip()
        if "nofollow" in (node.attributes.get("rel") or "").lower() or not address or address.startswith("#"):
            continue
        try:
            url = httpx.URL(base).join(address) if base else httpx.URL(address)
        except (httpx.InvalidURL, UnicodeError, ValueError):
            continue
        if url.scheme in ("", "http", "https") and not _NO_PAGE.search(url.path):
            found[str(url)] = None
        if len(found) >= _MAX_LINKS:
            break
    return list(found)
