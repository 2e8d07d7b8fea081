"""Runs over more pages than one batch holds, interrupted or killed amid them: the next run reads the rest."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from psycopg import Connection, conninfo

from tests.conftest import Scrapy, new_database
from tests.faults.conftest import Crawl
from tests.processes import children, wait_until, workers
from tests.reparse_runs import Begin, stop_after
from tests.site import ReplicaSite, serve
from tests.stored import count, numbers, value

ARTICLES = 205
"""Those of one batch, which are 200, and some more."""


class Crawled(NamedTuple):
    """What a crawl has left: each test gets a copy."""

    database: str
    data: Path


@pytest.fixture(scope="module")
def crawled(server: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("crawled")
    with new_database(server, template) as url:
        with serve(ReplicaSite(articles=ARTICLES, page_bytes=8000)) as replica:
            run = Crawl.of(replica.url, url, at=folder / "data", log=folder / "log").end()
        assert run.status == 0, run.log
        yield Crawled(str(conninfo.conninfo_to_dict(url)["dbname"]), folder / "data")


@pytest.fixture
def data(crawled: Crawled, tmp_path: Path) -> Path:
    return shutil.copytree(crawled.data, tmp_path / "data")


@pytest.fixture
def database_url(server: str, crawled: Crawled) -> Iterator[str]:
    with new_database(server, crawled.database) as url:
        yield url


def test_ends_at_ctrl_c_and_keeps_what_it_has_read(
    reparse: Scrapy,
    connection: Connection,
    database_url: str,
    begun: Begin,
) -> None:
    connection.execute("DELETE FROM article_texts")
    with psycopg.connect(database_url) as locking:
        locking.execute("LOCK TABLE article_images IN ACCESS EXCLUSIVE MODE")
        process = begun()
        here = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        locked = f"NOT granted AND relation = 'article_images'::regclass AND {here}"
        waits = f"SELECT EXISTS (SELECT FROM pg_locks WHERE {locked})"
        wait_until(lambda: value(connection, waits) is True)
        process.send_signal(signal.SIGINT)
    _, log = process.communicate(timeout=600)
    assert process.returncode == 1, log
    assert "interrupted; the same command goes on where this one ended" in log.splitlines()[-1]
    assert reparse().status == 0
    assert len(numbers(connection)) == ARTICLES


def test_leaves_no_process_behind_when_it_is_killed(reparse: Scrapy, connection: Connection, begun: Begin) -> None:
    connection.execute("DELETE FROM article_texts")
    process = begun("--jobs", "2")
    wait_until(lambda: len(workers(process.pid)) == 2)
    started = [*children(process.pid), *workers(process.pid)]
    process.kill()
    wait_until(lambda: not any(Path(f"/proc/{one}/exe").exists() for one in started))
    assert reparse().status == 0
    assert len(numbers(connection)) == ARTICLES


def test_another_database_begins_anew(scrapy: Scrapy, reparse: Scrapy, connection: Connection, server: str) -> None:
    """The bookmark of an interrupted run is true of the database that it wrote to, and of no other."""
    query = "SELECT fetched_at FROM articles ORDER BY fetched_at OFFSET 202 LIMIT 1"
    [(at,)] = connection.execute(query).fetchall()
    connection.execute("DELETE FROM article_texts")
    stop_after(connection, at)
    assert reparse().status == 3
    assert count(connection, "reparse_bookmarks") == 1
    with new_database(server) as other:
        run = scrapy("reparse", DATABASE_URL=other)
        assert run.status == 0
        assert "Going on" not in run.log
        with psycopg.connect(other) as fresh:
            assert count(fresh, "articles") == ARTICLES
