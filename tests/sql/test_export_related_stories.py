"""The table `related_stories`: the teasers around an article when it was fetched last."""

from __future__ import annotations

from typing import Any

from psycopg import Connection

from tests.samples import AT, NO, SITE, export, later, page, story
from tests.stored import rows

COLUMNS = "no, block, position, related_no, title, lead, image_url, fetched_at"


def stored(connection: Connection, no: int = NO) -> list[tuple[Any, ...]]:
    """Block, place and target of the teasers of an article."""
    query = "SELECT block, position, related_no FROM related_stories WHERE no = %s ORDER BY block, position"
    return rows(connection, query, no)


def test_stores_every_field_of_every_teaser(connection: Connection) -> None:
    photo = f"https://{SITE}/data/thumb.jpg"
    export(connection, page(stories=[story(1, image_url=photo), story(1, "hdl_003", title=None, lead=None)]))
    assert rows(connection, f"SELECT {COLUMNS} FROM related_stories ORDER BY block") == [
        (NO, "hdl_003", 1, 1001, None, None, None, AT),
        (NO, "관련기사", 1, 1001, "이야기 1", "앞부분…", photo, AT),
    ]


def test_stores_teasers_that_lead_to_articles_it_does_not_know(connection: Connection) -> None:
    export(connection, page(stories=[story(1, related_no=2**62)]))
    assert stored(connection) == [("관련기사", 1, 2**62)]


def test_a_list_that_got_shorter_gets_shorter(connection: Connection) -> None:
    export(connection, page(stories=[story(1), story(2), story(3)]), page(5, stories=[story(1)]))
    export(connection, page(at=later(1), stories=[story(1, related_no=7)]))
    assert stored(connection) == [("관련기사", 1, 7)]
    export(connection, page(at=later(2)))
    assert stored(connection) == []
    assert stored(connection, 5) == [("관련기사", 1, 1001)]


def test_follows_a_block_that_gets_another_name_and_order(connection: Connection) -> None:
    export(connection, page(stories=[story(1), story(2)]))
    swapped = [story(1, related_no=1002), story(2, related_no=1001), story(1, "많이 본 기사")]
    export(connection, page(at=later(1), stories=swapped))
    assert stored(connection) == [("관련기사", 1, 1002), ("관련기사", 2, 1001), ("많이 본 기사", 1, 1001)]
    export(connection, page(at=later(2), stories=[story(1, "인기기사")]))
    assert stored(connection) == [("인기기사", 1, 1001)]


def test_changes_nothing_but_the_time_when_the_same_page_comes_again(connection: Connection) -> None:
    export(connection, page(stories=[story(1), story(2)]))
    before = rows(connection, f"SELECT {COLUMNS} FROM related_stories ORDER BY position")
    export(connection, page(at=later(9), stories=[story(1), story(2)]))
    after = rows(connection, f"SELECT {COLUMNS} FROM related_stories ORDER BY position")
    assert after == [(*row[:-1], later(9)) for row in before]


def test_an_older_capture_leaves_the_teasers_of_the_newer_one(connection: Connection) -> None:
    export(connection, page(stories=[story(1), story(2)]))
    export(connection, page(at=later(-5), stories=[story(1, related_no=7), story(1, "hdl_003")]), crawl="old")
    assert stored(connection) == [("관련기사", 1, 1001), ("관련기사", 2, 1002)]
    assert rows(connection, "SELECT DISTINCT fetched_at FROM related_stories") == [(AT,)]


def test_takes_the_newer_page_of_an_article_that_is_twice_in_a_batch(connection: Connection) -> None:
    export(connection, page(at=later(5), stories=[story(1, related_no=7)]), page(stories=[story(1), story(2)]))
    assert stored(connection) == [("관련기사", 1, 7)]


def test_keeps_the_same_number_on_two_sites_apart(connection: Connection) -> None:
    export(connection, page(stories=[story(1)]), page(site="example.kr", stories=[story(1, related_no=7)]))
    export(connection, page(at=later(1), site="example.kr"))
    assert rows(connection, "SELECT site, related_no FROM related_stories") == [(SITE, 1001)]
