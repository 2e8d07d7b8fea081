"""The table `article_revisions`: a text of its own for each edit, whatever order the captures come in."""

from __future__ import annotations

from itertools import permutations

import psycopg
import pytest
from psycopg import Connection

from pipelines.database.migrate import migrate, migrations
from tests.samples import AT, NO, SITE, article, export, later, page
from tests.stored import count, rows

_OF_THE_FIRST_VERSION = """
WITH crawl AS (INSERT INTO crawls (id, site, started_at, version) VALUES ('a', %(site)s, %(at)s, '0.1.0'))
INSERT INTO articles (site, no, url, headline, content_hash, revision, first_seen_at, fetched_at)
VALUES (%(site)s, %(no)s, 'https://newsasia.kr/', %(headline)s, repeat('a', 64), 3, %(at)s, %(at)s)"""

A, B, C = "첫 제목", "고친 제목", "다른 제목"


def revisions(connection: Connection, no: int = NO) -> list[tuple[int, str, float]]:
    """Number, headline, and minutes after AT."""
    query = "SELECT revision, headline, fetched_at FROM article_revisions WHERE no = %s ORDER BY revision"
    return [
        (revision, headline, (at - AT).total_seconds() / 60) for revision, headline, at in rows(connection, query, no)
    ]


def test_keeps_every_text_whole(connection: Connection) -> None:
    export(connection, page())
    query = "SELECT site, no, revision, fetched_at, headline, subheadline, body, modified_at, content_hash"
    [row] = rows(connection, f"{query} FROM article_revisions")
    first = article()
    text = "\n\n".join(first.body)
    hashed = (first.modified_at, first.content_hash)
    assert row == (first.site, NO, 1, AT, first.headline, first.subheadline, text, *hashed)


def test_adds_one_where_the_text_changed_and_none_where_it_did_not(connection: Connection) -> None:
    for minutes, headline in enumerate((A, A, B, B, B, A)):
        export(connection, page(at=later(minutes), headline=headline, reporter=f"기자 {minutes}"))
    assert revisions(connection) == [(1, A, 0), (2, B, 2), (3, A, 5)]
    assert rows(connection, "SELECT revision, headline FROM articles") == [(3, A)]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_comes_to_the_same_whatever_order_captures_are_stored_in(connection: Connection, order: list[int]) -> None:
    captures = [page(at=later(minutes), headline=headline) for minutes, headline in enumerate((A, B, B, A))]
    for number in order:
        export(connection, captures[number])
    assert [row[:2] for row in revisions(connection)] == [(1, A), (2, B), (3, A)]
    assert rows(connection, "SELECT revision, headline FROM articles") == [(3, A)]


def test_several_captures_of_one_batch_are_several_revisions(connection: Connection) -> None:
    export(connection, page(at=later(9), headline=C), page(headline=A), page(at=later(5), headline=B), page(2))
    assert revisions(connection) == [(1, A, 0), (2, B, 5), (3, C, 9)]
    assert revisions(connection, 2) == [(1, "기사 2의 제목", 0)]


def test_a_late_capture_belongs_before_a_text_that_was_confirmed_after_it(connection: Connection) -> None:
    export(connection, page(headline=A))
    export(connection, page(at=later(10), headline=A))
    export(connection, page(at=later(5), headline=B))
    assert revisions(connection) == [(1, A, 0), (2, B, 5), (3, A, 10)]
    assert rows(connection, "SELECT revision, headline FROM articles") == [(3, A)]


def test_the_same_capture_read_again_takes_its_own_place(connection: Connection) -> None:
    export(connection, page(headline=A), page(at=later(5), headline=B))
    export(connection, page(at=later(5), headline=C))
    assert revisions(connection) == [(1, A, 0), (2, C, 5)]
    export(connection, page(at=later(5), headline=A))
    assert revisions(connection) == [(1, A, 0)]
    assert rows(connection, "SELECT revision, headline FROM articles") == [(1, A)]


