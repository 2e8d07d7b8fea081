"""A server that took our connection and says nothing more: every wait has an end, and nothing is lost."""

from __future__ import annotations

import signal

from tests.conftest import Scrapy
from tests.faults.conftest import Start
from tests.faults.postgres import Server
from tests.faults.test_database_faults import SLOWLY, stored
from tests.site import ReplicaSite, serve

SILENCE = 2


def test_ends_with_status_3_when_the_database_falls_silent(start: Start, scrapy: Scrapy, fragile: Server) -> None:
    site = ReplicaSite(articles=40, per_page=40)
    with serve(site) as replica:
        crawl = start(replica.url, fragile.url, *SLOWLY, "-s", f"DATABASE_SILENCE_MAX={SILENCE}")
        replica.wait_for(articles=15)
        fragile.freeze()
        run = crawl.end()
        assert run.status == 3
        assert "the database took our connection and does not answer" in run.last_line
        assert "waiting in the spool" in run.last_line
        assert len(replica.article_requests()) == 40
    fragile.thaw()
    assert scrapy("drain", DATABASE_URL=fragile.url).status == 0
    assert stored(fragile) == list(site.numbers())


def test_the_health_check_says_so_and_does_not_wait(scrapy: Scrapy, fragile: Server) -> None:
    fragile.freeze()
    run = scrapy("status", "--quiet", "-s", f"DATABASE_SILENCE_MAX={SILENCE}", DATABASE_URL=fragile.url)
    fragile.thaw()
    assert (run.status, "the database took our connection and does not answer" in run.output) == (1, True)


def test_goes_on_when_it_speaks_again(start: Start, fragile: Server) -> None:
    site = ReplicaSite(articles=40, per_page=40)
    with serve(site) as replica:
        crawl = start(replica.url, fragile.url, *SLOWLY, "-s", "DATABASE_SILENCE_MAX=600")
        replica.wait_for(articles=15)
        fragile.freeze()
        replica.wait_for(articles=40)
        fragile.thaw()
        assert crawl.end().status == 0
    assert stored(fragile) == list(site.numbers())


def test_stops_at_the_second_signal(start: Start, fragile: Server) -> None:
    site = ReplicaSite(articles=60, per_page=60)
    with serve(site) as replica:
        crawl = start(replica.url, fragile.url, *SLOWLY, "-s", "DATABASE_SILENCE_MAX=10000")
        replica.wait_for(articles=15)
        fragile.freeze()
        replica.wait_for(articles=20)
        crawl.signal(signal.SIGINT)
        crawl.wait_for_log("Received SIGINT")
        crawl.signal(signal.SIGINT)
        crawl.end()
        fragile.thaw()
        assert start(replica.url, fragile.url, *SLOWLY).end().status == 0
        assert len(replica.article_requests()) <= 61  # what was spooled is not fetched again
    assert stored(fragile) == list(site.numbers())


def test_fetches_nothing_where_it_is_silent_from_the_beginning(start: Start, fragile: Server) -> None:
    """Here somebody has locked a table that is asked at the start, and went home."""
    with serve(ReplicaSite(articles=5)) as replica, fragile.connect() as administrator:
        start(replica.url, fragile.url).end()
        replica.forget()
        administrator.execute("BEGIN; LOCK TABLE asiatongsin_migrations")
        run = start(replica.url, fragile.url, "-s", "DATABASE_SILENCE_MAX=0.1").end()
        assert run.status == 1
        assert "does not answer; nothing was fetched" in run.last_line
        assert replica.requests == []
