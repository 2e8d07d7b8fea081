"""A text is stored once: the newest in `articles`, those before it in `replaced_texts`. Older databases come along."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest
from psycopg import Connection

from pipelines.database import moves
from pipelines.database.migrate import migrate, migrations
from pipelines.database.moves import Mover
from pipelines.exporters.batch import export_segments
from pipelines.exporters.future_times import set_back
from tests.processes import wait_until
from tests.samples import AT, NO, SITE, ago, archived, export, later, page, record
from tests.stored import count, rows, value

A, B, C = "첫 제목", "고친 제목", "다른 제목"
ALL = "SELECT * FROM article_revisions ORDER BY site, no, revision"
BEFORE = 18
"""The last version of the schema that had a table `article_revisions`."""


def history(connection: Connection) -> list[tuple[str, float, str | None]]:
    """Headline, minutes after AT, and file in the archive."""
    query = "SELECT headline, fetched_at, archive_file FROM article_revisions WHERE no = %s ORDER BY revision"
    return [(headline, (at - AT).total_seconds() / 60, file) for headline, at, file in rows(connection, query, NO)]


def test_only_what_was_replaced_is_stored_a_second_time(connection: Connection) -> None:
    for minutes, headline in enumerate((A, A, B, B, C)):
        export(connection, page(at=later(minutes), headline=headline), page(7, later(minutes)))
    query = "SELECT no, revision, headline FROM replaced_texts ORDER BY no, revision"
    assert rows(connection, query) == [(NO, 1, A), (NO, 2, B)]
    assert count(connection, "article_revisions") == 4


def test_a_text_keeps_the_place_of_the_page_that_showed_it_first(connection: Connection) -> None:
    for minutes, headline in enumerate((A, A, A, B, B)):
        at = later(minutes)
        export(connection, replace(page(at=at, headline=headline), archived=archived(file=f"{minutes}.warc.gz")))
    assert history(connection) == [(A, 0, "0.warc.gz"), (B, 3, "3.warc.gz")]
    assert rows(connection, "SELECT fetched_at, archive_file FROM articles") == [(later(4), "4.warc.gz")]


def test_a_capture_that_comes_late_finds_the_text_that_was_seen_before_and_after_it(connection: Connection) -> None:
    for minutes in (0, 10):
        export(connection, replace(page(at=later(minutes), headline=A), archived=archived(file=f"{minutes}.warc.gz")))
    export(connection, page(at=later(5), headline=B))
    assert history(connection) == [(A, 0, "0.warc.gz"), (B, 5, None), (A, 10, "10.warc.gz")]


def test_a_text_stays_as_it_was_read_first_where_only_blanks_or_its_time_differ(connection: Connection) -> None:
    same = "a" * 64
    export(connection, page(body=("하나 둘",), modified_at=later(1), content_hash=same))
    export(connection, page(at=later(5), body=("하나", "둘"), modified_at=later(2), content_hash=same))
    query = "SELECT revision, fetched_at, body, modified_at FROM "
    assert rows(connection, query + "article_revisions") == [(1, AT, "하나 둘", later(1))]
    assert rows(connection, query + "articles") == [(1, later(5), "하나\n\n둘", later(2))]
    export(connection, page(at=later(9), headline=B))
    assert rows(connection, query + "article_revisions WHERE revision = 1") == [(1, AT, "하나 둘", later(1))]


def long_text() -> str:
    """Too long for the row, and not to be packed."""
    return "".join(random.Random(1).choices("가나다라마바사아자차카타파하거너더러머버서어저", k=9000))


def test_a_visit_that_finds_nothing_new_leaves_a_long_text_where_it_is(connection: Connection) -> None:
    [(table,)] = rows(
        connection, "SELECT reltoastrelid::regclass::text FROM pg_class WHERE oid = 'article_texts'::regclass"
    )
    parts = f"SELECT chunk_id, chunk_seq, ctid::text, xmin::text FROM {table} ORDER BY 1, 2"
    text = long_text()
    export(connection, page(body=(text,)))
    before = rows(connection, parts)
    assert len(before) >= 5
    for minutes in range(1, 6):
        export(connection, page(at=later(minutes), body=(text,), reporter=f"기자 {minutes}"))
    assert rows(connection, parts) == before
    export(connection, page(at=later(9), body=(text + ".",)))
    assert rows(connection, parts) != before


def test_two_exports_that_replace_the_same_text_lose_none(connection: Connection, database_url: str) -> None:
    export(connection, page(headline=A))
    waits = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with (
        psycopg.connect(database_url) as first,  # its transaction stays open
        psycopg.connect(database_url, autocommit=True) as second,
        ThreadPoolExecutor(1) as thread,
    ):
        first.execute("SELECT")
        export_segments(first, record("a"), {1: [page(at=later(5), headline=B)]}, keep=str)
        done = thread.submit(export_segments, second, record("b"), {1: [page(at=later(9), headline=C)]}, keep=str)
        wait_until(lambda: done.done() or bool(rows(connection, waits)))
        first.commit()
        done.result(timeout=600)
    assert history(connection) == [(A, 0, None), (B, 5, None), (C, 9, None)]


_OLD = """
INSERT INTO articles (site, no, url, headline, body, modified_at, content_hash, revision, first_seen_at, fetched_at,
    archive_file, archive_offset, archive_length)
