"""Parts of re-parses as work of the fleet. What is due stands in `reparse_shards`; the queue only hands it out."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import Connection

from pipelines.crawl_record import ExitStatus
from pipelines.fleet.queue import Due, Job
from pipelines.fleet.reparse_shard import finish_run, reparse_shard
from pipelines.fleet.work import SOON, Begun, End
from pipelines.queries import reparse_runs

logger = logging.getLogger(__name__)

BEHIND_CRAWLS = -1_000_000
"""Priority of a part: whatever is to be crawled begins first."""

# Parts keep a core busy for up to an hour: half of the slots stay free for crawls.
_FREE = """
SELECT greatest(1, coalesce(sum(slots), 0) / 2) - (
    SELECT count(*) FROM reparse_shards WHERE finished_at IS NULL AND machine IS NOT NULL
        AND (%(only_on)s::text IS NULL OR machine = %(only_on)s)
)
FROM machines
WHERE stopped_at IS NULL AND seen_at > now() - interval '1 minute'
    AND (%(only_on)s::text IS NULL OR machine = %(only_on)s)"""

# Where the queue is emptied meanwhile, it is due again after an hour; its lock says whether it still runs.
_BEGIN = """
UPDATE reparse_shards SET machine = %s, begun_at = now(), next_at = now() + interval '1 hour'
WHERE run = %s AND site = %s AND part = %s AND finished_at IS NULL AND (next_at IS NULL OR next_at <= now())
RETURNING run"""
_LEAVE = """
UPDATE reparse_shards SET machine = NULL, begun_at = NULL, next_at = now() + %s, attempts = attempts + %s
WHERE run = %s AND site = %s AND part = %s AND finished_at IS NULL RETURNING attempts, sentence"""
_GIVE_UP = """
UPDATE reparse_shards SET finished_at = now(), next_at = NULL, status = %s, sentence = %s
WHERE run = %s AND site = %s AND part = %s AND finished_at IS NULL"""


@dataclass(frozen=True, slots=True)
class Shards:
    """The parts that any machine can do or, with `only_on`, those whose files are on the disk of this one alone."""

    machine: str
    """Name of this machine."""

    attempts_max: int
    """How many attempts are killed, or fail, before a part is given up."""

    only_on: str | None = None

    @property
    def queue(self) -> str:
        """Name of its queue: other machines take nothing from that of this one."""
        return f"reparse on {self.only_on}" if self.only_on else "reparse"

    def due(self, connection: Connection) -> Sequence[Due]:
        """The parts whose time has come, as many as may run."""
        found = reparse_runs.due(connection, self.only_on)
        if not found:
            return []
        [(free,)] = connection.execute(_FREE, {"only_on": self.only_on}).fetchall()
        return [
            Due(
                name=f"reparse {site}",
                lock=f"site {site}",
                priority=BEHIND_CRAWLS,
                args={"site": site, "run": run, "part": part},
            )
            for run, site, part in found[: max(0, int(free))]
        ]

    def begin(self, connection: Connection, job: Job) -> Begun | None:
        """Notes that a part begins here; None where it is done, or its run was given up."""
        given = {name: job.args[name] for name in ("run", "site", "part")}
        if connection.execute(_BEGIN, [self.machine, *given.values()]).fetchone() is None:
            return None
        return Begun(job=job, label=job.args["site"], run=reparse_shard, given=given)

    def end(self, connection: Connection, job: Job, end: End, status: int, *, is_ours: bool) -> str | None:
        """What did not come to its end is tried again; that it is given up is told."""
        if not is_ours:
            return None
        key = [job.args["run"], job.args["site"], job.args["part"]]
        failed = end is End.KILLED or (end is End.BY_ITSELF and status != ExitStatus.SPOOLED)
        pause = SOON * {End.IN_THE_WAY: 1, End.BY_ITSELF: 5}.get(end, 0)
        for attempts, sentence in connection.execute(_LEAVE, [pause, int(failed), *key]):
            how = "was killed" if end is End.KILLED else "failed"
            if not failed or attempts < self.attempts_max:
                return None
            told = f"{attempts} attempts to read part {key[2]} of re-parse {key[0]} again failed; the last one {how}"
            told = f"{told}: {sentence}" if sentence and how == "failed" else told
            connection.execute(_GIVE_UP, [ExitStatus.FAULT, told, *key])
            finish_run(connection, key[0])
            return told
        return None
