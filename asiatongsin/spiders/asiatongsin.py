"""The spider: from the front page to the sections, their list pages and the articles. Page objects read the pages."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

import scrapy
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Request, Response
from scrapy.utils.misc import build_from_crawler, load_object
from twisted.python.failure import Failure

from asiatongsin import statistics as names
from asiatongsin.arguments import Arguments
from asiatongsin.capture import Stored
from asiatongsin.cms import (
    Teaser,
    article_url,
    list_no,
    list_url,
    listing_of,
    page_no,
)
from asiatongsin.errors import ArgumentError
from asiatongsin.items import Page, PageKind
from asiatongsin.known import DoubtfulPart, Known
from asiatongsin.list_walk import ListPage
from asiatongsin.lists import Lists
from asiatongsin.middlewares.exchanges import page_of
from asiatongsin.middlewares.failures import Refused, Stopped, failure_reason, is_absent, is_failure_of_server
from asiatongsin.number_set import NumberSet
from asiatongsin.rechecks import Rechecks
from asiatongsin.requests import failed_article, make_conditional, request_for
from asiatongsin.sections import lists_to_walk
from asiatongsin.signals import send_crawl_started
from asiatongsin.site_settings import adapt_settings

FRONT_PRIORITY = 10
RETRY_PRIORITY = -2  # with the articles of the first list pages
RECHECK_PRIORITY = -(10**7)  # behind the last page of the longest list: news first


class AsiatongsinSpider(scrapy.Spider):
    """Walks the lists of one site, newest first, until they bring nothing new."""

    name = "asiatongsin"
    allowed_domains = ("newsasia.kr",)  # how `scrapy shell <address>` finds this spider

    known: Known
    lists: Lists

    def __init__(self, **given: str) -> None:
        super().__init__()
        self.given = given
        self.arguments = Arguments.parse(given)
        self.site = self.arguments.site
        self.requested = NumberSet()  # articles
        self.rechecked = NumberSet()  # articles
        self.relisted: set[int] = set()  # stored articles that a list shows as other ones
        self.to_retry: dict[int, None] = {}  # in the order in which they are requested
        self.stored: dict[int, Stored] = {}  # what is known of the articles that are requested by number
        self.doubtful: dict[int, DoubtfulPart | None] = {}  # where in each list articles may be missing
        self.scripts: dict[int, str] = {}  # the path of each list, as the menu names it

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        if not crawler.settings.frozen:  # as `scrapy shell` hands them over, which crawls nothing
            adapt_settings(crawler.settings, is_loopback=spider.site.is_loopback)
        spider.lists = Lists(spider.arguments, crawler)
        spider.known = build_from_crawler(load_object(crawler.settings["KNOWN_ARTICLES"]), crawler)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        if not self.arguments.dry:
            await send_crawl_started(self)
        await self._load_stored()
        if self.arguments.no:
            for request in self._article_requests(self.arguments.no, priority=0):
                yield request
        else:
            yield self._request(f"{self.site.base}/", "front", self.parse_front, priority=FRONT_PRIORITY)
        if not self.arguments.no:
            for request in self._article_requests(self.to_retry, priority=RETRY_PRIORITY):
                yield request
            async for request in self._recheck_requests():
                yield request

    async def _load_stored(self) -> None:
        """Asks what is known of the lists, and of the articles that are requested by number."""
        if self.arguments.is_plain:
            walked = await self.known.walked_lists(self.site.key)
            self.lists.earlier = None if walked is None else {one.section: one for one in walked}
        self.to_retry = dict.fromkeys([] if self.arguments.no else await self.known.to_retry(self.site.key))
        stored = await self.known.stored(self.site.key, self.arguments.no or [*self.to_retry])
        self.stored = {article.no: article for article in stored}

    def parse_front(self, response: Response) -> Iterator[Any]:
        """The menu names the sections.

        @url https://newsasia.kr/
        @returns requests 1
        """
        page = self._page(response, "front")
        yield from self._unless_dry(page)
        yield from self._first_pages(page)

    async def parse_list(self, response: Response, section: int, number: int) -> AsyncIterator[Any]:
        """The teasers of a list page name the articles. Then the walk of the list goes on, or ends."""
        answered = (list_no(response.url), page_no(response.url))
        if response.request and answered[0] is not None and answered != (section, number):
            for item in self._no_list(section, f"it leads to {response.url}", response.request):
                yield item
            return
        page = replace(self._page(response, "list"), section=section)
        listing = page.once(listing_of)
        if listing.unreadable:
            for item in self._no_list(section, listing.unreadable.reason, page):
                yield item
            return
        teasers, walk = listing.teasers, self.lists.of(section)
        fresh = walk.unmet(teaser.no for teaser in teasers)
        self.crawler.stats.inc_value(names.TEASERS, len(teasers))
        if fresh or not walk.is_probing:  # pages behind the end say nothing of how full those of the list are
            for item in self._unless_dry(page):
                yield item
        is_answered, new = await self._news(teasers)
        wanted = [teaser for teaser in new if self.arguments.wants(teaser.published_at)]
        if len(wanted) < len(new):
            self.lists.skip(section)
        listed = {teaser.no: teaser for teaser in wanted if teaser.no in fresh}
        requests = [*self._article_requests(listed, -2 * number, listed)]
        for request in requests:
            yield request
        is_sure = bool(is_answered and teasers) and not await self._is_doubtful(section, teasers)
        is_quiet = is_sure and not (new or self.arguments.full)
        is_blind = not is_answered and number >= self.settings.getint("PAGES_WITHOUT_DATABASE")
        said = self.lists.page(listing, is_quiet=is_quiet, is_blind=is_blind, leads_to_articles=bool(requests))
        for item in self._go_on(section, said):
            yield item

    async def _news(self, teasers: Sequence[Teaser]) -> tuple[bool, list[Teaser]]:
        """Whether a database says what is stored; and the articles that are to be fetched, also in other lists."""
        shown = [teaser.no for teaser in teasers]
        stored = await self.known.need_no_download(self.site.key, shown)
        known = (stored or set()) | await self.known.waiting(self.site.key, shown)
        another = await self.known.shown_as_another(self.site.key, [one for one in teasers if one.no in (stored or ())])
        self.relisted |= another
        # What this crawl met in another list is news here as well: behind it may lie articles that no other list shows.
        new = [teaser for teaser in teasers if teaser.no in self.requested or teaser.no not in known - another]
        return stored is not None, new

    def _no_list(self, section: int, trouble: str, what: Page | Request, *, is_failure: bool = False) -> Iterator[Any]:
        """Goes on where no list came. Whether that is a fault or the end of the list, the next pages tell."""
        self.lists.hold(section, (what, trouble))
        yield from self._go_on(section, ListPage(trouble=trouble, is_failure=is_failure))

    def _go_on(self, section: int, said: ListPage) -> Iterator[Any]:
        for what, trouble in self.lists.answer(section, said):
            if isinstance(what, Request):
                self._note_failure(what, trouble)
            else:
                self.crawler.stats.inc_value(names.WITHOUT_LIST)
                yield from self._unless_dry(what)  # split keeps the page
        if (walk := self.lists.of(section)).next_page is not None:
            yield self._list_request(section, walk.next_page, is_probe=walk.is_probing)

    def parse_article(self, response: Response, no: int, **met: Any) -> Iterator[Any]:
        """An article page, handed on unread.

        @url https://newsasia.kr/news/article.html?no=142893
        @cb_kwargs {"no": 142893}
        @returns items 1 1
        @scrapes url status body
        """
        yield replace(self._page(response, "article"), no=no, **met)

    def handle_failure(self, failure: Failure) -> Iterator[Any]:
        """Counts a page that did not arrive. An article is noted as well, so that the next crawl requests it again."""
        if isinstance(failure.value, Stopped):
            return
        request: Request = failure.request  # type: ignore[attr-defined]
        kind: PageKind = request.meta["kind"]
        reason = failure_reason(failure.value)
        request.meta["is_absent"] = is_absent(failure.value)
        if kind == "list":
            is_failure = is_failure_of_server(failure.value)
            yield from self._no_list(request.cb_kwargs["section"], reason, request, is_failure=is_failure)
            return
        self._note_failure(request, reason)
        if kind == "article":
            is_transient = not isinstance(failure.value, Refused)
            yield failed_article(self.site.key, request, reason, is_transient=is_transient)
        elif kind == "front":
            yield from self._first_pages(None)

    def _note_failure(self, request: Request, reason: str) -> None:
        kind: PageKind = request.meta["kind"]
        self.crawler.stats.inc_value(names.failed(kind))
        if kind == "list":
            self.crawler.stats.inc_value(f"{names.LIST_FAILED_OF}{request.cb_kwargs['section']}")
        if request.meta["is_retry"]:
            self.crawler.stats.inc_value(names.failed_again(kind))
        if request.meta.get("is_absent"):
            self.crawler.stats.inc_value(names.absent(kind))
        self.crawler.stats.set_value(names.LAST_FAILURE, reason)
        level = logging.WARNING if kind == "article" else logging.INFO  # the last line tells of the others
        self.logger.log(level, "No answer that can be used from %s: %s", request.url, reason)

    async def _is_doubtful(self, section: int, teasers: Sequence[Teaser]) -> bool:
        """Whether articles may be missing among, or behind, the known articles of this list page."""
        if section not in self.doubtful:
            self.doubtful[section] = await self.known.doubtful_part(self.site.key, section)
        part = self.doubtful[section]
        return part is not None and any(part.includes(teaser.no, teaser.published_at) for teaser in teasers)

    def _article_requests(
        self, numbers: Iterable[int], priority: int, listed: Mapping[int, Teaser] | None = None
    ) -> Iterator[Request]:
        """One request for each article that was not requested yet; with `dry=1` they are only counted."""
        for no in numbers:
            if no in self.requested or no in self.rechecked:
                continue
            self.requested.add(no)
            self.crawler.stats.inc_value(names.LISTED)
            if self.arguments.dry:
                self.logger.info("Would fetch %s", article_url(self.site.base, no))
                continue
            # An article that is tried again was met in a list by an earlier crawl, or is stored.
            teaser, is_retry = (listed or {}).get(no), no in self.to_retry
            met: dict[str, Any] = {"is_listed": is_retry or bool(teaser), "is_by_number": is_retry or not teaser}
            if teaser:
                met |= {"listed_at": teaser.published_at, "listed_as": teaser.says if no in self.relisted else None}
            request = self._article_request(no, priority, self.stored.get(no), **met)
            request.meta["is_retry"] = is_retry
            yield request

    async def _recheck_requests(self) -> AsyncIterator[Request]:
        """Requests for stored articles that are due to be visited again."""
        rechecks = Rechecks.from_settings(self.settings)
        for article in await self.known.rechecks(self.site.key, rechecks.max_visits) if rechecks.after else ():
            if article.no in self.requested:
                continue
            self.rechecked.add(article.no)  # not in `requested`: it is no news where a list shows it
            self.crawler.stats.inc_value(names.RECHECKED)
            if self.arguments.dry:
                self.logger.info("Would visit %s again", article_url(self.site.base, article.no))
            else:
                yield self.revisit(article, RECHECK_PRIORITY)

    def revisit(self, article: Stored, priority: int = 0) -> Request:
        """A conditional request: the server sends the page only where it has changed since it was stored."""
        request = self._article_request(article.no, priority, article, is_listed=True)
        return make_conditional(request, article)

    def whole_article(self, no: int, stored: Stored | None = None) -> Request:
        """A request for the whole page of an article, whether it was requested before or not."""
        return self._article_request(no, 0, stored, is_listed=True, is_by_number=True)

    def _article_request(self, no: int, priority: int, stored: Stored | None, **met: Any) -> Request:
        named = {"no": no, "stored": stored} | met
        return self._request(article_url(self.site.base, no), "article", self.parse_article, priority, **named)

    def _first_pages(self, front: Page | None) -> Iterator[Request]:
        try:
            lists = lists_to_walk(self.arguments.sections, front, self.crawler.stats)
        except ArgumentError as error:
            if front is None:  # the site does not answer, which says more
                return
            self.crawler.stats.set_value(names.REFUSED, f"error: {error}")
            raise CloseSpider("refused") from None
        self.scripts = {entry.no: entry.script for entry in lists}
        for section in self.scripts:
            self.lists.begin(section)
            yield self._list_request(section, 1)

    def _list_request(self, section: int, number: int, *, is_probe: bool = False) -> Request:
        # Page by page across all lists: a crawl that is stopped has the news of all. What proves an end comes at once.
        url = list_url(self.site.base, section, number, self.scripts[section])
        priority = 1 if is_probe else 1 - 2 * number
        request = self._request(url, "list", self.parse_list, priority, section=section, number=number)
        request.meta["is_probe"] = is_probe
        return request

    def _request(self, url: str, kind: PageKind, callback: Any, priority: int = 0, **arguments: Any) -> Request:
        # One slot for the site: its hosts with and without www. are one server.
        request = request_for(url, kind, slot=self.site.key, priority=priority, arguments=arguments)
        return request.replace(callback=callback, errback=self.handle_failure)

    def _unless_dry(self, page: Page) -> Iterator[Page]:
        if not self.arguments.dry:
            yield page

    def _page(self, response: Response, kind: PageKind) -> Page:
        self.crawler.stats.inc_value(names.pages(kind))
        return page_of(response, self.site, kind)
