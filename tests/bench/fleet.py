"""A fleet of many papers: what a crawl without news costs, when it begins, what waiting costs, and pages a second."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import psycopg
from psycopg import Connection
from psycopg.types.json import Jsonb

from pipelines.database.migrate import migrate
from tests import shared_server
from tests.bench.found import Effort, Found, Goal, Row
from tests.bench.postgres import Server
from tests.bench.process import CommandFailed, clean
from tests.bench.served import Site, served_under
from tests.bench.tree import cpu, tree
from tests.conftest import new_database
from tests.faults import postgres as own_server

SITES = 500
ARTICLES = 5
"""Articles of a paper that has nothing new."""

BUSY_SITES, BUSY_ARTICLES, BUSY_SECONDS = 500, 2000, 60.0
"""Papers that are back-filled at a page a second each, and for how long that is measured."""

TICK = 5.0
IDLE_SECONDS = 60.0
LONGEST = 1800.0
"""Seconds after which a worker that does not do what is expected counts as broken."""

CRAWL_CPU, START_SECONDS, IDLE_STATEMENTS, PAGES_PER_CORE = 0.35, 6.0, 5.0, 110.0
"""The goals: CPU-seconds of a crawl without news, due to begin, statements a second, pages a second of each core."""

HOW = (
    "Fleet: a worker with {sites} papers in its table, replicas on loopback. Without news each crawl asks for"
    " robots.txt, the front page and the first list pages. CPU is that of the worker and all it starts; PostgreSQL is"
    " told apart. Due until begun is from `next_at` to `crawls.started_at`. Idle: no paper is due, statements out of"
    " the server's log. Pages a second: {busy} papers with everything on, one request a second each, pages per"
    " CPU-second of crawls, worker and PostgreSQL together."
)

_DUE = """
UPDATE sites SET next_at = now() + %s * n / (SELECT count(*) FROM sites) * interval '1 second'
FROM (SELECT site, row_number() OVER (ORDER BY site) AS n FROM sites) AS o
WHERE o.site = sites.site RETURNING sites.site, next_at"""
_ADD = "INSERT INTO sites (site, base, schedule, settings) VALUES (%s, %s, 'every 1d', %s)"
_STARTED = "SELECT site, max(started_at) FROM crawls GROUP BY site"
_ENDED = "SELECT count(*) FROM crawls WHERE finished_at IS NOT NULL AND started_at >= %s"
_RUNNING = "SELECT count(*) FROM sites WHERE machine IS NOT NULL"
_BEGUN = "SELECT count(*) FROM crawls"
_NOW = "SELECT now()"
_WAL = "SELECT pg_current_wal_lsn() - '0/0'"


def run(effort: Effort) -> Found:
    """Each part with a worker of its own."""
    sites, busy = effort.of(SITES, least=5), effort.of(BUSY_SITES, least=4)
    with _server(connections=busy + 100) as postgres:
        with served_under(sites, ARTICLES) as served:
            rows = [*_without_news(postgres, served, effort)]
        with served_under(busy, BUSY_ARTICLES) as served:
            rows += _back_filled(postgres, served, effort.of(round(BUSY_SECONDS), least=15))
    return Found(rows=rows, notes=[HOW.format(sites=sites, busy=busy)])


@contextmanager
def _server(connections: int) -> Iterator[Server]:
    """A server with room for a connection of each crawl."""
    shared_server.begin_run()
    with TemporaryDirectory(prefix="asiatongsin-bench-", ignore_cleanup_errors=True) as folder:
        postgres = own_server.Server(Path(folder, "server"), shared_server.binaries())
        postgres.options += f" -c shared_buffers=128MB -c max_connections={connections}"
        postgres.start()
        try:
            yield Server(url=postgres.url, pid=postgres.pid or 0)
        finally:
            postgres.stop()


class Fleet:
    """A database with the papers in its table, and a worker."""

    def __init__(self, postgres: Server, url: str, connection: Connection, worker: subprocess.Popen[bytes]) -> None:
        self.postgres = postgres
        self.url = url
        self.connection = connection
        self.worker = worker

    def count(self, query: str, *values: object) -> int:
        """A number out of the database."""
        [(number,)] = self.connection.execute(query, values).fetchall()
        return int(number)

    def wait_for(self, ended: int, since: object) -> None:
        """Returns when so many crawls that began since then have ended."""
        until = monotonic() + LONGEST
        while self.count(_ENDED, since) < ended or self.count(_RUNNING):
            if self.worker.poll() is not None or monotonic() > until:
                raise CommandFailed(f"{self.count(_ENDED, since)} of {ended} crawls ended")
            sleep(0.2)

    def due_within(self, seconds: float) -> dict[str, datetime]:
        """All papers are due within so many seconds from now on, evenly; when each is."""
        return dict(self.connection.execute(_DUE, [seconds]).fetchall())


@contextmanager
def fleet(postgres: Server, sites: Sequence[Site], slots: int, settings: Mapping[str, object]) -> Iterator[Fleet]:
    """A worker for these papers, none of which is due."""
    with (
        new_database(postgres.url) as url,
        TemporaryDirectory(prefix="asiatongsin-bench-") as data,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        migrate(connection)
        own = Jsonb(dict(settings))
        connection.cursor().executemany(_ADD, [(site.key, site.url, own) for site in sites])
        command = [sys.executable, "-m", "asiatongsin", "fleet", "worker", "--slots", str(slots)]
        given = {"DATABASE_URL": url, "ASIATONGSIN_DATA": data, "ASIATONGSIN_FLEET_TICK": str(TICK)}
        environment = clean() | given | {"ASIATONGSIN_LOG_LEVEL": "ERROR"}
        with Path(data, "log").open("wb") as log, subprocess.Popen(command, env=environment, stderr=log) as worker:
            try:
                yield Fleet(postgres, url, connection, worker)
            finally:
                worker.terminate()


def _without_news(postgres: Server, served: Sequence[Site], effort: Effort) -> Iterator[Row]:
    sites = len(served)
    with fleet(postgres, served, 10, {}) as crawled:
        crawled.due_within(0)
        crawled.wait_for(sites, _now(crawled))  # the first crawls find all
        yield from _all_at_once(crawled, sites)
        yield _begin(crawled, sites)
        yield _idle(crawled, effort)


def _all_at_once(crawled: Fleet, sites: int) -> Iterator[Row]:
    postgres, root = crawled.postgres, crawled.worker.pid
    since, began = _now(crawled), monotonic()
    before, before_of_server, wal = cpu(root), postgres.cpu(), crawled.count(_WAL)
    crawled.due_within(0)
    memory: list[float] = []
    until = monotonic() + LONGEST
    while crawled.count(_ENDED, since) < sites and monotonic() < until:
        memory += [one.private_megabytes for one in tree(root) if one.parent not in {root, os.getpid()}]
        sleep(0.5)
    crawled.wait_for(sites, since)
    took, used = monotonic() - began, (cpu(root) - before) / sites
    of_server, wal = (postgres.cpu() - before_of_server) / sites, (crawled.count(_WAL) - wal) // sites
    yield Row(
        name="CPU of a crawl without news, by the goal",
        figure=f"{used:.2f} s, and {of_server:.2f} s of PostgreSQL, {wal / 1000:.0f} kB of its log;"
        f" {60 * sites / took:.0f} crawls a minute",
        ratios=(used / CRAWL_CPU,),
        goal=Goal(highest=1.0),
    )
    if memory:
        yield Row(
            name="private memory of a crawl without news",
            figure=f"{median(memory):.0f} MB in the median, {max(memory):.0f} at most",
            ratios=(1.0,),
        )


def _begin(crawled: Fleet, sites: int) -> Row:
    """Papers that come due one after the other, five each two seconds."""
    since = _now(crawled)
    due = crawled.due_within(0.4 * sites)
    crawled.wait_for(sites, since)
    started: dict[str, datetime] = dict(crawled.connection.execute(_STARTED).fetchall())
    late = sorted((started[site] - at).total_seconds() for site, at in due.items())
    return Row(
        name="due until begun, the worst by the goal",
        figure=f"{median(late):.1f} s in the median, {quantiles(late, n=20)[-1]:.1f} for 95 %, {late[-1]:.1f} at worst",
        ratios=(late[-1] / START_SECONDS,),
        goal=Goal(highest=1.0),
    )


def _idle(crawled: Fleet, effort: Effort) -> Row:
    seconds = IDLE_SECONDS * effort.share
    with psycopg.connect(crawled.postgres.url, autocommit=True) as root:
        root.execute("ALTER SYSTEM SET log_statement = 'all'")
        root.execute("SELECT pg_reload_conf()")
    sleep(2 * TICK)
    before, began = _statements(crawled.postgres), monotonic()
    sleep(seconds)
    asked = (_statements(crawled.postgres) - before) / (monotonic() - began)
    with psycopg.connect(crawled.postgres.url, autocommit=True) as root:
        root.execute("ALTER SYSTEM RESET log_statement")
        root.execute("SELECT pg_reload_conf()")
    return Row(
        name="statements a second while nothing is due, by the goal",
        figure=f"{asked:.1f}",
        ratios=(asked / IDLE_STATEMENTS,),
        goal=Goal(highest=1.0),
    )


def _statements(postgres: Server) -> int:
    """How many the log of the server holds."""
    log = Path(f"/proc/{postgres.pid}/cwd").resolve().with_name("log")
    return len(re.findall(rb"LOG:  (?:statement|execute)", log.read_bytes()))


def _back_filled(postgres: Server, served: Sequence[Site], seconds: float) -> Iterator[Row]:
    polite = {"DOWNLOAD_DELAY": 1, "AUTOTHROTTLE_ENABLED": False}
    with fleet(postgres, served, len(served), polite) as crawled:
        crawled.due_within(0)
        until = monotonic() + LONGEST
        while (begun := crawled.count(_BEGUN)) < len(served):
            if monotonic() > until:
                raise CommandFailed(f"{begun} of {len(served)} crawls began")
            sleep(0.5)
        sleep(10)  # starting the last of them is no part of it
        root = crawled.worker.pid
        served[0].asked()  # one server has all papers, and tells what all were asked for
        before = (cpu(root), postgres.cpu(), monotonic(), crawled.count(_WAL))
        sleep(seconds)
        pages = len(served[0].asked().paths)
        after = (cpu(root), postgres.cpu(), monotonic(), crawled.count(_WAL))
        memory = sum(process.private_megabytes for process in tree(root))
    used, of_server, took, wal = (then - now for now, then in zip(before, after, strict=True))
    per_core = pages / (used + of_server)
    yield Row(
        name=f"pages a second of each core, {len(served)} papers back-filled, by the goal",
        figure=f"{per_core:.0f}; {pages / took:.0f} pages/s came, 500 would take {500 / per_core:.1f} cores",
        ratios=(per_core / PAGES_PER_CORE,),
        goal=Goal(lowest=1.0),
    )
    yield Row(
        name="what one of these pages takes",
        figure=f"{1000 * used / pages:.1f} ms of crawls, {1000 * of_server / pages:.1f} of PostgreSQL,"
        f" {wal / pages / 1000:.1f} kB of its log; {memory / len(served):.0f} MB a paper",
        ratios=(1.0,),
    )


def _now(crawled: Fleet) -> object:
    [(now,)] = crawled.connection.execute(_NOW).fetchall()
    return now
