"""A visit that finds an article unchanged writes a row of `article_checks` alone; the view `articles` shows both."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from asiatongsin.items import PageItems
from pipelines.exporters import removed_articles
from pipelines.exporters.batch import export_segments
from pipelines.exporters.future_times import set_back
from tests.processes import wait_until
from tests.samples import AT, SITE, ago, archived, check, export, later, page, record, removed, story
from tests.stored import rows, value

OTHER = "example.kr"
"""A site whose pages come without visits: each writes the row of its article."""

ROW = "SELECT ctid::text, xmin::text FROM article_texts"
NEWEST = "SELECT fetched_at, archive_file, archive_offset FROM articles"
FIRST = "SELECT text_fetched_at, text_archive_file, text_archive_offset FROM articles"
SAME = (
    "SELECT site, to_jsonb(t) - 'site' - 'changed_at' FROM articles AS t",
    "SELECT site, to_jsonb(t) - 'site' FROM article_revisions AS t ORDER BY revision",
    "SELECT site, to_jsonb(t) - 'site' FROM former_articles AS t ORDER BY replaced_at",
    "SELECT site, to_jsonb(t) - 'site' FROM related_stories AS t ORDER BY block, position",
    "SELECT site, to_jsonb(t) - 'site' FROM related_story_history AS t ORDER BY block, related_no",
)
"""What is the same with visits and without."""


def visit(minutes: float = 0, **text: Any) -> PageItems:
    """A page with its visit and its place in the archive."""
    at = later(minutes)
    visited = replace(page(at=at, **text), check=check(at, later(minutes + 60)))
    return replace(visited, archived=replace(archived(int(minutes) + 1000), file=f"{minutes}.warc.gz"))


def place(minutes: int) -> tuple[datetime, str, int]:
    return later(minutes), f"{minutes}.warc.gz", minutes + 1000


def confirm(connection: Connection, crawl: str, minutes: int) -> None:
    ended = record(crawl, finished_at=later(minutes), gone_after=timedelta(days=1))
    with connection.transaction():
        removed_articles.confirm(connection, ended)


def test_an_unchanged_visit_leaves_the_row_of_the_article_as_it_is(connection: Connection) -> None:
    export(connection, visit())
    row = rows(connection, ROW)
    assert rows(connection, FIRST) == [(None, None, None)]
    for minutes in (1, 2, 3):
        assert export(connection, visit(minutes)).unchanged == 1
        assert rows(connection, ROW) == row
        assert rows(connection, NEWEST) == [place(minutes)]
        assert rows(connection, FIRST) == [place(0)]
    assert rows(connection, "SELECT fetched_at, archive_offset FROM article_revisions") == [(AT, 1000)]
    assert rows(connection, "SELECT checked_at, fetched_at FROM article_checks") == [(later(3), later(3))]


@pytest.mark.parametrize("change", ["headline", "reporter", "section", "language"])
def test_a_changed_one_writes_it(connection: Connection, change: str) -> None:
    export(connection, visit())
    export(connection, visit(1))
    row = rows(connection, ROW)
    export(connection, visit(2, **{change: "다른"}))
    assert rows(connection, ROW) != row
    assert rows(connection, NEWEST) == [place(2)]
    assert rows(connection, FIRST) == [(None, None, None) if change == "headline" else place(0)]
    assert rows(connection, "SELECT checked_at, fetched_at, archive_file FROM article_checks") == [
        (later(2), None, None)
    ]


def test_a_page_that_is_not_archived_has_no_place(connection: Connection) -> None:
    export(connection, visit())
    export(connection, replace(visit(1), archived=None))
    assert rows(connection, NEWEST) == [(later(1), None, None)]
    assert rows(connection, FIRST) == [place(0)]


@pytest.mark.parametrize("headline", ["같은", "다른"])
def test_an_older_page_that_comes_late_changes_nothing(connection: Connection, headline: str) -> None:
    export(connection, visit(headline="같은"))
    export(connection, visit(9, headline="같은"))
    shown = rows(connection, NEWEST)
    late = export(connection, visit(5, headline=headline), visit(5, headline=headline), crawl="late")
    assert (late.new, late.changed, late.unchanged) == (0, 0, 0)
    assert rows(connection, NEWEST) == shown
    assert rows(connection, "SELECT checked_at, fetched_at FROM article_checks") == [(later(9), later(9))]
    # Where another text came between, the newest one was fetched first behind it.
    assert rows(connection, FIRST) == [place(0) if headline == "같은" else (None, None, None)]


def test_a_page_that_comes_after_a_later_answer_is_noted_with_the_article(connection: Connection) -> None:
    """The row of the visit is that of the later answer."""
    export(connection, visit())
    export(connection, replace(visit(9), article=None, unmodified=True))
    export(connection, visit(5), crawl="late")
    assert rows(connection, NEWEST) == [place(5)]
    assert rows(connection, "SELECT checked_at, fetched_at FROM article_checks") == [(later(9), None)]


def test_an_answer_without_a_page_leaves_the_page_that_is_noted(connection: Connection) -> None:
    export(connection, visit())
    export(connection, visit(1))
    export(connection, replace(visit(2), article=None, unmodified=True))
    assert rows(connection, NEWEST) == [place(1)]
    assert value(connection, "SELECT checked_at FROM article_checks") == later(2)


def test_an_article_that_was_gone_returns(connection: Connection) -> None:
    export(connection, visit())
    export(connection, visit(1))
    connection.execute("UPDATE article_texts SET gone_at = %s", [later(5)])
    assert export(connection, visit(9)).unchanged == 1
    shown = "SELECT fetched_at, gone_at, revision, returned FROM articles"
    assert rows(connection, shown) == [(later(9), None, 2, True)]
    revisions = "SELECT revision, fetched_at, archive_file FROM article_revisions ORDER BY revision"
    assert rows(connection, revisions) == [(1, AT, "0.warc.gz"), (2, later(9), "9.warc.gz")]


@pytest.mark.parametrize(("fetched", "is_gone"), [(1, True), (2000, False)])
def test_an_article_is_gone_only_when_it_was_not_fetched_since(
    connection: Connection, fetched: int, is_gone: bool
) -> None:
    export(connection, visit(), crawl="a")
    export(connection, visit(fetched), crawl="a")
    for crawl, minutes in (("b", 10), ("c", 1600)):
        removed_articles.write(connection, [removed(at=later(minutes))], [], crawl)
        confirm(connection, crawl, minutes)
    assert value(connection, "SELECT gone_at IS NOT NULL FROM articles") == is_gone


def test_an_article_whose_visit_is_being_stored_is_not_gone(connection: Connection, database_url: str) -> None:
    waits = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    export(connection, visit())
    for crawl, minutes in (("b", 10), ("c", 1600)):
        removed_articles.write(connection, [removed(at=later(minutes))], [], crawl)
        if crawl == "b":
            confirm(connection, crawl, minutes)
    with psycopg.connect(database_url) as storing, ThreadPoolExecutor(1) as thread:
        storing.execute("SELECT")  # its transaction stays open
        export_segments(storing, record("late"), {1: [visit(800)]}, keep=str)
        done = thread.submit(confirm, connection, "c", 1600)
        wait_until(lambda: done.done() or bool(rows(storing, waits)))
        storing.commit()
        done.result()
    assert rows(connection, "SELECT fetched_at, gone_at FROM articles") == [(later(800), None)]


def test_the_same_page_read_again_changes_nothing_but_may_bring_its_place(connection: Connection) -> None:
    export(connection, visit())
    export(connection, replace(visit(1), archived=None))
    row = rows(connection, ROW)
    export(connection, replace(visit(1), archived=None, check=None, is_reread=False))
    assert rows(connection, ROW) == row
    export(connection, replace(visit(1), is_reread=True))
    assert rows(connection, NEWEST) == [place(1)]
    assert rows(connection, FIRST) == [place(0)]


def test_times_of_visits_are_set_back_as_well(connection: Connection) -> None:
    ahead = 370 * 24
    for identity, hours in (("a", 5.0), ("b", 3.0 - ahead)):
        began = ago(hours)
        at = ago(hours - 0.1)
        got = replace(page(at=at), check=check(at), archived=archived())
        export(connection, got, crawl=identity)
        connection.execute(
            "UPDATE crawls SET started_at = %s, finished_at = %s, last_fetched_at = now() WHERE id = %s",
            [began, at, identity],
        )
    assert value(connection, "SELECT fetched_at > now() FROM articles")
    export(connection, crawl="c")
    connection.execute("UPDATE crawls SET started_at = now() WHERE id = 'c'")
    set_back(connection, SITE)
    assert value(connection, "SELECT fetched_at < now() AND fetched_at > text_fetched_at FROM articles")
    assert value(connection, "SELECT fetched_at = checked_at FROM article_checks")


def histories(seed: int) -> Iterator[list[PageItems] | float]:
    """Batches of pages of one article, in any order of time and read again, and moments at which it is gone."""
    chance = random.Random(seed)
    texts: list[dict[str, Any]] = [{}, {}, {"headline": "둘"}, {"reporter": None}, {"body": ("Neu.",)}]
    texts.append({"headline": "전혀 다른", "published_at": later(90 * 24 * 60), "body": ("x",)})
    known = [visit(-2), visit(-1)]
    yield from ([got] for got in known)
    for step in range(12):
        if chance.random() < 0.1:
            yield step * 10 + 5
        batch = []
        for _ in range(chance.choice((1, 1, 1, 2))):
            minutes = chance.choice((step * 10, step * 10, chance.randrange(120))) + chance.random()
            shown = [story(number) for number in range(1, chance.choice((2, 2, 3)))]
            got = visit(minutes, stories=shown, **chance.choice(texts))
            if known and chance.random() < 0.2:
                got = replace(chance.choice(known), is_reread=True)
            got = replace(got, archived=None) if chance.random() < 0.2 else got
            batch.append(got)
        known += batch
        yield batch
        if chance.random() < 0.2:
            yield [replace(visit(step * 10 + 9), article=None, unmodified=True)]


def moved(got: PageItems) -> PageItems:
    """The page on the other site, without its visit."""
    article = got.article and replace(got.article, site=OTHER)
    return replace(got, site=OTHER, article=article, check=None)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_the_tables_show_the_same_as_without_visits(connection: Connection, seed: int) -> None:
    noted = 0
    for step in histories(seed):
        if isinstance(step, float | int):
            connection.execute("UPDATE article_texts SET gone_at = %s", [later(step)])
            continue
        export(connection, *step)
        export(connection, *map(moved, step))
        for query in SAME:
            with_visits = [row for site, row in rows(connection, query) if site == SITE]
            without = [row for site, row in rows(connection, query) if site == OTHER]
            assert with_visits == without, query
        noted += value(connection, "SELECT count(fetched_at) FROM article_checks")
    assert noted, "else the same was compared with the same"
