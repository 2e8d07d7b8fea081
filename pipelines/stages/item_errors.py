"""Pages on which the program itself failed: kept and noted like those that cannot be read."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.python.failure import Failure

from asiatongsin import statistics as names
from asiatongsin.items import Page, PageItems, Rejection
from asiatongsin.korean import clean
from pipelines.disk import DISK_FULL, data_folder
from pipelines.stages.archive import ArchivePipeline
from pipelines.stages.raw_pages import keep
from pipelines.stages.recheck import RecheckPipeline
from pipelines.stages.spool import SpoolPipeline
from pipelines.stages.visits import visit

logger = logging.getLogger(__name__)

LONGEST_REASON = 300


class FaultyPages:
    """When a stage raises, Scrapy logs it and forgets the page; here it becomes a rejected page."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        crawler.signals.connect(self.item_error, signal=signals.item_error)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def item_error(self, item: Any, failure: Failure) -> None:
        self.crawler.stats.inc_value(names.ITEM_ERRORS)
        pipeline = self.crawler.get_item_pipeline(SpoolPipeline)
        if not isinstance(item, Page) or not pipeline or self.crawler.stats.get_value(names.SPOOL_FAILURES):
            return
        with suppress(OSError):  # the pipeline has said so, and ends the crawl
            pipeline.process_item(self._dated(rejected(self._archived(item), failure.value, self._kept(item))))
        if isinstance(failure.value, OSError) and failure.value.errno in DISK_FULL:
            pipeline.disk_trouble.end_crawl(failure.value)

    def _archived(self, page: Page) -> Page:
        archiving = self.crawler.get_item_pipeline(ArchivePipeline)
        place = archiving.place_of(page) if archiving else None
        return page.archived_at(place) if place else page

    def _dated(self, items: PageItems) -> PageItems:
        rechecking = self.crawler.get_item_pipeline(RecheckPipeline)
        return rechecking.process_item(items) if rechecking else items

    def _kept(self, page: Page) -> str | None:
        try:
            return keep(page, data_folder(self.crawler.settings))
        except OSError:  # in the log already, where that is the fault
            logger.warning("The raw page of %s cannot be kept", page.url)
            return None


def rejected(page: Page, error: BaseException | None, raw_path: str | None) -> PageItems:
    """The page with the error as the reason why there is nothing of it."""
    reason = clean(f"a fault of the program: {type(error).__name__}: {error}")[:LONGEST_REASON]
    return PageItems(
        site=page.site,
        url=page.url,
        kind=page.kind,
        no=page.no,
        fetched_at=page.fetched_at,
        archived=page.archived,
        check=visit(page),
        # What the machine lacked it may have the next time; a fault in the code stays until that is another one.
        rejected=Rejection(reason=reason, raw_path=raw_path, is_transient=isinstance(error, OSError)),
    )
