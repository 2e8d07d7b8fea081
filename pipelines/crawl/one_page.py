"""Fetches one page, as politely as a crawl does, and stores nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, Self

from scrapy.crawler import Crawler, CrawlerProcessBase
from scrapy.http import Response
from twisted.python.failure import Failure

from asiatongsin.article_spider import ArticleSpider
from asiatongsin.cms import article_no, list_no
from asiatongsin.items import Page
from asiatongsin.middlewares.exchanges import page_of
from asiatongsin.middlewares.failures import failure_reason
from asiatongsin.reading import kind_of, site_of
from asiatongsin.site_settings import adapt_settings


class OnePageSpider(ArticleSpider):
    """Asks for one address."""

    name = "one_page"
    custom_settings = {"ITEM_PIPELINES": {}, "EXTENSIONS": {}}  # noqa: RUF012  so Scrapy declares it

    def __init__(self, url: str) -> None:
        super().__init__(site=site_of(url).base)
        self.url = url
        self.came: Page | None = None
        self.trouble = "it was stopped before it had asked"

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        adapt_settings(crawler.settings, is_loopback=spider.site.is_loopback)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        yield self.request(self.url, kind_of(self.url), self.keep)

    def keep(self, response: Response) -> None:
        """Keeps the page, under the address that answered."""
        page = page_of(response, self.site, kind_of(self.url))
        self.came = replace(page, no=article_no(self.url), section=list_no(self.url))

    def handle_failure(self, failure: Failure) -> None:  # type: ignore[override]
        self.trouble = failure_reason(failure.value)


def fetch_page(process: CrawlerProcessBase, url: str) -> tuple[Page | None, str]:
    """The page at an address; None where it did not come, and why."""
    crawler = process.create_crawler(OnePageSpider)
    process.crawl(crawler, url=url)
    process.start()
    spider = crawler.spider
    return (spider.came, spider.trouble) if isinstance(spider, OnePageSpider) else (None, "see the log")
