"""Re-parses of the fleet: their parts, which machine can do them, and what happens where one is killed."""

from __future__ import annotations

import shutil
import signal
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from psycopg import Connection
from scrapy.settings import Settings

from pipelines.archive.files import NoArchive
from pipelines.crawl.lock import CrawlLock
from pipelines.database.connection import Database
from pipelines.fleet import reparse_runs as planning
from pipelines.fleet.reparse_runs import ArchiveFile, RunArguments, ask, shards_of
from pipelines.fleet.reparse_shard import run_shard
from pipelines.queries import reparse_runs
from pipelines.reparse.captured import Wanted
from pipelines.terminal.reparse_runs import text
from tests.processes import process, wait_until
from tests.reparse_fleet import ALL, HELD, IS_HELD, PAGES, archived, in_store
from tests.reparse_runs import Reread, empty, stored
from tests.samples import AT
from tests.stored import count, rows, value

MACHINE = """
import sys
from contextlib import suppress
import psycopg
from scrapy.settings import Settings
from pipelines.fleet.reparse_shard import reparse_shard
from pipelines.queries import reparse_runs
from pipelines.reparse import run

run.BATCH_PAGES = 5
settings = Settings()
settings.setmodule("asiatongsin.settings")
settings.setdict({"DATABASE_URL": sys.argv[1], "DATA": sys.argv[2]})
print("ready", flush=True)
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    while due := reparse_runs.due(connection, None):
        for run, site, part in due:
            if reparse_shard(settings, run, site, part) not in {0, 6}:
                sys.exit(1)
"""


@pytest.fixture
def settings(database_url: str, data: Path) -> Settings:
    given = Settings()
    given.setmodule("asiatongsin.settings")
    given.setdict({"DATABASE_URL": database_url, "DATA": str(data)})
    return given


def do_all(connection: Connection, settings: Settings, *, only_on: str | None = "here") -> list[int]:
    """Does what is due until nothing is; returns the exit statuses."""
    statuses: list[int] = []
    while not any(statuses) and (due := reparse_runs.due(connection, only_on)):
        statuses += [run_shard(settings, run, site, part)[0] for run, site, part in due]
    return statuses


def test_every_page_is_read_and_written_part_by_part(
    connection: Connection, settings: Settings, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "SHARD_BYTES", 1)
    archived(data, "large.kr", [8, 9, 10])
    archived(data, "small.kr:8080", [10])
    run = ask(connection, data, "here", ALL).run
    parts = rows(connection, "SELECT site, part, files, only_on FROM reparse_shards ORDER BY site, part")
    large = [("large.kr", part, 1, "here") for part in (1, 2, 3)]
    assert parts == [*large, ("small.kr:8080", 1, 1, "here")]
    assert reparse_runs.due(connection, None) == []
    assert reparse_runs.due(connection, "here") == [(run, "large.kr", 1), (run, "small.kr:8080", 1)]
    assert do_all(connection, settings) == [0] * 4
    assert count(connection, "articles") == 4 * PAGES
    [done] = reparse_runs.runs(connection)
    assert (done.shards, done.done, done.failed, done.captures, done.differing) == (4, 4, 0, 4 * PAGES, 4 * PAGES)
    assert done.finished_at is not None
    assert text([done], []).startswith(f"re-parse {run}, asked for ")
    assert "4 of 4 parts done; 48 captures read again, 48 differed; ended " in text([done], [])
    assert count(connection, "reparse_bookmarks") == 0


def test_only_the_pages_that_are_wanted_are_read(connection: Connection, settings: Settings, data: Path) -> None:
    archived(data, "one.kr", [9, 10])
    archived(data, "two.kr", [10])
    since = datetime(2025, 10, 1, tzinfo=AT.tzinfo)
    wanted = Wanted(site="one.kr", since=since, no=frozenset({100_001 + PAGES, 100_001}))
    ask(connection, data, "here", RunArguments(given={"site": "one.kr", "since": "2025-10-01"}, wanted=wanted))
    assert do_all(connection, settings) == [0]
    assert rows(connection, "SELECT site, no FROM articles") == [("one.kr", 100_001 + PAGES)]


def test_asked_for_twice_it_is_one_run_until_it_ends_or_begins_anew(
    connection: Connection, settings: Settings, data: Path
) -> None:
    archived(data, "one.kr", [10])
    first = ask(connection, data, "here", ALL)
    again = ask(connection, data, "here", ALL)
    assert (first.is_new, again.is_new, again.run) == (True, False, first.run)
    other = ask(connection, data, "here", RunArguments(given={"no": "7"}, wanted=Wanted(no=frozenset({7}))))
    assert other.is_new
    anew = ask(connection, data, "here", ALL, is_anew=True)
    assert (anew.is_new, anew.run > other.run) == (True, True)
    assert [one.run for one in reparse_runs.runs(connection)] == [other.run, anew.run]
    assert run_shard(settings, first.run, "one.kr", 1) == (0, "there is nothing left to do")
    assert do_all(connection, settings) == [0, 0]
    assert ask(connection, data, "here", ALL).is_new


def test_nothing_is_archived(connection: Connection, data: Path) -> None:
    with pytest.raises(NoArchive, match="neither in the archive store nor on this machine"):
        ask(connection, data, "here", ALL)
    assert count(connection, "reparse_runs") == 0


