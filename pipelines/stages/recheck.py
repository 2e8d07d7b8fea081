"""Stage 4: when an article that was visited is due again, whatever became of the visit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Self

from scrapy.crawler import Crawler

from asiatongsin.capture import Check
from asiatongsin.items import PageItems
from asiatongsin.rechecks import Rechecks


class RecheckPipeline:
    """Dates the next visit also of pages that failed: one that always does would else be the oldest due for ever."""

    def __init__(self, crawler: Crawler) -> None:
        self.rechecks = Rechecks.from_settings(crawler.settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: PageItems) -> PageItems:
        return dated(item, self.rechecks)


def dated(items: PageItems, rechecks: Rechecks) -> PageItems:
    """The items with the date of the next visit; without a check where nobody knows how old the article is."""
    if items.check is None:
        return items
    dated_at = _dated_at(items, items.check)
    if dated_at is None:
        return replace(items, check=None)
    # A page out of an archive may be years old: what was due meanwhile is not made up for.
    visited_at = datetime.now(UTC) if items.is_reread else items.check.checked_at
    due = rechecks.next_visit(dated_at, visited_at)
    return replace(items, check=replace(items.check, dated_at=dated_at, next_check_at=due))


def _dated_at(items: PageItems, check: Check) -> datetime | None:
    """What the age counts from: the latest time that is printed or known, else the download."""
    if items.article is None or check.is_unchanged:
        return check.dated_at
    times = (items.article.published_at, items.article.modified_at, check.dated_at)
    return max(filter(None, times), default=check.checked_at)
