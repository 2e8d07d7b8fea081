"""Does the site still serve articles? Asked at the end of a crawl that found some removed: a failure looks the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Request

from asiatongsin import statistics as names
from asiatongsin.capture import Stored
from asiatongsin.items import PageItems
from asiatongsin.signals import crawl_started

if TYPE_CHECKING:
    from asiatongsin.spiders.asiatongsin import AsiatongsinSpider

CONTROLS = 3
"""So many articles are asked for."""


class ControlsExtension:
    """When nothing else is left to ask for, asks for articles that should be there, then again for the removed ones.

    A failure that ends before the crawl does is found out by the second question, one that does not by the first.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.removed: dict[int, bool] = {}
        """What was found removed, and whether it is stored."""
        self.candidates: list[Stored] = []
        self.asked: set[int] = set()
        self.again: set[int] = set()
        crawler.signals.connect(self.crawl_started, signal=crawl_started)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def crawl_started(self) -> None:
        self.crawler.signals.connect(self.item_scraped, signal=signals.item_scraped)
        self.crawler.signals.connect(self.spider_idle, signal=signals.spider_idle)

    async def item_scraped(self, item: Any, spider: AsiatongsinSpider) -> None:
        """Notes what was removed, and what became of the articles that were asked for here."""
        if not isinstance(item, PageItems) or item.no is None:
            return
        if item.no in self.again and (item.article or item.removed):
            self.crawler.stats.inc_value(names.REMOVED_ANSWERED_AGAIN)
        elif item.no in self.asked and item.article:
            self.crawler.stats.inc_value(names.CONTROLS_SERVED)
        elif item.removed:
            self.removed[item.no] = item.check is not None  # nobody dates a visit of what is not stored
            # Of a number that a list shows and that was never stored nothing can become gone.
            if (item.check or not item.is_listed) and not self.crawler.stats.get_value(names.CONTROLS_ARE_DUE):
                self.crawler.stats.set_value(names.CONTROLS_ARE_DUE, 1)
                self.candidates = await spider.known.controls(spider.site.key, item.no)

    def spider_idle(self, spider: AsiatongsinSpider) -> None:
        """Asks for controls, then, if they came, for what was found removed; each once."""
        requests = self._controls(spider) if not self.asked else self._once_more(spider)
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _controls(self, spider: AsiatongsinSpider) -> list[Request]:
        controls = [article for article in self.candidates if article.no not in self.removed][:CONTROLS]
        self.asked = {article.no for article in controls}
        self.crawler.stats.inc_value(names.CONTROLS_ASKED, len(controls))
        # Whole pages: a cache may go on saying that a page is unmodified while nothing comes from behind it.
        return [spider.article_again(article.no, article) for article in controls]

    def _once_more(self, spider: AsiatongsinSpider) -> list[Request]:
        served = self.crawler.stats.get_value(names.CONTROLS_SERVED, 0)
        if self.again or not are_served(served, len(self.asked)):
            return []
        self.again = {no for no, is_stored in self.removed.items() if is_stored}
        self.crawler.stats.inc_value(names.REMOVED_ASKED_AGAIN, len(self.again))
        return [spider.article_again(no) for no in sorted(self.again)]


def are_served(served: int, asked: int) -> bool:
    """Whether the site served most of the articles that were asked for as controls."""
    return 2 * served > asked