SELECT %(site)s, no, 'https://newsasia.kr/' || no, 'Headline ' || no, 'One\n\nTwo', %(at)s, repeat('a', 64),
    CASE WHEN no %% 4 = 0 THEN 3 ELSE 1 END, %(at)s, %(at)s::timestamptz + (no %% 3) * interval '1 day',
    no || '.warc.gz', no, 9
FROM generate_series(1, 40) AS no;
INSERT INTO article_revisions (site, no, revision, fetched_at, headline, body, modified_at, content_hash,
    archive_file, archive_offset, archive_length, returned)
SELECT site, no, revision, CASE WHEN no = 33 THEN fetched_at ELSE %(at)s END, headline,
    CASE WHEN no = 31 THEN 'One Two' ELSE body END,
    modified_at - CASE WHEN no = 32 THEN interval '1 hour' ELSE '0' END, content_hash,
    CASE WHEN fetched_at = %(at)s AND no < 35 THEN archive_file WHEN no %% 2 = 0 THEN 'first.warc.gz' END,
    CASE WHEN no %% 2 = 0 OR fetched_at = %(at)s AND no < 35 THEN no END,
    CASE WHEN no %% 2 = 0 OR fetched_at = %(at)s AND no < 35 THEN 9 END, no %% 5 = 0
FROM articles;
INSERT INTO article_revisions (site, no, revision, fetched_at, headline, content_hash)
SELECT site, no, revision - 1, fetched_at - interval '9 days', 'Before', repeat('b', 64)
FROM articles WHERE no %% 8 = 0"""


@pytest.fixture
def old(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """A database in which the newest text of each article stands twice; a few articles are moved in a transaction."""
    monkeypatch.setattr(moves, "ARTICLES", 5)
    monkeypatch.setattr(moves, "SECONDS", 0.0)
    monkeypatch.setattr(moves, "SECONDS", 0.0)
    known = migrations()
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        with monkeypatch.context() as past:
            past.setattr("pipelines.database.migrate.migrations", lambda: known[:BEFORE])
            migrate(connection)
        psycopg.ClientCursor(connection).execute(_OLD, {"site": SITE, "at": AT})
        yield connection


def test_every_revision_is_the_same_before_while_and_after_texts_move(old: Connection) -> None:
    before = rows(old, ALL)
    known = "SELECT site, no, body, modified_at, revision, fetched_at, archive_file FROM articles ORDER BY no"
    articles = rows(old, known)
    migrate(old)
    assert rows(old, ALL) == before
    mover, steps = Mover(), 0
    while mover.step(old):
        assert rows(old, ALL) == before
        steps += 1
    assert (steps > 5, moves.pending(old), rows(old, ALL)) == (True, [], before)
    assert rows(old, known) == articles
    # Those before, and those with another blank, time or place than the newest has.
    alone = "SELECT no FROM replaced_texts AS r JOIN articles AS a USING (site, no, revision) ORDER BY no"
    assert rows(old, alone) == [(31,), (32,), (36,), (39,)]
    assert value(old, "SELECT count(*) FROM replaced_texts WHERE headline = 'Before'") == 5


def test_texts_that_are_replaced_before_they_have_moved_are_kept(old: Connection) -> None:
    migrate(old)
    export(old, page(4, at=later(9000), headline=B), page(8, at=later(9000), headline=B), page(41, at=later(9000)))
    query = "SELECT revision, headline FROM article_revisions WHERE no = %s ORDER BY revision"
    assert rows(old, query, 4) == [(3, "Headline 4"), (4, B)]
    assert rows(old, query, 8) == [(2, "Before"), (3, "Headline 8"), (4, B)]
    mover = Mover()
    before = rows(old, ALL)
    while mover.step(old):
        pass
    assert rows(old, ALL) == before


def test_texts_that_have_not_moved_are_in_order_after_times_were_set_back(old: Connection) -> None:
    began = ago(5)
    old.execute("UPDATE crawls SET started_at = %s", [began])
    migrate(old)
    old.execute(
        "INSERT INTO crawls (id, site, started_at, version, last_fetched_at) VALUES ('a', %s, %s, '', %s)",
        [SITE, began, ago(-9000)],
    )
    old.execute("UPDATE article_texts SET fetched_at = %s WHERE no IN (8, 9)", [ago(-9000)])
    set_back(old, SITE)
    query = "SELECT revision, headline FROM article_revisions WHERE no IN (8, 9) ORDER BY no, revision"
    assert rows(old, query) == [(2, "Before"), (3, "Headline 8"), (1, "Headline 9")]
    assert value(old, "SELECT max(fetched_at) < now() FROM articles")
    before = rows(old, ALL)
    mover = Mover()
    while mover.step(old):
        pass
    assert rows(old, ALL) == before


def test_roles_may_read_texts_as_before(old: Connection) -> None:
    role = f"role_{old.info.dbname}"
    old.execute(f"CREATE ROLE {role}; GRANT SELECT, INSERT ON article_revisions TO {role}")
    migrate(old)
    may = "SELECT has_table_privilege(%s, name, kind) FROM unnest(%s::text[], %s::text[]) AS t (name, kind)"
    names = ["article_revisions", "replaced_texts", "replaced_texts", "replaced_texts"]
    kinds = ["SELECT", "SELECT", "INSERT", "DELETE"]
    assert [granted for (granted,) in rows(old, may, role, names, kinds)] == [True, True, True, False]
    old.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")
