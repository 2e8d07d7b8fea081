"""Stage 0: the page goes into a WARC file as it came, before it is read."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Self

from scrapy.crawler import Crawler

from asiatongsin import statistics as names
from asiatongsin.capture import Archived
from asiatongsin.items import Page, PageItems
from pipelines.archive.crawl_files import Archive
from pipelines.archive.settings import archived_kinds
from pipelines.stages.disk_trouble import DiskTrouble

REMEMBERED_PLACES = 100
"""How many archived pages are remembered with their places, in case a later stage fails on one."""


class ArchivePipeline:
    """Archives the kinds of pages that the setting ARCHIVE names."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.kinds = archived_kinds(crawler.settings)
        self.archive: Archive | None = None
        self.disk_trouble = DiskTrouble(crawler)
        self._places: OrderedDict[tuple[str, datetime], Archived] = OrderedDict()
        # Packing a page takes a third of a millisecond, in which the interpreter is free for other pages. One thread:
        # records lie in the order in which their pages came.
        self._appending = ThreadPoolExecutor(max_workers=1, thread_name_prefix="archive")
        self._waiting = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def close_spider(self) -> None:
        self._appending.shutdown(wait=False)

    async def process_item(self, item: Page | PageItems) -> Page | PageItems:
        if self.archive is None or isinstance(item, PageItems) or item.kind not in self.kinds or not item.exchanges:
            return item
        try:
            archived = await self._appended(self._appending.submit(self.archive.append, item))
        except OSError as error:
            self.disk_trouble.end_crawl(error)
            raise
        self.crawler.stats.inc_value(names.ARCHIVED)
        self._places[item.url, item.fetched_at] = archived
        if len(self._places) > REMEMBERED_PLACES:
            self._places.popitem(last=False)
        return item.archived_at(archived)

    async def _appended(self, appending: Future[Archived]) -> Archived:
        """Waits for the place of a page while other pages are fetched, at most CONCURRENT_REQUESTS pages at a time.

        Where more wait, nothing else happens meanwhile. A crawl that is killed loses these pages; the next one fetches
        them again.
        """
        self._waiting += 1
        try:
            is_enough = self._waiting >= self.crawler.settings.getint("CONCURRENT_REQUESTS")
            return appending.result() if is_enough else await asyncio.wrap_future(appending)
        finally:
            self._waiting -= 1

    def place_of(self, page: Page) -> Archived | None:
        """The place in the archive of a page on which a later stage failed; None where it has none."""
        return self._places.get((page.url, page.fetched_at))
