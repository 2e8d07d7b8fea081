"""The table `removed_articles`: numbers that answered as removed, and articles that came back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from psycopg import Connection

from pipelines.crawl_record import CrawlRecord
from pipelines.exporters import removed_articles
from tests.samples import AT, NO, SITE, article, export, later, page, record, removed
from tests.stored import count, rows

QUERY = "SELECT form, first_seen_at, last_seen_at, sightings FROM removed_articles"


def test_notes_a_number_that_was_never_stored(connection: Connection) -> None:
    export(connection, removed(form="alert"))
    assert rows(connection, "SELECT site, no FROM removed_articles") == [(SITE, NO)]
    assert rows(connection, QUERY) == [("alert", AT, AT, 1)]
    assert count(connection, "articles") == 0


def test_counts_the_sightings_and_keeps_the_last_form(connection: Connection) -> None:
    for minutes, form in ((0, "404"), (5, "410"), (9, "empty body")):
        export(connection, removed(at=later(minutes), form=form))
    assert rows(connection, QUERY) == [("empty body", AT, later(9), 3)]


def test_counts_a_sighting_out_of_an_older_spool_without_its_form(connection: Connection) -> None:
    export(connection, removed(form="410"))
    export(connection, removed(at=later(-5), form="404"), crawl="old")
    assert rows(connection, QUERY) == [("410", later(-5), AT, 2)]


def test_leaves_the_stored_text(connection: Connection) -> None:
    export(connection, page())
    export(connection, removed(at=later(1)))
    assert rows(connection, "SELECT headline, revision, fetched_at FROM articles") == [(article().headline, 1, AT)]
    assert count(connection, "article_images") == 2


def sighted(connection: Connection, no: int, minutes: float, *, counts: bool = True, days: float = 1) -> None:
    """A crawl of its own finds the article removed, and ends."""
    crawl = record(f"crawl {minutes}", started_at=later(minutes))
    export(connection, removed(no, later(minutes)), crawl=crawl.id)
    ended(connection, crawl, timedelta(days=days) if counts else None)


def ended(connection: Connection, crawl: CrawlRecord, gone_after: timedelta | None) -> None:
    done = replace(crawl, finished_at=later(10_000), outcome="ok", gone_after=gone_after)
    removed_articles.confirm(connection, crawl)  # a crawl that runs says nothing
    for _ in range(2):
        removed_articles.confirm(connection, done)


def gone(connection: Connection) -> list[tuple[int, datetime | None]]:
    return rows(connection, "SELECT no, gone_at FROM articles ORDER BY no")


def test_an_article_is_gone_when_it_was_found_removed_twice_a_day_apart(connection: Connection) -> None:
    export(connection, page(1), page(2))
    for minutes in (1, 60, 1440):
        sighted(connection, 1, minutes)
        assert gone(connection) == [(1, None), (2, None)]
    sighted(connection, 1, 1441)
    sighted(connection, 1, 9000)
    assert gone(connection) == [(1, later(1441)), (2, None)]
    export(connection, page(1, later(9001)))
    assert gone(connection) == [(1, None), (2, None)]


def test_two_sightings_of_one_crawl_are_one(connection: Connection) -> None:
    export(connection, page(1))
    export(connection, removed(1, later(1)), removed(1, later(2000)))
    ended(connection, record(), timedelta(days=1))
    assert gone(connection) == [(1, None)]


def test_a_sighting_of_a_crawl_that_does_not_count_is_none(connection: Connection) -> None:
    export(connection, page(1))
    sighted(connection, 1, 1, counts=False)
    sighted(connection, 1, 2000, counts=False)
    sighted(connection, 1, 4000)
    sighted(connection, 1, 6000, counts=False)
    assert gone(connection) == [(1, None)]
    query = "SELECT sightings, first_confirmed_at, last_confirmed_at, last_crawl FROM removed_articles"
    assert rows(connection, query) == [(4, later(4000), later(4000), "crawl 6000")]
    sighted(connection, 1, 8000)
    assert gone(connection) == [(1, later(8000))]


def test_how_far_apart_is_a_matter_of_the_crawl(connection: Connection) -> None:
    export(connection, page(1))
    for minutes, days in ((1, 0.5), (700, 0.5), (1500, 3)):
        sighted(connection, 1, minutes, days=days)
    assert gone(connection) == [(1, None)]
    sighted(connection, 1, 1600, days=0.5)
    assert gone(connection) == [(1, later(1600))]


def test_an_article_that_was_there_in_between_is_not_gone(connection: Connection) -> None:
    """Also where the capture comes late, out of an old spool."""
    export(connection, page(1))
    sighted(connection, 1, 1)
    export(connection, page(1, later(100)), crawl="fetched")
    sighted(connection, 1, 2000)
    assert gone(connection) == [(1, None)]
    export(connection, page(1, later(1900)), crawl="late")
    sighted(connection, 1, 2001)
    sighted(connection, 1, 3400)
    assert gone(connection) == [(1, None)]
    sighted(connection, 1, 3500)
    assert gone(connection) == [(1, later(3500))]


def test_only_a_capture_that_is_newer_brings_an_article_back(connection: Connection) -> None:
    export(connection, page(1))
    sighted(connection, 1, 1)
    sighted(connection, 1, 2000)
    for minutes in (0, 1500):
        export(connection, page(1, later(minutes), headline=f"또 읽은 제목 {minutes}"), crawl="again")
        assert gone(connection) == [(1, later(2000))]
    export(connection, page(1, later(2000)), crawl="read otherwise")  # what was taken for a removal was none
    assert gone(connection) == [(1, None)]
    assert count(connection, "removed_articles") == 0


def test_remembers_whether_a_list_ever_led_there(connection: Connection) -> None:
    listed = "SELECT no, listed FROM removed_articles ORDER BY no"
    by_number = [replace(removed(no, later(no)), is_listed=False) for no in (1, 2)]
    export(connection, by_number[0], removed(2))
    assert rows(connection, listed) == [(1, False), (2, True)]
    export(connection, removed(1, later(2)), by_number[1])
    assert rows(connection, listed) == [(1, True), (2, True)]


def test_forgets_what_is_there_again(connection: Connection) -> None:
    export(connection, removed(1), removed(2))
    export(connection, page(1, later(1)))
    assert rows(connection, "SELECT no FROM removed_articles") == [(2,)]
    export(connection, removed(1, later(2)))
    assert rows(connection, QUERY + " WHERE no = 1") == [("404", later(2), later(2), 1)]


def test_remembers_a_removal_when_an_older_capture_comes_late(connection: Connection) -> None:
    export(connection, removed())
    export(connection, page(at=later(-5)), crawl="old")
    assert rows(connection, QUERY) == [("404", AT, AT, 1)]
    assert count(connection, "articles") == 1


def test_does_not_note_a_removal_that_is_older_than_the_stored_article(connection: Connection) -> None:
    export(connection, page())
    export(connection, removed(at=later(-5)), crawl="old")
    assert count(connection, "removed_articles") == 0


def test_keeps_the_text_of_an_article_that_is_removed_later_in_the_same_batch(connection: Connection) -> None:
    export(connection, page(), removed(at=later(1)))
    assert (count(connection, "articles"), count(connection, "removed_articles")) == (1, 1)


def test_keeps_two_sites_apart(connection: Connection) -> None:
    export(connection, removed())
    export(connection, page(at=later(1), site="example.kr"))
    assert count(connection, "removed_articles") == 1
