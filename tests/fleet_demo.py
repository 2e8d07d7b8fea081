"""`make fleet-demo`: twelve papers, two machines, one store; one machine is killed, and the other takes over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from time import sleep

import psycopg
from psycopg import Connection

from pipelines.database.embedded import EmbeddedServer
from tests.processes import children
from tests.site import ReplicaSite, serve_all

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".fleet-demo"
COMMAND = [sys.executable, "-m", "asiatongsin"]
PAPERS, ARTICLES = 12, 60
MACHINES = ("seoul", "busan")

Ask = Callable[[Connection], bool]

_STORED = "SELECT count(*) FROM articles"
_RUNNING_THERE = "SELECT count(*) FROM sites WHERE machine = %s"


def main() -> int:
    """0 where every article of every paper is stored once, though a machine was killed."""
    rmtree(FOLDER, ignore_errors=True)
    sites = [ReplicaSite(articles=ARTICLES, seed=seed) for seed in range(PAPERS)]
    with ExitStack() as stack:
        replicas = stack.enter_context(serve_all(sites))
        connection, environment = stack.enter_context(_database())
        say(f"{PAPERS} papers are added; each is crawled every minute (asiatongsin sites add … --every 1m)")
        for replica in replicas:
            run(environment, "sites", "add", replica.url, "--every", "1m", "--set", "DOWNLOAD_DELAY=0.2")
        run(environment, "fleet", "run", *(replica.url for replica in replicas))
        workers = [stack.enter_context(_worker(name, environment)) for name in MACHINES]
        wait_until(connection, lambda asked: count(asked, _RUNNING_THERE, MACHINES[0]) > 1)
        say("Two machines are at work (asiatongsin fleet status)")
        run(environment, "fleet", "status")
        say(f"Machine {MACHINES[0]} is killed, with all it runs (kill -9)")
        kill_all(workers[0].pid)
        say("The other machine takes over")
        wait_until(connection, lambda asked: count(asked, _STORED) == PAPERS * ARTICLES)
        run(environment, "fleet", "status")
        stored = count(connection, _STORED)
        say(f"{stored} articles of {PAPERS * ARTICLES} are stored")
    return int(stored != PAPERS * ARTICLES)


def run(environment: dict[str, str], *arguments: str) -> int:
    """Runs a command of the project, and shows what it prints."""
    return subprocess.run([*COMMAND, *arguments], cwd=ROOT, env=environment, check=False).returncode


def count(connection: Connection, query: str, *values: object) -> int:
    [(number,)] = connection.execute(query, values).fetchall()
    return int(number)


def wait_until(connection: Connection, comes: Ask, longest: int = 600) -> None:
    """Returns when it has come; TimeoutError after `longest` looks, one each second."""
    for _ in range(longest):
        if comes(connection):
            return
        sleep(1)
    raise TimeoutError("what the demo waits for did not come")


def kill_all(worker: int) -> None:
    """Kills a worker and all it has started, as the end of its machine would."""
    os.kill(worker, signal.SIGSTOP)  # it starts nothing meanwhile
    started = children(worker)
    for pid in [*(one for child in started for one in children(child)), *started, worker]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def say(text: str) -> None:
    print(f"\n=== {text}", flush=True)


@contextmanager
def _database() -> Iterator[tuple[Connection, dict[str, str]]]:
    """A connection to a database of the demo, and what commands need to use it."""
    url = EmbeddedServer(FOLDER / "postgres").address()
    given = {"DATABASE_URL": url, "ASIATONGSIN_ARCHIVE_STORE": str(FOLDER / "store")}
    given |= {"ASIATONGSIN_ARCHIVE_PACK_AFTER": "1m", "ASIATONGSIN_LOG_LEVEL": "WARNING"}
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection, os.environ | given | _machine("operator")


def _machine(name: str) -> dict[str, str]:
    return {"ASIATONGSIN_FLEET_MACHINE": name, "ASIATONGSIN_DATA": str(FOLDER / name)}


@contextmanager
def _worker(name: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A machine with three slots, until the end of the block."""
    command = [*COMMAND, "fleet", "worker", "--slots", "3"]
    given = environment | _machine(name)
    with subprocess.Popen(command, cwd=ROOT, env=given) as process:
        try:
            yield process
        finally:
            process.terminate()


if __name__ == "__main__":
    sys.exit(main())
