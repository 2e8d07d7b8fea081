"""Crawls that meet: of one site the second ends with status 6 at once, of different sites both go on."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg import Connection

from pipelines.crawl.lock import CrawlLock
from pipelines.database.connection import Database
from pipelines.exporters import crawls
from pipelines.fleet import sites
from pipelines.fleet.site_entry import Given, SiteEntry
from tests.conftest import Scrapy
from tests.faults.conftest import Start
from tests.faults.test_database_faults import SLOWLY
from tests.samples import UNREACHABLE, leave, page, record
from tests.site import ReplicaSite, serve
from tests.stored import count, value


@pytest.mark.parametrize("where", ["same data folder", "another machine", "no database"])
def test_the_second_crawl_of_a_site_ends_at_once(
    start: Start, scrapy: Scrapy, connection: Connection, database_url: str, tmp_path: Path, where: str
) -> None:
    """Another machine is another data folder on the same database."""
    url = UNREACHABLE if where == "no database" else database_url
    environment = {"ASIATONGSIN_DATA": str(tmp_path / "elsewhere")} if where == "another machine" else {}
    with serve(ReplicaSite(articles=60)) as replica:
        first = start(replica.url, url, "-a", "sections=all", "-s", "DOWNLOAD_DELAY=0.1")
        replica.wait_for(articles=10)
        second = scrapy("crawl", "asiatongsin", "-a", f"site={replica.url}", DATABASE_URL=url, **environment)
        assert second.status == 6
        assert "another crawl" in second.last_line
        assert first.process.poll() is None
        assert first.end().status == (3 if where == "no database" else 0)
        assert len(replica.article_requests()) == 60
        if where != "no database":
            assert connection.execute("SELECT outcome FROM crawls").fetchall() == [("ok",)]


def test_crawls_of_different_sites_run_side_by_side(start: Start, connection: Connection, database_url: str) -> None:
    with serve(ReplicaSite(articles=40)) as one, serve(ReplicaSite(articles=40, seed=2)) as other:
        first = start(one.url, database_url, *SLOWLY, "-s", "DOWNLOAD_DELAY=0.15")
        one.wait_for(articles=5)
        second = start(other.url, database_url, *SLOWLY)
        other.wait_for(articles=5)
        assert first.process.poll() is None
        assert (first.end().status, second.end().status) == (0, 0)
    assert count(connection, "articles") == 80


@pytest.mark.parametrize("url", ["with a database", UNREACHABLE])
def test_the_lock_does_not_outlive_a_crawl_that_was_killed(start: Start, database_url: str, url: str) -> None:
    url = database_url if url == "with a database" else url
    with serve(ReplicaSite(articles=60)) as replica:
        killed = start(replica.url, url, *SLOWLY)
        replica.wait_for(articles=10)
        killed.signal(signal.SIGKILL)
        killed.end()
        assert start(replica.url, url, *SLOWLY).end().status == (0 if url == database_url else 3)


def test_export_leaves_the_pages_of_a_running_crawl_to_it(
    start: Start, scrapy: Scrapy, connection: Connection, database_url: str
) -> None:
    with serve(ReplicaSite(articles=40)) as replica:
        crawl = start(replica.url, database_url, "-a", "sections=all", "-s", "DOWNLOAD_DELAY=0.1")
        replica.wait_for(articles=5)
        run = scrapy("drain", DATABASE_URL=database_url)
        assert run.status == 0
        assert "0 pages stored" in run.last_line
        assert "belong to a crawl, or another drain, that is running" in run.last_line
        assert crawl.end().status == 0
    assert count(connection, "articles") == 40


def test_two_drains_at_once_store_each_page_once(
    scrapy: Scrapy, connection: Connection, database_url: str, data: Path
) -> None:
    for number in range(6):
        pages = [page(10 * number + place, seoul=20) for place in range(10)]
        leave(data, *pages[1:], crawl=record(f"crawl {number}"))
    with ThreadPoolExecutor(2) as both:
        runs = list(both.map(lambda _: scrapy("drain", DATABASE_URL=database_url), range(2)))
    assert [run.status for run in runs] == [0, 0], runs
    assert count(connection, "articles") == 54
    assert value(connection, "SELECT sum(pages) FROM weather_snapshots") == 54
    assert value(connection, "SELECT sum(new) FROM crawls") == 54
    assert list((data / "spool").iterdir()) == []


def test_a_crawl_that_may_be_running_elsewhere_is_not_closed(
    scrapy: Scrapy, connection: Connection, database_url: str, data: Path
) -> None:
    """Its row is without an end, and its lock is held from another machine."""
    crawls.write(connection, replace(record("elsewhere"), site="127.0.0.1:1"))
    connection.execute("SELECT pg_advisory_lock(hashtextextended('asiatongsin crawl ' || '127.0.0.1:1', 0))")
    run = scrapy("crawl", "asiatongsin", "-a", "site=http://127.0.0.1:1", DATABASE_URL=database_url)
    assert run.status == 6
    assert connection.execute("SELECT outcome FROM crawls").fetchall() == [(None,)]


def test_a_site_of_the_same_group_is_not_asked_meanwhile(
    scrapy: Scrapy, connection: Connection, database_url: str, tmp_path: Path
) -> None:
    """Whoever begins the crawl, and on whatever machine."""
    with serve(ReplicaSite(articles=5)) as replica:
        added = [SiteEntry.at(one).changed(Given(group="g")) for one in ("https://paper.kr", replica.url)]
        sites.add(connection, added)
        other = CrawlLock(tmp_path / "elsewhere", Database(database_url, tmp_path), "paper.kr", "g")
        assert other.acquire()
        run = scrapy("crawl", "-a", f"site={replica.url}", DATABASE_URL=database_url)
        other.release()
        shares = f"paper.kr is being crawled, which shares a server with {added[1].site} (group g); nothing was fetched"
        assert (run.status, run.last_line.partition(": ")[2]) == (6, f"{added[1].site}: {shares}")
        assert replica.requests == []
