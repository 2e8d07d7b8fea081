"""The spider: from the front page to the sections, their list pages and the articles. Page objects read the pages."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Self

import scrapy
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.utils.misc import build_from_crawler, load_object
from twisted.python.failure import Failure

from asiatongsin import statistics as names
from asiatongsin.arguments import Arguments
from asiatongsin.capture import Stored
from asiatongsin.cms import (
    ALL,
    GONE_STATUSES,
    Teaser,
    article_url,
    list_no,
    list_url,
    listing_of,
    next_part,
    page_no,
    sections_of,
    with_part,
)
from asiatongsin.items import Page, PageKind
from asiatongsin.known import Known
from asiatongsin.middlewares.exchanges import failed_page, page_of
from asiatongsin.middlewares.failures import Refused, Stopped, failure_reason
from asiatongsin.number_set import NumberSet
from asiatongsin.rechecks import Rechecks
from asiatongsin.signals import crawl_started
from asiatongsin.site import KNOWN_SECTIONS
from asiatongsin.site_settings import adapt_settings

FRONT_PRIORITY = 10
RETRY_PRIORITY = -2  # with the articles of the first list pages
RECHECK_PRIORITY = -(10**7)  # behind the last page of the longest list: news first


class AsiatongsinSpider(scrapy.Spider):
    """Walks the lists of one site, newest first, until they bring nothing new."""

    name = "asiatongsin"
    allowed_domains = ("newsasia.kr",)  # how `scrapy shell <address>` finds this spider

    known: Known

    def __init__(self, **given: str) -> None:
        super().__init__()
        self.given = given
        self.arguments = Arguments.parse(given)
        self.site = self.arguments.site
        self.met: dict[int, NumberSet] = defaultdict(NumberSet)  # articles in each list
        self.requested = NumberSet()  # articles
        self.rechecked = NumberSet()  # articles
        self.to_retry: dict[int, None] = {}  # in the order in which they are requested
        self.stored: dict[int, Stored] = {}  # what is known of the articles that are requested by number
        self.walked: list[int] = []  # lists that were walked as far as asked

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        if not crawler.settings.frozen:  # as `scrapy shell` hands them over, which crawls nothing
            adapt_settings(crawler.settings, is_loopback=spider.site.is_loopback)
        spider.known = build_from_crawler(load_object(crawler.settings["KNOWN_ARTICLES"]), crawler)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        if not self.arguments.dry:
            await self._send_crawl_started()
        await self._load_stored()
        if self.arguments.no:
            for request in self._article_requests(self.arguments.no, priority=0):
                yield request
        elif self.arguments.sections:
            for request in self._first_pages(self.arguments.sections):
                yield request
        else:
            yield self._request(f"{self.site.base}/", "front", self.parse_front, priority=FRONT_PRIORITY)
        if not self.arguments.no:
            for request in self._article_requests(self.to_retry, priority=RETRY_PRIORITY):
                yield request
            async for request in self._recheck_requests():
                yield request

    async def _load_stored(self) -> None:
        """Asks what is known of the articles that are requested by number, before a list leads to one of them."""
        self.to_retry = dict.fromkeys([] if self.arguments.no else await self.known.to_retry(self.site.key))
        stored = await self.known.stored(self.site.key, self.arguments.no or [*self.to_retry])
        self.stored = {article.no: article for article in stored}

    async def _send_crawl_started(self) -> None:
        results = await self.crawler.signals.send_catch_log_async(crawl_started, spider=self, dont_log=(Exception,))
        for _, result in results:
            if isinstance(result, BaseException):
                raise result

    def parse_front(self, response: Response) -> Iterator[Any]:
        """The menu names the sections.

        @url https://newsasia.kr/
        @returns requests 1
        """
        page = self._page(response, "front")
        yield from self._unless_dry(page)
        sections = page.once(sections_of)
        self.crawler.stats.set_value(names.SECTIONS, len(sections))
        if not sections:
            self.logger.warning("The menu of %s names no section: walking those known of newsasia.kr", response.url)
        yield from self._first_pages(sections or [*KNOWN_SECTIONS, ALL])

    async def parse_list(self, response: Response, section: int, number: int) -> AsyncIterator[Any]:
        """The teasers of a list page name the articles. Where some are new, the next page is requested."""
        answered = (list_no(response.url), page_no(response.url))
        if response.request and answered[0] is not None and answered != (section, number):
            self._note_failure(response.request, f"it leads to {response.url}")
            return
        page = replace(self._page(response, "list"), section=section)
        for item in self._unless_dry(page):
            yield item
        listing = page.once(listing_of)
        if listing.unreadable:  # split keeps the page and counts it
            return
        teasers = listing.teasers
        self.crawler.stats.inc_value(names.TEASERS, len(teasers))
        self.crawler.stats.set_value(names.WALKED, self.walked)
        fresh = [teaser for teaser in teasers if teaser.no not in self.met[section]]
        for teaser in fresh:
            self.met[section].add(teaser.no)
        unneeded = await self.known.need_no_download(self.site.key, [teaser.no for teaser in fresh])
        # What this crawl met in another list is news here as well: behind it may lie articles that no other list shows.
        new = [
            teaser for teaser in fresh if unneeded is None or teaser.no in self.requested or teaser.no not in unneeded
        ]
        for request in self._article_requests(self._within_window(new), priority=-2 * number):
            yield request
        if unneeded is None and number >= self.settings.getint("PAGES_WITHOUT_DATABASE"):
            self.crawler.stats.inc_value(names.WALKS_CUT_SHORT)
        elif not fresh or not (new or self.arguments.full or await self._is_doubtful(section, teasers)):
            self.walked.append(section)  # the last page again, or nothing new: the list itself ends the walk
        elif number != self.arguments.pages and not self._is_before_window(teasers):
            yield self._list_request(section, number + 1)

    def parse_article(self, response: Response, no: int, **met: Any) -> Iterator[Any]:
        """An article page, handed on unread.

        @url https://newsasia.kr/news/article.html?no=142893
        @cb_kwargs {"no": 142893}
        @returns items 1 1
        @scrapes url status body
        """
        yield self._whole(replace(self._page(response, "article"), no=no, **met))

    def parse_part(self, response: Response, page: Page, **_: Any) -> Iterator[Any]:
        """A further page of an article that is printed on several."""
        yield self._whole(with_part(page, page_of(response, self.site, "article")))

    def handle_failure(self, failure: Failure) -> Iterator[Any]:
        """Counts a page that did not arrive. An article is noted as well, so that the next crawl requests it again."""
        if isinstance(failure.value, Stopped):
            return
        request: Request = failure.request  # type: ignore[attr-defined]
        kind: PageKind = request.meta["kind"]
        reason = failure_reason(failure.value)
        self._note_failure(request, reason)
        if kind == "article":
            if (page := request.cb_kwargs.get("page")) and page.stored is None:
                yield page  # what came of a new article in several parts
            yield failed_page(request, self.site, reason, is_transient=not isinstance(failure.value, Refused))
        elif kind == "front":
            yield from self._first_pages([*KNOWN_SECTIONS, ALL])

    def _note_failure(self, request: Request, reason: str) -> None:
        kind: PageKind = request.meta["kind"]
        self.crawler.stats.inc_value(names.failed(kind))
        if kind == "list":
            self.crawler.stats.inc_value(f"{names.LIST_FAILED_OF}{request.cb_kwargs['section']}")
        if request.meta["is_retry"]:
            self.crawler.stats.inc_value(names.failed_again(kind))
        self.crawler.stats.set_value(names.LAST_FAILURE, reason)
        level = logging.WARNING if kind == "article" else logging.INFO  # the last line tells of the others
        self.logger.log(level, "No answer that can be used from %s: %s", request.url, reason)

    async def _is_doubtful(self, section: int, teasers: Sequence[Teaser]) -> bool:
        """Whether articles may be missing among, or behind, the known articles of this list page."""
        part = await self.known.doubtful_part(self.site.key, section)
        return part is not None and any(part.includes(teaser.no, teaser.published_at) for teaser in teasers)

    def _is_before_window(self, teasers: Sequence[Teaser]) -> bool:
        since = self.arguments.since
        return since is not None and all(teaser.published_at and teaser.published_at < since for teaser in teasers)

    def _within_window(self, teasers: Sequence[Teaser]) -> Sequence[Teaser]:
        return [teaser for teaser in teasers if self.arguments.wants(teaser.published_at)]

    def _article_requests(self, articles: Iterable[Teaser | int], priority: int) -> Iterator[Request]:
        """One request for each article that was not requested yet; with `dry=1` they are only counted."""
        for article in articles:
            no, listed_at = (article.no, article.published_at) if isinstance(article, Teaser) else (article, None)
            if no in self.requested or no in self.rechecked:
                continue
            self.requested.add(no)
            self.crawler.stats.inc_value(names.LISTED)
            if self.arguments.dry:
                self.logger.info("Would fetch %s", article_url(self.site.base, no))
            else:
                # An article that is tried again was met in a list by an earlier crawl, or is stored.
                is_retry, is_met = no in self.to_retry, isinstance(article, Teaser)
                met = {"listed_at": listed_at, "is_listed": is_retry or is_met, "is_by_number": is_retry or not is_met}
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
        if article.etag:
            request.headers["If-None-Match"] = article.etag.encode("latin-1")
        if article.last_modified:
            request.headers["If-Modified-Since"] = article.last_modified.encode("latin-1")
        if article.etag or article.last_modified:
            request.meta["handle_httpstatus_list"] = [*GONE_STATUSES, HTTPStatus.NOT_MODIFIED]
        return request

    def whole_article(self, no: int, stored: Stored | None = None) -> Request:
        """A request for the whole page of an article, whether it was requested before or not."""
        return self._article_request(no, 0, stored, is_listed=True, is_by_number=True)

    def _article_request(self, no: int, priority: int, stored: Stored | None, **met: Any) -> Request:
        url = article_url(self.site.base, no)
        return self._request(url, "article", self.parse_article, priority, no=no, stored=stored, **met)

    def _first_pages(self, sections: Iterable[int]) -> Iterator[Request]:
        for section in dict.fromkeys(sections):
            yield self._list_request(section, 1)

    def _list_request(self, section: int, number: int) -> Request:
        # Page by page across all sections: a crawl that is stopped has the news of all of them.
        url = list_url(self.site.base, section, number)
        return self._request(url, "list", self.parse_list, 1 - 2 * number, section=section, number=number)

    def _request(self, url: str, kind: PageKind, callback: Any, priority: int = 0, **arguments: Any) -> Request:
        """A request that no filter of Scrapy drops in silence: the spider itself knows what it has requested."""
        return Request(
            url,
            callback=callback,
            errback=self.handle_failure,
            cb_kwargs=arguments,
            priority=priority,
            dont_filter=True,
            # One slot for the site: its hosts with and without www. are one server.
            meta={
                "kind": kind,
                "is_retry": False,
                "handle_httpstatus_list": [*GONE_STATUSES] if kind == "article" else [],
                "download_slot": self.site.key,
            },
        )

    def _unless_dry(self, page: Page) -> Iterator[Page]:
        if not self.arguments.dry:
            yield page

    def _page(self, response: Response, kind: PageKind) -> Page:
        self.crawler.stats.inc_value(names.pages(kind))
        return page_of(response, self.site, kind)

    def _whole(self, page: Page) -> Page | Request:
        """The page of an article, or the request for its next part."""
        if (url := next_part(page)) is None:
            return page
        return self._request(url, "article", self.parse_part, no=page.no, stored=page.stored, page=page)
