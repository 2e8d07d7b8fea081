"""What is known of a fleet: the sites that were added, and which of them are late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString

from psycopg import Connection
from psycopg.rows import class_row

from pipelines.database.fleet_tables import SITES
from pipelines.database.statements import names

IS_LATE: LiteralString = """
s.next_at < now() - interval '1 minute' AND s.machine IS NULL AND s.paused_at IS NULL AND s.retired_at IS NULL"""
"""A site of the table `sites AS s` has been due for more than a minute, and nobody has begun to crawl it."""

_SITES: LiteralString = f"""
SELECT {names(SITES, of="s")}, coalesce({IS_LATE}, false) AS is_late, c.started_at AS crawled_at, c.outcome
FROM sites AS s LEFT JOIN LATERAL (
    SELECT started_at, outcome FROM crawls WHERE site = s.site ORDER BY number DESC LIMIT 1
) AS c ON true
WHERE (s.site = ANY(%(sites)s) OR %(sites)s::text[] IS NULL) AND (%(with_retired)s OR s.retired_at IS NULL)
ORDER BY is_late DESC, CASE WHEN {IS_LATE} THEN s.next_at END, s.retired_at IS NOT NULL, s.site"""

_IS_THERE = "SELECT to_regclass('sites') IS NOT NULL"
_OWN = "SELECT base, settings, arguments, politeness_group FROM sites WHERE site = %s"

_CRAWLED_OF_GROUP = """
SELECT s.site FROM sites AS s JOIN pg_locks AS l
    ON (l.classid::bigint << 32) | l.objid::bigint = hashtextextended('asiatongsin crawl ' || s.site, 0)
WHERE s.politeness_group = %s AND s.site <> %s AND l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY s.site LIMIT 1"""


@dataclass(frozen=True, kw_only=True)
class OwnSettings:
    """What holds for crawls of one site, whoever begins them."""

    base: str | None = None
    """Its address: scheme, host and port; None: it was never added."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    """Settings by their names."""

    arguments: Mapping[str, str] = field(default_factory=dict)
    """Arguments of the spider by their names."""

    politeness_group: str | None = None
    """Sites of one group are never crawled at once."""


@dataclass(frozen=True, kw_only=True)
class AddedSite:
    """A site of the table `sites`."""

    site: str
    """Host of the site."""

    base: str
    """Its address: scheme, host and port."""

    schedule: str | None
    """When it is crawled: `every 30m`, or a cron expression; None: only by hand."""

    time_zone: str
    """Time zone in which a cron expression is meant."""

    next_at: datetime | None
    """When it is due next; None: it has no schedule."""

    priority: int
    """Of sites that are due at once, those with a higher one begin first."""

    politeness_group: str | None
    """Sites of one group share a server, and are never crawled at once; None: it is alone on its server."""

    settings: Mapping[str, Any]
    """Settings that hold for this site alone."""

    arguments: Mapping[str, str]
    """Arguments of the spider in each of its crawls."""

    machine: str | None
    """Machine that crawls it now for the schedule."""

    begun_at: datetime | None
    """When that crawl began."""

    attempts: int
    """How many crawls of the schedule were killed since one ended by itself."""

    status: int | None
    """Exit status of the last crawl of the schedule that ended by itself."""

    failed_at: datetime | None
    """When the schedule gave up until the next time; None: a crawl ended by itself since."""

    paused_at: datetime | None
    """Since when the schedule passes it over."""

    retired_at: datetime | None
    """Since when it is crawled no more."""

    added_at: datetime
    """When it was added."""

    note: str | None
    """What the operator notes about it."""

    is_late: bool
    """Whether it has been due for more than a minute, and nobody has begun to crawl it."""

    crawled_at: datetime | None
    """When its last crawl began, whoever asked for it."""

    outcome: str | None
    """How that ended; None while it runs, or where there was none."""


def added_sites(
    connection: Connection, sites: list[str] | None = None, *, with_retired: bool = False
) -> list[AddedSite]:
    """The sites that were added, or those named; late ones first, the longest late before all."""
    given = {"sites": sites, "with_retired": with_retired}
    return connection.cursor(row_factory=class_row(AddedSite)).execute(_SITES, given).fetchall()


def own_settings(connection: Connection, site: str) -> OwnSettings:
    """What holds for this site alone; nothing where it was never added, or by tables of an older version."""
    if connection.execute(_IS_THERE).fetchone() != (True,):
        return OwnSettings()
    rows = connection.cursor(row_factory=class_row(OwnSettings)).execute(_OWN, [site])
    return next(iter(rows), OwnSettings())


def crawled_of_group(connection: Connection, group: str, but: str) -> str:
    """The site of a politeness group, other than `but`, that is crawled now; empty where none is known."""
    if connection.execute(_IS_THERE).fetchone() != (True,):
        return ""
    return next((str(site) for (site,) in connection.execute(_CRAWLED_OF_GROUP, [group, but])), "")
