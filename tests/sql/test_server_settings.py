"""How the server, the database, the role or the environment write times and intervals changes nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from psycopg import Connection, sql
from scrapy.settings import Settings
from selectolax.lexbor import LexborHTMLParser

from asiatongsin.known import WalkedList
from asiatongsin.mediaon.section import Teaser
from asiatongsin.plausible import CLOCKS_DIFFER_MAX
from pipelines.commands.drain import store_spool
from pipelines.crawl_record import ExitStatus
from pipelines.database import clock
from pipelines.database.connection import Database
from pipelines.database.session import connected
from pipelines.exporters import crawls
from pipelines.exporters.future_times import set_back
from pipelines.queries import gaps, newest, revisions
from pipelines.reparse.compare import bases, clocks_ahead, differences
from pipelines.spool.belonging import remembered
from pipelines.status.collect import collect
from tests.conftest import asking
from tests.samples import AT, NO, SITE, ago, check, export, later, leave, link, page, record, removed, story
from tests.stored import rows

STYLES = [
    ("German, DMY", "iso_8601"),
    ("SQL, MDY", "sql_standard"),
    ("Postgres, DMY", "postgres_verbose"),
]
"""DateStyle and IntervalStyle, none of them the usual one."""


@pytest.fixture(params=STYLES, ids=[interval for _, interval in STYLES])
def given(request: pytest.FixtureRequest, connection: Connection, database_url: str, data: Path) -> Settings:
    """Settings of commands that use a database with these styles. The test's own connection has the usual ones."""
    for name, style in zip(("datestyle", "intervalstyle"), request.param, strict=True):
        alter = sql.SQL("ALTER DATABASE {} SET {} = {}").format(
            sql.Identifier(connection.info.dbname), sql.Identifier(name), style
        )
        connection.execute(alter)
    given = Settings()
    given.setmodule("asiatongsin.settings")
    given.setdict({"DATABASE_URL": database_url, "DATA": str(data)})
    return given


def test_pages_and_crawls_are_stored_and_read(given: Settings, connection: Connection, data: Path) -> None:
    for day, pages in enumerate(([page(seoul=20), page(3)], [page(at=later(1500), body=("Neu.",))], [removed(3)], [])):
        times = {"started_at": later(day), "finished_at": later(day + 1), "gone_after": timedelta(days=1)}
        leave(data, *pages, crawl=record(f"crawl {day}", outcome="ok", **times))
    assert store_spool(given)[0] is ExitStatus.DONE
    assert rows(connection, "SELECT fetched_at, revision FROM articles WHERE no = %s", NO) == [(later(1500), 2)]
    assert rows(connection, "SELECT DISTINCT gone_after FROM crawls") == [(timedelta(days=1),)]
    [site] = collect(given).sites
    assert (site.fetched_at, site.strip_since) == (later(1500), AT)
    with connected(given) as (_, asked, _applied):
        assert [one.fetched_at for one in revisions.revisions(asked, NO)] == [AT, later(1500)]
        assert newest.snapshots(asked, SITE).rows[0][0] == "10-05 09:52:07"
        [run], _runs = gaps.longest_runs(asked, gaps.Span(SITE, 3, NO), 5)
        assert run.published_above == page().article.published_at  # type: ignore[union-attr]


def test_the_spider_is_answered(given: Settings, connection: Connection, data: Path) -> None:
    export(connection, replace(page(), check=check(due=ago(1), dated_at=later(-3))))
    known = asking(given["DATABASE_URL"], data)
    assert [one.dated_at for one in asyncio.run(known.stored(SITE, [NO]))] == [later(-3)]
    assert [one.no for one in asyncio.run(known.rechecks(SITE, 5))] == [NO]
    assert asyncio.run(known.doubtful_part(SITE, 22)) is not None
    walked = WalkedList(section=22, pages=30, is_end_seen=True, looked_back_at=AT, looked_back_to=7)
    crawls.write(connection, replace(record(), lists=(walked,)))
    assert asyncio.run(known.walked_lists(SITE)) == [walked]
    [entry] = LexborHTMLParser("<li></li>").css("li")
    far = Teaser(no=NO, published_at=later(100 * 24 * 60), entry=entry)
    near = replace(far, published_at=page().article.published_at)  # type: ignore[union-attr]
    assert asyncio.run(known.shown_as_another(SITE, [far])) == {NO}
    assert asyncio.run(known.shown_as_another(SITE, [near])) == set()
    known.spider_closed()


def test_the_database_is_known_again(given: Settings, connection: Connection, data: Path) -> None:
    leave(data, page())
    assert store_spool(given)[0] is ExitStatus.DONE
    [known] = rows(
        connection,
        "SELECT system_identifier || '/' || d.oid FROM pg_control_system(), pg_database AS d"
        " WHERE datname = current_database()",
    )
    assert remembered(data, Database.from_settings(given)).id == known[0]
    state = collect(given)
    assert (state.files.elsewhere, abs(state.database.clock_ahead) < CLOCKS_DIFFER_MAX) == ({}, True)


def test_times_from_the_future_are_set_back(given: Settings, connection: Connection) -> None:
    ahead, length = ago(5) + timedelta(days=370), timedelta(minutes=10)
    begun = record("ahead", started_at=ahead)
    with connected(given) as (_, asked, _applied):
        crawls.write(asked, begun)
        export(asked, replace(page(at=ahead, seoul=20), check=check(ahead, dated_at=ahead)), crawl="ahead")
        crawls.write(asked, replace(begun, finished_at=ahead + length))
        clock.check(asked)
        set_back(asked, SITE)
        [(back, took)] = rows(connection, "SELECT clock_ahead, finished_at - started_at FROM crawls")
        assert (clocks_ahead(asked), took) == ({"ahead": back}, length)
    assert rows(connection, "SELECT fetched_at, revision FROM articles") == [(ahead - back, 1)]
    assert rows(connection, "SELECT last_fetched_at FROM weather_snapshots") == [(ahead - back,)]


def test_the_article_that_had_the_number_before_is_kept(given: Settings, connection: Connection) -> None:
    with connected(given) as (_, asked, _applied):
        for minutes, text in ((0, "Erst."), (60, "Dann.")):
            published_at = later(minutes - 9)
            export(asked, page(at=later(minutes), headline=text, body=(text,), published_at=published_at))
    found = rows(connection, "SELECT headline, published_at, fetched_at, replaced_at FROM former_articles")
    assert found == [("Erst.", later(-9), AT, later(60))]


def test_what_is_read_again_is_as_stored(given: Settings, connection: Connection) -> None:
    whole = page(stories=[story(1)], seoul=20, links=(link(1), link(2, "embed", None)))
    on_phone = replace(page(at=later(9), body=("Kurz.",)), url=f"https://{SITE}/mobile/article.html?no={NO}")
    with connected(given) as (_, asked, _applied):
        export(asked, whole, on_phone)
        assert rows(connection, "SELECT fetched_at FROM rejected_pages") == [(later(9),)]
        assert differences(asked, [whole, on_phone]) == []
        assert bases(asked) == {SITE: f"https://{SITE}"}
