"""A database of the first version brought up to date: every row is still there, and the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import Connection, sql

from pipelines.database import moves
from pipelines.database.connection import Database
from pipelines.database.migrate import migrate, migrations
from pipelines.database.moves import Mover
from pipelines.exporters.future_times import END_OF_TIME
from pipelines.exporters.related_stories import variant_of
from pipelines.queries import gaps
from pipelines.spool.drain import Drain
from pipelines.spool.drain_thread import DrainThread
from tests.processes import wait_until
from tests.samples import AT, NO, SITE, export, later, page, record, story
from tests.stored import count, rows, value

COLUMNS = """
SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position) FROM information_schema.columns
WHERE table_schema = 'public' AND table_name <> 'asiatongsin_migrations' GROUP BY 1"""

FILLED = """
INSERT INTO articles (site, no, url, headline, body, content_hash, first_seen_at, fetched_at, published_at)
SELECT site, no, 'https://' || site || '/' || no, 'Headline ' || no, nullif(repeat('본문 ', no::int % 7), ''),
    repeat('a', 64), '{at}', '{at}'::timestamptz + no * interval '1 minute', '{at}'
FROM unnest('{{newsasia.kr,example.kr}}'::text[]) AS site, generate_series(1, 40) AS no;
INSERT INTO article_images SELECT site, no, 1, url || '.jpg', 'Caption' FROM articles WHERE no % 3 = 0;
INSERT INTO related_stories (site, no, block, position, related_no, title, lead, image_url, fetched_at)
SELECT site, no, block, position, 7 * position + no % 2, nullif('Title ' || position, 'Title 2'),
    CASE WHEN block <> 'hdl_003' THEN repeat('앞부분 ', 100) || position END,
    CASE WHEN no % 5 = 0 THEN 'https://' || site || '/thumb.jpg' END, fetched_at
FROM articles, unnest('{{관련기사,hdl_003,"a \\"b\\" {{c}}, \\\\d","많이 본 기사"}}'::text[]) AS block,
    generate_series(1, 4) AS position
WHERE no % 8 <> 0 AND NOT (no % 4 = 1 AND position = 2);
UPDATE related_stories SET fetched_at = fetched_at - interval '1 hour' WHERE no = 11;
INSERT INTO related_stories (site, no, block, position, related_no, fetched_at)
SELECT site, 16, 'far', 2000000000, 4611686018427387904, fetched_at FROM articles WHERE no = 16;
INSERT INTO weather_snapshots (site, page_date, first_fetched_at, last_fetched_at, pages, readings_hash)
VALUES ('newsasia.kr', '2025.10.05 (일)', '{at}', '{at}', 3, repeat('b', 64));
INSERT INTO weather_readings (snapshot_id, position, city) SELECT id, 1, '이름 없는 곳' FROM weather_snapshots;
INSERT INTO crawls (id, site, started_at, finished_at, outcome, version)
VALUES ('1', 'newsasia.kr', '{at}', '{at}', 'ok', '0.1.0');
INSERT INTO rejected_pages (site, no, url, fetched_at, reason, version)
VALUES ('newsasia.kr', 99, 'https://newsasia.kr/99', '{at}', 'no headline', '0.1.0');
INSERT INTO removed_articles (site, no, form, first_seen_at, last_seen_at)
VALUES ('newsasia.kr', 98, '404', '{at}', '{at}')"""


MADE_OF_STORIES = {
    "teasers",
    "shown_teasers",
    "formerly_shown_teasers",
    "related_stories",
    "related_story_history",
    "related_numbers",
}
"""Tables and views in the place of the table `related_stories`."""


@pytest.fixture
def first(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """A filled database of the first version, of which some five articles are moved in a transaction."""
    monkeypatch.setattr(moves, "ARTICLES", 5)
    monkeypatch.setattr(moves, "SECONDS", 0.0)
    known = migrations()
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        with monkeypatch.context() as past:
            past.setattr("pipelines.database.migrate.migrations", lambda: known[:1])
            migrate(connection)
        connection.execute(FILLED.format(at=AT).encode())
        yield connection


def contents(connection: Connection, columns: dict[str, list[str]]) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of these tables or views, as far as these columns go."""
    query = sql.SQL("SELECT {} FROM {}")
    return {
        table: sorted(
            connection.execute(query.format(sql.SQL(", ").join(map(sql.Identifier, names)), sql.Identifier(table))),
            key=repr,
        )
        for table, names in columns.items()
    }


