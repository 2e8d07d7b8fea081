"""From the spool into the database: nothing twice, nothing lost, whoever dies or does not answer."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from queue import Queue

import psycopg
import pytest
from psycopg import Connection

from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseTooNew, DatabaseUnreachable
from pipelines.exporters.batch import export_segments
from pipelines.spool import drain as drain_module
from pipelines.spool.drain import Drain
from pipelines.spool.drain_thread import DrainThread
from pipelines.spool.folder import Spool, read_segment
from pipelines.spool.waiting import waiting_pages
from tests.samples import UNREACHABLE, later, leave, page, record, removed
from tests.stored import count, rows


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "owner"}


def test_stores_what_crawls_left_and_removes_their_folders(drain: Drain, connection: Connection, data: Path) -> None:
    leave(data, page(1), page(2), page(3))
    leave(data, page(4), crawl=record("later"))
    assert waiting_pages(data) == 4
    assert drain.drain_abandoned() == 4
    assert drain.drain_abandoned() == 0
    assert rows(connection, "SELECT no FROM articles ORDER BY no") == [(1,), (2,), (3,), (4,)]
    assert list((data / "spool").iterdir()) == []
    assert waiting_pages(data) == 0


def test_leaves_the_spool_of_a_running_crawl_alone(drain: Drain, connection: Connection, data: Path) -> None:
    running = Spool.create(data / "spool", record())
    running.append(page())
    assert drain.drain_abandoned() == 0
    assert running.waiting() == 1
    running.release()
    assert count(connection, "crawls") == 0


def test_stores_once_although_a_process_died_before_removal(drain: Drain, connection: Connection, data: Path) -> None:
    folder = leave(data, page(1, seoul=20), page(2, seoul=20), page(3, seoul=20))
    pages, _ = read_segment(folder / "000001.jsonl")
    export_segments(connection, record(), {1: pages}, keep=str)
    drain.drain_abandoned()
    assert rows(connection, "SELECT new, unchanged, drained_segment FROM crawls") == [(3, 0, 2)]
    assert rows(connection, "SELECT pages FROM weather_snapshots") == [(3,)]
    assert rows(connection, "SELECT no, revision FROM articles ORDER BY no") == [(1, 1), (2, 1), (3, 1)]
    assert list((data / "spool").iterdir()) == []


@pytest.mark.parametrize(("at_once", "transactions"), [(5, 2), (2, 3), (1, 5)])
def test_stores_a_few_segments_in_one_transaction(
    drain: Drain, connection: Connection, data: Path, monkeypatch: pytest.MonkeyPatch, at_once: int, transactions: int
) -> None:
    folder = leave(data, *(page(no) for no in range(1, 11)))
    sizes = [path.stat().st_size for path in folder.glob("*.jsonl")]
    assert len(sizes) == 5
    assert sum(sizes) < drain_module.BATCH_BYTES
    monkeypatch.setattr(drain_module, "BATCH_BYTES", at_once * min(sizes))
    assert drain.drain_abandoned() == 10
    assert rows(connection, "SELECT count(*), count(DISTINCT xmin::text) FROM article_texts") == [(10, transactions)]


def test_stores_little_at_once_where_the_database_is_slow(
    drain: Drain, connection: Connection, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits for it sees that it stores something."""
    monkeypatch.setattr(drain_module, "BATCH_SECONDS", 0.1)
    connection.execute(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.1); RETURN NEW; END $$;"
        "CREATE TRIGGER slow AFTER INSERT ON article_texts FOR EACH ROW EXECUTE FUNCTION slow()"
    )
    leave(data, *(page(no) for no in range(1, 9)))
    drain.drain_abandoned()
    assert rows(connection, "SELECT count(*), count(DISTINCT xmin::text) FROM article_texts") == [(8, 4)]


def test_closes_killed_crawls_as_error_and_leaves_finished_ones_as_they_are(
    drain: Drain, connection: Connection, data: Path
) -> None:
    leave(data, page(1), crawl=record("1 killed"))
    leave(data, page(2), crawl=record("2 spooled", finished_at=later(5), outcome="spooled", spooled=1))
    leave(data, crawl=record("3 drift", finished_at=later(5), outcome="drift"))
    drain.drain_abandoned()
    outcomes = rows(connection, "SELECT id, outcome FROM crawls WHERE finished_at IS NOT NULL ORDER BY id")
    assert outcomes == [("1 killed", "error"), ("2 spooled", "spooled"), ("3 drift", "drift")]


