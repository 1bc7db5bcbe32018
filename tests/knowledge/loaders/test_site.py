"""Crawls of a server on loopback, which has to be named because its address is private."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from batonpass.knowledge import KnowledgeError
from batonpass.knowledge.loaders import site
from batonpass.knowledge.loaders.site import load_site

from .files import docx, paragraph, pdf

Answer = tuple[int, dict[str, str], bytes]


def html(body: str, *links: str) -> Answer:
    shown = "".join(f'<a href="{link}">x</a>' for link in links)
    data = f"<html><title>{body}</title><main><p>{body}</p></main><nav>{shown}</nav></html>".encode()
    return 200, {"Content-Type": "text/html; charset=utf-8"}, data


def answer(data: bytes | str, kind: str = "text/plain", status: int = 200, **headers: str) -> Answer:
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, {"Content-Type": kind, **more}, data.encode() if isinstance(data, str) else data


class Site:
    """A web site: what it answers by path, and what it was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {}
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                status, headers, data = outer.pages.get(self.path, answer("no", status=404))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value.replace("BASE", outer.base))
                self.end_headers()
                self.wfile.write(data.replace(b"BASE", outer.base.encode()))

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.base = f"http://{self.host}"

    def load(self, path: str = "/", **options: object) -> tuple[dict[str, str], dict[str, str]]:
        """Texts and failures by path."""
        documents, failures = load_site(self.base + path, hosts=[self.host], **options)  # type: ignore[arg-type]
        assert all(document.id == document.source for document in documents)
        return (
            {document.id.removeprefix(self.base): document.text for document in documents},
            {failure.source.removeprefix(self.base): failure.reason for failure in failures},
        )


@pytest.fixture
def web() -> Iterator[Site]:
    made = Site()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_links_are_followed_within_the_host(web: Site) -> None:
    web.pages = {
        "/": html(
            "home", "/a", "b#part", "http://other.example/x", "mailto:x@example.com", "/logo.png", "/a?utm_x=1"
        ),
        "/a": html("page a", "/"),
        "/b": html("page b", "javascript:alert(1)", "http://[bad", "/c"),
        "/c": html("page a"),
    }
    documents, failures = web.load()
    assert documents == {"/": "home", "/a": "page a", "/b": "page b"}  # c says the same as a
    assert failures == {}
    assert web.asked.count("/a") == 1
    assert "/logo.png" not in web.asked


def test_a_sitemap_says_which_pages_there_are(web: Site) -> None:
    web.pages = {
        "/robots.txt": answer("User-agent: *\nSitemap: BASE/index.xml.gz\n"),
        "/index.xml.gz": answer(
            gzip.compress(
                b'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>/map.xml</loc>'
                b"</sitemap></sitemapindex>"
            ),
            "application/gzip",
        ),
        "/map.xml": answer(
            "<urlset><url><loc> BASE/shop/1 </loc></url><url><loc>BASE/help/a</loc></url>"
            "<url><loc>http://other.example/</loc></url></urlset>",
            "application/xml",
        ),
        "/help/": html("help", "/help/unlisted"),
        "/help/a": html("listed"),
        "/shop/1": html("goods"),
    }
    documents, failures = web.load("/help/")
    assert list(documents) == ["/help/", "/help/a", "/shop/1"]
    assert failures == {}
    assert list(web.load("/map.xml")[0]) == ["/shop/1", "/help/a"]


def test_a_sitemap_with_entities_is_named_and_links_are_followed(web: Site) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb">]><urlset><url><loc>&b;</loc></url></urlset>'
    web.pages = {"/": html("home", "/a"), "/a": html("a"), "/sitemap.xml": answer(bomb, "text/xml")}
    documents, failures = web.load()
    assert set(documents) == {"/", "/a"}
    assert failures == {"/sitemap.xml": "sitemap: the sitemap declares XML entities"}


def test_robots_are_honoured(web: Site) -> None:
    web.pages = {
        "/robots.txt": answer("User-agent: *\nDisallow: /\n\nUser-agent: batonpass\nDisallow: /secret\n"),
        "/": html("home", "/secret/1", "/open", "/moved"),
        "/secret/1": html("secret"),
        "/open": html("open"),
        "/moved": answer("", status=302, Location="/secret/1"),
    }
    documents, failures = web.load()
    assert documents == {"/": "home", "/open": "open"}
    assert failures["/secret/1"] == "robots.txt disallows it"
    with pytest.raises(KnowledgeError, match=r"robots\.txt disallows"):
        web.load("/secret/1")


@pytest.mark.parametrize(("status", "read"), [(404, True), (403, True), (500, False), (503, False)])
def test_robots_that_cannot_be_read(web: Site, status: int, read: bool) -> None:
    web.pages = {"/": html("home"), "/robots.txt": answer("", status=status)}
    if read:
        assert web.load()[0] == {"/": "home"}
        return
    with pytest.raises(KnowledgeError, match=r"robots\.txt cannot be read: status"):
        web.load()


