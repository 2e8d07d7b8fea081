"""Asks a site once, for its robots.txt and its front page, and says what it is; nothing is stored."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Request, Response
from scrapy.utils.misc import build_from_crawler, load_object
from twisted.python.failure import Failure

from asiatongsin.article_spider import ArticleSpider
from asiatongsin.cms import MenuEntry, article_url, is_of_cms, menu_of, name_of
from asiatongsin.middlewares.exchanges import page_of
from asiatongsin.middlewares.failures import failure_reason
from asiatongsin.middlewares.robots import ROBOTS_BYTES
from asiatongsin.site_settings import adapt_settings, apply_site_settings

AT_ONCE = 10
"""How many sites are asked at the same time."""

SECTIONS_NAMED = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A site that is to be asked, with the settings that it has of its own."""

    site: str
    base: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What a site has said."""

    site: str
    """Host of the site."""

    trouble: str = ""
    """Why its front page did not come; empty where it came."""

    is_of_cms: bool = False
    """Whether the front page leads to lists or articles of the CMS that is read."""

    name: str = ""
    """What the front page calls the paper."""

    sections: tuple[MenuEntry, ...] = ()
    """Its menu."""

    robots: str = ""
    """What its robots.txt says of this program, in words."""

    @property
    def is_fit(self) -> bool:
        """Whether crawls can read it."""
        return self.is_of_cms and not self.trouble

    @property
    def words(self) -> str:
        """All of it in one sentence."""
        if self.trouble:
            return self.trouble
        called = f"calls itself {self.name!r}" if self.name else "does not say what it is called"
        if not self.is_of_cms:
            return f"it answers and {called}, but leads to no list and no article of the CMS that is read here"
        names = ", ".join(f"{one.no} {'/'.join(one.names)}".strip() for one in self.sections[:SECTIONS_NAMED])
        more = ", …" if len(self.sections) > SECTIONS_NAMED else ""
        menu = f"{len(self.sections)} lists in its menu ({names}{more})" if self.sections else "no menu was found"
        return f"on the Mediaon CMS, {called}; {menu}; {self.robots}"


class LookSpider(ArticleSpider):
    """Asks for two pages, each once."""

    name = "look"
    custom_settings = {  # noqa: RUF012  so Scrapy declares it
        "ITEM_PIPELINES": {},
        "EXTENSIONS": {},
        "ROBOTSTXT_OBEY": False,  # it is read here, so that it is asked for once
        "RETRY_ENABLED": False,
    }

    def __init__(self, base: str) -> None:
        super().__init__(site=base)
        self.seen = Seen(site=self.site.key, trouble="it was stopped before it had answered")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        adapt_settings(crawler.settings, is_loopback=spider.site.is_loopback)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        request = self.request(f"{self.site.base}/robots.txt", "front", self.parse_robots)
        request.meta["handle_httpstatus_list"] = [*range(400, 600)]
        yield request

    def parse_robots(self, response: Response) -> Iterator[Request]:
        """The front page is asked for where robots.txt allows it."""
        status = response.status
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
            self._fail(f"its robots.txt answers with status {status}, so nothing may be fetched")
            return
        robots = "it has no robots.txt" if status >= HTTPStatus.BAD_REQUEST else self._rules(response.body)
        if robots:
            yield self.request(f"{self.site.base}/", "front", self.parse_front, robots=robots)

    def parse_front(self, response: Response, robots: str) -> None:
        """The front page says what the site is."""
        page = page_of(response, self.site, "front")
        self.seen = Seen(
            site=self.site.key,
            is_of_cms=is_of_cms(page),
            name=name_of(page),
            sections=page.once(menu_of),
            robots=robots,
        )

    def handle_failure(self, failure: Failure) -> None:  # type: ignore[override]
        self._fail(f"it does not answer: {failure_reason(failure.value)}")

    def _rules(self, body: bytes) -> str:
        """What they say of this program; empty, with the trouble noted, where it may not fetch the front page."""
        settings = self.crawler.settings
        agent = settings["ROBOTSTXT_USER_AGENT"] or settings["USER_AGENT"]
        rules = build_from_crawler(load_object(settings["ROBOTSTXT_PARSER"]), self.crawler, body[:ROBOTS_BYTES])
        pages = f"{self.site.base}/", article_url(self.site.base, 1)
        if not all(rules.allowed(url, agent) for url in pages):
            self._fail("its robots.txt forbids this program to fetch it")
            return ""
        delay = rules.crawl_delay(agent)
        return "its robots.txt allows it" + (f" with {delay:g} s between two requests" if delay else "")

    def _fail(self, trouble: str) -> None:
        self.seen = Seen(site=self.site.key, trouble=trouble)


def look(process: AsyncCrawlerProcess, asked: Sequence[Asked], report: Callable[[Seen], None]) -> list[Seen]:
    """Asks each site, several at the same time; what they said, in the same order. `report` is told of each at once."""
    seen: dict[str, Seen] = {}
    waiting = iter(asked)

    def begin() -> None:
        if (one := next(waiting, None)) is not None:
            settings = process.settings.copy()
            apply_site_settings(settings, one.settings)
            crawler = Crawler(LookSpider, settings)
            process.crawl(crawler, base=one.base).add_done_callback(lambda _: end(crawler))

    def end(crawler: Crawler) -> None:
        if isinstance(crawler.spider, LookSpider):
            seen[crawler.spider.seen.site] = crawler.spider.seen
            report(crawler.spider.seen)
        begin()

    for _ in range(AT_ONCE):
        begin()
    process.start()
    return [seen.get(one.site, Seen(site=one.site, trouble="it was not asked")) for one in asked]
