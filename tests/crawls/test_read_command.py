"""`asiatongsin read`, `parse` and `shell` fetch a page as a crawl does, and store nothing."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Scrapy
from tests.site import ReplicaSite, serve


def test_reads_a_page_of_the_site_and_stores_nothing(scrapy: Scrapy, data: Path) -> None:
    site = ReplicaSite(articles=5)
    with serve(site) as replica:
        url = f"{replica.url}/news/article.html?no=100003"
        run = scrapy("read", url, "--json")
        asked = len(replica.requests)
        gone = scrapy("read", url.replace("100003", "9"))
        shown = scrapy("shell", url, "-c", "items.article.headline")
        parsed = scrapy("parse", "--spider", "asiatongsin", "-a", f"site={replica.url}", "--nocolour", url)
    assert run.status == 0, run.log
    assert json.loads(run.output)["items"]["article"]["headline"] == site.article(100_003).headline
    assert asked == 2  # robots.txt and the page
    assert (gone.status, "there is no such article" in gone.last_line) == (2, True)
    assert site.article(100_003).headline in shown.output
    assert site.article(100_003).headline in parsed.output
    assert not data.exists()


def test_says_why_a_page_did_not_come(scrapy: Scrapy) -> None:
    run = scrapy("read", "http://127.0.0.1:1/news/article.html?no=5")
    assert (run.status, run.output) == (4, "")
    assert "did not come: its robots.txt could not be fetched" in run.last_line
