"""The local disk is full or closed: the crawl stops, says so, and what was spooled is safe."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from psycopg import Connection

from pipelines.spool.waiting import waiting_pages
from tests.conftest import ROOT, Scrapy
from tests.samples import leave, page
from tests.site import ReplicaSite, serve
from tests.stored import numbers, value


@pytest.mark.skipif(shutil.which("prlimit") is None, reason="needs prlimit of util-linux")
def test_a_full_disk_ends_the_crawl_at_once(
    scrapy: Scrapy, connection: Connection, database_url: str, data: Path
) -> None:
    """A bound on the size of a file stands for the full disk: writing fails in the middle of a line."""
    site = ReplicaSite(articles=80)
    with serve(site) as replica:
        crawl = [sys.executable, "-m", "scrapy", "crawl", "asiatongsin", "-a", f"site={replica.url}"]
        done = subprocess.run(
            ["prlimit", "--fsize=150000", *crawl, "-s", "SPOOL_SEGMENT_SECONDS=1000"],
            cwd=ROOT,
            env=os.environ | {"ASIATONGSIN_DATA": str(data), "DATABASE_URL": database_url},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 1
        assert "File too large" in done.stderr.rstrip().splitlines()[-1]
        assert done.stderr.count("What is fetched cannot be kept on disk") == 1
        asked = len(replica.article_requests())
        assert asked < 40
        # With room again, all that was spooled and all that was not is there after the next crawl.
        run = scrapy("crawl", "asiatongsin", "-a", f"site={replica.url}", DATABASE_URL=database_url)
        assert run.status == 0, run.log
    assert numbers(connection) == list(site.numbers())


def test_a_folder_that_can_never_be_stored_does_not_go_unnoticed(
    crawl: Scrapy, scrapy: Scrapy, connection: Connection, database_url: str, data: Path
) -> None:
    """The disk has lost the record of a crawl: nobody knows whose pages these are."""
    (leave(data, page(1)) / "crawl.json").write_bytes(b"")
    site = ReplicaSite(articles=5)
    with serve(site) as replica:
        run = crawl(replica.url)
    assert run.status == 1
    assert "1 folders in the spool cannot be stored" in run.last_line
    assert connection.execute("SELECT outcome, new FROM crawls").fetchall() == [("error", 5)]
    assert scrapy("drain", DATABASE_URL=database_url).status == 1
    assert waiting_pages(data) == 1


def test_a_data_folder_that_is_a_file_ends_before_anything_is_fetched(
    scrapy: Scrapy, database_url: str, tmp_path: Path
) -> None:
    (tmp_path / "data").write_text("in the way")
    with serve(ReplicaSite(articles=5)) as replica:
        run = scrapy("crawl", "asiatongsin", "-a", f"site={replica.url}", DATABASE_URL=database_url)
        assert replica.requests == []
    assert run.status == 2
    assert "Not a directory" in run.last_line or "File exists" in run.last_line
    assert "Traceback" not in run.log


@pytest.mark.parametrize("command", ["crawl", "drain"])
def test_a_line_that_the_disk_has_spoiled_does_not_go_unnoticed(
    crawl: Scrapy, scrapy: Scrapy, connection: Connection, database_url: str, data: Path, command: str
) -> None:
    path = leave(data, page(1), page(2)) / "000001.jsonl"
    first, second, _ = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([first, second[:50], b""]))
    if command == "drain":
        run = scrapy("drain", DATABASE_URL=database_url)
    else:
        with serve(ReplicaSite(articles=1)) as replica:
            run = crawl(replica.url)
    assert run.status == 1
    assert "1 lines of the spool cannot be read and are kept in the folder refused" in run.last_line
    assert value(connection, "SELECT count(*) FROM articles WHERE no = 1") == 1
    assert [file.read_bytes() for file in (data / "refused").iterdir()] == [second[:50] + b"\n"]
