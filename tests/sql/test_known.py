"""Which articles need no download: what the tables say, asked as the spider asks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection

from asiatongsin.known import EVERYWHERE as ANY_PART
from asiatongsin.known import DoubtfulPart, WalkedList
from pipelines.crawl.known_articles import KnownArticles
from pipelines.exporters import crawls
from pipelines.queries.known import BACKDATED, MAX_ATTEMPTS, MAX_TO_RETRY
from tests.conftest import asking
from tests.samples import (
    SITE,
    UNREACHABLE,
    ago,
    export,
    later,
    page,
    record,
    rejected,
    removed,
)

EVERYWHERE = DoubtfulPart(since=datetime(1900, 1, 1, tzinfo=UTC) - BACKDATED, above_no=0)


def need_no_download(known: KnownArticles, *numbers: int, site: str = SITE) -> set[int] | None:
    return asyncio.run(known.need_no_download(site, numbers))


def to_retry(known: KnownArticles, site: str = SITE) -> list[int]:
    return asyncio.run(known.to_retry(site))


def doubtful_part(known: KnownArticles, section: int, site: str = SITE) -> DoubtfulPart | None:
    return asyncio.run(known.doubtful_part(site, section))


def test_settles_what_is_stored_on_this_site(known: KnownArticles, connection: Connection) -> None:
    export(connection, page(1), page(2), page(3, site="example.kr"))
    assert need_no_download(known, 1, 3, 4) == {1}
    assert need_no_download(known, 3, site="example.kr") == {3}
    assert need_no_download(known) == set()


def test_asks_a_day_later_for_what_was_removed_or_not_read(known: KnownArticles, connection: Connection) -> None:
    removals = (removed(no, ago(hours)) for no, hours in ((1, 1), (2, 23), (3, 25), (4, 1000)))
    export(connection, *removals, *(rejected(no, ago(hours)) for no, hours in ((5, 1), (6, 23), (7, 25), (8, 1000))))
    assert need_no_download(known, *range(1, 9)) == {1, 2, 5, 6}
    assert sorted(to_retry(known)) == [3, 4, 7, 8]


def test_asks_at_once_again_for_what_did_not_come_or_another_version_could_not_read(
    known: KnownArticles, connection: Connection
) -> None:
    export(connection, rejected(1, ago(1)), rejected(2, ago(2)), rejected(3, ago(3), is_transient=True))
    connection.execute("UPDATE rejected_pages SET version = '0.0.9' WHERE no = 2")
    assert need_no_download(known, 1, 2, 3) == {1}
    assert to_retry(known) == [2, 3]


def test_never_asks_for_what_a_stage_dropped(known: KnownArticles, connection: Connection) -> None:
    export(connection, rejected(1, ago(1000)), rejected(2, ago(1000)), rejected(3, ago(1), is_transient=True))
    connection.execute("UPDATE rejected_pages SET reason = 'dropped by a stage: no', version = '0' WHERE no <> 2")
    assert need_no_download(known, 1, 2, 3) == {1, 3}
    assert to_retry(known) == [2]


def test_settles_what_was_stored_whatever_happened_to_it_later(known: KnownArticles, connection: Connection) -> None:
    export(connection, page(1, ago(200)), page(2, ago(200)), page(3, ago(200)))
    export(connection, removed(1, ago(100)), rejected(2, ago(100)), rejected(3, ago(100), is_transient=True))
    assert need_no_download(known, 1, 2, 3) == {1, 2, 3}


def test_asks_no_more_for_what_came_in_the_meantime(known: KnownArticles, connection: Connection) -> None:
    export(connection, removed(1, ago(100)), rejected(2, ago(100)), rejected(3, ago(100), is_transient=True))
    assert sorted(to_retry(known)) == [1, 2, 3]
    assert to_retry(known, "example.kr") == []
    export(connection, *(page(no, ago(50)) for no in (1, 2, 3)))
    assert to_retry(known) == []


def test_a_page_that_was_read_again_out_of_an_archive_came_as_well(
    known: KnownArticles, connection: Connection
) -> None:
    at = ago(100)
    export(connection, rejected(1, at), rejected(2, at))
    export(connection, page(1, at), page(2, at - timedelta(seconds=1)))
    assert to_retry(known) == [2]


def test_asks_no_more_for_a_number_that_never_was_an_article(known: KnownArticles, connection: Connection) -> None:
    """One that was tried by its number alone; a list that leads there changes that, and so does a stored text."""
    by_number = [replace(removed(no, ago(100)), is_listed=False) for no in (1, 2, 3)]
    export(connection, page(2, ago(200)), *by_number)
    assert to_retry(known) == [2]
    assert need_no_download(known, 3) == set()
    export(connection, removed(3, ago(90)))
    assert sorted(to_retry(known)) == [2, 3]


def test_gives_up_after_so_many_attempts(known: KnownArticles, connection: Connection) -> None:
    for attempt in range(1, MAX_ATTEMPTS + 1):
        at = ago(24 * (MAX_ATTEMPTS - attempt) + 25)
        export(connection, removed(1, at), rejected(2, at), rejected(3, at, is_transient=True))
        is_last = attempt == MAX_ATTEMPTS
        assert set(to_retry(known)) == (set() if is_last else {1, 2, 3})
        assert need_no_download(known, 1, 2, 3) == ({1, 2, 3} if is_last else set())
    connection.execute("UPDATE rejected_pages SET fetched_at = fetched_at - interval '30 days'")
    month_ago = "first_seen_at - interval '30 days', last_seen_at = last_seen_at - interval '30 days'"
    connection.execute(f"UPDATE removed_articles SET first_seen_at = {month_ago}")
    assert (to_retry(known), need_no_download(known, 1, 2, 3)) == ([], set())  # a list may show another article there


def test_asks_for_a_bounded_number_in_turn(known: KnownArticles, connection: Connection) -> None:
    """What was tried longest ago comes first, so that each has its turn; what is removed takes no place of the rest."""
    export(connection, rejected(None, is_transient=True))
    export(connection, *(rejected(no, ago(200 - no), is_transient=True) for no in range(1, 101)))
    export(connection, *(removed(no, ago(300 - no)) for no in range(201, 251)))
    assert sorted(to_retry(known)) == [*range(1, 1 + MAX_TO_RETRY), *range(201, 201 + MAX_TO_RETRY)]


def test_asks_for_a_stored_article_that_is_gone_every_thirty_days(known: KnownArticles, connection: Connection) -> None:
    export(connection, *(page(no, ago(5000)) for no in (1, 2, 3)))
    for days in range(60, 40, -1):
        export(connection, removed(1, ago(24 * days)), removed(2, ago(24 * (days - 20))))
    export(connection, removed(3, ago(24 * 3)))
    connection.execute("UPDATE article_texts SET gone_at = now() WHERE no = 1")
    assert sorted(to_retry(known)) == [1, 3]  # 2 was looked at three weeks ago
    assert need_no_download(known, 1, 2, 3) == {2, 3}  # a list may show that 1 is back


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


def test_knows_nothing_of_an_empty_database(empty_database_url: str, data: Path) -> None:
    known = asking(empty_database_url, data)
    assert (need_no_download(known, 1), to_retry(known), doubtful_part(known, 22)) == (set(), [], None)
    assert (asyncio.run(known.stored(SITE, [1])), asyncio.run(known.rechecks(SITE, 9))) == ([], [])
    known.spider_closed()


def test_says_that_nobody_knows_without_a_database(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    known = asking(UNREACHABLE, data)
    assert (need_no_download(known, 1), to_retry(known), doubtful_part(known, 22)) == (None, [], ANY_PART)
    assert (asyncio.run(known.stored(SITE, [1])), asyncio.run(known.rechecks(SITE, 9))) == ([], [])
    warnings = [entry.getMessage() for entry in caplog.records if entry.name == "pipelines.crawl.known_articles"]
    assert len(warnings) == 1  # and does not ask again for a while
    assert "geheim" not in caplog.text


def at_once(known: KnownArticles, questions: int) -> list[set[int] | None]:
    async def ask() -> list[set[int] | None]:
        return await asyncio.gather(*(known.need_no_download(SITE, [1]) for _ in range(questions)))

    return asyncio.run(ask())


def broken(connection: Connection) -> None:
    mine = "application_name = 'asiatongsin' AND datname = current_database()"
    connection.execute(f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE {mine}")


def test_answers_over_a_new_connection_when_the_first_broke(known: KnownArticles, connection: Connection) -> None:
    export(connection, page(1))
    for _ in range(3):
        assert need_no_download(known, 1) == {1}
        broken(connection)


def test_answers_questions_that_are_asked_at_once(known: KnownArticles, connection: Connection) -> None:
    export(connection, page(1))

    async def ask() -> list[set[int] | None]:
        return await asyncio.gather(*(known.need_no_download(SITE, [1]) for _ in range(10)))

    for _ in range(3):
        assert asyncio.run(ask()) == [{1}] * 10
        broken(connection)
