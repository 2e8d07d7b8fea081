"""The table `removed_articles`: numbers that answered as removed, and articles that came back."""

from __future__ import annotations

from psycopg import Connection

from tests.samples import AT, NO, SITE, count, export, later, page, removed, rows

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
    assert rows(connection, "SELECT headline, revision, fetched_at FROM articles") == [(page().article.headline, 1, AT)]
    assert count(connection, "article_images") == 2


def test_an_article_is_gone_when_it_was_found_removed_twice_a_day_apart(connection: Connection) -> None:
    gone = "SELECT no, gone_at FROM articles ORDER BY no"
    export(connection, page(1), page(2))
    for minutes in (1, 60, 1440):
        export(connection, removed(1, later(minutes)))
        assert rows(connection, gone) == [(1, None), (2, None)]
    export(connection, removed(1, later(1441)))
    export(connection, removed(1, later(9000)))
    assert rows(connection, gone) == [(1, later(1441)), (2, None)]
    export(connection, page(1, later(9001)))
    assert rows(connection, gone) == [(1, None), (2, None)]


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
