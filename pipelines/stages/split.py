"""Stage 1: one Page becomes one PageItems, with article, weather and related stories together."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Self

from scrapy.crawler import Crawler

from asiatongsin import statistics as names
from asiatongsin.cms import LIST_SELECTORS
from asiatongsin.fields import describe_search
from asiatongsin.items import Page, PageItems, PageKind, Rejection
from asiatongsin.reading import items_of
from pipelines.crawl_record import FieldKey
from pipelines.disk import data_folder
from pipelines.stages.raw_pages import keep_raw_page
from pipelines.stages.visits import visit_of
from pipelines.verdict.coverage import Coverage, UnreadablePages

logger = logging.getLogger(__name__)


class SplitPipeline:
    """Reads each page. A page that cannot be read is kept raw and counted; its weather is read all the same."""

    def __init__(self, crawler: Crawler) -> None:
        self.stats = crawler.stats
        self.data: Path = data_folder(crawler.settings)
        self.coverage = Coverage()
        self.unreadable = UnreadablePages()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Page | PageItems) -> PageItems:
        if isinstance(item, PageItems):  # the download failed, so there is no page
            return item
        items = split(item)
        is_met = item.kind == "article" and not item.is_by_number
        self.stats.inc_value(names.MET, int(is_met))
        if items.removed:
            self.stats.inc_value(names.REMOVED)
            self.stats.inc_value(f"{names.REMOVED_AS}{items.removed}")
            self.stats.inc_value(names.MET_REMOVED, int(is_met))
        if items.rejected:
            items = replace(items, rejected=self._note_rejection(item, items.rejected))
        if items.article:
            self.stats.inc_value(names.ARTICLES)
            self.stats.inc_value(names.ARTICLES_BY_NUMBER, int(item.is_by_number))
        if items.unmodified:
            self.stats.inc_value(names.UNMODIFIED)
        self.coverage.observe(item, items)
        return items

    def _note_rejection(self, page: Page, rejection: Rejection) -> Rejection:
        """Counts a page that could not be read, and keeps it raw unless it came out of an archive."""
        if not page.is_reread:
            rejection = replace(rejection, raw_path=keep_raw_page(page, self.data))
            logger.warning("Cannot read %s: %s", page.url, rejection.reason)
        self.stats.inc_value(names.unreadable(page.kind))
        if page.kind == "article":
            self.stats.inc_value(names.UNREADABLE_BY_NUMBER, int(page.is_by_number))
            self.unreadable.note(rejection)
        return rejection

    def keep_evidence(self, key: FieldKey) -> str | None:
        """Keeps a page that lacks a field, or has little of it; its path below the data folder, or None."""
        return self._keep(self.coverage.evidence(key))

    def describe_unreadable(self, kind: PageKind) -> str:
        """Says what was looked for on unreadable pages, and where one of them is kept; empty where there are none."""
        if kind == "article":
            return self.unreadable.describe()
        page = self.coverage.empty_list()
        return describe_search(LIST_SELECTORS, self._keep(page)) if page else ""

    def _keep(self, page: Page | None) -> str | None:
        try:
            return keep_raw_page(page, self.data) if page else None
        except OSError:
            logger.warning("The page that shows what is missing cannot be kept")
            return None


def split(page: Page) -> PageItems:
    """All that one page holds, with its visit. What is wrong with the page stands in the result and is not raised."""
    items = items_of(page)
    is_served = items.unmodified or items.article is not None
    return replace(items, check=visit_of(page, items.article, is_served=is_served))
