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
"""Reason such a crawl ends with."""

PATIENCE = 3
"""So many pages in a row that fail, and none is asked for a second time any more."""


class GiveUpMiddleware:
    """Remembers the pages that failed since one came. Retries wait behind all other pages, so each attempt counts."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.most = crawler.settings.getint("FAILURES_IN_A_ROW_MAX")
        self.failing: set[str] = set()
        self._closing: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status < 400 or response.status in GONE_STATUSES:
            self.failing.clear()
        else:
            self._failed(request)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        if not isinstance(exception, Refused | Stopped):  # what we do not ask for says nothing of the site
            self._failed(request)

    def _failed(self, request: Request) -> None:
        if request.meta.get("is_retry"):  # known for failing; what is tried again is asked for one after the other
            return
        self.failing.add(request.url)
        if len(self.failing) >= PATIENCE:
            request.meta["dont_retry"] = True
        if len(self.failing) >= self.most and self._closing is None:
            logger.warning("%d pages in a row did not come: this crawl asks no more", self.most)
            self.crawler.stats.set_value(names.FAILURES_IN_A_ROW, self.most)
            self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=SITE_FAILS))
