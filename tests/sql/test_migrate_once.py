"""What crawls found, and what strips show, is stored once: the views show the rows of before."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import Connection

from pipelines.database.migrate import migrate, migrations
from pipelines.database.views import VIEWS
from pipelines.queries import coverage_history
from tests.samples import SITE
from tests.stored import count, rows

_CRAWLS = """
INSERT INTO crawls (id, site, started_at, finished_at, outcome, version, is_comparable)
SELECT 'crawl ' || i, 'site ' || i % 2, now(), now(), 'ok', '0', true FROM generate_series(1, 40) AS i"""

# Most of them find nothing new, on one of two lists more pages at times.
_COVERAGE = """
INSERT INTO crawl_coverage (crawl, site, number, part, field, pages, found, amount, fell)
SELECT id, site, number, part, field, 1 + number %% 7 / 6, 1, amount, part = 'list 22' AND number %% 9 = 0
FROM crawls, (
    VALUES ('list 22', 'teasers', 20), ('list 0', 'answer', NULL), ('front', 'sections', 5)
) AS f (part, field, amount)
UNION ALL
SELECT id, site, number, 'article', field, number, number / 2, NULL, false
FROM crawls, unnest(%s::text[]) AS field WHERE number %% 5 = 0"""

_SNAPSHOTS = """
INSERT INTO weather_snapshots (site, first_fetched_at, last_fetched_at, pages, readings_hash)
SELECT 'site ' || i % 2, now(), now(), 1, repeat(chr(97 + i % 3), 64) FROM generate_series(1, 12) AS i"""

_READINGS = """
INSERT INTO weather_readings (snapshot_id, position, city, condition, icon, temperature_c, station_id)
SELECT id, position, city, NULLIF(readings_hash, repeat('a', 64)), 'iw01', ascii(readings_hash) - position - 0.5,
    CASE city WHEN '서울' THEN 108 END
FROM weather_snapshots, unnest('{서울,남극}'::text[]) WITH ORDINALITY AS t (city, position)"""


@pytest.fixture
def old(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """A database of version 17."""
    known = migrations()
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        with monkeypatch.context() as past:
            past.setattr("pipelines.database.migrate.migrations", lambda: known[:17])
            migrate(connection)
        yield connection


def test_the_views_show_what_the_tables_held(old: Connection) -> None:
    for statement in (_CRAWLS, _SNAPSHOTS, _READINGS):
        old.execute(statement)
    old.execute(_COVERAGE, [["headline", "body"]])
    views = ("crawl_coverage", "weather_readings")
    query = {view: f"SELECT {', '.join(VIEWS[view])} FROM {view} ORDER BY 1, 2, 3" for view in views}
    before = {view: rows(old, query[view]) for view in views}
    assert {view: len(found) for view, found in before.items()} == {"crawl_coverage": 136, "weather_readings": 24}
    migrate(old)
    assert {view: rows(old, query[view]) for view in before} == before
    assert (count(old, "coverage_counts"), count(old, "weather_strips")) == (4 + 8, 6)


def test_crawls_of_before_are_compared_with(old: Connection) -> None:
    old.execute(_CRAWLS)
    old.execute(_COVERAGE, [["headline"]])
    migrate(old)
    keys = [("list 22", "teasers"), ("article", "headline"), ("article", "gone")]
    found = coverage_history.found_before(old, "site 1", "all", keys)
    assert [one.pages for one in found["article", "headline"]] == [35, 25, 15, 5]
    assert [one.pages for one in found["list 22", "teasers"]][:5] == [1, 1, 1, 1, 1]
    assert found.keys() == set(keys[:2])
    assert coverage_history.found_before(old, SITE, "all", keys) == {}


def test_who_might_read_or_write_the_tables_of_before_may_do_so_still(old: Connection, role: str) -> None:
    old.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
    migrate(old)
    may = "SELECT name FROM unnest(%s::text[]) AS name WHERE has_table_privilege(%s, name, %s)"
    new = ["crawl_coverage", "coverage_counts", "weather_readings", "weather_strips", "article_counts"]
    for right in ("SELECT", "INSERT", "UPDATE", "DELETE"):
        assert [name for (name,) in rows(old, may, new, role, right)] == new
    old.execute(f"DROP OWNED BY {role}")
