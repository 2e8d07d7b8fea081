"""All that a worker asks the database. Its functions block, so they are called in a thread, one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from time import monotonic

import psycopg
from psycopg import Connection

from pipelines.database import clock
from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseTooNew
from pipelines.database.migrate import migrate, migrations, schema_version
from pipelines.database.session import Session
from pipelines.fleet import queue
from pipelines.fleet.machines import Machine, Standing, enter, standing
from pipelines.fleet.processes import FORKSERVER_DIED
from pipelines.fleet.queue import Job
from pipelines.fleet.tick import sweep, tick
from pipelines.fleet.work import Begun, End, Work

BEATS = 3
"""So many times within FLEET_DEAD_AFTER a worker says that it is alive."""

SHORTEST_TICK = 0.2
"""Seconds between two looks for what is due, where one site after the other is."""

_DUE_IN = """
SELECT extract(epoch FROM min(next_at) - clock_timestamp())::float8 FROM sites
WHERE next_at > now() AND paused_at IS NULL AND retired_at IS NULL"""

_WAITING = "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = ANY(%s))"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """A job whose process has ended, until that is written down."""

    job: Job
    """The job."""

    end: End
    """How it ended."""

    status: int
    """Its exit status."""


@dataclass(kw_only=True, slots=True)
class Turn:
    """What is asked of the database in one go, and what came of it, also where it broke off."""

    machine: Machine
    """This machine."""

    running: frozenset[int]
    """The jobs that run here."""

    ended: Sequence[Ending] = ()
    """Ends that are not written down yet."""

    free: int = 0
    """How many more jobs may begin."""

    spool: dict[str, int] = field(default_factory=lambda: {"pages": 0, "refused": 0})
    """What lies in the data folder of this machine."""

    settled: list[Ending] = field(default_factory=list)
    """Ends that are written down now."""

    begun: list[Begun] = field(default_factory=list)
    """Jobs that are to be started."""

    given_up: list[tuple[str, str]] = field(default_factory=list)
    """Sites that the schedule gives up until their next time, each with the reason."""

    is_stop_asked: bool = False
    """Whether somebody wants this worker to end."""

    due_in: float = float("inf")
    """Seconds until a site is due, so far as is known."""

    is_short: bool = False
    """Whether the next turn should come at once."""


class Desk:
    """A worker's place in the queue and among the machines."""

    def __init__(self, database: Database, works: Sequence[Work], *, tick_seconds: float, dead_after: float) -> None:
        self.session = Session(database, prepare=self._prepare)
        self.works = {work.queue: work for work in works}
        self.tick_seconds = tick_seconds
        self.dead_after = dead_after
        self.worker: int | None = None
        """Its number in the queue; None before it is registered, and where others have taken it for dead."""
        self._connected_at = self._beat_at = self._tick_at = self._swept_at = -1e9

    def _prepare(self, connection: Connection) -> None:
        migrate(connection)
        queue.make_tables(connection)
        self._connected_at, self._beat_at = monotonic(), -1e9

    def turn(self, turn: Turn) -> None:
        """Writes down, takes over, hands out. DatabaseUnreachable, DatabaseUnusable (ClocksDiffer), NameTaken."""
        for ending in turn.ended:
            if sentence := self.session.run(partial(self._settle, ending=ending)):
                turn.given_up.append((ending.job.args["site"], sentence))
            turn.settled.append(ending)
        self.session.run(partial(self._beat, turn=turn))
        if turn.free:
            self.session.run(clock.check)  # each crawl would be refused, and its site wait for its next time
        self.session.run(partial(self._tick, turn=turn))
        while len(turn.begun) < turn.free and self.session.run(partial(self._take, turn=turn)):
            pass

    @property
    def beat_seconds(self) -> float:
        """Seconds between two words of a worker that is alive."""
        return self.dead_after / BEATS

    def standing(self, name: str) -> Standing | None:
        """A run under this name that has not ended in good order. DatabaseUnreachable, DatabaseUnusable."""
        return self.session.run(partial(standing, name=name))

    def enter(self, name: str, slots: int) -> Machine:
        """Makes this worker known under its name. DatabaseUnreachable, DatabaseUnusable."""
        return self.session.run(partial(enter, name=name, slots=slots))

    def leave(self, machine: Machine) -> None:
        """Says that this worker ends. DatabaseUnreachable, DatabaseUnusable."""
        self.session.run(machine.leave)
        if self.worker is not None:
            self.session.run(partial(queue.unregister, worker=self.worker))
        self.session.close()

    def _settle(self, connection: Connection, ending: Ending) -> str | None:
        work = self.works[ending.job.queue]
        with connection.transaction():
            is_ours = queue.delete(connection, ending.job)
            return work.end(connection, ending.job, ending.end, ending.status, is_ours=is_ours)

    def _beat(self, connection: Connection, turn: Turn) -> None:
        if monotonic() - self._beat_at < self.beat_seconds:
            return
        turn.is_stop_asked = turn.machine.beat(connection, turn.spool)
        if self.worker is None or not queue.beat(connection, self.worker):
            self.worker = queue.register(connection)
        if (found := schema_version(connection)) > (known := migrations()[-1].version):
            raise DatabaseTooNew(found, known)  # behind the beat: the jobs that run here go on
        self._put_back_unknown(connection, turn)
        self._beat_at = monotonic()

    def _put_back_unknown(self, connection: Connection, turn: Turn) -> None:
        """Jobs that were taken over a connection that broke before it could say so."""
        known = turn.running | {ending.job.id for ending in turn.ended} | {begun.job.id for begun in turn.begun}
        for job in queue.taken_by(connection, self.worker or 0):
            if job.id not in known:
                self._settle(connection, Ending(job=job, end=End.STOPPED, status=FORKSERVER_DIED))

    def _tick(self, connection: Connection, turn: Turn) -> None:
        now, works = monotonic(), list(self.works.values())
        if turn.free and now >= self._tick_at:
            if any(work.due(connection) for work in works):
                tick(connection, works)
            [(seconds,)] = connection.execute(_DUE_IN).fetchall()
            self._tick_at = now + min(self.tick_seconds, max(seconds or self.tick_seconds, SHORTEST_TICK))
        turn.due_in = self._tick_at - monotonic() if turn.free else self.tick_seconds
        # After the database was away, all workers would seem dead to the first that is back.
        if now - max(self._swept_at, self._connected_at) >= self.beat_seconds and (
            now - self._connected_at >= self.dead_after
        ):
            turn.given_up += sweep(connection, works, self.dead_after)
            self._swept_at = now

    def _take(self, connection: Connection, turn: Turn) -> bool:
        """Takes one job; False where there is none."""
        if self.worker is None or connection.execute(_WAITING, [list(self.works)]).fetchone() != (True,):
            return False
        try:
            with connection.transaction():
                job = queue.fetch(connection, self.works, self.worker)
                begun = self.works[job.queue].begin(connection, job) if job else None
                if job and begun is None:
                    queue.delete(connection, job)
        except psycopg.errors.UniqueViolation:  # another worker has taken a job with the same lock in this moment
            turn.is_short = True
            return False
        except psycopg.errors.ForeignKeyViolation:  # others have taken this worker for dead
            self.worker, self._beat_at, turn.is_short = None, -1e9, True
            return False
        turn.begun += [begun] if begun else []
        return job is not None
