"""Crawls as people look at them: one by one, newest first, and how many ended how on each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, LiteralString

from psycopg import Connection
from psycopg.rows import class_row

from asiatongsin import statistics as names

CRAWLS_COUNTED = 20_000
"""Of so many crawls the days are counted. Example: a hundred papers, crawled six times a day for a month."""

TROUBLE, UNENDED = "trouble", "none"
"""What can be asked for beside the outcomes: all but `ok`, and crawls without an outcome."""

_COLUMNS = """
id, number, site, kind, arguments, started_at, finished_at,
extract(epoch FROM finished_at - started_at)::float8 AS seconds, outcome, list_pages, article_pages, new, changed,
unchanged, unreadable, spooled"""

_MATCHES = """
(outcome = %(outcome)s OR %(outcome)s = '' OR %(outcome)s = 'none' AND outcome IS NULL
    OR %(outcome)s = 'trouble' AND outcome <> 'ok')"""

# An id begins with the time, so its index has them in their order.
_OF_ALL: LiteralString = f"""
SELECT {_COLUMNS} FROM crawls WHERE {_MATCHES} AND (id < %(before)s OR %(before)s = '')
ORDER BY id DESC LIMIT %(limit)s"""

_OF_SITE: LiteralString = f"""
SELECT {_COLUMNS} FROM crawls WHERE site = %(site)s AND {_MATCHES}
    AND (number < (SELECT number FROM crawls WHERE id = %(before)s) OR %(before)s = '')
ORDER BY number DESC LIMIT %(limit)s"""

_DAYS = """
SELECT (started_at AT TIME ZONE 'Asia/Seoul')::date AS day, count(*) FILTER (WHERE outcome = 'ok') AS ok,
    count(*) FILTER (WHERE outcome <> 'ok') AS not_ok, count(*) FILTER (WHERE outcome IS NULL) AS unended
FROM ({newest}) AS c WHERE started_at >= %(since)s GROUP BY day ORDER BY day"""

_DAYS_OF_ALL: LiteralString = _DAYS.format(
    newest="SELECT started_at, outcome FROM crawls ORDER BY id DESC LIMIT %(limit)s"
)
_DAYS_OF_SITE: LiteralString = _DAYS.format(
    newest="SELECT started_at, outcome FROM crawls WHERE site = %(site)s ORDER BY number DESC LIMIT %(limit)s"
)

_ONE: LiteralString = f"""
SELECT {_COLUMNS}, version, job, scope, walked, since, last_fetched_at, statistics ->> '{names.MACHINE}' AS machine,
    extract(epoch FROM clock_ahead)::float8 AS clock_seconds, statistics,
    (SELECT id FROM crawls WHERE site = c.site AND number < c.number ORDER BY number DESC LIMIT 1) AS before,
    (SELECT id FROM crawls WHERE site = c.site AND number > c.number ORDER BY number LIMIT 1) AS after
FROM crawls AS c WHERE id = %s"""


@dataclass(frozen=True, kw_only=True)
class CrawlRow:
    """One crawl."""

    id: str
    """Start time and a random part."""

    number: int
    """Goes up with every crawl."""

    site: str
    """Host of the site."""

    kind: str
    """`lists`, `articles` or `reparse`."""

    arguments: dict[str, Any]
    """Spider arguments as given."""

    started_at: datetime
    """When it began."""

    finished_at: datetime | None
    """When it ended; None while it runs, or where it was killed and nobody knows yet."""

    seconds: float | None
    """How long it took."""

    outcome: str | None
    """How it ended; None while it runs, or where it was killed and nobody knows yet."""

    list_pages: int
    """List pages that arrived."""

    article_pages: int
    """Article pages that arrived."""

    new: int
    """Articles stored for the first time."""

    changed: int
    """Articles whose text differed from the stored one."""

    unchanged: int
    """Articles whose text was stored already."""

    unreadable: int
    """Pages that arrived and could not be read."""

    spooled: int
    """Pages that waited in the spool at its end."""


@dataclass(frozen=True, kw_only=True)
class WholeCrawl(CrawlRow):
    """One crawl with everything that is known of it."""

    version: str
    """Version of the program."""

    job: str | None
    """Job of scrapyd or of a fleet that started it."""

    scope: str
    """What it was asked to walk."""

    walked: list[int]
    """Lists that were walked as far as asked; 0 is the list of all articles."""

    since: datetime | None
    """Articles published before were not asked for."""

    last_fetched_at: datetime | None
    """When the last page was fetched that it stored."""

    machine: str | None
    """Machine on which it ran."""

    clock_seconds: float | None
    """How far the clock was ahead, in seconds; None: it was not."""

    before: str | None
    """The crawl of this site before it."""

    after: str | None
    """The crawl of this site after it."""

    statistics: dict[str, Any] = field(repr=False)
    """All statistics of Scrapy and of the stages."""


@dataclass(frozen=True, kw_only=True)
class DayOfCrawls:
    """How the crawls ended that began on one day."""

    day: date
    """The day, Korean."""

    ok: int
    """Crawls that ended well."""

    not_ok: int
    """Crawls with another outcome."""

    unended: int
    """Crawls without an outcome: they run, or were killed."""


def crawls(connection: Connection, site: str, outcome: str, before: str, limit: int) -> list[CrawlRow]:
    """Crawls, newest first, of one site or of all (empty), with one outcome or any (empty), before one (or empty)."""
    given = {"site": site, "outcome": outcome, "before": before, "limit": limit}
    query = _OF_SITE if site else _OF_ALL
    return connection.cursor(row_factory=class_row(CrawlRow)).execute(query, given).fetchall()


def days(connection: Connection, site: str, since: datetime, limit: int = CRAWLS_COUNTED) -> Sequence[DayOfCrawls]:
    """The days since then on which crawls began. Where there are too many crawls, earlier days are left out."""
    given = {"site": site, "since": since, "limit": limit}
    query = _DAYS_OF_SITE if site else _DAYS_OF_ALL
    found = connection.cursor(row_factory=class_row(DayOfCrawls)).execute(query, given).fetchall()
    is_cut = sum(one.ok + one.not_ok + one.unended for one in found) >= limit
    return found[1:] if is_cut else found


def crawl(connection: Connection, id: str) -> WholeCrawl | None:
    """One crawl; None where there is none."""
    return connection.cursor(row_factory=class_row(WholeCrawl)).execute(_ONE, [id]).fetchone()
