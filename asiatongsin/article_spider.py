"""The part of the spider that asks for single articles: by their numbers, out of lists, or once more."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import scrapy
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from asiatongsin import statistics as names
from asiatongsin.arguments import Arguments
from asiatongsin.capture import Stored
from asiatongsin.cms import Teaser, article_url, next_part, with_part
from asiatongsin.items import Page, PageItems, PageKind
from asiatongsin.middlewares.exchanges import page_of
from asiatongsin.middlewares.failures import Refused, failure_reason
from asiatongsin.number_set import NumberSet
from asiatongsin.reading import items_of, page_at
from asiatongsin.requests import failed_article, make_conditional, request_for


class ArticleSpider(scrapy.Spider):
    """Asks for articles, each once, and hands their pages on unread."""

    def __init__(self, **given: str) -> None:
        super().__init__()
        self.given = given
        self.arguments = Arguments.parse(given)
        self.site = self.arguments.site
        self.requested = NumberSet()
        self.rechecked = NumberSet()
        self.relisted: set[int] = set()  # stored articles that a list shows as other ones
        self.to_retry: dict[int, None] = {}  # in the order in which they are requested
        self.stored: dict[int, Stored] = {}  # what is known of the articles that are requested by number

    def article_requests(
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

    def revisit(self, article: Stored, priority: int = 0) -> Request:
        """A conditional request: the server sends the page only where it has changed since it was stored."""
        request = self._article_request(article.no, priority, article, is_listed=True)
        return make_conditional(request, article)

    def whole_article(self, no: int, stored: Stored | None = None) -> Request:
        """A request for the whole page of an article, whether it was requested before or not."""
        return self._article_request(no, 0, stored, is_listed=True, is_by_number=True)

    def _article_request(self, no: int, priority: int, stored: Stored | None, **met: Any) -> Request:
        named = {"no": no, "stored": stored} | met
        return self.request(article_url(self.site.base, no), "article", self.parse_article, priority, **named)

    def parse_article(self, response: Response, no: int, **met: Any) -> Iterator[Any]:
        """An article page, handed on unread.

        @url https://newsasia.kr/news/article.html?no=142893
        @cb_kwargs {"no": 142893}
        @returns items 1 1
        @scrapes url status body
        """
        yield self._whole(replace(self.page(response, "article"), no=no, **met))

    def parse(self, response: Response, **_: Any) -> Iterator[PageItems]:
        """What is read on any page, for `asiatongsin parse <address>`; crawls read pages in the stages."""
        yield items_of(page_at(response.url, response.body, status=response.status))

    def parse_part(self, response: Response, page: Page, **_: Any) -> Iterator[Any]:
        """A further page of an article that is printed on several."""
        yield self._whole(with_part(page, page_of(response, self.site, "article")))

    def handle_failure(self, failure: Failure) -> Iterator[Any]:
        """Notes an article that did not arrive, so that the next crawl requests it again."""
        request: Request = failure.request  # type: ignore[attr-defined]
        reason = failure_reason(failure.value)
        self.note_failure(request, reason)
        if (page := request.cb_kwargs.get("page")) and page.stored is None:
            yield page  # what came of a new article in several parts
        yield failed_article(self.site.key, request, reason, is_transient=not isinstance(failure.value, Refused))

    def note_failure(self, request: Request, reason: str) -> None:
        """Counts a page that did not arrive."""
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

    def request(self, url: str, kind: PageKind, callback: Any, priority: int = 0, **arguments: Any) -> Request:
        """A request of this crawl; failures go to `handle_failure`."""
        # One slot for the site: its hosts with and without www. are one server.
        request = request_for(url, kind, slot=self.site.key, priority=priority, arguments=arguments)
        return request.replace(callback=callback, errback=self.handle_failure)

    def page(self, response: Response, kind: PageKind) -> Page:
        """The page of an answer, counted."""
        self.crawler.stats.inc_value(names.pages(kind))
        return page_of(response, self.site, kind)

    def _whole(self, page: Page) -> Page | Request:
        """The page of an article, or the request for its next part."""
        if (url := next_part(page)) is None:
            return page
        return self.request(url, "article", self.parse_part, no=page.no, stored=page.stored, page=page)
