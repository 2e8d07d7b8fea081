"""All sites that are known: those of a fleet, and those that were crawled by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from psycopg import Connection
from psycopg.rows import class_row

from pipelines.queries.fleet import IS_LATE
from pipelines.queries.sites import SITES

_PAPERS: LiteralString = f"""
SELECT k.site, s.site IS NOT NULL AS is_added, s.schedule, s.time_zone, s.next_at, s.machine, s.begun_at, s.failed_at,
    s.paused_at, s.retired_at, s.note, coalesce({IS_LATE}, false) AS is_late, c.id AS crawl,
    c.started_at AS crawled_at, c.outcome, coalesce(n.articles, 0) AS articles, coalesce(n.gone, 0) AS gone, (
        SELECT published_at FROM articles WHERE site = k.site AND published_at IS NOT NULL
        ORDER BY published_at DESC LIMIT 1
    ) AS newest_at
FROM ({SITES} UNION SELECT site FROM sites) AS k
    LEFT JOIN sites AS s USING (site) LEFT JOIN article_counts AS n USING (site)
    LEFT JOIN LATERAL (
        SELECT id, started_at, outcome FROM crawls WHERE site = k.site ORDER BY number DESC LIMIT 1
    ) AS c ON true
ORDER BY is_late DESC, CASE WHEN {IS_LATE} THEN s.next_at END, s.retired_at IS NOT NULL, k.site
LIMIT %s OFFSET %s"""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A site."""

    site: str
    """Its host."""

    is_added: bool
    """Whether `asiatongsin sites` knows it."""

    schedule: str | None
    """When it is crawled: `every 30m`, or a cron expression; None: only by hand."""

    time_zone: str | None
    """Time zone in which a cron expression is meant."""

    next_at: datetime | None
    """When it is due next."""

    machine: str | None
    """Machine that crawls it now."""

    begun_at: datetime | None
    """Since when."""

    failed_at: datetime | None
    """When the schedule gave up until the next time."""

    paused_at: datetime | None
    """Since when the schedule passes it over."""

    retired_at: datetime | None
    """Since when it is crawled no more."""

    note: str | None
    """What the operator notes about it."""

    is_late: bool
    """Whether it has been due for more than a minute, and nobody has begun to crawl it."""

    crawl: str | None
    """Its last crawl."""

    crawled_at: datetime | None
    """When that began."""

    outcome: str | None
    """How that ended."""

    articles: int
    """Stored articles."""

    gone: int
    """Those that the site has removed."""

    newest_at: datetime | None
    """When its newest article was published."""


def papers(connection: Connection, limit: int, skip: int = 0) -> list[Paper]:
    """The sites, late ones first, the longest late before all."""
    return connection.cursor(row_factory=class_row(Paper)).execute(_PAPERS, [limit, skip]).fetchall()
