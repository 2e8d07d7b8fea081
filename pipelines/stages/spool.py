"""Stage 5, the last one: each page goes to local disk before any database is asked."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import Self

from scrapy.crawler import Crawler

from asiatongsin import statistics as names
from asiatongsin.items import Page, PageItems
from pipelines.spool.folder import Spool
from pipelines.stages.disk_trouble import DiskTrouble

REMEMBERED_PAGES = 100
"""How many spooled pages are remembered, in case a stage behind this one drops one of them."""


class SpoolPipeline:
    """Appends each page to the spool that the crawl's extension hands over when the crawl begins."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.spool: Spool | None = None
        self.disk_trouble = DiskTrouble(crawler)
        self._spooled: deque[tuple[str, datetime]] = deque(maxlen=REMEMBERED_PAGES)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: PageItems) -> PageItems:
        if self.spool is None:  # `scrapy parse` and the like store nothing
            return item
        try:
            self.spool.append(item)
        except OSError as error:
            self.disk_trouble.end_crawl(error)
            raise
        self.crawler.stats.inc_value(names.SPOOLED)
        self._spooled.append((item.url, item.fetched_at))
        return item

    def has_spooled(self, page: Page | PageItems) -> bool:
        """Whether the page was spooled a short time ago."""
        return (page.url, page.fetched_at) in self._spooled
