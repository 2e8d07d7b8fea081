"""Numbers that were given to other articles: the article before is kept, and neither is an edit of the other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from psycopg import Connection

from pipelines.exporters.batch import export_segments
from pipelines.queries.revisions import revisions
from tests.samples import AT, NO, SITE, article, export, later, page, record
from tests.stored import count, rows

OTHER: dict[str, Any] = {
    "headline": "전혀 다른 기사",
    "body": ("다른 첫 문단입니다.", "다른 둘째 문단."),
    "published_at": article().published_at + timedelta(days=300),  # type: ignore[operator]
}
FORMER = "SELECT no, headline, body, published_at, first_seen_at, fetched_at, replaced_at FROM former_articles"


def test_keeps_the_article_that_had_the_number_before(connection: Connection) -> None:
    export(connection, page())
    exported = export_segments(connection, record("second"), {1: [page(NO, later(60), **OTHER)]}, keep=str)
    assert (exported.new, exported.changed, exported.reassigned) == (0, 1, 1)
    before = article()
    assert rows(connection, FORMER) == [
        (NO, before.headline, "\n\n".join(before.body), before.published_at, AT, AT, later(60))
    ]
    query = "SELECT headline, published_at, first_seen_at FROM articles"
    assert rows(connection, query) == [(OTHER["headline"], OTHER["published_at"], later(60))]
    assert count(connection, "article_revisions") == 2


def test_keeps_it_once_however_often_a_page_is_stored(connection: Connection) -> None:
    export(connection, page())
    for minutes in (60, 60, 90):
        export(connection, page(NO, later(minutes), **OTHER))
    assert count(connection, "former_articles") == 1
    assert rows(connection, "SELECT first_seen_at FROM articles") == [(later(60),)]


def test_an_article_of_another_year_is_another_though_its_headline_is_the_same(connection: Connection) -> None:
    export(connection, page())
    export(connection, page(NO, later(60), **OTHER | {"headline": article().headline}))
    assert rows(connection, "SELECT published_at FROM former_articles") == [(article().published_at,)]


@pytest.mark.parametrize(
    "change",
    [
        {"headline": OTHER["headline"]},
        {"body": OTHER["body"], "published_at": later(60 * 24 * 20)},
        {"headline": OTHER["headline"], "body": OTHER["body"]},
        {"headline": OTHER["headline"], "published_at": OTHER["published_at"]},
        OTHER | {"body": (*OTHER["body"], "둘째 문단 — “인용”.")},
        {"headline": OTHER["headline"], "body": (), "published_at": None},
    ],
    ids=["headline", "text and time", "headline and text", "headline and time", "a paragraph is the same", "unknown"],
)
def test_an_edit_is_no_other_article(connection: Connection, change: dict[str, Any]) -> None:
    export(connection, page())
    export(connection, page(NO, later(60), **change))
    assert count(connection, "former_articles") == 0
    assert rows(connection, "SELECT first_seen_at FROM articles") == [(AT,)]


def test_an_older_capture_that_comes_late_is_no_first_sight_of_the_other_article(connection: Connection) -> None:
    export(connection, page())
    export(connection, page(NO, later(60), **OTHER))
    export(connection, page(NO, later(30)))
    assert rows(connection, "SELECT site, headline, first_seen_at FROM articles") == [
        (SITE, OTHER["headline"], later(60))
    ]


def test_the_history_of_a_number_says_where_another_article_begins(connection: Connection) -> None:
    export(connection, page(), page(7))
    export(connection, page(NO, later(30), headline="고친 제목"))
    for minutes in (60, 90):
        export(connection, page(NO, later(minutes), **OTHER))
    export(connection, page(NO, later(120), **OTHER | {"body": ("다른 첫 문단입니다.", "고친 문단.")}))
    assert [one.is_another for one in revisions(connection, NO)] == [False, False, True, False]
    assert [one.is_another for one in revisions(connection, 7)] == [False]
