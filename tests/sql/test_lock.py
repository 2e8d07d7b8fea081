"""One crawl of a site at a time: on this machine by a file, on all machines by the database."""

from __future__ import annotations

from pathlib import Path

import pytest
from psycopg import Connection, conninfo

from pipelines.crawl.lock import CrawlLock, open_transaction
from pipelines.database.connection import Database
from tests.processes import next_line, process
from tests.samples import SITE, UNREACHABLE
from tests.stored import rows

HOLD = """
import sys
from pathlib import Path
from pipelines.database.connection import Database
from pipelines.crawl.lock import CrawlLock

data, url, site = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
lock = CrawlLock(data, Database(url, data), site)
print(lock.acquire(), flush=True)
sys.stdin.readline()
lock.release()
print("released", flush=True)
sys.stdin.read()
"""

KEY = "hashtextextended('asiatongsin crawl ' || %s, 0)"


def lock_of(data: Path, url: str, site: str = SITE, group: str = "") -> CrawlLock:
    return CrawlLock(data, Database(url, data), site, group)


def is_free(data: Path, url: str, site: str = SITE) -> bool:
    lock = lock_of(data, url, site)
    try:
        return lock.acquire()
    finally:
        lock.release()


def wait_until_free(connection: Connection, site: str = SITE) -> None:
    """Until the server has seen that the holder is gone."""
    connection.execute("SET lock_timeout = '600s'")
    connection.execute(f"SELECT pg_advisory_lock({KEY})", [site])
    connection.execute(f"SELECT pg_advisory_unlock({KEY})", [site])


def test_keeps_a_second_process_out_until_it_is_released(connection: Connection, database_url: str, data: Path) -> None:
    with process(HOLD, data, database_url, SITE) as holder:
        assert not is_free(data, database_url)
        print(file=holder.stdin, flush=True)
        assert next_line(holder) == "released\n"
        wait_until_free(connection)
        assert is_free(data, database_url)


def test_keeps_a_second_process_out_without_a_database(data: Path) -> None:
    with process(HOLD, data, UNREACHABLE, SITE) as holder:
        assert not is_free(data, UNREACHABLE)
        assert is_free(data.parent / "other", UNREACHABLE)
        holder.kill()
        holder.wait()
        assert is_free(data, UNREACHABLE)


def test_keeps_a_crawl_with_another_data_folder_out(connection: Connection, database_url: str, tmp_path: Path) -> None:
    with process(HOLD, tmp_path / "one", database_url, SITE) as holder:
        assert not is_free(tmp_path / "two", database_url)
        holder.kill()
        holder.wait()
        wait_until_free(connection)
        assert is_free(tmp_path / "two", database_url)


def test_keeps_a_crawl_out_that_reaches_another_database(database_url: str, data: Path) -> None:
    with process(HOLD, data, UNREACHABLE, SITE):
        assert not is_free(data, database_url)


def test_leaves_other_sites_alone(database_url: str, data: Path) -> None:
    with process(HOLD, data, database_url, SITE):
        assert is_free(data, database_url, "example.kr")
        assert is_free(data, database_url, f"{SITE}:8080")
        assert is_free(data, database_url, f"127.0.0.1:{SITE}")


def test_leaves_nothing_behind_where_it_was_kept_out(connection: Connection, database_url: str, tmp_path: Path) -> None:
    with process(HOLD, tmp_path / "one", database_url, SITE):
        kept_out = lock_of(tmp_path / "two", database_url)
        assert not kept_out.acquire()
    wait_until_free(connection)
    assert is_free(tmp_path / "two", database_url)


def test_may_be_released_twice_and_taken_again(connection: Connection, database_url: str, data: Path) -> None:
    lock = lock_of(data, database_url)
    assert lock.acquire()
    lock.release()
    lock.release()
    wait_until_free(connection)
    assert lock.acquire()
    lock.release()


