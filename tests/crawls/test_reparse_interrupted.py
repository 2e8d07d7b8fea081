"""Runs that are interrupted or killed, or meet another database or a crawl: nothing is lost or counted twice."""

from __future__ import annotations

import fcntl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from psycopg import Connection

from pipelines.database.connection import Database
from pipelines.database.session import Session
from pipelines.reparse.bookmark import Bookmark, Place
from tests.conftest import Scrapy
from tests.other_warc import Warc, page_of
from tests.reparse_runs import BASE, FELL, stop_after
from tests.site import ReplicaSite, serve
from tests.stored import count, numbers, outcomes


@pytest.mark.sql
def test_goes_on_where_it_was_interrupted(
    crawl: Scrapy, scrapy: Scrapy, reparse: Scrapy, connection: Connection, database_url: str
) -> None:
    with serve(ReplicaSite(articles=402, page_bytes=8000)) as replica:
        crawl(replica.url)
    order = "SELECT no, fetched_at FROM articles ORDER BY fetched_at"
    fetched = connection.execute(order).fetchall()
    connection.execute(FELL)
    connection.execute("DELETE FROM article_texts")
    stop_after(connection, fetched[250][1])
    stopped = reparse()
    assert stopped.status == 3
    assert "the same command goes on where this one ended" in stopped.last_line
    assert len(numbers(connection)) == 200
    connection.execute("DROP TRIGGER stop ON article_texts")
    lost = [no for no, _ in fetched[:100]]  # of the part that was read: nobody looks there again
    connection.execute("DELETE FROM article_texts WHERE no = ANY(%s)", [lost])
    dry = scrapy("reparse", "--dry-run", DATABASE_URL=database_url)
    assert "402 captures read again" in dry.last_line  # a dry run has no bookmark
    resumed = reparse()
    assert resumed.status == 0
    assert "Going on with an interrupted run in" in resumed.log
    assert "203 captures read again" in resumed.last_line
    assert "1 missing fields not looked for" in resumed.last_line  # it has not seen those that the first run read
    assert numbers(connection) == sorted(no for no, _ in fetched[100:])
    again = reparse()
    assert "402 captures read again, 100 differ" in again.last_line  # that run came to its end: nothing to go on with
    assert len(numbers(connection)) == 402
    assert "found again: 127.0.0.1:" in again.last_line
    assert count(connection, "missing_fields") == 0
    assert outcomes(connection)[1:] == ["spooled", "ok", "ok"]


def test_says_so_where_the_database_goes_away_at_the_very_end(
    crawl: Scrapy, reparse: Scrapy, connection: Connection
) -> None:
    with serve(ReplicaSite(articles=4)) as replica:
        crawl(replica.url)
    connection.execute(FELL)
    connection.execute("""
        CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION 'the server stops here' USING ERRCODE = 'admin_shutdown';
        END $$;
        CREATE TRIGGER stop BEFORE DELETE ON missing_fields FOR EACH ROW EXECUTE FUNCTION stop()""")
    run = reparse()
    assert run.status == 3, run.log
    assert "the server stops here" in run.last_line.partition("the database went away (")[2]
    assert "the same command goes on where this one ended" in run.last_line


def articles(warc: Warc, site: ReplicaSite, numbers: range) -> None:
    """A capture of each, a minute apart."""
    for minute, no in enumerate(numbers):
        at = f"2025-10-05T{minute // 60:02d}:{minute % 60:02d}:00Z"
        warc.add(f"{BASE}/news/article.html?no={no}", page_of(site, no), at=at)


def test_reads_once_more_what_could_not_be_placed_and_what_was_added_before_the_bookmark(
    reparse: Scrapy, connection: Connection, tmp_path: Path
) -> None:
    """A page of a site that is not known yet, and a file that is sorted before the one that was being read."""
    site = ReplicaSite(articles=260, page_bytes=8000)
    folder = tmp_path / "files"
    folder.mkdir()
    late = Warc(folder / "b.warc.gz")
    late.add("https://late.example/news/article.html?no=7", b"", status="404 Not Found")
    articles(late, site, range(100_001, 100_251))
    late.add("https://late.example/news/article.html?no=100260", page_of(site, 100_260), at="2025-10-05T06:00:00Z")
    late.close()
    stop_after(connection, datetime(2025, 10, 5, 4, 0, tzinfo=UTC))
    assert reparse(folder).status == 3
    connection.execute("DROP TRIGGER stop ON article_texts")
    early = Warc(folder / "a.warc.gz")
    articles(early, site, range(100_251, 100_253))
    early.close()
    assert reparse(folder).status == 0
    assert numbers(connection) == [*range(100_001, 100_253), 100_260]
    assert connection.execute("SELECT site, no FROM removed_articles").fetchall() == [("late.example", 7)]


def test_another_state_of_the_program_and_other_files_begin_anew(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    session = Session(Database(database_url, tmp_path))
    files = [tmp_path / name for name in ("a", "b", "c")]
    Bookmark(session, ["x"], tmp_path).write(Place(file=files[1], offset=7), files)
    assert Bookmark(session, ["x"], tmp_path).read(files) == Place(file=files[1], offset=7)
    assert Bookmark(session, ["x"], tmp_path).read([*files, tmp_path / "d"]) == Place(file=files[1], offset=7)
    assert Bookmark(session, ["x"], tmp_path).read([tmp_path / "0", *files]) is None
    assert Bookmark(session, ["x"], tmp_path).read(files[2:]) is None
    assert Bookmark(session, ["y"], tmp_path).read(files) is None
    monkeypatch.setattr("pipelines.reparse.bookmark.program_hash", lambda: "mended")
    assert Bookmark(session, ["x"], tmp_path).read(files) is None
    session.close()


def test_leaves_out_what_a_running_crawl_has_not_stored_yet(
    crawl: Scrapy, reparse: Scrapy, connection: Connection, data: Path
) -> None:
    site = ReplicaSite(articles=10)
    with serve(site) as replica:
        crawl(replica.url)
        site.publish(5)
        crawl(replica.url, DATABASE_URL="postgresql://127.0.0.1:1/none")
    [waiting] = (data / "spool").glob("[!.]*")
    with (waiting / "owner").open() as owner:
        fcntl.flock(owner, fcntl.LOCK_EX)  # as the crawl itself holds it while it runs
        for options in ([], ["--dry-run"]):
            run = reparse(*options)
            assert "10 captures read again, none differs" in run.last_line
            assert "1 files left out: their crawl is running, or its pages wait in the spool" in run.last_line
    assert len(numbers(connection)) == 10
    assert "25 captures read again, none differs" in reparse().last_line  # which stored what waited
