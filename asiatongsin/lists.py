"""The walks of a crawl, one for each list, and what is told of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, TypeVar

from scrapy.crawler import Crawler

from asiatongsin import statistics as names
from asiatongsin.arguments import Arguments
from asiatongsin.cms import Listing, Teaser
from asiatongsin.known import WalkedList
from asiatongsin.list_walk import Ended, ListPage, ListWalk
from asiatongsin.look_back import LookBacks

T = TypeVar("T")


class Lists:
    """Says which page of a list comes next, and counts how its walk ended."""

    def __init__(self, arguments: Arguments, crawler: Crawler) -> None:
        self.crawler = crawler
        self.earlier: Mapping[int, WalkedList] | None = None
        """What earlier crawls found out about each list; None where no database says so."""
        self._arguments = arguments
        self._pages_max = crawler.settings.getint("LIST_PAGES_MAX")
        self._look_backs = LookBacks.from_settings(crawler.settings) if arguments.is_plain else None
        self._walks: dict[int, ListWalk] = {}
        self._held: dict[int, dict[int, Any]] = defaultdict(dict)
        self._with_newer, self._with_older = set[int](), set[int]()
        self._looking_back: set[int] = set()

    def begin(self, section: int) -> None:
        """Begins the walk of a list at its first page."""
        look_back = None
        if self._look_backs and self.earlier is not None:
            look_back = self._look_backs.due(self._arguments.site.key, self.earlier.get(section))
            if look_back and section in self.earlier:
                self._looking_back.add(section)
        self._walks[section] = ListWalk(limit=self._arguments.pages, pages_max=self._pages_max, look_back=look_back)

    def of(self, section: int) -> ListWalk:
        """The walk of a list that has begun."""
        return self._walks[section]

    def page(
        self, section: int, listing: Listing, *, is_quiet: bool, is_blind: bool, leads_to_articles: bool
    ) -> ListPage:
        """What a page with a list says to the walk."""
        # What is pinned to each page says nothing of where the list has come to.
        unmet = self.of(section).unmet(teaser.no for teaser in listing.teasers)
        times = [teaser.published_at for teaser in listing.teasers if teaser.no in unmet or not unmet]
        return ListPage(
            numbers=frozenset(teaser.no for teaser in listing.teasers),
            last_linked=listing.last_linked,
            is_quiet=is_quiet,
            is_before_window=bool(times) and all(map(self._arguments.is_past, times)),
            is_blind=is_blind,
            articles_read=self.crawler.stats.get_value(names.ARTICLES, 0) if leads_to_articles else -1,
        )

    def skip(self, section: int, teaser: Teaser) -> None:
        """Notes that the walk met a new article that was not asked for: it is no walk of all that the list holds."""
        is_older = self._arguments.is_past(teaser.published_at)
        (self._with_older if is_older else self._with_newer).add(section)

    def hold(self, section: int, what: Any) -> None:
        """Keeps what came instead of the next page until it is clear whether that is a page of the list at all."""
        self._held[section][self.of(section).next_page or 1] = what

    def answer(self, section: int, page: ListPage) -> list[Any]:
        """Hands the walk what came. At its end: what was held and counts, since the list goes on behind it."""
        walk = self.of(section)
        walk.answer(page)
        if walk.ended is None:
            return []
        self._count(section, walk)
        held = self._held.pop(section, {})
        return [held[number] for number in walk.lost if number in held]

    def _count(self, section: int, walk: ListWalk) -> None:
        if walk.is_sure and section not in self._with_newer:
            self._add(names.WALKED, section)
            if walk.ended is not Ended.WINDOW and section not in self._with_older:
                self._add(names.LISTS, WalkedList.of(section, walk))
        elif walk.ended is Ended.LOST or walk.lost:
            self.crawler.stats.inc_value(names.WALKS_UNSURE)
        if walk.ended is Ended.BLIND:
            self.crawler.stats.inc_value(names.WALKS_CUT_SHORT)
        if walk.no_end:
            self.crawler.stats.set_value(f"{names.ENDLESS_OF}{section}", walk.no_end)
        if walk.is_sure and section in self._looking_back:
            self.crawler.stats.inc_value(names.LOOKED_BACK)

    def _add(self, name: str, value: T) -> None:
        self.crawler.stats.set_value(name, [*self.crawler.stats.get_value(name, ()), value])
