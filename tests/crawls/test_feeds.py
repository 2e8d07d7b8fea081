"""Scrapy's feeds: what a crawl has fetched, and a file that stays where it has fetched nothing."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Scrapy
from tests.site import ReplicaSite, serve


def test_a_crawl_that_finds_nothing_new_leaves_the_file_of_the_one_before(crawl: Scrapy, tmp_path: Path) -> None:
    feed = tmp_path / "articles.csv"
    with serve(ReplicaSite(articles=3, page_bytes=8_000)) as replica:
        first = crawl(replica.url, "-O", str(feed))
        assert (first.status, "nothing is written" in first.log) == (0, False)
        before = feed.read_bytes()
        second = crawl(replica.url, "-O", str(feed))
    assert (before.count(b"/news/article.html?no="), second.status, feed.read_bytes()) == (3, 0, before)
    assert f"no article was fetched, so nothing is written to {feed}" in second.log