def test_keeps_broken_lines_and_stores_their_neighbours(drain: Drain, connection: Connection, data: Path) -> None:
    folder = leave(data, page(1), page(2))
    path = folder / "000001.jsonl"
    first, second, _ = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([first, second[:40], b"{}", second, b""]))
    drain.drain_abandoned()
    assert count(connection, "articles") == 2
    assert list(contents(data / "refused").values()) == [second[:40] + b"\n{}\n"]


@pytest.mark.parametrize("ends_well", [True, False])
def test_removals_that_waited_count_where_their_crawl_ended_well(
    drain: Drain, connection: Connection, data: Path, ends_well: bool
) -> None:
    end = {"finished_at": later(2000), "outcome": "spooled", "gone_after": timedelta(days=1)} if ends_well else {}
    leave(data, page(), removed(at=later(1)), crawl=record("a", **end))
    leave(data, removed(at=later(1500)), crawl=record("b", **end))
    drain.drain_abandoned()
    assert rows(connection, "SELECT sightings FROM removed_articles") == [(2,)]
    assert rows(connection, "SELECT gone_at FROM articles") == [(later(1500) if ends_well else None,)]
    assert rows(connection, "SELECT outcome FROM crawls") == [("spooled" if ends_well else "error",)] * 2


def test_loses_nothing_when_the_database_cannot_be_reached(data: Path) -> None:
    folder = leave(data, page(1), page(2), page(3))
    before = contents(folder)
    with pytest.raises(DatabaseUnreachable, match=r"none on 127\.0\.0\.1") as caught:
        Drain(Database(UNREACHABLE, data), data).drain_abandoned()
    assert "geheim" not in str(caught.value)
    assert contents(folder) == before
    assert waiting_pages(data) == 3


