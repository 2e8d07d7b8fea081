"""The figures of all sites and machines that become metrics: of each a few rows, by an index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

from psycopg import Connection
from psycopg.rows import class_row

from asiatongsin import statistics
from pipelines.crawl_record import REPARSE
from pipelines.queries.fleet import IS_LATE
from pipelines.queries.sites import SITES

_LAST_CRAWLS: LiteralString = f"""
SELECT s.site, c.*, (
    SELECT finished_at FROM crawls WHERE site = s.site AND outcome = 'ok' AND proves_lists ORDER BY number DESC LIMIT 1
) AS good_at
FROM ({SITES}) AS s, LATERAL (
    SELECT started_at, finished_at, outcome, list_pages, article_pages, new, changed, unchanged,
        coalesce((statistics ->> %(fronts)s)::bigint, 0) AS front_pages,
        coalesce((statistics ->> %(removed)s)::bigint, 0) AS removed,
        coalesce((statistics ->> %(rejected)s)::bigint, 0) AS rejected
    FROM crawls WHERE site = s.site AND finished_at IS NOT NULL AND kind <> '{REPARSE}' ORDER BY number DESC LIMIT 1
) AS c
WHERE s.site NOT IN (SELECT site FROM sites WHERE retired_at IS NOT NULL) ORDER BY s.site"""

_SITES: LiteralString = f"""
SELECT count(*) AS sites, count(*) FILTER (WHERE {IS_LATE}) AS late,
    coalesce(extract(epoch FROM now() - min(next_at) FILTER (WHERE {IS_LATE})), 0)::float8 AS latest_seconds,
    coalesce(sum(s.attempts), 0)::bigint + (
        SELECT coalesce(sum(attempts), 0)::bigint FROM reparse_shards WHERE finished_at IS NULL
    ) AS killed,
    count(failed_at) AS given_up,
    (SELECT count(*) FROM reparse_shards WHERE finished_at IS NULL) AS shards_left
FROM sites AS s WHERE retired_at IS NULL"""

_MACHINES = """
SELECT machine, seen_at, CASE WHEN alive THEN slots ELSE 0 END AS slots, NOT alive AND stopped_at IS NULL AS is_silent,
    spool_pages, refused, coalesce(files, 0) AS files_waiting, coalesce(bytes, 0) AS bytes_waiting
FROM (SELECT *, stopped_at IS NULL AND seen_at > now() - %(dead_after)s::interval AS alive FROM machines) AS m
FULL JOIN (
    SELECT machine, count(*) AS files, sum(bytes)::bigint AS bytes FROM archive_files
    WHERE state = 'waiting' GROUP BY machine
) AS a USING (machine)
ORDER BY machine"""


@dataclass(frozen=True, kw_only=True, slots=True)
class LastCrawl:
    """The last crawl of a site that ended."""

    site: str
    """Host of the site."""

    started_at: datetime
    """When it began."""

    finished_at: datetime
    """When it ended."""

    outcome: str
    """How it ended."""

    front_pages: int
    """Front pages that arrived."""

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

    removed: int
    """Article pages that answered as removed."""

    rejected: int
    """Article pages that could not be read."""

    good_at: datetime | None
    """When a crawl of the site ended well for the last time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FleetFigures:
    """The figures of the fleet as a whole."""

    sites: int
    """Sites that were added and not retired."""

    late: int
    """Sites among them that have been due for more than a minute, and that nobody has begun to crawl."""

    latest_seconds: float
    """For how long the one has been due that waits longest; 0 where none does."""

    killed: int
    """Attempts that were killed, of sites and parts of re-parses of which none ended by itself since."""

    given_up: int
    """Sites that the schedule has given up until their next time."""

    shards_left: int
    """Parts of re-parses that are not done."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineFigures:
    """The figures of a machine. One that only archives, and never ran a worker, has no more than its name and files."""

    machine: str
    """Its name."""

    seen_at: datetime | None
    """When it was heard of last."""

    slots: int
    """Crawls that it runs at once; 0 where it is not there."""

    is_silent: bool | None
    """Whether it did not end in good order, and was not heard of for FLEET_DEAD_AFTER."""

    spool_pages: int | None
    """Pages that wait in its spool."""

    refused: int | None
    """Files with pages that the database refused."""

    files_waiting: int
    """WARC files that wait for the archive store."""

    bytes_waiting: int
    """Their size."""


def last_crawls(connection: Connection) -> list[LastCrawl]:
    """The last crawl of each site that is not retired."""
    named = {
        "fronts": statistics.pages("front"),
        "removed": statistics.REMOVED,
        "rejected": statistics.unreadable("article"),
    }
    return connection.cursor(row_factory=class_row(LastCrawl)).execute(_LAST_CRAWLS, named).fetchall()


def fleet(connection: Connection) -> FleetFigures:
    """The fleet as a whole."""
    [found] = connection.cursor(row_factory=class_row(FleetFigures)).execute(_SITES).fetchall()
    return found


def machines(connection: Connection, dead_after: timedelta) -> list[MachineFigures]:
    """Each machine; one that was not heard of for `dead_after` is silent."""
    given = {"dead_after": dead_after}
    return connection.cursor(row_factory=class_row(MachineFigures)).execute(_MACHINES, given).fetchall()
