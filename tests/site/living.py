"""A replica whose lists have a history: articles appear late, are taken down and pinned, also while a crawl walks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from .answers import LIST_PATHS, Answer, Ask, answer
from .draft import draft_of
from .faults import Fault
from .replica_site import ReplicaSite
from .sections import find_section, section_of
from .story import Story


class LivingSite(ReplicaSite):
    """Its lists are what `order` says, newest first; pinned articles stand before all others."""

    def __init__(self, articles: int, *, per_page: int, **given: Any) -> None:
        super().__init__(articles, per_page=per_page, page_bytes=6_000, **given)
        self.order = [*reversed(self.numbers())]
        self.pinned: list[int] = []
        self._dates: dict[int, datetime] = {}
        self._given_again: set[int] = set()

    def publish(self, count: int = 1) -> range:
        """Newer articles, at the top of their lists."""
        new = super().publish(count)
        self.order[:0] = reversed(new)
        return new

    def appear_late(self, place: int) -> int:
        """A new article that stands at this place of the list of all, with the date of its neighbour; its number."""
        [no] = super().publish(1)
        neighbour = self.order[min(place, len(self.order) - 1)]
        self._dates[no] = self.story(neighbour).published_at
        self.order.insert(place, no)
        return no

    def give_again(self, numbers: list[int]) -> None:
        """These numbers now name other articles, which are the newest ones."""
        for place, no in enumerate(sorted(numbers, reverse=True)):
            self._given_again.add(no)
            self._dates[no] = self.now - timedelta(minutes=2 + place)
            self.order.remove(no)
        self.order[:0] = sorted(numbers, reverse=True)
        self._story.cache_clear()

    def take_down(self, no: int) -> None:
        """The article leaves the lists, and is removed."""
        self.order.remove(no)
        self.pinned = [one for one in self.pinned if one != no]
        self.remove(no, "404")

    def listing(self, sec_no: int | None = None, page: int = 1) -> list[int]:
        shown = self._shown(sec_no)
        first = (min(max(page, 1), self.pages(sec_no)) - 1) * self.per_page
        return shown[first : first + self.per_page]

    def pages(self, sec_no: int | None = None) -> int:
        return max(1, -(-len(self._shown(sec_no)) // self.per_page))

    def _shown(self, sec_no: int | None) -> list[int]:
        section = find_section(sec_no)
        of_section = [no for no in self.order if section.no == 0 or section_of(no) is section]
        pinned = [no for no in self.pinned if no in of_section]
        return pinned + [no for no in of_section if no not in pinned]

    def _write(self, no: int, edit: tuple[int, datetime] | None) -> Story:
        story = super()._write(no, edit)
        if no in self._given_again:
            story = replace(story, draft=draft_of(self.seed + 1000, no))
        return replace(story, published_at=self._dates[no]) if no in self._dates else story


@dataclass(kw_only=True)
class BehindTheEnd(Fault):
    """What a site answers behind the last page of its lists, instead of that page once more."""

    site: ReplicaSite

    def befalls(self, ask: Ask) -> bool:
        section = 0 if "sec_no" not in ask.query else ask.number("sec_no")
        return ask.path in LIST_PATHS and (ask.number("page") or 1) > self.site.pages(section or None)


@dataclass(kw_only=True)
class WhileWalking(Fault):
    """What happens to the site as the n-th list page is asked for, counted from 1; or how that page comes."""

    kind: str = "while walking"
    site: ReplicaSite
    happens: dict[int, Callable[[], object]] = field(default_factory=dict)
    comes_empty: set[int] = field(default_factory=set)
    comes_as_before: set[int] = field(default_factory=set)
    """As a copy of the page before it."""
    asked: int = 0
    _before: Answer = field(default_factory=Answer)

    def befalls(self, ask: Ask) -> bool:
        if ask.path not in LIST_PATHS:
            return False
        self.asked += 1
        page = max((ask.number("page") or 1) - 1, 1)
        self._before = answer(self.site, replace(ask, query=ask.query.replace(f"page={page + 1}", f"page={page}")))
        self.happens.pop(self.asked, lambda: None)()
        return self.asked in self.comes_empty | self.comes_as_before

    def change(self, decided: Answer) -> Answer:
        if self.asked in self.comes_empty:
            body = decided.body.decode()
            start, end = body.index('<ul class="art_list_all">'), body.index('</ul>\n<div class="btn_pagenum">')
            return replace(decided, body=f'{body[:start]}<ul class="art_list_all">{body[end:]}'.encode())
        return self._before
