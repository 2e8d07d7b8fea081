"""Which articles need no download: asked of the tables, in one query per list page, never of a side file."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from itertools import chain, zip_longest
from threading import Lock
from time import monotonic
from typing import Any, LiteralString, Self

import psycopg
from psycopg import Connection
from scrapy import signals
from scrapy.crawler import Crawler

from asiatongsin import __version__
from asiatongsin import statistics as names
from asiatongsin.capture import Archived, Stored
from asiatongsin.known import Unsure
from pipelines.crawl.extension import CrawlExtension
from pipelines.database.connection import Database, DatabaseUnreachable, DatabaseUnusable
from pipelines.threads import aside

logger = logging.getLogger(__name__)

ASK_AGAIN_AFTER = 30.0
"""Seconds before a database that did not answer is asked again."""

ANSWER_TIMEOUT = 10.0
"""Seconds an answer may take; a server that is frozen answers never."""

BACKDATED = timedelta(days=2)
"""How much older than its first appearance in a list an article's printed time may be."""

MAX_ATTEMPTS = 10
"""How often an article that does not come, or cannot be read, is asked for."""

MAX_CONTROLS = 7
"""How many articles below a number, above it, and newest, are named to see whether the site still serves any."""

MAX_DUE = 20
"""How many of them one crawl asks for."""

# Stored, and not gone (a list may show that it is back); or read in vain by this very version, or found removed,
# within the last day.
_SETTLED = """
SELECT no FROM articles WHERE site = %(site)s AND no = ANY(%(numbers)s) AND gone_at IS NULL
UNION
SELECT no FROM rejected_pages
WHERE site = %(site)s AND no = ANY(%(numbers)s)
GROUP BY no HAVING count(*) >= %(attempts)s
    OR bool_or(NOT is_transient AND version = %(version)s AND fetched_at > now() - interval '1 day')
UNION
SELECT no FROM removed_articles
WHERE site = %(site)s AND no = ANY(%(numbers)s)
    AND (last_seen_at > now() - interval '1 day' OR (
        sightings >= %(attempts)s
        AND NOT EXISTS (SELECT FROM articles AS a WHERE a.site = %(site)s AND a.no = removed_articles.no)
    ))"""

# What did not come, was read in vain a day ago or by another version; each tried longest ago first. Then what was found
# removed: a stored article every day for ten days, then every thirty days, since it may come back; a number that a list
# showed so many times; and one that nobody ever saw an article under never.
_DUE = """
(SELECT no FROM (
    SELECT no, max(fetched_at) AS seen FROM rejected_pages
    WHERE site = %(site)s AND no IS NOT NULL
    GROUP BY no HAVING count(*) < %(attempts)s
        AND (bool_and(is_transient OR version <> %(version)s) OR max(fetched_at) < now() - interval '1 day')
) AS t
WHERE NOT EXISTS (SELECT FROM articles AS a WHERE a.site = %(site)s AND a.no = t.no AND a.fetched_at >= t.seen)
ORDER BY seen, no DESC LIMIT %(most)s)
UNION
(SELECT r.no FROM removed_articles AS r LEFT JOIN articles AS a USING (site, no)
WHERE site = %(site)s AND last_seen_at < now() - interval '1 day'
    AND CASE
        WHEN a.no IS NULL THEN listed AND sightings < %(attempts)s
        ELSE a.fetched_at < last_seen_at
            AND (r.first_seen_at > now() - interval '10 days' OR last_seen_at < now() - interval '30 days')
    END
ORDER BY last_seen_at, r.no DESC LIMIT %(most)s)"""

# The whole page is wanted of an article that was found removed: a server that says it is unmodified says too little.
_OF_ARTICLE = """
SELECT a.no, coalesce(c.dated_at, greatest(a.published_at, a.modified_at), a.first_seen_at), a.content_hash,
    CASE WHEN r.no IS NULL THEN c.etag END, CASE WHEN r.no IS NULL THEN c.last_modified END,
    a.archive_file, a.archive_offset, a.archive_length, a.payload_digest
FROM articles AS a LEFT JOIN article_checks AS c USING (site, no) LEFT JOIN removed_articles AS r USING (site, no)"""

_STORED = f"""{_OF_ARTICLE}
WHERE a.site = %(site)s AND a.no = ANY(%(numbers)s)"""

_RECHECKS = f"""{_OF_ARTICLE}
WHERE a.site = %(site)s AND c.next_check_at <= now()
ORDER BY c.next_check_at, a.no LIMIT %(most)s"""

_LIVE = f"""{_OF_ARTICLE}
WHERE a.site = %(site)s AND a.gone_at IS NULL AND r.no IS NULL"""

# What fails may be the part of the site where the old articles are: its neighbours first, then the newest.
_CONTROLS = f"""
({_LIVE} AND a.no < %(near)s ORDER BY a.no DESC LIMIT %(most)s)
UNION ALL ({_LIVE} AND a.no > %(near)s ORDER BY a.no LIMIT %(most)s)
UNION ALL ({_LIVE} AND a.no <> %(near)s ORDER BY a.no DESC LIMIT %(most)s)"""

