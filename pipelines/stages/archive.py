"""Stage 0: the page goes into a WARC file as it came, before it is read."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Self

from scrapy.crawler import Crawler

from asiatongsin import statistics as names
from asiatongsin.capture import Archived
from asiatongsin.items import Page, PageItems
from pipelines.archive.crawl_files import Archive
from pipelines.archive.settings import archived_kinds
from pipelines.stages.disk_trouble import DiskTrouble
from pipelines.threads import run_in_thread

REMEMBERED_PLACES = 100
"""How many archived pages are remembered with their places, in case a later stage fails on one."""


NOT_A_PAGE = (
    "the stages of asiatongsin take the pages of its spider, and not {}: give your own spiders other settings,"
    " as docs/en/how-to/embedding.md shows"
)


class ArchivePipeline:
    """Archives the kinds of pages that the setting ARCHIVE names."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.kinds = archived_kinds(crawler.settings)
        self.archive: Archive | None = None
        self.disk_trouble = DiskTrouble(crawler)
        self._places: OrderedDict[tuple[str, datetime], Archived] = OrderedDict()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Page | PageItems) -> Page | PageItems:
        if not isinstance(item, Page | PageItems):
            raise TypeError(NOT_A_PAGE.format(type(item).__name__))
        archive = self.archive
        if archive is None or isinstance(item, PageItems) or item.kind not in self.kinds or not item.exchanges:
            return item
        if archive.needs_store(item):
            return self._archived_beside(archive, item)  # type: ignore[return-value]  # Scrapy awaits it
        with self._ending_where_disk_fails():
            # Here and not in a thread: handing a page over takes as long as packing it (2026-11-30).
            return self._at(item, archive.append(item))

    async def _archived_beside(self, archive: Archive, item: Page) -> Page:
        """The page, archived in a thread: the crawl does not wait for the archive store."""
        with self._ending_where_disk_fails():
            return self._at(item, await run_in_thread(archive.append, item))

    @contextmanager
    def _ending_where_disk_fails(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.disk_trouble.end_crawl(error)
            raise

    def _at(self, item: Page, archived: Archived) -> Page:
        self.crawler.stats.inc_value(names.ARCHIVED)
        self._places[item.url, item.fetched_at] = archived
        if len(self._places) > REMEMBERED_PLACES:
            self._places.popitem(last=False)
        return item.archived_at(archived)

    def place_of(self, page: Page) -> Archived | None:
        """The place in the archive of a page on which a later stage failed; None where it has none."""
        return self._places.get((page.url, page.fetched_at))
