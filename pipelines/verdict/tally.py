"""The figures of a crawl. They are taken from its statistics once, when it ends; all judging reads them here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from asiatongsin import statistics as names
from asiatongsin.extensions.removal_controls import most_were_served
from asiatongsin.items import PageKind
from asiatongsin.known import WalkedList

STOPPED = frozenset({"shutdown", "closespider_itemcount", "closespider_pagecount", "closespider_timeout"})
"""Finish reasons that somebody chose: a signal, or a bound in the settings of Scrapy."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pages:
    """The pages of one kind."""

    arrived: int = 0
    """Pages that arrived."""

    failed: int = 0
    """Pages that did not arrive."""

    failed_again: int = 0
    """Pages that did not arrive, nor in an earlier crawl: they say nothing new."""

    absent: int = 0
    """Pages among those that did not arrive of which the site says that there is no such page."""

    unreadable: int = 0
    """Pages that arrived and could not be read."""

    @classmethod
    def of(cls, kind: PageKind, stats: Mapping[str, Any]) -> Self:
        """The figures of one kind, from the statistics."""
        return cls(
            arrived=stats.get(names.pages(kind), 0),
            failed=stats.get(names.failed(kind), 0),
            failed_again=stats.get(names.failed_again(kind), 0),
            absent=stats.get(names.absent(kind), 0),
            unreadable=stats.get(names.unreadable(kind), 0),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """All figures that a crawl is judged by. `asiatongsin/statistics.py` says what each of them counts."""

    finish_reason: str = ""
    """Empty where the crawl did not come to an end of its own."""
    front: Pages = field(default_factory=Pages)
    lists: Pages = field(default_factory=Pages)
    articles: Pages = field(default_factory=Pages)
    lists_failed: Mapping[str, int] = field(default_factory=dict)
    """List pages that did not arrive, by the number of the section as text."""
    sections: int = 0
    without_menu: str = ""
    without_list: int = 0
    teasers: int = 0
    walked: tuple[int, ...] = ()
    lists_found_out: tuple[WalkedList, ...] = ()
    lists_endless: Mapping[str, str] = field(default_factory=dict)
    """Why a list counts as one without an end, by the number of the section as text."""
    lists_unsure: int = 0
    looked_back: int = 0
    listed: int = 0
    rechecked: int = 0
    walks_cut_short: int = 0
    met: int = 0
    met_removed: int = 0
    removed: int = 0
    read: int = 0
    read_by_number: int = 0
    unreadable_by_number: int = 0
    unmodified: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused_pages: int = 0
    """Pages that the database did not take."""
    partial_pages: int = 0
    reassigned: int = 0
    """Pages that it took without a part that it refused."""
    controls_are_due: bool = False
    controls_are_served: bool = False
    """Most of the controls came."""
    removed_asked_again: int = 0
    removed_answered_again: int = 0
    is_forbidden: bool = False
    """Its robots.txt forbids a request."""
    failures_in_a_row: int = 0
    last_failure: str = ""
    spider_errors: int = 0
    item_errors: int = 0
    dropped: int = 0
    spool_failures: int = 0
    spool_trouble: str = ""
    spool_damaged: int = 0
    spool_broken: int = 0
    spool_elsewhere: int = 0
    refused: str = ""
    """Why the crawl must not begin."""

    @classmethod
    def of(cls, stats: Mapping[str, Any]) -> Self:
        """The figures of a crawl, from Scrapy's statistics."""
        count = {name: stats.get(statistic, 0) for name, statistic in _COUNTS.items()}
        return cls(
            finish_reason=stats.get(names.FINISH_REASON, ""),
            front=Pages.of("front", stats),
            lists=Pages.of("list", stats),
            articles=Pages.of("article", stats),
            lists_failed={
                name.removeprefix(names.LIST_FAILED_OF): pages
                for name, pages in stats.items()
                if name.startswith(names.LIST_FAILED_OF)
            },
            walked=tuple(stats.get(names.WALKED, ())),
            lists_found_out=tuple(stats.get(names.LISTS, ())),
            lists_endless={
                name.removeprefix(names.ENDLESS_OF): why
                for name, why in stats.items()
                if name.startswith(names.ENDLESS_OF)
            },
            controls_are_due=bool(stats.get(names.CONTROLS_ARE_DUE)),
            controls_are_served=most_were_served(
                stats.get(names.CONTROLS_SERVED, 0), stats.get(names.CONTROLS_ASKED, 0)
            ),
            is_forbidden=bool(stats.get(names.FORBIDDEN)),
            last_failure=str(stats.get(names.LAST_FAILURE, "")),
            without_menu=str(stats.get(names.WITHOUT_MENU, "")),
            spool_trouble=str(stats.get(names.SPOOL_TROUBLE, "")),
            refused=str(stats.get(names.REFUSED, "")),
            **count,
        )

    @property
    def is_finished(self) -> bool:
        """Whether the crawl came to its own end."""
        return self.finish_reason == names.FINISHED

    @property
    def is_stopped(self) -> bool:
        """Whether somebody ended it early."""
        return self.finish_reason in STOPPED

    @property
    def asked_for_lists(self) -> bool:
        """Whether the crawl was not one of single articles (`no=`)."""
        return any((self.front.arrived, self.front.failed, self.lists.arrived, self.lists.failed))

    @property
    def unreadable(self) -> int:
        """Article and list pages that arrived and could not be read."""
        return self.articles.unreadable + self.lists.unreadable


_COUNTS = {
    "sections": names.SECTIONS,
    "without_list": names.WITHOUT_LIST,
    "teasers": names.TEASERS,
    "listed": names.LISTED,
    "rechecked": names.RECHECKED,
    "lists_unsure": names.WALKS_UNSURE,
    "looked_back": names.LOOKED_BACK,
    "walks_cut_short": names.WALKS_CUT_SHORT,
    "met": names.MET,
    "met_removed": names.MET_REMOVED,
    "removed": names.REMOVED,
    "read": names.ARTICLES,
    "read_by_number": names.ARTICLES_BY_NUMBER,
    "unreadable_by_number": names.UNREADABLE_BY_NUMBER,
    "unmodified": names.UNMODIFIED,
    "new": names.exported("new"),
    "changed": names.exported("changed"),
    "unchanged": names.exported("unchanged"),
    "refused_pages": names.exported("refused"),
    "partial_pages": names.exported("partial"),
    "reassigned": names.exported("reassigned"),
    "removed_asked_again": names.REMOVED_ASKED_AGAIN,
    "removed_answered_again": names.REMOVED_ANSWERED_AGAIN,
    "failures_in_a_row": names.FAILURES_IN_A_ROW,
    "spider_errors": names.SPIDER_ERRORS,
    "item_errors": names.ITEM_ERRORS,
    "dropped": names.DROPPED,
    "spool_failures": names.SPOOL_FAILURES,
    "spool_damaged": names.SPOOL_DAMAGED,
    "spool_broken": names.SPOOL_BROKEN,
    "spool_elsewhere": names.SPOOL_ELSEWHERE,
}
"""Figures that are taken as they are, and the statistic that holds each."""
