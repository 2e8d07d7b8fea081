"""Obeys the robots.txt of the site."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Request
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.misc import build_from_crawler

from asiatongsin import statistics as names
from asiatongsin.middlewares.failures import DOWNLOAD_FAILURES, Refused

logger = logging.getLogger(__name__)

ROBOTS_BYTES = 512 * 1024
"""Bytes of a robots.txt that are read. RFC 9309 asks for at least 500 kibibytes.

8 MB took 2.5 s, 200 MB (2026-11-24).
"""


class RobotsMiddleware(RobotsTxtMiddleware):
    """robots.txt as RFC 9309 wants it: where it cannot be fetched, nothing may be fetched.

    Scrapy's own middleware allows everything where robots.txt fails or answers 503.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._fetching: dict[str, asyncio.Future[RobotParser | None]] = {}

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"http", "https"} or request.meta.get("dont_obey_robotstxt"):
            return
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._fetching:
            slot = request.meta.get("download_slot") or parts.hostname or ""
            self._fetching[host] = asyncio.ensure_future(self._fetch(f"{host}/robots.txt", slot))
        rules = await self._fetching[host]
        if rules is not None and not rules.allowed(request.url, self._robotstxt_useragent or "*"):
            self._stats.inc_value(names.FORBIDDEN)
            raise Refused("its robots.txt forbids it")

    async def _fetch(self, url: str, slot: str) -> RobotParser | None:
        """The rules; None where the site has none (a 4xx status). IgnoreRequest where they cannot be fetched."""
        meta = {"dont_obey_robotstxt": True}
        request = Request(url, callback=NO_CALLBACK, priority=self.DOWNLOAD_PRIORITY, meta=meta)
        self._stats.inc_value(names.ROBOTS_REQUESTS)
        try:
            response = await self.crawler.engine.download_async(request)
        except DOWNLOAD_FAILURES as error:
            raise IgnoreRequest(f"its robots.txt could not be fetched: {error}") from None
        self._stats.inc_value(f"{names.ROBOTS_ANSWERS}{response.status}")
        if response.status >= 500 or response.status == 429:
            raise IgnoreRequest(f"its robots.txt answers with status {response.status}")
        if response.status >= 400:
            if response.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
                logger.info("%s answers %d, which forbids nothing (RFC 9309)", url, response.status)
            return None
        rules: RobotParser = build_from_crawler(self._parserimpl, self.crawler, response.body[:ROBOTS_BYTES])
        self._heed_crawl_delay(rules.crawl_delay(self._robotstxt_useragent or "*"), url, slot)
        return rules

    def _heed_crawl_delay(self, asked: float | None, url: str, slot: str) -> None:
        """Waits as long between two requests as the site asks, within CRAWL_DELAY_MAX."""
        own, longest = (self.crawler.settings.getfloat(name) for name in ("DOWNLOAD_DELAY", "CRAWL_DELAY_MAX"))
        if asked is None:
            return
        delay = max(own, min(asked, longest))
        level = logging.WARNING if asked > delay else logging.INFO
        bound = " (CRAWL_DELAY_MAX)" if asked > delay else ""
        logger.log(level, "%s asks for %g s between two requests; this crawl waits %g s%s", url, asked, delay, bound)
        if delay > own:
            slow_down(self.crawler, slot, delay)


def slow_down(crawler: Crawler, slot: str, delay: float) -> None:
    """Sends each request of a slot `delay` seconds after the one before, or later."""
    if throttle := crawler.get_extension(AutoThrottle):
        throttle.mindelay, throttle.maxdelay = max(throttle.mindelay, delay), max(throttle.maxdelay, delay)
    downloader = crawler.engine.downloader
    chosen = downloader.per_slot_settings.get(slot, {})
    delay = max(delay, float(chosen.get("delay", 0)))
    downloader.per_slot_settings[slot] = {**chosen, "delay": delay, "jitter": 0.0}  # of a slot that is made later
    if opened := downloader.slots.get(slot):
        opened.delay, opened.jitter = max(opened.delay, delay), 0.0
