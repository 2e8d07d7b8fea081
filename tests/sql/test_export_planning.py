"""A database that was empty a moment ago is planned for as the one it has become."""

from __future__ import annotations

from psycopg import Connection

from pipelines.exporters.planning import ENOUGH_ARTICLES
from tests.samples import export, page, story
from tests.stored import rows

_SCANS = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'articles_by_time'"
_SIZE = "SELECT reltuples FROM pg_class WHERE oid = 'article_texts'::regclass"


def scans(connection: Connection) -> int:
    """How often the index by time was used."""
    connection.execute("SELECT pg_stat_force_next_flush()")
    [(found,)] = rows(connection, _SCANS)
    return int(found)


def test_checks_foreign_keys_by_the_primary_key_once_there_are_some_articles(connection: Connection) -> None:
    stories = [story(place) for place in range(1, 10)]
    export(connection, *[page(no, stories=stories) for no in range(1, 51)])
    before = scans(connection)
    export(connection, *[page(no, stories=stories) for no in range(51, 151)])
    assert scans(connection) == before


def test_waits_until_there_is_something_to_count(connection: Connection) -> None:
    export(connection, *[page(no) for no in range(1, ENOUGH_ARTICLES)])
    assert rows(connection, _SIZE) == [(-1,)]
    export(connection, page(ENOUGH_ARTICLES))
    assert rows(connection, _SIZE) == [(ENOUGH_ARTICLES,)]
    export(connection, *[page(no) for no in range(ENOUGH_ARTICLES + 1, 200)])
    assert rows(connection, _SIZE) == [(ENOUGH_ARTICLES,)]
