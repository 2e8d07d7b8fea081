"""Many pages through the stages between archive and spool, on as many cores as are wanted."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
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
from pipelines.archive import ArchivePipeline
from pipelines.faulty import rejected
from pipelines.spool import SpoolPipeline

CHUNK = 20
"""Pages that a process is given at once."""

CHUNK_BYTES = 2 * 1024 * 1024
"""Bytes of pages after which it is given no more at once."""

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
    """What all the pages hold, chunk by chunk in their order; a bounded number is in memory at a time."""
    with _Readers(settings.copy_to_dict(), jobs) as readers:
        waiting: deque[tuple[list[Page], Future[Any]]] = deque()
        for chunk in _chunks(pages):
            waiting.append((chunk, readers.begin(chunk)))
            while len(waiting) > 2 * jobs or sum(_bytes(given) for given, _ in waiting) > WAITING_BYTES:
                yield readers.result(*waiting.popleft())
        while waiting:
            yield readers.result(*waiting.popleft())


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


class _Readers:
    """Processes that read chunks of pages, or a thread of this one."""

    def __init__(self, values: Mapping[str, Any], jobs: int) -> None:
        self.are_apart = jobs > 1
        if self.are_apart:
            # Not a fork: this process has threads and a connection to the database.
            context = get_context("spawn")
            self.executor: Executor = ProcessPoolExecutor(
                jobs, mp_context=context, initializer=_begin_process, initargs=(values,)
            )
        else:
            self.executor = ThreadPoolExecutor(1, initializer=_begin, initargs=(values,))

    def __enter__(self) -> _Readers:
        return self

    def __exit__(self, *_: object) -> None:
        self.executor.shutdown()

    def begin(self, pages: list[Page]) -> Future[Any]:
        """Has a chunk read."""
        return self.executor.submit(_read_apart if self.are_apart else _read, pages)

    def result(self, pages: list[Page], done: Future[Any]) -> list[PageItems]:
        """A page on which the program fails becomes a rejected one, and does not take its neighbours with it."""
        if done.exception() is None or isinstance(done.exception(), BrokenExecutor):
            return _decode(done.result()) if self.are_apart else done.result()
        if len(pages) == 1:
            return [rejected(pages[0], done.exception(), None)]
        one_by_one = [(page, self.begin([page])) for page in pages]
        return [items for page, again in one_by_one for items in self.result([page], again)]


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
