"""A disk that is full or closed, a real one: refused at the start, stopped in the middle, and nothing is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from psycopg import Connection

from pipelines.spool.waiting import waiting_pages
from tests.conftest import ROOT
from tests.faults.conftest import Start
from tests.faults.disk import Disk
from tests.faults.postgres import SmallDisk
from tests.samples import UNREACHABLE
from tests.site import Replica, ReplicaSite, serve
from tests.stored import numbers, value

SITE = ReplicaSite(articles=60, page_bytes=8_000)
SLOWLY = ("-a", "sections=all", "-s", "DOWNLOAD_DELAY=0.05")
AS_ANYBODY = ("env", f"--chdir={ROOT}", "setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""No permission keeps root out, unless it does without this."""


def asked(replica: Replica) -> set[str]:
    return {request.query for request in replica.article_requests()}


@pytest.mark.parametrize("url", ["with a database", UNREACHABLE, ""], ids=["database", "no database", "embedded"])
@pytest.mark.parametrize(
    ("how", "says"),
    [("full", "is full: free space on it"), ("closed", "locks (Read-only file system): mount it writable")],
)
def test_a_crawl_does_not_begin_on_a_disk_it_cannot_write(
    start: Start, database_url: str, disk: Disk, how: str, says: str, url: str
) -> None:
    if how == "full":
        disk.fill()
    else:
        disk.close()
    with serve(SITE) as replica:
        url = database_url if url == "with a database" else url
        run = start(replica.url, url, at=disk.folder, within=disk.within).end()
        assert replica.requests == []
    assert run.status == 2, run.log
    assert says in run.last_line
    assert str(disk.folder) in run.last_line
    assert "ASIATONGSIN_DATA; nothing was fetched" in run.last_line
    assert "Traceback" not in run.log
    assert list(disk.seen_from_outside.glob("spool/*")) == []


def test_a_crawl_does_not_begin_where_it_has_no_permission(start: Start, database_url: str, disk: Disk) -> None:
    shutil.chown(disk.seen_from_outside, "nobody")
    with serve(SITE) as replica:
        run = start(replica.url, database_url, at=disk.folder, within=[*disk.within, *AS_ANYBODY]).end()
        assert replica.requests == []
    assert run.status == 2, run.log
    assert f"cannot write to {disk.folder}/locks (Permission denied): change its permissions" in run.last_line
    assert "Traceback" not in run.log


def test_a_crawl_does_not_begin_where_its_embedded_database_cannot_be(start: Start, data: Path) -> None:
    data.mkdir()
    if not SmallDisk.is_possible():
        pytest.skip("only root may mount a disk")
    with serve(SITE) as replica, Disk(data / "postgres", kilobytes=4) as disk:
        disk.close()
        run = start(replica.url, "", within=disk.within).end()
        assert replica.requests == []
    assert run.status == 2, run.log
    assert "the embedded database in" in run.last_line
    assert "(Read-only file system): mount it writable" in run.last_line


def test_full_in_the_middle_everything_spooled_is_stored_in_the_same_run(
    start: Start, connection: Connection, database_url: str, disk: Disk
) -> None:
    with serve(SITE) as replica:
        crawl = start(replica.url, database_url, *SLOWLY, at=disk.folder, within=disk.within)
        replica.wait_for(articles=20)
        disk.fill()
        run = crawl.end()
        assert run.status == 1, run.log
        assert f"the disk of {disk.folder} is full: free space on it" in run.last_line
        # The page that found no room is one that was asked for and not stored; one more was in flight.
        assert 0 <= len(asked(replica)) - len(numbers(connection)) <= 2
        assert connection.execute("SELECT outcome, finished_at IS NOT NULL FROM crawls").fetchall() == [("error", True)]
        assert list(disk.seen_from_outside.glob("spool/*")) == []
        disk.free()
        assert start(replica.url, database_url, at=disk.folder, within=disk.within).end().status == 0
    assert numbers(connection) == list(SITE.numbers())


def test_not_even_room_for_its_record_keeps_a_crawl_from_its_row(
    start: Start, connection: Connection, database_url: str, disk: Disk
) -> None:
    disk.fill(but=8)  # what was asked of the site, the record that a crawl begins with, and nothing after them
    with serve(SITE) as replica:
        run = start(replica.url, database_url, at=disk.folder, within=disk.within).end()
        assert len(replica.requests) == 2  # robots.txt and the front page
    assert run.status == 1, run.log
    assert "The record of the crawl cannot be written: the disk of" in run.log
    assert connection.execute("SELECT outcome, finished_at IS NOT NULL FROM crawls").fetchall() == [("error", True)]
    assert list(disk.seen_from_outside.glob("spool/*")) == []


def test_full_without_a_database_nothing_spooled_is_lost(
    start: Start, connection: Connection, database_url: str, disk: Disk
) -> None:
    disk.fill(but=240)
    with serve(SITE) as replica:
        run = start(replica.url, UNREACHABLE, *SLOWLY, at=disk.folder, within=disk.within).end()
        assert run.status == 1, run.log
        assert f"the disk of {disk.folder} is full: free space on it" in run.last_line
        assert run.log.count("nothing more is fetched") == 1
        waiting = waiting_pages(disk.seen_from_outside)
        assert f"{waiting} waiting in the spool" in run.last_line
        first = asked(replica)
        assert 10 < len(first) < len(SITE.numbers())
        replica.forget()
        disk.free()
        run = start(replica.url, database_url, at=disk.folder, within=disk.within).end()
        assert run.status == 0, run.log
        assert len(first & asked(replica)) <= 2
    assert numbers(connection) == list(SITE.numbers())
    outcomes = connection.execute("SELECT outcome FROM crawls WHERE finished_at IS NOT NULL ORDER BY started_at")
    assert outcomes.fetchall() == [("error",), ("ok",)]


def test_no_room_for_a_page_that_cannot_be_read_ends_the_crawl(
    start: Start, connection: Connection, database_url: str, data: Path
) -> None:
    if not SmallDisk.is_possible():
        pytest.skip("only root may mount a disk")
    site = ReplicaSite(articles=60, page_bytes=8_000)
    site.break_page(100_050)
    data.mkdir()
    with serve(site) as replica, Disk(data / "rejected", kilobytes=64) as disk:
        disk.fill()
        run = start(replica.url, database_url, *SLOWLY, within=disk.within).end()
        assert run.status == 1, run.log
        assert "is full: free space on it" in run.last_line
        assert len(asked(replica)) < 20
        [(no, raw_path, is_transient)] = connection.execute("SELECT no, raw_path, is_transient FROM rejected_pages")
        assert (no, raw_path, is_transient) == (100_050, None, True)
        disk.free()
        assert start(replica.url, database_url, within=disk.within).end().status == 0
        raw_path = value(connection, "SELECT raw_path FROM rejected_pages WHERE NOT is_transient")
        kept = [path.name for path in disk.seen_from_outside.rglob("*.*") if path.is_file()]
        assert kept == [Path(raw_path).name]
    assert numbers(connection) == [no for no in site.numbers() if no != 100_050]
