"""Crawls of sites as work of the fleet. What is due stands in the table `sites`; the queue only hands it out."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from asiatongsin import statistics as names
from asiatongsin.errors import ArgumentError
from pipelines.crawl_record import Outcome
from pipelines.fleet.apart import crawl
from pipelines.fleet.queue import Due, Job
from pipelines.fleet.schedule import Schedule
from pipelines.fleet.work import SOON, Begun, End
from pipelines.queries.fleet import OwnSettings

logger = logging.getLogger(__name__)

_DUE = """
SELECT site, priority, coalesce('server ' || politeness_group, 'site ' || site) FROM sites
WHERE next_at <= now() AND paused_at IS NULL AND retired_at IS NULL ORDER BY next_at"""

# Whoever paused the site or moved its time on, since it came into the queue, does not want it now.
_WANTED = """
SELECT base, arguments, schedule, time_zone, settings, politeness_group, now() FROM sites
WHERE site = %s AND next_at <= now() AND paused_at IS NULL AND retired_at IS NULL FOR UPDATE"""
_BEGIN = "UPDATE sites SET machine = %s, begun_at = now(), next_at = %s WHERE site = %s"

_LEAVE = "UPDATE sites SET machine = NULL, begun_at = NULL WHERE site = %s AND (%s OR machine = %s)"
_WELL = "UPDATE sites SET attempts = 0, failed_at = NULL, status = %s WHERE site = %s"
_AGAIN = "UPDATE sites SET next_at = least(next_at, now() + %s) WHERE site = %s"
_ATTEMPT = """
UPDATE sites SET attempts = attempts + 1,
    next_at = CASE WHEN (attempts + 1) %% %s = 0 THEN next_at ELSE now() END,
    failed_at = CASE WHEN (attempts + 1) %% %s = 0 THEN now() ELSE failed_at END
WHERE site = %s RETURNING attempts, failed_at = now()"""

# A process may be killed behind its last step. The row that others write for a killed crawl says `error`.
_ENDED = f"""
SELECT FROM crawls WHERE site = %s AND job = %s AND finished_at IS NOT NULL AND outcome <> '{Outcome.ERROR.word}'
    AND statistics ->> '{names.FINISH_REASON}' = '{names.FINISHED}'"""


@dataclass(frozen=True, slots=True)
class Crawls:
    """The crawls of all sites that have a schedule, or that somebody wants now."""

    machine: str
    """Name of this machine."""

    attempts_max: int
    """How many crawls in a row are killed before the schedule gives the site up until its next time."""

    queue: str = "crawls"

    def due(self, connection: Connection) -> Sequence[Due]:
        """The sites whose time has come, those first that have waited longest."""
        return [
            Due(name=f"crawl {site}", lock=lock, priority=priority, args={"site": site})
            for site, priority, lock in connection.execute(_DUE)
        ]

    def begin(self, connection: Connection, job: Job) -> Begun | None:
        """Moves the site on to its next time; missed times collapse into this one."""
        site = job.args["site"]
        for base, arguments, schedule, time_zone, settings, group, now in connection.execute(_WANTED, [site]):
            next_at = _next_at(site, schedule, time_zone, now)
            connection.execute(_BEGIN, [self.machine, next_at, site])
            own = OwnSettings(base=base, settings=settings, arguments=arguments, politeness_group=group)
            given = {"arguments": {"site": base, "_job": job.name}, "own": own}
            return Begun(job=job, label=site, run=crawl, given=given)
        return None

    def end(self, connection: Connection, job: Job, end: End, status: int, *, is_ours: bool) -> str | None:
        """Notes how a crawl ended; that one of a site was killed too often is told."""
        site = job.args["site"]
        connection.execute(_LEAVE, [site, is_ours, self.machine])
        if end is End.BY_ITSELF or (end is not End.IN_THE_WAY and _has_ended(connection, job)):
            connection.execute(_WELL, [max(status, 0), site])
        elif not is_ours:
            return None
        elif end is End.KILLED:
            return self._count_attempt(connection, site)
        else:
            connection.execute(_AGAIN, [SOON * (end is End.IN_THE_WAY), site])
        return None

    def _count_attempt(self, connection: Connection, site: str) -> str | None:
        for attempts, is_given_up in connection.execute(_ATTEMPT, [self.attempts_max, self.attempts_max, site]):
            logger.warning("The crawl of %s was killed (%d since one ended by itself)", site, attempts)
            if is_given_up:
                return f"its last {attempts} crawls were killed; the schedule waits for its next time"
        return None


def _has_ended(connection: Connection, job: Job) -> bool:
    """Whether the crawl has written a row that says that it came to its end by itself."""
    return connection.execute(_ENDED, [job.args["site"], job.name]).fetchone() is not None


def _next_at(site: str, schedule: str | None, time_zone: str, now: datetime) -> datetime | None:
    """By the clock of the database, which says what is due: that of this machine may be hours from it."""
    try:
        return Schedule.parse(schedule, time_zone).next_after(now, site) if schedule else None
    except ArgumentError as error:  # somebody wrote it into the table by hand
        logger.warning("The schedule of %s cannot be read (%s); it is crawled again in an hour", site, error)
        return now + 60 * SOON
