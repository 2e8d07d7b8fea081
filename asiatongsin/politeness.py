"""Staying on the site, and waiting when it asks to."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Self
from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.misc import build_from_crawler

from asiatongsin.site import Site

logger = logging.getLogger(__name__)

_DOWNLOAD_FAILURES = (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    OSError,
    ResponseDataLossError,
)

ROBOTS_BYTES = 512 * 1024
"""So much of a robots.txt is read; RFC 9309 asks for at least 500 kibibytes. 8 MB took 2.5 s, 200 MB (2026-11-24)."""

_ASKS_TO_WAIT = {429, 500, 502, 503, 504}


class Refused(IgnoreRequest):
    """We refuse to ask for this, now and later: it is forbidden, or not on the site."""


class Stopped(IgnoreRequest):
    """The crawl is told to stop before this was asked for."""


class SameSiteMiddleware:
    """Refuses requests and redirects that leave the site.

    Scrapy's own filter lets subdomains and other ports pass, and everything a retry marked `dont_filter`:
    a redirect could lead a crawler into the network it runs in.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        site = getattr(self.crawler.spider, "site", None)
        if isinstance(site, Site) and not site.owns(request.url):
            self.crawler.stats.inc_value("politeness/offsite")
            logger.warning("Refused to leave %s for %s", site.key, request.url)
            raise Refused(f"{request.url} is not on {site.key}")


class RobotsMiddleware(RobotsTxtMiddleware):
    """robots.txt as RFC 9309 reads it: where it cannot be fetched, nothing may be.

    Scrapy's own takes a robots.txt that fails, or answers 503, for one that allows everything.
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
            self._fetching[host] = asyncio.ensure_future(self._fetch(f"{host}/robots.txt"))
        rules = await self._fetching[host]
        if rules is not None and not rules.allowed(request.url, self._robotstxt_useragent or "*"):
            self._stats.inc_value("robotstxt/forbidden")
            raise Refused("its robots.txt forbids it")

    async def _fetch(self, url: str) -> RobotParser | None:
        """The rules; None where there are none (a 4xx status). IgnoreRequest where nobody can say."""
        meta = {"dont_obey_robotstxt": True}
        request = Request(url, callback=NO_CALLBACK, priority=self.DOWNLOAD_PRIORITY, meta=meta)
        self._stats.inc_value("robotstxt/request_count")
        try:
            response = await self.crawler.engine.download_async(request)
        except _DOWNLOAD_FAILURES as error:
            raise IgnoreRequest(f"its robots.txt could not be fetched: {error}") from None
        self._stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        if response.status >= 500 or response.status == 429:
            raise IgnoreRequest(f"its robots.txt answers with status {response.status}")
        if response.status >= 400:
            return None
        return build_from_crawler(self._parserimpl, self.crawler, response.body[:ROBOTS_BYTES])


class WaitMiddleware:
    """Sends nothing while the site asks to wait: `Retry-After`, else a pause that doubles with each failure."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.first_pause = crawler.settings.getfloat("RETRY_PAUSE")
        self.longest_pause = crawler.settings.getfloat("RETRY_AFTER_MAX")
        self.resume_at = 0.0
        self.asked_for = 0.0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if self.asked_for > self.longest_pause:
            raise IgnoreRequest(f"the site asks to be left alone for {self.asked_for:.0f} s")
        while (rest := self.resume_at - monotonic()) > 0:
            await asyncio.sleep(min(rest, 0.5))
            if not self.crawler.engine.running:
                raise Stopped("stopped while the site asked to wait")

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status not in _ASKS_TO_WAIT:
            return response
        seconds = retry_after(response)
        if seconds is None:
            seconds = self._own_pause(request)
        if seconds > self.longest_pause:
            # Coming back earlier than asked would be impolite, and waiting for hours hides the trouble.
            logger.warning("The site asks to be left alone for %.0f s: this crawl asks no more", seconds)
            self.asked_for = seconds
            request.meta["dont_retry"] = True
        elif seconds > 0:
            logger.info("The site answers %d and is left alone for %.0f s", response.status, seconds)
            self._pause(seconds)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        if isinstance(exception, _DOWNLOAD_FAILURES) and not isinstance(exception, IgnoreRequest):
            self._pause(self._own_pause(request))  # it may be restarting

    def _own_pause(self, request: Request) -> float:
        return self.first_pause * 2 ** float(request.meta.get("retry_times", 0))

    def _pause(self, seconds: float) -> None:
        self.resume_at = max(self.resume_at, monotonic() + seconds)


def retry_after(response: Response, now: datetime | None = None) -> float | None:
    """Seconds of a `Retry-After` header, which holds seconds or a date (RFC 9110); None without a readable one."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isascii() and value.isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - (now or datetime.now(UTC))).total_seconds())


def failure_reason(error: BaseException | None) -> str:
    """What kept a page from arriving, in a few words."""
    if isinstance(error, HttpError):
        return f"HTTP status {error.response.status}"
    return str(error) or type(error).__name__
