"""Kills at random moments, in rounds: crawls, drains and the server die, then one crawl is left in peace."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from random import Random
from threading import Lock
from time import monotonic, sleep

import psycopg
from psycopg import conninfo, sql

from tests import warm_start
from tests.conftest import ROOT
from tests.faults import contents
from tests.faults.postgres import Server
from tests.faults.tally import Kind, Tally
from tests.site import Replica, ReplicaSite, serve
from tests.stored import value

ARTICLES = 40
STORED, WAITING, KILLED = 0, 3, -9
NOWHERE = "postgresql://nobody@127.0.0.1:1/nowhere"
LONGEST = 600.0
"""Seconds after which a process that should have ended counts as stuck."""

_BUSY = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'asiatongsin' AND datname = %s"


class Stage:
    """Where rounds are played: a site, a server that may be harmed, and what an undisturbed crawl finds."""

    def __init__(self, replica: Replica, server: Server, folder: Path) -> None:
        self.replica = replica
        self.server = server
        self.folder = folder
        self.undisturbed: frozenset[str] = frozenset()

    @classmethod
    @contextmanager
    def open(cls, folder: Path) -> Iterator[Stage]:
        """A stage below a folder that is removed by whoever made it."""
        site = ReplicaSite(articles=ARTICLES, page_bytes=8_000, removed_every=9, unreadable_every=13)
        with serve(site) as replica:
            server = Server(folder / "server")
            server.start()
            try:
                stage = cls(replica, server, folder)
                stage.undisturbed = Round(stage, seed=-1).rehearse()
                yield stage
            finally:
                server.stop()


class Round:
    """A database and a data folder of its own; a few kills, then a crawl to its end, then the reckoning."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage = stage
        self.random = Random(seed)
        self.name = f"round_{seed}" if seed >= 0 else "rehearsal"
        self.data = stage.folder / self.name
        self.url = conninfo.make_conninfo(stage.server.url, dbname=self.name)
        self.tally = Tally(rounds=1)
        self.told: list[str] = []
        self.watching = ExitStack()
        self.data.mkdir()
        stage.replica.forget()
        with stage.server.connect() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.name)))

    def rehearse(self) -> frozenset[str]:
        """The rows that a crawl leaves which nothing happens to."""
        self._expect(self._crawl(self.url), STORED)
        with psycopg.connect(self.url) as connection:
            if contents.pages_stored(connection) != contents.served(self.stage.replica) or not self.tally.is_clean:
                raise RuntimeError(f"not even an undisturbed crawl is whole: {self.tally}")
            return contents.rows(connection)

    def play(self) -> Tally:
        """A few disturbances, then the crawl that has to find everything in order."""
        with self.watching:
            for _ in range(self.random.randint(1, 2)):
                self.random.choice([self._kill_crawl, self._kill_drain, self._kill_postmaster])()
        self._expect(self._crawl(self.url), STORED)
        self._reckon()
        if self.tally.is_clean:
            with self.stage.server.connect() as connection:
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(self.name)))
        return self.tally

    def _kill_crawl(self) -> None:
        self._kill(self._crawl(self.url), "crawl", self._any_moment())

    def _kill_drain(self) -> None:
        """One that has the pages of a whole crawl to store, or of one that was killed as well."""
        crawl = self._crawl(NOWHERE)
        if self.random.random() < 0.5:
            self._kill(crawl, "crawl", self._asked_for_some())
        else:
            self._expect(crawl, WAITING)
        self._kill(self._scrapy(self.url, "drain"), "drain", self._connected())

    def _kill_postmaster(self) -> None:
        """Under a crawl, and back a moment later."""
        process = self._crawl(self.url)
        if self._comes(process, self._any_moment()):
            self._pause(0.1)
            self._note("postmaster")
            self.stage.server.kill()
            self._pause(1.0)
            if self.random.random() < 0.3 and process.poll() is None:
                self._note("crawl")
                process.kill()
            self.stage.server.start()
        self._expect(process, STORED, WAITING, KILLED)

    def _kill(self, process: subprocess.Popen[bytes], kind: Kind, moment: Callable[[], bool]) -> None:
        if self._comes(process, moment):
            self._pause(0.1)
        if process.poll() is None:
            self._note(kind)
            process.kill()
        self._expect(process, STORED, WAITING, KILLED)

    def _any_moment(self) -> Callable[[], bool]:
        return self.random.choice([self._asked_for_some, self._connected])()

    def _asked_for_some(self) -> Callable[[], bool]:
        """When the site has been asked for so many pages more; sometimes for the last one."""
        replica = self.stage.replica
        left = ARTICLES - len(set(contents.asked(replica)))
        many = len(replica.requests) + self.random.randint(1, left + 4)
        self.told.append(f"after request {many}")
        return lambda: len(replica.requests) >= many

    def _connected(self) -> Callable[[], bool]:
        """When a process of ours holds a connection to the database."""
        watching = self.watching.enter_context(closing(self.stage.server.connect()))
        self.told.append("when connected")
        return lambda: value(watching, _BUSY, self.name) != 0

    def _comes(self, process: subprocess.Popen[bytes], moment: Callable[[], bool]) -> bool:
        """Waits for the moment; whether it came before the process ended."""
        until = monotonic() + LONGEST
        while process.poll() is None and monotonic() < until:
            if moment():
                return True
            sleep(0.001)
        return False

    def _pause(self, longest: float) -> None:
        sleep(self.random.uniform(0, longest))  # not a wait for something: the moment is to be any

    def _note(self, kind: Kind) -> None:
        self.tally.kills[kind] += 1
        self.told.append(f"kill {kind}")

    def _crawl(self, url: str) -> subprocess.Popen[bytes]:
        given = ["-a", f"site={self.stage.replica.url}", "-a", "sections=all", "-s", "SPOOL_SEGMENT_PAGES=3"]
        return self._scrapy(url, "crawl", "asiatongsin", *given)

    def _scrapy(self, url: str, *arguments: str) -> subprocess.Popen[bytes]:
        self.told.append(f"scrapy {arguments[0]}{' without a database' if url == NOWHERE else ''}")
        with (self.data / "log").open("ab") as log:
            return warm_start.Popen(
                [*warm_start.COMMAND, *arguments],
                cwd=ROOT,
                env=os.environ | {"ASIATONGSIN_DATA": str(self.data), "DATABASE_URL": url},
                stdout=log,
                stderr=log,
            )

    def _expect(self, process: subprocess.Popen[bytes], *statuses: int) -> None:
        try:
            status = process.wait(LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            status = process.wait()
            self._fault(f"did not end within {LONGEST} s")
        if status not in statuses:
            self._fault(f"exit status {status} where {statuses} was expected")

    def _fault(self, what: str) -> None:
        self.tally.faults.append(f"{self.name}: {what} ({', '.join(self.told)}); see {self.data / 'log'}")

    def _reckon(self) -> None:
        """Compares with the undisturbed crawl."""
        expected, replica = self.stage.undisturbed, self.stage.replica
        with psycopg.connect(self.url) as connection:
            found = contents.rows(connection)
            twice = contents.counted_twice(connection, replica)
            unaccounted = contents.served(replica) - contents.pages_stored(connection)
            endless = connection.execute("SELECT id FROM crawls WHERE finished_at IS NULL").fetchall()
        self.tally.compare(self.name, expected, found, twice)
        asked = contents.asked(replica)
        self.tally.fetched_again = len(asked) - len(set(asked))
        # A killed crawl may take with it the page that was on its way, and the one being read: nothing more.
        if unaccounted > 2 * self.tally.kills["crawl"]:
            self.tally.lost.append(f"{self.name}: {unaccounted} pages were served and not stored")
        # A crawl that dies before it has made its folder leaves a hidden, empty one, which is swept an hour later.
        left = [path.name for path in (self.data / "spool").glob("[!.]*")]
        if endless or left or (self.data / "refused").exists():
            self._fault(f"crawls without an end {endless}, left in the spool {left}")


def play(seeds: Iterable[int], folder: Path, *, enough: int | None = None, workers: int = 2) -> Tally:
    """Rounds with these seeds, side by side, each worker on a stage of its own; ends early after `enough` kills."""
    total, adding, left = Tally(), Lock(), iter(seeds)

    def one_after_another(below: Path) -> None:
        below.mkdir()
        with Stage.open(below) as stage:
            for seed in left:
                done = Round(stage, seed).play()
                with adding:
                    total.add(done)
                    if enough and total.kills.total() >= enough:
                        return

    with ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(one_after_another, [folder / str(number) for number in range(workers)]):
            pass
    return total
