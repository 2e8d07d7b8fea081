"""How the server, the database, the role or the environment write times and intervals changes nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from psycopg import Connection, sql
from scrapy.settings import Settings

from pipelines.commands.export import export as export_spool
from pipelines.crawl_record import ExitStatus
from pipelines.database.session import connected
from pipelines.queries import gaps, newest, revisions
from pipelines.reparse.compare import bases, differences
from pipelines.status.collect import collect
from tests.conftest import asking
from tests.samples import AT, NO, SITE, ago, check, export, later, leave, page, record, removed, story
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
    assert export_spool(given)[0] is ExitStatus.DONE
    assert rows(connection, "SELECT fetched_at, revision FROM articles WHERE no = %s", NO) == [(later(1500), 2)]
    assert rows(connection, "SELECT DISTINCT gone_after FROM crawls") == [(timedelta(days=1),)]
    [site] = collect(given).sites
    assert (site.fetched_at, site.strip_since) == (later(1500), AT)
    with connected(given) as (_, asked, _applied):
        assert [one.fetched_at for one in revisions.revisions(asked, NO)] == [AT, later(1500)]
        assert newest.snapshots(asked).rows[0][0] == "10-05 09:52:07"
        [run], _runs = gaps.longest_runs(asked, gaps.Span(SITE, 3, NO), 5)
        assert run.published_above == page().article.published_at  # type: ignore[union-attr]


def test_the_spider_is_answered(given: Settings, connection: Connection, data: Path) -> None:
    export(connection, replace(page(), check=check(due=ago(1), dated_at=later(-3))))
    known = asking(given["DATABASE_URL"], data)
    assert [one.dated_at for one in asyncio.run(known.stored(SITE, [NO]))] == [later(-3)]
    assert [one.no for one in asyncio.run(known.rechecks(SITE, 5))] == [NO]
    assert asyncio.run(known.doubtful_part(SITE, 22)) is not None
    known.spider_closed()


def test_what_is_read_again_is_as_stored(given: Settings, connection: Connection) -> None:
    whole = page(stories=[story(1)], seoul=20)
    export(connection, whole)
    with connected(given) as (_, asked, _applied):
        assert differences(asked, [whole]) == []
        assert bases(asked) == {SITE: f"https://{SITE}"}
