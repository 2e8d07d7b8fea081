"""One line on a terminal that shows how far the crawl is; elsewhere Scrapy's log lines do."""

from __future__ import annotations

import logging
import os
import sys
from time import monotonic
from typing import Self, TextIO, get_args

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.statscollectors import StatsCollector
from scrapy.utils.asyncio import AsyncioLoopingCall

from asiatongsin import statistics as names
from asiatongsin.items import PageKind

_START_OF_LINE, _CLEAR_LINE = "\r", "\x1b[K"
_USUAL_WIDTH = 80


class ProgressExtension:
    """Rewrites its line every half second, and takes it away before a log line is printed."""

    def __init__(self, crawler: Crawler, stream: TextIO) -> None:
        self.crawler = crawler
        self.began = monotonic()
        self.stream = stream
        self.loop = AsyncioLoopingCall(self.show)
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not crawler.settings.getbool("PROGRESS"):
            raise NotConfigured
        return cls(crawler, sys.stderr)

    def spider_opened(self) -> None:
        self.began = monotonic()
        for handler in logging.root.handlers:
            handler.addFilter(self._clear_before)
        self.loop.start(0.5)

    def spider_closed(self) -> None:
        if self.loop.running:
            self.loop.stop()
        for handler in logging.root.handlers:
            handler.removeFilter(self._clear_before)
        self._write("")

    def show(self) -> None:
        site = self.crawler.spider.site.key  # type: ignore[union-attr]
        # A line that is wider than the terminal could not be taken away again.
        self._write(line(self.crawler.stats, site, monotonic() - self.began)[: self._width() - 1])

    def _width(self) -> int:
        try:
            return os.get_terminal_size(self.stream.fileno()).columns or _USUAL_WIDTH
        except OSError:  # no terminal
            return _USUAL_WIDTH

    def _clear_before(self, record: logging.LogRecord) -> bool:
        self._write("")
        return True

    def _write(self, text: str) -> None:
        self.stream.write(f"{_START_OF_LINE}{text}{_CLEAR_LINE}")
        self.stream.flush()


def line(stats: StatsCollector, site: str, seconds: float) -> str:
    """The line: `newsasia.kr 3:12 · 140/200 articles · 12 list pages · 0.8 pages/s · 1:16+ left · 2 failed`.

    What is left is what was asked for so far: lists that are still being walked may bring more.
    """
    count = {kind: stats.get_value(names.pages(kind), 0) for kind in get_args(PageKind)}
    asked = sum(stats.get_value(name, 0) for name in (names.LISTED, names.RECHECKED, names.CONTROLS_ASKED))
    per_second = sum(count.values()) / max(seconds, 1)
    waiting = stats.get_value(names.ENQUEUED, 0) - stats.get_value(names.DEQUEUED, 0)
    parts = [f"{site} {_clock(seconds)}", f"{count['article']}/{asked} articles", f"{count['list']} list pages"]
    parts.append(f"{per_second:.1f} pages/s")
    if per_second:
        parts.append(f"{_clock(waiting / per_second)}+ left")
    if failed := stats.get_value(names.failed("article"), 0):
        parts.append(f"{failed} failed")
    if stored := stats.get_value(names.exported("pages"), 0):
        parts.append(f"{stored} pages stored")
    return " · ".join(parts)


def _clock(seconds: float) -> str:
    """`3:12`, or `1:03:12` from an hour on."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
