"""A disk with input/output errors at the end of a crawl: it is told like a full one, and the row is closed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import Connection

from tests import sinks
from tests.conftest import Scrapy
from tests.exposition import samples
from tests.faults.conftest import Start
from tests.site import ReplicaSite, serve
from tests.stored import numbers, rows

FAILING = "/proc/self/mem"
"""A file of which no byte can be read: Input/output error."""


@pytest.fixture
def web() -> Iterator[sinks.Sink]:
    with sinks.web() as sink:
        yield sink


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
def test_it_ends_with_status_1_and_everybody_is_told(
    start: Start, crawl: Scrapy, connection: Connection, database_url: str, data: Path, web: sinks.Sink
) -> None:
    site = ReplicaSite(articles=30)
    metrics = data.parent / "asiatongsin.prom"
    asked = ("-s", f"METRICS_FILE={metrics}", "-s", f"ALERTS={sinks.to_web(web)}")
    with serve(site) as replica:
        running = start(replica.url, database_url, *asked, "-a", "sections=all", "-s", "DOWNLOAD_DELAY=0.05")
        replica.wait_for(articles=3)
        [spool] = (data / "spool").glob("[!.]*")
        (spool / "000999.jsonl").symlink_to(FAILING)
        run = running.end()
    assert run.status == 1, run.log
    name = f"asiatongsin: {replica.url.partition('://')[2]}: error"
    assert run.last_line.startswith(f"{name}: cannot write to {data} (Input/output error): see what dmesg says")
    assert "Traceback" not in run.log
    assert rows(connection, "SELECT outcome, finished_at IS NOT NULL FROM crawls") == [("error", True)]
    assert samples(metrics.read_text())["crawl_outcome", "error"] == 1
    assert [title for title, _ in web.taken()] == [name]
    assert numbers(connection) == list(site.numbers())
    (spool / "000999.jsonl").unlink()
    with serve(site, replica.port) as replica:
        assert crawl(replica.url).status == 0
