"""The table `rejected_pages`: what should have become an article or a list and did not."""

from __future__ import annotations

from dataclasses import replace

from psycopg import Connection

from asiatongsin import __version__
from tests.samples import AT, NO, SITE, export, later, page, present, rejected
from tests.stored import count, rows


def test_stores_every_field_of_a_rejection(connection: Connection) -> None:
    given = rejected(reason="이유", missing=("headline", "body"), raw_path="rejected/newsasia.kr/a.html.gz")
    export(connection, given)
    query = "SELECT site, no, url, fetched_at, reason, missing, raw_path, is_transient, version FROM rejected_pages"
    assert rows(connection, query) == [
        (SITE, NO, given.url, AT, "이유", ["headline", "body"], present(given.rejected).raw_path, False, __version__)
    ]
    assert count(connection, "articles") == 0


def test_stores_what_is_unknown_as_null_and_nothing_missing_as_an_empty_list(connection: Connection) -> None:
    export(connection, replace(rejected(None, reason="no list", is_transient=True), kind="list"))
    query = "SELECT no, missing, raw_path, is_transient FROM rejected_pages"
    assert rows(connection, query) == [(None, [], None, True)]


def test_adds_a_row_for_each_time_and_none_for_pages_that_were_read(connection: Connection) -> None:
    export(connection, page(1), rejected(2), rejected(2, later(1)))
    export(connection, rejected(2, later(2)))
    assert rows(connection, "SELECT no, fetched_at FROM rejected_pages ORDER BY id") == [
        (2, AT),
        (2, later(1)),
        (2, later(2)),
    ]


def test_leaves_the_stored_text_of_an_article_that_cannot_be_read_any_more(connection: Connection) -> None:
    export(connection, page())
    before = rows(connection, "SELECT * FROM articles")
    export(connection, rejected(at=later(1)))
    assert rows(connection, "SELECT * FROM articles") == before


def test_a_rejected_page_does_not_hide_an_article_of_the_same_batch(connection: Connection) -> None:
    export(connection, page(), rejected(at=later(1)))
    assert (count(connection, "articles"), count(connection, "rejected_pages")) == (1, 1)
