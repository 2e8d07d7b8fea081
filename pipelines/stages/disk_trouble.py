"""Ends a crawl when the disk takes no more pages."""

from __future__ import annotations

import asyncio
import logging

from scrapy.crawler import Crawler

from asiatongsin import statistics as names
from pipelines.disk import data_folder, describe_error

logger = logging.getLogger(__name__)


class DiskTrouble:
    """Ends the crawl, since pages that cannot be kept must not be fetched; pages in the spool are safe."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._closing: asyncio.Future[None] | None = None

    def end_crawl(self, error: OSError) -> None:
        """Counts the failure; the first one of the crawl is logged and closes the spider."""
        if not self.crawler.stats.get_value(names.SPOOL_FAILURES):
            trouble = describe_error(error, data_folder(self.crawler.settings))
            logger.error("What is fetched cannot be kept on disk, so nothing more is fetched: %s", trouble)
            self.crawler.stats.set_value(names.SPOOL_TROUBLE, trouble)
            self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="spool_failed"))
        self.crawler.stats.inc_value(names.SPOOL_FAILURES)