def test_two_databases_of_one_server_do_not_share_a_lock(database_url: str, server: str, tmp_path: Path) -> None:
    holder = lock_of(tmp_path / "one", database_url)
    assert holder.acquire()
    name = conninfo.conninfo_to_dict(server).get("dbname", "postgres")
    assert is_free(tmp_path / "two", conninfo.make_conninfo(server, dbname=name))
    holder.release()


def test_survives_a_database_that_goes_away_meanwhile(
    connection: Connection, database_url: str, data: Path, tmp_path: Path
) -> None:
    lock = lock_of(data, database_url)
    assert lock.acquire()
    mine = "application_name = 'asiatongsin' AND datname = current_database()"
    connection.execute(f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE {mine}")
    assert not is_free(data, database_url)
    lock.release()
    assert is_free(data, database_url)


def backend_of(connection: Connection) -> int | None:
    """The server's process that holds the lock in this database; tests of others may run beside this one."""
    here = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    held = rows(connection, f"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND {here}")
    return held[0][0] if held else None


def test_is_taken_again_after_the_server_ended_its_connection(
    connection: Connection, database_url: str, tmp_path: Path
) -> None:
    lock = lock_of(tmp_path / "one", database_url)
    assert lock.acquire()
    connection.execute("SELECT pg_terminate_backend(%s, 10000)", [backend_of(connection)])
    assert backend_of(connection) is None
    lock.keep()
    assert backend_of(connection) is not None
    assert not is_free(tmp_path / "two", database_url)
    lock.release()


def test_is_taken_in_a_database_that_could_not_be_reached_at_first(
    connection: Connection, database_url: str, tmp_path: Path
) -> None:
    lock = lock_of(tmp_path / "one", UNREACHABLE)
    assert lock.acquire()
    at_first = lock.is_held_everywhere
    lock.session.database = Database(database_url, tmp_path / "one")
    lock.keep()
    assert (at_first, lock.is_held_everywhere) == (False, True)
    assert not is_free(tmp_path / "two", database_url)
    lock.release()


def test_says_once_that_another_crawl_began_meanwhile(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lock = lock_of(tmp_path / "one", UNREACHABLE)
    assert lock.acquire()
    with process(HOLD, tmp_path / "two", database_url, SITE):
        lock.session.database = Database(database_url, tmp_path / "one")
        lock.keep()
        lock.keep()
    assert not lock.is_held_everywhere
    assert caplog.text.count("Another crawl of newsasia.kr began") == 1
    lock.release()


def test_outlasts_the_idle_limit_of_the_server(connection: Connection, database_url: str, tmp_path: Path) -> None:
    """Where the administrator ends idle sessions; and a machine that lost its power is noticed in a minute."""
    connection.execute(f"ALTER DATABASE {connection.info.dbname} SET idle_session_timeout = '100ms'")
    lock = lock_of(tmp_path / "one", database_url)
    assert lock.acquire()
    pid = backend_of(connection)
    connection.execute("SELECT pg_sleep(0.3)")
    assert backend_of(connection) == pid
    settings = connection.execute("SELECT name FROM pg_settings WHERE name LIKE 'tcp_keepalives%'").fetchall()
    assert len(settings) == 3
    lock.release()


def test_holds_through_a_transaction_that_stays_open(connection: Connection, database_url: str, tmp_path: Path) -> None:
    """This is how it is held behind a pooler. It keeps out what is directly connected."""
    connection.execute(f"ALTER DATABASE {connection.info.dbname} SET idle_in_transaction_session_timeout = '100ms'")
    with Database(database_url, tmp_path).connect() as one, Database(database_url, tmp_path).connect() as two:
        assert not open_transaction(one, f"crawl {SITE}")
        connection.execute("SELECT pg_sleep(0.3)")
        kept = "SELECT state, backend_xid, backend_xmin FROM pg_stat_activity WHERE pid = %s"
        assert rows(connection, kept, one.info.backend_pid) == [("idle in transaction", None, None)]
        assert open_transaction(two, f"crawl {SITE}") == f"crawl {SITE}"
        assert not is_free(tmp_path, database_url)
        one.execute("ROLLBACK")
        assert is_free(tmp_path, database_url)
