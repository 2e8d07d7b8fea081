"""The view `related_stories`: the teasers around an article when it was fetched last; and what it showed before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from psycopg import Connection

from tests.samples import AT, NO, SITE, export, later, page, story
from tests.stored import count, rows

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


def states(connection: Connection, no: int = NO) -> list[tuple[Any, ...]]:
    """What an article has shown: targets in each block, first and last seen, in minutes after AT."""
    query = """
        SELECT blocks, related_nos, first_seen_at, last_seen_at FROM formerly_shown_teasers WHERE no = %(no)s
        UNION ALL SELECT blocks, related_nos, s.first_seen_at, coalesce(last_seen_at, fetched_at)
        FROM shown_teasers AS s JOIN articles USING (site, no) WHERE no = %(no)s ORDER BY 3"""
    found = connection.execute(query, {"no": no}).fetchall()
    return [(blocks, targets, minutes(first), minutes(last)) for blocks, targets, first, last in found]


def history(connection: Connection) -> list[tuple[Any, ...]]:
    query = "SELECT no, block, related_no, first_seen_at, last_seen_at FROM related_story_history ORDER BY 1, 2, 3"
    return [(*edge, minutes(first), minutes(last)) for *edge, first, last in rows(connection, query)]


def minutes(at: datetime) -> float:
    return (at - AT).total_seconds() / 60


WRITTEN = """
SELECT 'teaser', xmin::text, ctid::text FROM teasers UNION ALL SELECT 'shown', xmin::text, ctid::text FROM shown_teasers
UNION ALL SELECT 'before', xmin::text, ctid::text FROM formerly_shown_teasers"""


def test_writes_nothing_when_the_same_page_comes_again(connection: Connection) -> None:
    export(connection, page(stories=[story(1), story(2)]))
    before = rows(connection, WRITTEN)
    export(connection, page(at=later(9), stories=[story(1), story(2)]))
    assert rows(connection, WRITTEN) == before
    assert history(connection) == [(NO, "관련기사", 1001, 0, 9), (NO, "관련기사", 1002, 0, 9)]


def test_an_article_without_teasers_has_no_row_until_it_shows_some(connection: Connection) -> None:
    for at in (0, 1):
        export(connection, page(at=later(at)), page(5, at=later(at), stories=[story(1)]))
        assert count(connection, "shown_teasers") == 1
    export(connection, page(at=later(2), stories=[story(1)]))
    assert count(connection, "shown_teasers") == 2
    assert states(connection) == [(["관련기사"], [1001], 2, 2)]


def test_stores_a_teaser_once_on_however_many_pages_it_stands(connection: Connection) -> None:
    ranking = [story(1, "많이 본 기사"), story(2, "많이 본 기사")]
    export(connection, *[page(no, stories=[*ranking, story(1, related_no=no + 1)]) for no in range(1, 6)])
    export(connection, page(9, stories=[story(1), story(1, "hdl_003", title="이야기 1", lead=None)]))
    assert count(connection, "related_stories") == 17
    assert count(connection, "teasers") == 2 + 5 + 1
    assert count(connection, "related_numbers") == 8


def test_keeps_what_an_article_has_shown_before(connection: Connection) -> None:
    first, second = [story(1), story(2)], [story(1, related_no=7), story(1, "hdl_003")]
    for at, stories in ((0, first), (5, first), (9, second), (12, []), (15, first)):
        export(connection, page(at=later(at), stories=stories))
    assert states(connection) == [
        (["관련기사"], [1001, 1002], 0, 5),
        (["hdl_003", "관련기사"], [1001, 7], 9, 9),
        ([], [], 12, 12),
        (["관련기사"], [1001, 1002], 15, 15),
    ]
    assert history(connection) == [
        (NO, "hdl_003", 1001, 9, 9),
        (NO, "관련기사", 7, 9, 9),
        (NO, "관련기사", 1001, 0, 15),
        (NO, "관련기사", 1002, 0, 15),
    ]


def test_a_capture_that_comes_late_tells_what_was_shown_then(connection: Connection) -> None:
    export(connection, page(at=later(10), stories=[story(1)]), page(at=later(5), stories=[story(1, related_no=7)]))
    assert states(connection) == [(["관련기사"], [7], 5, 5), (["관련기사"], [1001], 10, 10)]
    export(connection, page(at=later(20), stories=[story(1)]))
    for at, target in ((2, 1001), (15, 1001), (17, 8), (17, 8), (5, 7)):
        export(connection, page(at=later(at), stories=[story(1, related_no=target)]), crawl="late")
    shown = [(targets, first, last) for _, targets, first, last in states(connection)]
    assert shown == [([1001], 2, 2), ([7], 5, 5), ([1001], 10, 20), ([8], 17, 17)]
    assert stored(connection) == [("관련기사", 1, 1001)]
    assert history(connection)[1:] == [(NO, "관련기사", 8, 17, 17), (NO, "관련기사", 1001, 2, 20)]


def test_a_page_that_is_read_again_replaces_what_was_read_of_it(connection: Connection) -> None:
    export(connection, page(stories=[story(1)]))
    export(connection, page(at=later(5), stories=[story(1, title="틀린 제목")]))
    for title in ("이야기 1", "고친 제목"):
        export(connection, replace(page(at=later(5), stories=[story(1, title=title)]), is_reread=True))
    assert rows(connection, "SELECT title, fetched_at FROM related_stories") == [("고친 제목", later(5))]
    assert states(connection) == [(["관련기사"], [1001], 0, 0), (["관련기사"], [1001], 5, 5)]
    late = replace(page(stories=[story(1, related_no=7)]), is_reread=True)
    export(connection, late)
    assert states(connection) == [(["관련기사"], [7], 0, 0), (["관련기사"], [1001], 5, 5)]


def test_teasers_are_found_that_were_not_read_of_the_same_page_before(connection: Connection) -> None:
    """As with a selector that was mended: the newest page, and one before it, are read again."""
    export(connection, page(), page(at=later(5)))
    mended = [replace(page(at=later(minutes), stories=[story(1)]), is_reread=True) for minutes in (5, 0)]
    assert export(connection, *mended, crawl="again").partial == 0
    assert stored(connection) == [("관련기사", 1, 1001)]
    query = "SELECT first_seen_at, last_seen_at FROM related_story_history"
    assert rows(connection, query) == [(AT, later(5))]


def test_keeps_places_from_which_a_teaser_is_missing(connection: Connection) -> None:
    export(connection, page(stories=[story(4), story(2), story(7, "hdl_003"), story(5)]))
    places = [("hdl_003", 7, 1007), ("관련기사", 2, 1002), ("관련기사", 4, 1004), ("관련기사", 5, 1005)]
    assert stored(connection) == places


@pytest.mark.parametrize("name", ['"quoted"', "back\\slash", "{a,b}", "NULL", " ", "a,b", "줄\n바꿈"])
def test_takes_any_name_of_a_block(connection: Connection, name: str) -> None:
    export(connection, page(stories=[story(1, name), story(1, "관련기사")]))
    assert {block for block, _, _ in stored(connection)} == {name, "관련기사"}


def test_goes_with_its_article(connection: Connection) -> None:
    export(connection, page(stories=[story(1)]))
    export(connection, page(at=later(1)))
    connection.execute("DELETE FROM article_texts")
    assert (count(connection, "shown_teasers"), count(connection, "formerly_shown_teasers")) == (0, 0)
