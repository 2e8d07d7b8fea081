"""Many pages through the stages between archive and spool, on as many cores as are wanted."""

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
from scrapy.settings import BaseSettings, Settings
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.conf import build_component_list
from scrapy.utils.misc import build_from_crawler, load_object

from asiatongsin.items import Page, PageItems
from pipelines.stages.archive import ArchivePipeline
from pipelines.stages.item_errors import rejected_by_fault
from pipelines.stages.spool import SpoolPipeline

CHUNK = 20
"""Pages that a process is given at once."""

CHUNK_BYTES = 2 * 1024 * 1024
"""Bytes of pages after which it is given no more at once."""

WAITING = 3
"""Chunks for each process that are on their way, above which no more are fetched."""

WAITING_BYTES = 32 * 1024 * 1024
"""Bytes of pages that are on their way, above which no more are fetched."""

_stages: Stages | None = None

# What another process hands back is not pickled, which takes twice as long.
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[PageItems]).decode


class Stages:
    """The item pipelines of the settings, in their order, but for those that keep pages."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        crawler = Crawler(Spider, Settings(values))
        crawler.stats = MemoryStatsCollector(crawler)
        classes = map(load_object, build_component_list(crawler.settings.getwithbase("ITEM_PIPELINES")))
        kept_out = (ArchivePipeline, SpoolPipeline)
        self.stages = [build_from_crawler(one, crawler) for one in classes if not issubclass(one, kept_out)]

    def read(self, pages: list[Page]) -> list[PageItems]:
        """What the pages hold."""
        return [self._read(page) for page in pages]

    def _read(self, page: Page) -> PageItems:
        item: Any = page
        for stage in self.stages:
            item = stage.process_item(item)
        return item  # type: ignore[no-any-return]


def read_all(pages: Iterable[Page], settings: BaseSettings, jobs: int) -> Iterator[list[PageItems]]:
    """What all the pages hold, chunk by chunk in their order; a bounded number is in memory at a time.

    `jobs` processes read them. This one is among them, whenever it has nothing else to do.
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
        if len(chunk) == CHUNK or _bytes(chunk) >= CHUNK_BYTES:
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
    """What they hold; None where nobody reads them yet."""

    is_here: bool = False
    """Whether this process reads them."""


class _Readers:
    """A thread of this process, and beside it processes, one less than there are `jobs`."""

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
        """Whether so much is on its way that no more is to be fetched."""
        chunks = (chunk.pages for chunk in self.waiting)
        return len(self.waiting) > WAITING * self.jobs or sum(map(_bytes, chunks)) > WAITING_BYTES

    def take(self, pages: list[Page]) -> None:
        """Has a chunk read, behind those before it."""
        self.waiting.append(_Chunk(pages))
        self._hand_out()

    def first(self) -> list[PageItems]:
        """What the first of them holds. While it is not there yet, this process reads one that nobody has begun."""
        self._hand_out()
        while not self._is_done(self.waiting[0]) and (idle := self._idle()):
            wait([self._read_here(idle)])
            self._hand_out()
        return self._result(self.waiting.popleft())

    def _hand_out(self) -> None:
        """Gives the other processes two chunks each: one to read, one that is there as soon as they have."""
        being_read = sum(chunk.done is not None and not chunk.done.done() for chunk in self.waiting)
        while self.apart and being_read < 2 * (self.jobs - 1) and (idle := self._idle()):
            idle.done = self.apart.submit(_read_apart, idle.pages)
            being_read += 1
        if not self.apart and (idle := self._idle()):
            self._read_here(idle)

    def _idle(self) -> _Chunk | None:
        return next((chunk for chunk in self.waiting if chunk.done is None), None)

    def _is_done(self, chunk: _Chunk) -> bool:
        return chunk.done is not None and chunk.done.done()

    def _read_here(self, chunk: _Chunk) -> Future[Any]:
        chunk.done, chunk.is_here = self.here.submit(_read, chunk.pages), True
        return chunk.done

    def _result(self, chunk: _Chunk) -> list[PageItems]:
        """A page on which the program fails becomes a rejected one, and does not take its neighbours with it."""
        done = chunk.done or self._read_here(chunk)
        error = done.exception()
        if error is None or isinstance(error, BrokenExecutor):
            return done.result() if chunk.is_here else _decode(done.result())
        if len(chunk.pages) == 1:
            return [rejected_by_fault(chunk.pages[0], error, None)]
        return [items for page in chunk.pages for items in self._result(_Chunk([page]))]


def _begin_process(values: Mapping[str, Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever reads the results is told, and ends us
    Thread(target=_end_with_parent, daemon=True).start()
    _begin(values)


def _end_with_parent() -> None:
    """A parent that is killed tells nobody, and whoever waits for its next pages would wait for ever."""
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
