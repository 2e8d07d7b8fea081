"""Crawls of pages of which only the markup changed."""

from __future__ import annotations

from pathlib import Path

from psycopg import Connection

from tests.captured import read
from tests.conftest import Scrapy
from tests.site import Fault, ReplicaSite, serve


def test_a_page_of_which_only_the_markup_changed_is_no_revision(
    crawl: Scrapy, connection: Connection, data: Path
) -> None:
    with serve(ReplicaSite(articles=5)) as replica:
        crawl(replica.url)
        again = ("-a", "no=100001,100002,100003,100004,100005")
        assert "5 unchanged" in crawl(replica.url, *again).last_line  # byte for byte: the archive has them already
        replica.faults.append(Fault(kind="layout", pattern="<p>", replacement="<p  class='new'>\n "))
        assert "5 unchanged" in crawl(replica.url, *again).last_line
    assert connection.execute("SELECT max(revision), count(*) FROM article_revisions").fetchall() == [(1, 5)]
    files = sorted((data / "archive").rglob("*.warc.gz"), key=lambda path: path.stat().st_mtime)
    readings = [read(file) for file in files]
    assert [told for _, told in readings] == [[]] * len(files)
    kinds = [{capture.is_revisit for capture in found} for found, _ in readings]
    assert kinds[:2] == [{False}, {True}]
    assert False in kinds[2]  # other bytes, archived anew; not every skin prints a <p>
