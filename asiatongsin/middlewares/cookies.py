"""Keeps and sends cookies, where COOKIES_ENABLED asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

if TYPE_CHECKING:
    from scrapy.downloadermiddlewares.cookies import CookiesMiddleware as ScrapyCookiesMiddleware


class CookiesMiddleware:
    """Scrapy's own, imported only where it is wanted: with it come a list of all domains, and an HTTP client."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ScrapyCookiesMiddleware:
        if not crawler.settings.getbool("COOKIES_ENABLED"):
            raise NotConfigured
        from scrapy.downloadermiddlewares.cookies import CookiesMiddleware as ScrapyCookiesMiddleware  # noqa: PLC0415

        return ScrapyCookiesMiddleware.from_crawler(crawler)
