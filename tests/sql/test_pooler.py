"""Behind pgbouncer, which hands a connection of the server to several clients by turns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection

from pipelines.crawl.lock import CrawlLock
from pipelines.database.connection import Database, is_pooled
from pipelines.database.errors import DatabaseBusy, DatabasePooler
from pipelines.database.session import Session
from pipelines.spool.belonging import identity_of
from pipelines.spool.drain import Drain
from tests.pooler import PROGRAM, pooled
from tests.samples import SITE, leave, page, record
from tests.stored import numbers, value

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed: see `make pgbouncer`")


@contextmanager
def another_client(url: str) -> Iterator[Connection]:
    """Another client of the pool. Its open transaction keeps the connection that the pool handed out last."""
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as other:
        other.execute("BEGIN")
        yield other
        other.execute("ROLLBACK")


def lock_of(folder: Path, url: str) -> CrawlLock:
    return CrawlLock(folder, Database(url, folder), SITE)


def is_free(folder: Path, url: str) -> bool:
    lock = lock_of(folder, url)
    try:
        return lock.acquire()
    finally:
        lock.release()


def test_a_pooler_is_recognised_and_the_database_behind_it(database_url: str, tmp_path: Path) -> None:
    with pooled(database_url) as url, Database(url, tmp_path).connect() as through:
        assert is_pooled(through)
        pooled_id = identity_of(Database(url, tmp_path), through).id
    with Database(database_url, tmp_path).connect() as direct:
        assert not is_pooled(direct)
        assert identity_of(Database(database_url, tmp_path), direct).id == pooled_id


@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_the_lock_holds_and_ends_though_others_use_the_pool(database_url: str, tmp_path: Path, mode: str) -> None:
    with pooled(database_url, mode) as url:
        lock = lock_of(tmp_path / "one", url)
        assert lock.acquire()
        with another_client(url):
            lock.keep()
            assert lock.is_held_everywhere
            assert not is_free(tmp_path / "two", url)
            assert not is_free(tmp_path / "three", database_url)
            lock.release()
            assert is_free(tmp_path / "two", url)
            assert is_free(tmp_path / "three", database_url)


def test_the_lock_is_taken_again_after_the_server_ended_it(
    connection: Connection, database_url: str, tmp_path: Path
) -> None:
    with pooled(database_url) as url:
        lock = lock_of(tmp_path / "one", url)
        assert lock.acquire()
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE {others}")
        lock.keep()
        assert lock.is_held_everywhere
        assert not is_free(tmp_path / "two", database_url)
        lock.release()


def test_all_is_stored_though_others_use_the_pool(connection: Connection, database_url: str, data: Path) -> None:
    """What was prepared over one connection of the server is not there over the next."""
    with pooled(database_url) as url:
        drain = Drain(Database(url, data), data)
        for number in range(8):
            leave(data, page(number + 1, seoul=number), crawl=record(f"crawl {number}"))
            drain.drain_abandoned()
        with another_client(url), another_client(url):
            leave(data, page(9), crawl=record("crawl 9"))
            assert drain.drain_abandoned() == 1
        drain.close()
    assert numbers(connection) == list(range(1, 10))


def test_no_setting_is_left_to_other_clients(database_url: str, data: Path) -> None:
    with pooled(database_url, size=2) as url:
        lock = lock_of(data, url)
        assert lock.acquire()
        left = "SELECT count(*) FROM pg_settings WHERE source = 'session' AND name <> 'application_name'"
        assert lock.session.run(lambda connection: value(connection, left)) == 0
        lock.release()


def test_a_pool_without_a_free_connection_is_told(database_url: str, data: Path) -> None:
    with pooled(database_url, size=1, patience=1) as url, another_client(url):
        session = Session(Database(url, data))
        with pytest.raises(DatabaseBusy, match="no connection is left"):
            session.run(lambda asked: asked.execute("SELECT 1"))


def test_a_pooler_that_takes_no_transactions_is_told(database_url: str, data: Path) -> None:
    with pooled(database_url, "statement") as url, pytest.raises(DatabasePooler, match="set pool_mode"):
        Drain(Database(url, data), data).store_record(record())
