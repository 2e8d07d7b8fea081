"""What one machine at a time does for all: it brings what is due into the queue, and takes over from the dead."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import LiteralString

from psycopg import Connection

from pipelines.fleet import queue
from pipelines.fleet.processes import FORKSERVER_DIED
from pipelines.fleet.work import End, Work

logger = logging.getLogger(__name__)

_KEY = "hashtextextended('asiatongsin fleet tick', 0)"
_TRY: LiteralString = f"SELECT pg_try_advisory_xact_lock({_KEY})"


def tick(connection: Connection, works: Sequence[Work]) -> list[str]:
    """Brings what is due into the queue; returns the names. Nothing where another machine does so now."""
    with connection.transaction():
        if connection.execute(_TRY).fetchone() != (True,):
            return []
        return [name for work in works for name in queue.defer(connection, work.queue, work.due(connection))]


def sweep(connection: Connection, works: Sequence[Work], dead_after: float) -> list[tuple[str, str]]:
    """Ends the jobs of dead workers; what is to be done again becomes due. Returns what is given up, and why.

    Each job by itself: the engine's own way, to put it back into the queue, fails where a newer one waits there.
    """
    given_up = []
    kinds = {work.queue: work for work in works}
    for job in queue.stalled(connection, dead_after):
        if work := kinds.get(job.queue):
            with connection.transaction():
                if queue.delete(connection, job):
                    logger.warning("Its worker is dead: %s %s", job.queue, job.args)
                    sentence = work.end(connection, job, End.KILLED, FORKSERVER_DIED, is_ours=True)
                    given_up += [(job.args["site"], sentence)] if sentence else []
    queue.prune(connection, dead_after)
    return given_up
