"""The walk of one list, page by page: which page comes next, and when the list has come to its end.

A page can be quiet, its articles all being known from earlier crawls, or blank: it shows nothing that this walk has not
met. Behind the end of a list all pages are blank. A page can also be blank since the articles moved back while the walk
went on, since a cache answered, or since no list came.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from asiatongsin.number_set import NumberSet

T = TypeVar("T")

QUIET_PAGES = 2
"""After so many quiet pages in a row, all behind them counts as known. A first page may be full of pinned articles."""

SAME_PAGES, SAME_DOUBTFUL_PAGES = 2, 5
"""So many blank pages in a row that say the same are the end. Five, where the server failed or a link leads further.

One is enough where the links between the pages of the list end there as well.
"""

LOST_PAGES = 3
"""After so many pages in a row without a list, some since the server failed and some not, the walk is given up."""

TOP_PAGES, ENDLESS_PAGES = 3, 30
"""A list has no end where 30 pages in a row show only higher numbers than its first 3 pages.

Nor where 30 pages in a row lead to new articles of which none can be read.
"""


class Ended(Enum):
    """How a walk ended."""

    KNOWN = "all behind is known"
    END = "the list has come to its end"
    WINDOW = "all behind is older than `since`"
    LIMIT = "the page that was asked for last"
    BLIND = "no database says what is known"
    LOST = "no list came"
    ENDLESS = "the list has no end"


@dataclass(frozen=True, kw_only=True, slots=True)
class ListPage:
    """What one page of a list says to the walk."""

    numbers: frozenset[int] = frozenset()
    """The articles it shows."""

    trouble: str = ""
    """Why no list came, in words; empty where one came."""

    is_failure: bool = False
    """The server did not answer, or said that it failed: it may answer another time."""

    last_linked: int = 0
    """The last page that it links to; 0 where it links to none."""

    is_quiet: bool = False
    """All its articles are known from earlier crawls, and none is missing among them."""

    is_before_window: bool = False
    """All its articles are older than the crawl was asked for."""

    is_blind: bool = False
    """No database says which of its articles are known, and that on a page after which the walk ends."""

    articles_read: int = -1
    """Articles that the crawl has read so far; -1 where it reads none."""

    @property
    def says(self) -> object:
        """What is compared with the page before. The words of a trouble may name the very page, as redirects do."""
        return ("failure" if self.is_failure else "no list") if self.trouble else self.numbers


@dataclass(frozen=True, kw_only=True, slots=True)
class LookBack:
    """Pages that a walk goes through though all on them may be known, so that it meets articles which appeared late."""

    first_pages: int
    """So many first pages, and then …"""

    first: int
    """… from this page …"""

    last: int
    """… to this one."""


Asks = Generator[int, tuple[ListPage, bool], T]
"""Yields the page to ask for. It is sent what came, and whether that shows an article not met before."""


class ListWalk:
    """One walk. `next_page` is the page to ask for; `answer` takes what came for it."""

    def __init__(self, *, limit: int | None = None, pages_max: int = 10**6, look_back: LookBack | None = None) -> None:
        """`limit`: the last page to ask for. A list that goes on behind page `pages_max` counts as one without an end.

        Numbers that are met take half a byte each.
        """
        self.ended: Ended | None = None
        self.lost: list[int] = []
        """Pages of the list that did not come, or hold no list, also when they were asked for again."""
        self.pages = 0
        """The highest page that showed an article not met before."""
        self.looked_back_to = 0
        """The page to which the walk looked back; 0 where it was not asked to, or did not come so far."""
        self.no_end = ""
        """Why the list counts as one without an end, in words."""
        self.is_probing = False
        """Whether `next_page` may lie behind the end, or was asked for before."""
        self.next_page: int | None = 1
        self._met = NumberSet()
        self._limit = limit
        self._pages_max = pages_max
        self._look_back = look_back
        self._last_linked = 0
        self._highest_on_top = 0
        self._pages_of_higher = 0
        self._pages_unread = 0
        self._articles_read = -1
        self._walk = self._whole()
        next(self._walk)

    @property
    def is_sure(self) -> bool:
        """Whether the walk met all that the list holds, or all that is not known of it, as far back as was asked."""
        return self.ended in {Ended.KNOWN, Ended.END, Ended.WINDOW} and not self.lost

    def unmet(self, numbers: Iterable[int]) -> frozenset[int]:
        """Those that no page of this walk has shown so far."""
        return frozenset(no for no in numbers if no not in self._met)

    def answer(self, page: ListPage) -> None:
        """Takes what came for `next_page`, and moves on."""
        fresh = self.unmet(page.numbers)
        for no in fresh:
            self._met.add(no)
        number = self.next_page or 1
        if fresh and number > self.pages:
            # Behind the last page, the last one is shown again: its own links tell which it is.
            self.pages = page.last_linked if 0 < page.last_linked < number else number
            self._last_linked = page.last_linked
        self._look_for_no_end(number, page, fresh)
        if self.no_end:
            self.next_page, self.ended = None, Ended.ENDLESS
            return
        try:
            self.next_page = self._walk.send((page, bool(fresh)))
        except StopIteration as stop:
            self.next_page, self.ended = None, stop.value

    def _whole(self) -> Asks[Ended]:
        look = self._look_back
        ended = yield from self._forward(1, at_least=look.first_pages if look else 1)
        if ended is Ended.KNOWN and look:
            ended = yield from self._forward(max(look.first, look.first_pages + 1), to=look.last)
            if ended is Ended.KNOWN and not self.lost:
                self.looked_back_to = look.last
        return ended

    def _forward(self, number: int, *, at_least: int = 1, to: int = 0) -> Asks[Ended]:
        """From a page on until all is known, but not before page `at_least`; or, where `to` is given, to that page."""
        quiet = old = 0
        while self._limit is None or number <= self._limit:
            page, is_fresh = yield self._ask(number)
            if number == 1 and page.trouble:
                self.lost.append(number)
                return Ended.LOST
            quiet = quiet + 1 if page.is_quiet else 0
            old = old + 1 if page.is_before_window else 0
            if number >= to if to else (quiet >= QUIET_PAGES and number >= at_least):
                return Ended.KNOWN
            if old >= QUIET_PAGES:
                return Ended.WINDOW
            if page.is_blind:
                return Ended.BLIND
            if is_fresh or number == self._limit:
                number += 1
                continue
            behind = yield from self._behind(number, page)
            if isinstance(behind, Ended):
                return behind
            number = behind
        return Ended.LIMIT

    def _behind(self, number: int, page: ListPage) -> Asks[Ended | int]:
        """Looks behind a blank page: how the walk ended there, or the page at which the list goes on."""
        blank = {number: page}
        same = 1
        while True:
            is_linked = self._linked_to(page) > max(number - same, 1)
            if number - same >= self.pages and same >= self._enough(page, is_linked=is_linked):
                # Pages to which the list links and that do not come are no end: they are missing.
                if page.trouble and is_linked:
                    self._lose(blank)
                    return Ended.LOST
                return (yield from self._at_end(blank, same))
            if number == self._limit or page.is_blind or self._is_lost(blank):
                self._lose(blank)
                return Ended.LIMIT if number == self._limit else Ended.BLIND if page.is_blind else Ended.LOST
            number += 1
            page, is_fresh = yield self._ask(number, is_probing=True)
            if is_fresh:
                goes_on_at, last = yield from self._again(blank)
                return goes_on_at or (number if last.says == page.says else number + 1)
            # A page that has shown articles of its own is no page behind the end, whatever it says now.
            same = same + 1 if page.says == blank[number - 1].says and number - 1 > self.pages else 1
            blank[number] = page

    def _linked_to(self, page: ListPage) -> int:
        """The last page that this one, or the last page with articles, links to; 0 where there are no links."""
        return max(page.last_linked, self._last_linked)

    def _enough(self, page: ListPage, *, is_linked: bool) -> int:
        """How many pages in a row must say the same to be the end."""
        if is_linked or (page.is_failure and not self._linked_to(page)):
            return SAME_DOUBTFUL_PAGES
        return SAME_PAGES if page.is_failure or not self._linked_to(page) else 1

    def _at_end(self, blank: dict[int, ListPage], same: int) -> Asks[Ended | int]:
        """Pages that say the same are the end, unless the first page shows that articles moved back meanwhile."""
        for _ in range(2):  # once more, where it does not come as it should
            number = 1
            page, is_fresh = yield self._ask(number, is_probing=True)
            if page.numbers or not (page.trouble or self.pages):
                break
        else:
            self._lose(blank | {number: page})
            return Ended.LOST
        if is_fresh:
            while is_fresh:
                number += 1
                _, is_fresh = yield self._ask(number, is_probing=True)
            return min(blank)
        # The first page of the end once more as well, now that some time has gone by: a cache may have answered twice.
        first_pages = len(blank) - same + int(same > 1)
        goes_on_at, _ = yield from self._again(dict([*blank.items()][:first_pages]), end=blank[max(blank)])
        return goes_on_at or Ended.END

    def _again(self, blank: Mapping[int, ListPage], end: ListPage | None = None) -> Asks[tuple[int, ListPage]]:
        """Asks again for blank pages that something lies behind: a cache may have answered, or the server failed.

        Returns the page with which the walk must go on, 0 where these pages are as they were; and the last of them.
        """
        page = ListPage()
        for number, before in blank.items():
            page, is_fresh = yield self._ask(number, is_probing=True)
            if is_fresh or (page.numbers and page.says != before.says):  # more may have moved to the next page
                return number + 1, page
            if end is None or page.says != end.says:
                self._lose({number: page})
        return 0, page

    def _ask(self, number: int, *, is_probing: bool = False) -> int:
        self.is_probing = is_probing
        return number

    def _lose(self, pages: dict[int, ListPage]) -> None:
        self.lost += [number for number, page in pages.items() if not page.numbers and number not in self.lost]

    def _is_lost(self, blank: dict[int, ListPage]) -> bool:
        """Whether nothing says any more where the list goes on."""
        last = [*blank.values()][-LOST_PAGES:]
        is_mixed = (
            len(last) == LOST_PAGES and all(page.trouble for page in last) and len({page.says for page in last}) > 1
        )
        return is_mixed or len(blank) > self.pages + SAME_DOUBTFUL_PAGES

    def _look_for_no_end(self, number: int, page: ListPage, fresh: frozenset[int]) -> None:
        if not fresh:
            return
        if number <= TOP_PAGES:
            self._highest_on_top = max(self._highest_on_top, *fresh)
        is_higher = number > TOP_PAGES and min(fresh) > self._highest_on_top
        self._pages_of_higher = self._pages_of_higher + 1 if is_higher else 0
        if page.articles_read >= 0:
            is_unread = page.articles_read == self._articles_read
            self._pages_unread = self._pages_unread + 1 if is_unread else 0
            self._articles_read = page.articles_read
        if self._pages_of_higher >= ENDLESS_PAGES:
            self.no_end = f"{ENDLESS_PAGES} pages in a row show only higher numbers than its first pages"
        elif self._pages_unread >= ENDLESS_PAGES:
            self.no_end = f"{ENDLESS_PAGES} pages in a row lead to articles of which none can be read"
        elif number >= self._pages_max:
            self.no_end = f"it goes on behind page {self._pages_max} (LIST_PAGES_MAX)"
