"""Notes pages that never came to the spool: the program itself failed on them, or a stage of the user dropped them."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.python.failure import Failure

from asiatongsin import statistics as names
from asiatongsin.items import Page, PageItems, Rejection
from asiatongsin.known import DROPPED
from asiatongsin.korean import clean
from pipelines.disk import DISK_FULL, data_folder
from pipelines.stages.archive import ArchivePipeline
from pipelines.stages.raw_pages import keep_raw_page
from pipelines.stages.recheck import RecheckPipeline
from pipelines.stages.spool import SpoolPipeline
from pipelines.stages.visits import visit_of

logger = logging.getLogger(__name__)

LONGEST_REASON = 300
"""Characters of an error message that are stored as the reason."""


class FaultyPages:
    """Makes a page on which a stage failed, or which one dropped, a rejected page; Scrapy alone would forget it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        crawler.signals.connect(self.item_error, signal=signals.item_error)
        crawler.signals.connect(self.item_dropped, signal=signals.item_dropped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def item_error(self, item: Any, failure: Failure) -> None:
        self.crawler.stats.inc_value(names.ITEM_ERRORS)
        pipeline = self.crawler.get_item_pipeline(SpoolPipeline)
        if not isinstance(item, Page) or not pipeline or self.crawler.stats.get_value(names.SPOOL_FAILURES):
            return
        with suppress(OSError):  # the pipeline has logged it, and ends the crawl
            pipeline.process_item(
                self._with_next_visit(
                    rejected_by_fault(self._with_archive_place(item), failure.value, self._keep_raw_page(item))
                )
            )
        if isinstance(failure.value, OSError) and failure.value.errno in DISK_FULL:
            pipeline.disk_trouble.end_crawl(failure.value)

    def item_dropped(self, item: Any, exception: BaseException) -> None:
        """Counts a dropped page and notes an article, so that it is not asked for again.

        That a download failed is noted as well. What was spooled before it was dropped is stored, and not counted.
        """
        pipeline = self.crawler.get_item_pipeline(SpoolPipeline)
        if not isinstance(item, Page | PageItems) or not pipeline or pipeline.has_spooled(item):
            return
        self.crawler.stats.inc_value(names.DROPPED)
        if item.kind == "article":
            noted = item if isinstance(item, PageItems) else dropped(self._with_archive_place(item), exception)
            with suppress(OSError):  # the pipeline has logged it, and ends the crawl
                pipeline.process_item(self._with_next_visit(noted))

    def _with_archive_place(self, page: Page) -> Page:
        archiving = self.crawler.get_item_pipeline(ArchivePipeline)
        place = archiving.place_of(page) if archiving else None
        return page.archived_at(place) if place else page

    def _with_next_visit(self, items: PageItems) -> PageItems:
        rechecking = self.crawler.get_item_pipeline(RecheckPipeline)
        return rechecking.process_item(items) if rechecking else items

    def _keep_raw_page(self, page: Page) -> str | None:
        try:
            return keep_raw_page(page, data_folder(self.crawler.settings))
        except OSError:  # it is in the log already, if that was the fault
            logger.warning("The raw page of %s cannot be kept", page.url)
            return None


def rejected_by_fault(page: Page, error: BaseException | None, raw_path: str | None) -> PageItems:
    """A rejected page, with the error as the reason."""
    reason = f"a fault of the program: {type(error).__name__}: {error}"
    # The machine may have next time what it lacked. A fault of the code stays until the code changes.
    return _rejected(page, reason, raw_path=raw_path, is_transient=isinstance(error, OSError))


def dropped(page: Page, error: BaseException) -> PageItems:
    """A rejected page that a stage of the user dropped, with what that stage says of it."""
    return _rejected(page, f"{DROPPED}: {error}")


def _rejected(page: Page, reason: str, *, raw_path: str | None = None, is_transient: bool = False) -> PageItems:
    return PageItems(
        site=page.site,
        url=page.url,
        kind=page.kind,
        no=page.no,
        fetched_at=page.fetched_at,
        archived=page.archived,
        is_reread=page.is_reread,
        check=visit_of(page),
        rejected=Rejection(reason=clean(reason)[:LONGEST_REASON], raw_path=raw_path, is_transient=is_transient),
    )
