"""Crawls with settings of the archive that cannot be meant."""

from __future__ import annotations

from tests.conftest import Scrapy
from tests.site import ReplicaSite, serve


def test_a_wrong_setting_ends_with_status_2_before_anything_is_fetched(crawl: Scrapy) -> None:
    with serve(ReplicaSite(articles=1)) as replica:
        for name, value, says in (
            ("ARCHIVE", "article,photo\x1b[2J", "there is no kind of page 'photo"),
            ("ARCHIVE_FILE_BYTES", "1 GB", "ARCHIVE_FILE_BYTES=1 GB: write a whole number above 0"),
        ):
            for run in (
                crawl(replica.url, "-s", f"{name}={value}"),
                crawl(replica.url, **{f"ASIATONGSIN_{name}": value}),
            ):
                assert run.status == 2, run.log
                assert says in run.last_line
                assert "Traceback" not in run.log
                assert "\x1b" not in run.log
        assert replica.requests == []
