"""No request and no redirect leaves the site."""

from __future__ import annotations

import logging
from typing import Self

from scrapy.crawler import Crawler
from scrapy.http import Request

from asiatongsin import statistics as names
from asiatongsin.middlewares.failures import Refused
from asiatongsin.site import Site

logger = logging.getLogger(__name__)


class SameSiteMiddleware:
    """Refuses requests and redirects that leave the site.

    Scrapy's own filter lets subdomains and other ports pass, and every request with `dont_filter`. So a redirect could
    lead a crawler into the network it runs in.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        site = getattr(self.crawler.spider, "site", None)
        if isinstance(site, Site) and not site.owns(request.url):
            self.crawler.stats.inc_value(names.OFFSITE)
            logger.warning("Refused to leave %s for %s", site.key, request.url)
            raise Refused(f"{request.url} is not on {site.key}")
