"""Which articles need no download: what the tables say, asked as the spider asks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from psycopg import Connection

from asiatongsin.known import EVERYWHERE as ANY_PART
from asiatongsin.known import DoubtfulPart
from pipelines.crawl.known_articles import KnownArticles
from pipelines.queries.known import BACKDATED, MAX_ATTEMPTS, MAX_TO_RETRY
from tests.conftest import asking
from tests.samples import (
    SITE,
    UNREACHABLE,
    ago,
    export,
    page,
    rejected,
    removed,
)

EVERYWHERE = DoubtfulPart(since=datetime(1900, 1, 1, tzinfo=UTC) - BACKDATED, above_no=0)


def need_no_download(known: KnownArticles, *numbers: int, site: str = SITE) -> set[int] | None:
    return asyncio.run(known.need_no_download(site, numbers))


def to_retry(known: KnownArticles, site: str = SITE) -> list[int]:
    return asyncio.run(known.to_retry(site))


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


def test_knows_nothing_of_an_empty_database(empty_database_url: str, data: Path) -> None:
    known = asking(empty_database_url, data)
    assert (need_no_download(known, 1), to_retry(known), asyncio.run(known.doubtful_part(SITE, 22))) == (
        set(),
        [],
        None,
    )
    assert (asyncio.run(known.stored(SITE, [1])), asyncio.run(known.rechecks(SITE, 9))) == ([], [])
    known.spider_closed()


def test_says_that_nobody_knows_without_a_database(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    known = asking(UNREACHABLE, data)
    assert (need_no_download(known, 1), to_retry(known), asyncio.run(known.doubtful_part(SITE, 22))) == (
        None,
        [],
        ANY_PART,
    )
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
