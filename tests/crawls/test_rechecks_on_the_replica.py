"""Young articles are visited again: what a crawl asks for, and what becomes of it, day after day."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from psycopg import Connection, sql

from asiatongsin.settings import ITEM_PIPELINES
from pipelines.archive.reading import captures
from pipelines.archive.warc import NOT_MODIFIED, REFERS_TO_FILE, REFERS_TO_OFFSET
from tests.conftest import Run, Scrapy
from tests.faults.contents import asked
from tests.faults.failing import BAD
from tests.site import Fault, Replica, ReplicaSite, serve
from tests.site.replica_site import KST
from tests.stored import count, rows

NO_LIST = ("-a", "sections=all", "-a", "pages=1", "-s", "STRIP_FROZEN_AFTER=")  # days pass, the strip stays
"""One list page, of the list of all articles."""

STEPS = ",".join(f"{hour}h" for hour in range(3, 13))
"""Ten steps, an hour apart."""

_TIMES = """
SELECT table_name, array_agg(column_name::text)
FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_type = 'BASE TABLE' AND table_schema = 'public'
    AND data_type = 'timestamp with time zone' AND table_name <> 'asiatongsin_migrations'
    AND column_name NOT IN ('published_at', 'modified_at')
GROUP BY table_name"""


def pass_by(connection: Connection, passed: timedelta) -> None:
    """Makes all that is stored so much older, as if the clocks had moved on. What the site prints stays as it is."""
    for table, columns in rows(connection, _TIMES):
        moved = [sql.SQL("{0} = {0} - {1}").format(sql.Identifier(column), passed) for column in columns]
        connection.execute(sql.SQL("UPDATE {} SET {}").format(sql.Identifier(table), sql.SQL(", ").join(moved)))


def young(articles: int = 5, hours: float = 0, **given: bool) -> ReplicaSite:
    """A site whose newest article is about so old."""
    return ReplicaSite(articles, now=datetime.now(KST) - timedelta(hours=hours), page_bytes=8_000, **given)


def again(crawl: Scrapy, replica: Replica, *arguments: str) -> Run:
    """A crawl that finds nothing new; the replica knows what it was asked for."""
    replica.forget()
    run = crawl(replica.url, *NO_LIST, *arguments)
    assert run.status == 0, run.log
    return run


@pytest.mark.sql
def test_an_edited_article_becomes_a_revision_and_a_diff(
    crawl: Scrapy, scrapy: Scrapy, connection: Connection, database_url: str
) -> None:
    site = young()
    with serve(site) as replica:
        crawl(replica.url, *NO_LIST)
        pass_by(connection, timedelta(hours=6))
        old, site.now = site.article(100_003).headline, datetime.now(KST)
        site.edit(100_003)
        again(crawl, replica)
        assert set(asked(replica)) >= {100_003}
    new = site.article(100_003).headline
    assert rows(connection, "SELECT no, revision, headline FROM articles WHERE revision > 1") == [(100_003, 2, new)]
    assert f"\n-{old}\n+{new}\n" in scrapy("diff", "100003", "--patch", DATABASE_URL=database_url).output


def test_an_unchanged_article_is_visited_ten_times_and_never_transferred(
    crawl: Scrapy, connection: Connection, data: Path
) -> None:
    """Where the server gives validators; after the last step it is left alone."""
    with serve(young(2, hours=2, validators=True)) as replica:
        crawl(replica.url, *NO_LIST, "-s", f"RECHECK_AFTER={STEPS}")
        before = rows(connection, "SELECT no, fetched_at, revision, archive_offset FROM articles ORDER BY no")
        for step in range(1, 11):
            pass_by(connection, timedelta(hours=1))
            run = again(crawl, replica, "-s", f"RECHECK_AFTER={STEPS}")
            assert [request.status for request in replica.article_requests()] == [304, 304], step
            assert "0 changed, 0 unchanged, 2 unmodified" in run.last_line
        pass_by(connection, timedelta(hours=1000))
        again(crawl, replica, "-s", f"RECHECK_AFTER={STEPS}")
        assert replica.article_requests() == []
    passed = timedelta(hours=1010)
    moved = [(no, at - passed, revision, offset) for no, at, revision, offset in before]
    assert rows(connection, "SELECT no, fetched_at, revision, archive_offset FROM articles ORDER BY no") == moved
    assert rows(connection, "SELECT count(*), count(next_check_at) FROM article_checks") == [(2, 0)]
    assert (count(connection, "article_revisions"), count(connection, "removed_articles")) == (2, 0)
    [(unmodified,)] = rows(connection, "SELECT sum((statistics ->> 'split/unmodified')::int) FROM crawls")
    assert unmodified == 20
    files = sorted((data / "archive").rglob("*.warc.gz"), key=lambda path: path.stat().st_mtime)
    found = [capture for file in files for capture in captures(file, print)]
    revisits = [capture for capture in found if capture.is_revisit]
    assert (len(found), [one.field("WARC-Profile") for one in revisits]) == (22, [NOT_MODIFIED] * 20)
    originals = set(rows(connection, "SELECT archive_file, archive_offset::text FROM articles"))
    assert {(one.field(REFERS_TO_FILE), one.field(REFERS_TO_OFFSET)) for one in revisits} == originals


def test_an_unchanged_article_without_validators_is_no_revision(crawl: Scrapy, connection: Connection) -> None:
    with serve(young(2)) as replica:
        crawl(replica.url, *NO_LIST)
        for days in (1, 2, 4):  # 1, 3 and 7 in all
            [(before,)] = rows(connection, "SELECT min(next_check_at) FROM article_checks")
            pass_by(connection, timedelta(days=days))
            assert "2 unchanged" in again(crawl, replica).last_line
            [(after,)] = rows(connection, "SELECT min(next_check_at) FROM article_checks")
            assert after > before - timedelta(days=days)
            assert "0 unchanged" in again(crawl, replica).last_line
    assert (count(connection, "article_revisions"), count(connection, "article_checks")) == (2, 2)


def test_visits_a_bounded_number_oldest_due_first_and_the_others_next_time(
    crawl: Scrapy, connection: Connection
) -> None:
    with serve(young(7)) as replica:
        crawl(replica.url, *NO_LIST)
        due = "UPDATE article_checks SET next_check_at = now() - (no % 5 || ' minutes')::interval"
        connection.execute(due)
        seen = []
        for _ in range(3):
            again(crawl, replica, "-s", "RECHECK_MAX=3")
            seen.append(asked(replica))
    assert seen == [[100_004, 100_003, 100_002], [100_007, 100_001, 100_006], [100_005]]


def test_visits_none_where_that_is_switched_off(crawl: Scrapy, connection: Connection) -> None:
    with serve(young()) as replica:
        crawl(replica.url, *NO_LIST)
        pass_by(connection, timedelta(days=2))
        for off in ("RECHECK_AFTER=", "RECHECK_MAX=0"):
            again(crawl, replica, "-s", off)
            assert replica.article_requests() == []


def test_an_old_article_is_not_visited_again(crawl: Scrapy, connection: Connection) -> None:
    with serve(young(hours=31 * 24)) as replica:
        crawl(replica.url, *NO_LIST)
        pass_by(connection, timedelta(days=2))
        again(crawl, replica)
        assert replica.article_requests() == []
    assert rows(connection, "SELECT count(*), count(next_check_at) FROM article_checks") == [(5, 0)]


def test_says_what_it_would_visit_again_and_does_not(crawl: Scrapy, connection: Connection) -> None:
    with serve(young()) as replica:
        crawl(replica.url, *NO_LIST)
        pass_by(connection, timedelta(days=2))
        run = again(crawl, replica, "-a", "dry=1")
        assert "0 articles would be fetched, 5 visited again" in run.last_line
        assert replica.article_requests() == []


def test_a_visit_is_no_news_to_a_list(crawl: Scrapy, connection: Connection) -> None:
    """Else every article that is visited again would lead the walk on to the next page."""
    site = ReplicaSite(30, now=datetime.now(KST), page_bytes=8_000, per_page=10)
    with serve(site) as replica:
        crawl(replica.url, "-a", "sections=all")
        pass_by(connection, timedelta(days=2))
        replica.forget()
        crawl(replica.url, "-a", "sections=all", "-s", "LOOK_BACK_PAGES=0")
        assert (len(replica.list_requests()), len(replica.article_requests())) == (2, 30)


def test_an_article_asked_for_by_number_comes_whole(crawl: Scrapy, connection: Connection) -> None:
    with serve(young(validators=True)) as replica:
        crawl(replica.url, *NO_LIST)
        replica.forget()
        crawl(replica.url, "-a", "no=100003")
        assert [request.status for request in replica.article_requests()] == [200]
    assert rows(connection, "SELECT count(*) FROM article_checks WHERE etag IS NOT NULL") == [(5,)]


def test_an_article_that_does_not_come_is_asked_for_again_and_blocks_no_other(
    crawl: Scrapy, connection: Connection
) -> None:
    """Otherwise it would stay the one that is due longest, and with a bound of one the only one."""
    with serve(young(3)) as replica:
        crawl(replica.url, *NO_LIST)
        pass_by(connection, timedelta(hours=6))
        connection.execute("UPDATE article_checks SET next_check_at = '2000-01-01' WHERE no = 100002")
        replica.faults.append(Fault(kind="status", status=503, where="no=100002"))
        seen = []
        for _ in range(3):
            again(crawl, replica, "-s", "RECHECK_MAX=1")
            seen.append(set(asked(replica)))
        assert seen[0] == {100_002}
        assert seen[1] | seen[2] == {100_001, 100_002, 100_003}
        assert 100_002 in seen[1] & seen[2]
        replica.faults.clear()
        again(crawl, replica)
        assert asked(replica) == [100_002]
        again(crawl, replica)
        assert asked(replica) == []


def test_a_page_on_which_the_program_fails_is_a_visit_as_well(crawl: Scrapy, connection: Connection) -> None:
    stages = json.dumps({"tests.faults.failing.FailingStage": 1} | ITEM_PIPELINES)
    with serve(young(8)) as replica:
        crawl(replica.url, *NO_LIST)
        pass_by(connection, timedelta(hours=6))
        replica.forget()
        assert crawl(replica.url, *NO_LIST, "-s", f"ITEM_PIPELINES={stages}").status == 1
        assert BAD in asked(replica)
    [(is_dated,)] = rows(connection, "SELECT next_check_at > now() FROM article_checks WHERE no = %s", BAD)
    assert is_dated
