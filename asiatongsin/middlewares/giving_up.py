"""When a site fails page after page, the crawl ends: asking on helps nobody."""

from __future__ import annotations

import asyncio
import logging
from typing import Self

from scrapy.crawler import Crawler
from scrapy.http import Request, Response

from asiatongsin import statistics as names
from asiatongsin.cms import GONE_STATUSES
from asiatongsin.middlewares.failures import Refused, Stopped

logger = logging.getLogger(__name__)

SITE_FAILS = "site_fails"
"""Finish reason of a crawl that ended since its site failed."""

FAILURES_WITHOUT_RETRIES = 3
"""After so many failed pages in a row, no page is tried a second time."""


class GiveUpMiddleware:
    """Ends the crawl after FAILURES_IN_A_ROW_MAX failed pages with none that came between.

    A retry waits behind all other pages, so each attempt counts.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.failures_max = crawler.settings.getint("FAILURES_IN_A_ROW_MAX")
        self.failing: set[str] = set()
        """Addresses of the pages that failed since the last page that came."""
        self._closing: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status < 400 or response.status in GONE_STATUSES:
            self.failing.clear()
        else:
            self._note_failure(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        if not isinstance(exception, Refused | Stopped):  # no request was made, so it says nothing about the site
            self._note_failure(request)

    def _note_failure(self, request: Request) -> None:
        # Pages that failed in an earlier crawl stand one behind the other, and so do those behind the end of a list.
        if request.meta.get("is_retry") or request.meta.get("is_probe"):
            return
        self.failing.add(request.url)
        if len(self.failing) >= FAILURES_WITHOUT_RETRIES:
            request.meta["dont_retry"] = True
        if len(self.failing) >= self.failures_max and self._closing is None:
            logger.warning(
                "%d pages in a row did not come: this crawl ends here, and the next one tries again", self.failures_max
            )
            self.crawler.stats.set_value(names.FAILURES_IN_A_ROW, self.failures_max)
            self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=SITE_FAILS))