def test_every_row_stays_the_same_before_while_and_after_rows_move(first: Connection) -> None:
    columns: dict[str, list[str]] = dict(first.execute(COLUMNS).fetchall())
    before = contents(first, columns)
    assert [table for table, found in before.items() if not found] == []
    migrate(first)
    assert contents(first, columns) == before
    mover, steps = Mover(), 0
    while mover.step(first):
        assert contents(first, columns) == before
        steps += 1
    assert steps > 10
    assert contents(first, columns) == before
    assert moves.pending(first) == []
    assert count(first, "teasers") < count(first, "related_stories") / 4


def test_the_history_and_the_numbers_are_the_same_while_rows_move(first: Connection) -> None:
    migrate(first)
    history = "SELECT * FROM related_story_history ORDER BY site, no, block, related_no"
    numbers = "SELECT DISTINCT site, related_no FROM related_numbers ORDER BY 1, 2"
    before = rows(first, history), rows(first, numbers), gaps.stored_span(first, SITE)
    assert len(before[0]) > 300
    mover = Mover()
    while mover.step(first):
        assert (rows(first, history), rows(first, numbers), gaps.stored_span(first, SITE)) == before


def test_a_page_that_is_stored_meanwhile_keeps_what_its_article_showed_before(first: Connection) -> None:
    migrate(first)
    export(first, page(1, at=later(500), stories=[story(1)]), page(NO, at=later(500), stories=[story(1)]))
    query = "SELECT block, related_no FROM related_stories WHERE site = %s AND no = %s"
    assert rows(first, query, SITE, 1) == [("관련기사", 1001)]
    edges = "SELECT DISTINCT first_seen_at, last_seen_at FROM related_story_history WHERE site = %s AND no = 1"
    assert sorted(rows(first, edges, SITE)) == [(later(1), later(1)), (later(500), later(500))]
    assert value(first, "SELECT count(*) FROM before_0018 WHERE site = %s AND no = 1", SITE) == 0
    assert count(first, "before_0018") > 400


def test_the_same_page_again_changes_nothing_but_the_time(first: Connection) -> None:
    """What is moved by SQL is the same teaser as the exporter makes."""
    migrate(first)
    names = ("block", "position", "related_no", "title", "lead", "image_url")
    known = f"SELECT {', '.join(names)} FROM related_stories WHERE site = %s AND no = 5 ORDER BY 1 DESC, 2"
    before = rows(first, known, SITE)
    stories = [story(**dict(zip(names, row, strict=True))) for row in before]
    export(first, page(5, at=later(500), stories=stories))
    assert rows(first, known, SITE) == before
    assert count(first, "formerly_shown_teasers") == 0
    assert {variant for (variant,) in rows(first, "SELECT variant FROM teasers")} == set(map(variant_of, stories))
    edges = "SELECT DISTINCT first_seen_at, last_seen_at FROM related_story_history WHERE site = %s AND no = 5"
    assert rows(first, edges, SITE) == [(later(5), later(500))]


def test_moves_what_lies_in_the_future_before_times_are_set_back(first: Connection) -> None:
    migrate(first)
    moves.move_later_ones(first, SITE, END_OF_TIME)
    assert count(first, "shown_teasers") == 0
    moves.move_later_ones(first, SITE, later(30))
    assert value(first, "SELECT min(no) FROM shown_teasers WHERE site = %s", SITE) == 31
    assert count(first, "shown_teasers") == 8  # the one of 40 shows none


def test_a_crawl_moves_rows_while_it_has_nothing_to_store(
    first: Connection, empty_database_url: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.spool.drain_thread.TICK", 0.01)
    drain = Drain(Database(empty_database_url, data), data)
    drain.store_record(record())
    assert "teasers" in [move.name for move in moves.pending(first)]
    spool = drain.new_spool(record())
    thread = DrainThread(drain, spool, record(), report=lambda _: None, keep_lock=lambda: None)
    thread.start()
    wait_until(lambda: not moves.pending(first))
    assert thread.finish()
    assert (thread.trouble, count(first, "related_stories") > 1000) == ("", True)
    drain.close()


def test_roles_may_read_and_write_what_they_could_before(first: Connection) -> None:
    role = f"role_{first.info.dbname}"
    first.execute(f"CREATE ROLE {role}; GRANT SELECT, DELETE ON related_stories TO {role}")
    first.execute("GRANT SELECT ON related_stories TO PUBLIC")
    migrate(first)
    granted = "SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants"
    found = {
        (table, who, kind)
        for table, who, kind in rows(first, granted)
        if who in {role, "PUBLIC"} and table in MADE_OF_STORIES
    }
    rights = [(role, "SELECT"), (role, "DELETE"), ("PUBLIC", "SELECT")]
    assert found == {(table, who, kind) for table in MADE_OF_STORIES for who, kind in rights}
    first.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")
