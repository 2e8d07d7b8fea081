"""Sites of one politeness group share a server: never are two of them crawled at once, wherever they are crawled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg import Connection

from pipelines.crawl.lock import CrawlLock
from pipelines.database.connection import Database
from pipelines.fleet import sites
from pipelines.fleet.site_entry import SiteEntry
from tests.pooler import PROGRAM, pooled
from tests.samples import UNREACHABLE

GROUP = "서울 서버"


def lock_of(data: Path, url: str, site: str, group: str = GROUP) -> CrawlLock:
    return CrawlLock(data, Database(url, data), site, group)


@contextmanager
def crawled(data: Path, url: str, site: str, group: str = GROUP) -> Iterator[CrawlLock]:
    """The site is being crawled."""
    lock = lock_of(data, url, site, group)
    assert lock.acquire()
    try:
        yield lock
    finally:
        lock.release()


def obstacle(data: Path, url: str, site: str, group: str = GROUP) -> str:
    """Why the site cannot be crawled now; empty where it can."""
    lock = lock_of(data, url, site, group)
    is_ours = lock.acquire()
    lock.release()
    return "" if is_ours else lock.obstacle


@pytest.fixture(autouse=True)
def _added(connection: Connection) -> None:
    entries = [SiteEntry(site=f"{name}.kr", base=f"https://{name}.kr", politeness_group=GROUP) for name in "abc"]
    sites.add(connection, entries)


SHARES = "a.kr is being crawled, which shares a server with b.kr (group 서울 서버)"


@pytest.mark.parametrize("other_machine", [False, True])
def test_names_the_other_site_that_is_crawled(database_url: str, tmp_path: Path, *, other_machine: bool) -> None:
    here, there = tmp_path / "one", tmp_path / ("two" if other_machine else "one")
    with crawled(here, database_url, "a.kr"):
        assert obstacle(there, database_url, "b.kr") == SHARES
        assert obstacle(there, database_url, "a.kr") == "another crawl of a.kr is running"
        assert obstacle(there, database_url, "b.kr", "부산 서버") == ""
        assert obstacle(there, database_url, "d.kr", "") == ""
    assert obstacle(there, database_url, "b.kr") == ""


def test_holds_on_one_machine_without_a_database(tmp_path: Path) -> None:
    with crawled(tmp_path, UNREACHABLE, "a.kr"):
        assert obstacle(tmp_path, UNREACHABLE, "b.kr") == SHARES
    assert obstacle(tmp_path, UNREACHABLE, "b.kr") == ""


def test_a_site_that_was_not_added_is_not_named(database_url: str, tmp_path: Path) -> None:
    with crawled(tmp_path / "one", database_url, "x.kr"):
        assert obstacle(tmp_path / "two", database_url, "b.kr").startswith(
            "another site is being crawled, which shares"
        )


def test_who_was_kept_out_leaves_the_site_free(database_url: str, tmp_path: Path) -> None:
    """Its own lock was free, and is so again."""
    with crawled(tmp_path / "one", database_url, "a.kr"):
        assert obstacle(tmp_path / "two", database_url, "b.kr") == SHARES
        assert obstacle(tmp_path / "three", database_url, "b.kr", "") == ""


def test_a_group_that_changes_meanwhile_breaks_nothing(
    connection: Connection, database_url: str, tmp_path: Path
) -> None:
    """The crawl that runs keeps the group it began with."""
    with crawled(tmp_path / "one", database_url, "a.kr") as running:
        connection.execute("UPDATE sites SET politeness_group = 'new' WHERE site = 'a.kr'")
        running.keep()
        assert running.is_held_everywhere
        assert obstacle(tmp_path / "two", database_url, "a.kr", "new") == "another crawl of a.kr is running"
        assert obstacle(tmp_path / "two", database_url, "b.kr").startswith("another site is being crawled")
    assert obstacle(tmp_path / "two", database_url, "a.kr", "new") == ""


def test_is_taken_again_after_a_restart_of_the_server(
    connection: Connection, database_url: str, tmp_path: Path
) -> None:
    with crawled(tmp_path / "one", database_url, "a.kr") as running:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE {others}")
        assert obstacle(tmp_path / "two", database_url, "b.kr") == ""
        running.keep()
        assert running.is_held_everywhere
        assert obstacle(tmp_path / "two", database_url, "b.kr") == SHARES


def test_a_crawl_that_began_without_a_database_says_once_whom_it_met(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with crawled(tmp_path / "one", UNREACHABLE, "b.kr") as running, crawled(tmp_path / "two", database_url, "a.kr"):
        running.session.database = Database(database_url, tmp_path / "one")
        running.keep()
        running.keep()
        assert not running.is_held_everywhere
    assert caplog.text.count("Another crawl of the politeness group 서울 서버 began") == 1


@pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed: see `make pgbouncer`")
@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_holds_behind_a_pooler(database_url: str, tmp_path: Path, mode: str) -> None:
    with pooled(database_url, mode) as url:
        with crawled(tmp_path / "one", url, "a.kr") as running:
            running.keep()
            assert running.is_held_everywhere
            assert obstacle(tmp_path / "two", url, "b.kr") == SHARES
            assert obstacle(tmp_path / "three", database_url, "b.kr") == SHARES
        assert obstacle(tmp_path / "two", url, "b.kr") == ""
