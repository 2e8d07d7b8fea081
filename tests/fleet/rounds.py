"""Two machines crawl many papers while, at random moments, one thing after the other dies. Then nothing is missing."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic, sleep

import psycopg
from psycopg import conninfo, sql

from tests import warm_start
from tests.conftest import ROOT
from tests.faults import contents
from tests.faults.postgres import Server
from tests.fleet.workers import QUICK, Machine, add, crawled, papers
from tests.site import Replica
from tests.stored import count, value
from tests.stores import Weed, environment, new_address

ARTICLES = 12
"""Of each paper."""

MACHINES = ("seoul", "busan")
SLOTS = 5
SETTINGS = {"FLEET_ATTEMPTS": "1000", "DOWNLOAD_DELAY": "0.05"}
LONGEST = 900.0
"""Seconds after which a fleet that does not come to its end counts as stuck."""

# A crawl that met another one of its site is tried again in a minute, and one that met no database at no time here.
_HURRY = """
UPDATE sites AS s SET next_at = now() WHERE coalesce(next_at > now(), true) AND machine IS NULL AND NOT EXISTS (
    SELECT FROM crawls WHERE site = s.site AND outcome = 'ok' AND proves_lists)"""
_NEW = "SELECT coalesce(sum(new), 0) FROM crawls"
_ENDLESS = "SELECT count(*) FROM crawls WHERE finished_at IS NULL"
_AT_WORK = "SELECT count(*) FROM sites WHERE machine IS NOT NULL"


@dataclass
class Report:
    """What happened, and what was left."""

    deaths: Counter[str] = field(default_factory=Counter)
    """How often each kind of thing died."""

    articles: int = 0
    """Articles that are stored."""

    lost: list[str] = field(default_factory=list)
    """Rows that an undisturbed fleet leaves, and this one did not."""

    doubled: list[str] = field(default_factory=list)
    """Rows that an undisturbed fleet does not leave."""

    faults: list[str] = field(default_factory=list)
    """Whatever else is not as it must be."""

    @property
    def is_clean(self) -> bool:
        """Whether all is there, once."""
        return not (self.lost or self.doubled or self.faults)

    def add(self, other: Report) -> None:
        """Sums up."""
        self.deaths += other.deaths
        self.articles += other.articles
        self.lost += other.lost
        self.doubled += other.doubled
        self.faults += other.faults

    def __str__(self) -> str:
        died = ", ".join(f"{number} of the {kind}" for kind, number in sorted(self.deaths.items()))
        lines = [f"deaths    {self.deaths.total()}: {died}", f"articles  {self.articles}"]
        lines += [f"lost      {len(self.lost)}", f"doubled   {len(self.doubled)}", f"faults    {len(self.faults)}"]
        return "\n".join([*lines, *self.faults, *(row[:200] for row in [*self.lost, *self.doubled][:20])])


class Stage:
    """Papers that are served, and a server that may be harmed."""

    def __init__(
        self, replicas: Sequence[Replica], server: Server, store: Weed, folder: Path, cuts: Sequence[float]
    ) -> None:
        self.replicas = replicas
        self.server = server
        self.store = store
        self.folder = folder
        self.cuts = cuts
        """For how many seconds the database may be away."""
        self.undisturbed = Fleet(self, "undisturbed").play(Random(0), 0)

    @classmethod
    @contextmanager
    def open(cls, folder: Path, many: int, cuts: Sequence[float]) -> Iterator[Stage]:
        """A stage with so many papers below a folder that whoever made it removes."""
        with papers(many, ARTICLES) as replicas:
            server, store = Server(folder / "server"), Weed(folder / "store")
            try:
                server.start()
                store.start()
                yield cls(replicas, server, store, folder, cuts)
            finally:
                server.stop()
                store.kill()

    @property
    def articles(self) -> int:
        """All articles of all papers."""
        return ARTICLES * len(self.replicas)

    def play(self, seed: int, deaths: int) -> Report:
        """A fleet with so many deaths, compared with the undisturbed one."""
        fleet = Fleet(self, f"fleet_{seed}")
        found = fleet.play(Random(seed), deaths)
        fleet.report.lost += sorted(self.undisturbed - found)
        fleet.report.doubled += sorted(found - self.undisturbed)
        return fleet.report


class Fleet:
    """A database of its own and two machines."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage = stage
        self.name = name
        self.address = new_address()
        self.url = conninfo.make_conninfo(stage.server.url, dbname=name)
        self.papers = len(stage.replicas)
        self.machines: dict[str, Machine] = {}
        self.report = Report()
        with stage.server.connect() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        add(self.url, stage.replicas)

    def play(self, random: Random, deaths: int) -> frozenset[str]:
        """Crawls all papers while so many things die; the rows that are stored then."""
        with ExitStack() as stack:
            for name in MACHINES:
                self._start(name)
            stack.callback(self._kill_all)
            kinds = [self._worker, self._crawl, self._forkserver, self._machine, self._frozen, self._database]
            kinds += [self._push, self._store]
            for number in range(deaths):
                self._until_at_work()
                sleep(random.uniform(0, 1.0))  # not a wait for something: the moment is to be any
                # Each kind of death comes before one comes again.
                (kinds[number] if number < len(kinds) else random.choice(kinds))(random)
            self._until_all_crawled()
            self._end()
        self._look_through_store()
        with psycopg.connect(self.url, autocommit=True) as connection:
            return contents.rows(connection)

    def _start(self, name: str) -> None:
        folder = self.stage.folder / self.name / name
        self.machines[name] = Machine.start(name, self.url, folder, SLOTS, **SETTINGS)

    def _command(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        """A command on one of the machines."""
        folder = self.stage.folder / self.name / name
        given = {"DATABASE_URL": self.url, "ASIATONGSIN_FLEET_MACHINE": name, "ASIATONGSIN_ARCHIVE_STORE": self.address}
        given |= {"ASIATONGSIN_DATA": str(folder / "data")} | environment(self.stage.store.endpoint)
        with (folder / "commands").open("ab") as log:
            command = [*warm_start.COMMAND, *arguments]
            return warm_start.Popen(command, cwd=ROOT, env=os.environ | given, stdout=log, stderr=log)

    def _any(self, random: Random) -> Machine:
        return self.machines[random.choice(MACHINES)]

    def _worker(self, random: Random) -> None:
        machine = self._any(random)
        self._dies("worker", machine.process.pid)
        machine.process.wait()
        self._start(machine.name)

    def _crawl(self, random: Random) -> None:
        if crawls := [pid for machine in self.machines.values() for pid in machine.crawls]:
            self._dies("crawl", random.choice(crawls))

    def _forkserver(self, random: Random) -> None:
        if forkserver := self._any(random).forkserver:
            self._dies("forkserver", forkserver)

    def _machine(self, random: Random) -> None:
        """All that runs on it dies in one moment, or nearly so: the worker stands still meanwhile."""
        machine = self._any(random)
        machine.process.send_signal(signal.SIGSTOP)
        for pid in filter(None, [*machine.crawls, machine.forkserver]):
            _kill(pid)
        self._dies("machine", machine.process.pid)
        machine.process.wait()
        self._start(machine.name)

    def _frozen(self, random: Random) -> None:
        """For longer than it takes to be taken for dead. Its crawls run on."""
        machine = self._any(random)
        machine.process.send_signal(signal.SIGSTOP)
        self.report.deaths["frozen worker"] += 1
        sleep(random.uniform(1.0, 2.0) * float(QUICK["FLEET_DEAD_AFTER"]))
        machine.process.send_signal(signal.SIGCONT)

    def _database(self, random: Random) -> None:
        self.report.deaths["database"] += 1
        self.stage.server.stop()
        sleep(random.choice(self.stage.cuts))
        self.stage.server.start()

    def _push(self, random: Random) -> None:
        """What brings the archive to the store is killed, at any moment."""
        pushing = self._command(random.choice(MACHINES), "archive", "push", "--now")
        sleep(random.uniform(0, 0.5))
        if pushing.poll() is None:
            self._dies("push", pushing.pid)
        pushing.wait()

    def _store(self, random: Random) -> None:
        """While something is brought there, or read back."""
        pushing = self._command(random.choice(MACHINES), "archive", "push", "--now")
        sleep(random.uniform(0, 0.5))
        self.report.deaths["store"] += 1
        self.stage.store.kill()
        pushing.wait()
        self.stage.store.start()

    def _dies(self, kind: str, pid: int) -> None:
        self.report.deaths[kind] += 1
        _kill(pid)

    def _kill_all(self) -> None:
        for machine in self.machines.values():
            machine.kill()

    def _until_at_work(self) -> None:
        """Deaths come while there is work, so that they do harm; where none is left, all sites are due once more."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            if crawled(connection, self.papers):
                connection.execute("UPDATE sites SET next_at = now()")
            self._wait(lambda: int(value(connection, _AT_WORK)) > 0, connection)

    def _until_all_crawled(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            self._wait(lambda: crawled(connection, self.papers) and not int(value(connection, _AT_WORK)), connection)

    def _wait(self, comes: Callable[[], bool], connection: psycopg.Connection) -> None:
        until = monotonic() + LONGEST
        while not comes():
            connection.execute(_HURRY)
            sleep(0.2)
            if monotonic() > until:
                logs = "\n".join(machine.log[-3000:] for machine in self.machines.values())
                raise TimeoutError(f"{self.name} does not come to its end\n{logs}")

    def _look_through_store(self) -> None:
        """All that both machines have archived is in the store, and each reads all of it."""
        steps = [(name, "archive push --now") for name in MACHINES]
        steps += [(MACHINES[0], "archive verify"), (MACHINES[1], "reparse --dry-run --jobs 1")]
        for name, arguments in steps:
            if status := self._command(name, *arguments.split()).wait():
                said = (self.stage.folder / self.name / name / "commands").read_text()[-2000:]
                self.report.faults.append(f"{self.name}: {name}: {arguments} ended with {status}\n{said}")
        said = (self.stage.folder / self.name / MACHINES[1] / "commands").read_text()
        found = re.search(r"(\d+) captures read again, none differs$", said.rstrip())
        if found is None or int(found[1]) < self.report.articles:
            self.report.faults.append(f"{self.name}: what is in the store is not what is stored\n{said[-2000:]}")

    def _end(self) -> None:
        """The workers end in good order, and nothing waits or runs any more."""
        for machine in self.machines.values():
            if (status := machine.end().status) != 0:
                said = machine.log[-2000:]
                self.report.faults.append(f"{self.name}: the worker of {machine.name} ended with {status}\n{said}")
            data = machine.folder / "data"
            left = [path.name for path in (data / "spool").glob("[!.]*")]
            if left or (data / "refused").exists():
                self.report.faults.append(f"{self.name}: {machine.name} has {left} in its spool")
        with psycopg.connect(self.url, autocommit=True) as connection:
            self.report.articles = count(connection, "articles")
            new, endless = int(value(connection, _NEW)), int(value(connection, _ENDLESS))
            if new != self.report.articles:
                self.report.doubled.append(f"{self.name}: crawls count {new} new articles")
            if endless or count(connection, "procrastinate_jobs"):
                self.report.faults.append(f"{self.name}: {endless} crawls have no end, or jobs are left")


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
