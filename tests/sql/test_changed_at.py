"""What is new, changed, gone or back is stamped; what is found unchanged is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from psycopg import Connection

from asiatongsin.items import PageItems
from pipelines.database.tables import ARTICLE_TEXTS
from pipelines.exporters import removed_articles
from tests.samples import AT, NO, archived, export, image, later, link, page, record, removed, story
from tests.stored import rows, value

STAMP = "SELECT changed_at FROM articles"
OF_VISITS = re.compile(r"site|no|first_seen_at|(text_)?(fetched_at|archive_\w+)|payload_digest|returned|changed_at")
"""Columns that say which article it is, and when and where a page was fetched: a change of those is nothing new."""

BEGIN = "INSERT INTO export_marks (name, kind, begun_until) VALUES ('daily', 'articles', clock_timestamp())"


@pytest.fixture
def stored(connection: Connection) -> Connection:
    """One article, and an export that has begun since."""
    export(connection, page(stories=[story(1)], seoul=20))
    connection.execute(BEGIN)
    return connection


def visit(connection: Connection, minutes: float = 60, **changes: Any) -> None:
    given: dict[str, Any] = {"stories": [story(1)], "seoul": 20} | changes
    export(connection, page(at=later(minutes), **given), crawl=f"at {minutes}")


def is_stamped(connection: Connection, act: Callable[[], object], query: str = STAMP) -> bool:
    before: datetime = value(connection, query)
    act()
    after: datetime = value(connection, query)
    assert after >= before
    return after > before


def test_a_visit_that_finds_the_same_stamps_nothing(stored: Connection) -> None:
    assert not is_stamped(stored, lambda: visit(stored))
    assert not is_stamped(stored, lambda: visit(stored, stories=[story(2)], seoul=30))


@pytest.mark.parametrize(
    "changes",
    [
        {"headline": "새 제목"},
        {"body": ("새 문단",)},
        {"section": "경제"},
        {"reporter": None},
        {"modified_at": later(30)},
        {"images": (image(1), image(3))},
        {"images": (image(1),)},
        {"links": (link(1), link(2, "embed", None), link(3))},
        {"links": ()},
    ],
    ids=str,
)
def test_whatever_changed_of_an_article_stamps_it(stored: Connection, changes: dict[str, Any]) -> None:
    assert is_stamped(stored, lambda: visit(stored, **changes))


def test_every_column_of_what_was_read_is_stamped(connection: Connection) -> None:
    trigger = value(connection, "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'articles_changed'")
    compared = set(re.findall(r"old\.(\w+) IS DISTINCT FROM new\.", trigger))
    assert compared == {column for column in ARTICLE_TEXTS if not OF_VISITS.fullmatch(column)}


def test_an_article_that_goes_and_comes_back_is_stamped(stored: Connection) -> None:
    def go() -> None:
        for hours in (24, 72):
            export(stored, removed(at=later(60 * hours)), crawl=f"gone {hours}")
            over = replace(record(f"gone {hours}"), finished_at=later(60 * hours), gone_after=timedelta(days=1))
            removed_articles.confirm(stored, over)

    assert is_stamped(stored, go)
    assert value(stored, "SELECT gone_at FROM articles") is not None
    assert is_stamped(stored, lambda: visit(stored, 10_000))
    assert value(stored, "SELECT gone_at FROM articles") is None


def test_an_older_text_that_comes_late_or_is_read_again_stamps_its_article(stored: Connection) -> None:
    old: PageItems = replace(page(at=later(-60), headline="옛 제목"), archived=archived())
    assert is_stamped(stored, lambda: export(stored, old, crawl="late"))
    stored.execute("UPDATE export_marks SET begun_until = clock_timestamp()")
    reread = replace(page(at=later(-60), headline="옛 제목", subheadline=None), archived=archived(), is_reread=True)
    assert is_stamped(stored, lambda: export(stored, reread, crawl="reread"))


def test_a_text_that_differs_in_a_blank_and_comes_late_stamps_its_article(stored: Connection) -> None:
    """It tells when the newest text began, so `article_revisions` shows it under that number from then on."""
    same = value(stored, "SELECT content_hash FROM articles")
    late = page(at=later(-60), headline=f"기사 {NO}의  제목", content_hash=same)
    assert is_stamped(stored, lambda: export(stored, late, crawl="late"))
    assert rows(stored, "SELECT revision, headline FROM article_revisions") == [(1, f"기사 {NO}의  제목")]
    stored.execute("UPDATE export_marks SET begun_until = clock_timestamp()")
    between = page(at=later(-30), headline="다른 제목")
    assert is_stamped(stored, lambda: export(stored, between, crawl="between"))


def test_other_teasers_and_other_weather_are_stamped_by_themselves(stored: Connection) -> None:
    teasers, weather = "SELECT changed_at FROM shown_teasers", "SELECT max(changed_at) FROM weather_snapshots"
    assert not is_stamped(stored, lambda: visit(stored, 1), teasers)
    assert is_stamped(stored, lambda: visit(stored, 2, stories=[story(2)]), teasers)
    assert is_stamped(stored, lambda: visit(stored, 3, stories=[story(2)]), weather)
    assert is_stamped(stored, lambda: visit(stored, 4, stories=[story(2)], seoul=30), weather)


def test_no_stamp_is_earlier_than_an_export_that_began_before_it_whatever_the_clock_says(stored: Connection) -> None:
    stored.execute("UPDATE export_marks SET begun_until = clock_timestamp() + interval '1 year'")
    visit(stored, headline="새 제목")
    export(stored, page(NO + 1), crawl="another")
    query = "SELECT bool_and(changed_at > begun_until) FROM articles, export_marks"
    assert value(stored, query)


def test_an_upgrade_stamps_nothing(connection: Connection) -> None:
    export(connection, page(published_at=AT))
    connection.execute("UPDATE article_texts SET changed_at = NULL")
    connection.execute("UPDATE article_texts SET fetched_at = fetched_at + interval '1 hour', returned = true")
    assert rows(connection, STAMP) == [(None,)]
