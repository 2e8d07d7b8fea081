"""Waits when the site asks for it, or fails."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from asiatongsin.middlewares.failures import DOWNLOAD_FAILURES, Stopped
from asiatongsin.middlewares.site_clock import date_of

logger = logging.getLogger(__name__)

_ASKS_TO_WAIT = {429, 500, 502, 503, 504}


class WaitMiddleware:
    """Sends nothing while the site asks to wait: `Retry-After`, else a pause that doubles with each failure."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.first_pause = crawler.settings.getfloat("RETRY_PAUSE")
        self.longest_pause = crawler.settings.getfloat("RETRY_AFTER_MAX")
        self.resume_at = 0.0
        """Time, by the monotonic clock, before which nothing is sent."""
        self.refused_wait = 0.0
        """Seconds the site asked for, where they are more than the crawl waits; 0: it did not."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if self.refused_wait > self.longest_pause:
            raise IgnoreRequest(f"the site asks to be left alone for {self.refused_wait:.0f} s")
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
            logger.warning(
                "The site asks for a pause of %.0f s: this crawl ends here, and the next one tries again", seconds
            )
            self.refused_wait = seconds
            request.meta["dont_retry"] = True
        elif seconds > 0:
            logger.info("The site answers %d: the crawl pauses for %.0f s", response.status, seconds)
            self._pause(seconds)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        if isinstance(exception, DOWNLOAD_FAILURES) and not isinstance(exception, IgnoreRequest):
            self._pause(self._own_pause(request))  # the server may be restarting

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
    # By the clock of the site, where it says what that is: one of the two clocks may be wrong.
    answered_at = date_of((response.headers.get("Date") or b"").decode("latin-1"))
    return max(0.0, (aware - (answered_at or now or datetime.now(UTC))).total_seconds())