def test_goes_on_over_a_new_connection_after_one_that_broke(drain: Drain, connection: Connection, data: Path) -> None:
    drain.store_record(record("first"))
    leave(data, page(1), page(2), page(3))
    mine = "application_name = 'asiatongsin' AND datname = current_database()"
    connection.execute(f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE {mine}")
    assert drain.drain_abandoned() == 3
    assert count(connection, "articles") == 3


@pytest.mark.parametrize("setting", ["default_transaction_read_only = on", "statement_timeout = '1ms'"])
def test_loses_nothing_that_is_not_taken_now(drain: Drain, connection: Connection, data: Path, setting: str) -> None:
    folder = leave(data, *(page(no, body=("긴 문단 " * 20_000,)) for no in range(1, 4)))
    before = contents(folder)
    name = connection.info.dbname
    connection.execute(f"ALTER DATABASE {name} SET {setting}")
    with pytest.raises(DatabaseUnreachable):
        drain.drain_abandoned()
    assert contents(folder) == before
    connection.execute(f"ALTER DATABASE {name} RESET {setting.split(maxsplit=1)[0]}")
    drain.close()
    assert drain.drain_abandoned() == 3


def test_writes_nothing_into_the_database_of_a_newer_version(drain: Drain, connection: Connection, data: Path) -> None:
    folder = leave(data, page())
    before = contents(folder)
    connection.execute("INSERT INTO asiatongsin_migrations (version, name) VALUES (9000, 'future')")
    with pytest.raises(DatabaseTooNew):
        drain.drain_abandoned()
    assert contents(folder) == before
    assert count(connection, "crawls") == 0


@pytest.mark.parametrize("left", [b"", b"{", b'{"id":"\xff"}'])
def test_leaves_pages_of_a_damaged_record(drain: Drain, connection: Connection, data: Path, left: bytes) -> None:
    (leave(data, page(1)) / "crawl.json").write_bytes(left)
    leave(data, page(2), crawl=record("other"))
    drain.drain_abandoned()
    assert (waiting_pages(data), drain.damaged) == (1, 1)
    assert rows(connection, "SELECT no FROM articles") == [(2,)]


def test_clears_what_a_process_left_that_died_while_it_removed_its_folder(drain: Drain, data: Path) -> None:
    (leave(data) / "crawl.json").unlink()
    drain.drain_abandoned()
    assert list((data / "spool").iterdir()) == []
    assert drain.damaged == 0


def test_stores_a_crawl_whose_clock_was_set_back(drain: Drain, connection: Connection, data: Path) -> None:
    leave(data, page(), crawl=record(finished_at=later(-60), outcome="ok"))
    drain.drain_abandoned()
    assert rows(connection, "SELECT outcome, finished_at = started_at FROM crawls") == [("ok", True)]


def test_a_record_that_is_refused_does_not_keep_others_out(drain: Drain, connection: Connection, data: Path) -> None:
    leave(data, page(1), crawl=record("1", statistics={"crawl/last_failure": "\x00"}))
    leave(data, page(2), crawl=record("2"))
    drain.drain_abandoned()
    assert count(connection, "articles") == 2


def test_what_was_refused_of_earlier_crawls_is_told_by_the_next_one(drain: Drain, data: Path) -> None:
    leave(data, page(1, headline=""), page(2, section=""), page(3))
    drain.drain_abandoned()
    next_one = drain.total.begin_anew()
    assert (next_one.pages, next_one.new, next_one.refused, next_one.partial) == (0, 0, 1, 1)


def test_leaves_a_folder_alone_that_is_not_its_own(drain: Drain, data: Path) -> None:
    """Someone copied the spool of another machine one level too deep."""
    (data / "spool" / "copied").mkdir(parents=True)
    copied = leave(data / "other", page(1)).rename(data / "spool" / "copied" / "crawl")
    drain.drain_abandoned()
    assert read_segment(copied / "000001.jsonl") == ([page(1)], [])


@contextmanager
def following(drain: Drain, told: Queue[int]) -> Iterator[DrainThread]:
    """A thread that follows a crawl which appends; what it tells of stored pages comes through the queue."""
    spool = Spool.create(drain.spools, record(), segment_pages=2, segment_seconds=0)
    thread = DrainThread(drain, spool, record(), report=lambda total: told.put(total.pages), keep_lock=lambda: None)
    thread.start()
    try:
        yield thread
    finally:
        thread.finish()
        spool.release()


def wait_for(told: Queue[int], pages: int) -> None:
    while told.get(timeout=600) < pages:
        pass


def test_follows_a_crawl_while_it_appends_and_stores_the_rest_at_its_end(drain: Drain, connection: Connection) -> None:
    told: Queue[int] = Queue()
    with following(drain, told) as thread:
        for no in range(1, 6):
            thread.spool.append(page(no))
        wait_for(told, 5)
        assert count(connection, "articles") == 5
        thread.spool.append(page(6))
        assert thread.finish()
        assert thread.trouble == ""
    assert rows(connection, "SELECT new FROM crawls") == [(6,)]


def test_keeps_all_while_the_database_is_away_and_stores_it_then(
    drain: Drain, connection: Connection, server: str
) -> None:
    change, told = f"ALTER DATABASE {connection.info.dbname} ALLOW_CONNECTIONS", Queue[int]()
    with psycopg.connect(server, autocommit=True) as administrator, following(drain, told) as thread:
        administrator.execute(f"{change} false")
        for no in range(1, 4):
            thread.spool.append(page(no))
        while not thread.trouble:
            wait_for(told, 0)
        assert "not currently accepting connections" in thread.trouble
        assert thread.spool.waiting() == 3
        administrator.execute(f"{change} true")
        wait_for(told, 3)
    assert count(connection, "articles") == 3


def test_says_that_pages_wait_where_the_database_stays_away(data: Path) -> None:
    with following(Drain(Database(UNREACHABLE, data), data), Queue[int]()) as thread:
        thread.spool.append(page())
        assert not thread.finish()
        assert "none on 127.0.0.1" in thread.trouble
        assert "geheim" not in thread.trouble
        assert thread.spool.waiting() == 1


def test_a_disk_that_fails_at_the_end_keeps_no_page_from_the_database(
    drain: Drain, connection: Connection, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool.create(data / "spool", record())
    spool.append(page())

    def fail(descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    thread = DrainThread(drain, spool, record(), report=lambda _: None, keep_lock=lambda: None)
    thread.start()
    monkeypatch.setattr(os, "fsync", fail)
    assert thread.finish()
    assert thread.disk_error is not None
    assert rows(connection, "SELECT no FROM articles") == [(page().no,)]
    monkeypatch.undo()
    spool.release()


def test_segments_before_one_that_cannot_be_read_are_stored_and_those_behind_wait(
    drain: Drain, connection: Connection, data: Path
) -> None:
    folder = leave(data, *(page(no) for no in range(1, 7)))
    content = (folder / "000002.jsonl").read_bytes()
    (folder / "000002.jsonl").unlink()
    (folder / "000002.jsonl").symlink_to("/proc/self/mem")
    with pytest.raises(OSError, match="Input/output error"):
        drain.drain_abandoned()
    assert rows(connection, "SELECT no FROM articles ORDER BY no") == [(1,), (2,)]
    assert waiting_pages(data) == 3  # two, and one at least
    (folder / "000002.jsonl").unlink()
    (folder / "000002.jsonl").write_bytes(content)
    assert drain.drain_abandoned() == 4
