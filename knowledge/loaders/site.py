"""A web site to documents, by its sitemap or else by its links.

Nothing but the operator's word widens the crawl: pages, links, redirects and sitemaps are checked against the
allow-list of hosts, and robots.txt is honoured.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from urllib.robotparser import RobotFileParser

import httpx

from ..base import KnowledgeError, Progress
from ..types import Document, LoadFailure
from .addresses import Hosts, Refused
from .answers import PAGES, content_of
from .documents import Unreadable, document_of
from .fetching import AGENT, Fetched, Fetcher, unzip
from .links import page_links, plain_address
from .sitemap import read_sitemap

MAX_PAGES = 200
MAX_BYTES = 5_000_000
_MAX_SITEMAPS = 20
_MAX_DELAY = 10.0  # seconds that a robots.txt may ask for between two pages
_NAMED = 20  # so many disallowed pages are named one by one


def load_site(
    url: str,
    hosts: Iterable[str] = (),
    max_pages: int = MAX_PAGES,
    max_bytes: int = MAX_BYTES,
    progress: Progress | None = None,
) -> tuple[list[Document], list[LoadFailure]]:
    """Read the pages of a web site: those of its sitemap, else those that its pages link to.

    A document's id and source are its address. Of pages with the same text the first is kept.

    Args:
        url: Where to begin, or a sitemap; its host is allowed.
        hosts: Further hosts, as ``name`` or ``name:port``. A host with a private address is read only if it is
            named here, the beginning's own too.
        max_pages: How many addresses are fetched at most.
        max_bytes: Of one page or sitemap.
        progress: Told of each page.

    Returns:
        The documents in the order they were found, and what could not be read.

    Raises:
        KnowledgeError: the beginning cannot be read, or robots.txt forbids it.
    """
    try:
        start = plain_address(httpx.URL(url))
    except (httpx.InvalidURL, UnicodeError) as error:
        raise KnowledgeError(f"{url[:200]}: not an address: {error}") from error
    allowed = Hosts(start, hosts)
    with Fetcher(allowed, max_bytes) as fetcher:
        return _Crawl(fetcher, allowed, max_pages, max_bytes, progress).run(start)


class _Crawl:
    def __init__(
        self, fetcher: Fetcher, hosts: Hosts, max_pages: int, max_bytes: int, progress: Progress | None
    ) -> None:
        self._fetcher = fetcher
        self._hosts = hosts
        self._max_pages = max_pages
        self._max_bytes = max_bytes
        self._progress = progress
        self._robots: dict[str, RobotFileParser | Refused] = {}
        self._documents: dict[str, Document] = {}
        self._texts: set[str] = set()
        self._failures: list[LoadFailure] = []
        self._disallowed: list[str] = []
        self._queue: deque[httpx.URL] = deque()
        self._seen: set[str] = set()

    def run(self, start: httpx.URL) -> tuple[list[Document], list[LoadFailure]]:
        try:
            self._hosts.check(start)
            if not self._allows(start):
                raise Refused("robots.txt disallows it")
            first = self._success(self._fetcher.fetch(start))
            if not self._allows(first.url):
                raise Refused(f"robots.txt disallows {first.url}")
            follow = self._begin(start, first)
        except (Refused, Unreadable) as error:
            raise KnowledgeError(f"{start.copy_with(userinfo=b'')}: {error}") from error
        fetched = 1
        while self._queue and fetched < self._max_pages:
            self._visit(self._queue.popleft(), follow)
            fetched += 1
            if self._progress:
                self._progress(fetched, min(self._max_pages, fetched + len(self._queue)), str(start))
        if self._queue:
            reason = f"stopped after {fetched} pages; at least {len(self._queue)} more were not read"
            self._failures.append(LoadFailure(str(start), reason))
        for address in self._disallowed[:_NAMED]:
            self._failures.append(LoadFailure(address, "robots.txt disallows it"))
        if len(self._disallowed) > _NAMED:
            reason = f"robots.txt disallows {len(self._disallowed) - _NAMED} more pages"
            self._failures.append(LoadFailure(str(start), reason))
        return list(self._documents.values()), self._failures

    def _begin(self, start: httpx.URL, first: Fetched) -> bool:
        """Fill the queue; True if links are to be followed as well."""
        self._seen |= {str(start), str(first.url)}
        if first.kind.endswith("xml") and b"<html" not in first.data[:2000].lower():
            pages, more = read_sitemap(first.data)
            self._sitemaps(more, start, pages)
            return False
        named = self._robots_of(first.url).site_maps() or [str(first.url.join("/sitemap.xml"))]
        found = self._sitemaps(named, start, [])
        # One sitemap usually lists a whole shop: what is below the beginning comes first.
        below = str(first.url.join("."))
        self._queue = deque(sorted(self._queue, key=lambda page: not str(page).startswith(below)))
        self._take(first, follow=not found)
        return not found

    def _sitemaps(self, addresses: Iterable[str], start: httpx.URL, pages: list[str]) -> bool:
        """Queue the pages of some sitemaps; True if there were any."""
        waiting, done = deque(addresses), set()
        while waiting and len(done) < _MAX_SITEMAPS:
            address = waiting.popleft()
            if address in done:
                continue
            done.add(address)
            try:
                url = start.join(address)
                answer = self._fetcher.fetch(url)
                if answer.status in (404, 410) or (answer.kind == "text/html" and answer.status == 200):
                    continue  # many sites answer every address with a page
                data = self._success(answer).data
                if data.startswith(b"\x1f\x8b"):
                    data = unzip(data, self._max_bytes)
                found, more = read_sitemap(data)
            except (Refused, Unreadable, httpx.InvalidURL, UnicodeError) as error:
                self._failures.append(LoadFailure(address[:500], f"sitemap: {error}"))
                continue
            pages = pages + found
            waiting.extend(more)
        self._enqueue(start, pages)
        return bool(self._queue)

    def _enqueue(self, base: httpx.URL, addresses: Iterable[str]) -> None:
        for address in addresses:
            try:
                url = plain_address(base.join(address))
                self._hosts.check(url)
            except (Refused, httpx.InvalidURL, UnicodeError, ValueError):
                continue  # what the operator did not name is not ours to read
            if str(url) not in self._seen:
                self._seen.add(str(url))
                self._queue.append(url)

    def _visit(self, url: httpx.URL, follow: bool) -> None:
        try:
            if not self._allows(url):
                self._disallowed.append(str(url))
                return
            delay = self._robots_of(url).crawl_delay(AGENT)
            if delay:
                time.sleep(min(float(delay), _MAX_DELAY))
            answer = self._success(self._fetcher.fetch(url))
            if str(answer.url) != str(url):
                if str(answer.url) in self._seen:
                    return  # two addresses of one page
                self._seen.add(str(answer.url))
                if not self._allows(answer.url):
                    self._disallowed.append(str(answer.url))
                    return
            self._take(answer, follow)
        except (Refused, Unreadable) as error:
            self._failures.append(LoadFailure(str(url), str(error)))

    def _take(self, answer: Fetched, follow: bool) -> None:
        """Make a document of an answer, and queue what it links to."""
        address = str(plain_address(answer.url))
        try:
            if follow and answer.kind in PAGES:
                self._enqueue(answer.url, page_links(answer.data, answer.charset))
            document = document_of(content_of(answer), id=address, source=address, name=address)
        except Unreadable as error:
            self._failures.append(LoadFailure(address, str(error)))
            return
        if document.text not in self._texts:
            self._texts.add(document.text)
            self._documents[address] = document

    def _robots_of(self, url: httpx.URL) -> RobotFileParser:
        """The rules of a host; without an answer nothing may be fetched (RFC 9309)."""
        place = f"{url.scheme}://{url.netloc.decode('ascii')}"
        if place not in self._robots:
            try:
                self._robots[place] = self._read_robots(place)
            except Refused as error:
                self._robots[place] = error
        rules = self._robots[place]
        if isinstance(rules, Refused):
            raise Refused(str(rules))
        return rules

    def _read_robots(self, place: str) -> RobotFileParser:
        answer = self._fetcher.fetch(httpx.URL(f"{place}/robots.txt"))
        if answer.status >= 500 or answer.status == 429:
            raise Refused(f"robots.txt cannot be read: status {answer.status}")
        rules = RobotFileParser()
        # HTML is a site's way of saying "not found".
        readable = answer.status == 200 and answer.kind != "text/html"
        rules.parse(answer.data.decode("utf-8-sig", "replace").splitlines() if readable else [])
        return rules

    def _allows(self, url: httpx.URL) -> bool:
        return self._robots_of(url).can_fetch(AGENT, str(url))

    @staticmethod
    def _success(answer: Fetched) -> Fetched:
        if not 200 <= answer.status < 300:
            raise Refused(f"status {answer.status}")
        return answer
