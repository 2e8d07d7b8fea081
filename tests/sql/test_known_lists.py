"""In which part of a list articles may be missing: what the tables say, asked as the spider asks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from psycopg import Connection

from asiatongsin.known import DoubtfulPart, WalkedList
from pipelines.crawl.known_articles import KnownArticles
from pipelines.exporters import crawls
from pipelines.queries.known import BACKDATED
from tests.samples import (
    SITE,
    export,
    later,
    page,
    record,
)

EVERYWHERE = DoubtfulPart(since=datetime(1900, 1, 1, tzinfo=UTC) - BACKDATED, above_no=0)


def doubtful_part(known: KnownArticles, section: int, site: str = SITE) -> DoubtfulPart | None:
    return asyncio.run(known.doubtful_part(site, section))


def had(
    connection: Connection,
    hour: int,
    walked: Iterable[int] = (),
    *,
    new: int = 1,
    since: datetime | None = None,
    **arguments: str,
) -> datetime:
    """A crawl that is over; when it began. It came to the end of the lists that it walked, unless it asked `since`."""
    given = record(f"{hour:02d}", arguments=arguments, walked=tuple(walked), started_at=later(60 * hour), outcome="ok")
    seen = WalkedList(section=0, pages=9, is_end_seen=True, looked_back_at=given.started_at)
    ends = tuple(replace(seen, section=section) for section in given.walked if since is None)
    given = replace(given, since=since, lists=ends)
    crawls.write(connection, replace(given, finished_at=later(60 * hour + 30)))
    connection.execute("UPDATE crawls SET new = %s WHERE id = %s", [new, given.id])
    return given.started_at


def test_is_sure_after_a_complete_crawl(known: KnownArticles, connection: Connection) -> None:
    had(connection, 1, [22, 34, 0], new=500)
    assert [doubtful_part(known, section) for section in (22, 34, 0)] == [None, None, None]


def test_is_unsure_of_all_after_a_first_crawl_that_was_cut_short(known: KnownArticles, connection: Connection) -> None:
    had(connection, 1)
    assert [doubtful_part(known, section) for section in (22, 0)] == [EVERYWHERE, EVERYWHERE]


def test_is_unsure_of_all_until_a_crawl_has_come_to_the_end_of_the_list(
    known: KnownArticles, connection: Connection
) -> None:
    """Also where single articles were fetched before, or where a version that knew no ends has walked the list."""
    assert doubtful_part(known, 22) == EVERYWHERE
    had(connection, 1, no="1,2,3")
    assert doubtful_part(known, 22) == EVERYWHERE
    had(connection, 2, [22, 34])
    connection.execute("DELETE FROM walked_lists WHERE section = 22")
    assert (doubtful_part(known, 22), doubtful_part(known, 34)) == (EVERYWHERE, None)


def test_a_crawl_since_some_time_says_enough_to_those_of_the_same_day_that_ask_for_no_older_articles(
    known: KnownArticles, connection: Connection
) -> None:
    day = [later(60 * 24 * days) for days in range(4)]

    def doubtful() -> list[bool]:
        return [asyncio.run(known.doubtful_part(SITE, 22, since)) is not None for since in (*day, None)]

    for hour, asked in ((1, day[2]), (2, day[1])):
        had(connection, hour, [22], since=asked, new=0)
    assert doubtful() == [True] * 5
    today = "UPDATE crawls SET started_at = now(), finished_at = now() WHERE id = %s"
    connection.execute(today, ["01"])
    assert doubtful() == [True, True, False, False, True]
    connection.execute(today, ["02"])
    assert doubtful() == [True, False, False, False, True]
    had(connection, 3)
    assert doubtful() == [True] * 5
    had(connection, 4, [22])
    connection.execute(today, ["04"])
    assert doubtful() == [False] * 5


def test_is_unsure_since_the_last_crawl_that_walked_the_list(known: KnownArticles, connection: Connection) -> None:
    had(connection, 1, [22, 34])
    had(connection, 2, [22, 34], new=0)
    had(connection, 3, [34])
    had(connection, 4, [])
    assert doubtful_part(known, 22) == DoubtfulPart(since=later(120) - BACKDATED, above_no=0)
    assert doubtful_part(known, 34) == DoubtfulPart(since=later(180) - BACKDATED, above_no=0)
    had(connection, 5, [22, 34])
    assert (doubtful_part(known, 22), doubtful_part(known, 34)) == (None, None)


def test_is_unsure_of_the_lists_a_crawl_of_other_sections_left_out(
    known: KnownArticles, connection: Connection
) -> None:
    had(connection, 1, [22, 34, 0])
    had(connection, 2, [22], sections="22")
    assert doubtful_part(known, 22) is None
    assert doubtful_part(known, 34) == doubtful_part(known, 0) == DoubtfulPart(since=later(60) - BACKDATED, above_no=0)


def test_is_unsure_of_numbers_above_those_of_the_last_crawl_that_walked_the_list(
    known: KnownArticles, connection: Connection
) -> None:
    """An article that is published late bears an old time and a new number."""
    export(connection, page(7, later(-99)), page(9, later(75)), page(500, later(75), site="example.kr"))
    had(connection, 1, [22])
    had(connection, 2)
    export(connection, page(30, later(130)))
    doubt = doubtful_part(known, 22)
    assert doubt == DoubtfulPart(since=later(60) - BACKDATED, above_no=9)
    long_ago = later(-(10**6))
    assert not doubt.includes(9, long_ago)
    assert all(doubt.includes(no, time) for no, time in ((10, long_ago), (9, None), (9, later(0))))


def test_is_unsure_of_everything_after_the_clock_was_set_back(known: KnownArticles, connection: Connection) -> None:
    export(connection, page(7, later(-99)))
    had(connection, 5, [22])
    had(connection, 2)
    doubt = doubtful_part(known, 22)
    assert doubt
    assert doubt.includes(1, later(-(10**6)))
    had(connection, 3, [22])
    assert doubtful_part(known, 22) is None


def test_stays_sure_after_a_crawl_that_brought_nothing_or_single_articles(
    known: KnownArticles, connection: Connection
) -> None:
    had(connection, 1, [22])
    had(connection, 2, [], new=0)
    had(connection, 3, [], no="1,2,3")
    assert doubtful_part(known, 22) is None


def test_any_crawl_that_walked_the_list_settles_the_doubt(known: KnownArticles, connection: Connection) -> None:
    """Whether it walked it, bounded or not, the spider has said in `walked`."""
    had(connection, 1)
    for hour, bound in enumerate(("pages", "until", "full", "sections"), start=2):
        arguments: dict[str, Any] = {bound: "3"}
        had(connection, hour, [hour], **arguments)
        assert (doubtful_part(known, hour), doubtful_part(known, 100)) == (None, EVERYWHERE)