def test_a_crawl_delay_is_kept_but_not_for_ever(web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(site.time, "sleep", slept.append)
    web.pages = {
        "/": html("home", "/a"),
        "/a": html("a"),
        "/robots.txt": answer("User-agent: *\nCrawl-delay: 3600"),
    }
    web.load()
    assert slept == [10.0]


def test_kinds_of_content(web: Site) -> None:
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    web.pages = {
        "/": html("home", "/w", "/p", "/t", "/img", "/none", "/gone"),
        "/w": answer(docx(paragraph("from Word")), word),
        "/p": answer(pdf([["from PDF"]]), "application/pdf"),
        "/t": answer("환불".encode("cp949"), "text/plain; charset=euc-kr"),
        "/img": answer(b"\x89PNG", "image/png"),
        "/none": (200, {}, b"what is it"),
    }
    documents, failures = web.load()
    assert documents == {"/": "home", "/w": "from Word", "/p": "from PDF", "/t": "환불"}
    assert failures == {
        "/img": "content type 'image/png' is not read",
        "/none": "content type '' is not read",
        "/gone": "status 404",
    }


def test_limits(web: Site) -> None:
    web.pages = {
        "/": html("home", "/big", "/drip", "/zip", "/br", "/z"),
        "/big": answer(b"x", Content_Length="9999999"),
        "/drip": answer(b"x" * 3000),
        "/zip": answer(gzip.compress(b"x" * 1_000_000), Content_Encoding="gzip"),
        "/br": answer(b"x", Content_Encoding="br"),
        "/z": answer(gzip.compress(b"small"), Content_Encoding="gzip"),
    }
    documents, failures = web.load(max_bytes=2000)
    assert documents == {"/": "home", "/z": "small"}
    assert failures == {
        "/big": "larger than 2 kB",
        "/drip": "larger than 2 kB",
        "/zip": "larger than 2 kB",
        "/br": "content encoding 'br' is not read",
    }
    web.asked.clear()
    documents, failures = web.load(max_pages=2, max_bytes=2000)
    assert len([path for path in web.asked if path not in ("/robots.txt", "/sitemap.xml")]) == 2
    assert "stopped after 2 pages; at least 4 more" in failures["/"]


def test_redirects_stay_within_the_hosts(web: Site) -> None:
    web.pages = {
        "/": html("home", "/in", "/out", "/inside", "/loop", "/file", "/port"),
        "/in": answer("", status=301, Location="/there"),
        "/there": html("there"),
        "/out": answer("", status=302, Location="http://other.example/"),
        "/inside": answer("", status=302, Location="http://169.254.169.254/latest/meta-data"),
        "/loop": answer("", status=302, Location="/loop"),
        "/file": answer("", status=302, Location="file:///etc/passwd"),
        "/port": answer("", status=302, Location="http://127.0.0.1:6379/"),
    }
    documents, failures = web.load()
    assert documents == {"/": "home", "/there": "there"}
    assert failures == {
        "/out": "redirected: other.example is not an allowed host",
        "/inside": "redirected: 169.254.169.254 is not an allowed host",
        "/loop": "redirected more than 5 times",
        "/file": "redirected: file addresses are not read",
        "/port": "redirected: 127.0.0.1:6379 is not an allowed host",
    }


def test_a_private_address_has_to_be_named(web: Site) -> None:
    web.pages = {"/": html("home")}
    with pytest.raises(KnowledgeError, match=r"127\.0\.0\.1 has a private address"):
        load_site(web.base)
    assert web.asked == []
    documents, _ = load_site(web.base, hosts=["127.0.0.1"])
    assert len(documents) == 1


def test_a_name_is_resolved_once_and_its_host_kept(web: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was checked is what is connected to; a name that then changes its address changes nothing."""
    answers: list[str] = ["127.0.0.1"]
    asked: list[str] = []

    def resolve(host: str, port: int, *args: object, **more: object) -> list:
        asked.append(str(host))
        address = host if str(host)[0].isdigit() else answers[0]
        return [(2, 1, 6, "", (address, port))]

    monkeypatch.setattr("socket.getaddrinfo", resolve)
    web.pages = {"/": html("home")}
    port = web.server.server_port
    documents, _ = load_site(f"http://shop.example:{port}/", hosts=[f"shop.example:{port}"])
    assert [document.id for document in documents] == [f"http://shop.example:{port}/"]
    with pytest.raises(KnowledgeError, match=r"shop\.example has a private address"):
        load_site(f"http://shop.example:{port}/")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://user:secret@example.com/", "holds a password"),
        ("ftp://example.com/", "ftp addresses are not read"),
        ("http://[bad]/", "not an address"),
        ("http://10.0.0.1/", "has a private address"),
        ("http://[::1]/", "has a private address"),
        ("http://[::ffff:127.0.0.1]/", "has a private address"),
        ("http://2130706433/", "private address|is unknown"),
    ],
)
def test_a_beginning_that_is_refused_is_one_line(url: str, reason: str) -> None:
    with pytest.raises(KnowledgeError, match=reason) as caught:
        load_site(url)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_beginning_that_does_not_answer(web: Site) -> None:
    with pytest.raises(KnowledgeError, match="status 404"):
        web.load("/gone")
    web.pages = {"/img": answer(b"", "image/png")}
    assert web.load("/img")[1] == {"/img": "content type 'image/png' is not read"}


def test_progress_is_told(web: Site) -> None:
    web.pages = {"/": html("home", "/a", "/b"), "/a": html("a"), "/b": html("b")}
    told: list[tuple[int, int]] = []
    progress: Callable[[int, int, str], None] = lambda done, total, what: told.append((done, total))  # noqa: E731
    web.load(progress=progress)
    assert told == [(2, 3), (3, 3)]
