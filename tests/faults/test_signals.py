"""Told to stop at awkward moments: while it begins, while the site makes it wait, while its end is stored."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import Connection

from tests.conftest import Scrapy
from tests.faults.conftest import Start
from tests.samples import leave, page
from tests.site import Fault, Replica, ReplicaSite, serve
from tests.stored import count, outcomes
from tests.warm_start import COLD

ONE = ("-a", "sections=all", "-s", "SPOOL_SEGMENT_SECONDS=1000")
PATIENT = ("-s", "DATABASE_SILENCE_MAX=10000")
NO_WRITING = "LOCK TABLE article_texts IN SHARE MODE"
"""The end of a crawl waits for as long as somebody holds this lock; its beginning reads."""


@pytest.fixture
def replica() -> Iterator[Replica]:
    with serve(ReplicaSite(articles=20, page_bytes=8_000)) as replica:
        yield replica


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_once_while_its_end_is_stored_it_stores_on(
    start: Start, connection: Connection, database_url: str, replica: Replica, number: int
) -> None:
    with connection.transaction():
        connection.execute(NO_WRITING)
        crawl = start(replica.url, database_url, *ONE, *PATIENT)
        crawl.wait_for_log("Closing spider")
        crawl.signal(number)
        crawl.wait_for_log("Received SIG")
    run = crawl.end()
    assert run.status == 0
    assert "20 new" in run.last_line
    assert (count(connection, "articles"), outcomes(connection)) == (20, ["ok"])


def test_twice_while_its_end_is_stored_it_stops_and_the_next_crawl_stores_it(
    start: Start, connection: Connection, database_url: str, replica: Replica
) -> None:
    with connection.transaction():
        connection.execute(NO_WRITING)
        crawl = start(replica.url, database_url, *ONE, *PATIENT)
        crawl.wait_for_log("Closing spider")
        crawl.signal(signal.SIGINT)
        crawl.wait_for_log("Received SIGINT")
        crawl.signal(signal.SIGINT)
        assert crawl.end().status == 1
    asked = len(replica.article_requests())
    assert start(replica.url, database_url, *ONE).end().status == 0
    assert (count(connection, "articles"), len(replica.article_requests())) == (20, asked)
    assert outcomes(connection) == ["error", "ok"]


def test_while_its_end_meets_a_locked_table_pages_wait(
    start: Start, scrapy: Scrapy, connection: Connection, database_url: str, replica: Replica
) -> None:
    with connection.transaction():
        connection.execute(NO_WRITING)
        crawl = start(replica.url, database_url, *ONE, "-s", "DATABASE_SILENCE_MAX=2")
        crawl.wait_for_log("Closing spider")
        crawl.signal(signal.SIGTERM)
        run = crawl.end()
    assert run.status == 3
    assert "waiting in the spool" in run.last_line
    assert scrapy("drain", DATABASE_URL=database_url).status == 0
    assert (count(connection, "articles"), outcomes(connection)) == (20, ["spooled"])


def test_while_it_begins_nothing_is_fetched(
    start: Start, connection: Connection, database_url: str, replica: Replica
) -> None:
    with connection.transaction():
        connection.execute("LOCK TABLE crawls")
        crawl = start(replica.url, database_url, *ONE, within=COLD)
        crawl.wait_for_log("Spider opened")
        crawl.signal(signal.SIGTERM)
        run = crawl.end()
    assert run.status == 0, run.log
    assert "stopped before it began; nothing was fetched" in run.last_line
    assert replica.requests == []
    assert start(replica.url, database_url, *ONE).end().status == 0


def test_while_the_site_makes_it_wait_it_stops_and_blames_no_article(
    start: Start, connection: Connection, database_url: str, replica: Replica
) -> None:
    replica.faults.append(Fault(kind="status", status=429, headers={"Retry-After": "10000"}, where="no=100007"))
    crawl = start(replica.url, database_url, *ONE, "-s", "RETRY_AFTER_MAX=10000")
    crawl.wait_for_log("the crawl pauses for 10000 s")
    crawl.signal(signal.SIGTERM)
    run = crawl.end()
    assert run.status == 0
    assert "stopped early" in run.last_line
    assert count(connection, "rejected_pages") == 0
    replica.faults.clear()
    assert start(replica.url, database_url, *ONE).end().status == 0
    assert count(connection, "articles") == 20


def test_export_waits_for_a_locked_table_no_longer_than_it_may(
    scrapy: Scrapy, connection: Connection, database_url: str, data: Path
) -> None:
    leave(data, page(1), page(2))
    with connection.transaction():
        connection.execute("LOCK TABLE article_texts")
        run = scrapy("drain", "-s", "DATABASE_SILENCE_MAX=0.1", DATABASE_URL=database_url)
    assert run.status == 3
    assert "2 pages wait in the spool: the database took our connection and does not answer" in run.last_line
    assert scrapy("drain", DATABASE_URL=database_url).status == 0
    assert count(connection, "articles") == 2