def test_files_on_another_disk_are_left_to_that_machine(connection: Connection, settings: Settings, data: Path) -> None:
    archived(data, "one.kr", [9, 10])
    elsewhere = "archive/one.kr/2025-10/20251006T000000Z-abcdef-00001.warc.gz"
    connection.execute(
        "INSERT INTO archive_files (file, site, crawl, machine, bytes, state)"
        " VALUES (%s, 'one.kr', 'c', 'there', 1000, 'waiting')",
        [elsewhere],
    )
    run = ask(connection, data, "here", ALL).run
    assert do_all(connection, settings) == [0]
    [open_one] = reparse_runs.runs(connection)
    assert (open_one.done, open_one.shards, open_one.only_on) == (1, 2, ["there"])
    assert "some can be read on there alone, whose disks have the files" in text([open_one], [])
    status, sentence = run_shard(settings, run, "one.kr", 2)  # as if its disk had been emptied there
    assert (status, "1 of 1 files are neither here nor in the archive store" in sentence) == (1, True)
    [failed] = reparse_runs.troubled(connection, [run])
    assert (failed.site, failed.part, failed.finished_at is not None) == ("one.kr", 2, True)
    assert value(connection, "SELECT finished_at IS NOT NULL FROM reparse_runs WHERE run = %s", run) is True


def test_waits_while_the_site_is_crawled(connection: Connection, settings: Settings, data: Path) -> None:
    archived(data, "one.kr", [10])
    run = ask(connection, data, "here", ALL).run
    lock = CrawlLock(data.parent / "other", Database(settings["DATABASE_URL"], data), "one.kr")
    assert lock.acquire()
    assert run_shard(settings, run, "one.kr", 1) == (6, "a crawl of one.kr is running")
    assert count(connection, "articles") == 0
    lock.release()
    assert do_all(connection, settings) == [0]


def test_a_database_that_goes_away_leaves_the_rest_for_the_next_attempt(
    connection: Connection, settings: Settings, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.reparse.run.BATCH_PAGES", 5)
    archived(data, "one.kr", [10])
    run = ask(connection, data, "here", ALL).run
    connection.execute("""
        CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.no > 100008 THEN
                RAISE EXCEPTION 'the server stops here' USING ERRCODE = 'admin_shutdown';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER stop BEFORE INSERT ON article_texts FOR EACH ROW EXECUTE FUNCTION stop()""")
    assert run_shard(settings, run, "one.kr", 1)[0] == 3
    [again] = reparse_runs.troubled(connection, [run])
    assert (again.finished_at, "the server stops here" in again.sentence) == (None, True)
    assert "tried again: spooled: the database went away" in text(reparse_runs.runs(connection), [again])
    connection.execute("DROP TRIGGER stop ON article_texts")
    assert do_all(connection, settings) == [0]
    assert count(connection, "articles") == PAGES
    assert value(connection, "SELECT captures FROM reparse_shards") == PAGES - 4  # from the last of the first five on


def test_one_machine_is_killed_in_the_middle_and_every_page_is_back_once(
    connection: Connection,
    database_url: str,
    data: Path,
    tmp_path: Path,
    reread: Reread,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(4):
        archived(data, f"paper{number}.kr", [9, 10])
    reread(writes=True)
    undisturbed = stored(connection)
    empty(connection)
    in_store(connection, data)
    monkeypatch.setattr(planning, "SHARD_BYTES", 1)
    assert ask(connection, data, "one", ALL).is_new
    shutil.copytree(data / "archive", tmp_path / "two" / "archive")
    connection.execute(HELD)
    with process(MACHINE, database_url, data) as one:
        wait_until(lambda: value(connection, IS_HELD) is True)
        with process(MACHINE, database_url, tmp_path / "two") as two:
            one.send_signal(signal.SIGKILL)
            one.wait()
            connection.execute("SELECT pg_advisory_unlock(42)")
            assert two.wait() == 0, two.communicate()
    [done] = reparse_runs.runs(connection)
    assert (done.shards, done.done, done.failed) == (8, 8, 0)
    assert stored(connection) == undisturbed
    assert count(connection, "articles") == 8 * PAGES


def test_a_large_archive_has_a_part_for_each_month_and_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def file(month: str, number: int, only_on: str | None = None, site: str = "a.kr") -> ArchiveFile:
        return ArchiveFile(file=f"archive/{site}/{month}/{number}.warc.gz", site=site, bytes=60, only_on=only_on)

    monkeypatch.setattr(planning, "SHARD_BYTES", 100)
    files = [
        file("2025-10", 3),
        file("2025-09", 1),
        file("2025-09", 2),
        file("2025-10", 4, "two"),
        file("1", 1, site="b"),
    ]
    found = [(one.site, one.part, one.files, one.first_file[-17:], one.only_on) for one in shards_of(files)]
    assert found == [
        ("a.kr", 1, 2, "2025-09/1.warc.gz", None),
        ("a.kr", 2, 1, "2025-10/3.warc.gz", None),
        ("a.kr", 3, 1, "2025-10/4.warc.gz", "two"),
        ("b", 1, 1, "ive/b/1/1.warc.gz", None),
    ]
    assert [replace(one, part=1) for one in shards_of(files[:1])] == [*shards_of(files[:1])]
