"""What is known of a fleet at work: its machines, what runs, what is late, what was given up, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString, TypeVar

from psycopg import Connection
from psycopg.rows import class_row

from pipelines.queries import reparse_runs
from pipelines.queries.fleet import IS_LATE
from pipelines.queries.reparse_runs import ReparseRun, TroubledShard

T = TypeVar("T")

_IS_USED = "SELECT EXISTS (SELECT FROM machines UNION ALL SELECT FROM sites UNION ALL SELECT FROM reparse_runs)"

# Silent ones first, then those that work.
_MACHINES = """
SELECT m.machine, m.version, m.slots, m.started_at, m.seen_at, m.stop_asked_at, m.stopped_at, m.spool_pages, m.refused,
    m.stopped_at IS NULL AND m.seen_at < now() - make_interval(secs => %s) AS is_silent,
    (SELECT count(*) FROM sites AS s WHERE s.machine = m.machine)
        + (SELECT count(*) FROM reparse_shards AS r WHERE r.machine = m.machine AND r.finished_at IS NULL) AS running,
    coalesce(a.files, 0) AS unsent_files, coalesce(a.bytes, 0) AS unsent_bytes, a.since AS unsent_since
FROM machines AS m LEFT JOIN (
    SELECT machine, count(*) AS files, sum(bytes)::bigint AS bytes, min(noted_at) AS since
    FROM archive_files WHERE state = 'waiting' GROUP BY machine
) AS a USING (machine)
ORDER BY is_silent DESC, m.stopped_at IS NOT NULL, m.machine"""

_RUNNING = """
SELECT site, machine, begun_at, 'crawl' AS what FROM sites WHERE machine IS NOT NULL
UNION ALL
SELECT site, machine, begun_at, 'reparse ' || run || ', part ' || part FROM reparse_shards
WHERE machine IS NOT NULL AND finished_at IS NULL
ORDER BY begun_at, site"""

_LATE: LiteralString = f"SELECT site, next_at AS since FROM sites AS s WHERE {IS_LATE} ORDER BY next_at, site"

_TROUBLED = """
SELECT site, attempts, failed_at, status, next_at FROM sites
WHERE (attempts > 0 OR failed_at IS NOT NULL OR status = ANY(%s)) AND retired_at IS NULL
ORDER BY failed_at IS NULL, site"""

_COUNTS = """
SELECT count(*) FILTER (WHERE retired_at IS NULL) AS sites, count(paused_at) FILTER (WHERE retired_at IS NULL) AS paused
FROM sites"""


@dataclass(frozen=True, kw_only=True)
class MachineRow:
    """A machine on which a worker runs, or ran."""

    machine: str
    """Its name."""

    version: str
    """Version of the program there."""

    slots: int
    """How many jobs it does at once."""

    started_at: datetime
    """When its worker started."""

    seen_at: datetime
    """When it was heard of last."""

    stop_asked_at: datetime | None
    """When somebody asked it to end."""

    stopped_at: datetime | None
    """When its worker ended in good order; None while it runs, or where it was killed."""

    spool_pages: int
    """Pages that wait in its spool, of crawls that have ended."""

    refused: int
    """Files in its data folder with pages that the database refused."""

    is_silent: bool
    """Whether it has not been heard of for too long, and did not end in good order."""

    running: int
    """Jobs that run there."""

    unsent_files: int
    """Archive files that wait for the store."""

    unsent_bytes: int
    """Their size."""

    unsent_since: datetime | None
    """Since when the oldest of them waits."""


@dataclass(frozen=True, kw_only=True)
class RunningRow:
    """A job that runs now."""

    site: str
    """Host of the site."""

    machine: str
    """Where it runs."""

    begun_at: datetime
    """Since when."""

    what: str
    """`crawl`, or the run and part of a re-parse."""


@dataclass(frozen=True, kw_only=True)
class LateRow:
    """A site that has been due for more than a minute, and nobody has begun to crawl it."""

    site: str
    """Host of the site."""

    since: datetime
    """Since when it is due."""


@dataclass(frozen=True, kw_only=True)
class TroubledRow:
    """A site whose crawls were killed, or could not begin."""

    site: str
    """Host of the site."""

    attempts: int
    """How many of its crawls were killed since one ended by itself."""

    failed_at: datetime | None
    """When the schedule gave up until its next time; None where it did not, or a crawl ended by itself since."""

    status: int | None
    """Exit status of its last crawl that ended by itself."""

    next_at: datetime | None
    """When it is due next."""


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """The fleet at one moment."""

    sites: int
    """Sites that were added and not retired."""

    paused: int
    """Those that are paused."""

    machines: tuple[MachineRow, ...]
    """Its machines, silent ones first."""

    running: tuple[RunningRow, ...]
    """What runs now, longest first."""

    late: tuple[LateRow, ...]
    """Sites that are late, longest first."""

    troubled: tuple[TroubledRow, ...]
    """Sites whose crawls were killed or could not begin, those that were given up first."""

    reparses: tuple[ReparseRun, ...]
    """Runs of `asiatongsin reparse --fleet` that go on, and the last one."""

    shards: tuple[TroubledShard, ...]
    """Parts of these that failed, or have to be tried again."""


CANNOT_BEGIN = [2]
"""Exit statuses of crawls that leave no row: wrong settings or arguments, or a database that takes nothing."""


def fleet(connection: Connection, silent_after: float) -> Fleet | None:
    """The fleet; None where nothing was ever added. Silent is who says nothing for so many seconds."""
    if connection.execute(_IS_USED).fetchone() != (True,):
        return None
    runs = reparse_runs.runs(connection)
    [(sites, paused)] = connection.execute(_COUNTS).fetchall()
    return Fleet(
        sites=sites,
        paused=paused,
        machines=_rows(connection, MachineRow, _MACHINES, silent_after),
        running=_rows(connection, RunningRow, _RUNNING),
        late=_rows(connection, LateRow, _LATE),
        troubled=_rows(connection, TroubledRow, _TROUBLED, CANNOT_BEGIN),
        reparses=tuple(runs),
        shards=tuple(reparse_runs.troubled(connection, [one.run for one in runs])),
    )


def _rows(connection: Connection, kind: type[T], query: LiteralString, *values: Any) -> tuple[T, ...]:
    found: Sequence[T] = connection.cursor(row_factory=class_row(kind)).execute(query, values).fetchall()
    return tuple(found)
