"""The database goes away, before the crawl or under it: nothing is lost, and each article is stored once."""

from __future__ import annotations

import signal
from dataclasses import replace

import pytest
from psycopg import Connection

from pipelines.exporters import crawls
from tests.conftest import Scrapy
from tests.faults.conftest import Start
from tests.faults.postgres import Server
from tests.samples import record
from tests.site import Replica, ReplicaSite, serve
from tests.stored import numbers, value

SLOWLY = ("-a", "sections=all", "-s", "DOWNLOAD_DELAY=0.02", "-s", "SPOOL_SEGMENT_PAGES=5")


def stored(server: Server) -> list[int]:
    with server.connect() as connection:
        return numbers(connection)


def pages_shown(server: Server) -> int:
    """Pages that the weather snapshots count: each page that was stored, once."""
    with server.connect() as connection:
        return int(value(connection, "SELECT sum(pages) FROM weather_snapshots"))


def served(replica: Replica) -> int:
    """Pages with a strip that the replica handed out."""
    return sum(request.status == 200 and request.path != "/robots.txt" for request in replica.requests)


def test_stopped_before_the_crawl(start: Start, scrapy: Scrapy, fragile: Server) -> None:
    site = ReplicaSite(articles=40)
    fragile.stop()
    with serve(site) as replica:
        for _ in range(2):  # the second finds in the spool what the first has fetched
            run = start(replica.url, fragile.url, *SLOWLY).end()
            assert run.status == 3
            assert "waiting in the spool" in run.last_line
        asked = [request.query for request in replica.article_requests()]
        assert len(asked) == len(set(asked)) == 40
    fragile.start()
    assert scrapy("drain", DATABASE_URL=fragile.url).status == 0
    assert stored(fragile) == list(site.numbers())


def test_stopped_in_the_middle_and_back_before_the_next_crawl(start: Start, fragile: Server) -> None:
    site = ReplicaSite(articles=60)
    with serve(site) as replica:
        crawl = start(replica.url, fragile.url, *SLOWLY)
        replica.wait_for(articles=25)
        fragile.stop()
        assert crawl.end().status == 3
        fragile.start()
        assert start(replica.url, fragile.url, *SLOWLY).end().status == 0
        assert pages_shown(fragile) == served(replica)
    assert stored(fragile) == list(site.numbers())


@pytest.mark.parametrize("how", ["restart", "kill"])
def test_away_for_a_moment(start: Start, fragile: Server, how: str) -> None:
    site = ReplicaSite(articles=60)
    with serve(site) as replica:
        crawl = start(replica.url, fragile.url, *SLOWLY)
        replica.wait_for(articles=20)
        if how == "kill":
            fragile.kill()
            fragile.start()
        else:
            fragile.restart()
        run = crawl.end()
        assert run.status == 0, run.log
        assert pages_shown(fragile) == served(replica)
    assert stored(fragile) == list(site.numbers())


def test_a_crawl_that_is_killed_loses_nothing(start: Start, fragile: Server) -> None:
    site = ReplicaSite(articles=60)
    with serve(site) as replica:
        crawl = start(replica.url, fragile.url, *SLOWLY)
        replica.wait_for(articles=25)
        crawl.signal(signal.SIGKILL)
        assert crawl.end().status == -signal.SIGKILL
        assert start(replica.url, fragile.url, *SLOWLY).end().status == 0
        asked = [request.query for request in replica.article_requests()]
        # What was in flight when it died is asked for again; what was spooled is not.
        assert len(asked) - len(set(asked)) <= 2
    assert stored(fragile) == list(site.numbers())
    with fragile.connect() as connection:
        outcomes = connection.execute("SELECT outcome, finished_at IS NOT NULL FROM crawls ORDER BY started_at")
        assert outcomes.fetchall() == [("error", True), ("ok", True)]


def test_a_crawl_that_died_before_it_had_a_spool_is_closed_by_the_next(crawl: Scrapy, connection: Connection) -> None:
    with serve(ReplicaSite(articles=3)) as replica:
        key = replica.url.removeprefix("http://")
        crawls.write(connection, replace(record("killed"), site=key))
        assert crawl(replica.url).status == 0
    outcomes = connection.execute("SELECT outcome FROM crawls WHERE finished_at IS NOT NULL ORDER BY started_at")
    assert outcomes.fetchall() == [("error",), ("ok",)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_crawl_that_is_told_to_stop_stores_what_it_has(start: Start, fragile: Server, number: int) -> None:
    site = ReplicaSite(articles=60)
    with serve(site) as replica:
        crawl = start(replica.url, fragile.url, *SLOWLY)
        replica.wait_for(articles=20)
        crawl.signal(number)
        run = crawl.end()
        assert run.status == 0
        assert "stopped early" in run.last_line
        assert len(stored(fragile)) == len(replica.article_requests())
        assert start(replica.url, fragile.url, *SLOWLY).end().status == 0
    assert stored(fragile) == list(site.numbers())


def test_stopped_twice_it_ends_at_once_and_loses_nothing(start: Start, fragile: Server) -> None:
    site = ReplicaSite(articles=60)
    with serve(site) as replica:
        crawl = start(replica.url, fragile.url, *SLOWLY)
        replica.wait_for(articles=20)
        crawl.signal(signal.SIGINT)
        crawl.signal(signal.SIGINT)
        crawl.end()
        assert start(replica.url, fragile.url, *SLOWLY).end().status == 0
    assert stored(fragile) == list(site.numbers())
