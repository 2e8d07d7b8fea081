"""Crawls with settings of re-checks that cannot be meant."""

from __future__ import annotations

from tests.conftest import Scrapy
from tests.site import ReplicaSite, serve


def test_a_crawl_with_a_setting_that_cannot_be_meant_ends_with_status_2(crawl: Scrapy) -> None:
    with serve(ReplicaSite(articles=1)) as replica:
        for given in ("RECHECK_AFTER=1h, soon", "RECHECK_MAX=many", "GONE_AFTER=never"):
            run = crawl(replica.url, "-s", given)
            assert (run.status, given.partition(",")[0] in run.last_line) == (2, True), run.log
            assert "write " in run.last_line
        assert replica.requests == []
