"""Crawls of a site on which fields fall, and settings by which they are judged."""

from __future__ import annotations

import pytest
from psycopg import Connection

from tests.conftest import Scrapy
from tests.site import ReplicaSite, serve


def test_a_strip_that_never_changes_is_told(crawl: Scrapy, connection: Connection) -> None:
    site = ReplicaSite(articles=5)
    with serve(site) as replica:
        assert crawl(replica.url).status == 0
        connection.execute("UPDATE weather_snapshots SET first_fetched_at = first_fetched_at - interval '80 hours'")
        run = crawl(replica.url)
        assert run.status == 5
        assert "the weather strip has been the same for 3.3 days, 3.0 are allowed" in run.last_line
        assert crawl(replica.url, "-s", "STRIP_FROZEN_AFTER=").status == 0
        assert crawl(replica.url, "-s", "STRIP_FROZEN_AFTER=100h").status == 0


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("STRIP_FROZEN_AFTER=soon", "STRIP_FROZEN_AFTER=soon: write one time above 0"),
        ("COVERAGE_DROP=half", "COVERAGE_DROP=half: write a number from 0"),
        ("COVERAGE_DROP=7", "COVERAGE_DROP=7: write a number from 0"),
        ("COVERAGE_IGNORE=article images, headline", "COVERAGE_IGNORE=headline: write what a crawl names"),
        ("COVERAGE_IGNORE=article served", "COVERAGE_IGNORE=article served: write what a crawl names"),
        ("COVERAGE_IGNORE=list teasers", "COVERAGE_IGNORE=list teasers: write what a crawl names"),
        ("COVERAGE_IGNORE=article 22 images", "COVERAGE_IGNORE=article 22 images: write what a crawl names"),
    ],
)
def test_says_what_to_write(scrapy: Scrapy, setting: str, told: str) -> None:
    run = scrapy("crawl", "asiatongsin", "-s", setting)
    assert (run.status, told in run.log) == (2, True)
