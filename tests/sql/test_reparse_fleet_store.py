"""Re-parses of the fleet where the archive is in a store, or on the disk of another machine."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from psycopg import Connection
from scrapy.settings import Settings

from asiatongsin import statistics as names
from pipelines.archive.files import crawl_of, local_files
from pipelines.archive.push import push
from pipelines.exporters import crawls
from pipelines.fleet.reparse_runs import ask, site_of
from pipelines.fleet.reparse_shard import run_shard
from pipelines.queries import reparse_runs
from tests.reparse_fleet import ALL, PAGES, archived
from tests.reparse_runs import Reread
from tests.samples import present, record
from tests.stored import count, rows
from tests.stores import settings_of


@pytest.fixture
def store(tmp_path: Path) -> Path:
    (tmp_path / "store").mkdir()
    return tmp_path / "store"


def settings(url: str, data: Path, store: Path | str) -> Settings:
    given = Settings()
    given.setmodule("asiatongsin.settings")
    given.setdict({"DATABASE_URL": url, "DATA": str(data), "ARCHIVE_STORE": str(store)})
    return given


def crawled(connection: Connection, data: Path, **statistics: str) -> None:
    """The crawls that wrote the files have ended."""
    for path in local_files(data, None):
        site = present(site_of(path.relative_to(data).as_posix()))
        ended = {"finished_at": datetime.now(UTC), "outcome": "ok", "statistics": statistics}
        crawls.write(connection, record(crawl_of(path), site=site, **ended))


def test_a_machine_with_an_empty_disk_reads_what_another_one_has_stored(
    connection: Connection, database_url: str, data: Path, tmp_path: Path, store: Path
) -> None:
    for site in ("a.kr", "b.kr:8080"):
        archived(data, site, [9, 10])
    crawled(connection, data)
    push(settings_of(database_url, data, str(store)), now=True)
    assert local_files(data, None) == []
    two = tmp_path / "two"
    run = ask(connection, two, "two", ALL).run
    assert rows(connection, "SELECT site, files, only_on FROM reparse_shards ORDER BY site") == [
        ("a.kr", 2, None),
        ("b.kr:8080", 2, None),
    ]
    for _, site, part in reparse_runs.due(connection, None):
        assert run_shard(settings(database_url, two, store), run, site, part)[0] == 0
    assert count(connection, "articles") == 4 * PAGES
    assert len(rows(connection, "SELECT FROM articles WHERE archive_file LIKE 'archive/a.kr/2025-%%'")) == 2 * PAGES
    assert local_files(two, None) == []
    assert not any(path.is_file() for path in (two / "fetched").rglob("*"))


def test_a_store_that_is_away_or_not_named_costs_no_page(
    connection: Connection, database_url: str, data: Path, tmp_path: Path, store: Path
) -> None:
    archived(data, "a.kr", [10])
    crawled(connection, data)
    push(settings_of(database_url, data, str(store)), now=True)
    run = ask(connection, data, "one", ALL).run
    unnamed = run_shard(settings(database_url, data, ""), run, "a.kr", 1)
    assert unnamed == (2, "its files are in the archive store: name it in ARCHIVE_STORE")
    store.rename(tmp_path / "away")
    status, sentence = run_shard(settings(database_url, data, store), run, "a.kr", 1)
    assert (status, "make the folder, or mount its disk" in sentence) == (3, True)
    [again] = reparse_runs.troubled(connection, [run])
    assert (again.finished_at, again.sentence) == (None, sentence)
    (tmp_path / "away").rename(store)
    assert run_shard(settings(database_url, data, store), run, "a.kr", 1)[0] == 0
    assert count(connection, "articles") == PAGES


@pytest.mark.parametrize(("statistics", "only_on", "lost"), [({names.MACHINE: "there"}, "there", 0), ({}, None, 1)])
def test_files_that_rows_name_are_left_to_their_machine_or_told(
    connection: Connection, data: Path, reread: Reread, statistics: dict[str, str], only_on: str | None, lost: int
) -> None:
    """Without a store, only rows tell what another machine has archived."""
    archived(data, "a.kr", [10])
    crawled(connection, data, **statistics)
    reread(writes=True)
    here = data.parent / "here"
    archived(here, "b.kr", [10])
    asked = ask(connection, here, "here", ALL)
    parts = dict(rows(connection, "SELECT site, only_on FROM reparse_shards"))
    assert (parts["b.kr"], parts.get("a.kr"), asked.lost) == ("here", only_on, lost)
