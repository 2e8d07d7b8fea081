"""Compares the clock of this machine with the `Date` of the site's answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy.crawler import Crawler
from scrapy.http import Request, Response

from asiatongsin import statistics as names
from asiatongsin.plausible import CLOCKS_DIFFER_MAX, FIRST_POSSIBLE


class SiteClockMiddleware:
    """Notes how far the clock is ahead of the answer that agrees with it best.

    An answer out of a cache bears an old date. So one answer that agrees proves the clock, and one that differs proves
    nothing.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        date = date_of((response.headers.get("Date") or b"").decode("latin-1"))
        if date is not None:
            ahead = (datetime.now(UTC) - date).total_seconds()
            known = self.stats.get_value(names.CLOCK_AHEAD_OF_SITE)
            if known is None or abs(ahead) < abs(known):
                self.stats.set_value(names.CLOCK_AHEAD_OF_SITE, round(ahead, 1))
        return response


def date_of(text: str) -> datetime | None:
    """The moment of a `Date` header, aware, UTC; None where it names none that can be true."""
    try:
        moment = parsedate_to_datetime(text)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment >= FIRST_POSSIBLE else None


def is_far(seconds: float) -> bool:
    """Whether a difference of so many seconds is more than two clocks may be apart."""
    return abs(timedelta(seconds=seconds)) > CLOCKS_DIFFER_MAX
