"""The index of a search is built beside crawls, mended, and made by itself where the database is small."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection, conninfo
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from pipelines.commands import index
from pipelines.database import search_index
from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseRights
from pipelines.database.migrate import migrate, migrations
from pipelines.database.search_index import IsBeingBuilt, Progress, State, build, state
from pipelines.queries.search.filters import Filters
from pipelines.queries.search.search import MANY, Search
from tests.pooler import PROGRAM, pooled
from tests.samples import export, page
from tests.stored import rows, value

FEW = 2000
"""Articles from which on the upgrade leaves the index to the command."""

DROP = "DROP INDEX articles_by_terms"
BREAK = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'articles_by_terms'::regclass"
STATISTICS = "SELECT coalesce(attstattarget, -1) FROM pg_attribute WHERE attrelid = 'articles_by_terms'::regclass"
BEFORE_SEARCH = 21
"""Last version of the schema without it."""
FILL = """
INSERT INTO articles (site, no, url, headline, content_hash, first_seen_at, fetched_at)
SELECT 'newsasia.kr', n, 'https://newsasia.kr/', '가나다', repeat('0', 64), now(), now()
FROM generate_series(1, %s) AS n"""


@contextmanager
def connections(url: str) -> Iterator[tuple[Connection, Connection]]:
    """One that builds and one that watches."""
    with Database(url, Path()).connect() as building, Database(url, Path()).connect() as watching:
        yield building, watching


@contextmanager
def held_up(url: str) -> Iterator[Callable[[], None]]:
    """Keeps a building that begins meanwhile from going on, until the function is called."""
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE article_texts IN ROW EXCLUSIVE MODE")
        yield other.rollback


def test_a_new_database_has_it(connection: Connection) -> None:
    assert (state(connection), value(connection, STATISTICS)) == (State.WHOLE, 0)


@pytest.mark.parametrize("articles", [FEW - 1, FEW, MANY])
def test_a_small_database_gets_it_with_the_upgrade_and_a_large_one_is_told(
    empty: Connection, articles: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = migrations()
    with monkeypatch.context() as past:
        past.setattr("pipelines.database.migrate.migrations", lambda: known[:BEFORE_SEARCH])
        migrate(empty)
    empty.execute(FILL, [articles])
    migrate(empty)
    empty.execute("ANALYZE article_texts")
    search = Search(empty, Filters.parse("가나다"))
    assert (search.state.is_indexed, search.lacks_index) == (articles < FEW, articles >= MANY)
    assert len(search.page(5).hits) == 5


@pytest.mark.parametrize(("harm", "was"), [(DROP, State.MISSING), (BREAK, State.BROKEN)])
def test_is_built_where_it_is_missing_or_broken_and_then_left_alone(
    connection: Connection, database_url: str, harm: str, was: State
) -> None:
    export(connection, page(1, headline="전통시장"))
    connection.execute(harm)
    assert not Search(connection, Filters()).state.is_indexed
    with connections(database_url) as (building, watching):
        assert build(building, watching, lambda _: None) is was
        assert build(building, watching, lambda _: None) is State.WHOLE
    assert (state(connection), value(connection, STATISTICS)) == (State.WHOLE, 0)
    assert Search(connection, Filters.parse("전통시장")).count() == 1


def test_tells_how_far_it_is_while_articles_are_stored(connection: Connection, database_url: str) -> None:
    connection.execute(DROP)
    told: list[Progress] = []
    with (
        connections(database_url) as both,
        connections(database_url) as others,
        held_up(database_url) as go_on,
    ):

        def tell(progress: Progress) -> None:
            if not told:
                export(connection, page(1, headline="전통시장"))
                with pytest.raises(IsBeingBuilt):
                    build(*others, lambda _: None)
                go_on()
            told.append(progress)

        build(*both, tell)
    assert told[0].phase == "waiting for writers before build"
    assert (state(connection), Search(connection, Filters.parse("전통시장")).count()) == (State.WHOLE, 1)


def test_one_that_was_stopped_is_begun_anew(connection: Connection, database_url: str) -> None:
    connection.execute(DROP)

    def stop(_: Progress) -> None:
        raise KeyboardInterrupt

    with connections(database_url) as both, held_up(database_url), pytest.raises(KeyboardInterrupt):
        build(*both, stop)
    with connections(database_url) as (building, watching):
        assert build(building, watching, lambda _: None) is State.BROKEN
    assert state(connection) is State.WHOLE


def test_whoever_does_not_own_the_tables_is_told_who_does(connection: Connection, database_url: str, role: str) -> None:
    connection.execute(DROP)
    connection.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
    given = conninfo.make_conninfo(database_url, user=role)
    advice = "run `asiatongsin index` as postgres, the owner of the tables"
    with connections(given) as both, pytest.raises(DatabaseRights, match=advice):
        build(*both, lambda _: None)


@pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed: see `make pgbouncer`")
def test_is_built_behind_a_pooler_and_leaves_no_setting(connection: Connection, database_url: str) -> None:
    connection.execute(DROP)
    with pooled(database_url, size=2) as url, connections(url) as (building, watching):
        build(building, watching, lambda _: None)
        left = "SELECT name FROM pg_settings WHERE source = 'session' AND name <> 'application_name'"
        assert rows(building, left) == []
    assert state(connection) is State.WHOLE


def run(url: str, data: Path, *given: str) -> None:
    """`asiatongsin index`, in this process."""
    command = index.Command()
    command.settings = Settings()
    command.settings.setmodule("asiatongsin.settings")
    command.settings.setdict({"DATABASE_URL": url, "DATA": str(data)}, priority="cmdline")
    command.run(list(given), argparse.Namespace())


def test_the_command_says_what_it_did(
    connection: Connection, database_url: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(database_url, data)
    assert "the search index is whole; nothing to do" in capsys.readouterr().out
    connection.execute(DROP)
    run(database_url, data)
    assert "the search index is built (" in capsys.readouterr().out
    connection.execute(BREAK)
    run(database_url, data)
    assert "was not whole, and is built anew (" in capsys.readouterr().out
    with pytest.raises(UsageError, match="asiatongsin index takes options only, not now"):
        run(database_url, data, "now")
    assert search_index.size(connection) > 0
