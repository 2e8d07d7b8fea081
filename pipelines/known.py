"""Which articles need no download: asked of the tables, in one query per list page, never of a side file."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, LiteralString, Self

import psycopg
from psycopg import Connection
from scrapy import signals
from scrapy.crawler import Crawler

from asiatongsin import __version__
from pipelines.crawl import CrawlExtension
from pipelines.database import Database, DatabaseUnreachable

logger = logging.getLogger(__name__)

ASK_AGAIN_AFTER = 30.0
"""Seconds before a database that did not answer is asked again."""

BACKDATED = timedelta(days=2)
"""How much older than its first appearance in a list an article's printed time may be."""

MAX_ATTEMPTS = 10
MAX_RETRIES_PER_CRAWL = 20

# Stored; or read in vain by this very version; or found removed within the last day.
_SETTLED = """
SELECT no FROM articles WHERE site = %(site)s AND no = ANY(%(numbers)s)
UNION
SELECT no FROM rejected_pages
WHERE site = %(site)s AND no = ANY(%(numbers)s) AND NOT is_transient AND version = %(version)s
UNION
SELECT no FROM removed_articles
WHERE site = %(site)s AND no = ANY(%(numbers)s) AND last_seen_at > now() - interval '1 day'"""

_FAILED = """
SELECT r.no FROM rejected_pages AS r
WHERE r.site = %(site)s AND r.is_transient AND r.no IS NOT NULL
    AND NOT EXISTS (SELECT FROM articles AS a WHERE a.site = r.site AND a.no = r.no)
    AND NOT EXISTS (SELECT FROM removed_articles AS g WHERE g.site = r.site AND g.no = r.no)
    AND NOT EXISTS (SELECT FROM rejected_pages AS n WHERE n.site = r.site AND n.no = r.no AND NOT n.is_transient)
GROUP BY r.no HAVING count(*) < %(attempts)s
ORDER BY r.no DESC LIMIT %(retries)s"""

# Did a crawl store articles without walking this list as far as it should, since the last one that did?
_UNSURE = """
WITH sure AS (
    SELECT max(started_at) AS since FROM crawls
    WHERE site = %(site)s AND %(section)s = ANY(walked) AND NOT arguments ?| ARRAY['pages', 'since', 'until', 'no']
)
SELECT coalesce(sure.since, '1900-01-01 00:00+00') FROM sure
WHERE EXISTS (
    SELECT FROM crawls AS c
    WHERE c.site = %(site)s AND c.id <> %(crawl)s AND c.new > 0
        AND %(section)s <> ALL(c.walked) AND NOT c.arguments ? 'no'
        AND (sure.since IS NULL OR c.started_at > sure.since)
)"""


class KnownArticles:
    """Answers the spider out of the database; None where no database is in reach."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.database = Database.from_settings(crawler.settings)
        self._connection: Connection | None = None
        self._ask_again_at = 0.0
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_closed(self) -> None:
        if self._connection is not None:
            self._connection.close()

    async def settled(self, site: str, numbers: Sequence[int]) -> set[int] | None:
        """Those of `numbers` that need no download; None where nobody can say."""
        values = {"site": site, "numbers": list(numbers), "version": __version__}
        rows = await self._ask(_SETTLED, values) if numbers else []
        return None if rows is None else {no for (no,) in rows}

    async def failed(self, site: str) -> list[int]:
        """Articles whose download failed in an earlier crawl, newest first, a bounded number."""
        rows = await self._ask(_FAILED, {"site": site, "attempts": MAX_ATTEMPTS, "retries": MAX_RETRIES_PER_CRAWL})
        return [no for (no,) in rows or []]

    async def unsure_since(self, site: str, section: int) -> datetime | None:
        """Articles of a list published since then may be missing although newer ones are stored; None where none can.

        The stop rule trusts that behind a known article lie known articles. That is wrong after a crawl
        that stored the news of a list and was cut short before it came to what lies behind.
        """
        rows = await self._ask(_UNSURE, {"site": site, "section": section, "crawl": self._crawl_id})
        return next((since - BACKDATED for (since,) in rows or []), None)

    @property
    def _crawl_id(self) -> str:
        extension = self.crawler.get_extension(CrawlExtension)
        return extension.record.id if extension and extension.record else ""

    async def _ask(self, query: LiteralString, values: dict[str, Any]) -> list[tuple[Any, ...]] | None:
        """The rows, out of a thread: the crawl goes on meanwhile. None, and no new attempt for a while, on failure."""
        if monotonic() < self._ask_again_at:
            return None
        try:
            return await asyncio.to_thread(self._rows, query, values)
        except (DatabaseUnreachable, psycopg.OperationalError) as error:
            logger.warning("Cannot ask what is stored already, so all counts as new: %s", " ".join(str(error).split()))
            self._ask_again_at = monotonic() + ASK_AGAIN_AFTER
            self._connection = None
            return None

    def _rows(self, query: LiteralString, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        if self._connection is None or self._connection.closed:
            self._connection = self.database.connect()
        try:
            return self._connection.execute(query, values).fetchall()
        except psycopg.errors.UndefinedTable:  # `dry=1` on an empty database: nothing is stored
            return []
