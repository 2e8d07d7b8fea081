"""How far runs of `asiatongsin reparse --fleet` came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg import Connection
from psycopg.rows import class_row

# A run that ended is of interest until the next one, and for a day.
_RUNS: LiteralString = """
SELECT r.run, r.arguments, r.asked_at, r.finished_at, count(*) AS shards, count(s.finished_at) AS done,
    count(*) FILTER (WHERE s.finished_at IS NOT NULL AND s.status <> 0) AS failed,
    count(*) FILTER (WHERE s.finished_at IS NULL AND s.machine IS NOT NULL) AS running,
    array_remove(array_agg(DISTINCT CASE WHEN s.finished_at IS NULL THEN s.only_on END), NULL) AS only_on,
    sum(s.captures)::bigint AS captures, sum(s.differing)::bigint AS differing,
    coalesce(sum(s.attempts), 0)::bigint AS killed
FROM reparse_runs AS r JOIN reparse_shards AS s USING (run)
WHERE r.finished_at IS NULL OR r.run = (SELECT max(run) FROM reparse_runs) OR r.run = %(run)s
GROUP BY r.run ORDER BY r.run"""

_TROUBLES = """
SELECT run, site, part, machine, attempts, finished_at, sentence FROM reparse_shards
WHERE run = ANY(%s) AND sentence IS NOT NULL AND (finished_at IS NULL OR status <> 0)
ORDER BY run, site, part LIMIT %s"""

# Of each site one part: others of it wait for the lock of the site.
_DUE = """
SELECT DISTINCT ON (site) run, site, part FROM reparse_shards AS s
WHERE finished_at IS NULL AND (next_at IS NULL OR next_at <= now()) AND only_on IS NOT DISTINCT FROM %s
    AND NOT EXISTS (
        SELECT FROM reparse_shards AS e WHERE e.run = s.run AND e.site = s.site AND e.part < s.part
            AND e.only_on IS NOT DISTINCT FROM s.only_on AND e.finished_at IS NULL
    )
ORDER BY site, run, part"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReparseRun:
    """A run, and how far it came."""

    run: int
    """Its number."""

    arguments: dict[str, Any]
    """Which pages."""

    asked_at: datetime
    """When it was asked for."""

    finished_at: datetime | None
    """When its last part ended."""

    shards: int
    """Its parts."""

    done: int
    """Parts that have ended."""

    failed: int
    """Parts among these of which not all was read and stored."""

    running: int
    """Parts that are worked on."""

    only_on: list[str]
    """Machines that must do what is left, since the files are on their disks alone."""

    captures: int
    """Captures that were read again."""

    differing: int
    """Those that were stored otherwise."""

    killed: int
    """Attempts that were killed or failed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TroubledShard:
    """A part of a run that failed, or has to be tried again."""

    run: int
    """The run."""

    site: str
    """Host of the site."""

    part: int
    """Its place among the parts of the site."""

    machine: str | None
    """Machine that reads it, or has read it last."""

    attempts: int
    """How many attempts were killed or failed."""

    finished_at: datetime | None
    """When it ended; None: it is tried again."""

    sentence: str
    """What its last attempt said."""


def runs(connection: Connection, run: int | None = None) -> list[ReparseRun]:
    """The runs that are open, the last one, and this one."""
    return connection.cursor(row_factory=class_row(ReparseRun)).execute(_RUNS, {"run": run}).fetchall()


def troubled(connection: Connection, runs: list[int], limit: int = 10) -> list[TroubledShard]:
    """The first parts of these runs that failed, or have to be tried again."""
    return connection.cursor(row_factory=class_row(TroubledShard)).execute(_TROUBLES, [runs, limit]).fetchall()


def due(connection: Connection, only_on: str | None) -> list[tuple[int, str, int]]:
    """Run, site and part of what is due: parts that any machine can do, or those that this one must do."""
    return connection.execute(_DUE, [only_on]).fetchall()
