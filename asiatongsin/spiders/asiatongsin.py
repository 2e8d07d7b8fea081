"""The spider: from the front page to the sections, their list pages and the articles. Page objects read the pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Request, Response
from scrapy.utils.misc import build_from_crawler, load_object
from twisted.python.failure import Failure

from asiatongsin import statistics as names
from asiatongsin.article_spider import ArticleSpider
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
from asiatongsin.middlewares.failures import Stopped, failure_reason, is_absent, is_failure_of_server
from asiatongsin.rechecks import Rechecks
from asiatongsin.sections import lists_to_walk
from asiatongsin.signals import send_crawl_started
from asiatongsin.site_settings import adapt_settings

FRONT_PRIORITY = 10
RETRY_PRIORITY = -2  # with the articles of the first list pages
RECHECK_PRIORITY = -(10**7)  # behind the last page of the longest list: news first


class AsiatongsinSpider(ArticleSpider):
    """Walks the lists of one site, newest first, until they bring nothing new."""

    name = "asiatongsin"
    allowed_domains = ("newsasia.kr",)  # how `asiatongsin shell <address>` finds this spider

    known: Known
    lists: Lists

    def __init__(self, **given: str) -> None:
        super().__init__(**given)
        self.doubtful: dict[int, DoubtfulPart | None] = {}  # where in each list articles may be missing
        self.scripts: dict[int, str] = {}  # the path of each list, as the menu names it

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        if not crawler.settings.frozen:  # as `asiatongsin shell` hands them over, which crawls nothing
            adapt_settings(crawler.settings, is_loopback=spider.site.is_loopback)
        spider.lists = Lists(spider.arguments, crawler)
        spider.known = build_from_crawler(load_object(crawler.settings["KNOWN_ARTICLES"]), crawler)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        if not self.arguments.dry:
            await send_crawl_started(self)
        await self._load_stored()
        if self.arguments.no:
            for request in self.article_requests(self.arguments.no, priority=0):
                yield request
        else:
            yield self.request(f"{self.site.base}/", "front", self.parse_front, priority=FRONT_PRIORITY)
        if not self.arguments.no:
            for request in self.article_requests(self.to_retry, priority=RETRY_PRIORITY):
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
        page = self.page(response, "front")
        yield from self._unless_dry(page)
        yield from self._first_pages(page)

    async def parse_list(self, response: Response, section: int, number: int) -> AsyncIterator[Any]:
        """The teasers of a list page name the articles. Then the walk of the list goes on, or ends."""
        answered = (list_no(response.url), page_no(response.url))
        if response.request and answered[0] is not None and answered != (section, number):
            for item in self._no_list(section, f"it leads to {response.url}", response.request):
                yield item
            return
        page = replace(self.page(response, "list"), section=section)
        listing = page.once(listing_of)
        if listing.unreadable:
            for item in self._no_list(section, listing.unreadable.reason, page):
                yield item
            return
        walk, teasers = self.lists.of(section), listing.teasers
        for item in self._unless_dry(replace(page, section=None) if walk.is_probing else page):
            yield item
        fresh = walk.unmet(teaser.no for teaser in teasers)
        self.crawler.stats.inc_value(names.TEASERS, len(teasers))
        is_answered, new = await self._news(teasers)
        listed = {}
        for teaser in new:
            if not self.arguments.wants(teaser.published_at):
                self.lists.skip(section, teaser)
            elif teaser.no in fresh:
                listed[teaser.no] = teaser
        requests = [*self.article_requests(listed, -2 * number, listed)]
        for request in requests:
            yield request
        is_sure = bool(is_answered and teasers) and not await self._is_doubtful(section, teasers)
        is_quiet = is_sure and not (new or self.arguments.full)
        is_blind = not is_answered and number >= self.settings.getint("PAGES_WITHOUT_DATABASE")
        said = self.lists.page(section, listing, is_quiet=is_quiet, is_blind=is_blind, leads_to_articles=bool(requests))
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
                self.note_failure(what, trouble)
            else:
                self.crawler.stats.inc_value(names.WITHOUT_LIST)
                yield from self._unless_dry(what)  # split keeps the page
        if (walk := self.lists.of(section)).next_page is not None:
            yield self._list_request(section, walk.next_page, is_probe=walk.is_probing)

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
        if kind == "article":
            yield from super().handle_failure(failure)
            return
        self.note_failure(request, reason)
        yield from self._first_pages(None)

    async def _is_doubtful(self, section: int, teasers: Sequence[Teaser]) -> bool:
        """Whether articles may be missing among, or behind, the known articles of this list page."""
        if section not in self.doubtful:
            self.doubtful[section] = await self.known.doubtful_part(self.site.key, section, self.arguments.since)
        part = self.doubtful[section]
        return part is not None and any(part.includes(teaser.no, teaser.published_at) for teaser in teasers)

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
        request = self.request(url, "list", self.parse_list, priority, section=section, number=number)
        request.meta["is_probe"] = is_probe
        return request

    def _unless_dry(self, page: Page) -> Iterator[Page]:
        if not self.arguments.dry:
            yield page
