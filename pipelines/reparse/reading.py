"""Reads parts of WARC files: their records and, with the stages between archive and spool, what the pages hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.settings import Settings
from scrapy.utils.conf import build_component_list
from scrapy.utils.misc import build_from_crawler, load_object

from asiatongsin.items import Page, PageItems
from asiatongsin.stats_collector import StatsCollector
from pipelines.archive.reading import Capture, captures, first_record
from pipelines.reparse.captured import Known, Unresolved, page_of
from pipelines.reparse.parts import END, Asked, Chunk, Part, Reread
from pipelines.stages.archive import ArchivePipeline
from pipelines.stages.item_errors import dropped, rejected_by_fault
from pipelines.stages.spool import SpoolPipeline

CHUNK_PAGES = 20
"""How many pages are in memory at once."""

CHUNK_BYTES = 2 * 1024 * 1024
"""Bytes of pages above which no more are."""

Placed = tuple[int, Page]
"""A page, and the byte at which its record begins."""


class Stages:
    """The item pipelines of the settings in their order, without those that archive or spool pages."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        crawler = Crawler(Spider, Settings(values))
        crawler.stats = StatsCollector(crawler)
        classes = map(load_object, build_component_list(crawler.settings.getwithbase("ITEM_PIPELINES")))
        kept_out = (ArchivePipeline, SpoolPipeline)
        self.stages = [build_from_crawler(one, crawler) for one in classes if not issubclass(one, kept_out)]

    def read(self, pages: list[Page]) -> list[PageItems]:
        """What the pages hold."""
        return [self._read(page) for page in pages]

    def _read(self, page: Page) -> PageItems:
        item: Any = page
        try:
            for stage in self.stages:
                item = stage.process_item(item)
        except DropItem as error:
            return dropped(page, error)
        return item  # type: ignore[no-any-return]


class Reader:
    """Reads in this process, a bounded number of pages at a time."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self._stages = Stages(asked.settings)
        self._thread = ThreadPoolExecutor(1)  # its futures tell which error a page caused

    def read(self, part: Part) -> Iterator[Chunk]:
        """What the records of a part hold; at least one chunk, the last of which ends where the part does."""
        start: int | None = part.start
        if part.is_guessed:
            try:
                start = first_record(self.asked.where.path_of(part.file), part.start, part.end)
            except OSError:
                start = None  # whoever reads up to here tells of it
        if start is None:
            return iter([Chunk(start=part.end, end=part.end)])
        return _PartReading(self, part, start).chunks()

    def reread(self, pages: Iterable[Placed]) -> Iterator[list[Reread]]:
        """What these pages hold, some at a time."""
        some: list[Placed] = []
        for one in pages:
            some.append(one)
            if are_enough(some):
                yield self.reread_together(some)
                some = []
        yield self.reread_together(some)

    def reread_together(self, pages: list[Placed]) -> list[Reread]:
        """What these pages hold."""
        found = self._read([page for _, page in pages])
        return [
            Reread(items=items, offset=offset, body="" if page.archived else hashlib.sha256(page.body).hexdigest())
            for items, (offset, page) in zip(found, pages, strict=True)
        ]

    def _read(self, pages: list[Page]) -> list[PageItems]:
        """What pages hold. One on which the program fails becomes a rejected page, its neighbours do not."""
        done = self._thread.submit(self._stages.read, pages)
        error = done.exception()
        if error is None:
            return done.result()
        if len(pages) == 1:
            return [rejected_by_fault(pages[0], error, None)]
        return [items for page in pages for items in self._read([page])]


class _PartReading:
    """One part that is being read."""

    def __init__(self, reader: Reader, part: Part, start: int) -> None:
        self.reader = reader
        self.part = part
        self.known = Known(bases=dict(part.bases), clocks_ahead=reader.asked.clocks_ahead)
        self._chunk = Chunk(start=start)
        self._pages: list[Placed] = []
        self._end = END

    def chunks(self) -> Iterator[Chunk]:
        """What the records hold."""
        before = self._chunk.start
        for capture in self._captures(before):
            if are_enough(self._pages):
                self._chunk.is_within = capture.offset == before
                yield self._finished(capture.offset)
                self._chunk, self._pages = Chunk(start=capture.offset), []
            before = capture.offset
            self._take(capture)
        yield self._finished(self._end)

    def _captures(self, start: int) -> Iterator[Capture]:
        part, asked = self.part, self.reader.asked
        lies_at = asked.where.path_of(part.file)
        found = captures(part.file, self._report, start, asked.largest, part.end, lies_at=lies_at)
        try:
            self._end = (yield from found) or END
        except OSError as error:
            self._report(part.file, start, error.strerror or str(error))

    def _report(self, _: Path, offset: int, what: str) -> None:
        self._chunk.damage.append((offset, what))

    def _take(self, capture: Capture) -> None:
        asked = self.reader.asked
        try:
            page = page_of(capture, asked.wanted, asked.where, self.known)
        except ValueError as error:
            self._report(capture.path, capture.offset, str(error))
            return
        if isinstance(page, Unresolved):
            self._chunk.put_off.append(page)
        elif page is not None:
            self.known.bases.setdefault(page.site, page.base)
            self._pages.append((capture.offset, page))

    def _finished(self, end: int) -> Chunk:
        chunk, known = self._chunk, self.part.bases
        chunk.end = end
        chunk.last = self._pages[-1][0] if self._pages else chunk.start
        chunk.pages = self.reader.reread_together(self._pages)
        if len(self.known.bases) > len(known):
            chunk.bases = {site: base for site, base in self.known.bases.items() if site not in known}
        return chunk


def are_enough(pages: list[Placed]) -> bool:
    """Whether so many pages, or such large ones, are to be read before more are taken."""
    return len(pages) >= CHUNK_PAGES or sum(len(page.body) for _, page in pages) >= CHUNK_BYTES
