"""Reads many pages with the stages between archive and spool, on several cores."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any

import msgspec
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.settings import BaseSettings, Settings
from scrapy.utils.conf import build_component_list
from scrapy.utils.misc import build_from_crawler, load_object

from asiatongsin.items import Page, PageItems
from asiatongsin.stats_collector import StatsCollector
from pipelines.stages.archive import ArchivePipeline
from pipelines.stages.item_errors import dropped, rejected_by_fault
from pipelines.stages.spool import SpoolPipeline

CHUNK_PAGES = 20
"""How many pages a process is given at once."""

CHUNK_BYTES = 2 * 1024 * 1024
"""Bytes of pages above which a process is given no more at once."""

CHUNKS_AHEAD = 5
"""Chunks that each other process has before it: enough to read while this one compares a batch with the database."""

CHUNKS_WAITING = 8
"""Chunks on their way, for each process, above which no more pages are fetched."""

BYTES_WAITING = 32 * 1024 * 1024
"""Bytes of pages on their way above which no more pages are fetched."""

_stages: Stages | None = None

# Results of other processes come as JSON: pickling takes twice as long.
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[PageItems]).decode


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


def read_all(pages: Iterable[Page], settings: BaseSettings, jobs: int) -> Iterator[list[PageItems]]:
    """What all the pages hold, chunk by chunk, in order. A bounded number is in memory at a time.

    `jobs` processes read them. This process is one of them whenever it has nothing else to do.
    """
    with _Readers(settings.copy_to_dict(), jobs) as readers:
        for chunk in _chunks(pages):
            readers.take(chunk)
            while readers.are_busy:
                yield readers.first()
        while readers.waiting:
            yield readers.first()


def _chunks(pages: Iterable[Page]) -> Iterator[list[Page]]:
    chunk: list[Page] = []
    for page in pages:
        chunk.append(page)
        if len(chunk) == CHUNK_PAGES or _bytes(chunk) >= CHUNK_BYTES:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _bytes(pages: Iterable[Page]) -> int:
    return sum(len(page.body) for page in pages)


@dataclass
class _Chunk:
    """Pages that are to be read."""

    pages: list[Page]

    done: Future[Any] | None = None
    """What the pages hold; None where no process reads them yet."""

    is_here: bool = False
    """Whether this process reads them."""


class _Readers:
    """A thread of this process and `jobs` - 1 other processes."""

    def __init__(self, values: Mapping[str, Any], jobs: int) -> None:
        self.waiting: deque[_Chunk] = deque()
        self.jobs = jobs
        self.here = ThreadPoolExecutor(1, initializer=_begin, initargs=(values,))
        self.apart: Executor | None = None
        if jobs > 1:
            # Not a fork: this process has threads and a connection to the database.
            context = get_context("spawn")
            self.apart = ProcessPoolExecutor(
                jobs - 1, mp_context=context, initializer=_begin_process, initargs=(values,)
            )

    def __enter__(self) -> _Readers:
        return self

    def __exit__(self, *_: object) -> None:
        if self.apart:
            self.apart.shutdown()
        self.here.shutdown()

    @property
    def are_busy(self) -> bool:
        """Whether enough pages are on their way."""
        chunks = (chunk.pages for chunk in self.waiting)
        return len(self.waiting) > CHUNKS_WAITING * self.jobs or sum(map(_bytes, chunks)) > BYTES_WAITING

    def take(self, pages: list[Page]) -> None:
        """Adds a chunk, to be read behind those before it."""
        self.waiting.append(_Chunk(pages))
        self._hand_out()

    def first(self) -> list[PageItems]:
        """What the first chunk holds. Until that is known, this process reads chunks that no other has begun."""
        self._hand_out()
        while not self._is_done(self.waiting[0]) and (idle := self._idle()):
            wait([self._read_here(idle)])
            self._hand_out()
        return self._result(self.waiting.popleft())

    def _hand_out(self) -> None:
        """Gives each of the other processes CHUNKS_AHEAD, and the thread of this one a chunk."""
        apart = self._being_read(is_here=False)
        while self.apart and apart < CHUNKS_AHEAD * (self.jobs - 1) and (idle := self._idle()):
            idle.done = self.apart.submit(_read_apart, idle.pages)
            apart += 1
        if not self._being_read(is_here=True) and (idle := self._idle()):
            self._read_here(idle)

    def _being_read(self, *, is_here: bool) -> int:
        return sum(chunk.is_here == is_here and self._is_begun(chunk) for chunk in self.waiting)

    def _is_begun(self, chunk: _Chunk) -> bool:
        return chunk.done is not None and not chunk.done.done()

    def _idle(self) -> _Chunk | None:
        return next((chunk for chunk in self.waiting if chunk.done is None), None)

    def _is_done(self, chunk: _Chunk) -> bool:
        return chunk.done is not None and chunk.done.done()

    def _read_here(self, chunk: _Chunk) -> Future[Any]:
        chunk.done, chunk.is_here = self.here.submit(_read, chunk.pages), True
        return chunk.done

    def _result(self, chunk: _Chunk) -> list[PageItems]:
        """The result of a chunk. A page on which the program fails becomes a rejected page, its neighbours do not."""
        done = chunk.done or self._read_here(chunk)
        error = done.exception()
        if error is None or isinstance(error, BrokenExecutor):
            return done.result() if chunk.is_here else _decode(done.result())
        if len(chunk.pages) == 1:
            return [rejected_by_fault(chunk.pages[0], error, None)]
        return [items for page in chunk.pages for items in self._result(_Chunk([page]))]


def _begin_process(values: Mapping[str, Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process is told, and ends this one
    Thread(target=_end_with_parent, daemon=True).start()
    _begin(values)


def _end_with_parent() -> None:
    """Ends this process when its parent is killed: it would wait for pages for ever."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _begin(values: Mapping[str, Any]) -> None:
    global _stages  # noqa: PLW0603  once per process, before its first page
    _stages = Stages(values)


def _read(pages: list[Page]) -> list[PageItems]:
    if _stages is None:
        raise RuntimeError("the stages are not there")
    return _stages.read(pages)


def _read_apart(pages: list[Page]) -> bytes:
    return _encode(_read(pages))
