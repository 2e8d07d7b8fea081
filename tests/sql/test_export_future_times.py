"""Times that were stored while a clock was ahead are set back, and what was fetched later counts as later again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg import Connection, sql

from asiatongsin.items import PageItems
from asiatongsin.known import WalkedList
from pipelines.crawl_record import CrawlRecord
from pipelines.database.migrate import migrations
from pipelines.database.tables import TABLES
from pipelines.exporters import crawls, walked_lists
from pipelines.exporters.future_times import set_back
from pipelines.queries.revisions import revisions as revisions_of
from tests.samples import NO, SITE, ago, archived, check, export, page, record, rejected, removed, story
from tests.stored import count, rows, value

BEFORE, WRONG, RIGHT = "첫 제목", "고친 제목", "마지막 제목"
AHEAD = [timedelta(hours=9), timedelta(days=370)]


def crawl(connection: Connection, name: str, began: datetime, *pages: PageItems) -> None:
    """A crawl of ten minutes that stored these pages."""
    crawls.write(connection, record(name, started_at=began))
    if pages:
        export(connection, *pages, crawl=name)
    crawls.write(connection, replace(record(name, started_at=began), finished_at=began + timedelta(minutes=10)))


def visited(at: datetime, no: int = NO, **text: Any) -> PageItems:
    """A page that comes five minutes after the crawl began."""
    at += timedelta(minutes=5)
    return replace(page(no, at, seoul=at.hour, **text), check=check(at, due=at + timedelta(days=1), dated_at=ago(50)))


def revisions(connection: Connection) -> list[tuple[int, str]]:
    return rows(connection, "SELECT revision, headline FROM article_revisions WHERE no = %s ORDER BY revision", NO)


@pytest.mark.parametrize("ahead", AHEAD)
def test_a_correction_that_came_after_a_wrong_clock_is_the_newest_text_again(
    connection: Connection, ahead: timedelta
) -> None:
    crawl(connection, "a", ago(6), visited(ago(6), headline=BEFORE))
    crawl(connection, "b", ago(5) + ahead, visited(ago(5) + ahead, headline=WRONG))
    crawl(connection, "c", ago(4), visited(ago(4), headline=RIGHT))
    assert rows(connection, "SELECT headline FROM articles") == [(WRONG,)]
    set_back(connection, SITE)
    assert revisions(connection) == [(1, BEFORE), (2, WRONG), (3, RIGHT)]
    assert rows(connection, "SELECT headline, revision, payload_digest FROM articles") == [(RIGHT, 3, None)]
    assert value(connection, "SELECT fetched_at FROM articles") < ago(3.8)
    assert value(connection, "SELECT next_check_at <= now() AND checked_at < now() FROM article_checks")


@pytest.mark.parametrize("ahead", AHEAD)
def test_crawls_keep_their_order_and_their_length(connection: Connection, ahead: timedelta) -> None:
    for number, hours in enumerate((6, 5, 4)):
        crawl(connection, f"ahead {number}", ago(hours) + ahead, visited(ago(hours) + ahead, number + 1))
    crawl(connection, "c", ago(3), visited(ago(3), 4))
    set_back(connection, SITE)
    stored = rows(connection, "SELECT id, finished_at - started_at, clock_ahead FROM crawls ORDER BY started_at")
    assert [name for name, *_ in stored] == ["ahead 0", "ahead 1", "ahead 2", "c"]
    assert {length for _, length, _ in stored} == {timedelta(minutes=10)}
    assert [bool(back) for *_, back in stored] == [True, True, True, False]
    assert rows(connection, "SELECT no FROM articles ORDER BY fetched_at") == [(1,), (2,), (3,), (4,)]
    assert value(connection, "SELECT max(greatest(finished_at, started_at)) FROM crawls") < ago(2.8)


def test_every_time_of_every_table_is_set_back_once(connection: Connection) -> None:
    at = ago(5) + timedelta(days=370)
    first, second = (visited(at, no, stories=[story(2)]) for no in (NO, 4))
    pages = [replace(first, archived=archived()), rejected(2, at), removed(3, at), second]
    crawl(connection, "a", at - timedelta(minutes=1), *pages)
    another = {"headline": RIGHT, "body": ("다른 글.",), "published_at": ago(1)}
    later = at + timedelta(hours=1)
    crawl(connection, "b", later, visited(later, 4, stories=[story(1)], **another))
    walked = WalkedList(section=22, pages=9, is_end_seen=True, looked_back_at=later)
    walked_lists.write(connection, replace(record("b"), lists=(walked,)))
    connection.execute("UPDATE article_texts SET gone_at = fetched_at WHERE no = 4")
    connection.execute("UPDATE former_articles SET gone_at = fetched_at")
    connection.execute("UPDATE shown_teasers SET last_seen_at = first_seen_at WHERE no <> 4")
    assert count(connection, "formerly_shown_teasers") == 1
    set_back(connection, SITE)
    for table, columns in TABLES.items():
        for column in [name for name, of_type in columns.items() if of_type == "timestamptz"]:
            latest = sql.SQL("SELECT coalesce(max({column}), now()) <= now() FROM {table}")
            query = latest.format(column=sql.Identifier(column), table=sql.Identifier(table))
            assert value(connection, query), (table, column)
    assert [one.is_another for one in revisions_of(connection, 4)] == [False, True]
    before = rows(connection, "SELECT * FROM articles ORDER BY no") + rows(connection, "SELECT * FROM crawls")
    set_back(connection, SITE)
    assert before == rows(connection, "SELECT * FROM articles ORDER BY no") + rows(connection, "SELECT * FROM crawls")


def test_what_no_crawl_accounts_for_is_older_than_what_the_running_crawl_fetches(connection: Connection) -> None:
    crawl(connection, "a", ago(5), visited(ago(5), headline=BEFORE))
    connection.execute("UPDATE article_texts SET fetched_at = fetched_at + interval '370 days'")
    connection.execute("UPDATE crawls SET last_fetched_at = (SELECT max(fetched_at) FROM articles)")
    now = datetime.now(UTC)
    crawls.write(connection, record("b", started_at=now))
    set_back(connection, SITE)
    export(connection, page(at=now + timedelta(seconds=1), headline=RIGHT), crawl="b")
    assert revisions(connection) == [(1, BEFORE), (2, RIGHT)]
    assert rows(connection, "SELECT headline FROM articles") == [(RIGHT,)]


def test_a_clock_that_was_ahead_only_in_the_middle_of_a_crawl_is_found(connection: Connection) -> None:
    crawl(connection, "a", ago(5), visited(ago(5) + timedelta(days=370), headline=WRONG), visited(ago(5), 2))
    set_back(connection, SITE)
    assert value(
        connection, "SELECT bool_and(fetched_at < now() AND fetched_at > now() - interval '1 d') FROM articles"
    )
    [(began, ended)] = rows(connection, "SELECT started_at, finished_at FROM crawls")
    assert (began < ago(4.9), ended - began) == (True, timedelta(minutes=10))
    assert value(connection, "SELECT last_fetched_at <= now() FROM crawls")


def test_what_was_stored_before_crawls_noted_their_last_page_is_found(connection: Connection) -> None:
    crawl(connection, "a", ago(5), visited(ago(5) + timedelta(days=370)))
    connection.execute("ALTER TABLE crawls DROP COLUMN last_fetched_at")
    [migration] = [one for one in migrations() if one.name == "last_fetched"]
    connection.execute(migration.script)
    set_back(connection, SITE)
    assert value(connection, "SELECT fetched_at < now() FROM articles")


def test_nothing_is_set_back_where_the_clock_is_not_that_of_the_database(connection: Connection) -> None:
    crawl(connection, "a", ago(5) + timedelta(days=3), visited(ago(5) + timedelta(days=3)))
    before = rows(connection, "SELECT started_at, finished_at FROM crawls")
    connection.execute("CREATE SCHEMA wrong")
    connection.execute("CREATE FUNCTION wrong.now() RETURNS timestamptz RETURN pg_catalog.now() - interval '9 h'")
    connection.execute("SET search_path = wrong, pg_catalog, public")
    set_back(connection, SITE)
    assert rows(connection, "SELECT started_at, finished_at FROM crawls") == before


def test_the_times_of_another_site_stay(connection: Connection) -> None:
    crawl(connection, "a", ago(5) + timedelta(days=3), visited(ago(5) + timedelta(days=3)))
    set_back(connection, "example.kr")
    assert value(connection, "SELECT started_at > now() FROM crawls")


def test_times_that_are_right_stay(connection: Connection) -> None:
    crawl(connection, "a", ago(5), visited(ago(5)))
    before = rows(connection, "SELECT xmin::text FROM article_texts") + rows(
        connection, "SELECT xmin::text FROM crawls"
    )
    set_back(connection, SITE)
    assert before == rows(connection, "SELECT xmin::text FROM article_texts") + rows(
        connection, "SELECT xmin::text FROM crawls"
    )


def test_a_crawl_whose_record_comes_once_more_keeps_how_far_it_was_ahead(connection: Connection) -> None:
    began = ago(5) + timedelta(days=3)
    crawl(connection, "a", began)
    set_back(connection, SITE)
    again: CrawlRecord = replace(record("a", started_at=began), finished_at=began, outcome="ok")
    crawls.write(connection, again)
    assert value(connection, "SELECT clock_ahead > '2 days' FROM crawls")
