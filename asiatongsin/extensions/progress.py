"""One line on a terminal that shows how far the crawl is; elsewhere Scrapy's log lines do."""

from __future__ import annotations

import logging
import sys
from typing import Self, TextIO

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.statscollectors import StatsCollector
from scrapy.utils.asyncio import AsyncioLoopingCall

from asiatongsin import statistics as names

_START_OF_LINE, _CLEAR_LINE = "\r", "\x1b[K"


class ProgressExtension:
    """Rewrites its line every half second, and takes it away before a log line is printed."""

    def __init__(self, crawler: Crawler, stream: TextIO) -> None:
        self.stats = crawler.stats
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
        self._write(line(self.stats))

    def _clear_before(self, record: logging.LogRecord) -> bool:
        self._write("")
        return True

    def _write(self, text: str) -> None:
        self.stream.write(f"{_START_OF_LINE}{text}{_CLEAR_LINE}")
        self.stream.flush()


def line(stats: StatsCollector) -> str:
    """The line: `12 list pages · 140 of 200 articles · 138 pages stored`."""
    parts = [f"{stats.get_value(names.pages('list'), 0)} list pages"]
    asked = sum(stats.get_value(name, 0) for name in (names.LISTED, names.RECHECKED, names.CONTROLS_ASKED))
    parts.append(f"{stats.get_value(names.pages('article'), 0)} of {asked} articles")
    if stored := stats.get_value(names.exported("pages"), 0):
        parts.append(f"{stored} pages stored")
    if failed := stats.get_value(names.failed("article"), 0):
        parts.append(f"{failed} failed")
    return " · ".join(parts)
