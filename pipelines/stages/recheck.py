"""Stage 4: when an article that was visited is due again, whatever became of the visit."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Self

from scrapy.crawler import Crawler

from asiatongsin.capture import Check
from asiatongsin.items import Article, Page, PageItems
from asiatongsin.rechecks import Rechecks

_VALIDATOR = re.compile(r"[\x21-\x7e\x80-\xff][\x20-\x7e\x80-\xff]{0,999}")
"""What is kept of a server's validators and sent back to it: nothing that could begin a header of its own."""


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


def visit(page: Page, article: Article | None = None, *, is_served: bool = False) -> Check | None:
    """The visit of an article page, without a date for the next one; None for other pages.

    The validators are those of an answer that was read, or did not have to be: `is_served`.
    """
    if page.kind != "article" or page.no is None:
        return None
    return Check(
        checked_at=page.fetched_at,
        dated_at=page.stored.dated_at if page.stored else None,
        is_unchanged=bool(page.stored and article and article.content_hash == page.stored.content_hash),
        etag=_validator(page, "etag") if is_served else None,
        last_modified=_validator(page, "last-modified") if is_served else None,
    )


def _dated_at(items: PageItems, check: Check) -> datetime | None:
    """What the age counts from: the latest time that is printed or known, else the download."""
    if items.article is None or check.is_unchanged:
        return check.dated_at
    times = (items.article.published_at, items.article.modified_at, check.dated_at)
    return max(filter(None, times), default=check.checked_at)


def _validator(page: Page, name: str) -> str | None:
    values = [value.strip() for header, value in page.headers if header.lower() == name]
    return values[0] if len(values) == 1 and _VALIDATOR.fullmatch(values[0]) else None
