"""`asiatongsin fleet worker`: takes what is due, and runs each job in a process of its own."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from time import monotonic
from typing import ParamSpec, TypeVar

from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings

from pipelines.crawl.extension import MIGRATION_FACTOR
from pipelines.crawl_record import ExitStatus
from pipelines.database.connection import Database
from pipelines.database.errors import REFUSALS, DatabaseFrozen, DatabaseTooNew, DatabaseUnreachable, DatabaseUnusable
from pipelines.disk import data_folder
from pipelines.fleet.bell import Bell
from pipelines.fleet.chores import Chores
from pipelines.fleet.crawls import Crawls
from pipelines.fleet.desk import Desk, Ending, Turn
from pipelines.fleet.limits import Limits
from pipelines.fleet.machines import Machine, NameTaken
from pipelines.fleet.processes import FORKSERVER_DIED, Processes
from pipelines.fleet.shards import Shards
from pipelines.fleet.work import Begun, End, Work
from pipelines.monitoring.notify import Notices
from pipelines.threads import run_in_thread, start_in_thread

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 15.0
"""Seconds between two attempts to reach a database that is away."""

SHORT_PAUSE = 0.5
"""Seconds to the next look where another worker was in the way, and while this one ends."""

DEAF_PAUSE = 1.0
"""Seconds between two looks at the queue behind a pooler, where nobody tells what comes into it."""

LAST_WORDS = 5.0
"""Seconds that a worker has to write down how its last jobs ended."""

CMDLINE = SETTINGS_PRIORITIES["cmdline"]


class Worker:
    """Takes jobs as long as it has free slots. Whatever happens to the database, its processes run on."""

    def __init__(self, settings: BaseSettings, works: Sequence[Work] | None = None) -> None:
        data = data_folder(settings)
        self.limits = Limits.from_settings(settings)
        self.database = Database.from_settings(settings)
        self.works = works or works_of(self.limits)
        self.processes = Processes({name: settings[name] for name in settings if _is_given(settings, name)})
        self.chores = Chores(settings, self.processes, data, self.database)
        self.notices = Notices(settings, data)
        self.running: dict[int, Begun] = {}
        """The jobs that run here, by their numbers."""
        self.ended: list[Ending] = []
        """Ends that are not written down yet."""
        self.sentence = "the worker has ended, as it was told"
        self._desk = self._new_desk()
        self._machine: Machine | None = None
        self._wake = asyncio.Event()
        self._bell = Bell(self.database, self._wake.set)
        self._takes, self._is_told, self._trouble = True, False, ""
        self._idle_since = float("inf")

    async def run(self) -> tuple[int, str]:
        """Runs until it is told to end; exit status and last line."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        pause = 0.0
        while not self._is_over():
            pause = await self._turn(pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause if self._takes else min(pause, SHORT_PAUSE))
            self._wake.clear()
        self.processes.stop()
        self._bell.close()
        if self._machine:
            with suppress(DatabaseUnreachable, DatabaseUnusable):
                await self._ask(LAST_WORDS, self._desk.leave, self._machine)
        return ExitStatus.DONE, self.sentence

    def drain(self, why: str) -> None:
        """Takes no more jobs, and ends when those that run have ended."""
        if self._takes:
            logger.warning(
                "%s; this worker takes nothing more, and ends when its %d crawls have", why, len(self.running)
            )
        self._takes, self.sentence = False, why
        self._wake.set()

    def _stop(self) -> None:
        """At the first signal the jobs are told to end, and killed after the grace; at a second one at once."""
        if self._is_told:
            self.processes.kill()
            return
        self._is_told = True
        self.drain("the worker was told to end")
        self.processes.stop()
        asyncio.get_running_loop().call_later(self.limits.grace, self.processes.kill)

    def _is_over(self) -> bool:
        if self._takes or self.running:
            return False
        self._idle_since = min(self._idle_since, monotonic())
        return not self.ended or monotonic() - self._idle_since > LAST_WORDS

    async def _turn(self, pause: float) -> float:
        """Asks the database once; returns the seconds until the next time."""
        try:
            machine = self._machine or await self._enter()
            turn = Turn(
                machine=machine, running=frozenset(self.running), ended=list(self.ended), spool=self.chores.spool
            )
            turn.free = self.limits.slots - len(self.running) if self._takes else 0
            try:
                await self._ask(self.limits.silence_max, self._desk.turn, turn)
            finally:
                self._heed(turn)
            await self._listen()
            if self._takes:
                await self.chores.do()
        except (DatabaseTooNew, NameTaken) as error:
            if self._machine is None:
                raise
            self.drain(str(error))
        except (DatabaseUnreachable, DatabaseUnusable, *REFUSALS) as error:
            if self._machine is None and isinstance(error, DatabaseUnusable):
                raise
            return self._put_off(error, pause)
        if self._trouble:
            logger.info("The database answers again")
        self._trouble = ""
        if turn.is_short:
            return SHORT_PAUSE
        longest = min(self.limits.tick, DEAF_PAUSE) if self._bell.is_deaf else self.limits.tick
        return min(longest, max(turn.due_in, 0.0))

    async def _enter(self) -> Machine:
        """Takes the name of this machine, once an earlier run that may have been killed has been silent for a while."""
        silence_max, heard = self.limits.silence_max * MIGRATION_FACTOR, set[datetime]()
        while self._takes and (found := await self._ask(silence_max, self._desk.standing, self.limits.machine)):
            heard.add(found.seen_at)
            if len(heard) > 2:  # one word of an earlier run may have been on its way as that was killed
                raise NameTaken(self.limits.machine)
            if found.silent_for > self._desk.beat_seconds * 1.5:
                break
            if len(heard) == 1:
                logger.info("A worker ran as %s a moment ago: this one waits until that has ended", self.limits.machine)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._desk.beat_seconds / 2)
        self._machine = await self._ask(silence_max, self._desk.enter, self.limits.machine, self.limits.slots)
        logger.info("This machine is %s, with %d slots", self._machine.name, self._machine.slots)
        return self._machine

    async def _ask(self, silence_max: float, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Asks the database. DatabaseFrozen where it does not answer: what asks it then is left alone."""
        try:
            return await asyncio.wait_for(run_in_thread(work, *given, **named), silence_max)
        except TimeoutError:
            worker, self._desk = self._desk.worker, self._new_desk()
            self._desk.worker = worker
            raise DatabaseFrozen from None

    def _new_desk(self) -> Desk:
        return Desk(self.database, self.works, tick_seconds=self.limits.tick, dead_after=self.limits.dead_after)

    async def _listen(self) -> None:
        if connection := await self._ask(self.limits.silence_max, self._bell.open):
            self._bell.watch(connection)

    def _put_off(self, error: Exception, pause: float) -> float:
        """Tells once that the database is away, or refuses; returns the seconds until it is asked again."""
        if not self._trouble:
            logger.warning("No job is taken, and those that run go on, until the database answers: %s", error)
        self._trouble = str(error)
        return min(max(pause, SHORT_PAUSE) * 2, LONGEST_PAUSE, self.limits.dead_after / 2)

    def _heed(self, turn: Turn) -> None:
        """Does what follows from a turn, also from one that broke off, or still waits for a frozen database."""
        turn.free = 0
        self.ended = [ending for ending in self.ended if ending not in turn.settled]
        for begun in turn.begun:
            self._start(begun)
        for site, sentence in turn.given_up:
            start_in_thread(self.notices.given_up, site, sentence)
        if turn.is_stop_asked:
            self.drain("somebody asked this machine to end (asiatongsin fleet stop)")

    def _start(self, begun: Begun) -> None:
        if self._is_told:
            self._note(begun, End.STOPPED, FORKSERVER_DIED)
            return
        try:
            self.processes.start(begun.label, begun.run, begun.given, lambda status: self._end(begun, status))
        except (OSError, EOFError) as error:
            logger.warning("Cannot start a process for %s: %s", begun.label, error)
            self._note(begun, End.IN_THE_WAY, FORKSERVER_DIED)
        else:
            self.running[begun.job.id] = begun

    def _end(self, begun: Begun, status: int) -> None:
        del self.running[begun.job.id]
        if status == ExitStatus.OVERLAPPING:
            end = End.IN_THE_WAY
        elif self._is_told:
            end = End.STOPPED
        else:
            end = End.KILLED if status < 0 or status == FORKSERVER_DIED else End.BY_ITSELF
        if end is End.KILLED or status == ExitStatus.SPOOLED:
            self.chores.hurry()
        self._note(begun, end, status)

    def _note(self, begun: Begun, end: End, status: int) -> None:
        self.ended.append(Ending(job=begun.job, end=end, status=status))
        self._wake.set()


def works_of(limits: Limits) -> list[Work]:
    """The kinds of work that a worker does."""
    machine, attempts = limits.machine, limits.attempts
    return [Crawls(machine, attempts), Shards(machine, attempts), Shards(machine, attempts, only_on=machine)]


async def run_worker(settings: BaseSettings) -> tuple[int, str]:
    """Runs a worker until it is told to end; status and last line. DatabaseUnusable, NameTaken: it never began."""
    return await Worker(settings).run()


def _is_given(settings: BaseSettings, name: str) -> bool:
    """Whether the command line of the worker sets it: then it holds for each job as well."""
    return settings.getpriority(name) == CMDLINE