# Did a crawl store articles without walking this list as far as it should, since the last one that did? Crawls count in
# the order of their rows. Where the clock was set back between them, no time says what may be missing: all may be.
_UNSURE = """
WITH sure AS (
    SELECT number, started_at, finished_at FROM crawls
    WHERE site = %(site)s AND %(section)s = ANY(walked) ORDER BY number DESC LIMIT 1
), since AS (
    SELECT count(*) AS crawls, bool_or(c.started_at < (SELECT started_at FROM sure)) AS is_set_back FROM crawls AS c
    WHERE c.site = %(site)s AND c.id <> %(crawl)s AND c.new > 0
        AND %(section)s <> ALL(c.walked) AND c.kind <> 'articles'
        AND c.number > coalesce((SELECT number FROM sure), 0)
)
SELECT
    coalesce((SELECT started_at FROM sure WHERE NOT is_set_back), '1900-01-01 00:00+00'),
    coalesce((
        SELECT max(no) FROM articles WHERE site = %(site)s AND first_seen_at <= (SELECT finished_at FROM sure)
            AND NOT is_set_back
    ), 0)
FROM since WHERE crawls > 0"""


class KnownArticles:
    """Answers the spider out of the database; None where no database is in reach."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.database: Database | None = None
        self._connection: Connection | None = None
        self._ask_again_at = 0.0
        self._one_at_a_time = Lock()
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def spider_closed(self) -> None:
        if self._connection is not None:
            self._connection.close()

    async def settled(self, site: str, numbers: Sequence[int]) -> set[int] | None:
        """Those of `numbers` that need no download; None where nobody can say."""
        values = {"site": site, "numbers": list(numbers), "version": __version__, "attempts": MAX_ATTEMPTS}
        rows = await self._ask(_SETTLED, values) if numbers else []
        return None if rows is None else {no for (no,) in rows}

    async def due(self, site: str) -> list[int]:
        """Articles that earlier crawls did not get and that are worth another try, a bounded number."""
        values = {"site": site, "version": __version__, "attempts": MAX_ATTEMPTS, "most": MAX_DUE}
        return [no for (no,) in await self._ask(_DUE, values) or []]

    async def stored(self, site: str, numbers: Sequence[int]) -> list[Stored]:
        """What is known of those of `numbers` that are stored."""
        values = {"site": site, "numbers": list(numbers)}
        return _stored(await self._ask(_STORED, values) if numbers else [])

    async def rechecks(self, site: str, most: int) -> list[Stored]:
        """Stored articles that are due to be visited again, at most so many, those due longest first."""
        return _stored(await self._ask(_RECHECKS, {"site": site, "most": most}))

    async def controls(self, site: str, near: int) -> list[Stored]:
        """Stored articles that were there when asked for last: one below, one above, the newest, and so on."""
        found = _stored(await self._ask(_CONTROLS, {"site": site, "near": near, "most": MAX_CONTROLS}))
        below = [article for article in found if article.no < near]
        above = sorted({article.no: article for article in found if article.no > near}.values(), key=lambda one: one.no)
        in_turn = chain.from_iterable(zip_longest(below, above, reversed(above)))
        return list({article.no: article for article in in_turn if article}.values())

    async def unsure(self, site: str, section: int) -> Unsure | None:
        """The part of a list in which articles may be missing although newer ones are stored; None where none is.

        The stop rule trusts that behind a known article lie known articles. That is wrong after a crawl
        that stored the news of a list and was cut short before it came to what lies behind.
        """
        rows = await self._ask(_UNSURE, {"site": site, "section": section, "crawl": self._crawl_id})
        return next((Unsure(since - BACKDATED, above) for since, above in rows or []), None)

    @property
    def _crawl_id(self) -> str:
        extension = self.crawler.get_extension(CrawlExtension)
        return extension.record.id if extension and extension.record else ""

    async def _ask(self, query: LiteralString, values: dict[str, Any]) -> list[tuple[Any, ...]] | None:
        """The rows, out of a thread: the crawl goes on meanwhile. None, and no new attempt for a while, on failure."""
        if monotonic() < self._ask_again_at:
            return None
        self.crawler.stats.inc_value(names.KNOWN_QUERIES)
        try:
            return await asyncio.wait_for(aside(self._rows_in_turn, query, values), ANSWER_TIMEOUT)
        except (DatabaseUnreachable, DatabaseUnusable, TimeoutError, psycopg.Error) as error:
            reason = " ".join(str(error).split()) or "no answer"
            logger.warning("Cannot ask what is stored already, so all counts as new: %s", reason)
            self._ask_again_at = monotonic() + ASK_AGAIN_AFTER
            return None

    def _rows_in_turn(self, query: LiteralString, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        with self._one_at_a_time:
            return self._rows(query, values)

    def _rows(self, query: LiteralString, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        if self.database is None:
            self.database = Database.from_settings(self.crawler.settings)
        was_open = self._connection is not None
        if self._connection is None or self._connection.closed:
            self._connection = self.database.connect()
        try:
            return self._connection.execute(query, values).fetchall()
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
            # `dry=1` on a database that is empty, or not brought up to date, which only a crawl does.
            return []
        except psycopg.OperationalError:
            self._connection.close()
            self._connection = None
            if not was_open:
                raise
        return self._rows(query, values)  # the server closed an idle connection; a new one may do


def _stored(rows: list[tuple[Any, ...]] | None) -> list[Stored]:
    """Rows of _OF_ARTICLE."""
    return [
        Stored(
            no=no,
            dated_at=dated_at,
            content_hash=content_hash,
            etag=etag,
            last_modified=last_modified,
            archived=Archived(file=file, offset=offset, length=length, digest=digest) if file else None,
        )
        for no, dated_at, content_hash, etag, last_modified, file, offset, length, digest in rows or []
    ]
