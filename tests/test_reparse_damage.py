"""Files that lie, break or vanish, and processes that die: the run says so and goes on, or says what to do."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from psycopg import Connection

from tests.conftest import Scrapy
from tests.site import ReplicaSite, serve
from tests.test_reparse_files import BASE, Begin, Warc, begun, children, numbers, page_of, until

__all__ = ["begun"]

pytestmark = pytest.mark.database


@pytest.fixture
def reparse(scrapy: Scrapy, database_url: str) -> Scrapy:
    return lambda *arguments: scrapy("reparse", *map(str, arguments), DATABASE_URL=database_url)


def test_reads_on_behind_headers_that_cannot_be_true(reparse: Scrapy, connection: Connection, tmp_path: Path) -> None:
    site = ReplicaSite(articles=4)
    warc = Warc(tmp_path / "a.warc.gz")
    first, second, third = (f"{BASE}/news/article.html?no={no}" for no in (100_001, 100_002, 100_003))
    warc.add("http://[name]/x.html", b"hello")
    warc.add("http://a\u2100b.kr/", b"hello")
    warc.add(first, b"", status="302 Found", Location="http://[x]/")
    warc.add(second, page_of(site, 100_002), fields={"Asiatongsin-Listed-At": "yesterday"})
    warc.add(third, page_of(site, 100_003))
    run = reparse(warc.close())
    assert run.status == 0, run.log
    assert numbers(connection) == [100_003]
    assert "1 places in the files cannot be read, see above" in run.last_line
    assert ": Asiatongsin-Listed-At: yesterday is no moment" in run.log


def worker(parent: int) -> int | None:
    """A process that reads pages."""
    commands = {child: Path(f"/proc/{child}/cmdline").read_bytes() for child in children(parent)}
    return next((child for child, command in commands.items() if b"spawn_main" in command), None)


def test_says_what_to_do_where_a_process_was_killed_and_goes_on(
    crawl: Scrapy, reparse: Scrapy, connection: Connection, begun: Begin
) -> None:
    with serve(ReplicaSite(articles=800, page_bytes=8000)) as replica:
        crawl(replica.url)
    connection.execute("DELETE FROM articles")
    process = begun("--jobs", "2")
    until(lambda: bool(numbers(connection)))
    killed = worker(process.pid)
    assert killed
    os.kill(killed, signal.SIGKILL)
    _, log = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in log
    last = log.splitlines()[-1]
    assert "a process that read pages was killed" in last
    assert "free some or lower --jobs; the same command goes on where this one ended" in last
    ended = "SELECT outcome, finished_at IS NOT NULL FROM crawls ORDER BY number DESC LIMIT 1"
    assert connection.execute(ended).fetchone() == ("error", True)
    assert reparse().status == 0
    assert len(numbers(connection)) == 800
