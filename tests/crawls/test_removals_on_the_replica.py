"""Articles that the site takes down, and a site that says so of all: day after day, on the replica."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from psycopg import Connection

from tests.conftest import Scrapy
from tests.crawls.test_rechecks_on_the_replica import NO_LIST, again, pass_by, young
from tests.faults.conftest import Crawl
from tests.faults.contents import asked
from tests.site import REMOVED_FORMS, Fault, serve
from tests.site.answers import Ask
from tests.stored import count, rows

DAY = timedelta(days=1, minutes=1)


def gone(connection: Connection) -> dict[int, datetime]:
    return dict(rows(connection, "SELECT no, gone_at FROM articles WHERE gone_at IS NOT NULL"))


class FromNowOn(Fault):
    """Begins when so many pages were served."""

    served = 2

    def befalls(self, ask: Ask) -> bool:
        return super().befalls(ask) and sum(self.seen.values()) > self.served


@pytest.mark.sql
def test_a_removed_article_is_gone_at_the_second_sighting_a_day_later(crawl: Scrapy, connection: Connection) -> None:
    site = young()
    sightings = "SELECT no, sightings FROM removed_articles"
    with serve(site) as replica:
        crawl(replica.url, *NO_LIST)
        texts = rows(connection, "SELECT no, body FROM articles ORDER BY no")
        site.remove(100_003, "404")
        pass_by(connection, timedelta(hours=6))
        again(crawl, replica)
        assert (rows(connection, sightings), gone(connection)) == ([(100_003, 2)], {})  # asked for once more at the end
        pass_by(connection, timedelta(hours=12))
        again(crawl, replica, "-a", "no=100003")
        assert (rows(connection, sightings), gone(connection)) == ([(100_003, 4)], {})
        pass_by(connection, DAY)
        again(crawl, replica)
        [(last,)] = rows(connection, "SELECT last_seen_at FROM removed_articles")
        assert (rows(connection, sightings), gone(connection)) == ([(100_003, 6)], {100_003: last})
    assert rows(connection, "SELECT no, body FROM articles ORDER BY no") == texts


def test_a_weather_strip_that_never_changes_keeps_nothing_from_being_gone(
    crawl: Scrapy, connection: Connection
) -> None:
    site = young()
    with serve(site) as replica:
        crawl(replica.url, *NO_LIST)
        site.remove(100_003, "404")
        for _ in range(2):
            pass_by(connection, DAY)
            run = crawl(replica.url, *NO_LIST, "-s", "STRIP_FROZEN_AFTER=1h")
            assert (run.status, "weather strip has been the same" in run.last_line) == (5, True)
    assert set(gone(connection)) == {100_003}


def test_an_article_that_comes_back_is_there_again_and_has_a_revision(
    crawl: Scrapy, scrapy: Scrapy, connection: Connection, database_url: str
) -> None:
    """Also where its server would say that the page is the stored one."""
    site = young(validators=True)
    with serve(site) as replica:
        crawl(replica.url, *NO_LIST)
        site.remove(100_003, "410")
        for _ in range(2):
            pass_by(connection, DAY)
            again(crawl, replica)
        assert set(gone(connection)) == {100_003}
        site.restore(100_003)
        pass_by(connection, DAY)
        again(crawl, replica)
    assert (gone(connection), count(connection, "removed_articles")) == ({}, 0)
    query = "SELECT no, revision, returned FROM article_revisions WHERE revision > 1"
    assert rows(connection, query) == [(100_003, 2, True)]
    assert "came back after it had been removed" in scrapy("diff", "100003", DATABASE_URL=database_url).output


def test_asks_for_articles_that_should_be_there_only_where_some_were_removed(
    crawl: Scrapy, connection: Connection
) -> None:
    site = young(validators=True)
    with serve(site) as replica:
        site.remove(100_001, "alert")
        crawl(replica.url, *NO_LIST)
        assert len(replica.article_requests()) == 5  # nothing is stored that could be asked for
        pass_by(connection, timedelta(hours=6))
        again(crawl, replica, "-s", "RECHECK_MAX=1")
        assert len(replica.article_requests()) == 1
        again(crawl, replica, "-a", "no=7")
        assert asked(replica) == [7, 100_002, 100_005, 100_003]  # is it nobody's number, or does the site fail?
        site.remove(100_002, "alert")
        again(crawl, replica, "-a", "no=100002")
        numbers = asked(replica)
        assert (numbers[0], sorted(numbers[1:4]), numbers[4:]) == (100_002, [100_003, 100_004, 100_005], [100_002])
        assert {request.status for request in replica.article_requests()} == {200}  # whole, whatever a cache may say
    counts = "SELECT gone_after IS NOT NULL FROM crawls ORDER BY number"
    assert rows(connection, counts) == [(True,), (False,), (True,), (True,)]


@pytest.mark.parametrize("bound", [100, 2], ids=["all are visited", "two are visited"])
def test_a_site_that_says_so_of_all_its_articles_has_removed_none(
    crawl: Scrapy, connection: Connection, bound: int
) -> None:
    site = young(len(REMOVED_FORMS))
    with serve(site) as replica:
        crawl(replica.url, *NO_LIST)
        for no, form in zip(site.numbers(), REMOVED_FORMS, strict=True):
            site.remove(no, form)
        for _ in range(3):
            pass_by(connection, DAY)
            again(crawl, replica, "-s", f"RECHECK_MAX={bound}", "-s", "RECHECK_AFTER=1d,2d,3d,4d")
    assert count(connection, "removed_articles") > 2
    assert gone(connection) == {}
    assert rows(connection, "SELECT count(first_confirmed_at) FROM removed_articles") == [(0,)]


def test_a_failure_that_begins_in_the_middle_of_a_crawl_has_removed_nothing(
    crawl: Scrapy, connection: Connection
) -> None:
    with serve(young(6)) as replica:
        crawl(replica.url, *NO_LIST)
        for _ in range(3):
            pass_by(connection, DAY)
            replica.faults[:] = [FromNowOn(kind="status", status=404)]
            again(crawl, replica, "-s", "RECHECK_AFTER=1d,2d,3d,4d")
            assert {request.status for request in replica.article_requests()[:2]} == {200}
    assert count(connection, "removed_articles") > 2
    assert gone(connection) == {}


class AtFirst(Fault):
    """Ends when so many pages were spoilt."""

    spoilt = 4

    def befalls(self, ask: Ask) -> bool:
        return sum(self.seen.values()) < self.spoilt and super().befalls(ask)


def test_a_failure_that_ends_before_the_crawl_does_has_removed_nothing(crawl: Scrapy, connection: Connection) -> None:
    """As of a site that is maintained every night, when the crawl begins."""
    with serve(young(12)) as replica:
        crawl(replica.url, *NO_LIST)
        for _ in range(3):
            pass_by(connection, DAY)
            replica.faults[:] = [AtFirst(kind="status", status=404)]
            again(crawl, replica, "-s", "RECHECK_AFTER=1d,2d,3d,4d")
    assert gone(connection) == {}
    assert count(connection, "removed_articles") == 0  # asked for once more, they were there


def test_a_cache_that_still_knows_some_articles_vouches_for_none(crawl: Scrapy, connection: Connection) -> None:
    with serve(young(12, validators=True)) as replica:
        crawl(replica.url, *NO_LIST)
        for _ in range(2):
            pass_by(connection, DAY)
            connection.execute("UPDATE article_checks SET etag = NULL, last_modified = NULL WHERE no < 100006")
            replica.faults[:] = [WithoutCondition(kind="status", status=404)]
            again(crawl, replica, "-s", "RECHECK_AFTER=1d,2d,3d,4d")
    assert count(connection, "removed_articles") >= 5
    assert gone(connection) == {}


class WithoutCondition(Fault):
    """A cache answers those who ask whether something changed; behind it nothing comes."""

    def befalls(self, ask: Ask) -> bool:
        return "If-None-Match" not in ask.headers and super().befalls(ask)


def test_counts_nothing_of_a_crawl_that_ends_badly(crawl: Scrapy, connection: Connection) -> None:
    """More than ten, and most of those that were visited, say so: that looks like another layout."""
    site = young(20)
    with serve(site) as replica:
        crawl(replica.url, *NO_LIST)
        for no in site.numbers()[:14]:
            site.remove(no, "alert")
        pass_by(connection, DAY)
        assert crawl(replica.url, *NO_LIST).status == 5
    served = "SELECT outcome, gone_after, (statistics ->> 'controls/served')::int FROM crawls ORDER BY number"
    assert rows(connection, served)[1] == ("drift", None, 3)
    assert rows(connection, "SELECT count(*), count(first_confirmed_at) FROM removed_articles") == [(14, 0)]


def test_a_crawl_that_was_killed_confirms_nothing(
    crawl: Scrapy, connection: Connection, database_url: str, data: Path, tmp_path: Path
) -> None:
    site = young(4)
    with serve(site) as replica:
        crawl(replica.url, *NO_LIST)
        site.remove(100_004, "410")
        pass_by(connection, timedelta(hours=6))
        replica.forget()
        slow = (*NO_LIST, "-s", "DOWNLOAD_DELAY=0.3", "-s", "SPOOL_SEGMENT_PAGES=1")
        killed = Crawl.of(replica.url, database_url, *slow, at=data, log=tmp_path / "log")
        replica.wait_for(articles=5)  # the first of those that it asks for when it has found one removed
        killed.kill()
        again(crawl, replica)  # stores what the other left
        assert rows(connection, "SELECT sightings, first_confirmed_at FROM removed_articles") == [(1, None)]
        pass_by(connection, DAY)
        again(crawl, replica)
        assert rows(connection, "SELECT sightings FROM removed_articles") == [(3,)]
        assert gone(connection) == {}
        pass_by(connection, DAY)
        again(crawl, replica)
        assert set(gone(connection)) == {100_004}
