"""`asiatongsin sites add` asks a site once, and adds what is a paper that can be crawled."""

from __future__ import annotations

from contextlib import ExitStack

from psycopg import Connection

from tests.conftest import Scrapy
from tests.raw_server import sending
from tests.samples import UNREACHABLE
from tests.site import ReplicaSite, serve
from tests.stored import value


def answer(body: str, status: str = "200 OK", kind: str = "text/html") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n{body}".encode()


def test_says_what_each_site_is_and_adds_all_or_none(scrapy: Scrapy, connection: Connection, database_url: str) -> None:
    with ExitStack() as servers:
        replica = servers.enter_context(serve(ReplicaSite(articles=5)))
        told = {
            replica.url: "on the Mediaon CMS, calls itself '아시아통신'; 5 lists in its menu (0 전체기사, 22 정치",
            servers.enter_context(
                sending(answer("<title>Other \x1bnews</title><a href='/a/1'>x</a>"))
            ): "it answers and",
            servers.enter_context(
                sending(answer("User-agent: *\nDisallow: /news/", kind="text/plain"))
            ): "forbids this",
            servers.enter_context(sending(answer("", "503 Busy"))): "robots.txt answers with status 503",
            "http://127.0.0.1:1": "it does not answer: Connection was refused",
        }
        run = scrapy("sites", "add", *told, "--every", "30m", DATABASE_URL=database_url)
        *lines, last = run.log.splitlines()
        said = {line.split(": ")[1]: line for line in lines}
        assert [words in said[site.removeprefix("http://")] for site, words in told.items()] == [True] * 5, run.log
        unfit = ", ".join(site.removeprefix("http://") for site in [*told][1:])
        assert (run.status, last.partition("since no crawl can read ")[2]) == (
            4,
            f"{unfit}; --anyway adds all the same",
        )
        assert value(connection, "SELECT count(*) FROM sites") == 0
        assert [one.path for one in replica.requests] == ["/robots.txt", "/"]
        assert scrapy("sites", "add", [*told][1], DATABASE_URL=database_url).status == 2
        run = scrapy("sites", "add", *told, "--anyway", DATABASE_URL=database_url)
        assert (run.status, value(connection, "SELECT count(*) FROM sites")) == (0, 5), run.log


def test_without_a_database_nobody_is_asked(scrapy: Scrapy) -> None:
    with serve(ReplicaSite(articles=5)) as replica:
        run = scrapy("sites", "add", replica.url, DATABASE_URL=UNREACHABLE)
        assert (run.status, replica.requests) == (2, [])
