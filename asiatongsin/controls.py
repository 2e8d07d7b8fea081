"""Does the site still serve articles? Asked at the end of a crawl that found some removed: a failure looks the same."""

from __future__ import annotations

from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider

from asiatongsin.capture import Stored
from asiatongsin.items import PageItems
from asiatongsin.signals import crawl_started
from asiatongsin.spiders.asiatongsin import AsiatongsinSpider

CONTROLS = 3
"""So many articles are asked for."""


class ControlsExtension:
    """When nothing else is left to ask for, asks for the newest stored articles; counts those that came."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.removed: set[int] = set()
        self.is_in_doubt = False
        self.candidates: list[Stored] = []
        self.asked: set[int] = set()
        crawler.signals.connect(self.crawl_started, signal=crawl_started)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def crawl_started(self) -> None:
        self.crawler.signals.connect(self.item_scraped, signal=signals.item_scraped)
        self.crawler.signals.connect(self.spider_idle, signal=signals.spider_idle)

    async def item_scraped(self, item: Any, spider: AsiatongsinSpider) -> None:
        """Notes what was removed, and whether a control was served. What is not stored cannot be gone: no doubt."""
        if not isinstance(item, PageItems) or item.no is None:
            return
        if item.no in self.asked and (item.article or item.unmodified):
            self.crawler.stats.inc_value("controls/served")
        if item.removed:
            self.removed.add(item.no)
            if item.check and not self.is_in_doubt:  # nobody dates a visit of what is not stored
                self.is_in_doubt = True
                self.candidates = await spider.known.controls(spider.site.key)

    def spider_idle(self, spider: AsiatongsinSpider) -> None:
        """Asks, once, for controls that this crawl has not found removed itself."""
        if self.asked:
            return
        controls = [article for article in self.candidates if article.no not in self.removed][:CONTROLS]
        self.asked = {article.no for article in controls}
        for article in controls:
            self.crawler.stats.inc_value("controls/asked")
            self.crawler.engine.crawl(spider.revisit(article))
        if controls:
            raise DontCloseSpider
