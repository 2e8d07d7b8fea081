"""Workers of a fleet, and papers for them to crawl: what tests, soaks and measurements have in common."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL

import psycopg
from psycopg import Connection

from pipelines.database.migrate import migrate
from tests import warm_start
from tests.conftest import ROOT, Run
from tests.processes import children, wait_until
from tests.site import Replica, ReplicaSite, serve_all
from tests.stored import value
from tests.warm_forkserver import is_forkserver

QUICK = {
    "FLEET_TICK": "0.2",
    "FLEET_DEAD_AFTER": "2",
    "FLEET_GRACE": "60",
    "DOWNLOAD_DELAY": "0.02",
    "SPOOL_SEGMENT_PAGES": "3",
    "DATABASE_SILENCE_MAX": "5",
}
"""Settings with which a test sees in seconds what takes minutes."""

_ADD = """
INSERT INTO sites (site, base, schedule, next_at) VALUES (%s, %s, %s, now())
ON CONFLICT (site) DO UPDATE SET next_at = now()"""
_CRAWLED = """
SELECT count(*) FROM sites AS s WHERE machine IS NULL AND attempts = 0 AND EXISTS (
    SELECT FROM crawls WHERE site = s.site AND outcome = 'ok' AND proves_lists)"""


@contextmanager
def papers(many: int, articles: int = 20) -> Iterator[list[Replica]]:
    """So many replicas, each with other articles."""
    sites = [ReplicaSite(articles=articles, page_bytes=8_000, seed=seed) for seed in range(1, many + 1)]
    with serve_all(sites) as replicas:
        yield replicas


def add(url: str, replicas: Sequence[Replica], schedule: str | None = None) -> None:
    """Adds the papers to the database as sites that are due now; makes the tables where they are missing."""
    with psycopg.connect(url, autocommit=True) as connection:
        migrate(connection)
        for replica in replicas:
            connection.execute(_ADD, [replica.url.partition("://")[2], replica.url, schedule])


def crawled(connection: Connection, many: int) -> bool:
    """Whether so many sites were crawled well to their end, and nothing is left to be done for them."""
    return int(value(connection, _CRAWLED)) >= many


@dataclass
class Machine:
    """A machine on which a worker runs: a name and a data folder of its own."""

    name: str
    """Its name in the fleet."""

    url: str
    """Address of the database."""

    folder: Path
    """Holds its data folder, and the log of its worker."""

    process: subprocess.Popen[bytes]
    """The worker."""

    @classmethod
    def start(cls, name: str, url: str, folder: Path, slots: int = 3, **settings: str) -> Machine:
        """Starts a worker."""
        folder.mkdir(parents=True, exist_ok=True)
        given = {f"ASIATONGSIN_{key}": text for key, text in (QUICK | settings).items()}
        given |= {"ASIATONGSIN_DATA": str(folder / "data"), "ASIATONGSIN_FLEET_MACHINE": name, "DATABASE_URL": url}
        with (folder / "log").open("ab") as log:
            command = [*warm_start.COMMAND, "fleet", "worker", "--slots", str(slots)]
            process = warm_start.Popen(command, cwd=ROOT, env=os.environ | given, stdout=DEVNULL, stderr=log)
        return cls(name, url, folder, process)

    @property
    def log(self) -> str:
        """What the worker and its crawls have said."""
        return (self.folder / "log").read_text()

    @property
    def forkserver(self) -> int:
        """What forks the crawls; 0 where there is none."""
        return next((pid for pid in children(self.process.pid) if is_forkserver(pid)), 0)

    @property
    def crawls(self) -> list[int]:
        """The processes of the crawls."""
        return children(self.forkserver) if self.forkserver else []

    def wait_for(self, text: str) -> None:
        """Returns when the log says so."""
        wait_until(lambda: text in self.log, lambda: f"not in the log: {text}\n{self.log}")

    def end(self, number: int = signal.SIGTERM) -> Run:
        """Has it end, and waits for that."""
        self.process.send_signal(number)
        return Run(self.process.wait(600), "", self.log)

    def kill(self) -> None:
        """Kills it where it runs; its crawls notice, and end by themselves."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def runs(pid: int) -> bool:
    """Whether a process has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
