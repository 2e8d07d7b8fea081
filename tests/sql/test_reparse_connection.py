"""Reading archived pages takes longer than a server lets a connection be idle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from psycopg import Connection

from pipelines.reparse.report import Report
from tests.other_warc import Warc, page_of
from tests.site import ReplicaSite
from tests.stored import numbers

END = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@pytest.mark.parametrize("writes", [True, False])
def test_a_connection_that_was_ended_meanwhile_is_opened_again(
    connection: Connection, tmp_path: Path, reread: Callable[..., Report], writes: bool
) -> None:
    """As by idle_session_timeout, whenever pages are read."""
    site = ReplicaSite(articles=3)
    archive = Warc(tmp_path / "other.warc.gz")
    for no in site.numbers():
        archive.add(f"https://news.example/news/article.html?no={no}", page_of(site, no))

    def end_connections(_: int) -> None:
        connection.execute(END)

    report = reread(archive.close(), writes=writes, advance=end_connections)
    assert (report.captures, report.differing) == (3, 3)
    assert numbers(connection) == (list(site.numbers()) if writes else [])
