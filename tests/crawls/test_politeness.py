"""Staying on the site, and leaving it alone when it asks to: whole crawls of a server that misbehaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic
from typing import Any

import pytest

from asiatongsin.mediaon.urls import article_url
from tests.conftest import Scrapy

FIVE, SIX = "/news/article.html?no=5", "/news/article.html?no=6"
PAGE = '<div class="art_top"><h2>제목</h2></div><div id="news_body_area">글</div>'
NO_DATABASE = {"DATABASE_URL": "postgresql://127.0.0.1:1/none"}

Answer = tuple[int, dict[str, str]]


class Misbehaving(ThreadingHTTPServer):
    """Answers each address with what is prepared for it, one after the other, and then with an article."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.prepared: dict[str, list[Answer]] = {"/robots.txt": [(404, {})]}
        self.robots = ""
        self.bodies: dict[str, str] = {}
        self.times: dict[str, list[float]] = defaultdict(list)


class _Handler(BaseHTTPRequestHandler):
    server: Misbehaving

    def do_GET(self) -> None:
        self.server.times[self.path].append(monotonic())
        answers = self.server.prepared.get(self.path, [])
        status, headers = answers.pop(0) if answers else (200, {})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        page = self.server.robots if self.path == "/robots.txt" else self.server.bodies.get(self.path, PAGE)
        self.wfile.write(page.encode())

    def log_message(self, *args: Any) -> None:
        """Nothing on standard error."""


@pytest.fixture
def site() -> Iterator[Misbehaving]:
    with serving() as server:
        yield server


@contextmanager
def serving() -> Iterator[Misbehaving]:
    with Misbehaving() as server:
        thread = Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def test_follows_no_redirect_that_leaves_the_site(scrapy: Scrapy, site: Misbehaving) -> None:
    with serving() as other:
        site.prepared[FIVE] = [(302, {"Location": f"{other.url}{FIVE}"})]
        site.prepared[SIX] = [(302, {"Location": article_url(other.url.replace("127.0.0.1", "localhost"), 6)})]
        run = scrapy("crawl", "asiatongsin", "-a", f"site={site.url}", "-a", "no=5,6", **NO_DATABASE)
        assert other.times == {}
    assert "Refused to leave" in run.log
    assert "2 articles not downloaded" in run.last_line


def test_follows_a_redirect_within_the_site(scrapy: Scrapy, site: Misbehaving) -> None:
    site.prepared[FIVE] = [(301, {"Location": "/mobile/article.html?no=5"})]
    run = scrapy("crawl", "asiatongsin", "-a", f"site={site.url}", "-a", "no=5", **NO_DATABASE)
    assert "1 article pages" in run.last_line
    assert "/mobile/article.html?no=5" in site.times


def test_sends_nothing_while_the_site_asks_to_wait(scrapy: Scrapy, site: Misbehaving) -> None:
    site.prepared[FIVE] = [(503, {"Retry-After": "1"})]
    run = scrapy("crawl", "asiatongsin", "-a", f"site={site.url}", "-a", "no=5,6", **NO_DATABASE)
    assert "2 article pages" in run.last_line
    first, second = site.times[FIVE]
    assert second - first >= 1
    assert site.times[SIX][0] - first >= 1


def test_waits_twice_as_long_after_each_failure(scrapy: Scrapy, site: Misbehaving) -> None:
    site.prepared[FIVE] = [(500, {}), (503, {"Retry-After": "soon"})]
    pause = {"ASIATONGSIN_RETRY_PAUSE": "0.3"}
    scrapy("crawl", "asiatongsin", "-a", f"site={site.url}", "-a", "no=5", **NO_DATABASE, **pause)
    first, second, third = site.times[FIVE]
    assert second - first >= 0.3
    assert third - second >= 0.6


def test_gives_up_where_it_should_wait_for_an_hour(scrapy: Scrapy, site: Misbehaving) -> None:
    site.prepared[FIVE] = [(429, {"Retry-After": "3600"})]
    run = scrapy("crawl", "asiatongsin", "-a", f"site={site.url}", "-a", "no=5,6", **NO_DATABASE)
    assert len(site.times[FIVE]) == 1
    assert SIX not in site.times
    assert "2 articles not downloaded" in run.last_line


@pytest.mark.parametrize(("status", "is_allowed"), [(403, True), (429, False), (503, False)])
def test_fetches_nothing_where_nobody_can_say_whether_it_may(
    scrapy: Scrapy, site: Misbehaving, status: int, *, is_allowed: bool
) -> None:
    site.prepared["/robots.txt"] = [(status, {})] * 9
    run = scrapy("crawl", "asiatongsin", "-a", f"site={site.url}", "-a", "no=5", **NO_DATABASE)
    assert (FIVE in site.times) is is_allowed
    assert run.status == (3 if is_allowed else 4)


def test_waits_between_two_requests_as_long_as_robots_txt_asks(scrapy: Scrapy, site: Misbehaving) -> None:
    site.prepared["/robots.txt"] = []
    site.robots = "User-agent: asiatongsin\nCrawl-delay: 900\nUser-agent: *\nCrawl-delay: 0.1"
    settings = {"CRAWL_DELAY_MAX": "0.25", "AUTOTHROTTLE_ENABLED": "1", "AUTOTHROTTLE_DEBUG": "1"}
    environment = {f"ASIATONGSIN_{name}": value for name, value in settings.items()} | NO_DATABASE
    run = scrapy("crawl", "asiatongsin", "-a", f"site={site.url}", "-a", "no=5,6", **environment)
    assert "asks for 900 s between two requests; this crawl waits 0.25 s (CRAWL_DELAY_MAX)" in run.log
    slot = site.url.removeprefix("http://")
    assert [line.partition("delay:")[2][:9] for line in run.log.splitlines() if f"slot: {slot} " in line] == [
        "  250 ms ",
        "  250 ms ",
    ]
