"""Tells removed articles from a site that fails, at the end of a crawl that found some removed.

Controls are stored articles that should be there: does the site still serve them?
"""

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

CONTROLS_PER_CRAWL = 3
"""How many articles are requested as controls."""


class ControlsExtension:
    """When no other request is left, requests controls, and then the removed articles once more.

    A failure that lasts to the end shows in the controls, one that was over before in the removed articles.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.removed: dict[int, bool] = {}
        """Numbers of the articles that were found removed; whether each is stored."""
        self.candidates: list[Stored] = []
        self.controls: set[int] = set()
        self.asked_again: set[int] = set()
        crawler.signals.connect(self.crawl_started, signal=crawl_started)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def crawl_started(self) -> None:
        self.crawler.signals.connect(self.item_scraped, signal=signals.item_scraped)
        self.crawler.signals.connect(self.spider_idle, signal=signals.spider_idle)

    async def item_scraped(self, item: Any, spider: AsiatongsinSpider) -> None:
        """Notes removed articles, and what became of the articles that were requested here."""
        if not isinstance(item, PageItems) or item.no is None:
            return
        if item.no in self.asked_again and (item.article or item.removed):
            self.crawler.stats.inc_value(names.REMOVED_ANSWERED_AGAIN)
        elif item.no in self.controls and item.article:
            self.crawler.stats.inc_value(names.CONTROLS_SERVED)
        elif item.removed:
            self.removed[item.no] = item.check is not None  # only the visit of a stored article has a date
            # A number that a list shows and that was never stored cannot become gone.
            if (item.check or not item.is_listed) and not self.crawler.stats.get_value(names.CONTROLS_ARE_DUE):
                self.crawler.stats.set_value(names.CONTROLS_ARE_DUE, 1)
                self.candidates = await spider.known.controls(spider.site.key, item.no)

    def spider_idle(self, spider: AsiatongsinSpider) -> None:
        """Requests the controls and, where most of them came, the removed articles; each once."""
        requests = self._control_requests(spider) if not self.controls else self._removed_requests(spider)
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _control_requests(self, spider: AsiatongsinSpider) -> list[Request]:
        controls = [article for article in self.candidates if article.no not in self.removed][:CONTROLS_PER_CRAWL]
        self.controls = {article.no for article in controls}
        self.crawler.stats.inc_value(names.CONTROLS_ASKED, len(controls))
        # Whole pages: where the site fails, a cache in front of it may still answer that a page is unmodified.
        return [spider.whole_article(article.no, article) for article in controls]

    def _removed_requests(self, spider: AsiatongsinSpider) -> list[Request]:
        served = self.crawler.stats.get_value(names.CONTROLS_SERVED, 0)
        if self.asked_again or not most_were_served(served, len(self.controls)):
            return []
        self.asked_again = {no for no, is_stored in self.removed.items() if is_stored}
        self.crawler.stats.inc_value(names.REMOVED_ASKED_AGAIN, len(self.asked_again))
        return [spider.whole_article(no) for no in sorted(self.asked_again)]


def most_were_served(served: int, controls: int) -> bool:
    """Whether the site served most of the controls. Example: two of three."""
    return 2 * served > controls