def returns(connection: Connection) -> list[tuple[int, str, bool]]:
    query = "SELECT revision, headline, returned FROM article_revisions WHERE no = %s ORDER BY revision"
    return rows(connection, query, NO)


def test_an_article_that_comes_back_has_a_revision_with_the_same_text_too(connection: Connection) -> None:
    export(connection, page(headline=A))
    connection.execute("UPDATE article_texts SET gone_at = %s", [later(5)])
    export(connection, page(at=later(10), headline=A))
    assert returns(connection) == [(1, A, False), (2, A, True)]
    assert rows(connection, "SELECT revision, gone_at FROM articles") == [(2, None)]
    export(connection, page(at=later(15), headline=A), page(at=later(20), headline=B))
    assert returns(connection) == [(1, A, False), (2, A, True), (3, B, False)]


def test_the_first_capture_since_an_article_was_gone_is_its_return(connection: Connection) -> None:
    export(connection, page(headline=A), page(2))
    connection.execute("UPDATE article_texts SET gone_at = %s WHERE no = %s", [later(5), NO])
    again = [page(at=later(minutes), headline=A) for minutes in (20, 4, 10)]
    export(connection, *again, page(2, later(30)))
    assert revisions(connection) == [(1, A, 0), (2, A, 10)]
    assert returns(connection) == [(1, A, False), (2, A, True)]
    assert revisions(connection, 2) == [(1, "기사 2의 제목", 0)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_return_stays_one_whatever_is_stored_later(connection: Connection, order: list[int]) -> None:
    """A late capture before it, the same one read again, and one after it."""
    export(connection, page(headline=A))
    connection.execute("UPDATE article_texts SET gone_at = %s", [later(5)])
    export(connection, page(at=later(10), headline=A))
    others = [page(at=later(2), headline=B), page(at=later(10), headline=C), page(at=later(12), headline=C)]
    for number in order:
        export(connection, others[number])
    assert revisions(connection) == [(1, A, 0), (2, B, 2), (3, C, 10)]
    assert [returned for _, _, returned in returns(connection)] == [False, False, True]


def test_a_capture_from_before_an_article_was_gone_is_no_return(connection: Connection) -> None:
    export(connection, page(headline=A))
    connection.execute("UPDATE article_texts SET gone_at = %s", [later(5)])
    for minutes in (0, 3):
        export(connection, page(at=later(minutes), headline=A), crawl="late")
    assert returns(connection) == [(1, A, False)]
    assert rows(connection, "SELECT gone_at FROM articles") == [(later(5),)]


def test_keeps_sites_and_articles_apart(connection: Connection) -> None:
    export(connection, page(1, headline=A), page(1, site="example.kr", headline=B), page(2, headline=C))
    export(connection, page(1, later(1), site="example.kr", headline=C))
    query = "SELECT site, no, revision, headline FROM article_revisions ORDER BY site, no, revision"
    assert rows(connection, query) == [
        ("example.kr", 1, 1, B),
        ("example.kr", 1, 2, C),
        ("newsasia.kr", 1, 1, A),
        ("newsasia.kr", 2, 1, C),
    ]


def test_goes_on_counting_in_a_database_that_was_upgraded(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the newest text of an article was kept before there were revisions."""
    known = migrations()
    with psycopg.connect(empty_database_url, autocommit=True) as old:
        with monkeypatch.context() as past:
            past.setattr("pipelines.database.migrate.migrations", lambda: known[:1])
            migrate(old)
        old.execute(_OF_THE_FIRST_VERSION, {"site": SITE, "no": NO, "headline": A, "at": AT})
        assert migrate(old) == known[1:]
        assert rows(old, "SELECT number FROM crawls") == [(1,)]
        assert revisions(old) == [(3, A, 0)]
        export(old, page(at=later(1), headline=B))
        assert revisions(old) == [(3, A, 0), (4, B, 1)]
        assert rows(old, "SELECT revision FROM articles") == [(4,)]


def test_goes_with_its_article(connection: Connection) -> None:
    export(connection, page())
    connection.execute("DELETE FROM article_texts")
    assert count(connection, "article_revisions") == 0
