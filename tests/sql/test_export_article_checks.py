"""The table `article_checks`: the last visit of each stored article, and when the next one is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from asiatongsin.items import PageItems
from pipelines.database.migrate import migrate, migrations
from tests.samples import AT, NO, SITE, check, export, later, page, rejected, removed
from tests.stored import count, rows

_OF_AN_OLDER_VERSION = """
INSERT INTO articles (site, no, url, headline, content_hash, published_at, modified_at, first_seen_at, fetched_at)
SELECT 'newsasia.kr', no, 'https://newsasia.kr/', 'a', repeat('a', 64), now() - published, now() - modified,
    now() - seen, now() - interval '1 hour'
FROM (VALUES
    (1, interval '5 days', NULL, interval '4 days'),
    (2, interval '400 days', interval '29 days', interval '4 days'),
    (3, NULL, NULL, interval '29 days'),
    (4, interval '31 days', NULL, interval '1 day'),
    (5, NULL, NULL, interval '31 days')
) AS t (no, published, modified, seen)"""


def visited(items: PageItems, due: datetime | None = None, **changes: Any) -> PageItems:
    """The page as a visit at the time it was fetched."""
    return replace(items, check=check(items.fetched_at, due, **changes))


def unmodified(no: int = NO, at: datetime = AT) -> PageItems:
    return replace(page(no, at), article=None, unmodified=True)


def dates(connection: Connection, no: int = NO) -> list[tuple[Any, ...]]:
    return rows(connection, "SELECT checked_at, next_check_at, dated_at FROM article_checks WHERE no = %s", no)


def validators(connection: Connection) -> tuple[Any, ...]:
    [found] = rows(connection, "SELECT etag, last_modified FROM article_checks")
    return found


def test_notes_a_visit_with_everything(connection: Connection) -> None:
    export(connection, visited(page(), later(60), dated_at=later(-5), etag='"1"', last_modified="Sun"))
    query = "SELECT site, no, checked_at, next_check_at, dated_at, etag, last_modified FROM article_checks"
    assert rows(connection, query) == [(SITE, NO, AT, later(60), later(-5), '"1"', "Sun")]


def test_notes_only_articles_that_are_stored(connection: Connection) -> None:
    export(connection, *(visited(items) for items in (removed(1), rejected(2), unmodified(3))), page(4))
    assert count(connection, "article_checks") == 0


@pytest.mark.parametrize("visit", [removed, rejected, unmodified])
def test_a_visit_that_brought_no_article_moves_the_date_and_nothing_else(connection: Connection, visit: Any) -> None:
    export(connection, visited(page(), later(60), etag='"1"', last_modified="Sun"))
    before = rows(connection, "SELECT to_jsonb(a) FROM articles AS a")
    export(connection, visited(visit(NO, later(60)), later(360)))
    assert dates(connection) == [(later(60), later(360), AT)]
    assert validators(connection) == ('"1"', "Sun")
    assert rows(connection, "SELECT to_jsonb(a) FROM articles AS a") == before


def test_a_page_that_was_read_replaces_the_validators(connection: Connection) -> None:
    export(connection, visited(page(), etag='"1"', last_modified="Sun"))
    export(connection, visited(page(at=later(1)), etag='"2"'))
    assert validators(connection) == ('"2"', None)
    export(connection, visited(page(at=later(2))))
    assert validators(connection) == (None, None)


def test_an_answer_without_a_body_may_bring_new_validators(connection: Connection) -> None:
    export(connection, visited(page(), etag='"1"', last_modified="Sun"))
    export(connection, visited(unmodified(at=later(1)), last_modified="Mon"))
    assert validators(connection) == ('"1"', "Mon")


def test_keeps_the_validators_of_a_page_that_was_visited_again_in_the_same_batch(connection: Connection) -> None:
    export(connection, visited(unmodified(at=later(5)), later(9)), visited(page(), etag='"1"'))
    assert (dates(connection), validators(connection)) == ([(later(5), later(9), AT)], ('"1"', None))


def test_a_text_that_is_stored_late_has_none_of_the_validators_of_a_later_answer(connection: Connection) -> None:
    export(connection, visited(page(), etag='"a"'))
    export(connection, visited(unmodified(at=later(20)), later(60)))
    export(connection, visited(page(at=later(10), headline="고친 제목"), etag='"b"'), crawl="old")
    assert validators(connection) == (None, None)
    assert dates(connection) == [(later(20), later(60), AT)]


def test_is_never_moved_back_by_an_older_visit(connection: Connection) -> None:
    export(connection, visited(page(at=later(10)), later(60), etag='"2"'))
    for older in (page(at=later(5)), removed(at=later(5)), unmodified(at=later(10))):
        export(connection, visited(older, later(6), etag='"1"'), crawl="old")
    assert (dates(connection), validators(connection)) == ([(later(10), later(60), AT)], ('"2"', None))
    connection.execute("DELETE FROM article_checks")
    export(connection, visited(page(at=later(5)), later(6)), crawl="old")
    assert dates(connection) == []


def test_leaves_alone_what_nobody_can_date(connection: Connection) -> None:
    export(connection, visited(page(), later(60)))
    export(connection, visited(rejected(at=later(5)), dated_at=None), page(at=later(6)))
    assert dates(connection) == [(AT, later(60), AT)]


def test_a_refused_page_is_a_visit_without_validators(connection: Connection) -> None:
    export(connection, visited(page(), later(60), etag='"1"'))
    export(connection, visited(page(at=later(5), headline="제목\x00"), later(360), etag='"2"'))
    assert (dates(connection), validators(connection)) == ([(later(5), later(360), AT)], ('"1"', None))


def test_goes_with_its_article(connection: Connection) -> None:
    export(connection, visited(page()))
    connection.execute("DELETE FROM article_texts")
    assert count(connection, "article_checks") == 0


def test_young_articles_of_a_database_that_was_upgraded_are_due_at_once(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = migrations()
    with psycopg.connect(empty_database_url, autocommit=True) as old:
        with monkeypatch.context() as past:
            past.setattr("pipelines.database.migrate.migrations", lambda: known[:4])
            migrate(old)
        old.execute(_OF_AN_OLDER_VERSION)
        migrate(old)
        age = "round(extract(epoch FROM now() - dated_at) / 86400)::int"
        query = f"SELECT no, {age} FROM article_checks WHERE next_check_at <= now() ORDER BY no"
        assert rows(old, query) == [(1, 5), (2, 29), (3, 29)]
        assert count(old, "article_checks") == 3
