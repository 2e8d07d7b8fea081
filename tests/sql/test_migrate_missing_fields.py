"""A database of version 10 brought up to date: what kind of crawl each was, and what had fallen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection
from psycopg.types.json import Jsonb

from pipelines.database.migrate import migrate, migrations
from pipelines.queries import coverage_history
from tests.samples import SITE, later
from tests.stored import rows

_CRAWL = """
INSERT INTO crawls (id, site, arguments, started_at, finished_at, outcome, version, statistics)
VALUES (%s, %s, %s, %s, %s, %s, '0.1.0', %s)"""
_COVERAGE = """
INSERT INTO crawl_coverage (crawl, site, number, part, field, pages, found, amount, fell)
SELECT id, site, number, %s, %s, %s, %s, %s, %s FROM crawls WHERE id = %s"""

# The question that every reader asked in version 10.
_FALLEN = """
SELECT part, field FROM (
    SELECT DISTINCT ON (o.part, o.field) o.part, o.field, o.number, c.arguments
    FROM crawl_coverage AS o JOIN crawls AS c ON c.id = o.crawl
    WHERE o.site = %(site)s AND o.fell
    ORDER BY o.part, o.field, o.number DESC
) AS f, LATERAL (
    SELECT coalesce(sum(pages) FILTER (WHERE is_alike), 0) AS by_alike, coalesce(sum(pages), 0) AS by_all,
        EXISTS (
            SELECT FROM crawls AS c WHERE c.site = %(site)s AND c.started_at > now() - interval '2 days'
                AND c.arguments ->> 'sections' IS NOT DISTINCT FROM f.arguments ->> 'sections'
                AND c.arguments ? 'full' = f.arguments ? 'full' AND NOT c.arguments ?| '{no,reparse}'
        ) AS is_asked
    FROM (
        SELECT o.pages, c.arguments ->> 'sections' IS NOT DISTINCT FROM f.arguments ->> 'sections'
            AND c.arguments ? 'full' = f.arguments ? 'full' AS is_alike
        FROM crawl_coverage AS o JOIN crawls AS c ON c.id = o.crawl
        WHERE o.site = %(site)s AND o.part = f.part AND o.field = f.field AND o.number > f.number AND NOT o.fell
            AND c.outcome IN ('ok', 'drift', 'spooled') AND NOT c.arguments ? 'no'
        ORDER BY o.number LIMIT 100
    ) AS seen
) AS mended
WHERE by_alike < CASE WHEN part = 'article' THEN 3 ELSE 1 END AND (is_asked OR by_all < 20)
    AND NOT (part LIKE 'list %%' AND EXISTS (
        SELECT FROM crawls AS c JOIN crawl_coverage AS o ON o.crawl = c.id
        WHERE c.site = %(site)s AND c.number > f.number AND o.part LIKE 'list %%' AND NOT c.arguments ? 'sections'
            AND c.outcome IN ('ok', 'drift', 'spooled') AND c.statistics ->> 'finish_reason' = 'finished'
            AND NOT EXISTS (SELECT FROM crawl_coverage AS own WHERE own.crawl = c.id AND own.part = f.part)
    ))"""

Row = tuple[str, str, int, int, int | None, bool]


@pytest.fixture
def old(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """A database of version 10."""
    known = migrations()
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        with monkeypatch.context() as past:
            past.setattr("pipelines.database.migrate.migrations", lambda: known[:10])
            migrate(connection)
        yield connection


def crawled(
    old: Connection,
    identity: str,
    *coverage: Row,
    outcome: str | None = "ok",
    reason: str = "finished",
    site: str = SITE,
    **given: str,
) -> None:
    ended = later(1) if outcome else None
    statistics = Jsonb({"finish_reason": reason} if outcome else {})
    old.execute(_CRAWL, [identity, site, Jsonb(given), later(0), ended, outcome, statistics])
    for part, field, pages, found, amount, fell in coverage:
        old.execute(_COVERAGE, [part, field, pages, found, amount, fell, identity])


def headline(pages: int, found: int, *, fell: bool = False) -> Row:
    return ("article", "headline", pages, found, None, fell)


def teasers(section: int, *, fell: bool = False) -> Row:
    return (f"list {section}", "teasers", 1, int(not fell), 0 if fell else 20, fell)


def test_says_of_each_crawl_of_what_kind_it_was(old: Connection) -> None:
    crawled(old, "1 all", pages="3")
    crawled(old, "2 sections", sections="22,34", full="1")
    crawled(old, "3 full", full="1", outcome="drift")
    crawled(old, "4 stopped", reason="shutdown")
    crawled(old, "5 failed", outcome="unreachable")
    crawled(old, "6 single", no="1")
    crawled(old, "7 reparse", reparse="", no="1")
    crawled(old, "8 runs", outcome=None)
    migrate(old)
    assert rows(old, "SELECT id, kind, scope, is_comparable, proves_lists FROM crawls ORDER BY id") == [
        ("1 all", "lists", "all", True, True),
        ("2 sections", "lists", "sections=22,34 full", True, True),
        ("3 full", "lists", "full", True, True),
        ("4 stopped", "lists", "all", True, False),
        ("5 failed", "lists", "all", False, False),
        ("6 single", "articles", "all", False, False),
        ("7 reparse", "reparse", "all", False, False),
        ("8 runs", "lists", "all", False, False),
    ]


def test_what_had_fallen_is_still_missing(old: Connection) -> None:
    for number, found in enumerate((30, 28, 20, 22, 30)):
        body = ("article", "body", 30, found, found * (900 + 10 * number), False)
        crawled(old, f"well {number}", headline(30, 30), body, teasers(22), teasers(34), teasers(37))
    crawled(old, "few", headline(2, 2), ("article", "body", 2, 2, 2 * 3000, False))
    lost = ("strip", "cities", 9, 2, 6, True)
    short = ("article", "body", 30, 10, 10 * 100, True)
    crawled(old, "fell", headline(30, 4, fell=True), short, lost, outcome="drift")
    gone = [teasers(section, fell=True) for section in (22, 34, 37)]
    crawled(old, "fell still", headline(5, 1, fell=True), *gone, outcome="drift")
    crawled(old, "found on two", headline(2, 2), teasers(34), ("list 22", "answer", 1, 0, None, False))
    crawled(old, "of others", headline(9, 9), ("strip", "cities", 9, 9, 150, False), sections="22")
    crawled(old, "by number", ("article", "body", 8, 8, 8000, False), no="1")
    crawled(old, "elsewhere", headline(3, 0, fell=True), site="example.kr", outcome="drift")
    crawled(old, "fell in section 99", ("article", "gone", 3, 0, None, True), sections="99", outcome="drift")
    before = {site: set(rows_of(old, site)) for site in (SITE, "example.kr")}
    migrate(old)
    assert {site: coverage_history.fallen_fields(old, site) for site in before} == before
    columns = "part, field, scope, crawl, pages, found, amount, found_again"
    figures = rows(old, f"SELECT {columns} FROM missing_fields WHERE site = %s ORDER BY part, field", SITE)
    assert figures == [
        ("article", "body", "all", "by number", 8, 8, 8000, 0),
        ("article", "gone", "sections=99", "fell in section 99", 3, 0, None, 0),
        ("article", "headline", "all", "of others", 9, 9, None, 2),
        ("list 22", "teasers", "all", "fell still", 1, 0, 0, 0),
        ("strip", "cities", "all", "of others", 9, 9, 150, 0),
    ]


def rows_of(connection: Connection, site: str) -> list[tuple[Any, ...]]:
    return connection.execute(_FALLEN, {"site": site}).fetchall()
