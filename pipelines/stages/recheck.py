"""Stage 4: when an article that was visited is due again, also where the visit failed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Self

from scrapy.crawler import Crawler

from asiatongsin.capture import Check
from asiatongsin.items import PageItems
from asiatongsin.rechecks import Rechecks


class RecheckPipeline:
    """Sets the next visit, also where this one failed: an article that always fails must not stay the longest due."""

    def __init__(self, crawler: Crawler) -> None:
        self.rechecks = Rechecks.from_settings(crawler.settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: PageItems) -> PageItems:
        return with_next_visit(item, self.rechecks)


def with_next_visit(items: PageItems, rechecks: Rechecks) -> PageItems:
    """The items with the time of the next visit; without a check where the age of the article is unknown."""
    if items.check is None:
        return items
    dated_at = _dated_at(items, items.check)
    if dated_at is None:
        return replace(items, check=None)
    # A page out of an archive may be years old: visits that were due meanwhile are left out.
    visited_at = datetime.now(UTC) if items.is_reread else items.check.checked_at
    due = rechecks.next_visit(dated_at, visited_at)
    return replace(items, check=replace(items.check, dated_at=dated_at, next_check_at=due))


def _dated_at(items: PageItems, check: Check) -> datetime | None:
    """The time from which the age counts: the latest printed or known time, else the download."""
    if items.article is None or check.is_unchanged:
        return check.dated_at
    times = (items.article.published_at, items.article.modified_at, check.dated_at)
    return max(filter(None, times), default=check.checked_at)
